import { createHash, createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AmoHub, type Answer, send, startAmoHub, startEar, type Workspace } from "../testkit/amo.ts";
import { until } from "../testkit/hub.ts";

/** A messenger that was written for amoCRM carries the conversations of our people. */

interface Channel {
  readonly id: number;
  readonly secrets: { readonly channel_id: string; readonly channel_secret: string; readonly bot_id: string };
  readonly urls: { readonly chats: string };
}

let amo: AmoHub;
let ear: Awaited<ReturnType<typeof startEar>>;
let shop: Workspace;
let channel: Channel;
let accountId: string;
let scope: string;
beforeAll(async () => {
  ear = await startEar();
  amo = await startAmoHub();
  shop = await amo.workspace("chats");
  channel = await addChannel(shop);
  accountId = (await shop.call("GET", "/api/v4/account?with=amojo_id")).body.amojo_id;
  scope = `${channel.secrets.channel_id}_${accountId}`;
}, 60_000);
afterAll(async () => {
  await amo.stop();
  await ear.stop();
});

const addChannel = ({ hub }: Workspace): Promise<Channel> =>
  hub.send<Channel>("POST", "/connections", {
    vendor: "amocrm",
    name: "WhatsApp",
    settings: { side: "channel", hook_uri: `${ear.url}/hooks/:scope_id`, origin: "whatsapp", requests_per_second: 0 },
    allow_private_addresses: true,
  });

const hmac = (text: string, secret: string) => createHmac("sha1", secret).update(text).digest("hex");

/** As a program does it that follows the documents. */
function ask(method: string, rest: string, sent?: unknown, secret = channel.secrets.channel_secret, prefix = ""): Promise<Answer> {
  const whole = `${prefix}/v2/origin/custom/${rest}`;
  const [path = ""] = whole.split("?");
  const body = sent === undefined ? "" : JSON.stringify(sent);
  const md5 = createHash("md5").update(body).digest("hex");
  const date = new Date().toUTCString();
  const signature = hmac([method, md5, "application/json", date, path].join("\n"), secret);
  return send(`${amo.hub.url}${whole}`, {
    method,
    headers: { date, "content-type": "application/json", "content-md5": md5, "x-signature": signature },
    body,
  });
}

let count = 0;
const message = (rest: Record<string, unknown> = {}) => ({
  event_type: "new_message",
  payload: {
    ...{
      timestamp: 1_700_000_000 + ++count,
      msec_timestamp: (1_700_000_000 + count) * 1000,
      msgid: `wa-${count}`,
      conversation_id: "wa-chat-1",
    },
    ...{ silent: false, sender: { id: "79151112233", name: "Вася клиент", profile: { phone: "79151112233" } } },
    message: { type: "text", text: "Сколько стоит?" },
    ...rest,
  },
});
interface Listed {
  readonly id: number;
  readonly uid: string;
  readonly deal: number;
  readonly contact: number;
  readonly is_read: boolean;
  readonly is_open: boolean;
  readonly updated_at: string;
}
const conversations = async (query = ""): Promise<Listed[]> =>
  // Those in which something was done last first: the programs here write as of long ago.
  (await shop.hub.get<{ items: Listed[] }>(`/conversations${query}`)).items.sort((one, other) =>
    other.updated_at.localeCompare(one.updated_at),
  );
const messagesOf = async (
  id: number,
): Promise<{ id: number; direction: string; text: string; state: string; error: string | null; user: number | null }[]> =>
  (await shop.hub.get<{ items: never[] }>(`/conversations/${id}/messages`)).items;

describe("a channel", () => {
  it("is registered as a connection, and connected by whoever has its secret", async () => {
    const { channel_id, channel_secret, bot_id } = channel.secrets;
    expect(channel.urls.chats).toBe(`${amo.hub.url}/v2/origin/custom/${channel_id}`);
    expect([channel_id, bot_id]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    const sent = { account_id: accountId, title: "ChatIntegration", hook_api_version: "v2" };
    expect((await ask("POST", scope, message())).status).toBe(404);
    expect((await ask("POST", `${channel_id}/connect`, sent, "не тот")).status).toBe(403);
    expect((await ask("POST", "00000000-0000-4000-8000-000000000000/connect", sent)).status).toBe(404);
    const connected = await ask("POST", `${channel_id}/connect`, sent);
    expect(connected).toMatchObject({ status: 200, type: "application/json", body: { ...sent, scope_id: scope } });
    // The old scheme: the body alone.
    const body = JSON.stringify(sent);
    const headers = { "x-signature": hmac(body, channel_secret), "content-type": "application/json" };
    expect((await send(`${channel.urls.chats}/connect`, { method: "POST", headers, body })).status).toBe(200);
    // Below its own address, the whole path is signed.
    expect((await ask("POST", `${channel_id}/connect`, sent, channel_secret, `/in/${channel.id}`)).status).toBe(200);
  });
});

describe("what a client writes", () => {
  it("makes a contact and a lead that nobody has taken, once, and stands in one truth with the hub", async () => {
    const first = await ask("POST", scope, message());
    expect(first.body.new_message).toMatchObject({ conversation_id: "wa-chat-1", ref_id: `wa-${count}`, msgid: expect.any(String) });
    await ask(
      "POST",
      scope,
      message({ message: { type: "picture", media: "https://example.com/1.png", file_name: "1.png", file_size: 10 } }),
    );
    const [conversation] = await conversations();
    expect(conversation).toMatchObject({
      network: "whatsapp",
      channel: channel.id,
      is_read: false,
      is_open: true,
      client: { name: "Вася клиент" },
    });
    expect((await messagesOf(conversation?.id ?? 0)).map(({ direction, text }) => [direction, text])).toEqual([
      ["in", ""],
      ["in", "Сколько стоит?"],
    ]);
    const unsorted = await shop.call("GET", "/api/v4/leads/unsorted?filter[category][]=chats");
    expect(unsorted.body._embedded.unsorted).toMatchObject([
      {
        ...{ category: "chats", source_name: "WhatsApp" },
        metadata: { from: "Вася клиент", service: "whatsapp", last_message_text: "Сколько стоит?", origin: { chat_id: conversation?.uid } },
        _embedded: { leads: [{ id: conversation?.deal }], contacts: [{ id: conversation?.contact }] },
      },
    ]);
    expect(await shop.hub.get(`/contacts/${conversation?.contact}`)).toMatchObject({
      name: "Вася клиент",
      phones: [{ e164: "+79151112233" }],
    });
    const timeline = await shop.hub.get<{ items: { kind: string }[] }>(`/deals/${conversation?.deal}/timeline?kinds=message`);
    expect(timeline.items).toHaveLength(1);
    const talk = await shop.call("GET", `/api/v4/talks/${conversation?.id}`);
    expect(talk.body).toMatchObject({
      ...{ talk_id: conversation?.id, chat_id: conversation?.uid, contact_id: conversation?.contact, entity_id: conversation?.deal },
      ...{ entity_type: "lead", is_in_work: true, is_read: false, origin: "whatsapp", rate: 0, missed_at: null },
      _embedded: { contacts: [{ id: conversation?.contact }], leads: [{ id: conversation?.deal }], customers: [] },
    });
    const chats = await shop.call("GET", `/api/v4/contacts/chats?contact_id=${conversation?.contact}`);
    expect(chats.body._embedded.chats).toEqual([{ id: conversation?.id, chat_id: conversation?.uid, contact_id: conversation?.contact }]);
  });

  it("is known by who is known already, and goes to the lead that is open", async () => {
    const [contact = 0] = await shop.made("/api/v4/contacts", [
      { name: "Пётр", custom_fields_values: [{ field_code: "PHONE", values: [{ value: "8 (916) 765-43-21" }] }] },
    ]);
    const [lead] = await shop.made("/api/v4/leads", [{ name: "Уже идёт", _embedded: { contacts: [{ id: contact }] } }]);
    const sender = { id: "79167654321", name: "Петя", profile: { phone: "+79167654321" } };
    await ask("POST", scope, message({ conversation_id: "wa-chat-2", sender }));
    const [conversation] = await conversations(`?contact=${contact}`);
    expect(conversation).toMatchObject({ contact, deal: lead });
    // When that one is won, the next message is a new lead's.
    await shop.call("PATCH", `/api/v4/leads/${lead}`, { status_id: 142 });
    await ask("POST", scope, message({ conversation_id: "wa-chat-2", sender }));
    const [after] = await conversations(`?contact=${contact}`);
    expect(after?.deal).not.toBe(lead);
  });

  it("of one person in two chats at the same moment makes one contact", async () => {
    const twice = (chat: string) =>
      ask("POST", scope, message({ conversation_id: chat, sender: { id: chat, name: "Двойная", profile: { phone: "79152223344" } } }));
    const answers = await Promise.all(["two-1", "two-2", "two-3"].map(twice));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const found = await shop.hub.get<{ items: unknown[] }>(`/contacts?phone=${encodeURIComponent("+79152223344")}`);
    expect(found.items).toHaveLength(1);
  });

  it("is silent when it is history, and refused when it is repeated, also by two at once", async () => {
    const sender = { id: "silent", name: "Тихий" };
    const total = async () => (await shop.call("GET", "/api/v4/leads/unsorted/summary")).body.total;
    const before = await total();
    await ask("POST", scope, message({ conversation_id: "wa-chat-3", sender, silent: true }));
    expect(await total()).toBe(before);
    const twice = message({ conversation_id: "wa-chat-4", sender: { id: "twice", name: "Двойной" } });
    const both = await Promise.all([ask("POST", scope, twice), ask("POST", scope, twice), ask("POST", scope, twice)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    expect(both.find(({ status }) => status === 400)?.body["validation-errors"][0].errors[0]).toMatchObject({
      code: "NotUnique",
      path: "payload.msgid",
    });
    expect(await total()).toBe(before + 1);
  });

  it("stands in the pipeline of its source", async () => {
    const pipeline = await shop.hub.send<{ id: number }>("POST", "/pipelines", {
      name: "Мессенджеры",
      stages: [{ name: "Вход", kind: "incoming" }, { name: "Работа" }, { name: "Да", kind: "won" }, { name: "Нет", kind: "lost" }],
    });
    await shop.made("/api/v4/sources", [{ name: "Номер 1", external_id: "78001234567", pipeline_id: pipeline.id }]);
    const sender = { id: "sourced", name: "Из источника" };
    await ask("POST", scope, message({ conversation_id: "wa-chat-5", sender, source: { external_id: "78001234567" } }));
    const { body } = await shop.call("GET", `/api/v4/leads/unsorted?filter[pipeline_id]=${pipeline.id}`);
    expect(body._embedded.unsorted).toMatchObject([{ source_uid: "78001234567", source_name: "Номер 1", pipeline_id: pipeline.id }]);
  });

  it("is edited, thought something of, and read again from the history", async () => {
    const { body } = await ask("POST", scope, message({ conversation_id: "wa-chat-6", sender: { id: "six", name: "Шестой" } }));
    const { msgid, ref_id } = body.new_message;
    await ask("POST", scope, { event_type: "edit_message", payload: { msgid: ref_id, message: { type: "text", text: "Исправлено" } } });
    expect((await ask("POST", `${scope}/react`, { msgid: ref_id, user: { id: "six" }, type: "react", emoji: "👍" })).status).toBe(200);
    const chat = (await ask("POST", `${scope}/chats`, { conversation_id: "wa-chat-6", user: { id: "six", name: "Шестой" } })).body;
    const history = await ask("GET", `${scope}/chats/${chat.id}/history?limit=50`);
    expect(history.body.messages).toMatchObject([
      {
        sender: { id: chat.user.id, client_id: "six", name: "Шестой" },
        message: { id: msgid, client_id: ref_id, type: "text", text: "Исправлено" },
      },
    ]);
    expect((await ask("GET", `${scope}/chats/00000000-0000-4000-8000-000000000000/history`)).status).toBe(204);
    expect((await ask("POST", `${scope}/typing`, { conversation_id: "wa-chat-6", sender: { id: "six" } })).status).toBe(204);
  });
});

describe("what our people write", () => {
  it("leaves as a signed hook, once, and is told delivered and read", async () => {
    ear.heard.length = 0;
    const [conversation] = (await conversations()).filter(({ contact }) => contact !== null);
    const id = conversation?.id ?? 0;
    const sent = await shop.hub.send<{ id: number; state: string }>("POST", `/conversations/${id}/messages`, { text: "Тысяча рублей" });
    expect(sent.state).toBe("waiting");
    await until(async () => (await messagesOf(id))[0]?.state === "sent");
    expect(ear.heard).toHaveLength(1);
    const [hook] = ear.heard;
    expect(hook?.path).toBe(`/hooks/${scope}`);
    expect(hook?.headers["x-signature"]).toBe(hmac(hook?.body ?? "", channel.secrets.channel_secret));
    const told = JSON.parse(hook?.body ?? "{}");
    expect(told).toMatchObject({
      account_id: accountId,
      message: {
        conversation: { id: conversation?.uid, client_id: expect.stringMatching(/^wa-chat-/) },
        ...{ receiver: { client_id: expect.any(String), phone: expect.any(String), email: "" }, sender: { id: channel.secrets.bot_id } },
        message: { type: "text", text: "Тысяча рублей" },
      },
    });
    expect((await conversations()).find((one) => one.id === id)?.is_read).toBe(true);
    const uid = told.message.message.id;
    for (const [body, state] of [
      [{ status_code: 1 }, "delivered"],
      [{ msgid: uid, delivery_status: 2, error_code: null, error: null }, "read"],
      [{ status_code: 1 }, "read"],
    ] as const) {
      expect((await ask("POST", `${scope}/${uid}/delivery_status`, body)).status).toBe(200);
      expect((await messagesOf(id))[0]).toMatchObject({ id: sent.id, state });
    }
  });

  it("is never sent twice by itself: what was not taken has failed, and says why", async () => {
    ear.heard.length = 0;
    ear.status = 500;
    const [conversation] = await conversations();
    const id = conversation?.id ?? 0;
    await shop.hub.send("POST", `/conversations/${id}/messages`, { text: "Не дойдёт" });
    await until(async () => (await messagesOf(id))[0]?.state === "failed");
    ear.status = 200;
    expect((await messagesOf(id))[0]?.error).toBe("the channel answers 500");
    const { items } = await shop.hub.get<{ items: { id: number; flow: string; state: string }[] }>("/deliveries?state=failed");
    expect(items).toMatchObject([{ flow: "send-message" }]);
    expect(ear.heard).toHaveLength(1);
    // A person may have it sent again.
    await shop.hub.send("POST", `/deliveries/${items[0]?.id}/retry`);
    await until(async () => (await messagesOf(id))[0]?.state === "sent");
    expect(ear.heard).toHaveLength(2);
  });

  it("is of whom it is: a message from a manager's phone names them", async () => {
    const [user] = (await shop.call("GET", "/api/v4/users?with=amojo_id")).body._embedded.users;
    const receiver = { id: "79151112233", name: "Вася клиент" };
    const sender = { id: "phone-of-admin", name: "Админ", ref_id: user.amojo_id };
    const answer = await ask("POST", scope, message({ sender, receiver, message: { type: "text", text: "С телефона" } }));
    expect(answer.body.new_message).toMatchObject({ sender_id: user.amojo_id, receiver_id: expect.any(String) });
    const [conversation] = await conversations();
    expect((await messagesOf(conversation?.id ?? 0)).find(({ text }) => text === "С телефона")).toMatchObject({
      direction: "out",
      user: user.id,
    });
  });

  it("waits for nobody when the channel is not connected, and closes its talk when it is done", async () => {
    const [conversation] = await conversations();
    const id = conversation?.id ?? 0;
    expect((await shop.call("POST", `/api/v4/talks/${id}/close`, { force_close: true })).status).toBe(202);
    expect((await shop.call("POST", `/api/v4/talks/${id}/close`)).status).toBe(422);
    expect((await conversations()).find((one) => one.id === id)?.is_open).toBe(false);
    expect((await ask("DELETE", `${channel.secrets.channel_id}/disconnect`, { account_id: accountId })).status).toBe(200);
    await shop.hub.send("POST", `/conversations/${id}/messages`, { text: "Никому" });
    await until(async () => (await messagesOf(id))[0]?.state === "failed");
    expect((await messagesOf(id))[0]?.error).toBe("the channel is not connected to this account");
    await ask("POST", `${channel.secrets.channel_id}/connect`, { account_id: accountId, hook_api_version: "v2" });
  });
});

describe("bad input", () => {
  it("is refused by its place, and never with a 5xx", async () => {
    const wrong: [string, string, unknown, number][] = [
      ["POST", scope, { event_type: "new_message" }, 400],
      ["POST", scope, message({ msgid: 5 }), 400],
      ["POST", scope, message({ message: { type: "text" } }), 400],
      ["POST", scope, message({ sender: { id: "a".repeat(300), name: "x" } }), 400],
      ["POST", scope, message({ msgid: "nul\u0000" }), 400],
      ["POST", scope, message({ conversation_id: "x", conversation_ref_id: "не uuid" }), 400],
      ["POST", scope, message({ message: { type: "text", text: "x", shared_post: { url: "nul\u0000" } } }), 400],
      ["POST", scope, message({ message: { type: "text", text: "x", shared_post: { url: "a".repeat(70_000) } } }), 400],
      ["POST", scope, message({ message: { type: "text", text: "x".repeat(65_536) } }), 400],
      ["POST", scope, [], 400],
      ["POST", `${scope}/00000000-0000-4000-8000-000000000000/delivery_status`, { status_code: 1 }, 404],
      ["POST", `${scope}/не-uuid/delivery_status`, { status_code: 1 }, 404],
      ["GET", `${scope}/chats/nothing/history`, undefined, 204],
      ["GET", `${scope}/chats/nothing/history?limit=51`, undefined, 400],
      ["PUT", scope, {}, 405],
      ["POST", `${scope}/nothing/at/all`, {}, 404],
      ["POST", `${channel.secrets.channel_id}_00000000-0000-4000-8000-000000000000`, message(), 404],
    ];
    for (const [method, rest, body, status] of wrong) {
      const answer = await ask(method, encodeURI(rest), body);
      expect([method, rest, answer.status]).toEqual([method, rest, status]);
      if (status !== 204) expect(answer.type).toBe("application/json");
    }
    const talks: [string, string, unknown, number][] = [
      ["GET", "/api/v4/talks/999999", undefined, 404],
      ["GET", "/api/v4/talks?filter[colour]=red", undefined, 400],
      ["POST", "/api/v4/contacts/chats", [{ contact_id: 999_999, chat_id: "00000000-0000-4000-8000-000000000000" }], 400],
      ["POST", "/api/v4/contacts/chats", Array.from({ length: 251 }, () => ({ contact_id: 1, chat_id: "x" })), 400],
      ["GET", "/api/v4/contacts/chats", undefined, 400],
    ];
    for (const [method, path, body, status] of talks) {
      const answer = await shop.call(method, path, body);
      expect([method, path, answer.status, answer.type]).toEqual([method, path, status, "application/problem+json"]);
    }
  });

  it("that is odd is taken as it is: half a letter, no name, a phone that is none", async () => {
    const odd = { id: "odd \ud83d", name: "", profile: { phone: "не телефон", email: "не почта" } };
    const answer = await ask("POST", scope, message({ conversation_id: "wa-odd", sender: odd, message: { type: "text", text: "\ud83d" } }));
    expect(answer.status).toBe(200);
    const [conversation] = await conversations();
    expect((await messagesOf(conversation?.id ?? 0)).map(({ text }) => text)).toEqual(["\ufffd"]);
  });

  it("of another workspace is nobody's", async () => {
    const other = await amo.workspace("otherchats");
    const theirs = await addChannel(other);
    const [conversation] = await conversations();
    const { channel_id, channel_secret } = theirs.secrets;
    expect((await ask("POST", `${channel_id}/connect`, { account_id: accountId, hook_api_version: "v2" }, channel_secret)).status).toBe(
      400,
    );
    expect((await ask("POST", scope, message(), channel_secret)).status).toBe(403);
    const account = (await other.call("GET", "/api/v4/account?with=amojo_id")).body.amojo_id;
    await ask("POST", `${channel_id}/connect`, { account_id: account, hook_api_version: "v2" }, channel_secret);
    const history = `${channel_id}_${account}/chats/${conversation?.uid}/history`;
    expect((await ask("GET", history, undefined, channel_secret)).status).toBe(204);
    expect((await other.call("GET", `/api/v4/talks/${conversation?.id}`)).status).toBe(404);
    expect((await other.call("GET", `/api/v4/contacts/chats?chat_id[]=${conversation?.uid}`)).status).toBe(204);
    expect((await other.hub.call("POST", `/conversations/${conversation?.id}/messages`, { text: "x" })).status).toBe(404);
  });
});
