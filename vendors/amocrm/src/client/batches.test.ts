import { afterEach, describe, expect, it } from "vitest";
import { noLimit, scripted, startPair } from "../../testkit/amo.ts";
import { AmoInvalid, AmoNotSent, AmoUnavailable, type LeadDraft, makeAmo, memoryTokens, type Outcome } from "../client.ts";
import type { AmoStandIn } from "../standin.ts";

const started: AmoStandIn[] = [];
afterEach(async () => {
  for (const standin of started.splice(0)) await standin.stop();
});
async function start() {
  const pair = await startPair();
  started.push(pair.standin);
  return pair;
}
const leads = (count: number): LeadDraft[] => Array.from({ length: count }, (_, place) => ({ name: `lead ${place}`, price: place }));
const over = (answers: Parameters<typeof scripted>[0]) => {
  const { send, asked } = scripted(answers);
  const tokens = memoryTokens({ accessToken: "t", expiresAt: Number.MAX_SAFE_INTEGER });
  return { asked, amo: makeAmo({ domain: "sub.amocrm.ru", tokens, send, limiter: noLimit, sleep: async () => {} }) };
};

describe("many items", () => {
  it("go fifty to a request, and each is told with what became of it, in order", async () => {
    const { standin, amo } = await start();
    const outcomes = await amo.leads.createMany(leads(120));
    expect(standin.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(Array(3).fill("POST /api/v4/leads"));
    expect(outcomes.map(({ index }) => index)).toEqual(Array.from({ length: 120 }, (_, place) => place));
    for (const outcome of outcomes) expect(outcome.isDone && standin.state.leads.get(outcome.value.id)?.name).toBe(`lead ${outcome.index}`);
  });

  it("the wrong ones are named with their places, and the others are done all the same", async () => {
    const { standin, amo } = await start();
    const drafts = leads(60).map((draft, place) =>
      place % 25 === 3 ? { ...draft, custom_fields_values: [{ field_id: 999_999, values: [{ value: "x" }] }] } : draft,
    );
    const outcomes = await amo.leads.createMany(drafts);
    const failed = outcomes.filter((outcome) => !outcome.isDone);
    expect(failed.map(({ index }) => index)).toEqual([3, 28, 53]);
    for (const { error } of failed) {
      expect(error).toBeInstanceOf(AmoInvalid);
      expect((error as AmoInvalid).items[0]?.errors[0]).toMatchObject({
        code: "NotSupportedChoice",
        path: "custom_fields_values.0.field_id",
      });
    }
    expect(standin.state.leads.size).toBe(57);
    expect(standin.requests).toHaveLength(4);
  });

  it("that are all wrong send nothing a second time", async () => {
    const { standin, amo } = await start();
    const outcomes = await amo.leads.createMany(leads(5).map((draft) => ({ ...draft, pipeline_id: 1 })));
    expect(outcomes.map(({ isDone }) => isDone)).toEqual(Array(5).fill(false));
    expect(standin.state.leads.size).toBe(0);
    expect(standin.requests.length).toBeLessThanOrEqual(5);
  });

  it("none are no request", async () => {
    const { standin, amo } = await start();
    expect(await amo.leads.createMany([])).toEqual([]);
    expect(standin.requests).toEqual([]);
  });

  it("when a request fails as a whole, its items may have been done, and the rest was not sent", async () => {
    const answered = { _embedded: { leads: Array.from({ length: 50 }, (_, place) => ({ id: place + 1, request_id: String(place) })) } };
    const { amo, asked } = over((_, count) => (count === 1 ? { body: answered } : { status: 504, body: "<html>" }));
    const outcomes = await amo.leads.createMany(leads(130));
    const kinds = outcomes.map((outcome) => (outcome.isDone ? "done" : outcome.error.name));
    expect(kinds).toEqual([...Array(50).fill("done"), ...Array(50).fill("AmoUnavailable"), ...Array(30).fill("AmoNotSent")]);
    expect(asked).toHaveLength(2);
    const last = outcomes.at(-1) as Outcome<unknown> & { readonly isDone: false };
    expect(last.error).toBeInstanceOf(AmoNotSent);
    expect(last.error.cause).toBeInstanceOf(AmoUnavailable);
  });

  it("are paired by their names, in whatever order they are answered", async () => {
    const { amo } = over(() => ({
      body: {
        _embedded: {
          leads: [
            { id: 20, request_id: "1" },
            { id: 10, request_id: 0 },
          ],
        },
      },
    }));
    const outcomes = await amo.leads.createMany(leads(2));
    expect(outcomes.map((outcome) => outcome.isDone && outcome.value.id)).toEqual([10, 20]);
  });

  it("without names are paired by order, and an answer of another number is none", async () => {
    const { amo } = over((_, count) => ({ body: { _embedded: { leads: count === 1 ? [{ id: 10 }, { id: 20 }] : [{ id: 10 }] } } }));
    expect((await amo.leads.createMany(leads(2))).map((outcome) => outcome.isDone && outcome.value.id)).toEqual([10, 20]);
    expect((await amo.leads.createMany(leads(2))).map((outcome) => !outcome.isDone && outcome.error.name)).toEqual(
      Array(2).fill("AmoUnavailable"),
    );
  });

  it("change by fifty as well", async () => {
    const { standin, amo } = await start();
    const ids = (await amo.leads.createMany(leads(60))).flatMap((outcome) => (outcome.isDone ? [outcome.value.id] : []));
    const outcomes = await amo.leads.updateMany([...ids.map((id) => ({ id, price: 7 })), { id: 999_999, price: 7 }]);
    expect(outcomes.map(({ isDone }) => isDone)).toEqual([...Array(60).fill(true), false]);
    expect([...standin.state.leads.values()].every(({ price }) => price === 7)).toBe(true);
  });
});

describe("a stream of items", () => {
  it("is taken no further than one request ahead of whoever reads the outcomes", async () => {
    const { amo } = await start();
    let taken = 0;
    function* endless(): Generator<LeadDraft> {
      for (;;) yield { name: `lead ${taken++}` };
    }
    let read = 0;
    for await (const outcome of amo.leads.createEach(endless())) {
      expect(outcome.isDone).toBe(true);
      read++;
      expect(taken - read).toBeLessThanOrEqual(50);
      if (read === 130) break;
    }
    expect(taken).toBe(150);
  });

  it("ends with the error of the request that failed, after its items are told", async () => {
    const { amo } = over(() => ({ status: 402 }));
    const outcomes: Outcome<unknown>[] = [];
    const read = async () => {
      for await (const outcome of amo.leads.createEach(leads(70))) outcomes.push(outcome);
    };
    await expect(read()).rejects.toMatchObject({ name: "AmoPaymentRequired" });
    expect(outcomes).toHaveLength(50);
  });
});

describe("one item", () => {
  it("throws what is wrong with it, in words that name the place", async () => {
    const { amo } = await start();
    await expect(amo.leads.create({ name: "x", status_id: 1 })).rejects.toThrow(AmoInvalid);
    await expect(amo.tasks.create({ text: "x" } as never)).rejects.toThrow(/complete_till/);
  });
});
