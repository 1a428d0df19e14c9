import { expect, it } from "vitest";
import { filled } from "./filled.ts";

it("fills the gaps of a template by their places, and leaves those that have nothing yet", () => {
  expect(filled("{{1}}, order {{2}} of {{1}} is {{3}}", ["Anna", " 15 ", ""])).toBe("Anna, order 15 of Anna is {{3}}");
});
