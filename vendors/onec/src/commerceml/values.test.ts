import { describe, expect, it } from "vitest";
import { cleanFileName } from "./file-name.ts";
import { readBoolean, readDate, readDecimal, readId } from "./values.ts";
import { agreeVersion, atLeast } from "./version.ts";

describe("values of 1C", () => {
  it.each([
    ["12500.50", "12500.50"],
    ["1 234,50", "1234.50"],
    ["1\u00a0234\u202f567,5 руб.", "1234567.5"],
    ["1,234.50", "1234.50"],
    ["1.234,50", "1234.50"],
    ["1.234.567", "1234567"],
    ["-5", "-5"],
    ["-0,00", "0.00"],
    ["007", "7"],
    [",5", "0.5"],
    ["9999999999999999999.99", "9999999999999999999.99"],
    ["сто рублей", undefined],
    ["1e5", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("sum %j is %j", (text, expected) => expect(readDecimal(text)).toBe(expected));

  it.each([
    ["2026-03-02", undefined, "2026-03-02"],
    ["2026-03-02", "10:00:00", "2026-03-02T10:00:00"],
    ["2026-03-02T00:00:00", "9:05:00", "2026-03-02T09:05:00"],
    ["2026-03-02", "0001-01-01T10:00:00", "2026-03-02T10:00:00"],
    ["2026-03-02T10:05:30+03:00", undefined, "2026-03-02T10:05:30+03:00"],
    ["02.03.2026 9:05:30", undefined, "2026-03-02T09:05:30"],
    ["20260302100000", undefined, "2026-03-02T10:00:00"],
    ["0001-01-01T00:00:00", undefined, undefined],
    ["2026-02-30", undefined, undefined],
    ["вчера", undefined, undefined],
  ])("date %j with time %j is %j", (text, time, expected) => expect(readDate(text, time)).toBe(expected));

  it("ids are GUIDs in one spelling, or whatever they are", () => {
    expect(readId("{B762B136-68D0-11EB-9050-4B9F68677668}")).toBe("b762b136-68d0-11eb-9050-4b9f68677668");
    expect(readId("17#Ivan@Example.ru")).toBe("17#Ivan@Example.ru");
    expect([readId("00000000-0000-0000-0000-000000000000"), readId(" ")]).toEqual([undefined, undefined]);
  });

  it("yes and no come in four pairs of words", () => {
    expect(["true", "1", "Да", "Истина"].map(readBoolean)).toEqual([true, true, true, true]);
    expect(["FALSE", "0", "Нет", "Ложь", "может быть"].map(readBoolean)).toEqual([false, false, false, false, undefined]);
  });

  it("versions compare by their numbers, and no newer than ours is agreed to", () => {
    expect([atLeast("2.10", "2.09"), atLeast("2.05", "2.08"), atLeast("2.08", "2.08")]).toEqual([true, false, true]);
    expect(["2.09", "3.1", "новая", undefined].map(agreeVersion)).toEqual(["2.09", "2.10", undefined, undefined]);
  });
});

describe("a file's name", () => {
  it.each([
    ["documents___5f1c.xml", "documents___5f1c.xml"],
    ["/tmp/orders.xml", "orders.xml"],
    ["upload/1c/webdata/orders.xml", "orders.xml"],
    ["/upload/1c_catalog/orders.xml", "orders.xml"],
    ["import_files\\ab\\фото.jpg", "import_files/ab/фото.jpg"],
    ["./orders.xml", "orders.xml"],
    ["a".repeat(255), "a".repeat(255)],
  ])("%s is kept as %s", (given, expected) => expect(cleanFileName(given)).toBe(expected));

  it.each([
    "../orders.xml",
    "a/../../b",
    "..\\..\\b",
    "/tmp/../etc/passwd",
    "C:\\b",
    "a\u0000.xml",
    "",
    "/",
    "/tmp/",
    "a/ .. /b",
    "a".repeat(256),
  ])("%j is refused", (given) => expect(cleanFileName(given)).toBeUndefined());
});
