import { expect, it } from "vitest";
import { filled, gapsOf } from "./filled.ts";

it("fills the gaps of a template by their numbers, and leaves those that have nothing yet", () => {
  expect(filled("{{2}} for {{1}}: {{3}}, {{ 1 }}", ["Anna", " 15 ", ""])).toBe("15 for Anna: {{3}}, Anna");
});

it("fills gaps that have names in the order they stand in, each once", () => {
  const text = "{{client}}, order {{number}} of {{client}} is ready";
  expect(gapsOf(text, 2)).toEqual(["client", "number"]);
  expect(filled(text, ["Anna", "15"])).toBe("Anna, order 15 of Anna is ready");
});

it("counts gaps that do not stand in the words", () => {
  expect(gapsOf("Your order is ready", 1)).toEqual(["1"]);
  expect(filled("Your order is ready", ["15"])).toBe("Your order is ready");
});
