import type { ConnectionId, ReceivedMessage, WorkspaceId } from "@svyazka/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../server/testkit/database.ts";
import { beginConversation, inboxOf, type Sql } from "../index.ts";

/** Whoever and whatever is looked for is found by an index, as the hub's own role looks for them: with row-level security. */

const channel = 7 as ConnectionId;
const by = { actor: "operator", home: { country: "RU", currency: "RUB" } };
let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
  await test.owner.query(`insert into crm.conversation (workspace, channel, network, external, client)
    select 1, 7, 'whatsapp', case when n % 2 = 0 then 'chat-' || n end,
      jsonb_build_object('external', 'person-' || n, 'name', 'Человек', 'phone', '+7999' || lpad(n::text, 7, '0'), 'username', 'User' || n)
    from generate_series(1, 20000) n`);
  await test.owner.query(`insert into crm.message (workspace, conversation, channel, external, direction, origin, kind, text, state)
    select 1, 1, 7, 'm-' || n, 'out', 'user', 'text', 'Ответ', 'sent' from generate_series(1, 20000) n`);
  await test.owner.query(`insert into crm.message_part (workspace, message, part, channel, external, text, state, begun_at)
    select 1, n, 0, 7, 'p-' || n, 'Ответ', 'sent', now() from generate_series(1, 20000) n`);
  await test.owner.query("analyze crm.conversation, crm.message, crm.message_part");
});
afterAll(() => test.close());

it("a conversation with the same person, phone or name; what we may have sent, among all that was ever said", async () => {
  const plain = test.database.in(1 as WorkspaceId);
  const plans: string[] = [];
  const explaining = (sql: Sql): Sql => ({
    workspace: sql.workspace,
    async query(statement) {
      if (/client_|btrim/.test(statement.text)) {
        const rows = await sql.query<Record<string, string>>({ ...statement, text: `explain ${statement.text}` });
        plans.push(rows.map((row) => row["QUERY PLAN"]).join("\n"));
      }
      return sql.query(statement);
    },
    transaction: (work) => sql.transaction((inner) => work(explaining(inner))),
  });
  const sql = explaining(plain);
  const inbox = inboxOf(sql, { home: by.home, connection: channel, isOwn: () => false, tell: async () => {} });
  const client = (phone: string, username: string) => ({ external: null, name: "", phone, username });
  expect((await beginConversation(sql, { channel, client: client("+7 (999) 000-00-05", "") }, by)).client.external).toBe("person-5");
  expect((await beginConversation(sql, { channel, client: client("", "uSER8") }, by)).client.external).toBe("person-8");
  const received: ReceivedMessage = {
    conversation: { external: "new", network: "whatsapp", client: { external: "person-7", name: "Человек", phone: "+79990000007" } },
    message: { external: "m", direction: "in", kind: "text", text: "Привет", files: [], at: new Date().toISOString() },
  };
  const { conversation } = await inbox.keep(channel, received);
  expect(conversation.client.phone).toBe("+79990000007");
  await inbox.findKin(conversation.id, channel);
  await inbox.keep(channel, { ...received, message: { ...received.message, external: "echo", direction: "out", text: "Ответ" } });
  // Two times is looked for who it is, once for a kin, once for what we may have sent.
  expect(plans).toHaveLength(6);
  for (const plan of plans) expect(plan).not.toMatch(/Seq Scan|Filter: .*client_|conversation_(pkey|updated)|message_conversation/);
});
