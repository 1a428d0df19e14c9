import {
  type AnyFlow,
  Closed,
  Conflict,
  type ConnectionId,
  type EventDraft,
  type FlowContext,
  Gone,
  type Inbox,
  type KeepFile,
  type KeptFile,
  LoginNeeded,
  NotYet,
  Refused,
  Unavailable,
} from "@svyazka/core";
import type { LiveConnection, Registry, WorkspaceView } from "../connections/registry.ts";
import { DatabaseUnavailable } from "../db/pool.ts";
import { type RecordedRequest, underWay } from "../net/way-out.ts";
import type { Claim, Finished } from "./queue.ts";
import { closedDelay, retryDelay } from "./retry.ts";
import { isAtWork, whileAtWork } from "./still-at-work.ts";

export interface AttemptOptions {
  readonly registry: Registry;
  readonly flows: ReadonlyMap<string, AnyFlow>;
  /** The next number of a connection's own count. */
  turn(claim: Claim): Promise<number>;
  /** Copies a file of the source connection into our storage. */
  keepFile(source: LiveConnection, url: string, options: KeepFile): Promise<KeptFile>;
  /** Our own book of conversations, in the name of this connection. */
  inbox(claim: Claim, view: WorkspaceView): Inbox;
  /** Facts that follow from the event of this claim, of this connection. */
  record(claim: Claim, facts: readonly EventDraft[], of: ConnectionId): Promise<void>;
  /** The far side wants a new sign-in. */
  park(claim: Claim, because: string): Promise<void>;
  /** The far side as a whole is shut, or open again. */
  remember(claim: Claim, found: { readonly ok: boolean; readonly message: string }): Promise<void>;
  /** The far side wants nothing more. */
  shut(claim: Claim, because: string): Promise<void>;
  /** An error that is our own mistake, or the database's. */
  onBug(error: unknown, claim: Claim): void;
}

const longestAttemptMs = 120_000;

/** Runs the flow of one claimed delivery once, and says what became of it. Never throws. Undefined when the target is parked or disabled, or an earlier attempt is still at work. */
export async function attempt(claim: Claim, options: AttemptOptions): Promise<Finished | undefined> {
  if (isAtWork(claim.id)) return undefined;
  const startedAt = new Date();
  const started = performance.now();
  const calls: RecordedRequest[] = [];
  const conclude = (rest: Omit<Finished, "claim" | "startedAt" | "ms" | "calls">): Finished => ({
    claim,
    startedAt,
    ms: Math.round(performance.now() - started),
    calls,
    ...rest,
  });
  try {
    const view = await options.registry.view(claim.event.workspace);
    const target = view.connections.get(claim.target);
    if (!target) return conclude({ outcome: "failed", detail: "The connection was removed" });
    if (target.row.parked_because !== null || target.row.state !== "active") return undefined;
    const flow = options.flows.get(claim.flow);
    if (!flow) return conclude({ outcome: "failed", detail: `There is no flow ${claim.flow} any more` });
    const port = target.connected()[flow.needs as "crm"];
    if (!port) return conclude({ outcome: "failed", detail: `${target.row.name} can no longer do what ${flow.name} needs` });
    const context = contextOf(claim, view, port, options);
    const work = underWay.run({ source: claim.event.connection, calls }, () => flow.run(claim.event, context));
    const outcome = await withDeadline(whileAtWork(claim.id, work));
    if (target.row.health?.ok === false) await options.remember(claim, { ok: true, message: "OK" }).catch(() => {});
    return conclude({ outcome: "done", detail: outcome.done, ...(outcome.records && { records: outcome.records }) });
  } catch (error) {
    return conclude(await classify(error, claim, options));
  }
}

function contextOf(claim: Claim, view: WorkspaceView, port: FlowContext["port"], options: AttemptOptions): FlowContext {
  const source = view.connections.get(claim.event.connection);
  const fields = source && new Set(source.connection.directory.fields.deal.map(({ code }) => code.toLowerCase()));
  const active = new Set((source?.connection.directory.users ?? []).filter((user) => user.active).map((user) => user.id));
  return {
    port,
    workspace: view.workspace,
    source: source?.row.name ?? "",
    sourceSettings: source?.row.settings ?? {},
    target: claim.target,
    inbox: options.inbox(claim, view),
    record: (facts, of = claim.event.connection) => options.record(claim, facts, of),
    sourceCrm: source?.connected().crm,
    key: (part) => `${claim.event.id}:${claim.flow}:${part}`,
    turn: () => options.turn(claim),
    now: new Date(),
    attempt: claim.tries + 1,
    async keepFile(url, how) {
      if (!source) throw new Refused("The connection that has this file was removed");
      return options.keepFile(source, url, how);
    },
    isActiveUser: (id) => active.has(id),
    // Of a connection that was removed nobody knows: what it brought is taken as it is.
    hasDealField: (code) => fields?.has(code.toLowerCase()) ?? true,
  };
}

async function classify(
  error: unknown,
  claim: Claim,
  options: AttemptOptions,
): Promise<Omit<Finished, "claim" | "startedAt" | "ms" | "calls">> {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Refused) return { outcome: "failed", detail: message, error: message };
  if (error instanceof Gone) {
    await options.shut(claim, message).catch((failure: unknown) => options.onBug(failure, claim));
    return { outcome: "failed", detail: message, error: message };
  }
  if (error instanceof LoginNeeded) {
    await options.park(claim, message).catch((failure: unknown) => options.onBug(failure, claim));
    return { outcome: "parked", detail: message, error: message };
  }
  if (error instanceof Conflict || error instanceof DatabaseUnavailable) {
    // The target is not at fault: again at once, and ever more slowly, as often as it takes.
    const soon = error instanceof Conflict ? 0.05 : 1;
    return { outcome: "retry", detail: message, error: message, delaySeconds: Math.min(soon * 1.2 ** claim.attempts, 60) };
  }
  if (error instanceof NotYet)
    // Others had the turns; they are not all to come back at once.
    return { outcome: "retry", detail: message, error: message, delaySeconds: (error.retryAfterSeconds ?? 1) * (0.5 + Math.random()) };
  if (error instanceof Closed) {
    await options.remember(claim, { ok: false, message }).catch((failure: unknown) => options.onBug(failure, claim));
    return {
      outcome: "retry",
      detail: message,
      error: message,
      delaySeconds: closedDelay(claim.attempts, Math.random(), error.retryAfterSeconds),
    };
  }
  if (!(error instanceof Unavailable)) options.onBug(error, claim);
  const delaySeconds = retryDelay(claim.tries + 1, Math.random(), error instanceof Unavailable ? error.retryAfterSeconds : undefined);
  const stack = error instanceof Unavailable ? message : (error instanceof Error && error.stack) || message;
  return delaySeconds === undefined
    ? { outcome: "failed", detail: `Given up after ${claim.attempts + 1} attempts: ${message}`, error: stack }
    : { outcome: "retry", detail: message, error: stack, delaySeconds, counts: true };
}

/** An attempt that hangs is given up, and tried again later: its writes carry keys. */
async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unavailable(`It took longer than ${longestAttemptMs / 1000} s`)), longestAttemptMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
