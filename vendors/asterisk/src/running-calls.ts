import type { Kit } from "@svyazka/core";
import { type CallState, type Happening, type Step, step } from "./call.ts";
import type { Ari } from "./client.ts";
import { factOf } from "./facts.ts";
import { dialSeconds, type Operator, operatorOf } from "./operator.ts";
import { callOfChannel, recordingName } from "./protocol.ts";
import type { Exchange } from "./settings.ts";

export interface RunningCall {
  state: CallState;
  /** What happens to one call is done about in order. */
  queue: Promise<void>;
  deadline: NodeJS.Timeout | undefined;
}

export interface RunningCallsOptions {
  readonly exchange: Exchange;
  readonly kit: Kit;
  readonly ari: Ari;
  /** Something went wrong that is not the call's fault: the database is away, or Asterisk is. */
  fail(error: Error): void;
}

/** How long whoever asks for the way of a call may take: it has its own limit, well below. */
const routingSeconds = 30;

/** The calls that go on: each step is kept before it is done, and told after. */
export class RunningCalls {
  readonly #options: RunningCallsOptions;
  readonly #operator: Operator;
  readonly #calls = new Map<string, RunningCall>();

  constructor(options: RunningCallsOptions) {
    this.#options = options;
    this.#operator = operatorOf(options.exchange, options.ari);
  }

  begin(state: CallState): RunningCall {
    const call: RunningCall = { state, queue: Promise.resolve(), deadline: undefined };
    this.#calls.set(state.id, call);
    return call;
  }

  /** A call that is known here, by a channel of its. */
  has(channel: string): boolean {
    return this.#calls.has(callOfChannel(channel) ?? "") || this.ofClient(channel) !== undefined;
  }

  ofClient(channel: string): RunningCall | undefined {
    return [...this.#calls.values()].find(({ state }) => state.clientChannel === channel);
  }

  /** A call that another process began is known by what that one has kept. */
  async find(channel: string): Promise<RunningCall | undefined> {
    const id = callOfChannel(channel);
    if (id === undefined) return undefined;
    const known = this.#calls.get(id);
    if (known) return known;
    const kept = await this.#options.kit.store.get<CallState>("call", id);
    return this.#calls.get(id) ?? (kept && this.begin(kept));
  }

  tell(call: RunningCall, happening: Happening): void {
    this.enqueue(call, () => this.act(call, step(call.state, happening, this.#options.kit.now())));
  }

  enqueue(call: RunningCall, work: () => Promise<void>): void {
    call.queue = call.queue
      .then(work)
      .catch((error: unknown) => this.#options.fail(error instanceof Error ? error : new Error(String(error))));
  }

  async act(call: RunningCall, { state, commands, told }: Step): Promise<void> {
    const { exchange, kit, ari } = this.#options;
    const waitsAnew = state.phase !== call.state.phase || call.deadline === undefined || commands.some((command) => command.do === "ring");
    call.state = state;
    // Kept before anything is done: whoever takes over knows of every phone that may ring.
    if (state.phase !== "over") await kit.store.put("call", state.id, state, { at: new Date(state.startedAt) });
    for (const command of commands) {
      const happening = await this.#operator(call.state, command);
      if (happening) this.tell(call, happening);
    }
    const facts = told.map((item) => factOf(item, state, exchange, kit.now(), ari.recordingUrl(recordingName(state.id))));
    await kit.record(facts, { what: `ARI call ${state.id}` });
    if (state.phase === "over") await this.#forget(call);
    else if (waitsAnew) this.waitFor(call);
  }

  /** Nothing may last for ever: whoever listens next begins every wait anew. */
  waitFor(call: RunningCall): void {
    const { ring_seconds, max_call_minutes } = this.#options.exchange.settings;
    const seconds = { routing: routingSeconds, ringing: ring_seconds, dialling: dialSeconds, talking: max_call_minutes * 60, over: 0 }[
      call.state.phase
    ];
    clearTimeout(call.deadline);
    const deadline = setTimeout(() => {
      // What happened in the same moment may have begun another wait.
      this.enqueue(call, async () => {
        if (call.deadline === deadline) await this.act(call, step(call.state, { what: "late" }, this.#options.kit.now()));
      });
    }, seconds * 1000);
    call.deadline = deadline;
  }

  async #forget(call: RunningCall): Promise<void> {
    clearTimeout(call.deadline);
    this.#calls.delete(call.state.id);
    await this.#options.kit.store.remove("call", call.state.id);
  }

  /** Lets go of every call, when what is in hand is done: their states are kept. */
  async stop(): Promise<void> {
    for (const call of this.#calls.values()) clearTimeout(call.deadline);
    await Promise.all([...this.#calls.values()].map(({ queue }) => queue));
  }
}
