import { type Crm, Refused } from "@svyazka/core";
import { crmContract } from "@svyazka/core/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../server/testkit/database.ts";
import { crmOnTrial, workspaceOf } from "../testkit/trial.ts";
import { createCompany, getContact, getDeal, listNotes, readTimeline } from "./index.ts";

crmContract("the built-in CRM", async () => {
  const test = await testDatabase();
  return { ...(await crmOnTrial(test.database, workspaceOf(1))), close: () => test.close() };
});

describe("the built-in CRM behind the port", async () => {
  const test = await testDatabase();
  afterAll(() => test.close());
  const workspace = workspaceOf(1);
  const sql = test.database.in(workspace.id);
  let crm: Crm;
  let other: Crm;
  beforeAll(async () => {
    crm = (await crmOnTrial(test.database, workspace)).crm;
    other = (await crmOnTrial(test.database, workspaceOf(2))).crm;
  });
  let count = 0;
  const save = (fields: object = {}) => crm.saveContact({ key: `k${++count}`, phones: [], emails: [], ...fields });
  const contact = async (saved: { id: string }) => getContact(sql, Number(saved.id));

  it("never makes two people's names into one", async () => {
    const whole = await save({ name: "Иван Петров" });
    await save({ id: whole.id, name: "Сидор", surname: "Сидоров" });
    expect(await contact(whole)).toMatchObject({ fullName: "Иван Петров" });
    const first = await save({ name: "Иван" });
    await save({ id: first.id, name: "иван", surname: "Петров" });
    expect(await contact(first)).toMatchObject({ fullName: "Иван Петров" });
  });

  it("puts messengers and well-known facts where they belong, and the rest into a note in the workspace's language", async () => {
    const saved = await save({ name: "Анна", fields: { skype: "anna.skype", city: "Тверь", hobby: "шахматы" } });
    expect(await contact(saved)).toMatchObject({ messengers: [{ network: "skype", value: "anna.skype" }], fields: { city: "Тверь" } });
    const notes = await listNotes(sql, { contact: Number(saved.id), limit: 10 }, {});
    expect(notes.items.map((note) => note.text)).toEqual(["Не поместилось в поля:\nhobby: шахматы"]);
  });

  it("keeps where somebody came from at first, and where they came from now", async () => {
    const person = await save();
    const touch = (source: string) => ({ first: { source }, last: { source }, tracking: { yclid: source } });
    const { id } = await crm.saveDeal({ key: "came", contact: person.id, attribution: touch("yandex") });
    await crm.saveDeal({ key: "came again", id, attribution: touch("google") });
    expect((await getDeal(sql, Number(id))).attribution).toEqual({
      first: { source: "yandex" },
      last: { source: "google" },
      tracking: { yclid: "google" },
    });
  });

  it("loses no lead to a character that cannot be stored", async () => {
    const saved = await save({ name: "Ан\u0000на \ud83d", fields: { "не\u0000поле": "\u0000" } });
    expect(await contact(saved)).toMatchObject({ name: "Анна \ufffd" });
  });

  it("leaves the key of every write in the timeline, to find the delivery by", async () => {
    const person = await crm.saveContact({ key: "delivery 7/contact", name: "Анна", phones: [], emails: [] });
    const { items } = await readTimeline(sql, "contact", Number(person.id), { limit: 10 }, {});
    expect(items).toMatchObject([{ kind: "created", actor: "connection:1", via: 1, key: "delivery 7/contact" }]);
  });

  it("says in words what it refuses", async () => {
    await expect(save({ company: "31337" })).rejects.toThrow(new Refused("company: there is no company 31337"));
    await expect(crm.saveDeal({ key: "x", stage: "31337" })).rejects.toThrow(new Refused("stage: there is no stage 31337"));
  });

  it("gives a key back when the write it stood for failed", async () => {
    const person = await save();
    await expect(crm.saveContact({ key: "failed", id: person.id, phones: [], emails: [], company: "31337" })).rejects.toBeInstanceOf(
      Refused,
    );
    const company = await createCompany(sql, { name: "ООО Есть" }, { actor: "operator", home: workspace });
    await crm.saveContact({ key: "failed", id: person.id, phones: [], emails: [], company: String(company) });
    expect(await contact(person)).toMatchObject({ company });
  });

  it("shows and takes nothing of another workspace", async () => {
    const phone = { typed: "+79170000001", e164: "+79170000001" };
    const mine = await save({ name: "Мой", phones: [phone] });
    expect(await other.findContact({ phones: [phone.e164], emails: [] })).toEqual([]);
    await expect(other.saveContact({ key: "k", id: mine.id, phones: [], emails: [] })).rejects.toBeInstanceOf(Refused);
    await expect(other.saveDeal({ key: "k", contact: mine.id })).rejects.toBeInstanceOf(Refused);
    await expect(other.addEntry({ kind: "note", key: "k", on: { contact: mine.id }, text: "?" })).rejects.toBeInstanceOf(Refused);
    await other.saveContact({ key: "same phone", phones: [phone], emails: [] });
    expect(await crm.findContact({ phones: [phone.e164], emails: [] })).toHaveLength(1);
  });

  it("guards every table by row-level security, led by the workspace in every index", async () => {
    const { rows: tables } = await test.owner.query(
      "select relname from pg_class where relnamespace = 'crm'::regnamespace and relkind = 'r' and not (relrowsecurity and relforcerowsecurity)",
    );
    expect(tables).toEqual([]);
    const { rows: indexes } = await test.owner.query(
      `select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indrelid left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
       where c.relnamespace = 'crm'::regnamespace and a.attname is distinct from 'workspace' and pg_get_indexdef(i.indexrelid) not like '%name_keys(workspace, %'`,
    );
    expect(indexes).toEqual([]);
    await expect(sql.query({ text: "insert into crm.tag (workspace, entity, name) values (2, 'deal', 'чужой')" })).rejects.toThrow(
      "row-level security",
    );
    expect(await sql.query({ text: "select distinct workspace from crm.contact" })).toEqual([{ workspace: 1 }]);
  });
});
