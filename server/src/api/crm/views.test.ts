import { createDefaults, createUser } from "@svyazka/crm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiOnTrial, workspaceOnTrial as workspace } from "../../../testkit/crm-api.ts";
import { testDatabase } from "../../../testkit/database.ts";

const test = await testDatabase();
afterAll(() => test.close());
const ask = apiOnTrial(test.database, workspace);
let [anna, boris] = [{ own: 0 }, { own: 0 }];
beforeAll(async () => {
  const sql = test.database.in(workspace.id);
  await createDefaults(sql, workspace);
  anna = { own: (await createUser(sql, { name: "Анна", role: "manager" })).id };
  boris = { own: (await createUser(sql, { name: "Борис", role: "manager" })).id };
});
const names = async (as: object, query = ""): Promise<string[]> =>
  (await ask("GET", `/views${query}`, undefined, as)).body.items.map((view: { name: string }) => view.name);

describe("saved views", () => {
  it("are one's own, until they are shared", async () => {
    const settings = { filters: { responsible: [1, 2] }, columns: ["name", "sum"], sort: "-sum" };
    const { status, body } = await ask("POST", "/views", { entity: "deal", name: "Крупные", settings, position: 2 }, anna);
    expect([status, body]).toEqual([201, expect.objectContaining({ owner: anna.own, shared: false, settings, position: 2 })]);
    await ask("POST", "/views", { entity: "contact", name: "Мои", position: 1 }, anna);
    expect(await names(anna)).toEqual(["Мои", "Крупные"]);
    expect(await names(anna, "?entity=deal")).toEqual(["Крупные"]);
    expect(await names(boris)).toEqual([]);
    expect((await ask("GET", `/views/${body.id}`, undefined, boris)).status).toBe(404);
    expect(await ask("PATCH", `/views/${body.id}`, { shared: true }, anna)).toMatchObject({
      status: 200,
      body: { shared: true, settings },
    });
    expect(await names(boris)).toEqual(["Крупные"]);
  });

  it("are changed and deleted by their owner only, and by an administrator when they are shared", async () => {
    const { body } = await ask("POST", "/views", { entity: "task", name: "На сегодня", shared: true }, anna);
    const { body: secret } = await ask("POST", "/views", { entity: "task", name: "Тайная" }, anna);
    const administrator = { ...boris, administrator: true };
    expect((await ask("PATCH", `/views/${body.id}`, { name: "x" }, boris)).status).toBe(403);
    expect((await ask("DELETE", `/views/${body.id}`, undefined, boris)).status).toBe(403);
    expect((await ask("PATCH", `/views/${secret.id}`, { name: "x" }, administrator)).status).toBe(404);
    expect(await ask("PATCH", `/views/${body.id}`, { shared: false }, administrator)).toMatchObject({
      status: 200,
      body: { shared: false },
    });
    expect((await ask("DELETE", `/views/${body.id}`, undefined, administrator)).status).toBe(404);
    expect((await ask("DELETE", `/views/${body.id}`, undefined, anna)).status).toBe(204);
    expect((await ask("GET", `/views/${body.id}`, undefined, anna)).status).toBe(404);
  });

  it("hold 16 kB at most, and come page by page", async () => {
    const big = await ask("POST", "/views", { entity: "call", name: "x", settings: { text: "ж".repeat(8192) } }, boris);
    expect(big).toMatchObject({ status: 422, body: { errors: { settings: [expect.any(String)] } } });
    for (const name of ["а", "б", "в"]) await ask("POST", "/views", { entity: "call", name }, boris);
    const first = (await ask("GET", "/views?entity=call&limit=2", undefined, boris)).body;
    const second = (await ask("GET", `/views?entity=call&limit=2&cursor=${first.next_cursor}`, undefined, boris)).body;
    expect([...first.items, ...second.items].map(({ name }: { name: string }) => name)).toEqual(["а", "б", "в"]);
    expect(second.next_cursor).toBeNull();
  });
});
