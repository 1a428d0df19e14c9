import { type ConnectionId, Invalid, NotFound, type OwnCrm } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../../server/testkit/database.ts";
import { workspaceOf } from "../../testkit/trial.ts";
import { createDefaults, createUser, getTask, readTimeline } from "../index.ts";
import { ownCrm } from "./own-crm.ts";

describe("tasks", async () => {
  const test = await testDatabase();
  afterAll(() => test.close());
  const home = workspaceOf(1);
  const sql = test.database.in(home.id);
  const lend = (user?: number) => ownCrm(sql, { home, connection: 7 as ConnectionId, user });
  let crm: OwnCrm;
  let deal: number;
  let contact: number;
  let call: number;
  beforeAll(async () => {
    await createDefaults(sql, home);
    crm = await lend();
    contact = await crm.contacts.create({ name: "Иван" });
    deal = await crm.deals.create({ name: "Окна" });
    call = (await crm.taskTypes.list()).find(({ code }) => code === "call")?.id ?? 0;
  });
  const ids = async (filter: object = {}) => (await crm.tasks.list({ limit: 50, sort: "id", ...filter })).items.map(({ id }) => id);

  it("are found by what they are, on what they stand, and when they are due; kept to the second", async () => {
    const [soon, later] = [new Date("2031-01-01T10:00:00Z"), new Date("2031-01-02T10:00:00Z")];
    const one = await crm.tasks.create({ on: { deal }, title: "Раз", type: call, due: later, estimateSeconds: 90 });
    const two = await crm.tasks.create({ on: { contact }, title: "Два", due: soon, done: true, result: "Готово" });
    const three = await crm.tasks.create({ title: "Три" });
    expect(await crm.tasks.get(one)).toMatchObject({ deal, type: call, due: later, estimateSeconds: 90, result: null, doneAt: null });
    expect((await getTask(sql, one)).estimateMinutes).toBe(2);
    expect(await crm.tasks.get(two)).toMatchObject({ contact, result: "Готово", doneAt: expect.any(Date) });
    expect([await ids({ done: true }), await ids({ done: false }), await ids({ types: [call] })]).toEqual([[two], [one, three], [one]]);
    expect([await ids({ on: "deal" }), await ids({ on: "none" }), await ids({ on: "contact", records: [contact] })]).toEqual([
      [one],
      [three],
      [two],
    ]);
    expect(await ids({ on: "deal", records: [999_999] })).toEqual([]);
    expect([await ids({ dueFrom: later }), await ids({ dueTo: later })]).toEqual([[one, three], [two]]);
    expect([await ids({ sort: "due" }), await ids({ sort: "-due" })]).toEqual([
      [two, one, three],
      [three, one, two],
    ]);
    expect(await ids({ ids: [three, one] })).toEqual([one, three]);
    expect(await ids({ responsible: [null] })).toEqual([one, two, three]);
  });

  it("may go from one record to another, and off any", async () => {
    const id = await crm.tasks.create({ on: { deal }, title: "Кочует" });
    await crm.tasks.update(id, { on: { contact }, title: "У контакта" });
    expect(await crm.tasks.get(id)).toMatchObject({ contact, deal: null, title: "У контакта" });
    await crm.tasks.update(id, { on: { contact } });
    expect(await crm.tasks.get(id)).toMatchObject({ version: "2" });
    expect((await readTimeline(sql, "contact", contact, { limit: 1 }, {})).items).toMatchObject([{ kind: "task", task: { id } }]);
    await crm.tasks.update(id, { on: null, done: true });
    expect(await crm.tasks.get(id)).toMatchObject({ contact: null, deal: null, doneAt: expect.any(Date) });
    await expect(crm.tasks.update(id, { on: { company: 999_999 } })).rejects.toThrow(Invalid);
  });

  it("of limited managers are theirs, or stand on what is theirs", async () => {
    const user = (await createUser(sql, { name: "Анна", role: "manager", recordAccess: "own" })).id;
    const anna = await lend(user);
    const mine = await anna.tasks.create({ title: "Моя" });
    const given = await crm.tasks.create({ on: { deal }, title: "Мне", responsible: user });
    expect((await anna.tasks.list({ limit: 50, sort: "id" })).items.map(({ id }) => id)).toEqual([mine, given]);
    await expect(anna.tasks.update(mine, { on: { deal } })).rejects.toThrow(NotFound);
    await anna.tasks.remove(mine);
    await expect(anna.tasks.get(mine)).rejects.toThrow(NotFound);
    expect((await anna.tasks.list({ limit: 50, deleted: "only" })).items.map(({ id }) => id)).toEqual([mine]);
    await anna.tasks.restore(mine);
    expect((await anna.tasks.get(mine)).title).toBe("Моя");
  });
});
