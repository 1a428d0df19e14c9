import { describe, expect, it } from "vitest";
import { checkKpp, checkTaxNumber } from "./tax.ts";

describe("a tax number", () => {
  it.each([
    ["7707083893", "RU", "inn-legal", "7707083893"],
    ["500100732259", "RU", "inn-person", "500100732259"],
    ["200988541", "BY", "unp", "200988541"],
    ["100320487", "BY", "unp", "100320487"],
    ["MA1953684", "BY", "unp", "MA1953684"],
    ["KE7810709", "BY", "unp", "KE7810709"],
    // Typed in Russian, and in lower case.
    ["МА1953684", "BY", "unp", "MA1953684"],
    ["ке7810709", "RU", "unp", "KE7810709"],
    [" 7707 083\u00a0893 ", "RU", "inn-legal", "7707083893"],
  ])("%s of %s is right", (text, country, kind, number) => {
    expect(checkTaxNumber(text, country)).toEqual({ number, kind, warnings: [] });
  });

  it.each([
    ["7707083894", "RU", "inn-legal"],
    ["500100732258", "RU", "inn-person"],
    ["500100732269", "RU", "inn-person"],
    ["200988542", "BY", "unp"],
    ["MA1953685", "BY", "unp"],
    ["800988541", "BY", "unp"],
    // Recorded demo data of 1C: the leading zero is real, and the check sum is wrong.
    ["0012123456", "RU", "inn-legal"],
  ])("%s of %s is kept as it is, with a warning about its check sum", (text, country, kind) => {
    expect(checkTaxNumber(text, country)).toEqual({ number: text, kind, warnings: [expect.stringMatching(/контрольная сумма/)] });
  });

  it("of nine digits is УНП in Belarus, and a damaged ИНН or УНП elsewhere", () => {
    expect(checkTaxNumber("200988541", "BY").kind).toBe("unp");
    expect(checkTaxNumber("200988541", "RU")).toEqual({
      number: "200988541",
      kind: "unknown",
      warnings: [expect.stringMatching(/пропал ноль, или это УНП/)],
    });
    expect(checkTaxNumber("12345678901", "BY").warnings).toEqual([expect.stringMatching(/11 цифр: похоже, в начале пропал ноль$/)]);
  });

  it.each([
    ["1027700132195", "ogrn", 1],
    ["1027700132196", "ogrn", 2],
    ["304500116000157", "ogrnip", 1],
    ["304500116000158", "ogrnip", 2],
  ])("that is an ОГРН (%s) is recognised", (text, kind, warnings) => {
    expect(checkTaxNumber(text, "RU")).toMatchObject({ number: text, kind });
    expect(checkTaxNumber(text, "RU").warnings).toHaveLength(warnings);
  });

  it.each(["", "нет", "7707083893/770701001", "123", "0".repeat(50), "🎄"])(
    "that is none (%j) is kept as it came, with a warning",
    (text) => {
      expect(checkTaxNumber(text, "RU")).toEqual({ number: text, kind: "unknown", warnings: [expect.stringMatching(/Не похоже на ИНН/)] });
    },
  );

  it("of zeros only is warned of although its check sum is right", () => {
    expect(checkTaxNumber("0000000000", "RU").warnings).toEqual(["ИНН организации: одни нули"]);
  });

  it("finds one wrong digit in any place of an ИНН", () => {
    for (const right of ["7707083893", "500100732259"])
      for (let place = 0; place < right.length; place++) {
        const digit = (Number(right[place]) + 1) % 10;
        expect(checkTaxNumber(`${right.slice(0, place)}${digit}${right.slice(place + 1)}`, "RU").warnings).toHaveLength(1);
      }
  });

  it("may stand beside a КПП of nine signs", () => {
    expect(checkKpp("770701001")).toEqual({ number: "770701001", kind: "kpp", warnings: [] });
    expect(checkKpp("7707АВ001")).toEqual({ number: "7707AB001", kind: "kpp", warnings: [] });
    expect(checkKpp("7707010")).toEqual({ number: "7707010", kind: "unknown", warnings: [expect.stringMatching(/КПП/)] });
  });
});
