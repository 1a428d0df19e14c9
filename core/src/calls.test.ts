import { describe, expect, it } from "vitest";
import { type CallDraft, type KnownCall, mergeCall } from "./calls.ts";

const client = { typed: "79101234567", e164: "+79101234567" };
const draft = (rest: Partial<CallDraft> = {}): Omit<CallDraft, "key"> => ({ direction: "in", client, state: "ringing", ...rest });
const merge = (drafts: readonly Omit<CallDraft, "key">[]): KnownCall => {
  const known = drafts.reduce<KnownCall | undefined>(mergeCall, undefined);
  if (!known) throw new Error("nothing was told");
  return known;
};
const orders = <T>(items: readonly T[]): T[][] =>
  items.length < 2 ? [[...items]] : items.flatMap((item, at) => orders(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));

const ivan = { account: "ivan", user: "1" };
const petr = { account: "petr", user: "2" };

describe("what is told of a call", () => {
  it("comes to the same end in whatever order it is told, and however often", () => {
    const told = [
      draft({ employee: ivan }),
      draft({ employee: petr }),
      draft({ state: "talking", employee: petr }),
      draft({ state: "over", outcome: "answered", employee: petr, talkSeconds: 60, recordings: [{ url: "a" }] }),
    ];
    for (const order of orders(told)) {
      expect(merge([...order, ...order])).toMatchObject({
        ...{ state: "over", outcome: "answered", employee: petr, talkSeconds: 60, recordings: [{ url: "a" }] },
      });
    }
  });

  it("never takes an answer back", () => {
    for (const order of orders([
      draft({ state: "talking", employee: petr }),
      draft({ state: "over", outcome: "missed", employee: { account: "pbx" } }),
    ]))
      expect(merge(order)).toMatchObject({ outcome: "answered", employee: { user: "2" } });
  });

  it.each<[string, Partial<CallDraft>, string]>([
    ["an incoming call without a recording was missed", { durationSeconds: 20 }, "missed"],
    ["a recording of some length is a conversation", { durationSeconds: 20, recordings: [{ url: "a" }] }, "answered"],
    ["talk is a conversation", { talkSeconds: 3 }, "answered"],
    ["an outgoing call without a recording did not get through", { direction: "out", durationSeconds: 20 }, "unavailable"],
  ])("decides where the teller does not say: %s", (_, rest, outcome) => {
    expect(merge([draft({ state: "over", ...rest })]).outcome).toBe(outcome);
  });

  it("gathers recordings by their address, with our copies", () => {
    const told = [
      draft({ state: "over", outcome: "answered", recordings: [{ url: "a" }, { url: "b" }] }),
      draft({ state: "over", recordings: [{ url: "a", file: "1" }] }),
    ];
    for (const order of orders(told)) {
      const { recordings } = merge(order);
      expect([...recordings].sort((one, other) => one.url.localeCompare(other.url))).toEqual([{ url: "a", file: "1" }, { url: "b" }]);
    }
  });

  it("has no outcome before it is over", () => {
    expect(merge([draft(), draft({ state: "talking" })])).not.toHaveProperty("outcome");
  });

  it("keeps a person's name for a missed call that the PBX puts on a group", () => {
    expect(
      merge([draft({ employee: ivan }), draft({ state: "over", outcome: "missed", employee: { group: "Продажи" } })]).employee,
    ).toMatchObject({
      user: "1",
      group: "Продажи",
    });
  });
});
