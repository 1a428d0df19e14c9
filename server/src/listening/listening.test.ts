import { setTimeout as sleep } from "node:timers/promises";
import type { AnyVendor, ConnectionId, StopSignal } from "@svyazka/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Engine, makeEngine, workspace } from "../../testkit/engine.ts";
import { Listeners } from "./listeners.ts";

let engine: Engine;
let running: Listeners[];
/** How many listen at this moment, how many have begun, and how to break one off. */
let now: number;
let begun: number;
let breakOff: (() => void) | undefined;

const listening = (signal: StopSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    now++;
    begun++;
    const end = (settle: () => void) => () => {
      now--;
      settle();
    };
    signal.addEventListener("abort", end(resolve));
    breakOff = end(() => reject(new Error("the socket closed")));
  });
const vendor: AnyVendor = { id: "far", title: { ru: "", en: "" }, settings: {}, listen: (_connection, _kit, signal) => listening(signal) };

beforeEach(async () => {
  [now, begun, breakOff, running] = [0, 0, undefined, []];
  engine = await makeEngine([vendor], []);
});
afterEach(async () => {
  for (const listeners of running) await listeners.stop();
  await engine.close();
});

function start(errors: unknown[] = []): Listeners {
  const { test, registry } = engine;
  const listeners = new Listeners({
    pool: test.database,
    registry,
    flows: [],
    workspaces: async () => [workspace],
    onState: (_, error) => error !== undefined && errors.push(error),
  });
  running.push(listeners);
  listeners.start();
  return listeners;
}

const until = async (is: () => boolean, seconds = 8): Promise<void> => {
  for (let tries = 0; tries < seconds * 50 && !is(); tries++) await sleep(20);
  expect(is()).toBe(true);
};

it("one process listens, and another takes over when it stops", async () => {
  const first = start();
  await until(() => now === 1);
  start();
  await sleep(300);
  expect([now, begun]).toEqual([1, 1]);
  await first.stop();
  expect(now).toBe(0);
  await until(() => now === 1);
  expect(begun).toBe(2);
});

it("what breaks off is begun again, and somebody is told why", async () => {
  const errors: unknown[] = [];
  start(errors);
  await until(() => now === 1);
  breakOff?.();
  await until(() => begun === 2);
  expect(errors).toMatchObject([{ message: "the socket closed" }]);
});

it("a connection that is disabled is left, and one that is changed is listened to anew", async () => {
  const listeners = start();
  await until(() => now === 1);
  const change = async (set: string) => {
    await engine.test.owner.query(`update hub.connection set ${set}, updated_at = now() + interval '1 second' where id = $1`, [
      1 as ConnectionId,
    ]);
    engine.registry.forget(workspace);
    listeners.look();
  };
  await change("name = 'renamed'");
  await until(() => begun === 2 && now === 1);
  await change("state = 'disabled'");
  await until(() => now === 0);
});
