import { readPhone } from "@svyazka/core";
import { describe, expect, it } from "vitest";
import { chances, type Story, type StoryAbout, stranger, tellStory } from "./story.ts";
import { demoWords } from "./words.ts";

const now = new Date("2026-03-16T09:30:00Z");
const about: StoryAbout = {
  ...{ seed: 1, now, language: "ru", currency: "RUB", sellers: [11, 12, 13, 14], pipeline: 7 },
  stages: [
    { id: 1, kind: "incoming" },
    { id: 2, kind: "open" },
    { id: 3, kind: "open" },
    { id: 4, kind: "open" },
    { id: 5, kind: "won" },
    { id: 6, kind: "lost" },
  ],
  ...{ lossReasons: [21, 22], sources: { site: 31, phone: 32, referral: 33, map: 34 }, taskTypes: [41, 42] },
};
const halfAYear = 183 * 86_400_000;
/** What holds, holds for whatever was rolled. */
const stories = [1, 2, 3, 17, 2 ** 31].flatMap((seed) =>
  (["ru", "en"] as const).map((language) => [`seed ${seed}, ${language}`, tellStory({ ...about, seed, language })] as const),
);

function momentsOf({ companies, contacts, deals, calls }: Story): (readonly [string, Date])[] {
  return [
    ...companies.map(({ at }) => ["company", at] as const),
    ...contacts.map(({ at }) => ["contact", at] as const),
    ...calls.map(({ at }) => ["call", at] as const),
    ...deals.flatMap(({ at, closedAt, moves, notes, tasks }) => [
      ["deal", at] as const,
      ...(closedAt ? [["closed", closedAt] as const] : []),
      ...moves.map((move) => ["move", move.at] as const),
      ...notes.map((note) => ["note", note.at] as const),
      ...tasks.flatMap((task) => [["task", task.at] as const, ...(task.doneAt ? [["done", task.doneAt] as const] : [])]),
    ]),
  ];
}

it("is the same for the same seed, and another for another", () => {
  expect(tellStory(about)).toEqual(tellStory(about));
  expect(tellStory({ ...about, seed: 2 })).not.toEqual(tellStory(about));
});

it("has as many deals as are asked for, down to none", () => {
  for (const deals of [0, 1, 5]) expect(tellStory({ ...about, deals }).deals).toHaveLength(deals);
  expect(tellStory(about).deals).toHaveLength(420);
});

it("is told of a company with no loss reasons, task types, sources or open stages, too", () => {
  const bare = tellStory({
    ...about,
    ...{ lossReasons: [], taskTypes: [], sources: {}, stages: about.stages.filter(({ kind }) => kind !== "open" && kind !== "incoming") },
  });
  expect(new Set(bare.deals.flatMap(({ source, lossReason, tasks }) => [source, lossReason, ...tasks.map(({ type }) => type)]))).toEqual(
    new Set([null]),
  );
  for (const { moves } of bare.deals) for (const { stage } of moves) expect([5, 6]).toContain(stage);
});

describe.each(stories)("%s", (_, story) => {
  const { companies, contacts, deals, calls } = story;

  it("lets nothing happen after now, or before half a year ago", () => {
    for (const [what, at] of momentsOf(story)) {
      expect(at.getTime(), what).toBeLessThanOrEqual(now.getTime());
      expect(at.getTime(), what).toBeGreaterThan(now.getTime() - halfAYear);
    }
  });

  it("lets each thing of a deal happen after the one it follows", () => {
    for (const { at, closedAt, moves, notes, tasks } of deals) {
      expect(moves[0]?.at).toEqual(at);
      for (const [step, move] of moves.entries()) expect(move.at >= (moves[step - 1]?.at ?? at)).toBe(true);
      if (closedAt) expect(moves.at(-1)?.at).toEqual(closedAt);
      for (const note of notes) expect(note.at >= at).toBe(true);
      for (const task of tasks) {
        expect(task.at >= at && task.due > task.at, "a task is due after it is made").toBe(true);
        if (task.doneAt) expect(task.doneAt >= task.at).toBe(true);
        if (closedAt) expect(task.doneAt, "a closed deal has nothing left to do").not.toBeNull();
        if (task.result !== null) expect(task.doneAt).not.toBeNull();
      }
    }
  });

  it("lets every reference lead somewhere, and to somebody who was there already", () => {
    const stageKind = new Map(about.stages.map(({ id, kind }) => [id, kind]));
    for (const contact of contacts) {
      expect(about.sellers).toContain(contact.responsible);
      if (contact.company !== null) expect(companies[contact.company]?.at.getTime()).toBeLessThanOrEqual(contact.at.getTime());
    }
    for (const deal of deals) {
      expect(about.sellers).toContain(deal.responsible);
      expect(contacts[deal.contact]?.at.getTime()).toBeLessThanOrEqual(deal.at.getTime());
      if (deal.company !== null) expect(companies[deal.company]?.at.getTime()).toBeLessThanOrEqual(deal.at.getTime());
      expect(Object.values(about.sources)).toContain(deal.source);
      for (const { stage } of deal.moves) expect(stageKind.has(stage)).toBe(true);
      const last = stageKind.get(deal.moves.at(-1)?.stage ?? 0);
      expect(last === "won" || last === "lost").toBe(deal.closedAt !== null);
      expect(deal.lossReason !== null).toBe(last === "lost");
      if (deal.lossReason !== null) expect(about.lossReasons).toContain(deal.lossReason);
      for (const { type } of deal.tasks) expect(about.taskTypes).toContain(type);
    }
    for (const call of calls) {
      expect(about.sellers).toContain(call.responsible);
      if (call.deal !== null) expect(deals[call.deal]?.contact).toBe(call.contact);
      if (call.contact === null) continue;
      expect(call.phone).toBe(contacts[call.contact]?.phone);
      expect(contacts[call.contact]?.at.getTime()).toBeLessThanOrEqual(call.at.getTime());
    }
  });

  it("has phones that exist, one for each person, and sums of whole money", () => {
    for (const phone of [...contacts, ...companies, ...calls].map(({ phone }) => phone)) expect(readPhone(phone, "RU")?.e164).toBe(phone);
    expect(new Set(contacts.map(({ phone }) => phone)).size).toBe(contacts.length);
    for (const { sumMinor } of deals) {
      expect(Number.isSafeInteger(sumMinor) && sumMinor > 0 && sumMinor % 100 === 0, String(sumMinor)).toBe(true);
    }
  });

  it("has calls whose times go with how they ended, and companies with an INN of ten digits", () => {
    expect(new Set(calls.map(({ outcome }) => outcome))).toEqual(new Set(["answered", "missed", "busy"]));
    for (const { outcome, talkSeconds, waitSeconds } of calls) {
      expect(talkSeconds > 0).toBe(outcome === "answered");
      expect(waitSeconds).toBeGreaterThan(0);
    }
    for (const { inn } of companies) expect(inn).toMatch(/^\d{10}$/);
  });

  it("is that of a company that works: won, lost, on its way, and something to do", () => {
    const last = deals.map(({ moves }) => moves.at(-1)?.stage);
    const share = (stages: readonly number[]) => last.filter((stage) => stages.includes(stage ?? 0)).length / deals.length;
    expect(share([5])).toBeGreaterThan(0.15);
    expect(share([6])).toBeGreaterThan(0.3);
    expect(share([1, 2, 3, 4])).toBeGreaterThan(0.1);
    expect(deals.flatMap(({ tasks }) => tasks).filter(({ doneAt }) => doneAt === null).length).toBeGreaterThan(20);
  });
});

describe("a stranger", () => {
  it.each(["ru", "en"] as const)("has a name, a phone that exists, an e-mail and a wish in %s", (language) => {
    const chance = chances(5);
    for (let count = 0; count < 500; count++) {
      const { name, surname, phone, email, wish } = stranger(language, chance);
      expect([name, surname].every((word) => word !== "")).toBe(true);
      expect(readPhone(phone, "RU")?.e164).toBe(phone);
      // Mail to it goes nowhere: RFC 2606.
      expect(email).toMatch(/@mail\.example$/);
      expect(demoWords[language].wishes).toContain(wish);
    }
  });
});
