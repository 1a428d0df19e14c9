import { readdirSync, readFileSync } from "node:fs";
import { nasty, spoiled } from "@svyazka/wire/testkit";
import { expect, it } from "vitest";
import {
  readAnswer,
  readChallenge,
  readHook,
  readMedia,
  readPhoneNumber,
  readSent,
  readTemplates,
  readWait,
  reasonOf,
  verifySignature,
} from "./index.ts";

const bodiesIn = (folder: string, isAnswer: boolean): unknown[] =>
  readdirSync(new URL(`../fixtures/${folder}`, import.meta.url))
    .filter((file) => file.endsWith(".json") && file.startsWith("answer-") === isAnswer)
    .map((file): unknown => JSON.parse(readFileSync(new URL(`../fixtures/${folder}/${file}`, import.meta.url), "utf8")));

it("a hook with any of its fields spoilt is read as something, and never throws", () => {
  const kinds = { events: 0, irrelevant: 0, unrecognised: 0 };
  for (const body of [...bodiesIn("documents", false), ...bodiesIn("tables", false)])
    for (const spoilt of spoiled(body)) {
      const read = readHook(spoilt);
      kinds[read.kind]++;
      if (read.kind !== "events") expect([read.why.length > 0, read.why.length < 2_000]).toEqual([true, true]);
      for (const event of read.kind === "events" ? read.events : [])
        expect([event.id !== "", event.phoneNumberId !== "", Number.isFinite(event.at.getTime())]).toEqual([true, true, true]);
    }
  console.log(`abuse of hooks: ${JSON.stringify(kinds)}`);
  expect(Math.min(...Object.values(kinds))).toBeGreaterThan(500);
});

it("an answer with any of its fields spoilt is read as something or as nothing, and never throws", () => {
  let total = 0;
  for (const body of [...bodiesIn("documents", true), ...bodiesIn("tables", true)])
    for (const spoilt of spoiled(body)) {
      const read = readAnswer(JSON.stringify(spoilt) ?? "");
      if (read.kind === "refused") expect(reasonOf(read.code, read.details)).toBeTypeOf("string");
      for (const reader of [readSent, readPhoneNumber, readMedia, readTemplates]) reader(spoilt);
      total++;
    }
  expect(total).toBeGreaterThan(2_000);
});

it("headers and questions of any kind are refused, and never throw", () => {
  for (const value of nasty) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    expect(verifySignature(Buffer.from("{}"), text, "secret")).toBe(false);
    expect(readChallenge({ "hub.mode": text, "hub.verify_token": text, "hub.challenge": text }, "token")).toMatchObject({
      kind: "refused",
    });
    const wait = readWait({ "retry-after": text ?? "", "x-business-use-case-usage": text ?? "" });
    expect(wait === undefined || wait >= 0).toBe(true);
  }
});
