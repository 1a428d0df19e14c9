import { expect, it } from "vitest";
import { pastedNumber } from "./pasted-number.ts";

it.each([
  ["1 000,50", "1000.50"],
  ["1\u00a0000,50\u00a0₽", "1000.50"],
  ["1000.50", "1000.50"],
  ["1,000.50", "1000.50"],
  ["1.000,50", "1000.50"],
  ["1,000,000", "1000000"],
  ["54000", "54000"],
  ["-3,5", "-3.5"],
  ["500 руб.", "500"],
  ["no number", ""],
])("a pasted %s is %s", (text, number) => expect(pastedNumber(text)).toBe(number));
