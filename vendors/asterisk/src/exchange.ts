import { randomUUID } from "node:crypto";
import { type Kit, type StopSignal, Unavailable } from "@svyazka/core";
import { type CallState, incoming, step } from "./call.ts";
import type { Ari } from "./client.ts";
import { phoneOf, recordedFact } from "./facts.ts";
import { clientChannelOf, unlessGone } from "./operator.ts";
import {
  type AriEvent,
  type Channel,
  callOfChannel,
  callOfRecording,
  clientLeg,
  isOurs,
  legName,
  outcomeOf,
  readEvent,
  type Unanswered,
} from "./protocol.ts";
import { RunningCalls } from "./running-calls.ts";
import type { Exchange } from "./settings.ts";
import { usersOf } from "./telephony.ts";

/** What everything here works with. */
interface Watch {
  readonly exchange: Exchange;
  readonly kit: Kit;
  readonly ari: Ari;
  readonly calls: RunningCalls;
  fail(error: Error): void;
}

/**
 * Runs the calls of one Asterisk: what happens there goes through the machine of its call, commands go back, facts are recorded.
 * Works until `signal` is aborted; throws when the socket is lost. The state of every call is kept, so that whoever comes next goes on with it.
 */
export async function runExchange(exchange: Exchange, kit: Kit, ari: Ari, signal: StopSignal): Promise<void> {
  let fail: (error: Error) => void = () => {};
  const lost = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Whoever waits for it hears of it; nobody may be waiting yet.
  lost.catch(() => {});
  const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", resolve));
  const calls = new RunningCalls({ exchange, kit, ari, fail });
  const watch: Watch = { exchange, kit, ari, calls, fail };
  // What happens while the calls of before are looked through is heard after them.
  const waiting: AriEvent[] = [];
  let hears: (event: AriEvent) => void = (event) => void waiting.push(event);
  const socket = await kit.openSocket(ari.events, {
    text(data) {
      const event = readEvent(data);
      if (event) hears(event);
    },
    closed: (because) => fail(new Unavailable(`Asterisk closed the connection: ${because}`)),
  });
  try {
    await ari.wantEvents();
    await reconcile(watch);
    for (const event of waiting) hear(watch, event);
    hears = (event) => hear(watch, event);
    await Promise.race([stopped, lost]);
  } finally {
    socket.close();
    await calls.stop();
  }
}

// ── What happens ──────────────────────────────────────────────────────────────────────────────────────────────────

function hear(watch: Watch, event: AriEvent): void {
  const { exchange, kit, ari, fail } = watch;
  switch (event.type) {
    case "ApplicationReplaced":
      fail(new Error(`another program has taken the name of the application: is there another hub with app=${exchange.settings.app}?`));
      break;
    case "StasisStart":
      if (isOurs(event.channel.id)) void legUp(watch, event.channel).catch(fail);
      else comeIn(watch, event.channel, event.args);
      break;
    case "StasisEnd":
      void legGone(watch, event.channel, "unavailable").catch(fail);
      break;
    case "ChannelDestroyed":
      void legGone(watch, event.channel, outcomeOf(event.cause, event.techCause)).catch(fail);
      break;
    case "RecordingFinished": {
      const call = callOfRecording(event.recording);
      if (call === undefined) break;
      const fact = recordedFact(call, ari.recordingUrl(event.recording), exchange);
      void kit.record([fact], { what: "ARI RecordingFinished" }).catch(fail);
    }
  }
}

function comeIn(watch: Watch, channel: Channel, [kind, line]: readonly string[]): void {
  const { kit, ari, calls } = watch;
  if (kind !== "in") {
    void ari.hangUp(channel.id).catch(watch.fail);
    return;
  }
  const id = randomUUID();
  const first = incoming({ id, client: channel.callerNumber, startedAt: kit.now().toISOString(), ...(line && { line }) }, channel.id);
  const call = calls.begin(first.state);
  calls.enqueue(call, () => calls.act(call, first));
  calls.enqueue(call, async () => calls.act(call, step(call.state, { what: "routed", ...(await route(watch, call.state)) }, kit.now())));
}

async function legUp({ ari, calls }: Watch, { id }: Channel): Promise<void> {
  const call = await calls.find(id);
  if (call) calls.tell(call, { what: "up", leg: legOf(id) });
  else await unlessGone(() => ari.hangUp(id));
}

async function legGone({ calls }: Watch, { id }: Channel, outcome: Unanswered): Promise<void> {
  const call = isOurs(id) ? await calls.find(id) : calls.ofClient(id);
  if (call) calls.tell(call, { what: "gone", leg: isOurs(id) ? legOf(id) : clientLeg, outcome });
}

const legOf = (channel: string): string => channel.slice(legName(callOfChannel(channel) ?? "", "").length);

/** Whom to ring: whoever the call is for, then the group; the group at once when that takes too long to find out. */
async function route({ exchange, kit, ari }: Watch, state: CallState): Promise<{ first: readonly string[]; next: readonly string[] }> {
  const { group, route_seconds } = exchange.settings;
  const users = (await usersOf(exchange, ari)).map(({ account }) => account);
  const everybody = group.length > 0 ? group : users;
  const nobody = { account: undefined };
  const asked = kit.route({
    call: state.id,
    client: phoneOf(state.client, exchange),
    ...(state.line !== undefined && { line: state.line }),
  });
  const { account } = await Promise.race([asked, pause(route_seconds).then(() => nobody)]).catch(() => nobody);
  if (account === undefined || !users.includes(account)) return { first: everybody, next: [] };
  return { first: [account], next: everybody.filter((other) => other !== account) };
}

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000).unref());

// ── After a time in which nobody listened ─────────────────────────────────────────────────────────────────────────

/** Goes on with the calls that are still there, ends the accounts of those that are not, and hangs up what is ours and nobody's. */
async function reconcile(watch: Watch): Promise<void> {
  const { exchange, kit, ari, calls } = watch;
  const [channels, bridges, kept] = [await ari.channels(), await ari.bridges(), await kit.store.list<CallState>("call")];
  for (const { value: state } of kept) goOn(watch, state, channels);
  const isInApp = ({ app, appData }: Channel): boolean => app === "Stasis" && appData.split(",")[0] === exchange.settings.app;
  for (const channel of channels)
    if ((isOurs(channel.id) || isInApp(channel)) && !calls.has(channel.id)) await unlessGone(() => ari.hangUp(channel.id));
  for (const id of bridges) if (isOurs(id) && !calls.has(id)) await unlessGone(() => ari.destroyBridge(id));
}

function goOn(watch: Watch, state: CallState, channels: readonly Channel[]): void {
  const { kit, calls } = watch;
  const alive = new Set(channels.map(({ id }) => id));
  const call = calls.begin(state);
  calls.waitFor(call);
  const gone = (leg: string): void => calls.tell(call, { what: "gone", leg, outcome: "unavailable" });
  const isClientExpected = state.clientChannel !== undefined || state.phase === "dialling" || state.phase === "talking";
  if (isClientExpected && !alive.has(clientChannelOf(state))) gone(clientLeg);
  for (const leg of state.legs) if (leg.state !== "gone" && !alive.has(legName(state.id, leg.account))) gone(leg.account);
  if (state.phase === "routing")
    calls.enqueue(call, async () => calls.act(call, step(call.state, { what: "routed", ...(await route(watch, call.state)) }, kit.now())));
  // Taken up while nobody listened.
  for (const { id, state: status } of channels)
    if (status === "Up" && callOfChannel(id) === state.id) calls.tell(call, { what: "up", leg: legOf(id) });
}
