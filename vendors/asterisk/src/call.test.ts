import { describe, expect, it } from "vitest";
import { type CallState, type Command, type Happening, incoming, outgoing, type Step, step, type Told } from "./call.ts";

const now = new Date("2026-03-02T10:00:10Z");
const begun = { id: "c1", client: "79101234567", line: "78001234567", startedAt: "2026-03-02T10:00:00.000Z" };
const routed = (first: readonly string[], next: readonly string[] = []): Happening => ({ what: "routed", first, next });
const up = (leg: string): Happening => ({ what: "up", leg });
const gone = (leg: string, outcome: Extract<Happening, { what: "gone" }>["outcome"] = "unavailable"): Happening => ({
  what: "gone",
  leg,
  outcome,
});
const late: Happening = { what: "late" };

function play(start: Step | CallState, ...happenings: readonly Happening[]): { state: CallState; commands: Command[]; told: Told[] } {
  const first: Step = "told" in start ? start : { state: start, commands: [], told: [] };
  const all = { state: first.state, commands: [...first.commands], told: [...first.told] };
  for (const happening of happenings) {
    const after = step(all.state, happening, now);
    all.state = after.state;
    all.commands.push(...after.commands);
    all.told.push(...after.told);
  }
  return all;
}
const inbound = (...happenings: readonly Happening[]) => play(incoming(begun, "client-channel"), ...happenings);
const outbound = (...happenings: readonly Happening[]) => play(outgoing(begun, "101"), ...happenings);
const outcome = ({ told }: { told: readonly Told[] }) => told.flatMap((one) => (one.tell === "finished" ? [one.outcome] : []));
const done = ({ commands }: { commands: readonly Command[] }) =>
  commands.map((command) =>
    "leg" in command ? `${command.do} ${command.leg}` : "account" in command ? `${command.do} ${command.account}` : command.do,
  );

describe("a call that comes in", () => {
  it("rings one, is taken up, is talked, and ends", () => {
    const call = inbound(routed(["101"]), up("101"), { what: "recording" }, gone("client"));
    expect(done(call)).toEqual(["let client hear ringing", "ring 101", "connect 101", "hang up 101", "hang up client", "end"]);
    expect(call.told).toEqual([
      { tell: "ringing", account: "101" },
      { tell: "answered", account: "101" },
      { tell: "ended", account: "101", how: "completed" },
      { tell: "finished", outcome: "answered", account: "101" },
    ]);
    expect(call.state).toMatchObject({ phase: "over", isRecorded: true, answeredBy: "101" });
  });

  it("rings several, and whoever is faster speaks", () => {
    const call = inbound(routed(["101", "102", "103"]), up("102"), up("103"));
    expect(call.told.filter(({ tell }) => tell !== "ringing")).toEqual([
      { tell: "answered", account: "102" },
      { tell: "ended", account: "101", how: "cancelled" },
      { tell: "ended", account: "103", how: "cancelled" },
    ]);
    expect(done(call).slice(4)).toEqual(["hang up 101", "hang up 103", "connect 102", "hang up 103"]);
  });

  it("rings the others when the one it is for does not answer, refuses, or is not registered", () => {
    for (const happening of [late, gone("101", "busy"), gone("101")]) {
      const call = inbound(routed(["101"], ["102", "103"]), happening, up("103"), gone("103"));
      expect(call.told.filter(({ tell }) => tell === "ringing").map(({ account }) => account)).toEqual(["101", "102", "103"]);
      expect(outcome(call)).toEqual(["answered"]);
    }
  });

  it.each<[string, readonly Happening[]]>([
    ["nobody is there to ring", [routed([])]],
    ["nobody answers", [routed(["101"]), late]],
    ["everybody refuses", [routed(["101", "102"]), gone("101", "busy"), gone("102", "not_allowed")]],
    ["the client gives up", [routed(["101"]), gone("client")]],
    ["the client gives up before anybody rings", [gone("client")]],
  ])("is missed when %s", (_, happenings) => {
    const call = inbound(...happenings);
    expect(outcome(call)).toEqual(["missed"]);
    expect(call.told.filter((one) => one.tell === "ended").length).toBe(call.told.filter(({ tell }) => tell === "ringing").length);
    expect(done(call).at(-1)).toBe("end");
  });

  it("ends once, whatever is told afterwards", () => {
    const call = inbound(routed(["101"]), up("101"), gone("101"), gone("client"), gone("101"), late, up("101"));
    expect(outcome(call)).toEqual(["answered"]);
  });

  it("does not last for ever", () => {
    expect(outcome(inbound(routed(["101"]), up("101"), late))).toEqual(["answered"]);
  });
});

describe("a call that somebody here begins", () => {
  it("rings the employee first, then the client, and connects them", () => {
    const call = outbound(up("101"), up("client"), gone("client"));
    expect(done(call)).toEqual(["let employee hear ringing 101", "dial client", "connect 101", "hang up 101", "hang up client", "end"]);
    expect(call.told.map(({ tell }) => tell)).toEqual(["ringing", "answered", "ended", "finished"]);
    expect(outcome(call)).toEqual(["answered"]);
  });

  it.each(["busy", "unavailable", "not_found", "not_allowed"] as const)("is %s when the client's side says so", (word) => {
    const call = outbound(up("101"), gone("client", word));
    expect(outcome(call)).toEqual([word]);
    expect(done(call)).toContain("hang up 101");
  });

  it.each<[string, readonly Happening[]]>([
    ["the employee refuses", [gone("101", "busy")]],
    ["the employee does not take it up", [late]],
    ["the employee hangs up while the client's phone rings", [up("101"), gone("101")]],
  ])("is cancelled when %s, and nobody is dialled in vain", (_, happenings) => {
    const call = outbound(...happenings);
    expect(outcome(call)).toEqual(["cancelled"]);
    expect(done(call).filter((command) => command === "dial client")).toHaveLength(happenings[0]?.what === "up" ? 1 : 0);
  });

  it("is unavailable when the client's phone rings too long", () => {
    expect(outcome(outbound(up("101"), late))).toEqual(["unavailable"]);
  });
});
