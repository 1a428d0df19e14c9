import { createDefaults, createUser } from "@svyazka/crm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiOnTrial, workspaceOnTrial as workspace } from "../../../testkit/crm-api.ts";
import { testDatabase } from "../../../testkit/database.ts";

const test = await testDatabase();
afterAll(() => test.close());
const ask = apiOnTrial(test.database, workspace);
const sql = test.database.in(workspace.id);
const ids: Record<string, number> = {};
const users: number[] = [];

const make = async (name: string, path: string, body: object): Promise<void> => {
  const answer = await ask("POST", path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  ids[name] = answer.body.id;
};
interface Hit {
  readonly entity: string;
  readonly id: number;
  readonly matched_by: string;
}
const search = async (q: string, more = "", as: Parameters<typeof ask>[3] = {}): Promise<Hit[]> => {
  const { status, body } = await ask("GET", `/search?q=${encodeURIComponent(q)}${more}`, undefined, as);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.items;
};
const found = async (q: string, more = ""): Promise<(string | undefined)[]> => {
  const names = new Map(Object.entries(ids).map(([name, id]) => [`${kindOf(name)} ${id}`, name]));
  return (await search(q, more)).map(({ entity, id }) => names.get(`${entity} ${id}`));
};
const kindOf = (name: string): string => name.split(" ")[0] ?? "";

beforeAll(async () => {
  await createDefaults(sql, workspace);
  for (const name of ["Мария", "Пётр"]) users.push((await createUser(sql, { name, role: "manager" })).id);
  await make("company ромашка", "/companies", {
    ...{ name: 'ООО "Ромашка-Сервис"', inn: "7712345678", phones: [{ value: "+7 495 765-43-21" }], responsible: users[0] },
  });
  await make("contact иванов", "/contacts", {
    ...{ name: "Пётр", middlename: "Сергеевич", surname: "Иванов", company: ids["company ромашка"], responsible: users[0] },
    phones: [{ value: "8 (910) 123-45-67" }],
    emails: [{ value: "Petr.Ivanov@Example.com" }],
    messengers: [{ network: "telegram", value: "@petya_iv" }],
  });
  await make("contact иванова", "/contacts", {
    name: "Анна",
    surname: "Иванова",
    responsible: users[1],
    phones: [{ value: "+79161112233" }],
  });
  await make("contact королёв", "/contacts", { name: "Семён", surname: "Королёв", position: "Директор" });
  await make("deal окна", "/deals", { name: "Окна для дачи", contacts: [{ id: ids["contact иванов"] }], responsible: users[0] });
  await make("deal двери", "/deals", { name: "Двери 2026", company: ids["company ромашка"], responsible: users[1] });
  await ask("POST", "/notes", { deal: ids["deal двери"], text: "Клиент просил перезвонить насчёт балконов; asked about windows" });
  for (const name of ["Николай Дубов", "Олег Дубравин"]) await ask("POST", "/contacts", { name });
});

describe("search", () => {
  it("finds by words and parts of words of the name, in any order and case, with ё as е", async () => {
    expect(await found("Иванов Пётр")).toEqual(["contact иванов"]);
    expect(await found("петр ИВАНОВ")).toEqual(["contact иванов"]);
    expect(await found("ива")).toEqual(expect.arrayContaining(["contact иванов", "contact иванова"]));
    expect(await found("ванов сер")).toEqual(["contact иванов"]);
    expect(await found("королев")).toEqual(["contact королёв"]);
    expect(await found("сервис ромашка")).toEqual(["company ромашка"]);
    expect(await found("окна")).toEqual(["deal окна"]);
    expect((await search("ромашка"))[0]).toMatchObject({
      ...{ entity: "company", name: 'ООО "Ромашка-Сервис"', detail: "7712345678", phone: "+74957654321", matched_by: "name" },
    });
    expect((await search("Иванов"))[0]).toMatchObject({
      ...{ detail: 'ООО "Ромашка-Сервис"', phone: "+79101234567", email: "Petr.Ivanov@Example.com", responsible: users[0] },
    });
    expect((await search("окна"))[0]).toMatchObject({ detail: expect.stringContaining("Пётр Сергеевич Иванов"), phone: "+79101234567" });
  });

  it("puts the very word before one that begins with it, and that before one that is merely like it", async () => {
    expect(await found("иванов", "&entities=contact")).toEqual(["contact иванов", "contact иванова"]);
  });

  it("finds in spite of typos, of the wrong keyboard layout, and in Latin letters", async () => {
    expect(await found("ивнов", "&entities=contact")).toContain("contact иванов");
    expect(await found("каролев")).toContain("contact королёв");
    expect(await found("bdfyjd", "&entities=contact")).toEqual(["contact иванов", "contact иванова"]);
    expect(await found("rjhjk`d")).toEqual(["contact королёв"]);
    expect(await found("ivanov petr")).toContain("contact иванов");
    expect(await found("щлнф")).toEqual([]);
  });

  it("finds by part of a phone in any spelling, by e-mail, messenger, INN and the number of a deal", async () => {
    for (const q of ["+7 (910) 123-45-67", "89101234567", "9101234567", "123-45-67", "12345", "8910", "+7910", "4567"])
      expect(await found(q), q).toContain("contact иванов");
    expect((await search("4567"))[0]).toMatchObject({ matched_by: "phone" });
    expect(await found("7654321")).toContain("company ромашка");
    for (const q of ["petr.ivanov@example.com", "PETR.IVANOV@", "petya_iv", "@petya_iv"])
      expect(await found(q), q).toContain("contact иванов");
    expect((await search("petr.ivanov@example.com"))[0]).toMatchObject({ matched_by: "email" });
    expect(await found("77123")).toEqual(["company ромашка"]);
    expect((await search("7712345678"))[0]).toMatchObject({ entity: "company", matched_by: "inn" });
    expect((await search(`#${ids["deal окна"]}`))[0]).toMatchObject({ entity: "deal", id: ids["deal окна"], matched_by: "id" });
    expect((await search(String(ids["deal окна"])))[0]).toMatchObject({ entity: "deal", id: ids["deal окна"], matched_by: "id" });
  });

  it("finds by words of notes in any of their forms, Russian and English", async () => {
    for (const q of ["перезвонит балкон", "window", "балконы"])
      expect(await search(q), q).toEqual([expect.objectContaining({ entity: "deal", id: ids["deal двери"], matched_by: "note" })]);
  });

  it("forgets a name that was changed, and what was put away", async () => {
    const { body } = await ask("POST", "/contacts", { name: "Эдуард", surname: "Недолговечный", phones: [{ value: "+79995554433" }] });
    await ask("PATCH", `/contacts/${body.id}`, { surname: "Переименованный" });
    expect(await search("недолговечный")).toEqual([]);
    expect(await search("переименованный")).toMatchObject([{ id: body.id }]);
    await ask("DELETE", `/contacts/${body.id}`);
    expect(await search("переименованный")).toEqual([]);
    expect(await search("9995554433")).toEqual([]);
  });

  it("shows a limited manager only what they may see, however it is found", async () => {
    const as = { own: users[1] ?? 0 };
    const see = async (q: string) => (await search(q, "", as)).map(({ entity, id }) => `${entity} ${id}`);
    expect(await see("иванов")).toEqual([`contact ${ids["contact иванова"]}`]);
    expect(await see("9101234567")).toEqual([]);
    expect(await see("petr.ivanov@example.com")).toEqual([]);
    expect(await see("окна")).toEqual([]);
    expect(await see(`#${ids["deal окна"]}`)).toEqual([]);
    // The company stands in a deal of theirs.
    expect(await see("ромашка")).toEqual([`company ${ids["company ромашка"]}`]);
    expect(await see("7712345678")).toEqual([`company ${ids["company ромашка"]}`]);
    expect(await see("балконы")).toEqual([`deal ${ids["deal двери"]}`]);
    expect((await search("балконы", "", { own: users[0] ?? 0 })).length).toBe(0);
    const { body } = await ask("GET", `/contacts?q=${encodeURIComponent("иванов")}`, undefined, as);
    expect(body.items.map((item: Hit) => item.id)).toEqual([ids["contact иванова"]]);
  });

  it("takes anything for a question", async () => {
    for (const q of [
      "%",
      "_",
      "\\",
      "'",
      '"',
      "a'b\\%_",
      "((",
      ":*&|!",
      "😀",
      "-",
      "@",
      "#",
      "#99999999999999999999",
      "8".repeat(200),
      "я ".repeat(100),
    ])
      await search(q);
    expect((await ask("GET", "/search")).status).toBe(422);
    expect((await ask("GET", "/search?q=a&entities=user")).status).toBe(422);
  });
});

describe("the lists", () => {
  const list = async (path: string, q: string): Promise<number[]> => {
    const { status, body } = await ask("GET", `${path}?q=${encodeURIComponent(q)}&sort=id`);
    expect(status, JSON.stringify(body)).toBe(200);
    return body.items.map((item: Hit) => item.id);
  };

  it("take the same words as a filter beside the others, in their own order", async () => {
    expect(await list("/contacts", "иванов")).toEqual([ids["contact иванов"], ids["contact иванова"]]);
    expect(await list("/contacts", "4567")).toEqual([ids["contact иванов"]]);
    expect(await list("/contacts", "bdfyjdf")).toEqual([ids["contact иванова"]]);
    expect(await list("/companies", "77123")).toEqual([ids["company ромашка"]]);
    expect(await list("/deals/cards", "двер")).toEqual([ids["deal двери"]]);
    expect(await list("/deals/cards", "иванов")).toEqual([ids["deal окна"]]);
    expect(await list("/deals/cards", "9101234567")).toEqual([ids["deal окна"]]);
    expect(await list("/deals", "ромашка")).toEqual([ids["deal двери"]]);
    expect(await list("/contacts", "никого такого")).toEqual([]);
    const { body } = await ask("GET", `/contacts?q=${encodeURIComponent("иванов")}&responsible=${users[1]}`);
    expect(body.items.map((item: Hit) => item.id)).toEqual([ids["contact иванова"]]);
  });
});

describe("the functions behind it", () => {
  it("see the workspace of the session only, even with the rights of their owner", async () => {
    const other = test.database.in(2 as typeof workspace.id);
    const answers = await Promise.all([
      other.query({ text: "select * from crm.find_named('{contact,company,deal}', 'иванов', null, null, null, 20, 20, false)" }),
      other.query({ text: "select * from crm.find_named('{contact,company,deal}', 'ива', null, null, null, 20, 20, true)" }),
      other.query({ text: "select * from crm.find_channels('910', null, null, 20)" }),
      other.query({ text: "select * from crm.find_channels('9101234567', null, null, 20)" }),
      other.query({ text: "select * from crm.find_noted('балкон', null, null, null, 20)" }),
      other.query({ text: "select * from crm.words_like('ив', 4) where word <> 'ив'" }),
      other.query({ text: "select * from crm.seen('contact', array[1, 2, 3])" }),
    ]);
    for (const rows of answers) expect(rows).toEqual([]);
  });

  it("answer the same to a hub whose database user is an ordinary owner", async () => {
    const { rows } = await test.owner.query<{ name: string }>("select current_database() as name");
    const owner = `ordinary_${process.pid}`;
    await test.owner.query(`create role ${owner}; grant usage, create on schema crm to ${owner}`);
    const { rows: tables } = await test.owner.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'crm'`,
    );
    for (const { name } of tables) await test.owner.query(`alter table ${name} owner to ${owner}`);
    const { rows: functions } = await test.owner.query<{ name: string }>(
      `select p.oid::regprocedure::text as name from pg_proc p where p.pronamespace = 'crm'::regnamespace and p.prosecdef`,
    );
    for (const { name } of functions) await test.owner.query(`alter function ${name} owner to ${owner}`);
    expect(rows.length).toBe(1);
    expect(await found("ивнов", "&entities=contact")).toContain("contact иванов");
    expect(await found("4567")).toContain("contact иванов");
    expect(await search("балконы")).toMatchObject([{ id: ids["deal двери"] }]);
    await test.owner.query(`reassign owned by ${owner} to current_user; drop owned by ${owner}; drop role ${owner}`);
  });
});
