import { setTimeout as sleep } from "node:timers/promises";
import type { WorkspaceId } from "@svyazka/core";
import { type Claim, type Finished, leaseSeconds, type Queue } from "./queue.ts";

export interface WorkerOptions {
  readonly queue: Queue;
  readonly concurrency: number;
  /** Every workspace there is: looked through at the start, after a gap in the notifications, and now and then. */
  workspaces(): Promise<readonly WorkspaceId[]>;
  /** One attempt. Never throws; undefined when the claim is to be put back because its target is parked. */
  attempt(claim: Claim): Promise<Finished | undefined>;
  onError(error: unknown): void;
}

/** A lost notification is mended at the latest after this. */
const sweepMs = 30_000;
const renewMs = (leaseSeconds * 1000) / 3;
/** Completions that fall within this time share a commit. */
const gatherMs = 4;

/**
 * Takes deliveries and sees them through. Wakes when told that a workspace has work, or when the next retry is due; never polls.
 * Workspaces take turns, so that a large backlog of one does not hold up the others.
 */
export class Worker {
  readonly #options: WorkerOptions;
  /** When to look into a workspace next, in milliseconds of `Date.now()`. */
  readonly #due = new Map<WorkspaceId, number>();
  readonly #inHand = new Map<Claim, WorkspaceId>();
  readonly #finished = new Map<WorkspaceId, Finished[]>();
  readonly #gathering = new Set<Promise<void>>();
  #stopping = false;
  #wake: (() => void) | undefined;
  #loop: Promise<void> | undefined;
  #renewal: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  get inHand(): number {
    return this.#inHand.size;
  }

  start(): void {
    this.#renewal = setInterval(() => void this.#renew(), renewMs);
    this.#sweep = setInterval(() => void this.lookEverywhere(), sweepMs);
    this.#loop = this.#run();
    void this.lookEverywhere();
  }

  /** There is work in this workspace. */
  wake(workspace: WorkspaceId): void {
    this.#due.set(workspace, 0);
    this.#wake?.();
  }

  async lookEverywhere(): Promise<void> {
    try {
      for (const workspace of await this.#options.workspaces())
        this.#due.set(workspace, Math.min(this.#due.get(workspace) ?? 0, Date.now()));
      this.#wake?.();
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /** Takes no more, and waits until what is in hand has been written down. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#sweep);
    this.#wake?.();
    await this.#loop;
    while (this.#inHand.size > 0 || this.#gathering.size > 0) await sleep(5);
    clearInterval(this.#renewal);
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const workspace = this.#nextDue();
      const free = this.#options.concurrency - this.#inHand.size;
      // Claiming in large batches costs a tenth of claiming one by one.
      if (workspace === undefined || free < Math.ceil(this.#options.concurrency / 4)) {
        await this.#rest(workspace === undefined);
        continue;
      }
      await this.#take(workspace, free);
    }
  }

  async #take(workspace: WorkspaceId, limit: number): Promise<void> {
    // Set before asking: a wake that comes meanwhile must not be overwritten.
    this.#due.delete(workspace);
    try {
      const claims = await this.#options.queue.claim(workspace, limit);
      for (const claim of claims) void this.#see(workspace, claim);
      if (claims.length === limit) this.#dueAt(workspace, Date.now());
      else {
        const ms = await this.#options.queue.untilNext(workspace);
        if (ms !== undefined) this.#dueAt(workspace, Date.now() + Math.max(ms, 5));
      }
    } catch (error) {
      this.#options.onError(error);
      this.#dueAt(workspace, Date.now() + 500);
    }
  }

  async #see(workspace: WorkspaceId, claim: Claim): Promise<void> {
    this.#inHand.set(claim, workspace);
    const finished = await this.#options.attempt(claim);
    if (finished) this.#gather(workspace, finished);
    else {
      await this.#options.queue.putBack(workspace, claim).catch(this.#options.onError);
      this.#dueAt(workspace, Date.now() + 1000);
      this.#letGo([claim]);
    }
  }

  /** What is finished while a commit is on its way goes into the next one. */
  #gather(workspace: WorkspaceId, finished: Finished): void {
    const waiting = this.#finished.get(workspace);
    if (waiting) {
      waiting.push(finished);
      return;
    }
    this.#finished.set(workspace, [finished]);
    const writing = this.#writeAll(workspace).finally(() => this.#gathering.delete(writing));
    this.#gathering.add(writing);
  }

  async #writeAll(workspace: WorkspaceId): Promise<void> {
    const waiting = this.#finished.get(workspace) ?? [];
    while (waiting.length > 0) {
      await sleep(gatherMs);
      await this.#write(workspace, waiting.splice(0));
    }
    this.#finished.delete(workspace);
  }

  async #write(workspace: WorkspaceId, batch: readonly Finished[]): Promise<void> {
    // The leases are renewed while this waits for a database that is away; if it stays away, others take over and nothing is done twice.
    for (let tries = 0; tries < 40; tries++) {
      try {
        const more = await this.#options.queue.finish(workspace, batch);
        if (more || batch.some((one) => one.outcome === "retry")) this.#dueAt(workspace, Date.now());
        break;
      } catch (error) {
        this.#options.onError(error);
        if (this.#stopping && tries > 4) break;
        await sleep(250);
      }
    }
    this.#letGo(batch.map((one) => one.claim));
  }

  #letGo(claims: readonly Claim[]): void {
    for (const claim of claims) this.#inHand.delete(claim);
    this.#wake?.();
  }

  #dueAt(workspace: WorkspaceId, at: number): void {
    this.#due.set(workspace, Math.min(this.#due.get(workspace) ?? Number.POSITIVE_INFINITY, at));
    this.#wake?.();
  }

  #nextDue(): WorkspaceId | undefined {
    const now = Date.now();
    for (const [workspace, at] of this.#due) {
      if (at > now) continue;
      // To the end of the line.
      this.#due.delete(workspace);
      this.#due.set(workspace, at);
      return workspace;
    }
    return undefined;
  }

  /** Until woken, or until the next workspace is due. */
  async #rest(untilDue: boolean): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      const next = Math.min(...this.#due.values());
      if (untilDue && Number.isFinite(next)) timer = setTimeout(resolve, Math.min(Math.max(next - Date.now(), 1), 2 ** 31 - 1));
    });
    this.#wake = undefined;
    clearTimeout(timer);
  }

  async #renew(): Promise<void> {
    const byWorkspace = Map.groupBy(this.#inHand.keys(), (claim) => this.#inHand.get(claim));
    for (const [workspace, claims] of byWorkspace) {
      if (workspace !== undefined) await this.#options.queue.renew(workspace, claims).catch(this.#options.onError);
    }
  }
}
