import {
  type AnyFlow,
  type AnyVendor,
  type ConnectionId,
  type Crm,
  type DeliveryId,
  LoginNeeded,
  NotYet,
  Refused,
  Unavailable,
} from "@svyazka/core";
import { memoryCrm } from "@svyazka/core/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { type Engine, makeEngine, workspace } from "../../testkit/engine.ts";
import { rememberHealth } from "../connections/manage.ts";
import { retry, skip, unpark } from "./manage.ts";

const title = { ru: "Проверка", en: "Test" };
const crm: Crm = memoryCrm();
const source = 1 as ConnectionId;
const target = 2 as ConnectionId;
const channel: AnyVendor = { id: "channel", title, settings: {} };
const notebook: AnyVendor = { id: "notebook", title, settings: {}, connect: () => ({ crm, check: async () => {} }) };

/** A flow that does what the test says for each event, and notes the order. */
function flowThat(act: (key: string, tries: number) => Promise<void> | void): AnyFlow & { readonly seen: string[] } {
  const seen: string[] = [];
  const tries = new Map<string, number>();
  return {
    name: "test-flow",
    on: ["task.submitted"],
    title,
    about: title,
    needs: "crm",
    seen,
    async run(event) {
      const key = String(event.data.name);
      tries.set(key, (tries.get(key) ?? 0) + 1);
      await act(key, tries.get(key) ?? 0);
      seen.push(key);
      return { done: `did ${key}` };
    },
  };
}

let engine: Engine;
const begin = async (flow: AnyFlow) => {
  engine = await makeEngine([channel, notebook], [flow]);
  return engine;
};
const submit = (key: string, subject: string, more: object = {}) =>
  engine.record(source, { key, subject, data: { name: key, extras: {}, sender: {} }, ...more });
afterEach(() => engine.close());

describe("a fact", () => {
  it("recorded 50 times at once and again later is one event and one delivery", async () => {
    await begin(flowThat(() => {}));
    const recorded = await Promise.all(Array.from({ length: 50 }, () => submit("same", "s")));
    await submit("same", "s");
    expect(recorded.filter((one) => one.fresh)).toHaveLength(1);
    expect(new Set(recorded.flatMap((one) => one.events)).size).toBe(1);
    expect(await engine.deliveries()).toHaveLength(1);
    const { rows } = await engine.test.owner.query("select outcome, count(*)::int as n from hub.journal group by outcome order by outcome");
    expect(rows).toEqual([
      { outcome: "accepted", n: 1 },
      { outcome: "repeated", n: 50 },
    ]);
  });

  it("whose key stands for a while only is a new fact afterwards", async () => {
    await begin(flowThat(() => {}));
    await submit("window", "s", { keySeconds: 300 });
    expect((await submit("window", "s", { keySeconds: 300 })).fresh).toBe(false);
    await engine.test.owner.query("update hub.seen set expires_at = now() - interval '1 second'");
    expect((await submit("window", "s", { keySeconds: 300 })).fresh).toBe(true);
  });

  it("is not tried beside an attempt that has lost its lane and is still at work", async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const tries: number[] = [];
    await begin(
      flowThat(async (_key, count) => {
        tries.push(count);
        if (count === 1) await held;
      }),
    );
    const worker = engine.worker();
    await submit("slow", "s");
    while (tries.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // The database was away for longer than the lease.
    await engine.test.owner.query("update hub.lane set leased_until = '-infinity'");
    worker.wake(workspace);
    while ((await engine.test.owner.query("select from hub.lane where fence > 1 and leased_until = '-infinity'")).rows.length === 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(tries).toEqual([1]);
    release();
    await engine.settled();
    expect(tries).toEqual([1, 2]);
  });

  it("that a person must look at is held, and worked on when released", async () => {
    const flow = flowThat(() => {});
    await begin(flow);
    engine.worker();
    await submit("odd", "s", { hold: "looks like spam" });
    await submit("plain", "s");
    await engine.settled();
    expect(flow.seen).toEqual(["plain"]);
    const held = (await engine.deliveries()).find((one) => one.state === "held");
    expect(held?.detail).toBe("looks like spam");
    await retry(engine.test.database.in(workspace), held?.id as DeliveryId);
    await engine.settled();
    expect(flow.seen).toEqual(["plain", "odd"]);
  });

  it("that the database cannot store does not harm those that share its commit", async () => {
    await begin(flowThat(() => {}));
    const circular = "bad\0name\ud800";
    const all = await Promise.allSettled([submit("a", "s"), submit(circular, "s"), submit("c", "s")]);
    expect(all.map((one) => one.status)).toEqual(["fulfilled", "fulfilled", "fulfilled"]);
  });
});

describe("order", () => {
  it("is kept per subject with failures in between, and subjects do not wait for each other", async () => {
    const subjects = 100;
    const each = 10;
    const failing = new Set<string>();
    const flow = flowThat((key, tries) => {
      // A fifth of them fail once.
      if (tries === 1 && Number(key.split(":")[1]) % 5 === 2) {
        failing.add(key);
        throw new Unavailable("not now", { retryAfterSeconds: 0 });
      }
    });
    await begin(flow);
    for (let n = 0; n < each; n++) await Promise.all(Array.from({ length: subjects }, (_, s) => submit(`${s}:${n}`, `subject ${s}`)));
    const workers = [engine.worker(), engine.worker()];
    expect(workers).toHaveLength(2);
    // What failed waits for its next try; here, time passes.
    const hurry = setInterval(
      () =>
        void engine.test.owner
          .query("update hub.lane set next_at = now() where next_at > now() and next_at < 'infinity'")
          .then(() => workers[0]?.wake(workspace)),
      200,
    );
    await engine.settled(30);
    clearInterval(hurry);
    expect(failing.size).toBe(subjects * 2);
    expect(flow.seen).toHaveLength(subjects * each);
    const inversions = Array.from({ length: subjects }, (_, s) =>
      flow.seen.filter((key) => key.startsWith(`${s}:`)).map((key) => Number(key.split(":")[1])),
    ).filter((order) => order.some((n, at) => n !== at));
    expect(inversions).toEqual([]);
  });
});

describe("a failing target", () => {
  it("that refuses fails its delivery in its own words, and what comes after goes on", async () => {
    const flow = flowThat((key) => {
      if (key === "first") throw new Refused("Поле 123 не найдено");
    });
    await begin(flow);
    engine.worker();
    await submit("first", "s");
    await submit("second", "s");
    await engine.settled();
    expect((await engine.deliveries()).map(({ state, detail }) => [state, detail])).toEqual([
      ["failed", "Поле 123 не найдено"],
      ["done", "did second"],
    ]);
    expect(engine.bugs).toEqual([]);
  });

  it("for which there is no turn is tried again in a moment, and that uses up no try", async () => {
    const flow = flowThat((_, tries) => {
      if (tries < 4) throw new NotYet("The connection is at the limit", { retryAfterSeconds: 0.05 });
    });
    await begin(flow);
    engine.worker();
    await submit("first", "s");
    await submit("second", "s");
    await engine.settled();
    expect(flow.seen).toEqual(["first", "second"]);
    const { rows } = await engine.test.owner.query("select tries::int, attempts::int from hub.delivery order by id");
    expect(rows).toEqual([
      { tries: 0, attempts: 4 },
      { tries: 0, attempts: 4 },
    ]);
    expect(engine.bugs).toEqual([]);
  });

  it("that wants a new sign-in parks everything for it, and goes on in order afterwards", async () => {
    let signedIn = false;
    const flow = flowThat(() => {
      if (!signedIn) throw new LoginNeeded("token revoked");
    });
    await begin(flow);
    engine.worker();
    for (const key of ["a", "b", "c"]) await submit(key, "s");
    await submit("other", "another subject");
    const states = async () => (await engine.deliveries()).map((one) => one.state);
    await expect.poll(states).toContain("parked");
    await expect
      .poll(async () => (await engine.test.owner.query("select parked_because from hub.connection where id = 2")).rows)
      .toEqual([{ parked_because: "token revoked" }]);
    expect(flow.seen).toEqual([]);
    signedIn = true;
    await engine.test.owner.query("update hub.connection set parked_because = null where id = 2");
    engine.registry.forget(workspace);
    await unpark(engine.test.database.in(workspace), target);
    await engine.settled();
    await expect.poll(states).toEqual(["done", "done", "done", "done"]);
    expect(flow.seen.filter((key) => key !== "other")).toEqual(["a", "b", "c"]);
  });

  it("that is disabled keeps its deliveries waiting, and gets them in order once enabled", async () => {
    const flow = flowThat(() => {});
    await begin(flow);
    engine.worker();
    await engine.test.owner.query("update hub.connection set state = 'disabled' where id = 2");
    engine.registry.forget(workspace);
    for (const key of ["a", "b"]) await submit(key, "s");
    await expect
      .poll(async () => (await engine.test.owner.query("select next_at::text from hub.lane")).rows)
      .toEqual([{ next_at: "infinity" }]);
    expect(flow.seen).toEqual([]);
    await engine.test.owner.query("update hub.connection set state = 'active' where id = 2");
    engine.registry.forget(workspace);
    await unpark(engine.test.database.in(workspace), target);
    await engine.settled();
    expect(flow.seen).toEqual(["a", "b"]);
  });

  it("can be skipped or tried again by hand", async () => {
    let broken = true;
    const flow = flowThat((key) => {
      if (key === "a" && broken) throw new Unavailable("down");
    });
    await begin(flow);
    engine.worker();
    await submit("a", "s");
    await submit("b", "s");
    await expect.poll(async () => (await engine.deliveries())[0]?.attempts).toBe(1);
    const sql = engine.test.database.in(workspace);
    const first = (await engine.deliveries())[0]?.id as DeliveryId;
    await skip(sql, first);
    await expect.poll(() => flow.seen).toEqual(["b"]);
    broken = false;
    await retry(sql, first);
    await expect.poll(() => flow.seen).toEqual(["b", "a"]);
    await engine.settled();
    expect((await engine.test.owner.query("select pending from hub.lane")).rows).toEqual([{ pending: 0 }]);
  });

  it("and our own mistakes are retried and reported, never lost", async () => {
    await begin(
      flowThat(() => {
        throw new TypeError("undefined is not a function");
      }),
    );
    engine.worker();
    await submit("a", "s");
    await expect.poll(async () => (await engine.deliveries())[0]?.attempts).toBe(1);
    expect((await engine.deliveries())[0]).toMatchObject({ state: "waiting", detail: "undefined is not a function" });
    expect(engine.bugs).toHaveLength(1);
  });
});

describe("a target that was not well", () => {
  it("goes on at once with all that waits, when it is well again: in order, and nobody waits out the retry list", async () => {
    let isDown = true;
    const flow = flowThat(() => {
      if (isDown) throw new Unavailable("an hour of nothing", { retryAfterSeconds: 3_600 });
    });
    const sql = (await begin(flow)).test.database.in(workspace);
    for (const subject of ["a", "b"]) for (const count of [1, 2, 3]) await submit(`${subject}${count}`, subject);
    engine.worker();
    const late = async () =>
      (
        await sql.query<{ n: number }>({
          text: "select count(*)::int as n from hub.lane where workspace = 1 and next_at > now() + interval '30 minutes'",
        })
      )[0]?.n;
    await expect.poll(late, { timeout: 10_000 }).toBe(2);
    await rememberHealth(sql, target, { ok: false, message: "an hour of nothing" });
    // Well as before is no news.
    isDown = false;
    await rememberHealth(sql, source, { ok: true, message: "OK" });
    expect(await late()).toBe(2);
    await rememberHealth(sql, target, { ok: true, message: "OK" });
    await engine.settled();
    expect(flow.seen.filter((key) => key.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
    expect(flow.seen.filter((key) => key.startsWith("b"))).toEqual(["b1", "b2", "b3"]);
  });
});

describe("a worker that dies", () => {
  it("holds its lanes for ten seconds at most; whoever takes over, a late completion of the dead changes nothing", async () => {
    const flow = flowThat(() => {});
    await begin(flow);
    await submit("a", "s");
    const [claim] = await engine.queue.claim(workspace, 10);
    expect(claim).toBeDefined();
    if (!claim) return;
    expect(await engine.queue.claim(workspace, 10)).toEqual([]);
    const { rows } = await engine.test.owner.query("select extract(epoch from leased_until - now())::float8 as seconds from hub.lane");
    expect(rows[0].seconds).toBeLessThanOrEqual(10);
    await engine.test.owner.query("update hub.lane set leased_until = now() - interval '1 second'");
    const [taken] = await engine.queue.claim(workspace, 10);
    expect(taken?.id).toBe(claim.id);
    const finished = { outcome: "failed" as const, detail: "late", startedAt: new Date(), ms: 1, calls: [] };
    await engine.queue.finish(workspace, [{ claim, ...finished }]);
    expect((await engine.deliveries())[0]).toMatchObject({ state: "waiting", attempts: 0 });
    if (taken) await engine.queue.finish(workspace, [{ claim: taken, ...finished, outcome: "done", detail: "by the second" }]);
    expect((await engine.deliveries())[0]).toMatchObject({ state: "done", detail: "by the second" });
  });

  it("is replaced within 15 seconds by another that is only told of the time", { timeout: 40_000 }, async () => {
    const flow = flowThat(() => {});
    await begin(flow);
    await submit("a", "s");
    await engine.queue.claim(workspace, 10);
    const started = Date.now();
    engine.worker();
    await engine.settled(20);
    expect(Date.now() - started).toBeLessThan(15_000);
    expect(flow.seen).toEqual(["a"]);
  });
});
