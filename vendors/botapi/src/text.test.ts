import { expect, it } from "vitest";
import { splitText, textLimit } from "./index.ts";

it("a text that fits is one part, and an empty one none", () => {
  expect(splitText("Hello")).toEqual(["Hello"]);
  expect(splitText("x".repeat(textLimit))).toHaveLength(1);
  expect(splitText(" \n ")).toEqual([]);
});

it("is cut at the end of a line, else of a word, else where it must be", () => {
  expect(splitText("first line\nsecond line", 14)).toEqual(["first line", "second line"]);
  expect(splitText("a\nbcdef ghijk", 8)).toEqual(["a\nbcdef", "ghijk"]);
  expect(splitText("abcdefgh", 3)).toEqual(["abc", "def", "gh"]);
  expect(splitText("abc def", 3)).toEqual(["abc", "def"]);
});

it("never cuts a character of two units, and loses nothing but what it is cut at", () => {
  const letters = ["a", "ж", "🌸", " ", "\n", "👨‍👩‍👧"];
  let seed = 1;
  const next = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let n = 0; n < 2_000; n++) {
    const text = Array.from({ length: next(120) }, () => letters[next(letters.length)]).join("");
    const limit = 2 + next(30);
    const parts = splitText(text, limit);
    for (const part of parts) expect([part.length <= limit, part.isWellFormed(), part.trim() !== ""]).toEqual([true, true, true]);
    expect(parts.join("").replaceAll(/\s/g, "")).toBe(text.replaceAll(/\s/g, ""));
  }
});

it("cannot be cut to single units", () => {
  expect(() => splitText("🌸", 1)).toThrow(RangeError);
});
