import { describe, expect, it } from "vitest";
import { readWhen } from "./when.ts";

describe("a date (L15)", () => {
  it.each([
    ["2026-01-31", "2026-01-31T23:59:59+03:00"],
    ["2026-01-31 18:00", "2026-01-31T18:00:00+03:00"],
    ["2026-01-31 18:00:05", "2026-01-31T18:00:05+03:00"],
    ["31.01.2026", "2026-01-31T23:59:59+03:00"],
    ["1.2.2026 9:05", "2026-02-01T09:05:00+03:00"],
    ["31.01.2026 18:00", "2026-01-31T18:00:00+03:00"],
    ["2026-01-31T18:00:00Z", "2026-01-31T18:00:00+00:00"],
    ["2026-01-31T18:00:00.123+05:30", "2026-01-31T18:00:00+05:30"],
    ["2026-01-31T18:00", "2026-01-31T18:00:00+03:00"],
    ["2026-01-31 23:00", "2026-01-31T23:00:00+03:00"],
  ])("%s is %s in Moscow", (text, iso) => {
    expect(readWhen(text, "Europe/Moscow")).toBe(iso);
    expect(Number.isNaN(Date.parse(iso))).toBe(false);
  });

  it.each([
    "",
    "скоро",
    "31.02.2026",
    "2026-13-01",
    "2026-01-31 25:00",
    "2026-01-31 18:60",
    "01/31/2026",
    "1769878800",
    "2026-01-31T18:00:00+0",
  ])("%s is none", (text) => {
    expect(readWhen(text, "Europe/Moscow")).toBeUndefined();
  });

  it("knows summer from winter, and zones with half hours", () => {
    expect(readWhen("2026-07-01 12:00", "Europe/Berlin")).toBe("2026-07-01T12:00:00+02:00");
    expect(readWhen("2026-01-01 12:00", "Europe/Berlin")).toBe("2026-01-01T12:00:00+01:00");
    expect(readWhen("2026-01-01 12:00", "America/St_Johns")).toBe("2026-01-01T12:00:00-03:30");
    expect(readWhen("2026-01-01 12:00", "UTC")).toBe("2026-01-01T12:00:00+00:00");
  });
});
