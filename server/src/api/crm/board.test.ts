import { createDefaults, createUser } from "@svyazka/crm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiOnTrial, workspaceOnTrial as workspace } from "../../../testkit/crm-api.ts";
import { testDatabase } from "../../../testkit/database.ts";

const test = await testDatabase();
afterAll(() => test.close());
const ask = apiOnTrial(test.database, workspace);
const sql = test.database.in(workspace.id);
let pipeline: { id: number; stages: { id: number; kind: string }[] };
const users: number[] = [];

const make = async (body: object): Promise<number> => (await ask("POST", "/deals", body)).body.id;
const found = async (query: string): Promise<number[]> => {
  const { status, body } = await ask("GET", `/deals/cards?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.items.map((card: { id: number }) => card.id);
};

beforeAll(async () => {
  await createDefaults(sql, workspace);
  for (const name of ["Мария", "Пётр"]) users.push((await createUser(sql, { name, role: "manager" })).id);
  pipeline = (await ask("GET", "/pipelines")).body.items[0];
});

describe("cards of deals", () => {
  it("carry the names that stand on them, the first phone, and the earliest task that is not done", async () => {
    const { body: company } = await ask("POST", "/companies", { name: "ООО Ромашка" });
    const { body: other } = await ask("POST", "/contacts", { name: "Второй" });
    const { body: contact } = await ask("POST", "/contacts", {
      name: "Анна",
      surname: "Петрова",
      phones: [{ value: "8 910 123-45-67" }, { value: "89100000000" }],
    });
    const id = await make({
      name: "Окна",
      sum: "1000.50",
      company: company.id,
      contacts: [{ id: other.id }, { id: contact.id, is_main: true }],
      tags: ["VIP"],
      responsible: users[0],
    });
    await ask("POST", "/tasks", { deal: id, title: "когда-нибудь" });
    await ask("POST", "/tasks", { deal: id, title: "позже", due: "2031-01-02T00:00:00Z" });
    const { body: task } = await ask("POST", "/tasks", { deal: id, title: "раньше", due: "2031-01-01T00:00:00Z" });
    const { body: done } = await ask("POST", "/tasks", { deal: id, title: "сделано", due: "2030-01-01T00:00:00Z" });
    await ask("PATCH", `/tasks/${done.id}`, { done: true });
    const { body } = await ask("GET", `/deals/cards?ids=${id}`);
    expect(body.items).toEqual([
      expect.objectContaining({
        ...{ id, name: "Окна", sum: "1000.50", currency: "RUB", tags: ["VIP"], responsible: users[0], closed_at: null },
        contact: { id: contact.id, name: "Анна Петрова", phone: "+79101234567" },
        company: { id: company.id, name: "ООО Ромашка" },
        next_task: { id: task.id, title: "раньше", due: "2031-01-01T00:00:00.000Z" },
      }),
    ]);
    const bare = await make({});
    expect((await ask("GET", `/deals/cards?ids=${bare}`)).body.items[0]).toMatchObject({
      ...{ sum: null, contact: null, company: null, next_task: null },
    });
  });

  it("are found by words of the deal, its company and its contacts, by tasks that lack or are late, and by several people", async () => {
    const { body: contact } = await ask("POST", "/contacts", { name: "Зинаида", surname: "Щукина" });
    const { body: company } = await ask("POST", "/companies", { name: "Рога и копыта" });
    const late = await make({ name: "Балкон", contacts: [{ id: contact.id }], responsible: users[0] });
    const calm = await make({ name: "Лоджия", company: company.id, responsible: users[1] });
    await ask("POST", "/tasks", { deal: late, title: "вчера", due: "2020-01-01T00:00:00Z" });
    expect(await found("q=балк")).toEqual([late]);
    expect(await found(`q=${encodeURIComponent("щукина зин")}`)).toEqual([late]);
    expect(await found("q=копыта")).toEqual([calm]);
    expect(await found(`overdue=true&ids=${late},${calm}`)).toEqual([late]);
    expect(await found(`no_task=true&ids=${late},${calm}`)).toEqual([calm]);
    expect(await found(`responsible=${users.join(",")}&ids=${late},${calm}`)).toEqual([calm, late]);
    expect(await found(`responsible=${users[1]}&ids=${late},${calm}`)).toEqual([calm]);
  });

  it("come page by page in the order of their sums and of the moments they were closed", async () => {
    const won = pipeline.stages.find(({ kind }) => kind === "won")?.id;
    const deals: number[] = [];
    for (const sum of [null, "5", "100", "5", "-1"])
      deals.push(await make({ name: "по порядку", sum, ...(sum === "100" && { stage: won }) }));
    const [none, five, hundred, fiveToo, less] = deals;
    const all = async (sort: string): Promise<number[]> => {
      const ids: number[] = [];
      let cursor = "";
      do {
        const { body } = await ask("GET", `/deals/cards?ids=${deals}&sort=${sort}&limit=2${cursor}`);
        ids.push(...body.items.map((card: { id: number }) => card.id));
        cursor = body.next_cursor === null ? "" : `&cursor=${body.next_cursor}`;
      } while (cursor !== "");
      return ids;
    };
    expect(await all("sum")).toEqual([none, less, five, fiveToo, hundred]);
    expect(await all("-sum")).toEqual([hundred, fiveToo, five, less, none]);
    expect((await all("-closed_at"))[0]).toBe(hundred);
    expect((await all("closed_at")).at(-1)).toBe(hundred);
    expect(await found(`ids=${deals}&closed_from=2020-01-01T00:00:00Z`)).toEqual([hundred]);
    expect(await found(`ids=${deals}&closed_to=2020-01-01T00:00:00Z`)).toEqual([]);
  });

  it("show deleted ones with `deleted=true`, and no others with `deleted=only`", async () => {
    const [kept, gone] = [await make({ name: "живая" }), await make({ name: "удалённая" })];
    await ask("DELETE", `/deals/${gone}`);
    expect(await found(`ids=${kept},${gone}`)).toEqual([kept]);
    expect(await found(`ids=${kept},${gone}&deleted=true`)).toEqual([gone, kept]);
    expect(await found(`ids=${kept},${gone}&deleted=only`)).toEqual([gone]);
    expect(await found(`ids=${kept},${gone}&deleted=false`)).toEqual([kept]);
  });
});

describe("totals of the board", () => {
  it("count and sum each stage in order, by currency, empty ones too", async () => {
    const { body: made } = await ask("POST", "/pipelines", {
      name: "Вторая",
      stages: [{ name: "Новая" }, { name: "В работе" }, { name: "Успех", kind: "won" }, { name: "Отказ", kind: "lost" }],
    });
    const [first, second, won, lost] = made.stages.map((stage: { id: number }) => stage.id);
    await make({ stage: first, sum: "10.50" });
    await make({ stage: first, sum: "0.50", responsible: users[0] });
    await make({ stage: first, sum: "3", currency: "USD" });
    await make({ stage: first });
    for (let times = 0; times < 2; times++) await make({ stage: won, sum: "90000000000000.99" });
    const { body } = await ask("GET", `/board?pipeline=${made.id}`);
    expect(body.stages).toEqual([
      {
        ...{ stage: first, count: 4 },
        sums: [
          { currency: "RUB", sum: "11.00" },
          { currency: "USD", sum: "3.00" },
        ],
      },
      { stage: second, count: 0, sums: [] },
      { stage: won, count: 2, sums: [{ currency: "RUB", sum: "180000000000001.98" }] },
      { stage: lost, count: 0, sums: [] },
    ]);
    const mine = await ask("GET", `/board?pipeline=${made.id}&responsible=${users[0]}`);
    expect(mine.body.stages[0]).toEqual({ stage: first, count: 1, sums: [{ currency: "RUB", sum: "0.50" }] });
    expect((await ask("GET", `/board?pipeline=${made.id}`, undefined, { own: users[0] ?? 0 })).body.stages[0].count).toBe(1);
    expect((await ask("GET", "/board")).status).toBe(422);
    expect((await ask("GET", "/board?pipeline=99999")).status).toBe(404);
  });
});
