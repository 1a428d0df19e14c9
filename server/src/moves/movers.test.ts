import { setTimeout as sleep } from "node:timers/promises";
import {
  type AnyVendor,
  type ConnectionId,
  Halted,
  LoginNeeded,
  type MoveFinding,
  type MoveRun,
  Refused,
  Unavailable,
} from "@svyazka/core";
import { Invalid, NotFound, type Sql } from "@svyazka/crm";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Engine, makeEngine, workspace } from "../../testkit/engine.ts";
import { Movers } from "./movers.ts";
import { addMove, cancelMove, getMove, listFindings } from "./moves.ts";

let engine: Engine;
let sql: Sql;
let running: Movers[];
let bugs: unknown[];
/** What the vendor does, and the places from which it was begun. */
let work: (run: MoveRun) => Promise<void>;
let begun: unknown[];
const connection = 1 as ConnectionId;

const begin = (run: MoveRun): Promise<void> => {
  begun.push(run.place);
  return work(run);
};
const vendor: AnyVendor = {
  ...{ id: "far", title: { ru: "", en: "" }, settings: {} },
  connect: () => ({ move: { in: begin, out: begin, compare: begin }, check: async () => {} }),
};
const differs = (id: number, here: string): MoveFinding => ({
  what: "differs",
  kind: "deal",
  id: String(id),
  member: "name",
  there: "а",
  here,
});
const step = (page: number, found: MoveFinding[] = []) => ({
  place: { page },
  progress: { phase: "copying" as const, kind: "deal" as const, done: page },
  found,
});

beforeEach(async () => {
  engine = await makeEngine([vendor, { ...vendor, id: "deaf", connect: () => ({ check: async () => {} }) }], []);
  sql = engine.test.database.in(workspace);
  [running, bugs, begun] = [[], [], []];
});
afterEach(async () => {
  for (const movers of running) await movers.stop();
  await engine.close();
});

function start(): Movers {
  const { test, registry } = engine;
  const movers = new Movers({
    ...{ pool: test.database, registry, workspaces: async () => [workspace], onError: (error) => bugs.push(error) },
    onBug: (error) => bugs.push(error),
  });
  running.push(movers);
  movers.look();
  return movers;
}
const add = (of: ConnectionId = connection) => addMove(sql, { connection: of, direction: "in", intoFilled: false, by: "user:1" });
const found = async (id: string) => (await listFindings(sql, id, {}, 0, 100)).map(({ record, here }) => [record, here]);
async function ended(id: string, of: ConnectionId = connection) {
  for (let tries = 0; tries < 500; tries++) {
    const move = await getMove(sql, of, id);
    if (move.state !== "running") return move;
    await sleep(20);
  }
  throw new Error("it goes on and on");
}

it("keeps each step with what it found, and a finding that is told again stands where it stood", async () => {
  work = async (run) => {
    await run.keep(step(1, [differs(1, "б"), differs(2, "в")]));
    await run.keep(step(2, [differs(1, "г"), differs(3, "д"), { what: "left", kind: "other", id: "files", count: 5 }]));
  };
  const id = await add();
  start();
  expect(await ended(id)).toMatchObject({ state: "done", error: null, findings: 4, differences: 3, progress: { kind: "deal", done: 2 } });
  expect(await found(id)).toEqual([
    ["1", "г"],
    ["2", "в"],
    ["3", "д"],
    ["files", null],
  ]);
  expect((await listFindings(sql, id, { what: "left" }, 0, 100)).map(({ count }) => count)).toEqual([5]);
});

it("is one at a time in a workspace, and begins anew when the other one is over", async () => {
  let release = (): void => {};
  work = () =>
    new Promise((resolve) => {
      release = resolve;
    });
  const first = await add();
  await expect(add()).rejects.toThrow(Invalid);
  start();
  start();
  while (begun.length === 0) await sleep(10);
  await sleep(200);
  expect(begun).toHaveLength(1);
  release();
  expect((await ended(first)).state).toBe("done");
  await add();
});

it("goes on in another process from where the first has stopped", async () => {
  work = async (run) => {
    for (let page = ((run.place as { page?: number } | undefined)?.page ?? 0) + 1; page <= 100; page++) {
      await run.keep(step(page, [differs(page, "")]));
      await sleep(5);
    }
  };
  const id = await add();
  const first = start();
  while ((await getMove(sql, connection, id)).progress === null) await sleep(5);
  await first.stop();
  const half = (await getMove(sql, connection, id)).progress?.done ?? 0;
  expect([(await getMove(sql, connection, id)).state, half < 100]).toEqual(["running", true]);
  start();
  expect(await ended(id)).toMatchObject({ state: "done", findings: 100 });
  expect(begun).toEqual([undefined, { page: half }]);
});

it("whoever has lost its lease keeps nothing more", async () => {
  const outcomes: unknown[] = [];
  work = async (run) => {
    await run.keep(step(1));
    await engine.test.owner.query("update hub.move set lease = gen_random_uuid(), leased_until = now() + interval '1 hour'");
    outcomes.push(await run.keep(step(2)).catch((error: unknown) => error));
    throw new Halted("taken over");
  };
  const id = await add();
  const movers = start();
  while (outcomes.length === 0) await sleep(10);
  await movers.stop();
  expect(outcomes[0]).toBeInstanceOf(Halted);
  expect(await getMove(sql, connection, id)).toMatchObject({ state: "running", place: { page: 1 } });
});

it("ends after the step at hand when it is cancelled; what it found stays", async () => {
  let isKept = false;
  work = async (run) => {
    for (let page = 1; ; page++) {
      await run.keep(step(page, [differs(page, "")]));
      isKept = true;
      await sleep(5);
    }
  };
  const id = await add();
  start();
  while (!isKept) await sleep(10);
  await cancelMove(sql, connection, id);
  const { findings } = await getMove(sql, connection, id);
  await sleep(100);
  expect(await getMove(sql, connection, id)).toMatchObject({ state: "cancelled", findings, error: null });
  await expect(cancelMove(sql, 2, id)).rejects.toThrow(NotFound);
});

it("waits while the other side is away or wants a sign-in, and says why; what is refused ends it", async () => {
  const troubles = [new Unavailable("429", { retryAfterSeconds: 0 }), new LoginNeeded("sign in"), new Refused("not empty")];
  work = async (run) => {
    await run.keep(step(begun.length));
    throw troubles.shift() ?? new Error("once too often");
  };
  const id = await add();
  const movers = start();
  const waits = async (because: string) => {
    for (let tries = 0; tries < 500; tries++) {
      const move = await getMove(sql, connection, id);
      if (move.error === because) return move;
      movers.look();
      await sleep(20);
    }
    throw new Error(`it does not wait because of ${because}`);
  };
  const asked = await waits("sign in");
  expect([asked.state, asked.next_at.getTime() - Date.now() > 60_000]).toEqual(["running", true]);
  await engine.test.owner.query("update hub.move set next_at = now()");
  movers.look();
  expect(await ended(id)).toMatchObject({ state: "failed", error: "not empty" });
  expect(begun).toEqual([undefined, { page: 1 }, { page: 2 }]);
  expect(bugs).toEqual([]);
});

it("waits while its connection is switched off, and fails when that is removed", async () => {
  let isKept = false;
  work = async (run) => {
    for (let page = 1; ; page++) {
      await run.keep(step(page));
      isKept = true;
      await sleep(5);
    }
  };
  const id = await add();
  const movers = start();
  while (!isKept) await sleep(10);
  const set = async (state: string) => {
    await engine.test.owner.query("update hub.connection set state = $1 where id = 1", [state]);
    engine.registry.forget(workspace);
  };
  await set("disabled");
  for (let tries = 0; tries < 500 && (await getMove(sql, connection, id)).error === null; tries++) {
    movers.look();
    await sleep(20);
  }
  expect(await getMove(sql, connection, id)).toMatchObject({ state: "running", error: "the connection is switched off" });
  await set("removed");
  await engine.test.owner.query("update hub.move set next_at = now()");
  movers.look();
  expect((await ended(id)).state).toBe("failed");
});

it("fails in words by our own mistake, and where there is nothing that could be moved", async () => {
  work = () => Promise.reject(new TypeError("x is not a function"));
  const id = await add();
  start();
  expect(await ended(id)).toMatchObject({ state: "failed", error: "x is not a function" });
  expect(bugs).toHaveLength(1);
  const other = await add(2 as ConnectionId);
  running[0]?.look();
  expect((await ended(other, 2 as ConnectionId)).state).toBe("failed");
});
