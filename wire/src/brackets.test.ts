import { expect, it } from "vitest";
import { bracketPairs, listOf, readBracketPairs, readBrackets, writeBrackets } from "./brackets.ts";

/** What is read has no prototype, so that no name in it means anything. */
const plain = (text: string): unknown => JSON.parse(JSON.stringify(readBrackets(text)));

it("reads names with brackets as levels, of a text that is encoded or not", () => {
  expect(plain("a[b][0]=1&a%5Bb%5D%5B1%5D=%D0%B4+%D0%B0&c=2")).toEqual({ a: { b: { 0: "1", 1: "д а" } }, c: "2" });
  expect(plain("a[]=1&a[]=2&a[7]=3&a[]=4")).toEqual({ a: { 0: "1", 1: "2", 7: "3", 8: "4" } });
  expect(readBracketPairs({ "a[b]": "1", "a[c]": "2" })).toEqual(readBrackets("a[b]=1&a[c]=2"));
});

it("counts what is said twice as PHP does, and leaves a bracket that is never closed where it is", () => {
  expect(plain("a=1&a=2")).toEqual({ a: "2" });
  expect(plain("a=1&a[b]=2")).toEqual({ a: { b: "2" } });
  expect(plain("a[b]=2&a=1")).toEqual({ a: "1" });
  expect(plain("a[b=1&[c]=2")).toEqual({ a: "1", "[c]": "2" });
});

it("leaves out what is too deep or too much, and takes no name for a prototype", () => {
  expect(plain(`a${"[b]".repeat(12)}=1&c=2`)).toEqual({ c: "2" });
  const many = readBrackets(Array.from({ length: 20_005 }, (_, index) => `a[${index}]=1`).join("&"));
  expect(listOf(many["a"])).toHaveLength(20_000);
  expect(Object.keys(readBrackets("__proto__[x]=1&a[__proto__][x]=1"))).toEqual(["__proto__", "a"]);
  expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
});

it("writes what it reads, with flags as numbers and without what is not there", () => {
  const tree = { filter: { ids: [1, 2], name: "Анна и ко" }, yes: true, no: false, none: null, nothing: undefined };
  expect(bracketPairs(tree)).toEqual([
    ...[
      ["filter[ids][0]", "1"],
      ["filter[ids][1]", "2"],
      ["filter[name]", "Анна и ко"],
    ],
    ...[
      ["yes", "1"],
      ["no", "0"],
    ],
  ]);
  expect(plain(writeBrackets(tree))).toEqual({ filter: { ids: { 0: "1", 1: "2" }, name: "Анна и ко" }, yes: "1", no: "0" });
});

it("takes a lone value for a list of one", () => {
  expect([listOf("a"), listOf(undefined), listOf({ 0: "a", 1: "b" })]).toEqual([["a"], [], ["a", "b"]]);
});
