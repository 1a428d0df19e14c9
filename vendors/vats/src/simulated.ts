import { randomUUID } from "node:crypto";
import {
  type CallHandling,
  type CallOutcome,
  type CallScript,
  type Employee,
  type EventDraft,
  type Events,
  type EventType,
  type Kit,
  type Phone,
  Refused,
  type Rehearsal,
  readPhone,
  type StopSignal,
  type Telephony,
  type TelephonyUser,
} from "@svyazka/core";

/**
 * A PBX that nobody's voice goes through: it plays calls with real timing and tells everything a PBX tells. For trying a CRM at home,
 * for the demo and for tests.
 */
export interface SimulatedPbx extends Pick<Telephony, "startCall" | "users">, Rehearsal {
  /** Ends the accounts of calls that were going on when the hub was killed: as far as they had come. */
  watch(signal: StopSignal): Promise<void>;
}

export interface SimulatedOptions {
  readonly kit: Kit;
  readonly users: readonly TelephonyUser[];
  readonly userMapping: Readonly<Record<string, string>>;
  readonly handling: CallHandling;
  readonly country: string;
  /** Where the recording of a call is to be had. */
  recordingUrl(call: string, seconds: number): string;
}

/** What is kept of a call while it goes on, and what its account will be if it is broken off. */
interface OpenCall {
  readonly call: string;
  readonly direction: "in" | "out";
  readonly client: Phone;
  readonly line?: string;
  readonly startedAt: string;
  readonly answered?: { readonly account: string; readonly at: string };
  /** By then it is over in any case. */
  readonly until: string;
}

const defaults = { patienceSeconds: 20, talkSeconds: 5 };
/** An employee takes up their phone, then the client theirs. */
const outgoing = { employeeSeconds: 1, clientSeconds: 2 };
/** What becomes of a call to a number that ends so: as SIP would answer, for developers who want to see each outcome. */
const endings: Readonly<Record<string, CallOutcome>> = {
  "0486": "busy",
  "0480": "unavailable",
  "0404": "not_found",
  "0403": "not_allowed",
  "0487": "cancelled",
};

const watchEveryMs = 5_000;
const graceMs = 5_000;

export function simulatedPbx(options: SimulatedOptions): SimulatedPbx {
  const { kit, users, country } = options;

  async function play(script: CallScript): Promise<{ call: string }> {
    const client = phoneOf(script.from, country);
    const call = randomUUID();
    const route =
      script.account === undefined ? await kit.route({ call, client, ...(script.line !== undefined && { line: script.line }) }) : {};
    const wanted = script.account ?? route.account;
    if (script.account !== undefined && !users.some(({ account }) => account === script.account))
      throw new Refused(`there is no account ${script.account}`);
    const isKnown = users.some(({ account }) => account === wanted);
    const rung = await reachable(isKnown && wanted !== undefined ? [wanted] : users.map(({ account }) => account));
    const patience = script.patienceSeconds ?? defaults.patienceSeconds;
    const isAnswered = script.answerAfterSeconds !== undefined && script.answerAfterSeconds <= patience && rung.length > 0;
    const talkSeconds = script.talkSeconds ?? defaults.talkSeconds;
    const waitSeconds = isAnswered ? (script.answerAfterSeconds ?? 0) : patience;
    const open = await begin(
      { call, direction: "in", client, ...(script.line !== undefined && { line: script.line }) },
      waitSeconds + (isAnswered ? talkSeconds : 0),
    );
    await tell(...rung.map((account) => fact("call.ringing", open, account)));
    void run(async () => {
      await pause(waitSeconds);
      const [winner = "", ...losers] = rung;
      if (!isAnswered) {
        await tell(...rung.map((account) => fact("call.ended", open, account, { how: "cancelled" })));
        return finish(open, "missed");
      }
      await tell(fact("call.answered", open, winner), ...losers.map((account) => fact("call.ended", open, account, { how: "cancelled" })));
      return talk(open, winner, talkSeconds);
    });
    return { call };
  }

  async function startCall({ account, phone, line }: Parameters<Telephony["startCall"]>[0]): Promise<{ call: string }> {
    if (!users.some((user) => user.account === account)) throw new Refused(`there is no account ${account}`);
    const client = phoneOf(phone, country);
    const ending = endings[phone.slice(-4)];
    const call = randomUUID();
    const open = await begin(
      { call, direction: "out", client, ...(line !== undefined && { line }) },
      outgoing.employeeSeconds + outgoing.clientSeconds + defaults.talkSeconds,
    );
    void run(async () => {
      await pause(outgoing.employeeSeconds);
      await tell(fact("call.ringing", open, account));
      await pause(outgoing.clientSeconds);
      if (ending !== undefined) {
        await tell(fact("call.ended", open, account, { how: "cancelled" }));
        return finish(open, ending, account);
      }
      await tell(fact("call.answered", open, account));
      return talk(open, account, defaults.talkSeconds);
    });
    return { call };
  }

  /** Whoever does not want to be disturbed is not rung. */
  async function reachable(accounts: readonly string[]): Promise<string[]> {
    const quiet = await Promise.all(accounts.map((account) => kit.store.get<boolean>("dnd", account)));
    return accounts.filter((_, index) => quiet[index] !== true);
  }

  async function begin(call: Omit<OpenCall, "startedAt" | "until">, seconds: number): Promise<OpenCall> {
    const now = kit.now();
    const open = { ...call, startedAt: now.toISOString(), until: new Date(now.getTime() + seconds * 1000).toISOString() };
    await kit.store.put("call", call.call, open, { at: now });
    return open;
  }

  async function talk(open: OpenCall, account: string, seconds: number): Promise<void> {
    const talking = { ...open, answered: { account, at: kit.now().toISOString() } };
    await kit.store.put("call", open.call, talking, { at: new Date(open.startedAt) });
    await pause(seconds);
    await tell(fact("call.ended", open, account, { how: "completed" }));
    await finish(talking, "answered", account);
  }

  /** The account of the call: recorded before the call is forgotten, so that at worst it is told twice. */
  async function finish(open: OpenCall, outcome: CallOutcome, account?: string): Promise<void> {
    const now = Math.min(kit.now().getTime(), new Date(open.until).getTime() + graceMs);
    const seconds = (from: string, to: number) => Math.max(0, Math.round((to - new Date(from).getTime()) / 1000));
    const answeredAt = open.answered && new Date(open.answered.at).getTime();
    const talkSeconds = open.answered ? seconds(open.answered.at, now) : 0;
    const recordings = outcome === "answered" ? [options.recordingUrl(open.call, talkSeconds)] : [];
    const { handling } = options;
    await tell(
      fact("call.finished", open, account, {
        ...{
          outcome,
          startedAt: open.startedAt,
          waitSeconds: seconds(open.startedAt, answeredAt ?? now),
          talkSeconds,
          recordings,
          handling,
        },
        durationSeconds: seconds(open.startedAt, now),
      }),
      ...recordings.map(
        (url): EventDraft => ({
          type: "call.recorded",
          key: `recorded ${url}`,
          subject: `recording ${open.call}`,
          data: { call: open.call, url, handling },
        }),
      ),
    );
    await kit.store.remove("call", open.call);
  }

  async function finishBroken(): Promise<void> {
    for (const { value: open } of await kit.store.list<OpenCall>("call")) {
      if (new Date(open.until).getTime() + graceMs > kit.now().getTime()) continue;
      await finish(open, open.answered ? "answered" : open.direction === "in" ? "missed" : "unavailable", open.answered?.account);
    }
  }

  const tell = (...facts: EventDraft[]): Promise<void> => kit.record(facts, { what: "SIMULATED call" });

  function fact<T extends EventType>(
    type: T,
    { call, direction, client, line }: OpenCall,
    account: string | undefined,
    rest: object = {},
  ): EventDraft {
    const facts = {
      call,
      direction,
      client,
      ...(line !== undefined && { line }),
      ...(account !== undefined && { employee: employeeOf(account) }),
      ...rest,
    };
    return { type, key: [type, call, account].join(" "), subject: `call ${call}`, data: facts as unknown as Events[T] };
  }

  function employeeOf(account: string): Employee {
    const user = options.userMapping[account];
    const extension = users.find((one) => one.account === account)?.extension;
    return { account, ...(extension !== undefined && { extension }), ...(user !== undefined && { user }) };
  }

  return {
    play,
    startCall,
    users: async () => users,
    async watch(signal) {
      const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", resolve));
      while (!signal.aborted) {
        await finishBroken();
        await Promise.race([stopped, pause(watchEveryMs / 1000)]);
      }
    },
  };
}

const phoneOf = (text: string, country: string): Phone => readPhone(text, country) ?? { typed: text };

/** A call that breaks off because the database is away is ended by `watch`. */
const run = (work: () => Promise<void>): Promise<void> => work().catch(() => {});

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
