import { createDefaults, createUser } from "@svyazka/crm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiOnTrial, workspaceOnTrial as workspace } from "../../../testkit/crm-api.ts";
import { testDatabase } from "../../../testkit/database.ts";

const test = await testDatabase();
afterAll(() => test.close());
const ask = apiOnTrial(test.database, workspace);
const sql = test.database.in(workspace.id);
let me = 0;
let somebody = 0;
beforeAll(async () => {
  await createDefaults(sql, workspace);
  me = (await createUser(sql, { name: "Мария", role: "manager", recordAccess: "own" })).id;
  somebody = (await createUser(sql, { name: "Пётр", role: "manager" })).id;
});
const ids = (answered: { body: { items: { id: number }[] } }): number[] => answered.body.items.map((item) => item.id);

describe("tasks and notes", () => {
  it("makes, closes and reopens a task, and tells it in the timeline", async () => {
    const { body: company } = await ask("POST", "/companies", { name: "ООО Задача" });
    const { body: task } = await ask("POST", "/tasks", {
      title: "Позвонить",
      company: company.id,
      due: "2031-01-01T10:00:00+03:00",
      responsible: somebody,
    });
    expect(task).toMatchObject({ title: "Позвонить", due: "2031-01-01T07:00:00.000Z", done: false, result: null });
    expect((await ask("PATCH", `/tasks/${task.id}`, { done: true, result: "Дозвонился" })).body).toMatchObject({
      done: true,
      result: "Дозвонился",
      done_at: expect.any(String),
    });
    const { body: note } = await ask("POST", "/notes", { company: company.id, text: "Было" });
    await ask("PATCH", `/notes/${note.id}`, { text: "Стало" });
    const { items } = (await ask("GET", `/companies/${company.id}/timeline`)).body;
    expect(items).toMatchObject([
      { kind: "note", note: { text: "Стало" } },
      { kind: "task_closed", task: { done: true, result: "Дозвонился" } },
      { kind: "task", task: { title: "Позвонить", due: "2031-01-01T07:00:00.000Z" } },
      { kind: "created" },
    ]);
    expect((await ask("PATCH", `/tasks/${task.id}`, { done: false })).body).toMatchObject({ done: false, done_at: null });
    expect(ids(await ask("GET", `/tasks?company=${company.id}&done=false`))).toEqual([task.id]);
  });

  it("sorts tasks by due time, those without one last, page by page", async () => {
    const make = async (due?: string) =>
      (await ask("POST", "/tasks", { title: "Срок", responsible: me, ...(due && { due }) })).body.id as number;
    const [late, never, soon, neverEither] = [
      await make("2032-01-01T00:00:00Z"),
      await make(),
      await make("2031-01-01T00:00:00Z"),
      await make(),
    ];
    const first = await ask("GET", `/tasks?responsible=${me}&sort=due&limit=3`);
    expect(ids(first)).toEqual([soon, late, never]);
    expect(ids(await ask("GET", `/tasks?responsible=${me}&sort=due&limit=3&cursor=${first.body.next_cursor}`))).toEqual([neverEither]);
  });

  it("refuses a note on nothing, or on two records", async () => {
    expect(await ask("POST", "/notes", { text: "О чём?" })).toMatchObject({ status: 422 });
    expect(await ask("POST", "/notes", { text: "О чём?", contact: 1, deal: 1 })).toMatchObject({
      status: 422,
      body: { errors: { contact: [expect.any(String)], deal: [expect.any(String)] } },
    });
    expect(await ask("POST", "/notes", { text: "О чём?", contact: 99999 })).toMatchObject({
      status: 422,
      body: { errors: { contact: ["there is no contact 99999"] } },
    });
  });
});

describe("who is this phone", () => {
  it("tells the contact, the company, who is responsible and the open deal, whatever the spelling", async () => {
    const { body: company } = await ask("POST", "/companies", { name: "ООО Звонок" });
    const { body: contact } = await ask("POST", "/contacts", {
      name: "Анна",
      company: company.id,
      responsible: somebody,
      phones: [{ value: "+7 915 000-00-01" }],
    });
    await ask("POST", "/deals", { name: "Старая", contacts: [{ id: contact.id }] });
    const { body: deal } = await ask("POST", "/deals", { name: "Новая", contacts: [{ id: contact.id }] });
    const expected = {
      contact: contact.id,
      name: "Анна",
      company: { id: company.id, name: "ООО Звонок" },
      responsible: { id: somebody, name: "Пётр" },
      deal: { id: deal.id, name: "Новая", pipeline: deal.pipeline, stage: deal.stage, responsible: null },
    };
    for (const spelling of ["+79150000001", "89150000001", "9150000001", "8 (915) 000-00-01", "79150000001"]) {
      expect(await ask("GET", `/phones/${encodeURIComponent(spelling)}`), spelling).toEqual({
        status: 200,
        body: { items: [expected], next_cursor: null },
      });
    }
    expect((await ask("GET", "/phones/+79150000002")).body.items).toEqual([]);
    expect((await ask("GET", "/phones/nobody")).body.items).toEqual([]);
  });

  it("goes by the last ten digits only when nobody has the very number", async () => {
    const { body: foreign } = await ask("POST", "/contacts", { name: "Иностранец", phones: [{ value: "+375 29 123-45-67" }] });
    expect((await ask("GET", "/phones/5291234567")).body.items).toMatchObject([{ contact: foreign.id }]);
  });

  it("tells of the most recently active first when several have it", async () => {
    const make = async (name: string) => (await ask("POST", "/contacts", { name, phones: [{ value: "+79150000077" }] })).body.id as number;
    const [one, other] = [await make("Муж"), await make("Жена")];
    const owners = async () => (await ask("GET", "/phones/89150000077")).body.items.map((item: { contact: number }) => item.contact);
    expect(await owners()).toEqual([other, one]);
    const { body: deal } = await ask("POST", "/deals", { contacts: [{ id: one }] });
    expect(await owners()).toEqual([one, other]);
    await ask("POST", "/notes", { contact: other, text: "Звонила" });
    expect(await owners()).toEqual([other, one]);
    await ask("POST", "/notes", { deal: deal.id, text: "По сделке" });
    expect(await owners()).toEqual([one, other]);
  });

  it("knows a company's own phone", async () => {
    const { body: company } = await ask("POST", "/companies", {
      name: "ООО Приёмная",
      responsible: somebody,
      phones: [{ value: "+7 495 000-00-03" }],
    });
    expect((await ask("GET", "/phones/84950000003")).body.items).toEqual([
      {
        contact: null,
        name: "ООО Приёмная",
        company: { id: company.id, name: "ООО Приёмная" },
        responsible: { id: somebody, name: "Пётр" },
        deal: null,
      },
    ]);
  });
});

describe("a manager limited to their own records", () => {
  it("sees and changes their deals, with the contacts, companies, notes and tasks that belong to them, and nothing else", async () => {
    const contact = async (name: string, responsible?: number) =>
      (await ask("POST", "/contacts", { name, responsible: responsible ?? null, phones: [{ value: `+7916000000${name.length}` }] })).body
        .id as number;
    const [mine, strange] = [await contact("Мой", me), await contact("Чужой")];
    const { body: myDeal } = await ask("POST", "/deals", { name: "Моя", contacts: [{ id: mine }] }, { own: me });
    expect(myDeal.responsible).toBe(me);
    const { body: strangeDeal } = await ask("POST", "/deals", { name: "Чужая", contacts: [{ id: strange }], responsible: somebody });
    const { body: note } = await ask("POST", "/notes", { deal: strangeDeal.id, text: "Секрет" });
    const { body: task } = await ask("POST", "/tasks", { deal: strangeDeal.id, title: "Секрет", responsible: somebody });
    const { body: theirs } = await ask("POST", "/tasks", { deal: myDeal.id, title: "По моей сделке", responsible: somebody });
    const own = { own: me };

    expect(ids(await ask("GET", "/deals", undefined, own))).toEqual([myDeal.id]);
    expect(ids(await ask("GET", "/contacts", undefined, own))).toEqual([mine]);
    expect(ids(await ask("GET", "/companies", undefined, own))).toEqual([]);
    expect(ids(await ask("GET", "/notes", undefined, own))).toEqual([]);
    const tasks = ids(await ask("GET", "/tasks?limit=250", undefined, own));
    expect(tasks).toContain(theirs.id);
    expect(tasks).not.toContain(task.id);
    expect((await ask("GET", "/phones/+79160000005", undefined, own)).body.items).toEqual([]);
    expect((await ask("GET", "/phones/+79160000003", undefined, own)).body.items).toMatchObject([{ contact: mine }]);

    for (const path of [`/deals/${strangeDeal.id}`, `/contacts/${strange}`, `/notes/${note.id}`, `/tasks/${task.id}`]) {
      expect(await ask("GET", path, undefined, own), path).toMatchObject({ status: 404 });
      expect(await ask("PATCH", path, {}, own), path).toMatchObject({ status: 404 });
      expect(await ask("DELETE", path, undefined, own), path).toMatchObject({ status: 404 });
    }
    expect(await ask("GET", `/deals/${strangeDeal.id}/timeline`, undefined, own)).toMatchObject({ status: 404 });
    expect(await ask("POST", "/notes", { deal: strangeDeal.id, text: "Я здесь" }, own)).toMatchObject({ status: 404 });
    expect(await ask("POST", "/notes", { contact: mine, text: "Моё" }, own)).toMatchObject({ status: 201, body: { created_by: me } });
    expect(await ask("POST", "/deals", { responsible: somebody }, own)).toMatchObject({ status: 403 });
    expect(await ask("PATCH", `/contacts/${mine}`, { surname: "Мойсеев" }, own)).toMatchObject({ status: 200, body: { updated_by: me } });
  });

  it("is not shown what other people do with a contact of theirs", async () => {
    const { body: contact } = await ask("POST", "/contacts", { name: "Общий", responsible: me });
    await ask("POST", "/deals", { name: "Моя", contacts: [{ id: contact.id }] }, { own: me });
    const { body: deal } = await ask("POST", "/deals", { name: "Чужая", contacts: [{ id: contact.id }], responsible: somebody });
    const { items } = (await ask("GET", `/contacts/${contact.id}/timeline`, undefined, { own: me })).body;
    expect(items.map((entry: { deal: number | null }) => entry.deal)).not.toContain(deal.id);
    expect(items).toHaveLength(2);
  });
});
