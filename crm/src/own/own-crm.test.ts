import { type ConnectionId, Forbidden, Invalid, NotFound, type OwnCrm } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../../server/testkit/database.ts";
import { workspaceOf } from "../../testkit/trial.ts";
import { createDefaults, createField, createUser, readTimeline } from "../index.ts";
import { ownCrm } from "./own-crm.ts";

describe("our own CRM, lent to a vendor", async () => {
  const test = await testDatabase();
  afterAll(() => test.close());
  const home = workspaceOf(1);
  const sql = test.database.in(home.id);
  const lend = (user?: number) => ownCrm(sql, { home, connection: 7 as ConnectionId, user });
  let crm: OwnCrm;
  let limited: OwnCrm;
  let anna: number;
  beforeAll(async () => {
    await createDefaults(sql, home);
    anna = (await createUser(sql, { name: "Анна", role: "manager", recordAccess: "own" })).id;
    crm = await lend();
    limited = await lend(anna);
  });

  it("shows what it made: values by the field's id, tags, people, the next task", async () => {
    const size = await createField(sql, {
      entity: "deal",
      code: "size",
      name: "Размер",
      type: "select",
      options: [{ value: "Малый" }, { value: "Большой" }],
    });
    const price = await createField(sql, { entity: "deal", code: "price", name: "Цена", type: "money" });
    const contact = await crm.contacts.create({ name: "Иван", surname: "Петров", phones: [{ value: "8 910 123-45-67" }] });
    const [small] = size.options;
    const id = await crm.deals.create({
      name: "Окна",
      sum: { minor: 1_500_050, currency: "RUB" },
      contacts: [{ id: contact }],
      tags: [{ name: "срочно" }],
      values: { [size.id]: small?.id ?? 0, [price.id]: { minor: 100, currency: "USD" } },
    });
    const due = new Date("2031-01-02T03:04:05Z");
    await crm.tasks.create({ on: { deal: id }, title: "Позвонить", due });
    await crm.tasks.create({ on: { deal: id }, title: "Потом", due: new Date("2032-01-01T00:00:00Z") });
    expect(await crm.deals.get(id)).toMatchObject({
      name: "Окна",
      sum: { minor: 1_500_050, currency: "RUB" },
      contacts: [{ id: contact, isMain: true }],
      tags: [{ id: expect.any(Number), name: "срочно", colour: null }],
      values: { [size.id]: small?.id, [price.id]: { minor: 100, currency: "USD" } },
      nextTask: due,
      createdBy: null,
    });
    const { items } = await crm.contacts.list({ phones: ["+7 910 123 45 67"], include: ["deals"], limit: 10 });
    expect(items).toMatchObject([{ id: contact, fullName: "Иван Петров", deals: [id] }]);
  });

  it("reads pages by their number, in any order, and says whether there are more", async () => {
    const made: number[] = [];
    for (const name of ["А", "Б", "В", "Г", "Д"]) made.push(await crm.companies.create({ name: `Страница ${name}` }));
    const page = async (skip: number, sort?: string) => {
      const { items, isMore } = await crm.companies.list({ ids: made, limit: 2, skip, sort });
      return [...items.map(({ id }) => made.indexOf(id)), isMore];
    };
    expect([await page(0), await page(2), await page(4), await page(6)]).toEqual([[4, 3, true], [2, 1, true], [0, false], [false]]);
    expect(await page(2, "created_at")).toEqual([2, 3, true]);
    await expect(crm.companies.list({ limit: 0 })).rejects.toThrow(Invalid);
    await expect(crm.companies.list({ limit: 1, sort: "name" })).rejects.toThrow(Invalid);
  });

  it("keeps all of a batch or nothing, and can say all that is wrong with it", async () => {
    const problems: unknown[] = [];
    const write = crm.transaction(async (crm) => {
      for (const draft of [
        { name: "Пакет" },
        { name: "Пакет", responsible: 999_999 },
        { name: "Пакет", stage: 999_999 },
        { name: "Пакет" },
      ])
        await crm.deals.create(draft).catch((error: Invalid) => problems.push(error.fields));
      if (problems.length > 0) throw new Invalid({ batch: ["is wrong"] });
    });
    await expect(write).rejects.toThrow(Invalid);
    expect(problems).toEqual([{ responsible: [expect.any(String)] }, { stage: [expect.any(String)] }]);
    expect((await crm.deals.list({ names: ["Пакет"], limit: 10 })).items).toEqual([]);
  });

  it("shows and lets change only what the user may, in their name", async () => {
    const hidden = await crm.deals.create({ name: "Чужая" });
    await expect(limited.deals.get(hidden)).rejects.toThrow(NotFound);
    await expect(limited.deals.update(hidden, { name: "Моя" })).rejects.toThrow(NotFound);
    await expect(limited.pipelines.update(1, { name: "Моя" })).rejects.toThrow(Forbidden);
    const own = await limited.deals.create({ name: "Моя" });
    expect(await limited.deals.get(own)).toMatchObject({ responsible: anna, createdBy: anna });
    expect((await readTimeline(sql, "deal", own, { limit: 10 }, {})).items).toMatchObject([
      { kind: "created", actor: `user:${anna}`, via: 7 },
    ]);
    const reader = await createUser(sql, { name: "Олег", role: "read-only" });
    const reading = await lend(reader.id);
    expect((await reading.deals.get(hidden)).name).toBe("Чужая");
    await expect(reading.deals.create({ name: "Нет" })).rejects.toThrow(Forbidden);
    await expect(reading.transaction((crm) => crm.notes.create({ on: { deal: hidden }, text: "Нет" }))).rejects.toThrow(Forbidden);
  });
});
