import { type ConnectionId, Forbidden, Invalid, NotFound, type OwnCrm } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../../server/testkit/database.ts";
import { workspaceOf } from "../../testkit/trial.ts";
import { createDefaults, createUser, fieldsOf } from "../index.ts";
import { ownCrm } from "./own-crm.ts";

describe("catalogs", async () => {
  const test = await testDatabase();
  afterAll(() => test.close());
  const home = workspaceOf(1);
  const sql = test.database.in(home.id);
  const connection = 7 as ConnectionId;
  let crm: OwnCrm;
  let asManager: OwnCrm;
  let manager: number;
  let goods: number;
  beforeAll(async () => {
    await createDefaults(sql, home);
    manager = (await createUser(sql, { name: "Мария", role: "manager", recordAccess: "own" })).id;
    crm = await ownCrm(sql, { home, connection });
    asManager = await ownCrm(sql, { home, connection, user: manager });
    goods = await crm.catalogs.create({ name: "Товары", kind: "products", position: 2 });
  });
  const elements = async (filter: object = {}) =>
    (await crm.elements.list({ limit: 50, sort: "id", ...filter })).items.map(({ name }) => name);

  it("are made and changed by administrators; of some kinds there is one at most", async () => {
    const id = await crm.catalogs.create({ id: 5_785, name: "Скидки", position: 1, isShared: false, served: { can_add_elements: false } });
    expect(id).toBe(5_785);
    expect(await crm.catalogs.list()).toMatchObject([
      { id, name: "Скидки", kind: "regular", isShared: false, served: { can_add_elements: false } },
      { id: goods, kind: "products", isShared: true, createdBy: null },
    ]);
    await crm.catalogs.update(id, { name: "Акции" });
    expect((await crm.catalogs.list())[0]).toMatchObject({ name: "Акции", isShared: false });
    await expect(crm.catalogs.create({ name: "Ещё товары", kind: "products" })).rejects.toThrow(Invalid);
    await expect(crm.catalogs.create({ id, name: "Тот же" })).rejects.toThrow(Invalid);
    await expect(crm.catalogs.update(999, { name: "Нет" })).rejects.toThrow(NotFound);
    await expect(asManager.catalogs.create({ name: "Свой" })).rejects.toThrow(Forbidden);
    await expect(asManager.catalogFields.create(goods, { name: "Цвет", type: "text" })).rejects.toThrow(Forbidden);
    expect(await asManager.catalogs.list()).toHaveLength(2);
  });

  it("have fields of their own, which no record has", async () => {
    const price = await crm.catalogFields.create(goods, { name: "Цена", code: "PRICE", type: "number" });
    const other = await crm.catalogs.create({ name: "Услуги" });
    // The same code in another catalog is another field.
    await crm.catalogFields.create(other, { name: "Цена", code: "price", type: "number" });
    await expect(crm.catalogFields.create(goods, { name: "Цена", code: "price", type: "number" })).rejects.toThrow(Invalid);
    await expect(crm.catalogFields.create(999, { name: "Ничья", type: "text" })).rejects.toThrow(NotFound);
    await expect(crm.catalogFields.update(other, price.id, { name: "Чужая" })).rejects.toThrow(NotFound);
    await expect(crm.fields.update(price.id, { name: "Чужая" })).rejects.toThrow(NotFound);
    expect((await fieldsOf(sql)).map(({ id }) => id)).not.toContain(price.id);
    const kind = await crm.catalogFields.create(goods, { name: "Вид", type: "select", options: [{ value: "Фрукты" }, { value: "Овощи" }] });
    const id = await crm.elements.create(goods, { name: "Яблоки", values: { [price.id]: 12.5, [kind.id]: "Фрукты" } });
    expect((await crm.elements.list({ limit: 1, ids: [id] })).items[0]).toMatchObject({
      ...{ catalog: goods, values: { [price.id]: 12.5, [kind.id]: kind.options[0]?.id } },
    });
    await crm.elements.update(id, { values: { [price.id]: null } });
    expect((await crm.elements.list({ limit: 1, ids: [id] })).items[0]?.values).toEqual({ [kind.id]: kind.options[0]?.id });
    await expect(crm.elements.update(id, { values: { [price.id]: "дорого" } })).rejects.toThrow(Invalid);
    await expect(crm.elements.update(id, { values: { 999: "нет" } })).rejects.toThrow(Invalid);
    await expect(crm.elements.create(999, { name: "Нигде" })).rejects.toThrow(NotFound);
  });

  it("are listed by their elements, and looked through by a part of a name or a text", async () => {
    const sku = await crm.catalogFields.create(goods, { name: "Артикул", code: "SKU", type: "text" });
    await asManager.elements.create(goods, { name: "Груши 100%", values: { [sku.id]: "PEAR-1" } });
    expect(await elements({ catalogs: [goods], q: "100%" })).toEqual(["Груши 100%"]);
    expect(await elements({ q: "pear" })).toEqual(["Груши 100%"]);
    expect(await elements({ q: "0_" })).toEqual([]);
    expect((await crm.elements.list({ limit: 1, sort: "id", catalogs: [goods] })).isMore).toBe(true);
    expect((await crm.elements.list({ limit: 1, q: "груши" })).items[0]).toMatchObject({ createdBy: manager });
  });

  it("stand on deals, so many of each; that is a change of the deal", async () => {
    const element = await crm.elements.create(goods, { name: "Сливы" });
    const deal = await crm.deals.create({ name: "Продукты", responsible: manager });
    const foreign = await crm.deals.create({ name: "Чужая" });
    const { version } = await crm.deals.get(deal);
    await asManager.dealElements.put(deal, element, { quantity: 2.5 });
    await crm.dealElements.put(foreign, element, {});
    expect(await crm.dealElements.list([deal, foreign])).toEqual([
      { deal, element, catalog: goods, quantity: 2.5, priceField: null },
      { deal: foreign, element, catalog: goods, quantity: 1, priceField: null },
    ]);
    expect(await asManager.dealElements.list([deal, foreign])).toHaveLength(1);
    await expect(asManager.dealElements.put(foreign, element, {})).rejects.toThrow(NotFound);
    expect((await crm.deals.get(deal)).version).not.toBe(version);
    const [line] = (await crm.events({ limit: 1, on: "deal", records: [deal] })).items;
    expect(line).toMatchObject({
      kind: "changed",
      what: { changes: { elements: { old: [], new: [{ id: element, value: "Сливы × 2.5" }] } } },
    });
    await crm.dealElements.put(deal, element, { priceField: 5 });
    expect(await crm.dealElements.list([deal])).toMatchObject([{ quantity: 2.5, priceField: 5 }]);
    for (const quantity of [0, -1, 1e13]) await expect(crm.dealElements.put(deal, element, { quantity })).rejects.toThrow(Invalid);
    await expect(crm.dealElements.put(deal, 999, {})).rejects.toThrow(Invalid);
    await crm.dealElements.remove(deal, element);
    await crm.dealElements.remove(deal, element);
    expect(await crm.dealElements.list([deal])).toEqual([]);
  });

  it("may say that an element stands on one deal only", async () => {
    const lone = await crm.catalogs.create({ name: "Квартиры", isShared: false });
    const flat = await crm.elements.create(lone, { name: "№ 12" });
    const [one, other] = [await crm.deals.create({ name: "Первая" }), await crm.deals.create({ name: "Вторая" })];
    await crm.dealElements.put(one, flat, {});
    await crm.dealElements.put(one, flat, { quantity: 1 });
    await expect(crm.dealElements.put(other, flat, {})).rejects.toThrow(Invalid);
    await crm.dealElements.remove(one, flat);
    await crm.dealElements.put(other, flat, {});
  });

  it("take their elements off the deals when they go", async () => {
    const id = await crm.catalogs.create({ name: "Временный" });
    const [one, other] = [await crm.elements.create(id, { name: "Раз" }), await crm.elements.create(id, { name: "Два" })];
    const deal = await crm.deals.create({ name: "С позициями" });
    for (const element of [one, other]) await crm.dealElements.put(deal, element, {});
    await crm.elements.remove(one);
    expect((await crm.dealElements.list([deal])).map(({ element }) => element)).toEqual([other]);
    await crm.catalogs.remove(id);
    expect(await crm.dealElements.list([deal])).toEqual([]);
    expect(await elements({ catalogs: [id] })).toEqual([]);
    await expect(crm.elements.create(id, { name: "Поздно" })).rejects.toThrow(NotFound);
  });
});
