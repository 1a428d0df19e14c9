import { describe, expect, it } from "vitest";
import { isCountry, lastTenDigits, readEmail, readPhone, readPhones } from "./phone.ts";

const e164 = (text: string, country = "RU"): string | undefined => readPhone(text, country)?.e164;

describe("a phone", () => {
  it.each([
    ["8 (910) 123-45-67", "+79101234567"],
    ["79101234567", "+79101234567"],
    ["9101234567", "+79101234567"],
    ["+7 910 123 45 67", "+79101234567"],
    ["+77011234567", "+77011234567"],
    ["8 7011234567", "+77011234567"],
    ["+375 29 123-45-67", "+375291234567"],
    ["+8 910 123 45 67", "+79101234567"],
    ["007 910 1234567", "+79101234567"],
  ])("typed as %s in Russia is %s", (typed, number) => {
    expect(readPhone(typed, "RU")).toEqual({ typed, e164: number });
  });

  it("without a country code is read in the country it is told", () => {
    expect(e164("8 029 1234567", "RU")).toBeUndefined();
    expect(e164("8 029 1234567", "BY")).toBe("+375291234567");
    expect(e164("8 910 123-45-67", "no such country")).toBe("+79101234567");
  });

  it("that is free to call says so", () => {
    expect(readPhone("8-800-333-72-27", "RU")).toEqual({ typed: "8-800-333-72-27", e164: "+78003337227", tollFree: true });
  });

  it.each(["8 910 123-45-67 доб. 12", "8 910 123-45-67 (вн. 12)", "89101234567 ext 12", "+79101234567#12", "89101234567, доб 12"])(
    "%s keeps its extension apart",
    (typed) => {
      expect(readPhone(typed, "RU")).toEqual({ typed, e164: "+79101234567", ext: "12" });
    },
  );

  it("that is none is kept as typed", () => {
    expect(readPhone(" 12345 ", "RU")).toEqual({ typed: "12345" });
    expect(readPhone("позвоните после 6", "RU")).toEqual({ typed: "позвоните после 6" });
    expect(readPhone("нет", "RU")).toBeUndefined();
    expect(readPhone("", "RU")).toBeUndefined();
  });

  it("is never kept longer than 255, nor with half a character", () => {
    const kept = readPhone(`1${"😀".repeat(200)}`, "RU")?.typed ?? "";
    expect(kept.length).toBeLessThanOrEqual(255);
    expect(kept.isWellFormed()).toBe(true);
  });
});

describe("several phones in one field", () => {
  it.each([
    "89101234567, 89101234568",
    "89101234567; 89101234568",
    "8 910 123-45-67/8 910 123-45-68",
    "89101234567|89101234568",
    "89101234567 и 89101234568",
    "89101234567\n89101234568",
  ])("%s", (text) => {
    expect(readPhones(text, "RU").map((phone) => phone.e164)).toEqual(["+79101234567", "+79101234568"]);
  });

  it("do not make two of a number and its extension", () => {
    expect(readPhones("8 910 123-45-67, доб. 12", "RU")).toEqual([{ typed: "8 910 123-45-67, доб. 12", e164: "+79101234567", ext: "12" }]);
  });

  it("are all kept when only some are valid, and none when there is no digit", () => {
    expect(readPhones("123; 456", "RU")).toEqual([{ typed: "123" }, { typed: "456" }]);
    expect(readPhones("нет, и не будет", "RU")).toEqual([]);
  });
});

describe("an e-mail", () => {
  it("is compared in lower case, without mailto: and spaces; dots and tags matter", () => {
    expect(readEmail(" mailto:Ivan.P+1@Example.RU ")).toBe("ivan.p+1@example.ru");
    expect(readEmail("иван@почта.рф")).toBe("иван@почта.рф");
  });

  it.each(["", "нет", "a@b", "a b@c.ru", "a@b.r", "a@b.ru, c@d.ru", "<a@b.ru>", "@b.ru", `${"a".repeat(250)}@b.ru`])(
    "%s is none",
    (text) => {
      expect(readEmail(text)).toBeUndefined();
    },
  );
});

it("the last ten digits survive any spelling of the country code", () => {
  expect(new Set(["+7 910 123-45-67", "8 (910) 1234567", "9101234567"].map(lastTenDigits))).toEqual(new Set(["9101234567"]));
});

it("countries are two letters that the numbering plan knows", () => {
  expect([isCountry("RU"), isCountry("ru"), isCountry("XX")]).toEqual([true, false, false]);
});
