import { createHash } from "node:crypto";
import {
  type CallFacts,
  type EventDraft,
  type Events,
  type EventType,
  type InboundRequest,
  type Kit,
  Malformed,
  type Phone,
  type Received,
  readPhone,
} from "@svyazka/core";
import { reply, sentBy } from "./door.ts";
import { type CallPush, type Push, readPush, type Who, writeContact, writeUsers } from "./protocol.ts";
import { dialectOf, handlingOf, type Line } from "./settings.ts";

/** The CRM endpoint: what a PBX tells us and asks us. */

/** The seed: an answer within a second, or the call goes its way without us. */
const contactWithinMs = 1_000;
const eventKeySeconds = 86_400;

type Event = Extract<Push, { cmd: "event" }>;
type History = Extract<Push, { cmd: "history" }>;

export function receivePush(request: InboundRequest, line: Line, now: Date): Received {
  const sent = sentBy(request);
  const push = readPush(sent);
  if ("wrong" in push) throw invalid(push.wrong, line);
  if (push.cmd === "users")
    return { answer: async () => reply(200, writeUsers(crmUsers(line))), otherwise: reply(200, '{"users":[]}'), withinMs: contactWithinMs };
  if (push.cmd === "contact")
    return { answer: (kit) => answerContact(push, line, kit), otherwise: reply(200, "{}"), withinMs: contactWithinMs };
  const facts =
    push.cmd === "event" ? eventFacts(push, line) : push.cmd === "history" ? historyFacts(push, line, now) : ratingFacts(push, line);
  // The seed promises a status and no body.
  return { facts, reply: reply(200, dialectOf(line) === "seed" ? "" : "{}") };
}

/** The raw request is kept. The seed's bytes name no field; the later dialects may. */
export function invalid(names: readonly string[], line: Line): Malformed {
  const message = `Invalid parameters: ${names.join(", ")}`;
  return new Malformed(
    message,
    dialectOf(line) === "seed" ? {} : Object.fromEntries(names.map((name) => [name, ["is missing or cannot be read"]])),
  );
}

const crmUsers = ({ directory }: Line) => directory.users.filter(({ active }) => active).map(({ id, name }) => ({ id, name }));

/** Whose `user` means: in the seed, unless we map, the PBX sends and expects users of ours. */
const isMappedByPbx = (line: Line): boolean => dialectOf(line) === "seed" && !line.settings.self_map;

async function answerContact({ phone, callid, diversion }: Extract<Push, { cmd: "contact" }>, line: Line, kit: Kit) {
  const client = clientOf(phone, line);
  if (client.e164 === undefined) return reply(200, "{}");
  const { name, account, caller } = await kit.route({ call: callid, client, ...(diversion !== undefined && { line: diversion }) });
  const responsible = isMappedByPbx(line) ? activeUser(caller?.responsible, line) : account;
  return reply(200, writeContact({ ...(name && { contact_name: name }), ...(responsible !== undefined && { responsible }) }));
}

const activeUser = (id: string | undefined, { directory }: Line): string | undefined =>
  directory.users.some((user) => user.active && user.id === id) ? id : undefined;

// ── Facts ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const factOf = {
  INCOMING: "call.ringing",
  OUTGOING: "call.ringing",
  ACCEPTED: "call.answered",
  COMPLETED: "call.ended",
  CANCELLED: "call.ended",
  TRANSFERRED: "call.ended",
} as const;
const endOf = { COMPLETED: "completed", CANCELLED: "cancelled", TRANSFERRED: "transferred" } as const;

function eventFacts(push: Event, line: Line): EventDraft[] {
  const type = factOf[push.type];
  const facts = factsOf(push, push.direction, line);
  const end =
    push.type in endOf
      ? { how: endOf[push.type as keyof typeof endOf], ...(push.secondCallid !== undefined && { next: push.secondCallid }) }
      : {};
  // There is no event id and no time (§5): the same words about the same leg are the same event.
  const key = digest("event", push.callid, push.type, push.direction, ...whoParts(push.who), push.phone, push.diversion, push.secondCallid);
  return [fact(type, push.callid, key, { ...facts, ...end }, { keySeconds: eventKeySeconds })];
}

function historyFacts(push: History, line: Line, now: Date): EventDraft[] {
  const { direction, outcome, start, duration, wait, links, rating } = push;
  const call = push.hasCallid ? push.callid : madeUp(push, now);
  const handling = handlingOf(line);
  const data = {
    ...factsOf({ ...push, callid: call }, direction, line),
    ...{ recordings: links, handling },
    ...(outcome !== undefined && { outcome }),
    // A call of tomorrow is a wrong clock: its time is left out.
    ...(start && start.getTime() < now.getTime() + 86_400_000 && { startedAt: start.toISOString() }),
    ...(wait === undefined
      ? { durationSeconds: duration }
      : { waitSeconds: wait, talkSeconds: duration, durationSeconds: wait + duration }),
    ...(rating !== undefined && { rating }),
  };
  const key = digest(
    "history",
    call,
    direction,
    ...whoParts(push.who),
    push.phone,
    push.diversion,
    outcome,
    start?.toISOString(),
    String(duration),
  );
  return [fact("call.finished", call, key, data), ...recordingFacts(call, links, line)];
}

/** Each recording is a fact of its own, with a subject of its own: one that never appears must not hold up its call. */
export function recordingFacts(call: string, links: readonly string[], line: Line): EventDraft[] {
  const handling = handlingOf(line);
  if (handling.recordingDays === 0) return [];
  return links.map((url) => ({
    type: "call.recorded",
    key: digest("recorded", call, url),
    subject: `recording ${digest(url)}`,
    data: { call, url, handling },
  }));
}

function ratingFacts(push: Extract<Push, { cmd: "rating" }>, line: Line): EventDraft[] {
  const employee = employeeOf(push.who, line);
  return [
    fact("call.rated", push.callid, digest("rating", push.callid, String(push.rating)), {
      call: push.callid,
      rating: push.rating,
      ...(employee && { employee }),
    }),
  ];
}

const fact = <T extends EventType>(
  type: T,
  call: string,
  key: string,
  data: Events[T] | CallFacts,
  rest: { keySeconds?: number } = {},
): EventDraft => ({
  ...{ type, key, subject: `call ${call}`, ...rest },
  data: data as Events[T],
});

function factsOf({ callid, phone, diversion, who }: CallPush, direction: CallFacts["direction"], line: Line): CallFacts {
  const employee = employeeOf(who, line);
  return {
    call: callid,
    direction,
    client: clientOf(phone, line),
    ...(diversion !== undefined && { line: diversion }),
    ...(employee && { employee }),
  };
}

function employeeOf({ user: account, ext, group }: Who, line: Line): CallFacts["employee"] {
  if (account === undefined && ext === undefined && group === undefined) return undefined;
  const user = account === undefined ? undefined : isMappedByPbx(line) ? activeUser(account, line) : line.userMapping[account];
  return {
    ...(account !== undefined && { account }),
    ...(ext !== undefined && { extension: ext }),
    ...(group !== undefined && { group }),
    ...(user !== undefined && { user }),
  };
}

/** Extensions, hidden numbers and nonsense are kept as they came, and are nobody's number. */
export function clientOf(text: string, { workspace }: Line): Phone {
  const typed = text.trim().slice(0, 64);
  const digits = typed.replace(/\D/g, "");
  if (digits.length < 7 || digits.length > 15) return { typed };
  // E.164 without its plus (seed); a leading 00 is the plus of telephones.
  const spelled = /^00\d/.test(typed) ? `+${typed.slice(2)}` : typed;
  return { ...(readPhone(spelled, workspace.country) ?? {}), typed };
}

/** The seed's own sample of `history` has no callid: the call is kept under a name made of the rest, the same for the same push of one day. */
const madeUp = ({ phone, who, direction, duration, links, start }: History, now: Date): string =>
  `no-id-${digest(phone, ...whoParts(who), direction, String(duration), links.join("|"), (start ?? now).toISOString().slice(0, start ? 19 : 10)).slice(0, 24)}`;

const whoParts = ({ user, ext, group }: Who): (string | undefined)[] => [user, ext, group];

export const digest = (...parts: readonly (string | undefined)[]): string =>
  createHash("sha256")
    .update(JSON.stringify(parts.map((part) => part ?? null)))
    .digest("hex");
