import { afterAll, beforeAll, expect, it } from "vitest";
import { type AmoHub, startAmoHub, type Workspace } from "../testkit/amo.ts";

/** Goods in our CRM, as programs for amoCRM work with them. */

let amo: AmoHub;
let shop: Workspace;
beforeAll(async () => {
  amo = await startAmoHub();
  shop = await amo.workspace("shop");
}, 60_000);
afterAll(() => amo.stop());

it("an order is put together of goods, and the deal tells of it", async () => {
  const { call, made, hub } = shop;
  expect((await call("GET", "/api/v4/catalogs")).status).toBe(204);
  const catalogs = await call("POST", "/api/v4/catalogs", [
    { name: "Товары", type: "products", request_id: "goods" },
    { name: "Скидки", can_link_multiple: false },
  ]);
  expect(catalogs.type).toBe("application/hal+json");
  const [goods, discounts] = catalogs.body._embedded.catalogs;
  expect([goods, discounts]).toMatchObject([
    { type: "products", can_be_deleted: false, request_id: "goods", sort: 10 },
    { type: "regular", can_link_multiple: false, request_id: "1" },
  ]);
  const fields = await call("POST", `/api/v4/catalogs/${goods.id}/custom_fields`, [
    { name: "Артикул", type: "text", code: "SKU" },
    { name: "Цена", type: "numeric", code: "PRICE" },
    { name: "Группа", type: "category", code: "GROUP", enums: [{ value: "Фрукты" }] },
  ]);
  const [sku, price, group] = fields.body._embedded.custom_fields;
  expect([sku, price, group]).toMatchObject([
    { type: "text", entity_type: "catalogs", code: "SKU" },
    { type: "numeric" },
    { type: "category", enums: [{ value: "Фрукты" }] },
  ]);
  const elements = await call("POST", `/api/v4/catalogs/${goods.id}/elements`, [
    {
      name: "Яблоки",
      custom_fields_values: [
        { field_code: "SKU", values: [{ value: "APPLE-1" }] },
        { field_id: price.id, values: [{ value: 12 }] },
        { field_id: group.id, values: [{ enum_id: group.enums[0].id }] },
      ],
    },
    { name: "Груши" },
  ]);
  const [apples, pears] = elements.body._embedded.elements;
  expect(apples).toMatchObject({
    ...{ name: "Яблоки", catalog_id: goods.id, is_deleted: false },
    custom_fields_values: [
      { field_code: "SKU", values: [{ value: "APPLE-1" }] },
      { field_code: "PRICE", field_type: "numeric", values: [{ value: "12" }] },
      { field_code: "GROUP", values: [{ value: "Фрукты", enum_id: group.enums[0].id }] },
    ],
  });
  const found = await call("GET", `/api/v4/catalogs/${goods.id}/elements?query=apple&limit=1`);
  expect(found.body._embedded.elements).toEqual([{ ...apples, request_id: undefined, updated_at: expect.any(Number) }]);
  const [lead = 0] = await made("/api/v4/leads", [{ name: "Заказ" }]);
  const linked = await call("POST", `/api/v4/leads/${lead}/link`, [
    { to_entity_id: apples.id, to_entity_type: "catalog_elements", metadata: { quantity: 2.5, catalog_id: goods.id, price_id: price.id } },
    { to_entity_id: pears.id, to_entity_type: "catalog_elements", metadata: { quantity: 1, catalog_id: goods.id } },
  ]);
  expect(linked.body._embedded.links).toMatchObject([
    { to_entity_id: apples.id, metadata: { quantity: 2.5, catalog_id: goods.id, price_id: price.id } },
    { to_entity_id: pears.id, metadata: { quantity: 1, price_id: null } },
  ]);
  await call("POST", `/api/v4/leads/${lead}/unlink`, [{ to_entity_id: pears.id, to_entity_type: "catalog_elements" }]);
  const { body } = await call("GET", `/api/v4/leads?with=catalog_elements&filter[id]=${lead}`);
  expect(body._embedded.leads[0]._embedded.catalog_elements).toEqual([
    { id: apples.id, metadata: { quantity: 2.5, catalog_id: goods.id, price_id: price.id } },
  ]);
  const { items } = await hub.get<{ items: { kind: string; what: { changes: { elements: { new: { value: string }[] } } } }[] }>(
    `/deals/${lead}/timeline`,
  );
  expect(items[0]).toMatchObject({ kind: "changed", what: { changes: { elements: { new: [{ value: "Яблоки × 2.5" }] } } } });
  const events = await call(
    "GET",
    `/api/v4/events?filter[entity]=lead&filter[entity_id]=${lead}&filter[type]=entity_linked,entity_unlinked`,
  );
  expect(events.body._embedded.events.map(({ type }: { type: string }) => type)).toEqual([
    "entity_unlinked",
    "entity_linked",
    "entity_linked",
  ]);
  expect(events.body._embedded.events[0].value_before).toEqual([{ link: { entity: { type: "catalog_elements", id: pears.id } } }]);
});

it("what may stand on one lead only stands on no other", async () => {
  const { call, made } = shop;
  const [, discounts] = (await call("GET", "/api/v4/catalogs")).body._embedded.catalogs;
  const [one] = (await call("POST", `/api/v4/catalogs/${discounts.id}/elements`, [{ name: "-10%" }])).body._embedded.elements;
  const leads = await made("/api/v4/leads", [{ name: "Первая" }, { name: "Вторая" }]);
  const link = (lead: number | undefined) =>
    call("POST", `/api/v4/leads/${lead}/link`, [{ to_entity_id: one.id, to_entity_type: "catalog_elements" }]);
  expect((await link(leads[0])).status).toBe(200);
  const refused = await link(leads[1]);
  expect([refused.status, refused.body["validation-errors"][0].errors[0]]).toMatchObject([
    400,
    { code: "NotUnique", path: "to_entity_id" },
  ]);
});

it("a manager puts goods on leads of their own, and changes no catalog", async () => {
  const { call, hub, integration } = shop;
  const group = { role: "manager", record_access: "own" };
  const { id } = await hub.send<{ id: number }>("POST", "/users", { name: "Мария", email: "maria@shop.example", ...group });
  const { long_lived_token: token } = (
    await hub.send<{ issued: { long_lived_token: string } }>("POST", `/connections/${integration.id}/grants`, {
      user: id,
      long_lived_days: 1,
    })
  ).issued;
  const as = (method: string, path: string, body?: unknown) => call(method, path, body, { token });
  const [goods] = (await as("GET", "/api/v4/catalogs")).body._embedded.catalogs;
  expect((await as("POST", "/api/v4/catalogs", [{ name: "Свой" }])).status).toBe(403);
  expect((await as("PATCH", `/api/v4/catalogs/${goods.id}`, { name: "Свой" })).status).toBe(403);
  expect((await as("POST", `/api/v4/catalogs/${goods.id}/custom_fields`, [{ name: "Цвет", type: "text" }])).status).toBe(403);
  const [made] = (await as("POST", `/api/v4/catalogs/${goods.id}/elements`, [{ name: "Сливы" }])).body._embedded.elements;
  expect(made.created_by).toBe(id);
  const [own] = (await as("POST", "/api/v4/leads", [{ name: "Моя" }])).body._embedded.leads;
  const [foreign] = (await call("POST", "/api/v4/leads", [{ name: "Чужая" }])).body._embedded.leads;
  const item = [{ to_entity_id: made.id, to_entity_type: "catalog_elements" }];
  expect((await as("POST", `/api/v4/leads/${own.id}/link`, item)).status).toBe(200);
  expect((await as("POST", `/api/v4/leads/${foreign.id}/link`, item)).status).toBe(404);
});

it("another workspace sees none of it, and nothing wrong is taken", async () => {
  const { call } = shop;
  const other = await amo.workspace("other");
  const [goods] = (await call("GET", "/api/v4/catalogs")).body._embedded.catalogs;
  const [element] = (await call("GET", `/api/v4/catalogs/${goods.id}/elements`)).body._embedded.elements;
  const [lead] = (await other.call("POST", "/api/v4/leads", [{ name: "Их" }])).body._embedded.leads;
  const path = `/api/v4/catalogs/${goods.id}`;
  const foreign: [string, string, unknown, number][] = [
    ["GET", "/api/v4/catalogs", undefined, 204],
    ["GET", path, undefined, 204],
    ["GET", `${path}/elements`, undefined, 204],
    ["GET", `${path}/elements/${element.id}`, undefined, 204],
    ["GET", `${path}/custom_fields`, undefined, 204],
    ["PATCH", path, { name: "Украден" }, 404],
    ["POST", `${path}/elements`, [{ name: "Подброшен" }], 404],
    ["PATCH", `${path}/elements/${element.id}`, { name: "Украден" }, 404],
    ["POST", `${path}/custom_fields`, [{ name: "Подброшено", type: "text" }], 404],
    ["POST", `/api/v4/leads/${lead.id}/link`, [{ to_entity_id: element.id, to_entity_type: "catalog_elements" }], 400],
  ];
  for (const [method, where, body, status] of foreign)
    expect([method, where, (await other.call(method, where, body)).status]).toEqual([method, where, status]);
  const wrong: [string, string, unknown, string][] = [
    ["POST", "/api/v4/catalogs", Array.from({ length: 9 }, () => ({ name: "x" })), "TooManyItems"],
    ["POST", "/api/v4/catalogs", [{ name: "Ещё", type: "products" }], "NotUnique"],
    ["POST", "/api/v4/catalogs", [{ name: "" }], "TooShort"],
    ["POST", `${path}/elements`, Array.from({ length: 251 }, () => ({ name: "x" })), "TooManyItems"],
    [
      "POST",
      `${path}/elements`,
      [{ name: "x", custom_fields_values: [{ field_code: "PRICE", values: [{ value: "дорого" }] }] }],
      "InvalidType",
    ],
    [
      "POST",
      `${path}/elements`,
      [{ name: "x", custom_fields_values: [{ field_code: "PHONE", values: [{ value: "1" }] }] }],
      "NotSupportedChoice",
    ],
    ["POST", `${path}/custom_fields`, [{ name: "Артикул", type: "text", code: "sku" }], "NotSupportedChoice"],
    ["PATCH", `${path}/elements`, [{ id: 999_999, name: "x" }], "NotSupportedChoice"],
    ["GET", `${path}/elements?filter[price]=1`, undefined, "FieldNotExpected"],
    ["GET", `${path}/elements?filter[id]=x`, undefined, "InvalidType"],
  ];
  for (const [method, where, body, code] of wrong) {
    const { status, type, body: problem } = await call(method, where, body);
    expect([where, status, type, problem["validation-errors"]?.[0].errors[0].code]).toEqual([where, 400, "application/problem+json", code]);
  }
  expect((await call("POST", `${path}/elements`, "{")).status).toBe(400);
});
