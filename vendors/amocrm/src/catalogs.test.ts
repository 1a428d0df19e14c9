import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { longLived, makeAmo, overFetch } from "./client.ts";
import { type AmoStandIn, startAmo } from "./standin.ts";

/** Lists of goods and the like, against an account in memory: with requests as they are, and with our own client. */

let amo: AmoStandIn;
let token: string;
beforeAll(async () => {
  amo = await startAmo();
  token = amo.longLivedToken();
});
afterAll(() => amo.stop());

// biome-ignore lint/suspicious/noExplicitAny: whatever was answered
async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
  const answer = await fetch(`${amo.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
}
const client = () =>
  makeAmo({
    domain: amo.url,
    tokens: {
      read: async () => longLived(token),
      exclusively: () => Promise.reject(new Error("a long-lived token is not renewed")),
    },
    send: overFetch(fetch),
  });
const problemOf = ({ body }: { body: { "validation-errors": { request_id: string; errors: { code: string; path: string }[] }[] } }) => {
  const [item] = body["validation-errors"];
  return [item?.request_id, item?.errors[0]?.code, item?.errors[0]?.path];
};

describe("catalogs", () => {
  it("are made, changed and read whole", async () => {
    expect((await call("GET", "/api/v4/catalogs")).status).toBe(204);
    const made = await call("POST", "/api/v4/catalogs", [
      { name: "Тестовый список", can_add_elements: true, can_link_multiple: false, request_id: "123" },
    ]);
    expect(made.status).toBe(200);
    const [catalog] = made.body._embedded.catalogs;
    expect(catalog).toMatchObject({
      ...{ name: "Тестовый список", type: "regular", sort: 10, can_link_multiple: false, can_be_deleted: true, request_id: "123" },
      _links: { self: { href: `${amo.url}/api/v4/catalogs/${catalog.id}` } },
    });
    const changed = await call("PATCH", `/api/v4/catalogs/${catalog.id}`, { name: "Новое имя списка", can_link_multiple: true });
    expect(changed.body).toMatchObject({ id: catalog.id, name: "Новое имя списка", can_link_multiple: true, can_add_elements: true });
    expect((await call("PATCH", "/api/v4/catalogs", [{ id: catalog.id, sort: 20 }])).body._embedded.catalogs[0].sort).toBe(20);
    const { request_id: _, ...rest } = catalog;
    expect((await call("PATCH", `/api/v4/catalogs/${catalog.id}`, rest)).status).toBe(200);
    expect((await call("GET", "/api/v4/catalogs/1")).status).toBe(204);
    expect((await call("PATCH", "/api/v4/catalogs/1", { name: "Нет" })).status).toBe(404);
  });

  it("are ten at most, and one of goods", async () => {
    const goods = await call("POST", "/api/v4/catalogs", [{ name: "Товары", type: "products" }]);
    expect(goods.body._embedded.catalogs[0].can_be_deleted).toBe(false);
    expect(
      problemOf(await call("POST", "/api/v4/catalogs", [{ name: "Раз" }, { name: "Ещё товары", type: "products", request_id: "z" }])),
    ).toEqual(["z", "NotUnique", "type"]);
    const eleven = Array.from({ length: 11 }, (_, index) => ({ name: `Список ${index}` }));
    expect(problemOf(await call("POST", "/api/v4/catalogs", eleven))[1]).toBe("TooManyItems");
    const wrong: [unknown, string, string][] = [
      [[{}], "FieldMissing", "name"],
      [[{ name: 5 }], "InvalidType", "name"],
      [[{ name: "x", type: "goods" }], "NotSupportedChoice", "type"],
      [[{ name: "x", colour: "red" }], "FieldNotExpected", "colour"],
    ];
    for (const [body, ...problem] of wrong) expect(problemOf(await call("POST", "/api/v4/catalogs", body)).slice(1)).toEqual(problem);
  });

  it("have fields of their own, and elements with their values, as our client reads and writes them", async () => {
    const { catalogs } = client();
    const { id } = await catalogs.create({ name: "Магазин" });
    const fields = await call("POST", `/api/v4/catalogs/${id}/custom_fields`, [
      { name: "Артикул", type: "text", code: "SKU" },
      { name: "Группа", type: "category", code: "GROUP", enums: [{ value: "Телефоны" }] },
    ]);
    expect(fields.status).toBe(201);
    const [sku, group] = fields.body._embedded.custom_fields;
    expect(sku).toMatchObject({
      ...{ code: "SKU", entity_type: "catalogs", request_id: "0" },
      _links: { self: { href: `${amo.url}/api/v4/catalogs/${id}/custom_fields/${sku.id}` } },
    });
    expect(
      (await call("GET", "/api/v4/leads/custom_fields")).body._embedded.custom_fields.map((one: { id: number }) => one.id),
    ).not.toContain(sku.id);
    const elements = catalogs.elements(id);
    const made = await elements.create({
      name: "Телефон",
      custom_fields_values: [
        { field_id: sku.id, values: [{ value: "dsg" }] },
        { field_code: "GROUP", values: [{ value: "Телефоны" }] },
      ],
    });
    const read = await elements.get(made.id);
    expect(read).toMatchObject({
      ...{ catalog_id: id, is_deleted: false },
      custom_fields_values: [
        { field_code: "SKU", values: [{ value: "dsg" }] },
        { field_code: "GROUP", values: [{ value: "Телефоны", enum_id: group.enums[0].id }] },
      ],
    });
    await elements.update(made.id, { name: "Смартфон" });
    const names = async (query: string) =>
      ((await call("GET", `/api/v4/catalogs/${id}/elements?${query}`)).body?._embedded.elements ?? []).map(
        (one: { name: string }) => one.name,
      );
    expect(await names("query=dsg")).toEqual(["Смартфон"]);
    expect(await names(`filter[id][]=${made.id}`)).toEqual(["Смартфон"]);
    expect(await names("filter[id]=1")).toEqual([]);
    expect((await call("GET", `/api/v4/catalogs/${id}/elements/${made.id}?with=invoice_link`)).body.invoice_link).toBeNull();
    expect((await call("PATCH", `/api/v4/catalogs/${id}/custom_fields/${sku.id}`, { name: "SKU" })).body.name).toBe("SKU");
    expect((await call("DELETE", `/api/v4/catalogs/${id}/custom_fields/${group.id}`)).status).toBe(204);
    expect((await call("GET", `/api/v4/catalogs/${id}/custom_fields`)).body._total_items).toBe(1);
  });

  it("refuse what is not theirs, in amoCRM's shapes", async () => {
    const [one, other] = (await call("POST", "/api/v4/catalogs", [{ name: "А" }, { name: "Б" }])).body._embedded.catalogs;
    const [element] = (await call("POST", `/api/v4/catalogs/${one.id}/elements`, [{ name: "Позиция" }])).body._embedded.elements;
    expect(element.request_id).toBe("0");
    expect((await call("GET", `/api/v4/catalogs/${other.id}/elements/${element.id}`)).status).toBe(204);
    expect((await call("PATCH", `/api/v4/catalogs/${other.id}/elements/${element.id}`, { name: "x" })).status).toBe(404);
    expect(problemOf(await call("PATCH", `/api/v4/catalogs/${other.id}/elements`, [{ id: element.id, name: "x" }]))[2]).toBe("id");
    expect((await call("POST", "/api/v4/catalogs/1/elements", [{ name: "x" }])).status).toBe(404);
    expect((await call("POST", "/api/v4/catalogs/1/custom_fields", [{ name: "x", type: "text" }])).status).toBe(404);
    expect((await call("GET", "/api/v4/catalogs/1/elements")).status).toBe(204);
    const path = `/api/v4/catalogs/${one.id}/elements`;
    expect(problemOf(await call("POST", path, [{}]))).toEqual(["0", "FieldMissing", "name"]);
    expect(problemOf(await call("POST", path, [{ name: "x", custom_fields_values: [{ field_id: 1, values: [] }] }]))[2]).toBe(
      "custom_fields_values.0.field_id",
    );
    expect(
      problemOf(
        await call(
          "POST",
          path,
          Array.from({ length: 251 }, () => ({ name: "x" })),
        ),
      )[1],
    ).toBe("TooManyItems");
    expect(problemOf(await call("GET", `${path}?filter[name]=x`))[1]).toBe("FieldNotExpected");
  });
});

it("elements stand on leads, so many of each", async () => {
  const [goods] = (await call("POST", "/api/v4/catalogs", [{ name: "На складе" }])).body._embedded.catalogs;
  const [apples, pears] = (await call("POST", `/api/v4/catalogs/${goods.id}/elements`, [{ name: "Яблоки" }, { name: "Груши" }])).body
    ._embedded.elements;
  const [lead] = (await call("POST", "/api/v4/leads", [{ name: "Заказ" }])).body._embedded.leads;
  const linked = await call("POST", `/api/v4/leads/${lead.id}/link`, [
    { to_entity_id: apples.id, to_entity_type: "catalog_elements", metadata: { quantity: 2, catalog_id: goods.id } },
    { to_entity_id: pears.id, to_entity_type: "catalog_elements", metadata: { catalog_id: goods.id } },
  ]);
  expect(linked.body._embedded.links).toMatchObject([
    { entity_id: lead.id, to_entity_id: apples.id, metadata: { quantity: 2, catalog_id: goods.id, price_id: null } },
    { entity_id: lead.id, to_entity_id: pears.id, metadata: { quantity: 1 } },
  ]);
  expect((await call("GET", `/api/v4/leads/${lead.id}?with=catalog_elements`)).body._embedded.catalog_elements).toEqual([
    { id: apples.id, metadata: { quantity: 2, catalog_id: goods.id, price_id: null } },
    { id: pears.id, metadata: { quantity: 1, catalog_id: goods.id, price_id: null } },
  ]);
  expect((await call("GET", `/api/v4/leads/${lead.id}/links?filter[to_catalog_id]=${goods.id}`)).body._total_items).toBe(2);
  expect((await call("GET", `/api/v4/leads/${lead.id}/links?filter[to_catalog_id]=1`)).status).toBe(204);
  await call("POST", `/api/v4/leads/${lead.id}/unlink`, [{ to_entity_id: pears.id, to_entity_type: "catalog_elements" }]);
  expect((await call("GET", `/api/v4/leads/${lead.id}/links`)).body._total_items).toBe(1);
  const link = (item: object) => call("POST", `/api/v4/leads/${lead.id}/link`, [{ to_entity_type: "catalog_elements", ...item }]);
  expect(problemOf(await link({ to_entity_id: 1 }))[2]).toBe("to_entity_id");
  expect(problemOf(await link({ to_entity_id: apples.id, metadata: { catalog_id: 1 } }))[2]).toBe("to_entity_id");
  expect(problemOf(await link({ to_entity_id: apples.id, metadata: { quantity: "много" } }))[2]).toBe("metadata.quantity");
  expect(problemOf(await link({ to_entity_id: apples.id, metadata: { quantity: 0 } }))[2]).toBe("metadata.quantity");
});
