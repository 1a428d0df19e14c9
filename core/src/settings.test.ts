import { describe, expect, it } from "vitest";
import { readSettings, type Settings } from "./settings.ts";

const label = { ru: "х", en: "x" };
const settings: Settings = {
  name: { type: "text", required: true, label },
  zone: { type: "text", default: "UTC", label },
  code: { type: "text", pattern: /^[A-Z]{2}$/, label },
  days: { type: "number", default: 30, min: 1, max: 90, label },
  size: { type: "number", label },
  on: { type: "flag", default: true, label },
  mode: { type: "choice", options: { a: label, b: label }, default: "a", label },
  list: { type: "list", default: [], label },
  key: { type: "secret", generated: true, label },
};
const read = (raw: Record<string, unknown>) => readSettings(settings, { name: "x", ...raw });

describe("settings", () => {
  it("that are not given have their defaults", () => {
    expect(read({})).toEqual({ values: { name: "x", zone: "UTC", days: 30, on: true, mode: "a", list: [] }, errors: {} });
  });

  it("are read from JSON and from text alike", () => {
    const values = { days: 7, on: false, mode: "b", list: ["p", "q"] };
    expect(read(values).values).toMatchObject(values);
    expect(read({ days: "7", on: "no", mode: "b", list: "p, q," }).values).toMatchObject(values);
  });

  it("that are wrong are all named, with what would be right", () => {
    const { errors } = readSettings(settings, { days: 0, on: "maybe", mode: "c", code: "ru", size: "big", unknown: 1 });
    expect(Object.keys(errors).sort()).toEqual(["code", "days", "mode", "name", "on", "size", "unknown"]);
    expect(errors["mode"]).toBe("must be one of: a, b");
    expect(errors["unknown"]).toContain("there are: name, zone");
  });

  it("may be emptied: a text to nothing, everything else to its default", () => {
    expect(read({ zone: "", days: "", list: "" }).values).toMatchObject({ zone: "", days: 30, list: [] });
    expect(readSettings(settings, { name: "" }).errors).toEqual({ name: "is required" });
  });

  it("never hold a secret", () => {
    expect(read({ key: "x" }).values).not.toHaveProperty("key");
  });
});
