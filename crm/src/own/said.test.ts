import { type ConnectionId, Invalid, type OwnCrm } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../../server/testkit/database.ts";
import { workspaceOf } from "../../testkit/trial.ts";
import { createDefaults, createUser, listContacts, listDeals, readTimeline } from "../index.ts";
import { ownCrm } from "./own-crm.ts";

describe("what a writer says of who made a record, when, and by which id", async () => {
  const test = await testDatabase();
  afterAll(() => test.close());
  const home = workspaceOf(1);
  const sql = test.database.in(home.id);
  let crm: OwnCrm;
  let anna: number;
  const [made, changed] = [new Date("2019-05-06T07:08:09Z"), new Date("2020-01-02T03:04:05Z")];
  beforeAll(async () => {
    await createDefaults(sql, home);
    anna = (await createUser(sql, { name: "Анна", role: "manager" })).id;
    crm = await ownCrm(sql, { home, connection: 7 as ConnectionId, user: undefined });
  });

  it("is kept of a task that stands on nothing", async () => {
    const stamps = { createdAt: made, updatedAt: changed, createdBy: anna, updatedBy: null };
    for (const id of [undefined, 5_000_000]) {
      const task = await crm.tasks.create({ id, title: "Давно", ...stamps });
      expect(await crm.tasks.get(task)).toMatchObject({ ...stamps, contact: null, company: null, deal: null });
    }
  });

  it("is kept when it is made", async () => {
    const stamps = { createdAt: made, updatedAt: changed, createdBy: anna, updatedBy: null };
    const deal = await crm.deals.create({ name: "Давно", ...stamps, closedAt: changed });
    const contact = await crm.contacts.create({ name: "Давно", ...stamps });
    const company = await crm.companies.create({ name: "Давно", ...stamps });
    const task = await crm.tasks.create({ on: { deal }, title: "Давно", done: true, result: "ok", ...stamps });
    const note = await crm.notes.create({ on: { deal }, text: "Давно", ...stamps });
    for (const record of [
      await crm.deals.get(deal),
      await crm.contacts.get(contact),
      await crm.companies.get(company),
      await crm.tasks.get(task),
      await crm.notes.get(note),
    ])
      expect(record).toMatchObject(stamps);
    expect(await crm.tasks.get(task)).toMatchObject({ doneAt: changed, result: "ok" });
    expect(
      (await readTimeline(sql, "deal", deal, { limit: 10, kinds: ["note", "task", "task_closed"] }, {})).items.map(({ kind, at }) => [
        kind,
        at,
      ]),
    ).toEqual([
      ["task_closed", changed],
      ["note", made],
      ["task", made],
    ]);
  });

  it("is kept when it is changed, and told in the timeline; the next change is of its own time", async () => {
    const deal = await crm.deals.create({ name: "Окна" });
    await crm.deals.update(deal, { createdAt: made, updatedAt: changed, createdBy: anna, updatedBy: anna });
    expect(await crm.deals.get(deal)).toMatchObject({ createdAt: made, updatedAt: changed, createdBy: anna, updatedBy: anna });
    const [line] = (await readTimeline(sql, "deal", deal, { limit: 1 }, {})).items;
    expect(line?.what).toEqual({
      changes: { created_by: { old: null, new: anna }, created_at: { old: expect.any(String), new: made.toISOString() } },
    });
    const before = Date.now();
    await crm.deals.update(deal, { name: "Двери" });
    const after = await crm.deals.get(deal);
    expect(after).toMatchObject({ createdAt: made, updatedBy: null });
    expect(after.updatedAt.getTime()).toBeGreaterThanOrEqual(before - 1000);
  });

  it("of a closed deal is when it was closed", async () => {
    const [pipeline] = await crm.pipelines.list();
    const stage = (kind: string) => pipeline?.stages.find((one) => one.kind === kind)?.id ?? 0;
    const won = await crm.deals.create({ name: "Выиграна", stage: stage("won"), closedAt: changed });
    expect((await crm.deals.get(won)).closedAt).toEqual(changed);
    await crm.deals.update(won, { closedAt: made });
    expect((await crm.deals.get(won)).closedAt).toEqual(made);
    await crm.deals.update(won, { stage: stage("open"), closedAt: made });
    expect((await crm.deals.get(won)).closedAt).toBeNull();
  });

  it("does not keep the change feed from noticing it", async () => {
    const since = new Date(Date.now() - 2_000);
    const contact = await crm.contacts.create({ name: "Лента", createdAt: made, updatedAt: changed });
    const deal = await crm.deals.create({ name: "Лента" });
    await crm.deals.update(deal, { updatedAt: made });
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    const feed = { updatedSince: since, limit: 500 };
    expect((await listContacts(sql, feed, {})).items.map(({ id }) => id)).toContain(contact);
    expect((await listDeals(sql, feed, {})).items.at(-1)).toMatchObject({ id: deal, updatedAt: made });
  });

  it("sorts and filters lists", async () => {
    const one = await crm.companies.create({ name: "Раньше", createdAt: changed, updatedAt: new Date("2001-01-01T00:00:00Z") });
    const two = await crm.companies.create({ name: "Позже", createdAt: made, updatedAt: new Date("2001-01-02T00:00:00Z") });
    const ids = async (filter: object) => (await crm.companies.list({ limit: 10, ids: [one, two], ...filter })).items.map(({ id }) => id);
    expect(await ids({ sort: "updated_at" })).toEqual([one, two]);
    expect(await ids({ sort: "created_at" })).toEqual([two, one]);
    expect(await ids({ updatedTo: new Date("2001-01-02T00:00:00Z") })).toEqual([one]);
    expect(await ids({ updatedFrom: new Date("2001-01-02T00:00:00Z") })).toEqual([two]);
    expect(await ids({ createdBy: [null] })).toEqual([two, one]);
    expect(await ids({ createdBy: [anna] })).toEqual([]);
  });

  it("may be an id that is free; later ones are higher, and nobody else's are in the way", async () => {
    const id = (await crm.deals.create({ name: "Раньше" })) + 500;
    expect(await crm.deals.create({ id, name: "Копия" })).toBe(id);
    expect(await crm.deals.create({ name: "Следующая" })).toBeGreaterThan(id);
    await expect(crm.deals.create({ id, name: "Снова" })).rejects.toThrow(new Invalid({ id: [`${id} is taken`] }));
    await expect(crm.deals.create({ id: 2 ** 53, name: "Слишком" })).rejects.toThrow(Invalid);
    const other = await ownCrm(test.database.in(workspaceOf(2).id), { home, connection: 8 as ConnectionId, user: undefined });
    expect(await other.contacts.create({ id: 77, name: "Сосед" })).toBe(77);
    expect(await crm.contacts.create({ id: 77, name: "Тоже" })).toBe(77);
    for (const entity of ["companies", "tasks", "notes"] as const) {
      const draft = { id: 7_000, name: "Копия", title: "Копия", text: "Копия", on: { deal: id } };
      expect(await crm[entity].create(draft)).toBe(7_000);
      await expect(crm[entity].create(draft)).rejects.toThrow(Invalid);
    }
  });

  it("is refused when it cannot be", async () => {
    await expect(crm.deals.create({ createdBy: 999_999 })).rejects.toThrow(new Invalid({ created_by: ["there is no user 999999"] }));
    const deal = await crm.deals.create({});
    await expect(crm.deals.update(deal, { updatedBy: 999_999 })).rejects.toThrow(new Invalid({ updated_by: ["there is no user 999999"] }));
    await expect(crm.deals.update(deal, { createdAt: new Date(Number.NaN) })).rejects.toThrow(Invalid);
    await expect(crm.notes.create({ on: { deal }, text: "", updatedAt: new Date(-1) })).rejects.toThrow(Invalid);
  });
});

describe("the people of a deal", async () => {
  const test = await testDatabase();
  afterAll(() => test.close());
  const home = workspaceOf(1);
  const sql = test.database.in(home.id);

  it("come and go one by one, and one of them is the main one", async () => {
    await createDefaults(sql, home);
    const crm = await ownCrm(sql, { home, connection: 7 as ConnectionId, user: undefined });
    const [a = 0, b = 0, c = 0] = [
      await crm.contacts.create({ name: "А" }),
      await crm.contacts.create({ name: "Б" }),
      await crm.contacts.create({ name: "В" }),
    ];
    const deal = await crm.deals.create({ contacts: [{ id: a }] });
    const people = async () => (await crm.deals.get(deal)).contacts.map(({ id, isMain }) => (isMain ? `main ${id}` : id));
    await crm.deals.update(deal, { addContacts: [{ id: b }] });
    expect(await people()).toEqual([`main ${a}`, b]);
    await crm.deals.update(deal, { addContacts: [{ id: c, isMain: true }] });
    expect(await people()).toEqual([`main ${c}`, a, b]);
    await crm.deals.update(deal, { addContacts: [{ id: a, isMain: true }, { id: c }] });
    expect(await people()).toEqual([`main ${a}`, b, c]);
    await crm.deals.update(deal, { removeContacts: [a] });
    expect(await people()).toEqual([`main ${b}`, c]);
    await expect(crm.deals.update(deal, { addContacts: [{ id: 999_999 }] })).rejects.toThrow(Invalid);
    await crm.contacts.remove(b);
    await crm.deals.update(deal, { removeContacts: [c] });
    expect(await people()).toEqual([`main ${b}`]);
  });
});
