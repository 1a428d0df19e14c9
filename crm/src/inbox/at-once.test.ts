import type { ConnectionId, Inbox, ReceivedMessage, WorkspaceId } from "@svyazka/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Pool } from "../../../server/src/db/pool.ts";
import { type TestDatabase, testDatabase } from "../../../server/testkit/database.ts";
import { addMessage, beginConversation, inboxOf, listMessages, type Sql } from "../index.ts";
import { reactToMessage } from "./messages.ts";

/** Of one conversation, everything happens at the same time: nobody waits for each other, and nothing is lost or there twice. */

const channel = 7 as ConnectionId;
const home = { country: "RU", currency: "RUB" };
const by = { actor: "operator", home };
const times = 12;
let test: TestDatabase;
let pool: Pool;
let sql: Sql;
let inbox: Inbox;
beforeAll(async () => {
  test = await testDatabase();
  // Enough for as many transactions as there are here at once.
  pool = new Pool({ ...test.connection, max: 60 });
  sql = pool.in(1 as WorkspaceId);
  inbox = inboxOf(sql, { home, connection: channel, isOwn: () => false, tell: async () => {} });
});
afterAll(async () => {
  await pool.close();
  await test.close();
});

const received = (chat: string, message: Partial<ReceivedMessage["message"]>, phone?: string): ReceivedMessage => ({
  conversation: { external: chat, network: "whatsapp", client: { external: chat, name: "Мария", phone } },
  message: { external: "", direction: "in", kind: "text", text: "Привет", files: [], at: new Date().toISOString(), ...message },
});
const ours = (conversation: number, text: string) =>
  addMessage(sql, conversation, { direction: "out", kind: "text", text, state: "waiting" }, by);
const textsIn = async (conversation: string | number) =>
  (await listMessages(sql, { limit: 50, conversations: [Number(conversation)] }, {})).items.map(({ text }) => text).sort();

it("a first word is settled while its echo and an answer come", async () => {
  for (let round = 0; round < times; round++) {
    const [chat, phone] = [`first-${round}`, `+7999000${1000 + round}`];
    const { id } = await beginConversation(sql, { channel, client: { external: null, name: "", phone } }, by);
    const message = String((await ours(id, "Ответ")).id);
    await inbox.begin(message, ["Ответ"]);
    await inbox.beginPart(message, 0);
    const [, , answer] = await Promise.all([
      inbox.keep(channel, received(chat, { external: `${chat}-ours`, direction: "out", text: "Ответ" }, phone)),
      inbox.settle(message, 0, { state: "sent", external: `${chat}-ours`, conversation: chat }),
      inbox.keep(channel, received(chat, { external: `${chat}-theirs`, text: "Да" }, phone)),
    ]);
    expect(await textsIn(answer.conversation.id)).toEqual(["Да", "Ответ"]);
  }
}, 30_000);

it("states of one part are told while another one is settled, and of files while somebody reacts", async () => {
  for (let round = 0; round < times; round++) {
    const chat = `parts-${round}`;
    const files = [0, 1].map(() => ({ kind: "file" as const, ref: "far" }));
    const first = await inbox.keep(channel, received(chat, { external: `${chat}-in`, files }));
    const { id, uid } = await ours(Number(first.conversation.id), "Ответ");
    await inbox.begin(String(id), ["a", "b"]);
    await inbox.beginPart(String(id), 0);
    await inbox.settle(String(id), 0, { state: "sent", external: `${chat}-0` });
    await inbox.beginPart(String(id), 1);
    await Promise.all([
      inbox.settle(String(id), 1, { state: "sent", external: `${chat}-1` }),
      inbox.change(channel, { external: `${chat}-0`, change: { state: "delivered" } }),
      inbox.change(channel, { external: `${chat}-1`, change: { state: "read", key: `${uid}.1` } }),
      inbox.change(channel, { external: `${chat}-0`, change: { state: "read" } }),
      inbox.change(channel, { external: `${chat}-in`, change: { who: "client", emoji: "👍" } }),
      reactToMessage(sql, Number(first.message), "us", "👍", by),
      ...[0, 1].map((place) => inbox.attach(channel, { message: `${chat}-in`, place }, { error: "gone" })),
      inbox.keep(channel, received(chat, { external: `${chat}-more`, text: "Ещё" })),
    ]);
    const { items } = await listMessages(sql, { limit: 50, conversations: [Number(first.conversation.id)] }, {});
    expect(items.find((one) => one.id === id)?.state).toBe("read");
    expect(items.find((one) => String(one.id) === first.message)).toMatchObject({
      reactions: { client: "👍", us: "👍" },
      files: [{ error: "gone" }, { error: "gone" }],
    });
    expect(items).toHaveLength(3);
  }
}, 30_000);
