import { readdirSync, readFileSync } from "node:fs";
import type pg from "pg";
import { afterAll, expect, it } from "vitest";
import { testDatabase } from "../../server/testkit/database.ts";

const folder = new URL("../migrations/", import.meta.url);
const sharing = "0012-notes-and-calls.sql";

const test = await testDatabase();
afterAll(() => test.close());

it("gives a call a new id where a note has its own, and keeps all that names it", async () => {
  // A schema as it was before, in the place of the one that is there.
  const owner: pg.Client = test.owner;
  await owner.query("drop schema crm cascade");
  for (const file of readdirSync(folder).sort()) {
    if (file >= sharing) break;
    await owner.query(`begin; ${readFileSync(new URL(file, folder), "utf8")}; commit`);
  }
  const at = new Date("2025-01-01T00:00:00Z");
  await owner.query("insert into crm.contact (workspace, id, name) values (1, 1, 'Иван')");
  await owner.query("insert into crm.note (workspace, contact, text) select w, 1, 'x' from (values (1), (1), (2)) as x (w)");
  await owner.query(
    `insert into crm.call (workspace, id, key, direction, phone, state, started_at, contact, changed_at)
     select 1, n, 'call ' || n, 'in', '1', 'ringing', $1, 1, $1 from generate_series(2, 3) n`,
    [at],
  );
  await owner.query("select setval('crm.call_id_seq', 40)");
  await owner.query(
    "insert into crm.timeline (workspace, kind, actor, contact, call) select 1, 'call', 'operator', 1, n from generate_series(2, 3) n",
  );
  await owner.query(
    `insert into crm.merge (workspace, entity, kept, merged, moved, before, after, actor)
     values (1, 'contact', 1, '{9}', '{"rows": {"call": {"9": [3, 2]}, "note": {"9": [1]}}}', '{}', '{}', 'operator')`,
  );

  await owner.query(`begin; ${readFileSync(new URL(sharing, folder), "utf8")}; commit`);

  const { rows: calls } = await owner.query("select id::integer, former_id::integer as former, key, changed_at from crm.call order by key");
  // Only the first workspace has two notes: the call 2 meets a note there, the call 3 does not.
  expect(calls).toEqual([
    { id: 41, former: 2, key: "call 2", changed_at: expect.any(Date) },
    { id: 3, former: null, key: "call 3", changed_at: at },
  ]);
  expect((await owner.query("select call::integer from crm.timeline order by id")).rows).toEqual([{ call: 41 }, { call: 3 }]);
  expect((await owner.query("select moved from crm.merge")).rows).toEqual([
    { moved: { rows: { call: { 9: [3, 41] }, note: { 9: [1] } } } },
  ]);
  const next = async (table: string, rest: string) =>
    Number((await owner.query(`insert into crm.${table} (workspace, contact, ${rest}) returning id`)).rows[0].id);
  expect(await next("note", "text) values (1, 1, 'x'")).toBe(42);
  expect(await next("call", "key, direction, phone, state, started_at) values (1, 1, 'new', 'in', '1', 'ringing', now()")).toBe(43);
});
