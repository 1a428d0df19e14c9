import { beforeEach, expect, it } from "vitest";
import { memoryKit } from "../../testkit/index.ts";
import type { CallDraft } from "../calls.ts";
import { Unavailable } from "../errors.ts";
import { type CallsElsewhere, type CallWriting, keptCalls } from "./calls.ts";

type Line = Partial<Record<"registered" | "finished", string>>;
let kit: ReturnType<typeof memoryKit>;
let writings: { readonly outcome: string | undefined; readonly written: Line | undefined; readonly wasTried: boolean }[];
beforeEach(() => {
  kit = memoryKit();
  writings = [];
});

const callsWith = (write: (writing: CallWriting<Line>) => Promise<Line | undefined>, rest: Partial<CallsElsewhere<Line>> = {}) =>
  keptCalls<Line>({
    kit,
    idOf: (key) => `id of ${key}`,
    knowsUser: async (user) => user === "7",
    knowsContact: async (contact) => contact === "5",
    async write(_key, { outcome }, writing) {
      writings.push({ outcome, written: writing.written, wasTried: writing.wasTried });
      return write(writing);
    },
    ...rest,
  });
const told = (state: CallDraft["state"], rest: Partial<CallDraft> = {}): CallDraft => ({
  ...{ key: "1:call:a", state, direction: "in", client: { typed: "8 910 123-45-67", e164: "+79101234567" } },
  ...rest,
});

it("is kept while it goes on, and written when it is over", async () => {
  const calls = callsWith(async () => ({ finished: "n1" }));
  await calls.saveCall(told("ringing", { startedAt: new Date("2026-11-30T12:00:00Z") }));
  expect([writings, await calls.findCall("1:call:a"), await calls.findCall("other")]).toEqual([
    [],
    expect.objectContaining({ id: "id of 1:call:a", isOver: false }),
    undefined,
  ]);
  expect(await calls.saveCall(told("over", { outcome: "missed" }))).toMatchObject({ isOver: true, outcome: "missed", isReturned: false });
  expect(writings).toEqual([{ outcome: "missed", written: undefined, wasTried: false }]);
  // Somebody here rings back, and they speak.
  await calls.saveCall(told("over", { key: "b", direction: "out", outcome: "answered", startedAt: new Date("2026-11-30T12:05:00Z") }));
  expect(await calls.findCall("1:call:a")).toMatchObject({ isReturned: true });
});

it("is told of what it has become when more is told, and that a try whose end nobody saw has begun", async () => {
  const broken = callsWith(() => Promise.reject(new Unavailable("no answer")));
  await expect(broken.saveCall(told("over", { outcome: "answered" }))).rejects.toThrow("no answer");
  expect(await broken.findCall("1:call:a")).toMatchObject({ isOver: true });
  const calls = callsWith(async ({ written }) => written ?? { finished: "n1" });
  await calls.saveCall(told("over", { outcome: "answered" }));
  await calls.saveCall(told("over", { rating: 5 }));
  expect(writings.map(({ written, wasTried }) => [written, wasTried])).toEqual([
    [undefined, false],
    [undefined, true],
    [{ finished: "n1" }, true],
  ]);
});

it("goes on from what was put down, where it is written by several requests, from its beginning on", async () => {
  let isFailing = true;
  const calls = callsWith(
    async ({ written, keep }) => {
      if (!written) await keep({ registered: "r1" });
      if (isFailing) throw new Unavailable("no answer");
      return { ...written, finished: "f1" };
    },
    { isDue: () => true },
  );
  await expect(calls.saveCall(told("ringing"))).rejects.toThrow("no answer");
  isFailing = false;
  await calls.saveCall(told("over"));
  await calls.saveCall(told("over"));
  expect(writings.map(({ written }) => written)).toEqual([undefined, { registered: "r1" }, { registered: "r1", finished: "f1" }]);
});

it("leaves out whoever is not there", async () => {
  const calls = callsWith(async () => undefined);
  const who = { contact: "4", employee: { account: "ivanov", user: "8" } };
  const saved = await calls.saveCall(told("over", who));
  expect([saved.user, saved.contact]).toEqual([undefined, undefined]);
  expect(await calls.saveCall(told("over", { contact: "5", employee: { user: "7" } }))).toMatchObject({ user: "7", contact: "5" });
});

it("of somebody who is nobody there waits, and is written, once, when another call of theirs has found them", async () => {
  const written: [key: string, contact: string | undefined, deal: string | undefined][] = [];
  const calls = callsWith(async () => undefined, {
    async write(key, { contact, deal }, { written: before }) {
      if (contact === undefined || before) return before;
      written.push([key, contact, deal]);
      return { finished: key };
    },
  });
  const back = told("over", { key: "back", direction: "out", outcome: "answered" });
  await calls.saveCall(back);
  await calls.saveCall(told("over", { key: "other", client: { typed: "8 910 000-00-00", e164: "+79100000000" } }));
  expect(written).toEqual([]);
  for (let time = 0; time < 2; time++) await calls.saveCall(told("over", { key: "missed", outcome: "missed", contact: "5", deal: "6" }));
  expect(written).toEqual([
    ["missed", "5", "6"],
    ["back", "5", "6"],
  ]);
  expect(await calls.findCall("back")).toMatchObject({ contact: "5", deal: "6", outcome: "answered" });
});
