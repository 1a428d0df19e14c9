import { setTimeout as sleep } from "node:timers/promises";
import { type AnyVendor, type ConnectionId, type EventDraft, LoginNeeded } from "@svyazka/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Engine, makeEngine, workspace } from "../../testkit/engine.ts";
import type { Hub } from "../hub.ts";
import { keepPolling, poll } from "./polls.ts";

const fact = (key: string): EventDraft => ({ type: "task.submitted", key, subject: key, data: { extras: {}, sender: {} } });
const vendor = (id: string, ask: (since: Date) => Promise<EventDraft[]>): AnyVendor => ({
  ...{ id, title: { ru: "", en: "" }, settings: {} },
  poll: async (_connection, _kit, since) => ({ facts: await ask(since), what: "GET calls", raw: "as it came" }),
});

let asked: { who: string; since: Date }[];
let engine: Engine;
let hub: Hub;
let polling: { stop(): Promise<void> } | undefined;
beforeEach(async () => {
  asked = [];
  const told = (who: string, answer: () => Promise<EventDraft[]>) => (since: Date) => {
    asked.push({ who, since });
    return answer();
  };
  engine = await makeEngine(
    [
      vendor(
        "slow",
        told("slow", () => sleep(1_500).then(() => [])),
      ),
      vendor(
        "wrong",
        told("wrong", () => Promise.reject(new LoginNeeded("the key is worth nothing"))),
      ),
      vendor(
        "good",
        told("good", async () => [fact("one"), fact("two")]),
      ),
    ],
    [],
  );
  const { test, registry, ledger } = engine;
  hub = { pool: test.database, registry, ledger, flows: new Map(), log: { warn: () => {} } } as unknown as Hub;
});
afterEach(async () => {
  await polling?.stop();
  await engine.close();
});

const rows = async <T>(text: string): Promise<T[]> => (await engine.test.owner.query(text)).rows as T[];
const until = async (is: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 200 && !(await is()); tries++) await sleep(20);
  expect(await is()).toBe(true);
};

it("asks every connection, and one that is slow or wrong holds up no other", async () => {
  polling = keepPolling(hub);
  await until(async () => (await rows<{ n: number }>("select count(*)::int as n from hub.event"))[0]?.n === 2);
  expect(asked.map(({ who }) => who).sort()).toEqual(["good", "slow", "wrong"]);
  // A day back at first.
  expect(Date.now() - (asked[0]?.since.getTime() ?? 0)).toBeGreaterThan(86_000_000);
  await until(async () => (await rows("select from hub.poll where leased_until = '-infinity'")).length === 3);
  expect(await rows("select connection::int as id, error, reached is not null as reached from hub.poll order by 1")).toEqual([
    { id: 1, error: null, reached: true },
    { id: 2, error: "the key is worth nothing", reached: false },
    { id: 3, error: null, reached: true },
  ]);
  expect(await rows("select health->>'ok' as ok from hub.connection order by id")).toEqual([
    { ok: "true" },
    { ok: "false" },
    { ok: "true" },
  ]);
});

it("reaches back over the time in which nobody asked, and a little more", async () => {
  await engine.test.owner.query(
    "insert into hub.poll (workspace, connection, reached, deep_at) values (1, 3, now() - interval '30 hours', now() - interval '1 hour')",
  );
  polling = keepPolling(hub);
  await until(async () => asked.some(({ who }) => who === "good"));
  const hours = (Date.now() - (asked.find(({ who }) => who === "good")?.since.getTime() ?? 0)) / 3_600_000;
  expect(Math.round(hours)).toBe(32);
});

it("writes down what is new, and nothing of what is known", async () => {
  const ask = () => poll(hub, workspace, 3 as ConnectionId, new Date(0));
  expect(await ask()).toEqual({ facts: 2, fresh: 2 });
  expect(await ask()).toEqual({ facts: 2, fresh: 0 });
  expect(await rows("select method, path, convert_from(body, 'utf8') as body from hub.journal")).toEqual([
    { method: "GET", path: "calls", body: "as it came" },
  ]);
});
