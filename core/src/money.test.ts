import { describe, expect, it } from "vitest";
import { readMoney, writeMoney } from "./money.ts";

describe("a sum as people type it", () => {
  it.each<[string, number]>([
    ["10000", 1_000_000],
    ["10 000", 1_000_000],
    ["10\u00a0000,50", 1_000_050],
    ["10 000 ₽", 1_000_000],
    ["10000 руб.", 1_000_000],
    ["10000р.", 1_000_000],
    ["10000 RUB", 1_000_000],
    ["1.234,5", 123_450],
    ["1,234.5", 123_450],
    ["1234,5", 123_450],
    ["1,234", 123_400],
    ["1,234,567", 123_456_700],
    ["0,5", 50],
    ["0,125", 13],
    ["-5", -500],
    ["1'000", 100_000],
    ["$20", 2000],
    ["0", 0],
    ["-0", 0],
    ["19.999", 2000],
  ])("%s is %d kopecks", (text, minor) => {
    expect(readMoney(text, "RUB")).toEqual({ minor, currency: "RUB" });
  });

  it.each(["", "дорого", "1e5", "--5", "∞", ".", "99999999999999999"])("%s is none", (text) => {
    expect(readMoney(text, "RUB")).toBeUndefined();
  });

  it("knows currencies without kopecks, and with three digits", () => {
    expect(readMoney("100", "JPY")?.minor).toBe(100);
    expect(readMoney("100.4", "JPY")?.minor).toBe(100);
    expect(readMoney("1.5", "KWD")?.minor).toBe(1500);
  });
});

describe("a sum written", () => {
  it("has the currency's own number of decimals", () => {
    expect(writeMoney({ minor: 1_000_050, currency: "RUB" })).toBe("10000.50");
    expect(writeMoney({ minor: -5, currency: "RUB" })).toBe("-0.05");
    expect(writeMoney({ minor: 100, currency: "JPY" })).toBe("100");
  });

  it("is read back the same", () => {
    for (const minor of [0, 1, 99, 100, 12_345, -12_345])
      expect(readMoney(writeMoney({ minor, currency: "RUB" }), "RUB")?.minor).toBe(minor);
  });
});

it("does not take a list, or a number of something else, for a sum", () => {
  for (const text of ["1,2,3", "1.2.3", "12abc", "5 min", "10 шт"]) expect(readMoney(text, "RUB"), text).toBeUndefined();
  expect(readMoney("1,234,567.89", "RUB")?.minor).toBe(123456789);
});
