import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { AnyFlow, ConnectionId, WorkspaceId } from "@svyazka/core";
import type { LiveConnection, Registry } from "../connections/registry.ts";
import type { Pool } from "../db/pool.ts";
import { isHeard } from "../delivery/plan.ts";

export interface ListenersOptions {
  readonly pool: Pool;
  readonly registry: Registry;
  readonly flows: readonly AnyFlow[];
  workspaces(): Promise<readonly WorkspaceId[]>;
  /** Why the listening broke off, or could not begin; undefined when it has gone on for a while. */
  onState(live: LiveConnection, error: unknown): void;
}

/** Whoever holds a lease must renew it within this; when a process dies, another one takes over at the latest after it. */
const leaseSeconds = 12;
const roundMs = 4_000;
const longestPauseMs = 60_000;
/** What has gone on for so long is said to be well. */
const wellMs = 2_000;
/** Longer than this, and what broke before does not count. */
const steadyMs = 60_000;

interface Listening {
  readonly updatedAt: number;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/**
 * Runs `listen` of every connection whose vendor has one: in exactly one process at a time, by a lease in the database.
 * A connection that is changed is listened to anew, one that breaks off again after a while.
 */
export class Listeners {
  readonly #options: ListenersOptions;
  readonly #holder = randomUUID();
  readonly #running = new Map<string, Listening>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(options: ListenersOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), roundMs);
    this.look();
  }

  /** Looks through all connections: after a change, and now and then. */
  look(): void {
    this.#round = this.#round.then(() => (this.#stopping ? undefined : this.#lookThrough())).catch(() => {});
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#round;
    const running = [...this.#running.values()];
    for (const { stop } of running) stop.abort();
    await Promise.race([Promise.all(running.map(({ done }) => done)), sleep(5_000)]);
    for (const workspace of await this.#options.workspaces().catch(() => [])) {
      await this.#options.pool
        .in(workspace)
        .query({ text: "delete from hub.listener where workspace = $1 and holder = $2", values: [workspace, this.#holder] })
        .catch(() => {});
    }
  }

  async #lookThrough(): Promise<void> {
    const wanted = new Set<string>();
    try {
      for (const workspace of await this.#options.workspaces()) {
        const view = await this.#options.registry.view(workspace);
        const listening = [...view.connections.values()].filter(
          ({ vendor, row, connection }) =>
            vendor.listen && row.state === "active" && (vendor.listens?.(connection, isHeard(view, this.#options.flows, row.id)) ?? true),
        );
        const leased = await this.#lease(
          workspace,
          listening.map(({ row }) => row.id),
        );
        for (const live of listening.filter(({ row }) => leased.has(row.id))) {
          wanted.add(nameOf(live));
          this.#keep(live);
        }
      }
    } catch {
      // The database is away: by the time our leases have run out another process may be listening.
      wanted.clear();
    }
    for (const [name, listening] of this.#running) if (!wanted.has(name)) listening.stop.abort();
  }

  /** Which of these are ours for a while: those that nobody holds, and those that we hold already. */
  async #lease(workspace: WorkspaceId, connections: readonly ConnectionId[]): Promise<ReadonlySet<ConnectionId>> {
    if (connections.length === 0) return new Set();
    const rows = await this.#options.pool.in(workspace).query<{ connection: ConnectionId }>({
      name: "listen-lease",
      text: `insert into hub.listener as l (workspace, connection, holder, leased_until)
             select $1, connection, $3, now() + $4 * interval '1 second' from unnest($2::bigint[]) as connection order by connection
             on conflict (workspace, connection) do update set holder = excluded.holder, leased_until = excluded.leased_until
             where l.holder = excluded.holder or l.leased_until <= now() returning connection`,
      values: [workspace, connections, this.#holder, leaseSeconds],
    });
    return new Set(rows.map(({ connection }) => connection));
  }

  #keep(live: LiveConnection): void {
    const name = nameOf(live);
    const updatedAt = live.row.updated_at.getTime();
    const running = this.#running.get(name);
    if (running) {
      // It ends, and begins anew with what has changed.
      if (running.updatedAt !== updatedAt) running.stop.abort();
      return;
    }
    const stop = new AbortController();
    const done = this.#listen(live, stop.signal).finally(() => {
      this.#running.delete(name);
      if (!this.#stopping) this.look();
    });
    this.#running.set(name, { updatedAt, stop, done });
  }

  async #listen(live: LiveConnection, signal: AbortSignal): Promise<void> {
    let pauseMs = 1_000;
    while (!signal.aborted) {
      const started = Date.now();
      let well: NodeJS.Timeout | undefined;
      try {
        const listening = live.vendor.listen?.(live.connection, live.kit, signal);
        if (!listening) return await aborted(signal);
        well = setTimeout(() => this.#options.onState(live, undefined), wellMs);
        await listening;
        if (signal.aborted) return;
        throw new Error("it stopped listening by itself");
      } catch (error) {
        if (signal.aborted) return;
        this.#options.onState(live, error);
        pauseMs = Date.now() - started > steadyMs ? 1_000 : Math.min(pauseMs * 2, longestPauseMs);
        await sleep(pauseMs, undefined, { signal }).catch(() => {});
      } finally {
        clearTimeout(well);
      }
    }
  }
}

const aborted = (signal: AbortSignal): Promise<void> => new Promise((resolve) => signal.addEventListener("abort", () => resolve()));

const nameOf = ({ row }: LiveConnection): string => `${row.workspace}/${row.id}`;
