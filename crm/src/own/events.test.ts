import type { ConnectionId, OwnCrm } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../../server/testkit/database.ts";
import { workspaceOf } from "../../testkit/trial.ts";
import { createDefaults, createUser } from "../index.ts";
import { ownCrm } from "./own-crm.ts";

describe("what happened, over all records", async () => {
  const test = await testDatabase();
  afterAll(() => test.close());
  const home = workspaceOf(1);
  const sql = test.database.in(home.id);
  const lend = (user?: number) => ownCrm(sql, { home, connection: 7 as ConnectionId, user });
  let crm: OwnCrm;
  let deal: number;
  let contact: number;
  let anna: number;
  let asAnna: OwnCrm;
  const task = { title: "Позвонить", due: new Date("2031-01-02T03:04:05Z") };
  beforeAll(async () => {
    await createDefaults(sql, home);
    crm = await lend();
    anna = (await createUser(sql, { name: "Анна", role: "manager", recordAccess: "own" })).id;
    asAnna = await lend(anna);
    contact = await crm.contacts.create({ name: "Иван" });
    deal = await asAnna.deals.create({ name: "Окна" });
    await asAnna.deals.update(deal, { sum: { minor: 100, currency: "RUB" } });
    await asAnna.deals.update(deal, { name: "Двери" });
    const id = await asAnna.tasks.create({ on: { deal }, ...task });
    await asAnna.tasks.update(id, { done: true, result: "Готово" });
    await crm.notes.create({ on: { contact }, text: "Примечание" });
    await crm.calls.save({ key: "call", direction: "in", phone: "1", contact });
  });
  const told = async (filter: object = {}, by: OwnCrm = crm) =>
    (await by.events({ limit: 50, ...filter })).items.map(
      ({ kind, deal, contact }) => `${kind} ${deal === null ? `contact ${contact}` : `deal ${deal}`}`,
    );

  it("is told the newest first, with what it was about and who did it", async () => {
    expect(await told()).toEqual([
      `call contact ${contact}`,
      `note contact ${contact}`,
      `task_closed deal ${deal}`,
      `task deal ${deal}`,
      `changed deal ${deal}`,
      `changed deal ${deal}`,
      `created deal ${deal}`,
      `created contact ${contact}`,
    ]);
    const { items } = await crm.events({ limit: 50 });
    expect(items[0]).toMatchObject({ call: { direction: "in" }, user: null, actor: "connection:7", at: expect.any(Date) });
    expect(items[1]).toMatchObject({ note: { kind: "common", text: "Примечание" } });
    expect(items[2]).toMatchObject({ user: anna, task: { title: task.title, due: task.due, result: "Готово" } });
    expect(items[4]).toMatchObject({ what: { changes: { name: { old: "Окна", new: "Двери" } } } });
  });

  it("is filtered by kind, record, person, time, member and page", async () => {
    expect(await told({ kinds: ["created", "note"] })).toEqual([
      `note contact ${contact}`,
      `created deal ${deal}`,
      `created contact ${contact}`,
    ]);
    expect(await told({ kinds: ["created"], on: "deal" })).toEqual([`created deal ${deal}`]);
    expect(await told({ on: "contact", records: [contact, 999_999] })).toEqual([
      `call contact ${contact}`,
      `note contact ${contact}`,
      `created contact ${contact}`,
    ]);
    expect(await told({ on: "deal", records: [deal], kinds: ["task"] })).toEqual([`task deal ${deal}`]);
    expect((await told({ actors: [anna] })).length).toBe(5);
    expect((await told({ actors: [null] })).length).toBe(3);
    expect((await told({ actors: [anna, null] })).length).toBe(8);
    expect(await told({ members: ["sum", "responsible"], kinds: ["changed"] })).toEqual([`changed deal ${deal}`]);
    expect(await told({ to: new Date(0) })).toEqual([]);
    expect((await told({ from: new Date(0) })).length).toBe(8);
    const { items, isMore } = await crm.events({ limit: 2, skip: 1 });
    expect([items.map(({ kind }) => kind), isMore]).toEqual([["note", "task_closed"], true]);
    expect((await crm.events({ limit: 1, skip: 7 })).isMore).toBe(false);
    expect((await crm.events({ limit: 9, ids: [items[0]?.id ?? 0] })).items).toEqual([items[0]]);
  });

  it("of records that somebody does not see is not told to them", async () => {
    expect((await told({}, asAnna)).every((one) => one.endsWith(`deal ${deal}`))).toBe(true);
    expect(await told({ kinds: ["note"] }, asAnna)).toEqual([]);
  });

  it("is read from the ends of indexes, however long the history", async () => {
    await test.owner.query(
      `insert into crm.timeline (workspace, at, kind, actor, contact) select 1, now() - n * interval '1 minute', (array['changed', 'created', 'call'])[1 + n % 3], 'operator', ${contact}
       from generate_series(1, 60000) n`,
    );
    await test.owner.query("analyze crm.timeline");
    let plan = "";
    const explaining = Object.assign(Object.create(sql) as typeof sql, {
      async query(statement: Parameters<typeof sql.query>[0]) {
        const rows = await sql.query<Record<string, string>>({ ...statement, text: `explain analyze ${statement.text}` });
        plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
        return sql.query(statement);
      },
    });
    const explained = await ownCrm(explaining, { home, connection: 7 as ConnectionId });
    for (const filter of [{}, { kinds: ["task"] }, { kinds: ["created", "call"], from: new Date(Date.now() - 86_400_000) }]) {
      await explained.events({ limit: 100, skip: 300, ...filter });
      expect(plan).not.toMatch(/Seq Scan on timeline/);
      expect(plan).toMatch(/Index Scan Backward using timeline_kind/);
    }
  });
});
