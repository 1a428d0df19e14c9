import { randomUUID } from "node:crypto";
import { type Kit, type StopSignal, Unavailable } from "@svyazka/core";
import { type CallState, type Command, type Happening, incoming, type Step, step } from "./call.ts";
import { type Ari, AriError } from "./client.ts";
import { factOf, phoneOf, recordedFact } from "./facts.ts";
import {
  type AriEvent,
  bridgeName,
  type Channel,
  callOfChannel,
  callOfRecording,
  clientLeg,
  isOurs,
  legName,
  outcomeOf,
  readEvent,
  recordingName,
} from "./protocol.ts";
import type { Exchange } from "./settings.ts";
import { usersOf } from "./telephony.ts";

/** How long a client's phone may ring. */
const dialSeconds = 60;

interface Running {
  state: CallState;
  /** What happens to one call is done about in order. */
  queue: Promise<void>;
  deadline: NodeJS.Timeout | undefined;
}

/**
 * Runs the calls of one Asterisk: what happens there goes through the machine of its call, commands go back, facts are recorded.
 * Works until `signal` is aborted; throws when the socket is lost. The state of every call is kept, so that whoever comes next goes on with it.
 */
export async function runExchange(exchange: Exchange, kit: Kit, ari: Ari, signal: StopSignal): Promise<void> {
  const running = new Map<string, Running>();
  const waiting: AriEvent[] = [];
  let isReady = false;
  let fail: (error: Error) => void = () => {};
  const lost = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Whoever waits for it hears of it; nobody may be waiting yet.
  lost.catch(() => {});
  const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", resolve));
  const socket = await kit.openSocket(ari.events, {
    text(data) {
      const event = readEvent(data);
      if (event && isReady) hear(event);
      else if (event) waiting.push(event);
    },
    closed: (because) => fail(new Unavailable(`Asterisk closed the connection: ${because}`)),
  });
  try {
    await ari.wantEvents();
    await reconcile();
    isReady = true;
    for (const event of waiting.splice(0)) hear(event);
    await Promise.race([stopped, lost]);
  } finally {
    socket.close();
    for (const call of running.values()) clearTimeout(call.deadline);
    await Promise.all([...running.values()].map(({ queue }) => queue));
  }

  // ── What happens ────────────────────────────────────────────────────────────────────────────────────────────────

  function hear(event: AriEvent): void {
    if (event.type === "ApplicationReplaced") {
      const { app } = exchange.settings;
      fail(new Error(`another program has taken the name of the application: is there another hub with app=${app}?`));
    } else if (event.type === "StasisStart") {
      if (isOurs(event.channel.id)) void legUp(event.channel).catch(fail);
      else comeIn(event.channel, event.args);
    } else if (event.type === "StasisEnd") {
      void legGone(event.channel, "unavailable").catch(fail);
    } else if (event.type === "ChannelDestroyed") {
      void legGone(event.channel, outcomeOf(event.cause, event.techCause)).catch(fail);
    } else if (event.type === "RecordingFinished") {
      recorded(event.recording);
    }
  }

  function recorded(name: string): void {
    const call = callOfRecording(name);
    if (call === undefined) return;
    void kit.record([recordedFact(call, ari.recordingUrl(name), exchange)], { what: "ARI RecordingFinished" }).catch(fail);
  }

  function comeIn(channel: Channel, [kind, line]: readonly string[]): void {
    if (kind !== "in") {
      void ari.hangUp(channel.id).catch(() => {});
      return;
    }
    const call = {
      id: randomUUID(),
      client: channel.callerNumber,
      startedAt: kit.now().toISOString(),
      ...(line !== undefined && line !== "" && { line }),
    };
    const first = incoming(call, channel.id);
    const one = begin(first.state);
    enqueue(one, () => act(one, first));
    enqueue(one, async () => act(one, step(one.state, { what: "routed", ...(await route(one.state)) }, kit.now())));
  }

  async function legUp({ id }: Channel): Promise<void> {
    const one = await find(id);
    if (one) tell(one, { what: "up", leg: legOf(id) });
    else await ari.hangUp(id).catch(() => {});
  }

  async function legGone({ id }: Channel, outcome: Extract<Happening, { what: "gone" }>["outcome"]): Promise<void> {
    const one = isOurs(id) ? await find(id) : [...running.values()].find(({ state }) => state.clientChannel === id);
    if (one) tell(one, { what: "gone", leg: isOurs(id) ? legOf(id) : clientLeg, outcome });
  }

  /** A call that another process began is known by what that one has kept. */
  async function find(channel: string): Promise<Running | undefined> {
    const id = callOfChannel(channel);
    if (id === undefined) return undefined;
    const known = running.get(id);
    if (known) return known;
    const kept = await kit.store.get<CallState>("call", id);
    return running.get(id) ?? (kept && begin(kept));
  }

  function legOf(channel: string): string {
    return channel.slice(legName(callOfChannel(channel) ?? "", "").length);
  }

  // ── What is done about it ───────────────────────────────────────────────────────────────────────────────────────

  function begin(state: CallState): Running {
    const one: Running = { state, queue: Promise.resolve(), deadline: undefined };
    running.set(state.id, one);
    return one;
  }

  function enqueue(one: Running, work: () => Promise<void>): void {
    one.queue = one.queue.then(work).catch((error: unknown) => fail(error instanceof Error ? error : new Error(String(error))));
  }

  function tell(one: Running, happening: Happening): void {
    enqueue(one, () => act(one, step(one.state, happening, kit.now())));
  }

  async function act(one: Running, { state, commands, told }: Step): Promise<void> {
    const isNew = state.phase !== one.state.phase || one.deadline === undefined || commands.some((command) => command.do === "ring");
    one.state = state;
    // Kept before anything is done: whoever takes over knows of every phone that may ring.
    if (state.phase !== "over") await kit.store.put("call", state.id, state, { at: new Date(state.startedAt) });
    for (const command of commands) await obey(one, command);
    await kit.record(
      told.map((item) => factOf(item, one.state, exchange, kit.now(), ari.recordingUrl(recordingName(state.id)))),
      { what: `ARI call ${state.id}` },
    );
    if (one.state.phase === "over") await forget(one);
    else if (isNew) setDeadline(one);
  }

  async function forget(one: Running): Promise<void> {
    clearTimeout(one.deadline);
    running.delete(one.state.id);
    await kit.store.remove("call", one.state.id);
  }

  function setDeadline(one: Running): void {
    const { ring_seconds, max_call_minutes } = exchange.settings;
    const seconds = { routing: 30, ringing: ring_seconds, dialling: dialSeconds, talking: max_call_minutes * 60, over: 0 }[one.state.phase];
    clearTimeout(one.deadline);
    const deadline = setTimeout(() => {
      // What happened in the same moment may have begun another wait.
      enqueue(one, async () => {
        if (one.deadline === deadline) await act(one, step(one.state, { what: "late" }, kit.now()));
      });
    }, seconds * 1000);
    one.deadline = deadline;
  }

  async function obey(one: Running, command: Command): Promise<void> {
    const { id, client, line } = one.state;
    const clientChannel = one.state.clientChannel ?? legName(id, clientLeg);
    const { endpoint, trunk, caller_id, ring_seconds } = exchange.settings;
    switch (command.do) {
      case "let client hear ringing":
        return ignoring(() => ari.ring(clientChannel));
      case "let employee hear ringing":
        return ignoring(() => ari.ring(legName(id, command.account)));
      case "ring":
        return originate(one, command.account, {
          endpoint: endpoint.replaceAll("{account}", command.account),
          callerId: client,
          timeoutSeconds: ring_seconds,
        });
      case "dial client": {
        const shown = line ?? caller_id;
        const digits = client.replace(/\D/g, "");
        const address = trunk.replaceAll("{phone}", digits).replaceAll("{e164}", `+${digits}`);
        return originate(one, clientLeg, {
          endpoint: address,
          timeoutSeconds: dialSeconds,
          ...(shown !== undefined && shown !== "" && { callerId: shown }),
        });
      }
      case "connect":
        return connect(one, clientChannel, command.account);
      case "hang up":
        return ignoring(() => ari.hangUp(command.leg === clientLeg ? clientChannel : legName(id, command.leg), command.reason));
      case "end":
        if (one.state.isRecorded) await ignoring(() => ari.stopRecording(recordingName(id)));
        return ignoring(() => ari.destroyBridge(bridgeName(id)));
    }
  }

  /** A phone that is not registered is a leg that is gone, and no trouble of ours. */
  async function originate(
    one: Running,
    leg: string,
    call: { endpoint: string; callerId?: string; timeoutSeconds: number },
  ): Promise<void> {
    try {
      await ari.originate({ ...call, channelId: legName(one.state.id, leg), appArgs: ["leg", one.state.id, leg] });
    } catch (error) {
      if (!(error instanceof AriError)) throw error;
      tell(one, { what: "gone", leg, outcome: "unavailable" });
    }
  }

  async function connect(one: Running, clientChannel: string, account: string): Promise<void> {
    const { id, direction } = one.state;
    const bridge = bridgeName(id);
    try {
      if (direction === "in") await ari.answer(clientChannel);
      await ari.createBridge(bridge);
      await ari.addToBridge(bridge, [clientChannel, legName(id, account)]);
      if (!exchange.settings.record) return;
      await ari.record(bridge, recordingName(id));
      tell(one, { what: "recording" });
    } catch (error) {
      // One of the two has just hung up: its event is on its way.
      if (!(error instanceof AriError)) throw error;
    }
  }

  /** What is gone or refused now ends by itself. */
  async function ignoring(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      if (!(error instanceof AriError)) throw error;
    });
  }

  // ── Whom to ring ────────────────────────────────────────────────────────────────────────────────────────────────

  async function route(state: CallState): Promise<{ first: readonly string[]; next: readonly string[] }> {
    const users = (await usersOf(exchange, ari)).map(({ account }) => account);
    const everybody = exchange.settings.group.length > 0 ? exchange.settings.group : users;
    const asked = kit.route({
      call: state.id,
      client: phoneOf(state.client, exchange),
      ...(state.line !== undefined && { line: state.line }),
    });
    const { account } = await Promise.race([asked, pause(exchange.settings.route_seconds).then(() => ({ account: undefined }))]).catch(
      () => ({ account: undefined }),
    );
    if (account === undefined || !users.includes(account)) return { first: everybody, next: [] };
    return { first: [account], next: everybody.filter((other) => other !== account) };
  }

  // ── After a time in which nobody listened ───────────────────────────────────────────────────────────────────────

  /** Goes on with the calls that are still there, ends the accounts of those that are not, and hangs up what is ours and nobody's. */
  async function reconcile(): Promise<void> {
    const [channels, bridges, kept] = [await ari.channels(), await ari.bridges(), await kit.store.list<CallState>("call")];
    const alive = new Set(channels.map(({ id }) => id));
    for (const { value: state } of kept) {
      const one = begin(state);
      setDeadline(one);
      const clientChannel = state.clientChannel ?? legName(state.id, clientLeg);
      const isClientExpected = state.clientChannel !== undefined || state.phase === "dialling" || state.phase === "talking";
      if (isClientExpected && !alive.has(clientChannel)) tell(one, { what: "gone", leg: clientLeg, outcome: "unavailable" });
      for (const leg of state.legs)
        if (leg.state !== "gone" && !alive.has(legName(state.id, leg.account)))
          tell(one, { what: "gone", leg: leg.account, outcome: "unavailable" });
      if (state.phase === "routing")
        enqueue(one, async () => act(one, step(one.state, { what: "routed", ...(await route(one.state)) }, kit.now())));
      // Taken up while nobody listened.
      for (const { id, state: status } of channels)
        if (status === "Up" && callOfChannel(id) === state.id) tell(one, { what: "up", leg: legOf(id) });
    }
    const isKnown = (id: string): boolean =>
      running.has(callOfChannel(id) ?? "") || [...running.values()].some(({ state }) => state.clientChannel === id);
    const isInApp = ({ app, appData }: Channel): boolean => app === "Stasis" && appData.split(",")[0] === exchange.settings.app;
    for (const channel of channels)
      if ((isOurs(channel.id) || isInApp(channel)) && !isKnown(channel.id)) await ignoring(() => ari.hangUp(channel.id));
    for (const id of bridges) if (isOurs(id) && !running.has(callOfChannel(id) ?? "")) await ignoring(() => ari.destroyBridge(id));
  }
}

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000).unref());
