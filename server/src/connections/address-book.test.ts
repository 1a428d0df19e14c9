import type { BookEntry, ConnectionId, WorkspaceId } from "@svyazka/core";
import { callerIn } from "@svyazka/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../testkit/database.ts";
import { bookOf } from "./address-book.ts";

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.close());

const book = (connection: number, workspace = 1) => bookOf(test.database.in(workspace as WorkspaceId), connection as ConnectionId);
const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 10, minute));
const person = (id: string, rest: Partial<BookEntry> = {}): BookEntry => ({
  ...{ kind: "contact", id, name: `Анна ${id}`, phones: [], emails: [], changedAt: at(0) },
  ...rest,
});

it("finds people by any of their phones and e-mails, by phone first, then whom somebody dealt with last", async () => {
  const people = book(1);
  await people.save([
    person("1", { phones: ["+79100000001", "+79100000002"], responsible: "7", changedAt: at(1) }),
    person("2", { phones: ["+79100000002"], emails: ["anna@example.com"], changedAt: at(2) }),
    person("3", { emails: ["anna@example.com"], changedAt: at(9) }),
  ]);
  const ids = async (by: object) =>
    (await people.find({ kind: "contact", limit: 10, ...by })).map(({ id, matchedBy }) => `${id} ${matchedBy}`);
  expect(await ids({ phones: ["+79100000001"] })).toEqual(["1 phone"]);
  expect(await ids({ phones: ["+79100000002"], emails: ["ANNA@example.com"] })).toEqual(["2 phone", "1 phone", "3 email"]);
  await people.touch("contact", "1");
  expect(await ids({ phones: ["+79100000002"] })).toEqual(["1 phone", "2 phone"]);
  expect(await ids({ phones: ["+79990000000"] })).toEqual([]);
  expect(await ids({})).toEqual([]);
  expect(await people.find({ kind: "contact", phones: ["+79100000002"], limit: 1 })).toHaveLength(1);
});

it("keeps what changed last, whatever the order in which it is told, and finds nobody by what they had before", async () => {
  const people = book(2);
  await people.save([person("1", { name: "Новое", phones: ["+79100000002"], changedAt: at(5) })]);
  await people.save([person("1", { name: "Старое", phones: ["+79100000001"], changedAt: at(4) })]);
  expect(await people.get("contact", "1")).toMatchObject({ name: "Новое", phones: ["+79100000002"] });
  expect(await people.find({ kind: "contact", phones: ["+79100000001"], limit: 10 })).toEqual([]);
  await people.save([
    person("1", { phones: ["+79100000003"], changedAt: at(6) }),
    person("1", { phones: ["+79100000004"], changedAt: at(3) }),
  ]);
  expect(await people.find({ kind: "contact", phones: ["+79100000002"], limit: 10 })).toEqual([]);
  expect(await people.find({ kind: "contact", phones: ["+79100000003"], limit: 10 })).toHaveLength(1);
  await people.remove("contact", ["1"]);
  expect(await people.get("contact", "1")).toBeUndefined();
  expect(await people.find({ kind: "contact", phones: ["+79100000003"], limit: 10 })).toEqual([]);
});

it("finds companies by name in any case and by INN, and by both only where both are right", async () => {
  const companies = book(3);
  const company = (id: string, name: string, inn?: string) => person(id, { kind: "company", name, ...(inn !== undefined && { inn }) });
  await companies.save([company("1", "ООО Ромашка", "7701234567"), company("2", "ООО Лютик")]);
  const ids = async (by: object) => (await companies.find({ kind: "company", limit: 10, ...by })).map(({ id }) => id);
  expect(await ids({ name: " ооо ромашка" })).toEqual(["1"]);
  expect(await ids({ inn: "7701234567" })).toEqual(["1"]);
  expect(await ids({ name: "ООО РОМАШКА", inn: "7701234567" })).toEqual(["1"]);
  expect(await ids({ name: "ООО Лютик", inn: "7701234567" })).toEqual([]);
});

it("knows who calls: a person before a company", async () => {
  const people = book(4);
  await people.save([person("5", { kind: "company", name: "ООО Ромашка", phones: ["+74950000000"] })]);
  expect(await callerIn(people, "+74950000000")).toEqual({ name: "ООО Ромашка" });
  await people.save([person("6", { phones: ["+74950000000"], responsible: "9" })]);
  expect(await callerIn(people, "+74950000000")).toEqual({ name: "Анна 6", contact: "6", responsible: "9" });
});

it("shows nothing to another connection or workspace", async () => {
  await book(5).save([person("1", { phones: ["+79100000055"] })]);
  expect(await book(6).find({ kind: "contact", phones: ["+79100000055"], limit: 10 })).toEqual([]);
  expect(await book(5, 2).find({ kind: "contact", phones: ["+79100000055"], limit: 10 })).toEqual([]);
});

it("takes pages from several at once", async () => {
  const page = (from: number) =>
    Array.from({ length: 250 }, (_, place) => person(String(from + place), { phones: [`+7910${1_000_000 + place}`] }));
  await Promise.all([book(7).save(page(0)), book(7).save(page(100).reverse()), book(7).save(page(50))]);
  // Who has it was told by one page only; of the others the last word stands, and a number that somebody has not finds nobody.
  const hits = await book(7).find({ kind: "contact", phones: ["+79101000000"], limit: 10 });
  expect(hits.map(({ id }) => id)).toContain("0");
  expect(hits.every(({ phones }) => phones.includes("+79101000000"))).toBe(true);
});
