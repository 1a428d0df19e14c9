import { createDefaults } from "@svyazka/crm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { apiOnTrial, workspaceOnTrial as workspace } from "../../../testkit/crm-api.ts";
import { testDatabase } from "../../../testkit/database.ts";

const test = await testDatabase();
afterAll(() => test.close());
const ask = apiOnTrial(test.database, workspace);
beforeAll(() => createDefaults(test.database.in(workspace.id), workspace));

it("starts with a pipeline from incoming to lost, task types and loss reasons", async () => {
  const [pipeline, ...others] = (await ask("GET", "/pipelines")).body.items;
  expect(others).toEqual([]);
  expect(pipeline).toMatchObject({ name: "Воронка", is_default: true });
  expect(pipeline.stages.map((stage: { kind: string }) => stage.kind)).toEqual(["incoming", "open", "open", "open", "open", "won", "lost"]);
  expect((await ask("GET", "/task-types")).body.items.map((type: { code: string }) => type.code)).toEqual(["call", "meeting", "email"]);
  expect((await ask("GET", "/loss-reasons?limit=2")).body).toMatchObject({
    items: [{ name: "Слишком дорого" }, {}],
    next_cursor: expect.any(String),
  });
  expect((await ask("GET", "/fields?entity=contact")).body.items.map((field: { code: string }) => field.code)).toEqual(["city", "address"]);
});

it("makes, orders and guards pipelines and their stages", async () => {
  const stages = [
    { name: "Первый" },
    { name: "Победа", kind: "won" },
    { name: "Провал", kind: "lost" },
    { name: "Новое", kind: "incoming" },
  ];
  const { status, body: pipeline } = await ask("POST", "/pipelines", { name: "Вторая", stages });
  expect(status).toBe(201);
  expect(pipeline.stages.map((stage: { name: string }) => stage.name)).toEqual(["Новое", "Первый", "Победа", "Провал"]);
  expect(await ask("POST", "/pipelines", { name: "Кривая", stages: [{ name: "1" }, { name: "2" }, { name: "3" }] })).toMatchObject({
    status: 422,
    body: { errors: { stages: [expect.any(String)] } },
  });

  const { body: second } = await ask("POST", `/pipelines/${pipeline.id}/stages`, { name: "Второй", colour: "#ffcc66" });
  expect(await ask("POST", `/pipelines/${pipeline.id}/stages`, { name: "Ещё победа", kind: "won" })).toMatchObject({
    status: 422,
    body: { errors: { kind: [expect.any(String)] } },
  });
  await ask("PATCH", `/pipelines/${pipeline.id}/stages/${second.id}`, { position: 5 });
  const names = async () => (await ask("GET", `/pipelines/${pipeline.id}/stages`)).body.items.map((stage: { name: string }) => stage.name);
  expect(await names()).toEqual(["Новое", "Второй", "Первый", "Победа", "Провал"]);

  const { body: deal } = await ask("POST", "/deals", { stage: second.id });
  expect(await ask("DELETE", `/pipelines/${pipeline.id}/stages/${second.id}`)).toMatchObject({ status: 422 });
  expect(await ask("DELETE", `/pipelines/${pipeline.id}`)).toMatchObject({ status: 422 });
  await ask("DELETE", `/deals/${deal.id}`);
  expect(await ask("DELETE", `/pipelines/${pipeline.id}/stages/${second.id}`)).toMatchObject({ status: 204 });
  expect(await ask("DELETE", `/pipelines/${pipeline.id}/stages/${pipeline.stages[1].id}`)).toMatchObject({ status: 422 });

  expect((await ask("PATCH", `/pipelines/${pipeline.id}`, { is_default: true, colour: null })).body).toMatchObject({ is_default: true });
  expect(await ask("DELETE", `/pipelines/${pipeline.id}`)).toMatchObject({ status: 422 });
  const [first] = (await ask("GET", "/pipelines")).body.items.filter((each: { is_default: boolean }) => !each.is_default);
  await ask("PATCH", `/pipelines/${first.id}`, { is_default: true });
  expect(await ask("DELETE", `/pipelines/${pipeline.id}`)).toMatchObject({ status: 204 });
  expect(await ask("GET", `/pipelines/${pipeline.id}`)).toMatchObject({ status: 404 });
});

it("keeps the short lists by the same rules", async () => {
  for (const path of ["/sources", "/loss-reasons", "/task-types", "/groups"]) {
    const { status, body } = await ask("POST", path, { name: "Новое", position: 1 });
    expect(status, path).toBe(201);
    expect((await ask("PATCH", `${path}/${body.id}`, { name: "Иное" })).body, path).toMatchObject({
      id: body.id,
      name: "Иное",
      position: 1,
    });
    expect((await ask("GET", path)).body.items[0], path).toMatchObject({ id: body.id });
    expect(await ask("POST", path, { nane: "Опечатка" }), path).toMatchObject({ status: 422 });
    expect(await ask("DELETE", `${path}/${body.id}`), path).toMatchObject({ status: 204 });
    expect(await ask("GET", `${path}/${body.id}`), path).toMatchObject({ status: 404 });
  }
  await ask("POST", "/sources", { name: "Сайт", code: "site" });
  expect(await ask("POST", "/sources", { name: "Сайт 2", code: "site" })).toMatchObject({
    status: 422,
    body: { errors: { code: [expect.any(String)] } },
  });
  expect(await ask("POST", "/sources", { name: "Сайт 3", pipeline: 99999 })).toMatchObject({
    status: 422,
    body: { errors: { pipeline: [expect.any(String)] } },
  });
  await ask("POST", "/tags", { entity: "deal", name: "Срочно", colour: "#ff0000" });
  expect(await ask("POST", "/tags", { entity: "deal", name: "срочно" })).toMatchObject({
    status: 422,
    body: { errors: { name: [expect.any(String)] } },
  });
  expect((await ask("GET", "/tags?entity=contact")).body.items).toEqual([]);
});

it("makes custom fields, and keeps values readable when an option is renamed or deleted", async () => {
  const { body: field } = await ask("POST", "/fields", {
    entity: "deal",
    name: "Размер",
    type: "multiselect",
    options: [{ value: "S" }, { value: "M" }],
  });
  expect(field.code).toBe(`field_${field.id}`);
  const { body: deal } = await ask("POST", "/deals", { fields: { [field.code]: ["S", "M"] } });
  expect(deal.fields[field.code]).toEqual(["S", "M"]);
  await ask("PATCH", `/fields/${field.id}`, { code: "size", options: [{ id: field.options[0].id, value: "Малый" }, { value: "Большой" }] });
  expect((await ask("GET", `/deals/${deal.id}`)).body.fields).toEqual({ size: ["Малый", "M"] });
  expect(await ask("POST", "/fields", { entity: "deal", name: "Иное", code: "SIZE", type: "text" })).toMatchObject({
    status: 422,
    body: { errors: { code: [expect.any(String)] } },
  });
  expect(await ask("POST", "/fields", { entity: "deal", name: "Иное", type: "select" })).toMatchObject({
    status: 422,
    body: { errors: { options: [expect.any(String)] } },
  });
  expect(await ask("DELETE", `/fields/${field.id}`)).toMatchObject({ status: 204 });
  expect((await ask("GET", `/deals/${deal.id}`)).body.fields).toEqual({});
});

it("tells the rest of the hub when the directory changes", async () => {
  const heard: string[] = [];
  await test.owner.query("listen svyazka");
  test.owner.on("notification", ({ payload }) => heard.push(payload ?? ""));
  await ask("POST", "/sources", { name: "Новость" });
  await test.owner.query("select 1");
  expect(heard.map((payload) => JSON.parse(payload))).toContainEqual({ kind: "directory", workspace: 1 });
});
