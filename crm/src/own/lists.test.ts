import { type ConnectionId, Invalid, type OwnCrm, type OwnField } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../../server/testkit/database.ts";
import { workspaceOf } from "../../testkit/trial.ts";
import { createDefaults, createUser } from "../index.ts";
import { ownCrm } from "./own-crm.ts";

describe("lists", async () => {
  const test = await testDatabase();
  afterAll(() => test.close());
  const home = workspaceOf(1);
  const sql = test.database.in(home.id);
  let crm: OwnCrm;
  let anna: number;
  const fields: Record<string, OwnField> = {};
  const id = (name: string) => fields[name]?.id ?? 0;
  const option = (name: string, value: string) => fields[name]?.options.find((one) => one.value === value)?.id ?? 0;
  let stages: number[];
  let pipelines: number[];
  /** The deals of the tests, by a letter. */
  const deals: Record<string, number> = {};
  const minutes = (count: number) => new Date(Date.UTC(2031, 0, 1, 0, count));

  beforeAll(async () => {
    await createDefaults(sql, home);
    crm = await ownCrm(sql, { home, connection: 7 as ConnectionId });
    anna = (await createUser(sql, { name: "Анна", role: "manager" })).id;
    for (const type of ["text", "number", "flag", "date", "moment", "money"] as const)
      fields[type] = await crm.fields.create({ entity: "deal", name: type, type });
    for (const type of ["select", "multiselect"] as const)
      fields[type] = await crm.fields.create({
        entity: "deal",
        name: type,
        type,
        options: [{ value: "A" }, { value: "B" }, { value: "C" }],
      });
    const other = await crm.pipelines.create({
      name: "Вторая",
      stages: [{ name: "Вход" }, { name: "Да", kind: "won" }, { name: "Нет", kind: "lost" }],
    });
    const first = (await crm.pipelines.list()).find(({ isDefault }) => isDefault);
    pipelines = [first?.id ?? 0, other.id];
    stages = [first?.stages[1]?.id ?? 0, first?.stages.at(-2)?.id ?? 0, other.stages[0]?.id ?? 0];
    const source = (await crm.sources.create({ name: "Сайт" })).id;
    const company = await crm.companies.create({ name: "ООО Ромашка" });
    const contact = await crm.contacts.create({ name: "Иван", company });
    const values = (of: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(of).map(([name, value]) => [id(name), value])) as Record<string, string>;
    const place = (index: number) => ({ stage: stages[index] ?? 0 });
    deals["a"] = await crm.deals.create({
      ...{
        name: "Окна",
        ...place(0),
        sum: { minor: 10_000, currency: "RUB" },
        responsible: anna,
        createdBy: anna,
        tags: [{ name: "x" }],
        source,
        company,
      },
      contacts: [{ id: contact }],
      values: values({
        text: "Тверь",
        number: 5,
        flag: true,
        date: "2031-01-01",
        moment: minutes(0).toISOString(),
        money: "100",
        select: "A",
        multiselect: "A,B",
      }),
    });
    deals["b"] = await crm.deals.create({
      ...{
        name: "Двери",
        ...place(1),
        sum: { minor: 20_000, currency: "RUB" },
        closedAt: minutes(7),
        updatedBy: anna,
        tags: [{ name: "x" }, { name: "y" }],
      },
      values: values({
        text: "Клин",
        number: 50,
        flag: false,
        date: "2031-02-01",
        moment: minutes(60).toISOString(),
        money: "200",
        select: "B",
        multiselect: "B",
      }),
    });
    deals["c"] = await crm.deals.create({ name: "—", ...place(2) });
    deals["d"] = await crm.deals.create({ name: "В корзине" });
    await crm.deals.remove(deals["d"]);
    await crm.tasks.create({ on: { deal: deals["a"] }, title: "Раз", due: minutes(10) });
    await crm.tasks.create({ on: { deal: deals["a"] }, title: "Два", due: minutes(20) });
    await crm.tasks.create({ on: { deal: deals["b"] }, title: "Три", due: minutes(15) });
    await crm.tasks.create({ on: { deal: deals["c"] }, title: "Сделано", due: minutes(15), done: true });
  });

  const found = async (filter: object, by: OwnCrm = crm): Promise<string> => {
    const { items } = await by.deals.list({ limit: 50, sort: "id", ...filter });
    return items.map((deal) => Object.keys(deals).find((letter) => deals[letter] === deal.id)).join("");
  };

  it("of deals are filtered by where they stand", async () => {
    expect(await found({})).toBe("abc");
    expect(await found({ stages: [stages[0], stages[2]] })).toBe("ac");
    expect(await found({ pipelines: [pipelines[0]] })).toBe("ab");
    expect(await found({ pipelines: [pipelines[1]], stages: [stages[1]] })).toBe("bc");
    expect([await found({ state: "open" }), await found({ state: "closed" })]).toEqual(["ac", "b"]);
    expect([await found({ closedFrom: minutes(7) }), await found({ closedTo: minutes(7) })]).toEqual(["b", ""]);
    expect([await found({ deleted: "only" }), await found({ deleted: true })]).toEqual(["d", "abcd"]);
  });

  it("are filtered by whose they are, what they are called and what they are tied to", async () => {
    expect([
      await found({ responsible: [anna] }),
      await found({ responsible: [null] }),
      await found({ responsible: [anna, null] }),
    ]).toEqual(["a", "bc", "abc"]);
    expect([await found({ createdBy: [anna] }), await found({ updatedBy: [anna] }), await found({ updatedBy: [null] })]).toEqual([
      "a",
      "ab",
      "c",
    ]);
    expect([await found({ names: ["Окна", "Нет такой"] }), await found({ names: ["окна"] }), await found({ names: ["—"] })]).toEqual([
      "a",
      "",
      "c",
    ]);
    expect([await found({ names: ["Окна", "—"] }), await found({ q: "двери" })]).toEqual(["ac", "b"]);
    const deal = await crm.deals.get(deals["a"] ?? 0);
    expect(await found({ contacts: deal.contacts.map((contact) => contact.id) })).toBe("a");
    expect([await found({ companies: [deal.company] }), await found({ sources: [deal.source] })]).toEqual(["a", "a"]);
    const tags = (await crm.tags.list({ entity: "deal", limit: 10 })).items;
    const tag = (name: string) => tags.find((one) => one.name === name)?.id ?? 0;
    expect([await found({ tags: [tag("x")] }), await found({ tags: [tag("y"), 999_999] }), await found({ tags: [] })]).toEqual([
      "ab",
      "b",
      "",
    ]);
  });

  it("are filtered by sums, and by when their next task is due", async () => {
    expect([await found({ sumFrom: 10_000 }), await found({ sumFrom: 10_001 }), await found({ sumTo: 10_000 })]).toEqual(["ab", "b", "a"]);
    expect((await crm.deals.get(deals["a"] ?? 0)).nextTask).toEqual(minutes(10));
    expect((await crm.deals.get(deals["c"] ?? 0)).nextTask).toBeNull();
    expect(await found({ nextTaskFrom: minutes(10), nextTaskTo: minutes(16) })).toBe("ab");
    // The next one of the first is earlier.
    expect(await found({ nextTaskFrom: minutes(11) })).toBe("b");
    expect(await found({ nextTaskTo: minutes(15) })).toBe("a");
  });

  it("are filtered by custom values: one of several, options, and from one to another", async () => {
    const any = (name: string, ...values: (string | number | boolean)[]) => found({ values: [{ field: id(name), any: values }] });
    expect([await any("text", "Тверь"), await any("text", "Тверь", "Клин"), await any("text", "тверь")]).toEqual(["a", "ab", ""]);
    expect([await any("number", 5), await any("number", "5"), await any("flag", false), await any("date", "2031-02-01")]).toEqual([
      "a",
      "",
      "b",
      "b",
    ]);
    expect([await any("select", option("select", "B")), await any("multiselect", option("multiselect", "B"))]).toEqual(["b", "ab"]);
    expect([await any("multiselect", option("multiselect", "A")), await any("money", 20_000)]).toEqual(["a", "b"]);
    expect(await any("moment", minutes(60).toISOString())).toBe("b");
    const between = (name: string, from?: string | number, to?: string | number) => found({ values: [{ field: id(name), from, to }] });
    expect([await between("number", 5, 49), await between("number", 6), await between("number", undefined, 1_000)]).toEqual([
      "a",
      "b",
      "ab",
    ]);
    expect([await between("date", "2031-01-02"), await between("date", undefined, "2031-01-01")]).toEqual(["b", "a"]);
    expect([await between("moment", minutes(1).toISOString()), await between("money", 10_000, 10_000)]).toEqual(["b", "a"]);
    expect(
      await found({
        values: [
          { field: id("text"), any: ["Тверь"] },
          { field: id("number"), from: 6 },
        ],
      }),
    ).toBe("");
    await expect(found({ values: [{ field: 999_999, any: [1] }] })).rejects.toThrow(Invalid);
    await expect(found({ values: [{ field: id("number"), from: "много" }] })).rejects.toThrow(Invalid);
  });

  it("of tags are found by name and id; one that is there is not made twice", async () => {
    const made = await crm.tags.create({ entity: "contact", name: " VIP ", colour: "FF8F92" });
    expect(made).toMatchObject({ name: "VIP", colour: "FF8F92", entity: "contact" });
    expect(await crm.tags.create({ entity: "contact", name: "vip" })).toEqual(made);
    const found = async (filter: object) =>
      (await crm.tags.list({ entity: "contact", limit: 10, ...filter })).items.map(({ name }) => name);
    expect([await found({ names: ["vip"] }), await found({ ids: [made.id] }), await found({ q: "ip" }), await found({ q: "нет" })]).toEqual(
      [["VIP"], ["VIP"], ["VIP"], []],
    );
    expect((await crm.tags.list({ entity: "deal", limit: 1 })).isMore).toBe(true);
    await expect(crm.tags.create({ entity: "contact", name: " " })).rejects.toThrow(Invalid);
  });

  it("of contacts and companies are filtered by phones, e-mails and company, and show what is tied to them", async () => {
    const company = await crm.companies.create({ name: "ООО Лютик", inn: "7788888888", phones: [{ value: "8 800 555-35-35" }] });
    const one = await crm.contacts.create({
      name: "Пётр",
      surname: "Ким",
      company,
      phones: [{ value: "8 (910) 765-43-21" }],
      emails: [{ value: "Petr@example.com" }],
    });
    const two = await crm.contacts.create({ name: "Ольга", company });
    const deal = await crm.deals.create({ contacts: [{ id: two }], company, responsible: anna });
    const ids = async (filter: object) =>
      (await crm.contacts.list({ limit: 50, sort: "id", ...filter })).items.map((contact) => contact.id);
    expect([
      await ids({ phones: ["+79107654321", "1"] }),
      await ids({ emails: ["petr@EXAMPLE.com"] }),
      await ids({ phones: ["нет"] }),
    ]).toEqual([[one], [one], []]);
    expect([await ids({ companies: [company] }), await ids({ names: ["Пётр Ким"] })]).toEqual([[one, two], [one]]);
    const [shown] = (await crm.companies.list({ limit: 1, inn: "7788888888", include: ["deals", "contacts"] })).items;
    expect(shown).toMatchObject({ id: company, deals: [deal], contacts: [one, two] });
    expect((await crm.companies.list({ limit: 5, phones: ["+7 800 555 35 35"] })).items).toHaveLength(1);
    // What a limited manager does not see is not named either.
    const boris = await createUser(sql, { name: "Борис", role: "manager", recordAccess: "own" });
    const limited = await ownCrm(sql, { home, connection: 7 as ConnectionId, user: boris.id });
    const own = await limited.contacts.create({ name: "Своя" });
    await crm.deals.update(deal, { addContacts: [{ id: own }] });
    expect((await limited.contacts.list({ limit: 5, include: ["deals"] })).items).toMatchObject([{ id: own, deals: [] }]);
  });

  it("find a value that few have, or nobody, by an index, and one that many have", async () => {
    await test.owner.query(
      `insert into crm.contact (workspace, name, fields) select 1, 'Человек ' || n % 7, jsonb_build_object('900001', 'значение ' || n % 3, '900002', n) from generate_series(1, 40000) n`,
    );
    await test.owner.query(
      "insert into crm.field (workspace, id, entity, code, name, type) values (1, 900001, 'contact', 'few', 'x', 'text'), (1, 900002, 'contact', 'one', 'x', 'number')",
    );
    await test.owner.query("analyze crm.contact");
    const plans: string[] = [];
    const explaining = Object.assign(Object.create(sql) as typeof sql, {
      async query(statement: Parameters<typeof sql.query>[0]) {
        if (!statement.text.includes("crm.contact as r")) return sql.query(statement);
        const rows = await sql.query<Record<string, string>>({ ...statement, text: `explain ${statement.text}` });
        plans.push(rows.map((row) => row["QUERY PLAN"]).join("\n"));
        return sql.query(statement);
      },
    });
    const explained = await ownCrm(explaining, { home, connection: 7 as ConnectionId });
    const count = async (filter: object) => (await explained.contacts.list({ limit: 250, ...filter })).items.length;
    expect(await count({ values: [{ field: 900_002, any: [777, 778] }] })).toBe(2);
    expect(await count({ values: [{ field: 900_001, any: ["нет"] }] })).toBe(0);
    expect(await count({ values: [{ field: 900_001, any: ["значение 1"] }] })).toBe(250);
    expect(await count({ names: ["Человек 3"] })).toBe(250);
    expect(await count({ names: ["Человек 9"] })).toBe(0);
    expect(plans).toHaveLength(5);
    // What many have may as well be come upon: which is cheaper here, is PostgreSQL's affair, and it judges by a sample.
    const [one, none, , , nobody] = plans;
    for (const plan of [one, none, nobody]) expect(plan).not.toMatch(/Seq Scan/);
  });
});
