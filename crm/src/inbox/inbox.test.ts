import {
  type ChangedMessage,
  type ConnectionId,
  type Inbox,
  type Kept,
  partsOf,
  type ReceivedMessage,
  type WorkspaceId,
} from "@svyazka/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../server/testkit/database.ts";
import { addMessage, inboxOf, listConversations, listMessages, type Sql, sendAgain } from "../index.ts";

const channel = 7 as ConnectionId;
const own = 1 as ConnectionId;
const elsewhere = 9 as ConnectionId;
const home = { country: "RU", currency: "RUB" };
const by = { actor: "operator", home };
let test: TestDatabase;
let sql: Sql;
let inbox: Inbox;
let told: number[];
let count = 0;
beforeAll(async () => {
  test = await testDatabase();
  sql = test.database.in(1 as WorkspaceId);
});
afterAll(() => test.close());
beforeEach(() => {
  told = [];
  inbox = inboxOf(sql, {
    ...{ home, connection: channel, isOwn: (connection) => connection === own },
    tell: async (conversation) => void told.push(conversation),
  });
});

type Changes = Partial<ReceivedMessage["message"]> & {
  readonly chat?: string;
  readonly client?: Partial<ReceivedMessage["conversation"]["client"]>;
};
const received = ({ chat = "chat", client, ...message }: Changes = {}): ReceivedMessage => ({
  conversation: { external: chat, network: "whatsapp", client: { external: chat, name: "Мария", ...client } },
  message: { external: `m-${++count}`, direction: "in", kind: "text", text: "Привет", files: [], at: new Date().toISOString(), ...message },
});
const newChat = () => `chat-${++count}`;
const types = ({ facts }: Pick<Kept, "facts">) => facts.map(({ type }) => type);
const messagesIn = async (conversation: string) =>
  (await listMessages(sql, { limit: 50, sort: "id", conversations: [Number(conversation)] }, {})).items;
const state = (external: string, change: ChangedMessage["change"]): ChangedMessage => ({ external, change });

/** A conversation with one message of ours that waits. */
async function waiting(text = "Ответ", chat = newChat()) {
  const { conversation } = await inbox.keep(channel, received({ chat }));
  const message = await addMessage(sql, Number(conversation.id), { direction: "out", kind: "text", text, state: "waiting" }, by);
  return { chat, conversation, id: String(message.id), uid: message.uid };
}
async function begun(text = "Ответ", chat = newChat()) {
  const one = await waiting(text, chat);
  await inbox.begin(one.id, [text]);
  await inbox.beginPart(one.id, 0);
  return one;
}
const stateOf = async (one: { readonly conversation: { readonly id: string }; readonly id: string }) =>
  (await messagesIn(one.conversation.id)).find(({ id }) => String(id) === one.id)?.state;

describe("what a channel brings", () => {
  it("is kept once, and answered with the same facts again", async () => {
    const message = received({ chat: newChat() });
    const first = await inbox.keep(channel, message);
    const again = await inbox.keep(channel, message);
    expect([first.isNew, again.isNew, again.message]).toEqual([true, false, first.message]);
    expect(types(first)).toEqual(["conversation.begun", "message.kept"]);
    expect(again.facts.map(({ key }) => key)).toEqual(first.facts.map(({ key }) => key));
    expect(await messagesIn(first.conversation.id)).toHaveLength(1);
    expect(told).toEqual([Number(first.conversation.id)]);
  });

  it("is kept whole, wherever its beginning is cut: an emoji there is two halves", async () => {
    for (let before = 196; before <= 202; before++) {
      const text = `${"a".repeat(before)}😀👨‍👩‍👧 и дальше`;
      const { conversation } = await inbox.keep(channel, received({ chat: newChat(), text }));
      expect((await messagesIn(conversation.id))[0]?.text).toBe(text);
      const [shown] = (await listConversations(sql, { limit: 1, ids: [Number(conversation.id)] }, {})).items;
      expect([before, shown?.preview?.text.isWellFormed(), text.startsWith(shown?.preview?.text ?? "?")]).toEqual([before, true, true]);
    }
  });

  it("of many at once is in one conversation, each once", async () => {
    const chat = newChat();
    const messages = Array.from({ length: 20 }, () => received({ chat }));
    const kept = await Promise.all([...messages, ...messages].map((message) => inbox.keep(channel, message)));
    expect(new Set(kept.map(({ conversation }) => conversation.id)).size).toBe(1);
    expect(await messagesIn(kept[0]?.conversation.id ?? "")).toHaveLength(20);
    const [conversation] = (await listConversations(sql, { limit: 1, ids: [Number(kept[0]?.conversation.id)] }, {})).items;
    expect(conversation).toMatchObject({ unread: 20 });
  });

  it("begins a conversation for the CRM when it is new, was closed, or has no place yet; not with every word", async () => {
    const chat = newChat();
    const first = await inbox.keep(channel, received({ chat }));
    expect(types(first)).toContain("conversation.begun");
    await inbox.place(first.conversation.id, elsewhere, { contact: "77" });
    expect(types(await inbox.keep(channel, received({ chat })))).not.toContain("conversation.begun");
    expect(await inbox.findPlace(first.conversation.id, elsewhere)).toEqual({ contact: "77" });
  });

  it("is whole for others once its files are here, or will never be", async () => {
    const chat = newChat();
    const files = [
      { kind: "picture" as const, ref: "one" },
      { kind: "file" as const, ref: "two" },
    ];
    const message = received({ chat, files });
    const kept = await inbox.keep(channel, message);
    expect(types(kept)).toEqual(["conversation.begun"]);
    const at = (place: number) => ({ message: message.message.external, place });
    expect(await inbox.attach(channel, at(0), { file: "00000000-0000-4000-8000-000000000000", type: "image/png", bytes: 5 })).toEqual([]);
    const facts = (await inbox.attach(channel, at(1), { error: "gone" })) ?? [];
    expect(facts.map(({ type }) => type)).toEqual(["message.kept"]);
    // A link that comes once more changes nothing.
    await inbox.attach(channel, at(1), { file: "11111111-0000-4000-8000-000000000000", type: "image/png", bytes: 5 });
    expect((await messagesIn(kept.conversation.id))[0]?.files).toEqual([
      { kind: "picture", file: "00000000-0000-4000-8000-000000000000", type: "image/png", bytes: 5 },
      { kind: "file", error: "gone" },
    ]);
    expect(await inbox.attach(channel, { message: "nobody knows it", place: 0 }, { error: "x" })).toBeUndefined();
  });

  it("is changed by what is told later, or sooner", async () => {
    const chat = newChat();
    const late = received({ chat });
    expect(await inbox.change(channel, state(late.message.external, { text: "Исправлено" }))).toEqual([]);
    expect(await inbox.change(channel, state(late.message.external, { who: "client", emoji: "👍" }))).toEqual([]);
    const { conversation } = await inbox.keep(channel, late);
    expect((await messagesIn(conversation.id))[0]).toMatchObject({ text: "Исправлено", reactions: { client: "👍" } });
    await inbox.change(channel, state(late.message.external, { who: "client", emoji: null }));
    await inbox.change(channel, state(late.message.external, { isDeleted: true }));
    expect((await messagesIn(conversation.id))[0]).toMatchObject({ reactions: {}, deletedAt: expect.any(Date) });
  });
});

describe("what we send", () => {
  it("goes out once: of a part that was begun, nobody knows", async () => {
    const one = await waiting();
    expect(await inbox.begin(one.id, ["Ответ"])).toEqual({ open: [0], unknown: [] });
    expect(await inbox.begin(one.id, ["Ответ"])).toEqual({ open: [0], unknown: [] });
    await inbox.beginPart(one.id, 0);
    expect(await inbox.begin(one.id, ["Ответ"])).toEqual({ open: [], unknown: [0] });
    expect(await stateOf(one)).toBe("unknown");
  });

  it("does not leave when it does not wait any more; what nobody knew of waits again once it was certainly not taken", async () => {
    const one = await begun();
    expect(await inbox.beginPart(one.id, 0)).toBe(false);
    await inbox.settle(one.id, 0, { state: "unknown" });
    expect(await inbox.beginPart(one.id, 0)).toBe(false);
    await inbox.settle(one.id, 0, { state: "waiting" });
    expect(await inbox.beginPart(one.id, 0)).toBe(true);
    await inbox.settle(one.id, 0, { state: "sent", external: `k-${one.id}` });
    await inbox.settle(one.id, 0, { state: "waiting" });
    expect([await stateOf(one), await inbox.beginPart(one.id, 0)]).toEqual(["sent", false]);
  });

  it("is sent also when the channel gives it an id that another one has: it is not sent again for that", async () => {
    const [one, other] = [await begun(), await begun()];
    for (const { id } of [one, other]) await inbox.settle(id, 0, { state: "sent", external: `same-${one.id}` });
    expect([await stateOf(one), await stateOf(other)]).toEqual(["sent", "sent"]);
    await inbox.change(channel, state(`same-${one.id}`, { state: "read" }));
    expect([await stateOf(one), await stateOf(other)]).toEqual(["read", "sent"]);
  });

  it("never goes back: what was read is not delivered any more, whatever order it is told in", async () => {
    for (const order of [
      ["sent", "delivered", "read"],
      ["read", "sent", "delivered"],
      ["delivered", "read", "sent"],
    ] as const) {
      const one = await begun();
      const item = `item-${++count}`;
      await inbox.change(channel, state(item, { state: order[0] }));
      await inbox.settle(one.id, 0, { state: "sent", external: item });
      for (const next of order.slice(1)) await inbox.change(channel, state(item, { state: next }));
      expect([order, await stateOf(one)]).toEqual([order, "read"]);
    }
  });

  it("may fail until it has been delivered, and stays so until a person sends it again", async () => {
    const one = await begun();
    await inbox.settle(one.id, 0, { state: "sent", external: `i-${one.id}` });
    await inbox.change(channel, state(`i-${one.id}`, { state: "failed", reason: "no_account", error: "нет в WhatsApp" }));
    expect((await messagesIn(one.conversation.id)).at(-1)).toMatchObject({
      state: "failed",
      reason: "no_account",
      error: "нет в WhatsApp",
    });
    const again = await sendAgain(sql, Number(one.id), by);
    expect(again).toMatchObject({ state: "waiting", attempt: 2, error: null });
    expect(await inbox.begin(one.id, ["Ответ"])).toEqual({ open: [0], unknown: [] });
    await inbox.beginPart(one.id, 0);
    await inbox.settle(one.id, 0, { state: "sent", external: `j-${one.id}` });
    await inbox.change(channel, state(`j-${one.id}`, { state: "delivered" }));
    await inbox.change(channel, state(`j-${one.id}`, { state: "failed" }));
    expect(await stateOf(one)).toBe("delivered");
    await expect(sendAgain(sql, Number(one.id), by)).rejects.toThrow("only what has failed");
  });

  it("is as far as the slowest of its parts", async () => {
    const text = "слово ".repeat(20);
    const parts = partsOf(
      { message: { text, files: [], kind: "text", content: null, id: "", uid: "", at: "" } },
      { longestText: 40, longestCaption: 0 },
    );
    const one = await waiting(text);
    await inbox.begin(
      one.id,
      parts.map((part) => (part.kind === "text" ? part.text : "")),
    );
    for (const place of parts.keys()) {
      await inbox.beginPart(one.id, place);
      await inbox.settle(one.id, place, { state: "sent", external: `${one.id}-${place}` });
      expect(await stateOf(one)).toBe(place === parts.length - 1 ? "sent" : "waiting");
    }
    await inbox.change(channel, state(`${one.id}-0`, { state: "read" }));
    expect(await stateOf(one)).toBe("sent");
    for (const place of parts.keys()) await inbox.change(channel, state(`${one.id}-${place}`, { state: "delivered" }));
    expect(await stateOf(one)).toBe("delivered");
  });

  it("is known again in its echo: before its answer, after it, and in place of it", async () => {
    const echo = (chat: string, external: string, text = "Ответ") => received({ chat, direction: "out", external, text });
    const before = await begun();
    expect((await inbox.keep(channel, echo(before.chat, "e1"))).isNew).toBe(false);
    await inbox.settle(before.id, 0, { state: "sent", external: "e1" });
    const after = await begun();
    await inbox.settle(after.id, 0, { state: "sent", external: "e2" });
    expect((await inbox.keep(channel, echo(after.chat, "e2"))).isNew).toBe(false);
    const lost = await begun();
    await inbox.settle(lost.id, 0, { state: "unknown", error: "time-out" });
    expect((await inbox.keep(channel, echo(lost.chat, "e3"))).isNew).toBe(false);
    for (const one of [before, after, lost]) {
      expect(await stateOf(one)).toBe("sent");
      expect(await messagesIn(one.conversation.id)).toHaveLength(2);
    }
    // What was written on the phone is a message of its own.
    const phone = await inbox.keep(channel, echo(lost.chat, "e4", "Другое"));
    expect([phone.isNew, types(phone)]).toEqual([true, ["message.kept"]]);
  });

  it("takes the place of an echo that nobody could know yet", async () => {
    const one = await begun("Ответ с *разметкой*");
    await inbox.keep(channel, received({ chat: one.chat, direction: "out", external: "e5", text: "Ответ с разметкой" }));
    expect(await messagesIn(one.conversation.id)).toHaveLength(3);
    await inbox.settle(one.id, 0, { state: "sent", external: "e5" });
    expect((await messagesIn(one.conversation.id)).map(({ origin }) => origin)).toEqual(["client", "robot"]);
  });

  it("to somebody who has not written yet becomes one conversation with what they answer", async () => {
    const uid = await inbox.open(channel, { external: null, name: "Новый", phone: "+79990001122" });
    const [conversation] = (await listConversations(sql, { limit: 1, uids: [uid] }, {})).items;
    const id = String(conversation?.id);
    expect(await inbox.open(channel, { external: null, name: "Новый", phone: "+79990001122" })).toBe(uid);
    const message = await addMessage(sql, Number(id), { direction: "out", kind: "text", text: "Здравствуйте", state: "waiting" }, by);
    await inbox.begin(String(message.id), ["Здравствуйте"]);
    await inbox.beginPart(String(message.id), 0);
    // They answer before the channel has told what it calls the conversation, and under a name that says nothing of their phone.
    const chat = newChat();
    const answer = await inbox.keep(channel, received({ chat, text: "Да?" }));
    expect(answer.conversation.id).not.toBe(id);
    await inbox.settle(String(message.id), 0, { state: "sent", external: `f-${message.id}`, conversation: chat });
    expect((await messagesIn(answer.conversation.id)).map(({ text }) => text).sort()).toEqual(["Да?", "Здравствуйте"]);
    expect((await listConversations(sql, { limit: 10, ids: [Number(id)] }, {})).items).toEqual([]);
  });

  it("to somebody new keeps the name that we know them by, until they tell their own", async () => {
    const phone = "+79990003344";
    const uid = await inbox.open(channel, { external: null, name: "Анна Смирнова", phone });
    const nameNow = async () => (await listConversations(sql, { limit: 1, uids: [uid] }, {})).items[0]?.client;
    const chat = newChat();
    // Written on the phone: what it says of the client is what the client calls us.
    await inbox.keep(channel, received({ chat, direction: "out", client: { name: "Ромашка", phone } }));
    expect(await nameNow()).toEqual({ external: chat, name: "Анна Смирнова", phone });
    await inbox.keep(channel, received({ chat, client: { name: "Аня", phone } }));
    expect(await nameNow()).toMatchObject({ name: "Аня" });
    const other = await inbox.open(channel, { external: null, name: "Пётр", phone: "+79990003355" });
    await inbox.keep(channel, received({ chat: newChat(), client: { name: "", phone: "+79990003355" } }));
    expect((await listConversations(sql, { limit: 1, uids: [other] }, {})).items[0]?.client).toMatchObject({ name: "Пётр" });
  });

  it("is told to a CRM elsewhere when it has left, and how it goes on to whoever wrote it", async () => {
    const { conversation } = await inbox.keep(channel, received({ chat: newChat() }));
    const written = {
      desk: elsewhere,
      deskId: "amo-1",
      conversation: { chat: "c", uid: conversation.uid },
      kind: "text" as const,
      text: "Из CRM",
      files: [],
      at: new Date().toISOString(),
    };
    const kept = await inbox.write(written, conversation.uid, []);
    const again = await inbox.write(written, conversation.uid, []);
    expect([kept?.isNew, again?.isNew, again?.message]).toEqual([true, false, kept?.message]);
    expect(kept?.facts).toMatchObject([{ type: "message.sent", data: { message: { text: "Из CRM" } } }]);
    const id = kept?.message ?? "";
    await inbox.begin(id, ["Из CRM"]);
    expect(await inbox.report(id)).toEqual([]);
    await inbox.beginPart(id, 0);
    await inbox.settle(id, 0, { state: "sent", external: "g1" });
    expect(await inbox.report(id)).toMatchObject([
      { type: "message.kept", data: { desk: elsewhere } },
      { type: "message.marked", data: { desk: elsewhere, message: { state: "sent", deskId: "amo-1" } } },
    ]);
    expect(await inbox.write({ ...written, deskId: "amo-2" }, "00000000-0000-4000-8000-000000000000", [])).toBeUndefined();
  });

  it("by a program is sent once for one reason, and reads nothing in anybody's place", async () => {
    const { conversation } = await inbox.keep(channel, received({ chat: newChat() }));
    const answers = await Promise.all([1, 2, 3].map(() => inbox.answer(conversation.id, "Мы закрыты", `night ${conversation.id}`)));
    expect(new Set(answers.map(({ message }) => message)).size).toBe(1);
    const [shown] = (await listConversations(sql, { limit: 1, ids: [Number(conversation.id)] }, {})).items;
    expect(shown).toMatchObject({ unread: 1, responsible: null });
  });
});

it("a conversation is found by whom it is with, and by what was said in it; in another workspace by nobody", async () => {
  const chat = newChat();
  const { conversation } = await inbox.keep(
    channel,
    received({ chat, text: "Сколько стоят окна со стеклопакетом?", client: { name: "Жюли 100%", phone: "+79996665544" } }),
  );
  const found = async (text: string, at = sql) => (await listConversations(at, { limit: 50, text }, {})).items.map(({ id }) => String(id));
  for (const text of ["жюли", "100%", "666-55-44", "стеклопакеты", "окно стоить"])
    expect([text, await found(text)]).toEqual([text, [conversation.id]]);
  for (const text of ["двери", "100_", "%%", "'; drop", "12"]) expect([text, await found(text)]).toEqual([text, []]);
  expect(await found("стеклопакет", test.database.in(2 as WorkspaceId))).toEqual([]);
});

it("somebody with two conversations is known in the second by the first", async () => {
  const [one, other] = [newChat(), newChat()];
  const client = { external: `person-${count}` };
  const first = await inbox.keep(channel, received({ chat: one, client }));
  const second = await inbox.keep(channel, received({ chat: other, client }));
  expect(await inbox.findKin(second.conversation.id, elsewhere)).toBeUndefined();
  await inbox.place(first.conversation.id, elsewhere, { contact: "12", deal: "34" });
  expect(await inbox.findKin(second.conversation.id, elsewhere)).toEqual({ contact: "12" });
});
