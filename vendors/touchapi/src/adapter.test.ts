import { readFileSync } from "node:fs";
import {
  type Connection,
  emptyDirectory,
  type InboundRequest,
  Malformed,
  type Received,
  readSettings,
  type WorkspaceId,
} from "@svyazka/core";
import { memoryKit } from "@svyazka/core/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hookPath } from "./adapter/account.ts";
import { touchapi } from "./adapter.ts";
import { settings, type TouchConnection } from "./settings.ts";
import { startTouchApi, type TouchApiStandin } from "./standin.ts";

const now = new Date("2026-11-30T12:00:00Z");

function account(changes: Readonly<Record<string, unknown>> = {}, token = "token"): TouchConnection {
  const { values, errors } = readSettings(settings, { source: "whatsapp", login: "79000000001", ...changes });
  expect(errors).toEqual({});
  return {
    ...{ id: 7, name: "WhatsApp", directory: emptyDirectory, fieldMapping: {}, userMapping: {}, stageMapping: {} },
    workspace: {
      id: 1 as WorkspaceId,
      subdomain: "d",
      name: "D",
      country: "RU",
      timeZone: "Europe/Moscow",
      language: "ru",
      currency: "RUB",
    },
    settings: values,
    secrets: { token, hook_secret: "secret", account_uuid: "00000000-0000-4000-8000-000000000000", api_key: "key" },
  } as unknown as Connection<typeof settings>;
}

const hook = (json: unknown): InboundRequest => ({
  ...{ method: "POST", path: hookPath, headers: {}, query: {}, form: {}, files: [], text: "", ip: "127.0.0.1" },
  ...(json !== undefined && { json }),
});
const received = (json: unknown, of = account()): Received => touchapi.receive?.(hook(json), of, now) as Received;
const factsOf = (json: unknown) => {
  const got = received(json);
  return "facts" in got ? got.facts : [];
};
const fixture = (name: string): unknown => JSON.parse(readFileSync(new URL(`../fixtures/hooks/${name}`, import.meta.url), "utf8"));

const message = {
  ...{ hook_type: "message", source: "whatsapp", login: "79000000001", thread: "79031112233@c.us", from: "79031112233", to: "79000000001" },
  ...{ item: "item-1", time: now.getTime() * 1000, text: "Привет", outgoing: false, pushname: "Мария" },
};

describe("a hook", () => {
  it("of a message is a fact, the same every time, and one for each of its files", () => {
    const content = [
      { type: "image", src: "https://media.example/1.jpg" },
      { type: "file", src: "https://media.example/2.pdf", filename: "счёт.pdf" },
    ];
    const facts = factsOf({ ...message, content, replyTo: "item-0" });
    expect(facts).toEqual(factsOf({ ...message, content, replyTo: "item-0" }));
    expect(facts.map(({ type, key, subject }) => [type, key, subject])).toEqual([
      ["message.received", "message item-1", "chat 79031112233@c.us"],
      ["attachment.received", "file item-1 0", "file item-1 0"],
      ["attachment.received", "file item-1 1", "file item-1 1"],
    ]);
    expect(facts[0]?.data).toMatchObject({
      conversation: { external: "79031112233@c.us", network: "whatsapp", client: { name: "Мария", phone: "+79031112233" } },
      message: { external: "item-1", direction: "in", kind: "picture", text: "Привет", replyTo: "item-0", at: now.toISOString() },
    });
  });

  it("of what we have sent is the same in the other direction; a group's is nobody's", () => {
    expect(factsOf({ ...message, outgoing: true, from: "79000000001", to: "79031112233" })[0]?.data).toMatchObject({
      message: { direction: "out" },
    });
    expect(received({ ...message, thread: "123-456@g.us" })).toHaveProperty("ignored");
  });

  it("of a state or a reaction changes a message; one that says nothing new is passed over", () => {
    const status = (type: string) => ({ ...message, hook_type: "message_status", content: [{ type, error: { message: "нет такого" } }] });
    expect(["server", "delivered", "has_seen", "errored"].map((type) => factsOf(status(type))[0]?.data)).toMatchObject([
      { change: { state: "sent" } },
      { change: { state: "delivered" } },
      { change: { state: "read" } },
      { change: { state: "failed", error: "нет такого" } },
    ]);
    expect(received(status("pending"))).toHaveProperty("ignored");
  });

  it("is kept without any token that stands in it, and so is a call of the service", () => {
    const body = { token: "one", touchapi_token: "two", crm_token: { access_token: "three", refresh_token: "four", expires_in: 5 } };
    const door = touchapi.door;
    expect(door?.secrets?.(hook(body))).toEqual(["one", "two", "three", "four"]);
    expect(door?.secrets?.(hook({ crm_token: "five" }))).toEqual(["five"]);
    expect(door?.secrets?.(hook(null))).toEqual([]);
  });

  it("of another account, of a sort that nobody knows, or of no sense is kept and passed over; what is no JSON is malformed", () => {
    expect(received({ ...message, login: "somebody else" })).toHaveProperty("ignored");
    expect(received({ ...message, source: "telegram" })).toHaveProperty("ignored");
    expect(received({ ...message, hook_type: "weather" })).toHaveProperty("ignored");
    expect(received([])).toHaveProperty("ignored");
    expect(() => received(undefined)).toThrow(Malformed);
  });

  it.each([
    ["message.json", "message.received", "text"],
    ["message.media.json", "message.received", "picture"],
    ["message.voice.json", "message.received", "audio"],
    ["message.geo.json", "message.received", "location"],
    ["message.contact.json", "message.received", "contact"],
    ["message.telegram.json", "message.received", "text"],
    ["message.hidden-number.json", "message.received", "text"],
    ["echo.json", "message.received", "text"],
    ["reaction.json", "message.changed", undefined],
    ["reaction.taken-back.json", "message.changed", undefined],
    ["status.errored.json", "message.changed", undefined],
    ["message.group.json", undefined, undefined],
    ["message.deleted.json", undefined, undefined],
    ["status.pending.json", undefined, undefined],
    ["unknown.json", undefined, undefined],
  ])("%s is %s", (name, type, kind) => {
    const body = fixture(name) as { source: string; login?: string };
    const of = account({ source: body.source, ...(body.login !== undefined && { login: body.login }) });
    const got = received(body, of);
    const [fact] = "facts" in got ? got.facts : [];
    expect([fact?.type, (fact?.data as { message?: { kind?: string } } | undefined)?.message?.kind]).toEqual([type, kind]);
  });
});

describe("an account", () => {
  let touch: TouchApiStandin;
  beforeAll(async () => {
    touch = await startTouchApi();
  });
  afterAll(() => touch.close());
  const send = async ({
    method,
    url,
    headers,
    body,
  }: {
    method: string;
    url: string;
    headers?: Readonly<Record<string, string>>;
    body?: string;
  }) => {
    const answer = await fetch(url, { method, ...(headers && { headers }), ...(body !== undefined && { body }) });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  };
  const connected = (of: TouchConnection) => touchapi.connect?.(of, memoryKit({ fetch: send }));

  it("that waits for its phone says so, shows what has to be read, and is ready afterwards", async () => {
    const phone = touch.add({ login: "waiting", token: "token", isReady: false });
    const of = connected(account({ login: "waiting", address: touch.url }));
    await of?.signIn?.restart();
    expect(await of?.signIn?.state()).toMatchObject({ state: "needs_qr" });
    const picture = (await of?.signIn?.picture()) ?? "";
    expect(Buffer.from(picture.replace("data:image/svg+xml;base64,", ""), "base64").toString()).toMatch(/^<svg/);
    await expect(of?.check()).rejects.toThrow("not ready");
    phone.scan();
    await of?.check();
    expect(await of?.signIn?.state()).toMatchObject({ state: "active" });
    expect(await of?.signIn?.picture()).toBeUndefined();
    expect(phone.webhooks).toEqual(["http://127.0.0.1/in/secret/touchapi/hook"]);
    await of?.farewell?.();
    expect(phone.webhooks).toEqual([]);
  });

  it("with a wrong token says so in words, without the token", async () => {
    touch.add({ login: "right", token: "the right one" });
    const error = await connected(account({ login: "right", address: touch.url }, "the-wrong-token"))
      ?.check()
      .catch((failure: Error) => failure);
    expect(String(error)).toContain("does not know the account");
    expect(String(error)).not.toContain("the-wrong-token");
  });

  it("that is there to be tried sends nothing out: everybody reads what we write, and some answer", async () => {
    const asked = touch.requests.length;
    const kit = memoryKit({ fetch: () => Promise.reject(new Error("nothing leaves the hub")) });
    const of = touchapi.connect?.(account({ is_rehearsal: true, address: touch.url }), kit);
    await of?.check();
    const conversation = { id: "1", uid: "u", external: "chat", network: "whatsapp", client: { external: "chat", name: "Мария" } };
    for (let count = 0; count < 12; count++) {
      const message = {
        id: String(count),
        uid: `u${count}`,
        kind: "text" as const,
        text: "Да",
        content: null,
        files: [],
        at: now.toISOString(),
      };
      const sent = await of?.messenger?.send(
        { place: 0, part: { kind: "text", text: "Да" }, key: `u${count}.0` },
        { message, conversation },
      );
      expect(sent).toEqual({ external: `rehearsal-u${count}.0`, conversation: "chat" });
    }
    const types = kit.facts.map(({ type }) => type);
    expect(types.filter((type) => type === "message.changed")).toHaveLength(24);
    expect(types.filter((type) => type === "message.received").length).toBeGreaterThan(0);
    expect(touch.requests).toHaveLength(asked);
  });
});
