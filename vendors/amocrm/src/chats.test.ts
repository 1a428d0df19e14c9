import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { longLived, makeAmo, makeChannel, overFetch } from "./client.ts";
import { type ChatPayload, signChat } from "./protocol.ts";
import { type AmoStandIn, startAmo } from "./standin.ts";

/** The chats API against an account in memory: with our own client, and with requests as they are. */

let amo: AmoStandIn;
let token: string;
let scope: string;
beforeAll(async () => {
  amo = await startAmo();
  token = amo.longLivedToken();
  scope = (await channel().connect(amo.state.info.amojo_id, "WhatsApp")).scope_id;
});
afterAll(() => amo.stop());

const channel = () => makeChannel({ ...amo.channel, host: amo.url, send: overFetch(fetch) });
const client = () =>
  makeAmo({
    domain: amo.url,
    tokens: { read: async () => longLived(token), exclusively: () => Promise.reject(new Error("never renewed")) },
    send: overFetch(fetch),
  });

// biome-ignore lint/suspicious/noExplicitAny: whatever was answered
type Answer = { status: number; type: string | null; body: any };
async function raw(method: string, path: string, body: string, headers: Record<string, string>): Promise<Answer> {
  const answer = await fetch(`${amo.url}${path}`, { method, headers, ...(body !== "" && { body }) });
  const text = await answer.text();
  return { status: answer.status, type: answer.headers.get("content-type"), body: text === "" ? undefined : JSON.parse(text) };
}
/** Signed as the documents say. */
const ask = (method: string, rest: string, sent?: unknown, at = new Date()): Promise<Answer> => {
  const path = `/v2/origin/custom/${rest}`;
  const body = sent === undefined ? "" : typeof sent === "string" ? sent : JSON.stringify(sent);
  return raw(method, path, body, { ...signChat({ method, path: path.split("?")[0] ?? "", body }, amo.channel.secret, at) });
};
async function api(method: string, path: string, body?: unknown): Promise<Answer> {
  return raw(method, `/api/v4/${path}`, body === undefined ? "" : JSON.stringify(body), { authorization: `Bearer ${token}` });
}
let count = 0;
const payload = (rest: object = {}): ChatPayload => ({
  ...{
    timestamp: 1_639_604_761,
    msec_timestamp: 1_639_604_761_694 + count,
    msgid: `m-${++count}`,
    conversation_id: "my_int-1",
    silent: false,
  },
  sender: { id: "client-1", name: "Вася клиент", profile: { phone: "+79151112233", email: "vasya@example.com" } },
  message: { type: "text", text: "Здравствуйте" },
  ...rest,
});

describe("a channel", () => {
  it("is connected to an account, and is not any more", async () => {
    const { accountId, channelId } = { accountId: amo.state.info.amojo_id, channelId: amo.channel.channelId };
    const sent = { account_id: accountId, title: "ChatIntegration", hook_api_version: "v2", is_time_window_disabled: true };
    const connected = await ask("POST", `${channelId}/connect`, sent);
    expect(connected).toMatchObject({ status: 200, type: "application/json", body: { ...sent, scope_id: `${channelId}_${accountId}` } });
    expect(await ask("DELETE", `${channelId}/disconnect`, { account_id: accountId })).toMatchObject({ status: 200, body: undefined });
    expect((await ask("POST", scope, { event_type: "new_message", payload: payload() })).status).toBe(404);
    await channel().connect(accountId);
    const wrong: [unknown, string][] = [
      [{ ...sent, account_id: "00000000-0000-4000-8000-000000000000" }, "account_id"],
      [{ ...sent, account_id: 5 }, "account_id"],
      [{ account_id: accountId, hook_api_version: "v1" }, "hook_api_version"],
      [{ account_id: accountId, hook_api_version: "v3" }, "hook_api_version"],
    ];
    for (const [body, path] of wrong) {
      const refused = await ask("POST", `${channelId}/connect`, body);
      expect([refused.status, refused.body["validation-errors"][0].errors[0].path]).toEqual([400, path]);
    }
    expect((await ask("POST", "00000000-0000-4000-8000-000000000000/connect", sent)).status).toBe(404);
    expect((await ask("GET", `${channelId}/connect`)).status).toBe(405);
    expect((await ask("POST", `${channelId}/connect`, "{")).status).toBe(400);
  });

  it("signs by either scheme, and is refused when it does by none", async () => {
    const path = `/v2/origin/custom/${amo.channel.channelId}/connect`;
    const body = JSON.stringify({ account_id: amo.state.info.amojo_id, hook_api_version: "v2" });
    const old = createHmac("sha1", amo.channel.secret).update(body).digest("hex");
    expect((await raw("POST", path, body, { "x-signature": old })).status).toBe(200);
    expect((await raw("POST", `/v2/origin/custom/${scope}/chats`, body, { "x-signature": old })).status).toBe(403);
    expect((await raw("POST", path, `${body} `, { "x-signature": old })).status).toBe(403);
    expect((await raw("POST", path, body, {})).status).toBe(403);
    const signed = signChat({ method: "POST", path, body }, amo.channel.secret, new Date());
    expect((await raw("POST", path, body, { ...signed })).status).toBe(200);
    expect((await raw("POST", path, body.replace("v2", "v1"), { ...signed })).status).toBe(403);
    for (const minutes of [-16, 16])
      expect((await ask("POST", `${amo.channel.channelId}/connect`, body, new Date(Date.now() + minutes * 60_000))).status).toBe(403);
    expect((await ask("POST", `${amo.channel.channelId}/connect`, body, new Date(Date.now() - 14 * 60_000))).status).toBe(200);
  });
});

describe("a message", () => {
  it("of somebody unknown makes a chat, a contact and a lead among the unsorted; the next ones do not", async () => {
    const sent = await channel().sendMessage(scope, payload());
    expect(sent).toMatchObject({ conversation_id: "my_int-1", ref_id: `m-${count}`, msgid: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    await channel().sendMessage(scope, payload({ message: { type: "text", text: "Ау" } }));
    const unsorted = await api("GET", "leads/unsorted?filter[category][]=chats");
    expect(unsorted.body._embedded.unsorted).toMatchObject([{ category: "chats", metadata: { from: "Вася клиент" } }]);
    const [{ id: lead }] = unsorted.body._embedded.unsorted[0]._embedded.leads;
    const { body } = await api("GET", `leads/${lead}?with=contacts`);
    const contact = body._embedded.contacts[0].id;
    expect((await api("GET", `contacts/${contact}`)).body).toMatchObject({
      ...{ name: "Вася клиент" },
      custom_fields_values: [{ values: [{ value: "+79151112233" }] }, { values: [{ value: "vasya@example.com" }] }],
    });
    const talks = await api("GET", `talks?filter[contact_id]=${contact}`);
    expect(talks.body._embedded.talks).toMatchObject([
      {
        ...{ contact_id: contact, entity_id: lead, entity_type: "lead", is_in_work: true, is_read: false },
        _embedded: { contacts: [{ id: contact }], leads: [{ id: lead }], customers: [] },
      },
    ]);
  });

  it("is refused when it is repeated, and leaves nothing", async () => {
    const once = payload({ conversation_id: "my_int-2" });
    await channel().sendMessage(scope, once);
    const again = await ask("POST", scope, { event_type: "new_message", payload: { ...once, conversation_id: "my_int-3" } });
    expect([again.status, again.body["validation-errors"][0].errors[0]]).toMatchObject([400, { code: "NotUnique", path: "payload.msgid" }]);
    expect((await channel().createChat(scope, { conversation_id: "my_int-3", user: { id: "x", name: "X" } })).id).toBeTruthy();
    expect(amo.state.chats.messages.filter(({ client_id }) => client_id === once.msgid)).toHaveLength(1);
  });

  it("that is silent makes no lead, until one comes that is not", async () => {
    const before = amo.state.unsorted.size;
    const about = { conversation_id: "my_int-4", sender: { id: "client-4", name: "Тихий" } };
    await channel().sendMessage(scope, payload({ ...about, silent: true }));
    expect(amo.state.unsorted.size).toBe(before);
    await channel().sendMessage(scope, payload(about));
    expect(amo.state.unsorted.size).toBe(before + 1);
  });

  it("of a manager or of the bot goes out, and makes no lead", async () => {
    const [manager] = (await api("GET", "users?with=amojo_id")).body._embedded.users;
    const before = amo.state.unsorted.size;
    const receiver = { id: "client-5", name: "Получатель" };
    const out = { conversation_id: "my_int-5", receiver };
    const sent = await channel().sendMessage(scope, payload({ ...out, sender: { id: "phone", name: "М", ref_id: manager.amojo_id } }));
    expect(sent.sender_id).toBe(manager.amojo_id);
    await channel().sendMessage(scope, payload({ ...out, sender: { id: "bot", name: "B", ref_id: amo.channel.botId } }));
    expect(amo.state.unsorted.size).toBe(before);
    const stranger = await ask("POST", scope, {
      event_type: "new_message",
      payload: payload({ ...out, sender: { id: "z", name: "Z", ref_id: "00000000-0000-4000-8000-00000000ffff" } }),
    });
    expect(stranger.body["validation-errors"][0].errors[0].path).toBe("payload.sender.ref_id");
  });

  it("is edited, delivered and thought something of", async () => {
    const { msgid, ref_id } = await channel().sendMessage(scope, payload({ conversation_id: "my_int-6" }));
    await channel().editMessage(scope, { msgid: ref_id, message: { type: "text", text: "Исправлено" } });
    await channel().reportDelivery(scope, msgid, { status: -1, errorCode: 905, error: "Error text" });
    const found = () => amo.state.chats.messages.find(({ id }) => id === msgid);
    expect(found()).toMatchObject({ message: { text: "Исправлено" }, delivery: { status: -1, errorCode: 905, error: "Error text" } });
    for (const body of [{ status_code: 1 }, { msgid, delivery_status: 2, error_code: null, error: null }]) {
      expect((await ask("POST", `${scope}/${msgid}/delivery_status`, body)).status).toBe(200);
      expect(found()?.delivery).toEqual({ status: Object.hasOwn(body, "status_code") ? 1 : 2 });
    }
    expect((await ask("POST", `${scope}/${msgid}/delivery_status`, { status_code: 7 })).status).toBe(400);
    expect((await ask("POST", `${scope}/nobody/delivery_status`, { status_code: 1 })).status).toBe(404);
    const to = { conversation_id: "my_int-6", msgid: ref_id, user: { id: "client-1" } };
    await channel().react(scope, to, "👍");
    expect(found()?.reactions).toEqual({ "client-1": "👍" });
    await channel().react(scope, to);
    expect(found()?.reactions).toEqual({});
    expect((await ask("POST", `${scope}/react`, { ...to, msgid: "nothing", type: "react", emoji: "👍" })).status).toBe(404);
    expect((await ask("POST", `${scope}/react`, { ...to, type: "love" })).status).toBe(400);
    expect((await ask("POST", scope, { event_type: "edit_message", payload: { msgid: "nothing", message: {} } })).status).toBe(404);
  });

  it("stands in the history, the latest first", async () => {
    const { id } = await channel().createChat(scope, { conversation_id: "my_int-7", user: { id: "client-7", name: "Седьмой" } });
    expect((await ask("GET", `${scope}/chats/${id}/history`)).status).toBe(204);
    for (const text of ["Раз", "Два", "Три"])
      await channel().sendMessage(
        scope,
        payload({ conversation_id: "my_int-7", sender: { id: "client-7", name: "Седьмой" }, message: { type: "text", text } }),
      );
    const texts: unknown[] = [];
    for await (const { message } of channel().history(scope, id)) texts.push(message["text"]);
    expect(texts).toEqual(["Три", "Два", "Раз"]);
    const { body } = await ask("GET", `${scope}/chats/${id}/history?offset=1&limit=1`);
    expect(body.messages).toMatchObject([{ sender: { client_id: "client-7" }, message: { text: "Два", media: "", file_size: 0 } }]);
    expect((await ask("GET", `${scope}/chats/${id}/history?limit=51`)).status).toBe(400);
    expect((await ask("GET", `${scope}/chats/nothing/history`)).status).toBe(204);
  });

  it("has its types checked, each mistake by its place", async () => {
    const wrong: [object, string][] = [
      [{ msgid: undefined }, "payload.msgid"],
      [{ msgid: 5 }, "payload.msgid"],
      [{ timestamp: "1639604761" }, "payload.timestamp"],
      [{ conversation_id: undefined }, "payload.conversation_id"],
      [{ silent: 1 }, "payload.silent"],
      [{ sender: { name: "Без id" } }, "payload.sender.id"],
      [{ sender: { id: "x" } }, "payload.sender.name"],
      [{ message: { type: "text" } }, "payload.message.text"],
      [{ message: { type: "smile", text: "x" } }, "payload.message.type"],
      [{ message: { type: "picture", file_name: "1.png", file_size: 5 } }, "payload.message.media"],
      [{ message: { type: "file", media: "https://example.com/1", file_name: "1", file_size: "5" } }, "payload.message.file_size"],
      [{ message: { type: "location" } }, "payload.message.location"],
      [{ conversation_id: "unknown", conversation_ref_id: "unknown" }, "payload.conversation_ref_id"],
    ];
    for (const [rest, path] of wrong) {
      const refused = await ask("POST", scope, { event_type: "new_message", payload: payload(rest) });
      expect([path, refused.status, refused.type, refused.body["validation-errors"]?.[0].errors[0].path]).toEqual([
        ...[path, 400, "application/json", path],
      ]);
    }
    expect((await ask("POST", scope, { event_type: "lost_message", payload: payload() })).status).toBe(400);
    expect((await ask("POST", `${scope}/typing`, { conversation_id: "my_int-1", sender: { id: "client-1" } })).status).toBe(204);
    expect((await ask("POST", `${scope}/typing`, { conversation_id: "nobody's", sender: { id: "client-1" } })).status).toBe(400);
    expect((await ask("POST", `${scope}/nothing`, {})).status).toBe(404);
  });
});

describe("a chat", () => {
  it("is one for each conversation, and may be begun with one of our own people", async () => {
    const user = { id: "client-8", name: "Восьмой", avatar: "https://example.com/8.png", profile: { phone: "79151112288" } };
    const first = await channel().createChat(scope, { conversation_id: "my_int-8", user });
    const again = await channel().createChat(scope, { conversation_id: "my_int-8", user: { id: "other", name: "Другой" } });
    expect(first).toEqual({
      id: expect.any(String),
      user: { id: expect.any(String), client_id: "client-8", name: "Восьмой", avatar: "https://example.com/8.png", phone: "79151112288" },
    });
    expect(again.id).toBe(first.id);
    const [manager] = (await api("GET", "users?with=amojo_id")).body._embedded.users;
    const ours = await ask("POST", `${scope}/chats`, { conversation_id: "my_int-9", user: { ref_id: manager.amojo_id } });
    expect(ours.body.user).toMatchObject({ id: manager.amojo_id, name: manager.name });
    expect((await ask("POST", `${scope}/chats`, { conversation_id: "my_int-10", user: {} })).status).toBe(400);
  });

  it("is tied to a contact, found by either, and its talk is closed once", async () => {
    const { id: chat } = await channel().createChat(scope, {
      conversation_id: "my_int-11",
      user: { id: "client-11", name: "Одиннадцатый" },
    });
    const contact = await client().contacts.create({ name: "Давний клиент" });
    const bound = await api("POST", "contacts/chats", [{ contact_id: contact.id, chat_id: chat, request_id: "q" }]);
    expect(bound.body).toMatchObject({
      ...{ _total_items: 1, _embedded: { chats: [{ chat_id: chat, contact_id: contact.id, id: expect.any(Number), request_id: "q" }] } },
    });
    for (const query of [`contact_id[]=${contact.id}`, `contact_id=${contact.id},1`, `chat_id[]=${chat}`])
      expect((await api("GET", `contacts/chats?${query}`)).body._embedded.chats).toMatchObject([{ chat_id: chat, contact_id: contact.id }]);
    expect((await api("GET", "contacts/chats?contact_id=1")).status).toBe(204);
    expect((await api("GET", "contacts/chats")).status).toBe(400);
    for (const [item, path] of [
      [{ contact_id: 1, chat_id: chat }, "contact_id"],
      [{ contact_id: contact.id, chat_id: "nothing" }, "chat_id"],
      [{ contact_id: contact.id }, "chat_id"],
    ] as const)
      expect((await api("POST", "contacts/chats", [item])).body["validation-errors"][0].errors[0].path).toBe(path);
    const talk = bound.body._embedded.chats[0].id;
    expect((await client().talks.get(talk))?.is_in_work).toBe(true);
    await client().talks.close(talk, true);
    expect((await api("GET", `talks/${talk}`)).body.is_in_work).toBe(false);
    expect((await api("POST", `talks/${talk}/close`)).status).toBe(422);
    expect((await api("POST", "talks/1/close", { force_close: true })).status).toBe(404);
    expect((await api("GET", "talks/1")).status).toBe(404);
    // The lead of the next message is that contact's.
    await channel().sendMessage(scope, payload({ conversation_id: "my_int-11", sender: { id: "client-11", name: "Одиннадцатый" } }));
    expect((await api("GET", `talks/${talk}`)).body).toMatchObject({ is_in_work: true, contact_id: contact.id, entity_type: "lead" });
  });
});
