import { createDefaults, createUser } from "@svyazka/crm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiOnTrial, workspaceOnTrial as workspace } from "../../../testkit/crm-api.ts";
import { testDatabase } from "../../../testkit/database.ts";

const test = await testDatabase();
afterAll(() => test.close());
const ask = apiOnTrial(test.database, workspace);
let me = 0;
let stages: { id: number; kind: string }[] = [];
beforeAll(async () => {
  const sql = test.database.in(workspace.id);
  await createDefaults(sql, workspace);
  me = (await createUser(sql, { name: "Мария", role: "manager" })).id;
  stages = (await ask("GET", "/pipelines")).body.items[0].stages;
});
const make = async (path: string, body: object): Promise<number> => (await ask("POST", path, body)).body.id;
const kinds = async (path: string): Promise<string[]> =>
  (await ask("GET", `${path}/timeline`)).body.items.map(({ kind }: { kind: string }) => kind);

describe("many at once", () => {
  it("moves, assigns and tags deals with the same history as one by one, and says which it could not, and why", async () => {
    const won = stages.find(({ kind }) => kind === "won")?.id;
    const [one, two] = [await make("/deals", { tags: ["старый", "общий"] }), await make("/deals", {})];
    const { status, body } = await ask("POST", "/deals/bulk", {
      ids: [one, 999_999, two, one],
      changes: { stage: won, responsible: me, add_tags: ["новый"], remove_tags: ["СТАРЫЙ"] },
    });
    expect([status, body]).toEqual([200, { done: [one, two], failed: [{ id: 999_999, detail: "there is no deal 999999" }] }]);
    const { body: deal } = await ask("GET", `/deals/${one}`);
    expect(deal).toMatchObject({ stage: won, state: "won", responsible: me, tags: ["новый", "общий"] });
    expect(await kinds(`/deals/${one}`)).toEqual(["tags", "changed", "stage", "created"]);
    const wrong = await ask("POST", "/deals/bulk", { ids: [one], changes: { stage: 999_999 } });
    expect(wrong).toMatchObject({
      status: 200,
      body: { done: [], failed: [{ id: one, detail: expect.stringContaining("there is no stage") }] },
    });
  });

  it("deletes and restores contacts, companies, deals and tasks", async () => {
    for (const [path, draft] of [
      ["/contacts", { name: "x" }],
      ["/companies", { name: "x" }],
      ["/deals", { name: "x" }],
      ["/tasks", { title: "x" }],
    ] as const) {
      const ids = [await make(path, draft), await make(path, draft)];
      expect((await ask("POST", `${path}/bulk`, { ids, delete: true })).body, path).toEqual({ done: ids, failed: [] });
      expect((await ask("GET", `${path}?ids=${ids}`)).body.items, path).toEqual([]);
      expect((await ask("POST", `${path}/bulk`, { ids, delete: true })).body.failed, path).toHaveLength(2);
      expect((await ask("POST", `${path}/bulk`, { ids, restore: true })).body, path).toEqual({ done: ids, failed: [] });
      expect((await ask("GET", `${path}?ids=${ids}`)).body.items, path).toHaveLength(2);
    }
  });

  it("closes and moves tasks, and changes fields of contacts and companies", async () => {
    const ids = [await make("/tasks", { title: "раз" }), await make("/tasks", { title: "два" })];
    await ask("POST", "/tasks/bulk", { ids, changes: { done: true, due: "2030-01-01T00:00:00Z", responsible: me } });
    expect((await ask("GET", `/tasks/${ids[1]}`)).body).toMatchObject({ done: true, due: "2030-01-01T00:00:00.000Z", responsible: me });
    const company = await make("/companies", { name: "ООО" });
    const contact = await make("/contacts", { name: "x" });
    await ask("POST", "/contacts/bulk", { ids: [contact], changes: { company, fields: { city: "Тверь" } } });
    expect((await ask("GET", `/contacts/${contact}`)).body).toMatchObject({ company, fields: { city: "Тверь" } });
  });

  it("does nothing to what a limited manager may not see, and one thing at a time", async () => {
    const [mine, strange] = [await make("/deals", { responsible: me }), await make("/deals", {})];
    const { body } = await ask("POST", "/deals/bulk", { ids: [mine, strange], delete: true }, { own: me });
    expect(body).toEqual({ done: [mine], failed: [{ id: strange, detail: `there is no deal ${strange}` }] });
    expect((await ask("POST", "/deals/bulk", { ids: [mine], delete: true, restore: true })).status).toBe(422);
    expect((await ask("POST", "/deals/bulk", { ids: [mine] })).status).toBe(422);
    expect((await ask("POST", "/deals/bulk", { ids: [], delete: true })).status).toBe(422);
    expect((await ask("POST", "/deals/bulk", { ids: Array.from({ length: 1001 }, (_, i) => i + 1), delete: true })).status).toBe(422);
  });

  it("takes a thousand at once", async () => {
    const rows = await test.database.in(workspace.id).query<{ id: number }>({
      text: `insert into crm.company (workspace, name) select ${workspace.id}, 'x' from generate_series(1, 1000) returning id`,
    });
    const ids = rows.map(({ id }) => id);
    const { body } = await ask("POST", "/companies/bulk", { ids, changes: { add_tags: ["все"] } });
    expect([body.done.length, body.failed]).toEqual([1000, []]);
  });
});

describe("what was put away", () => {
  it.each([
    ["/contacts", { name: "x" }],
    ["/companies", { name: "x" }],
    ["/deals", { name: "x" }],
  ])("of %s comes back as it was, and the timeline tells of it", async (path, draft) => {
    const { body: made } = await ask("POST", path, { ...draft, tags: ["метка"] });
    const at = `${path}/${made.id}`;
    await ask("DELETE", at);
    expect((await ask("GET", at)).status).toBe(404);
    const { status, body, etag } = await ask("POST", `${at}/restore`);
    expect([status, etag]).toEqual([200, `"${body.version}"`]);
    const { version, updated_at, ...same } = made;
    expect(body).toMatchObject(same);
    expect([version, updated_at]).not.toEqual([body.version, body.updated_at]);
    expect(await kinds(at)).toEqual(["restored", "deleted", "tags", "created"].filter((kind) => kind !== "tags"));
    expect(await ask("POST", `${at}/restore`)).toMatchObject({ status: 200, body: { version: body.version } });
    expect((await ask("POST", `${path}/999999/restore`)).status).toBe(404);
  });

  it("of notes and tasks comes back, and the timeline of what they stand on tells of it", async () => {
    const deal = await make("/deals", {});
    const note = await make("/notes", { deal, text: "важно" });
    const task = await make("/tasks", { deal, title: "сделать" });
    for (const at of [`/notes/${note}`, `/tasks/${task}`]) {
      await ask("DELETE", at);
      expect((await ask("GET", at)).status).toBe(404);
      expect((await ask("POST", `${at}/restore`)).status).toBe(200);
      expect((await ask("GET", at)).status).toBe(200);
      expect((await ask("POST", `${at}/restore`)).status).toBe(200);
    }
    const { items } = (await ask("GET", `/deals/${deal}/timeline`)).body;
    expect(items.map(({ kind, what }: { kind: string; what: unknown }) => [kind, what])).toEqual([
      ["restored", { task }],
      ["deleted", { task }],
      ["restored", { note }],
      ["deleted", { note }],
      ["task", null],
      ["note", null],
      ["created", null],
    ]);
  });

  it("of deals starts anew where its stage or pipeline is gone by now", async () => {
    const { body: pipeline } = await ask("POST", "/pipelines", {
      name: "Временная",
      stages: [{ name: "Первый" }, { name: "Второй" }, { name: "Успех", kind: "won" }, { name: "Отказ", kind: "lost" }],
    });
    const [first, second] = pipeline.stages.map(({ id }: { id: number }) => id);
    const deal = await make("/deals", { stage: second });
    await ask("DELETE", `/deals/${deal}`);
    expect((await ask("DELETE", `/pipelines/${pipeline.id}/stages/${second}`)).status).toBe(204);
    expect((await ask("POST", `/deals/${deal}/restore`)).body).toMatchObject({ pipeline: pipeline.id, stage: first });
    await ask("DELETE", `/deals/${deal}`);
    expect((await ask("DELETE", `/pipelines/${pipeline.id}`)).status).toBe(204);
    expect((await ask("POST", `/deals/${deal}/restore`)).body).toMatchObject({
      pipeline: (await ask("GET", "/pipelines")).body.items[0].id,
    });
  });

  it("is brought back by a limited manager only when it was theirs", async () => {
    const [mine, strange] = [await make("/deals", { responsible: me }), await make("/deals", {})];
    for (const id of [mine, strange]) await ask("DELETE", `/deals/${id}`);
    expect((await ask("POST", `/deals/${mine}/restore`, undefined, { own: me })).status).toBe(200);
    expect((await ask("POST", `/deals/${strange}/restore`, undefined, { own: me })).status).toBe(404);
  });
});
