import { describe, expect, it } from "vitest";
import {
  cutText,
  readBool,
  readCrmId,
  readId1c,
  readJson,
  readMoment,
  readNumber,
  readText,
  splitSeveral,
  writeError,
} from "../protocol.ts";

const nbsp = "\u00a0";

describe("JSON", () => {
  it("is read strictly first, and says nothing then", () => {
    expect(readJson('{"a":[1,{"b":null}]}')).toEqual({ value: { a: [1, { b: null }] }, warnings: [] });
  });

  it("is read without a byte order mark and without trailing commas, and tells so", () => {
    expect(readJson('\ufeff{"a":1}')).toEqual({ value: { a: 1 }, warnings: [expect.stringMatching(/BOM/)] });
    expect(readJson('{"a": [1, 2, ], "b": {"c": 3,\n\t} ,\r\n}')).toEqual({
      ...{ value: { a: [1, 2], b: { c: 3 } }, warnings: [expect.stringMatching(/запятые/)] },
    });
    expect(readJson('\ufeff\ufeff{"a":1,}')).toMatchObject({
      value: { a: 1 },
      warnings: [/BOM/, /запятые/].map((one) => expect.stringMatching(one)),
    });
  });

  it("keeps commas and brackets within texts, whatever is escaped in them", () => {
    const value = { a: ',}"\\', b: "\\", c: ", ]" };
    expect(readJson(`${JSON.stringify(value).slice(0, -1)},}`)).toMatchObject({ value });
  });

  it("is none when anything else is wrong with it, in words", () => {
    for (const text of ["{", "{a:1}", "<html>", "{,,}", "[1,,2]", '{"a":1}}', '"abc'])
      expect(readJson(text)).toMatchObject({ problem: "Тело — не JSON" });
    for (const text of ["", " \n", "\ufeff"]) expect(readJson(text)).toMatchObject({ problem: "Тело пустое, а должен быть JSON" });
  });

  it("keeps the digits of a number that a double cannot hold", () => {
    expect(
      readJson('{"a":12345678901234567890,"b":9007199254740993,"c":1234567890123456.78,"d":1234567890123,"e":1234567890123.50}'),
    ).toEqual({
      ...{ value: { a: "12345678901234567890", b: "9007199254740993", c: "1234567890123456.78", d: 1234567890123, e: 1234567890123.5 } },
      warnings: [],
    });
    expect(readJson('["1234567890123456.780","12345678901234567890"]')).toMatchObject({
      value: ["1234567890123456.780", "12345678901234567890"],
    });
  });

  it("of 32 MiB with a trailing comma is read without going over it again and again", () => {
    const handlers = "/\\\\f,".repeat(6_500_000);
    const started = performance.now();
    const read = readJson(`{"handlers":"${handlers}",}`);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect("value" in read && (read.value as { handlers: string }).handlers).toHaveLength(6_500_000 * 4);
  });
});

describe("a number", () => {
  it.each([
    [1234.5, "1234.5"],
    [0, "0"],
    [-0, "0"],
    [1e21, "1000000000000000000000"],
    [1e-7, "0.0000001"],
    [`1${nbsp}234,50`, "1234.50"],
    ["1\u202f234,50", "1234.50"],
    ["1 234 567.00", "1234567.00"],
    ["1'234.50", "1234.50"],
    ["1,234.50", "1234.50"],
    ["1.234,50", "1234.50"],
    ["1.234.567,5", "1234567.5"],
    ["-12,30", "-12.30"],
    ["\u221212", "-12"],
    ["100 руб.", "100"],
    [`1${nbsp}000,00 ₽`, "1000.00"],
    ["5 RUB", "5"],
    ["007", "7"],
    ["-0.00", "0.00"],
    [",5", "0.5"],
    ["1234567890123456789.01", "1234567890123456789.01"],
  ])("written %j is %s", (sent, read) => {
    expect(readNumber(sent)).toEqual({ value: read });
  });

  it.each([null, undefined, "", " ", nbsp])("that is not there (%j) is none, without a warning", (sent) => {
    expect(readNumber(sent)).toEqual({ value: undefined });
  });

  it.each([
    "abc",
    "1,234,567",
    "1.2.3",
    "1,2.3",
    "12,34.5",
    "5.",
    "1e3",
    "--1",
    "1-",
    "руб.",
    "0x10",
    "1/2",
    "9".repeat(39),
    true,
    {},
    [1],
    Number.NaN,
    1 / 0,
  ])("that is none (%j) is none, with a warning that shows it", (sent) => {
    expect(readNumber(sent)).toEqual({ value: undefined, warning: expect.stringMatching(/^Не число: «.+». Ожидается число/) });
  });
});

describe("a date", () => {
  const at = (sent: unknown, zone = "Europe/Moscow"): string | undefined => readMoment(sent, zone).value?.toISOString();

  it("without a zone is in that of its base", () => {
    expect(at("2024-12-31T23:59:59")).toBe("2024-12-31T20:59:59.000Z");
    expect(at("2024-12-31T23:59:59", "Asia/Vladivostok")).toBe("2024-12-31T13:59:59.000Z");
    expect(at("2024-12-31", "UTC")).toBe("2024-12-31T00:00:00.000Z");
    expect(at("2014-10-25T12:00:00.5")).toBe("2014-10-25T08:00:00.500Z");
  });

  it("with a zone is in that", () => {
    expect(at("2024-12-31T23:59:59Z")).toBe("2024-12-31T23:59:59.000Z");
    expect(at("2024-12-31T23:59:59.25+05:00")).toBe("2024-12-31T18:59:59.250Z");
  });

  it("on a clock that is set is the first of two hours, and an hour later where there is none", () => {
    // Moscow, 26 October 2014: 02:00 becomes 01:00. Berlin, 30 March 2025: 02:00 becomes 03:00.
    expect(at("2014-10-26T01:30:00")).toBe("2014-10-25T21:30:00.000Z");
    expect(at("2014-10-26T02:30:00")).toBe("2014-10-25T23:30:00.000Z");
    expect(at("2014-10-26T00:30:00")).toBe("2014-10-25T20:30:00.000Z");
    expect(at("2025-03-30T02:30:00", "Europe/Berlin")).toBe("2025-03-30T01:30:00.000Z");
    expect(at("2025-03-30T01:59:59", "Europe/Berlin")).toBe("2025-03-30T00:59:59.000Z");
    expect(at("2025-03-30T03:00:00", "Europe/Berlin")).toBe("2025-03-30T01:00:00.000Z");
  });

  it.each(["0001-01-01T00:00:00", "0001-01-01T00:00:00Z", null, undefined, ""])("that is empty (%j) is none, without a warning", (sent) => {
    expect(readMoment(sent, "Europe/Moscow")).toEqual({ value: undefined });
  });

  it.each(["2024-02-30T00:00:00", "2024-12-31T25:00:00", "31.12.2024", "вчера", 20241231, true, {}])(
    "that is none (%j) is none, with a warning",
    (sent) => {
      expect(readMoment(sent, "Europe/Moscow")).toEqual({ value: undefined, warning: expect.stringMatching(/^Не дата/) });
    },
  );

  it("in a zone that is none is a mistake of the caller", () => {
    expect(() => readMoment("2024-12-31T23:59:59", "Moscow")).toThrow(RangeError);
  });
});

describe("texts and ids", () => {
  it("are trimmed of marks and no-break spaces, and freed of what PostgreSQL cannot keep", () => {
    expect(readText(`\ufeff${nbsp} ООО «Ромашка»\0 ${nbsp}`)).toBe("ООО «Ромашка»");
    expect(readText("a\ud800b")).toBe("a\ufffdb");
    expect(readText(12.5)).toBe("12.5");
    expect(readText(" ")).toBeUndefined();
    expect(readText({})).toBeUndefined();
  });

  it("of 1C keep what stands in them: only a CRM's ids lose the spaces of thousands", () => {
    expect(readCrmId(`1${nbsp}234`)).toBe("1234");
    expect(readId1c(`1${nbsp}234`)).toBe(`1${nbsp}234`);
    expect(readId1c("{4B9F6867-7668-11EB-B762-B13668D09050}")).toBe("4b9f6867-7668-11eb-b762-b13668d09050");
    expect(readId1c("QweQwe")).toBe("QweQwe");
  });

  it("may say yes and no in both languages", () => {
    for (const sent of [true, 1, "1", "Да", "Истина", "TRUE"]) expect(readBool(sent)).toBe(true);
    for (const sent of [false, 0, "0", "Нет", "Ложь", "false"]) expect(readBool(sent)).toBe(false);
    for (const sent of [null, "", 2, "может быть", []]) expect(readBool(sent)).toBeUndefined();
  });

  it("hold several phones or e-mails, each once", () => {
    expect(splitSeveral("+7 495 1, 8 912 2; a@x.ru / b@x.ru\r\na@x.ru,,")).toEqual(["+7 495 1", "8 912 2", "a@x.ru", "b@x.ru"]);
    expect(splitSeveral("+7\u00a0495\u202f1")).toEqual(["+7 495 1"]);
    expect(splitSeveral(" ")).toEqual([]);
  });

  it("are cut between characters", () => {
    expect(cutText("абв", 3)).toBe("абв");
    expect(cutText("аб🎄в", 4)).toBe("аб…");
  });
});

it("says no in the envelope's order, with one key more for programs", () => {
  expect(writeError("База не подключена", "base_not_approved")).toBe(
    '{"success":false,"data":null,"error":"База не подключена","error_code":"base_not_approved"}',
  );
  expect(writeError("Нет такого аккаунта", undefined, false)).toBe('{"success":false,"data":false,"error":"Нет такого аккаунта"}');
});
