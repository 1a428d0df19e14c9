import { type ConnectionId, Invalid, NotFound, type OwnCrm } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../../server/testkit/database.ts";
import { workspaceOf } from "../../testkit/trial.ts";
import { beginConversation, countUnread, createDefaults, createUser, merge } from "../index.ts";
import { ownCrm } from "./own-crm.ts";

describe("conversations", async () => {
  const test = await testDatabase();
  afterAll(() => test.close());
  const home = workspaceOf(1);
  const sql = test.database.in(home.id);
  const channel = 7;
  let crm: OwnCrm;
  let asManager: OwnCrm;
  let manager: number;
  beforeAll(async () => {
    await createDefaults(sql, home);
    manager = (await createUser(sql, { name: "Мария", role: "manager", recordAccess: "own" })).id;
    crm = await ownCrm(sql, { home, connection: channel as ConnectionId });
    asManager = await ownCrm(sql, { home, connection: channel as ConnectionId, user: manager });
  });
  const client = { external: "c-1", name: "Иван", phone: "+79101234567" };
  const open = (external?: string, rest: object = {}) =>
    crm.conversations.open({ channel, network: "whatsapp", client, ...(external !== undefined && { external }), ...rest });

  it("are one for each id at a channel, whoever comes first", async () => {
    const both = await Promise.all([open("chat-1"), open("chat-1"), open("chat-1")]);
    expect(new Set(both.map(({ id }) => id)).size).toBe(1);
    expect(both[0]).toMatchObject({
      ...{ external: "chat-1", network: "whatsapp", client, contact: null, deal: null, closedAt: null, lastMessageAt: null },
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect((await open("chat-1", { channel: 8 })).id).not.toBe(both[0]?.id);
    // Those that we begin have no id there yet.
    const [ours, other] = [await open(), await open()];
    expect(ours.id).not.toBe(other.id);
    await crm.conversations.update(ours.id, { external: "chat-2" });
    await expect(crm.conversations.update(other.id, { external: "chat-2" })).rejects.toThrow(Invalid);
    const found = await crm.conversations.list({ limit: 5, uids: [ours.uid, "не uuid"] });
    expect(found.items.map(({ id }) => id)).toEqual([ours.id]);
  });

  it("begin with one line in the timeline, of the deal that they are about", async () => {
    const contact = await crm.contacts.create({ name: "Иван" });
    const { id } = await open("chat-3");
    await crm.conversations.update(id, { contact });
    const deal = await crm.deals.create({ name: "Окна" });
    await crm.conversations.update(id, { deal });
    await crm.messages.add(id, { direction: "in", kind: "text", text: "Здравствуйте" });
    const lines = await crm.events({ limit: 10, kinds: ["message"] });
    expect(lines.items).toMatchObject([{ kind: "message", contact, what: { conversation: { id, network: "whatsapp", name: "Иван" } } }]);
    await expect(crm.conversations.update(id, { deal: 999_999 })).rejects.toThrow(Invalid);
    await expect(crm.conversations.update(999_999, { isClosed: true })).rejects.toThrow(NotFound);
  });

  it("keep messages: each one of the channel once, the latest first", async () => {
    const { id } = await open("chat-4");
    const first = await crm.messages.add(id, { external: "m-1", direction: "in", kind: "text", text: "Раз", at: new Date("2026-01-01") });
    expect(first).toMatchObject({ state: "delivered", user: null, direction: "in", external: "m-1", reactions: {}, editedAt: null });
    await expect(crm.messages.add(id, { external: "m-1", direction: "in", kind: "text", text: "Снова" })).rejects.toThrow(Invalid);
    const second = await crm.messages.add(id, {
      ...{ direction: "out", user: manager, kind: "picture", content: { media: "https://example.com/1.png" }, replyTo: first.id },
    });
    expect(second).toMatchObject({ state: "sent", user: manager, replyTo: first.id, content: { media: "https://example.com/1.png" } });
    expect((await crm.messages.list({ limit: 5, conversations: [id] })).items.map((one) => one.id)).toEqual([second.id, first.id]);
    const { lastIncomingAt, readAt } = (await crm.conversations.list({ limit: 1, ids: [id] })).items[0] ?? {};
    expect([lastIncomingAt, readAt]).toEqual([new Date("2026-01-01"), expect.any(Date)]);
    await expect(crm.messages.add(999_999, { direction: "in", kind: "text" })).rejects.toThrow(NotFound);
  });

  it("know how far a message has got, and never take it back", async () => {
    const { id } = await open("chat-5");
    const { id: message } = await crm.messages.add(id, { direction: "out", kind: "text", text: "Да", state: "waiting" });
    const state = async (to: "sent" | "delivered" | "read" | "failed", error?: string) => {
      const after = await crm.messages.update(message, { state: to, ...(error !== undefined && { error }) });
      return [after.state, after.error];
    };
    expect(await state("sent")).toEqual(["sent", null]);
    expect(await state("failed", "такого номера нет")).toEqual(["failed", "такого номера нет"]);
    expect(await state("read")).toEqual(["read", null]);
    expect(await state("delivered")).toEqual(["read", null]);
    expect((await crm.messages.update(message, { text: "Нет" })).editedAt).toBeInstanceOf(Date);
    await crm.messages.react(message, "c-1", "👍");
    await crm.messages.react(message, "c-2", "🔥");
    await crm.messages.react(message, "c-1", null);
    expect((await crm.messages.list({ limit: 1, conversations: [id] })).items[0]).toMatchObject({
      text: "Нет",
      reactions: { "c-2": "🔥" },
    });
  });

  it("are closed, and open again with the next message that is no history", async () => {
    const { id } = await open("chat-6");
    expect((await crm.conversations.update(id, { isClosed: true })).closedAt).toBeInstanceOf(Date);
    const isOpen = async () => (await crm.conversations.list({ limit: 1, ids: [id], isOpen: true })).items.length === 1;
    await crm.messages.add(id, { direction: "in", kind: "text", text: "Старое", isSilent: true });
    expect(await isOpen()).toBe(false);
    await crm.messages.add(id, { direction: "in", kind: "text", text: "Новое" });
    expect(await isOpen()).toBe(true);
  });

  it("are seen by those who see the contact or the deal", async () => {
    const [own, foreign] = [await open("chat-7"), await open("chat-8")];
    const deal = await crm.deals.create({ name: "Её", responsible: manager });
    const stranger = await crm.contacts.create({ name: "Чужой" });
    await crm.conversations.update(own.id, { deal });
    await crm.conversations.update(foreign.id, { contact: stranger });
    for (const { id } of [own, foreign]) await crm.messages.add(id, { direction: "in", kind: "text", text: "Привет" });
    const seen = await asManager.conversations.list({ limit: 10, ids: [own.id, foreign.id] });
    expect(seen.items.map(({ id }) => id)).toEqual([own.id]);
    expect((await asManager.messages.list({ limit: 10, conversations: [own.id, foreign.id] })).items).toHaveLength(1);
    await expect(asManager.messages.add(foreign.id, { direction: "out", kind: "text" })).rejects.toThrow(NotFound);
    await expect(asManager.conversations.update(own.id, { contact: stranger })).rejects.toThrow(Invalid);
    const answer = await asManager.messages.add(own.id, { direction: "out", kind: "text", text: "Здравствуйте" });
    expect(answer.user).toBe(manager);
  });

  it("go with a contact that is merged into another", async () => {
    const [kept, gone] = [await crm.contacts.create({ name: "Пётр" }), await crm.contacts.create({ name: "Петя" })];
    const { id } = await open("chat-9", { contact: gone });
    await merge(sql, "contact", kept, { from: [gone] }, { actor: "connection:7", home }, "ru");
    expect((await crm.conversations.list({ limit: 5, contacts: [kept] })).items.map((one) => one.id)).toEqual([id]);
  });

  it("of somebody who sees their own only are those in which they answer, too: they may write first", async () => {
    const by = { actor: `user:${manager}`, user: manager, sees: [manager], home };
    const begun = await beginConversation(
      sql,
      { channel, network: "whatsapp", client: { external: null, name: "Новый", phone: "+79998887766" } },
      by,
    );
    expect(begun.responsible).toBe(manager);
    expect((await asManager.conversations.list({ limit: 5, ids: [begun.id] })).items).toHaveLength(1);
    await crm.messages.add(begun.id, { direction: "in", kind: "text", text: "Да?" });
    expect((await asManager.messages.list({ limit: 5, conversations: [begun.id] })).items).toHaveLength(1);
    expect((await countUnread(sql, by)).mine).toBe(1);
    await crm.conversations.update(begun.id, { responsible: null });
    expect((await asManager.conversations.list({ limit: 5, ids: [begun.id] })).items).toEqual([]);
    await expect(asManager.messages.add(begun.id, { direction: "out", kind: "text", text: "Ещё?" })).rejects.toThrow(NotFound);
  });
});
