import { readdirSync, readFileSync } from "node:fs";
import { nasty, spoiled } from "@svyazka/wire/testkit";
import { expect, it } from "vitest";
import { readAnswer, readFileInfo, readMe, readSent, readUpdate, readWebhookState, reasonOf } from "./index.ts";

const bodies = ["guide", "tables"].flatMap((folder) =>
  readdirSync(new URL(`../fixtures/${folder}`, import.meta.url)).map((file): unknown =>
    JSON.parse(readFileSync(new URL(`../fixtures/${folder}/${file}`, import.meta.url), "utf8")),
  ),
);

it("an update with any of its fields spoilt is read as something, and never throws", () => {
  const kinds = { events: 0, irrelevant: 0, unrecognised: 0 };
  for (const body of bodies)
    for (const spoilt of spoiled(body)) {
      const read = readUpdate(spoilt);
      kinds[read.kind]++;
      if (read.kind !== "events") expect([read.why.length > 0, read.why.length < 400]).toEqual([true, true]);
      for (const event of read.kind === "events" ? read.events : [])
        expect([event.chat !== "", event.from.name !== "", Number.isFinite(event.at.getTime())]).toEqual([true, true, true]);
    }
  console.log(`abuse of updates: ${JSON.stringify(kinds)}`);
  expect(Math.min(...Object.values(kinds))).toBeGreaterThan(500);
});

it("an answer with any of its fields spoilt is read as something, and never throws", () => {
  let total = 0;
  for (const body of bodies.filter((one) => "ok" in (one as object)))
    for (const spoilt of spoiled(body)) {
      const read = readAnswer(200, JSON.stringify(spoilt) ?? "");
      if (read.kind === "refused") expect(reasonOf(read.code, read.description)).toBeTypeOf("string");
      total++;
    }
  for (const value of nasty) for (const read of [readMe, readSent, readWebhookState, readFileInfo]) read(value);
  expect(total).toBeGreaterThan(1_000);
});
