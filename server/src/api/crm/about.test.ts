import { createDefaults, createUser } from "@svyazka/crm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiOnTrial, workspaceOnTrial as workspace } from "../../../testkit/crm-api.ts";
import { testDatabase } from "../../../testkit/database.ts";

const test = await testDatabase();
afterAll(() => test.close());
const ask = apiOnTrial(test.database, workspace);
const sql = test.database.in(workspace.id);
let [me, other] = [0, 0];
beforeAll(async () => {
  await createDefaults(sql, workspace);
  me = (await createUser(sql, { name: "Мария", role: "manager" })).id;
  other = (await createUser(sql, { name: "Пётр", role: "manager" })).id;
});
const make = async (path: string, body: object): Promise<number> => (await ask("POST", path, body)).body.id;

describe("what a task or a call is about", () => {
  it("is told by name, with the person behind it and their phone", async () => {
    const contact = await make("/contacts", { name: "Анна", surname: "Петрова", phones: [{ value: "89101234567" }] });
    const company = await make("/companies", { name: "ООО Ромашка" });
    const deal = await make("/deals", { name: "Окна", contacts: [{ id: contact }] });
    const person = { id: contact, name: "Анна Петрова", phone: "+79101234567" };
    const about = async (on: object) => (await ask("POST", "/tasks", { title: "x", ...on })).body.about;
    expect(await about({ deal })).toEqual({ entity: "deal", id: deal, name: "Окна", contact: person });
    expect(await about({ contact })).toEqual({ entity: "contact", id: contact, name: "Анна Петрова", contact: person });
    expect(await about({ company })).toEqual({ entity: "company", id: company, name: "ООО Ромашка", contact: null });
    expect(await about({})).toBeNull();
    const [call] = await sql.query<{ id: number }>({
      text: `insert into crm.call (workspace, key, direction, phone, state, outcome, started_at, contact, deal)
             values ($1, 'k', 'in', 'x', 'over', 'missed', now(), $2, $3) returning id`,
      values: [workspace.id, contact, deal],
    });
    expect((await ask("GET", `/calls/${call?.id}`)).body.about).toEqual({ entity: "deal", id: deal, name: "Окна", contact: person });
    expect((await ask("GET", "/tasks")).body.items.filter((task: { about: unknown }) => task.about !== null)).toHaveLength(3);
    await ask("DELETE", `/companies/${company}`);
    const { items } = (await ask("GET", `/tasks?company=${company}`)).body;
    expect(items).toEqual([expect.objectContaining({ company, about: null })]);
  });

  it("is not told to a limited manager who may not see it, though the task is theirs", async () => {
    const deal = await make("/deals", { name: "Чужая", responsible: other });
    const task = await make("/tasks", { title: "x", deal, responsible: me });
    expect((await ask("GET", `/tasks/${task}`, undefined, { own: me })).body).toMatchObject({ deal, about: null });
    expect((await ask("GET", `/tasks/${task}`, undefined, { own: other })).body.about).toMatchObject({ name: "Чужая" });
  });
});

describe("the summary of tasks", () => {
  it("counts those of whoever asks that are late, for today, for later and without a time, where midnight is theirs", async () => {
    const user = (await createUser(sql, { name: "Олег", role: "manager" })).id;
    const now = new Date();
    const ends = (zone: string): Date => {
      const clock = new Intl.DateTimeFormat("en-GB", {
        timeZone: zone,
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
        hourCycle: "h23",
      });
      const [hours = 0, minutes = 0, seconds = 0] = clock.format(now).split(":").map(Number);
      return new Date(now.getTime() + (86_400 - hours * 3600 - minutes * 60 - seconds) * 1000);
    };
    // Two zones whose midnights are twelve hours apart: one of them has at least twelve hours of today left.
    const zone = ends("Etc/GMT+6").getTime() - now.getTime() > ends("Etc/GMT-6").getTime() - now.getTime() ? "Etc/GMT+6" : "Etc/GMT-6";
    const other = zone === "Etc/GMT+6" ? "Etc/GMT-6" : "Etc/GMT+6";
    const inHours = (hours: number): string => new Date(now.getTime() + hours * 3_600_000).toISOString();
    const late = new Date(ends(zone).getTime() - 60_000 * 10).toISOString();
    for (const due of [inHours(-1), inHours(-50), late, inHours(40), null, null, null])
      await make("/tasks", { title: "x", due, responsible: user });
    await ask("PATCH", `/tasks/${await make("/tasks", { title: "x", responsible: user })}`, { done: true });
    const summary = async (query: string, as: object = { own: user }) => (await ask("GET", `/tasks/summary?${query}`, undefined, as)).body;
    expect(await summary(`time_zone=${encodeURIComponent(zone)}`)).toEqual({ overdue: 2, today: 1, later: 1, undated: 3 });
    expect(await summary(`time_zone=${encodeURIComponent(other)}`)).toMatchObject({ today: 0, later: 2 });
    expect(await summary(`responsible=${user}`, {})).toMatchObject({ overdue: 2, undated: 3 });
    expect(await summary(`responsible=${user}`, { own: me })).toEqual({ overdue: 0, today: 0, later: 0, undated: 0 });
    expect((await ask("GET", "/tasks/summary?time_zone=Mars")).status).toBe(422);
  });
});

describe("a timeline", () => {
  it("tells of some kinds only, or of one member", async () => {
    const deal = await make("/deals", { name: "x" });
    await ask("PATCH", `/deals/${deal}`, { sum: "1", tags: ["a"] });
    await ask("PATCH", `/deals/${deal}`, { name: "y" });
    await ask("PATCH", `/deals/${deal}`, { sum: "2" });
    await make("/notes", { deal, text: "x" });
    const stage = (await ask("GET", "/pipelines")).body.items[0].stages.at(-1).id;
    await ask("PATCH", `/deals/${deal}`, { stage });
    const told = async (query: string) => (await ask("GET", `/deals/${deal}/timeline?${query}`)).body.items;
    expect((await told("kinds=note,created")).map(({ kind }: { kind: string }) => kind)).toEqual(["note", "created"]);
    const sums = (await told("field=sum")).map(({ what }: { what: { changes: { sum: unknown } } }) => what.changes.sum);
    expect(sums).toEqual([
      { old: "1.00", new: "2.00" },
      { old: null, new: "1.00" },
    ]);
    expect(await told("field=stage")).toMatchObject([{ kind: "stage" }]);
    expect(await told("field=tags")).toMatchObject([{ kind: "tags" }]);
    expect(await told("field=website")).toEqual([]);
    const first = (await ask("GET", `/deals/${deal}/timeline?field=sum&limit=1`)).body;
    const second = (await ask("GET", `/deals/${deal}/timeline?field=sum&limit=1&cursor=${first.next_cursor}`)).body;
    expect([first.items.length, second.items.length, second.next_cursor]).toEqual([1, 1, null]);
  });
});
