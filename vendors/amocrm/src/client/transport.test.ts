import { afterEach, describe, expect, it } from "vitest";
import { noLimit, scripted, startPair } from "../../testkit/amo.ts";
import {
  AmoError,
  AmoForbidden,
  AmoInvalid,
  AmoNotFound,
  AmoPaymentRequired,
  AmoRateLimited,
  AmoUnauthorized,
  AmoUnavailable,
  makeAmo,
  memoryTokens,
  paceOf,
} from "../client.ts";
import type { AmoStandIn } from "../standin.ts";

const started: AmoStandIn[] = [];
afterEach(async () => {
  for (const standin of started.splice(0)) await standin.stop();
});
async function start(options: Parameters<typeof startPair>[0] = {}) {
  const pair = await startPair(options);
  started.push(pair.standin);
  return pair;
}
const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "nothing was thrown",
    (error: unknown) => error,
  );
const over = (answers: Parameters<typeof scripted>[0], more: object = {}) => {
  const { send, asked } = scripted(answers);
  const tokens = memoryTokens({ accessToken: "secret-token", expiresAt: Number.MAX_SAFE_INTEGER });
  return { asked, amo: makeAmo({ domain: "sub.amocrm.ru", tokens, send, limiter: noLimit, sleep: async () => {}, ...more }) };
};

describe("a storm of 429", () => {
  it("is waited out, longer each time, and a write is sent again since nothing was done", async () => {
    const { standin, amo, slept } = await start();
    standin.switches.storm = 3;
    await amo.leads.create({ name: "one" });
    expect(slept).toEqual([1, 2, 4]);
    expect(standin.state.leads.size).toBe(1);
  });

  it("that does not end is told, with how long to wait", async () => {
    const { standin, amo } = await start();
    standin.switches.storm = 100;
    const error = await caught(amo.account.get());
    expect(error).toBeInstanceOf(AmoRateLimited);
    expect(error).toMatchObject({ status: 429, retryAfterSeconds: 8 });
    expect(standin.requests).toHaveLength(5);
  });

  it("holds up everybody who shares the limiter", async () => {
    let now = 0;
    const clock = {
      now: () => now,
      async sleep(milliseconds: number) {
        now += milliseconds;
      },
    };
    const limiter = paceOf(clock);
    const at: number[] = [];
    const { amo } = over(
      (_, count) => {
        at.push(now);
        return count === 1 ? { status: 429, headers: { "retry-after": "5" } } : { body: { id: 1 } };
      },
      { limiter, ...clock },
    );
    await Promise.all([amo.account.get(), amo.account.get()]);
    expect(at[0]).toBe(0);
    expect(at.slice(1).filter((moment) => moment > 0 && moment < 5000)).toEqual([]);
  });

  it("with a wait of hours leaves the decision to the caller", async () => {
    const { amo, asked } = over(() => ({ status: 429, headers: { "retry-after": "7200" } }));
    expect(await caught(amo.account.get())).toMatchObject({ retryAfterSeconds: 7200 });
    expect(asked).toHaveLength(1);
  });

  it("that ends in a ban stops everything for a quarter of an hour", async () => {
    let now = 0;
    const { amo, asked } = over(
      (_, count) => (count === 1 ? { status: 429 } : count === 2 ? { status: 403, body: "<html>Forbidden</html>" } : { body: { id: 1 } }),
      { now: () => now },
    );
    const error = await caught(amo.account.get());
    expect(error).toBeInstanceOf(AmoForbidden);
    expect(error).toMatchObject({ bannedForSeconds: 900 });
    now = 899_000;
    expect(await caught(amo.account.get())).toMatchObject({ bannedForSeconds: 1 });
    expect(asked).toHaveLength(2);
    now = 900_000;
    await amo.account.get();
  });
});

describe("trouble", () => {
  it("of a read is tried again twice; of a write it is told that it may have been done", async () => {
    const { standin, amo, slept } = await start();
    standin.switches.down = true;
    expect(await caught(amo.account.get())).toMatchObject({ name: "AmoUnavailable", mayHaveHappened: false });
    expect(standin.requests).toHaveLength(3);
    expect(slept).toEqual([0.5, 2]);
    expect(await caught(amo.leads.create({ name: "one" }))).toMatchObject({ name: "AmoUnavailable", mayHaveHappened: true });
    expect(standin.requests).toHaveLength(4);
  });

  it("pages of HTML, nothing, and half an answer are told as what they are, whatever their status", async () => {
    const page = "<html>\r\n<head><title>x</title></head></html>";
    for (const [status, body, kind] of [
      [200, page, AmoUnavailable],
      [200, '{"id":', AmoUnavailable],
      [200, "", AmoUnavailable],
      [200, "[]", AmoUnavailable],
      [200, '"words"', AmoUnavailable],
      [301, "", AmoUnavailable],
      [400, page, AmoInvalid],
      [401, "", AmoUnauthorized],
      [402, page, AmoPaymentRequired],
      [403, page, AmoForbidden],
      [404, "", AmoNotFound],
      [418, "null", AmoInvalid],
      [502, page, AmoUnavailable],
      [599, "", AmoUnavailable],
    ] as const) {
      const error = await caught(over(() => ({ status, body })).amo.pipelines.page());
      if (status === 200 && body === "") expect(error, "204").toBe("nothing was thrown");
      else if (body === "[]") expect(error, body).toBe("nothing was thrown");
      else {
        expect(error, `${status} ${body}`).toBeInstanceOf(kind);
        expect(error).toBeInstanceOf(AmoError);
      }
    }
  });

  it("no answer at all keeps what the network said", async () => {
    const tokens = memoryTokens({ accessToken: "secret-token", expiresAt: Number.MAX_SAFE_INTEGER });
    const reset = new Error("ECONNRESET");
    const amo = makeAmo({ domain: "sub.amocrm.ru", tokens, limiter: noLimit, sleep: async () => {}, send: () => Promise.reject(reset) });
    expect(await caught(amo.account.get())).toMatchObject({ name: "AmoUnavailable", status: 0, cause: reset });
  });

  it("names neither tokens nor people in its message", async () => {
    const { amo } = over(() => ({ status: 500, body: "<html>" }));
    const error = await caught(amo.contacts.page({ query: "Ivanov" }));
    expect(String(error)).toBe("AmoUnavailable: GET /api/v4/contacts: 500: a page of HTML");
    expect(JSON.stringify(error)).not.toContain("secret-token");
  });

  it("gives amoCRM's request id, which its support asks for", async () => {
    const { amo } = over(() => ({
      status: 403,
      headers: { "x-request-id": "r-1" },
      body: { title: "Forbidden", status: 403, detail: "no right" },
    }));
    expect(await caught(amo.account.get())).toMatchObject({ requestId: "r-1", message: "GET /api/v4/account: 403: no right" });
  });
});

describe("the pace", () => {
  const clock = () => {
    let now = 0;
    return {
      now: () => now,
      async sleep(milliseconds: number) {
        now += milliseconds;
      },
    };
  };

  it("has never more than seven in a second, and gives no credit for idle time", async () => {
    const { now, sleep } = clock();
    const limiter = paceOf({ now, sleep });
    const turns: number[] = [];
    const take = async () => {
      await limiter.take();
      turns.push(now());
    };
    for (let turn = 0; turn < 20; turn++) await take();
    await sleep(10_000);
    for (let turn = 0; turn < 20; turn++) await take();
    for (const start of turns) expect(turns.filter((turn) => turn >= start && turn < start + 1050).length).toBeLessThanOrEqual(7);
    // And not much less than it may: 95 of 100.
    expect(turns.at(19)).toBe(2100);
  });

  it("is kept as it arrives, too, whichever request is late on its way", async () => {
    const { now, sleep } = clock();
    const limiter = paceOf({ now, sleep });
    const arrivals: number[] = [];
    for (let turn = 0; turn < 50; turn++) {
      await limiter.take();
      arrivals.push(now() + (turn % 14 < 7 ? 45 : 0));
    }
    for (const start of arrivals) expect(arrivals.filter((at) => at >= start && at < start + 1000).length).toBeLessThanOrEqual(7);
  });

  it("is kept against a server that counts", async () => {
    const { standin, amo } = await start({ limiter: paceOf({ perSecond: 5 }) });
    // Twice as many: a busy machine may hold a request up for longer than any line.
    standin.switches.perSecond = 10;
    await Promise.all(Array.from({ length: 16 }, () => amo.account.get()));
    expect(standin.requests.filter(({ status }) => status === 429)).toEqual([]);
  });

  it("first come, first served", async () => {
    const limiter = paceOf(clock());
    const order: number[] = [];
    await Promise.all(Array.from({ length: 30 }, (_, place) => limiter.take().then(() => order.push(place))));
    expect(order).toEqual(Array.from({ length: 30 }, (_, place) => place));
  });

  it("of less than one request per second is a mistake", () => {
    expect(() => paceOf({ perSecond: 0 })).toThrow(RangeError);
    expect(() => paceOf({ perSecond: Number.NaN })).toThrow(RangeError);
  });
});

describe("another user", () => {
  it("is acted for by a header on every request, and the client itself stays who it is", async () => {
    const { amo, asked } = over(() => ({ body: { id: 1 } }));
    await amo.actingAs(42).account.get();
    await amo.account.get();
    expect(asked.map(({ headers }) => headers?.["x-context-user-id"])).toEqual(["42", undefined]);
  });
});
