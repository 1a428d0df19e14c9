import type { Unanswered } from "./protocol.ts";
import { clientLeg } from "./protocol.ts";

/** One call as a machine: pure. It is told what happened, and says what to do and what to tell. */

export interface Leg {
  readonly account: string;
  /** ringing: asked for. up: taken up. gone: over, one way or the other. */
  readonly state: "ringing" | "up" | "gone";
}

export interface CallState {
  readonly id: string;
  readonly direction: "in" | "out";
  /** As the line tells it. */
  readonly client: string;
  readonly line?: string;
  readonly phase: "routing" | "ringing" | "dialling" | "talking" | "over";
  readonly startedAt: string;
  /** The client's channel. In a call that we begin it is there when it is dialled. */
  readonly clientChannel?: string;
  readonly legs: readonly Leg[];
  /** Who else is to be rung when those who ring now do not answer. */
  readonly others: readonly string[];
  readonly answeredBy?: string;
  readonly answeredAt?: string;
  readonly isRecorded?: true;
}

export type Happening =
  /** Who is to be rung first, and who when they do not answer. */
  | { readonly what: "routed"; readonly first: readonly string[]; readonly next: readonly string[] }
  /** A phone was taken up. */
  | { readonly what: "up"; readonly leg: string }
  /** A leg is over, or could not be begun. */
  | { readonly what: "gone"; readonly leg: string; readonly outcome: Unanswered }
  | { readonly what: "recording" }
  /** The phase has lasted too long. */
  | { readonly what: "late" };

export type Command =
  | { readonly do: "ring"; readonly account: string }
  | { readonly do: "dial client" }
  | { readonly do: "let client hear ringing" }
  | { readonly do: "let employee hear ringing"; readonly account: string }
  | { readonly do: "hang up"; readonly leg: string; readonly reason: "normal" | "busy" | "no_answer" }
  | { readonly do: "connect"; readonly account: string }
  | { readonly do: "end" };

export type Outcome = Unanswered | "answered" | "missed" | "cancelled";

export type Told =
  | { readonly tell: "ringing" | "answered"; readonly account: string }
  | { readonly tell: "ended"; readonly account: string; readonly how: "completed" | "cancelled" }
  | { readonly tell: "finished"; readonly outcome: Outcome; readonly account?: string };

export interface Step {
  readonly state: CallState;
  readonly commands: readonly Command[];
  readonly told: readonly Told[];
}

export type CallBegun = Pick<CallState, "id" | "client" | "line" | "startedAt">;

/** A client's call has come in. */
export const incoming = (call: CallBegun, clientChannel: string): Step => ({
  state: { ...call, direction: "in", phase: "routing", clientChannel, legs: [], others: [] },
  commands: [{ do: "let client hear ringing" }],
  told: [],
});

/** Somebody here wants to call: their own phone rings first. */
export const outgoing = (call: CallBegun, account: string): CallState => ({
  ...{ ...call, direction: "out", phase: "ringing", legs: [{ account, state: "ringing" }], others: [] },
});

export function step(state: CallState, happening: Happening, now: Date): Step {
  if (state.phase === "over") return { state, commands: [], told: [] };
  switch (happening.what) {
    case "routed":
      return state.phase === "routing" ? ring({ ...state, others: happening.next }, happening.first, now) : nothing(state);
    case "recording":
      return nothing({ ...state, isRecorded: true });
    case "up":
      return happening.leg === clientLeg ? clientUp(state, now) : employeeUp(state, happening.leg, now);
    case "gone":
      return happening.leg === clientLeg ? clientGone(state, happening.outcome) : employeeGone(state, happening, now);
    case "late":
      return late(state, now);
  }
}

const nothing = (state: CallState): Step => ({ state, commands: [], told: [] });

function ring(state: CallState, accounts: readonly string[], now: Date): Step {
  const fresh = accounts.filter((account) => !state.legs.some((leg) => leg.account === account));
  const ringing: CallState = {
    ...state,
    phase: "ringing",
    legs: [...state.legs, ...fresh.map((account): Leg => ({ account, state: "ringing" }))],
  };
  if (fresh.length === 0) return onward(ringing, now);
  return {
    state: ringing,
    commands: fresh.map((account) => ({ do: "ring", account })),
    told: fresh.map((account) => ({ tell: "ringing", account })),
  };
}

/** Nobody rings any more: those who come next, or the end. */
function onward(state: CallState, now: Date): Step {
  if (state.legs.some((leg) => leg.state === "ringing")) return nothing(state);
  if (state.others.length > 0) return ring({ ...state, others: [] }, state.others, now);
  return over(state, state.direction === "in" ? "missed" : "cancelled");
}

function employeeUp(state: CallState, account: string, now: Date): Step {
  const leg = state.legs.find((one) => one.account === account);
  // Two took up their phones in the same moment: the first one speaks.
  if (!leg || leg.state === "gone") return { ...nothing(state), commands: [{ do: "hang up", leg: account, reason: "normal" }] };
  if (state.phase !== "ringing")
    return leg.state === "up"
      ? nothing(state)
      : { ...nothing(setLeg(state, account, "gone")), commands: [{ do: "hang up", leg: account, reason: "normal" }] };
  const up = setLeg(state, account, "up");
  if (state.direction === "out") {
    return {
      state: { ...up, phase: "dialling" },
      commands: [{ do: "let employee hear ringing", account }, { do: "dial client" }],
      told: [{ tell: "ringing", account }],
    };
  }
  const losers = up.legs.filter((one) => one.state === "ringing").map((one) => one.account);
  return {
    state: {
      ...losers.reduce((before, one) => setLeg(before, one, "gone"), up),
      phase: "talking",
      others: [],
      answeredBy: account,
      answeredAt: now.toISOString(),
    },
    commands: [...losers.map((leg): Command => ({ do: "hang up", leg, reason: "normal" })), { do: "connect", account }],
    told: [{ tell: "answered", account }, ...losers.map((one): Told => ({ tell: "ended", account: one, how: "cancelled" }))],
  };
}

function clientUp(state: CallState, now: Date): Step {
  const account = state.legs.find((leg) => leg.state === "up")?.account;
  if (state.phase !== "dialling" || account === undefined) return nothing(state);
  return {
    state: { ...state, phase: "talking", answeredBy: account, answeredAt: now.toISOString() },
    commands: [{ do: "connect", account }],
    told: [{ tell: "answered", account }],
  };
}

function clientGone(state: CallState, outcome: Unanswered): Step {
  if (state.phase === "talking") return over(state, "answered");
  if (state.phase === "dialling") return over(state, outcome);
  // The client gave up while phones rang here.
  return over({ ...state, others: [] }, state.direction === "in" ? "missed" : "cancelled");
}

function employeeGone(state: CallState, { leg }: Extract<Happening, { what: "gone" }>, now: Date): Step {
  const known = state.legs.find((one) => one.account === leg);
  if (!known || known.state === "gone") return nothing(state);
  if (state.phase === "talking" && state.answeredBy === leg) return over(state, "answered");
  if (state.phase === "dialling" && known.state === "up") return over(state, "cancelled");
  const gone = setLeg(state, leg, "gone");
  const told: Told[] = state.direction === "in" ? [{ tell: "ended", account: leg, how: "cancelled" }] : [];
  const after = onward(gone, now);
  return { ...after, told: [...told, ...after.told] };
}

function late(state: CallState, now: Date): Step {
  if (state.phase === "talking") return over(state, "answered");
  if (state.phase === "dialling") return over(state, "unavailable");
  if (state.phase === "routing") return nothing(state);
  // Those who ring have rung long enough.
  const ringing = state.legs.filter((leg) => leg.state === "ringing").map((leg) => leg.account);
  const quiet = ringing.reduce((before, account) => setLeg(before, account, "gone"), state);
  const after = onward(quiet, now);
  return {
    state: after.state,
    commands: [...ringing.map((leg): Command => ({ do: "hang up", leg, reason: "no_answer" })), ...after.commands],
    told: [
      ...(state.direction === "in" ? ringing.map((account): Told => ({ tell: "ended", account, how: "cancelled" })) : []),
      ...after.told,
    ],
  };
}

/** Ends every leg, and tells how it was. */
function over(state: CallState, outcome: Outcome): Step {
  const rung = state.legs.filter((leg) => leg.state !== "gone");
  const account = state.answeredBy ?? (state.direction === "out" ? state.legs[0]?.account : undefined);
  const told = rung.flatMap((leg): Told[] => {
    if (leg.account === state.answeredBy) return [{ tell: "ended", account: leg.account, how: "completed" }];
    // Of an outgoing call nobody was told before the client was dialled.
    return state.direction === "in" || state.phase === "dialling" ? [{ tell: "ended", account: leg.account, how: "cancelled" }] : [];
  });
  const isClientThere = state.clientChannel !== undefined || state.phase === "dialling" || state.phase === "talking";
  const reason = outcome === "busy" ? "busy" : outcome === "missed" ? "no_answer" : "normal";
  return {
    state: { ...state, phase: "over", legs: state.legs.map((leg) => ({ ...leg, state: "gone" })) },
    commands: [
      ...rung.map((leg): Command => ({ do: "hang up", leg: leg.account, reason: "normal" })),
      ...(isClientThere ? [{ do: "hang up", leg: clientLeg, reason } as const] : []),
      { do: "end" },
    ],
    told: [...told, { tell: "finished", outcome, ...(account !== undefined && { account }) }],
  };
}

const setLeg = (state: CallState, account: string, to: Leg["state"]): CallState => ({
  ...state,
  legs: state.legs.map((leg) => (leg.account === account ? { ...leg, state: to } : leg)),
});
