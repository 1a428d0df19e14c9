import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { noLimit } from "../../testkit/amo.ts";
import { listed, makeChannel, overFetch } from "../client.ts";
import {
  bodyMd5,
  isChatHook,
  isSignedChat,
  readChatHook,
  readDeliveryReport,
  signChat,
  signChatBody,
  writeChatHook,
  writeDeliveryReport,
} from "../protocol.ts";

const secret = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
const date = new Date("2020-10-05T15:11:21Z");
const now = date.getTime() / 1000;
const connect = {
  method: "POST",
  path: "/v2/origin/custom/f90ba33d-c9d9-44da-b76c-c349b0ecbe41/connect",
  body: '{"account_id":"af9945ff-1490-4cad-807d-945c15d88bec","title":"Test","hook_api_version":"v2"}',
};
const history = { method: "GET", path: "/v2/origin/custom/S_A/chats/C/history", body: "" };

describe("a signature", () => {
  it("is that of the test vectors", () => {
    expect(signChat(connect, secret, date)).toEqual({
      date: "Mon, 05 Oct 2020 15:11:21 +0000",
      "content-type": "application/json",
      "content-md5": "f3fa04fbedb70cb1d4c62afed17c00cb",
      "x-signature": "85a7ea98590386d289ada7159461e43dcaebee6d",
    });
    expect(signChat(history, secret, date)).toMatchObject({
      "content-md5": "d41d8cd98f00b204e9800998ecf8427e",
      "x-signature": "2c2e0c2f7f5e68cc7eab7cac8cbaf61810dc85e1",
    });
    expect(signChatBody('{"account_id":"a"}', secret)).toBe("25f250fd403a78f523afb1f306c5280e4162556c");
  });

  it("is good for a quarter of an hour, for this request, by this secret", () => {
    const headers = signChat(connect, secret, date);
    expect(isSignedChat(connect, headers, secret, now)).toBe(true);
    expect(isSignedChat(connect, { ...headers, date: "Mon, 05 Oct 2020 15:11:21 GMT" }, secret, now)).toBe(false);
    // Signed, but for any body.
    const unsummed = signChatBody(["POST", "", headers["content-type"], headers["date"], connect.path].join("\n"), secret);
    for (const wrong of [
      isSignedChat(connect, headers, secret, now + 901),
      isSignedChat(connect, headers, secret, now - 901),
      isSignedChat(connect, headers, "other", now),
      isSignedChat({ ...connect, body: `${connect.body} ` }, headers, secret, now),
      isSignedChat({ ...connect, path: history.path }, headers, secret, now),
      isSignedChat({ ...connect, method: "DELETE" }, headers, secret, now),
      isSignedChat(connect, { ...headers, date: "yesterday" }, secret, now),
      isSignedChat(connect, { ...headers, date: undefined }, secret, now),
      isSignedChat(connect, { ...headers, "content-md5": undefined, "x-signature": unsummed }, secret, now),
      isSignedChat(connect, {}, secret, now),
    ])
      expect(wrong).toBe(false);
  });

  it("of the body alone is good where it always was, and nowhere else", () => {
    const headers = { "x-signature": signChatBody(connect.body, secret) };
    expect(isSignedChat(connect, headers, secret, now)).toBe(true);
    expect(isSignedChat({ ...connect, path: "/v2/origin/custom/S_A" }, headers, secret, now)).toBe(true);
    expect(isSignedChat({ ...connect, path: "/v2/origin/custom/S_A/typing" }, headers, secret, now)).toBe(false);
    expect(isSignedChat({ ...connect, path: "/v2/origin/custom/S_A/chats" }, headers, secret, now)).toBe(false);
  });
});

describe("a hook", () => {
  const body = JSON.stringify({
    ...{ account_id: "a", time: 1_700_000_000 },
    message: {
      ...{ receiver: { id: "r", phone: "+79101234567", email: "" }, sender: { id: "s" }, conversation: { id: "c", client_id: "mine" } },
      ...{ timestamp: 1_700_000_000, msec_timestamp: 1_700_000_000_000, message: { id: "m", type: "text", text: "привет" } },
    },
  });

  it("is read when it is amoCRM's", () => {
    expect(isChatHook(body, signChatBody(body, secret).toUpperCase(), secret)).toBe(true);
    expect(isChatHook(body, "", secret)).toBe(false);
    expect(readChatHook(body)).toMatchObject({
      kind: "message",
      accountId: "a",
      message: { conversation: { client_id: "mine" }, message: { text: "привет" } },
    });
    expect(readChatHook('{"account_id":"a","time":1,"action":{"typing":{"user":{"id":"u"}}}}')).toMatchObject({
      kind: "typing",
      action: { user: { id: "u" } },
    });
    expect(readChatHook('{"account_id":"a","time":1,"action":{"reaction":{"type":"react"}}}')).toMatchObject({ kind: "reaction" });
  });

  it.each([
    "",
    "null",
    "[]",
    "{}",
    '{"account_id":1}',
    '{"account_id":"a"}',
    '{"account_id":"a","message":{}}',
    '{"account_id":"a","message":{"message":5}}',
    '{"account_id":"a","action":5}',
    "{",
  ])("%j is none", (text) => expect(readChatHook(text)).toBeUndefined());
});

it("a hook that is written is read again", () => {
  const parts = {
    receiver: { id: "r", phone: "79151112233", email: "", client_id: "c" },
    sender: { id: "s" },
    conversation: { id: "chat", client_id: "my_int-1" },
  };
  const message = { type: "file" as const, text: "", media: "https://example.com/1.pdf", file_name: "1.pdf", file_size: 10 };
  const body = writeChatHook({ accountId: "a", at: 1_639_604_903_161, messageId: "m", source: "78001234567", message, ...parts });
  expect(readChatHook(body)).toMatchObject({
    ...{ kind: "message", accountId: "a", time: 1_639_604_903 },
    message: {
      ...{ ...parts, source: { external_id: "78001234567" }, timestamp: 1_639_604_903, msec_timestamp: 1_639_604_903_161 },
      message: { id: "m", ...message },
    },
  });
});

describe("a report of delivery", () => {
  it("is written so that both readers find it, and read from both", () => {
    const written = writeDeliveryReport("m", { status: -1, errorCode: 905, error: "no way" });
    expect(written).toEqual({ msgid: "m", status_code: -1, delivery_status: -1, error_code: 905, error: "no way" });
    expect(readDeliveryReport({ status_code: 2 })).toEqual({ status: 2 });
    expect(readDeliveryReport({ msgid: "m", delivery_status: 1, error_code: null, error: null })).toEqual({ status: 1 });
    for (const wrong of [null, 5, {}, { status_code: "1" }, { status_code: 3 }]) expect(readDeliveryReport(wrong)).toBeUndefined();
  });
});

describe("a channel", () => {
  const running: Server[] = [];
  afterEach(async () => {
    for (const server of running.splice(0)) await new Promise((resolve) => server.close(resolve));
  });
  /** Chats as documented: whoever does not sign is refused. */
  async function start() {
    const asked: { request: string; body: string }[] = [];
    const messages = Array.from({ length: 70 }, (_, place) => ({ timestamp: place, sender: {}, message: { id: String(place) } }));
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { pathname, searchParams } = new URL(request.url ?? "", "http://x");
        const [method = "", body] = [request.method, Buffer.concat(chunks).toString()];
        const headers = request.headers as Record<string, string>;
        const answer = (status: number, json?: unknown) => response.writeHead(status).end(json === undefined ? "" : JSON.stringify(json));
        asked.push({ request: `${method} ${pathname}`, body });
        if (!isSignedChat({ method, path: pathname, body }, headers, secret, Date.now() / 1000) || headers["content-md5"] !== bodyMd5(body))
          return answer(403, { error_description: "wrong signature" });
        if (pathname.endsWith("/connect")) return answer(200, { ...JSON.parse(body), scope_id: "ch_acc" });
        if (pathname.endsWith("/chats")) return answer(200, { id: "chat", user: { id: "u" } });
        if (pathname.endsWith("/history")) {
          const offset = Number(searchParams.get("offset"));
          return answer(200, { messages: messages.slice(offset, offset + Number(searchParams.get("limit"))) });
        }
        if (pathname.endsWith("/ch_acc")) return answer(200, { new_message: { msgid: "amo", ref_id: JSON.parse(body).payload.msgid } });
        if (pathname.endsWith("/react")) return answer(404, {});
        return answer(pathname.endsWith("/typing") ? 204 : 200);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    running.push(server);
    const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {
      asked,
      channel: (key = secret) => makeChannel({ channelId: "ch", secret: key, host, send: overFetch(fetch), limiter: noLimit }),
    };
  }
  const payload = (msgid: string) => ({
    ...{ timestamp: 1_700_000_000, msec_timestamp: 1_700_000_000_000, msgid, conversation_id: "mine", silent: false },
    ...{ sender: { id: "client", name: "Иван" }, message: { type: "text" as const, text: "привет" } },
  });

  it("is connected, talks, reports, and reads what was said", async () => {
    const { channel, asked } = await start();
    const one = channel();
    const { scope_id: scope } = await one.connect("acc", "Тест");
    expect(asked[0]?.body).toBe('{"account_id":"acc","hook_api_version":"v2","title":"Тест"}');
    expect(await one.createChat(scope, { conversation_id: "mine", user: { id: "client", name: "Иван" } })).toMatchObject({ id: "chat" });
    expect(await one.sendMessage(scope, payload("m1"))).toEqual({ msgid: "amo", ref_id: "m1" });
    await one.reportDelivery(scope, "amo", { status: 2 });
    await one.showTyping(scope, "mine", "client");
    expect((await listed(one.history(scope, "chat"))).map(({ message }) => message["id"])).toEqual(
      Array.from({ length: 70 }, (_, place) => String(place)),
    );
    await one.react(scope, { conversation_id: "chat", id: "amo", user: { id: "client" } });
    await expect(one.react(scope, { conversation_id: "chat", id: "amo", user: { id: "client" } }, "👍")).rejects.toMatchObject({
      name: "AmoNotFound",
    });
    await one.disconnect("acc");
    expect(asked.at(-1)).toEqual({ request: "DELETE /v2/origin/custom/ch/disconnect", body: '{"account_id":"acc"}' });
  });

  it("with another secret is refused", async () => {
    const { channel } = await start();
    await expect(channel("other").connect("acc")).rejects.toMatchObject({ name: "AmoForbidden" });
  });
});
