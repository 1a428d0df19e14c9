import { randomUUID } from "node:crypto";
import { Gone, Halted, LoginNeeded, type Move, type MoveRun, Refused, Unavailable, type WorkspaceId } from "@svyazka/core";
import { Invalid, type Sql } from "@svyazka/crm";
import type { Registry } from "../connections/registry.ts";
import type { Pool } from "../db/pool.ts";
import type { Hub } from "../hub.ts";
import { keepStep, type MoveRow } from "./moves.ts";

/** A process that dies leaves its move to another after this. */
const leaseSeconds = 30;
const renewMs = 10_000;
const lookEveryMs = 10_000;
/** A far side that is away is asked again after so long, by how often it was away. */
const waitSeconds = [5, 15, 60, 300, 900] as const;
/** A person has to sign in first: looked for now and then. */
const loginSeconds = 300;

/** The movers of a hub, at work. */
export function moving(hub: Hub): Movers {
  const { pool, registry, log } = hub;
  const movers = new Movers({
    pool,
    registry,
    workspaces: async () => (await pool.reference.query<{ id: WorkspaceId }>({ text: "select id from hub.workspace" })).map(({ id }) => id),
    onError: (error) => log.warn({ err: error }, "moves will be taken up again"),
    onBug: (error, id) => log.error({ err: error, move: id }, "a move failed by our own mistake"),
  });
  hub.bus.on(({ kind }) => {
    if (kind === "moves") movers.look();
  });
  movers.look();
  return movers;
}

interface Options {
  readonly pool: Pool;
  readonly registry: Registry;
  readonly workspaces: () => Promise<readonly WorkspaceId[]>;
  readonly onError: (error: unknown) => void;
  readonly onBug: (error: unknown, id: string) => void;
}

/** Sees moves through, in whichever process takes them up. */
export class Movers {
  readonly #options: Options;
  readonly #running = new Map<string, Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(options: Options) {
    this.#options = options;
    this.#timer = setInterval(() => this.look(), lookEveryMs);
    this.#timer.unref();
  }

  /** Takes up what nobody is at. */
  look(): void {
    if (!this.#stopping) this.#looking = this.#looking.then(() => this.#lookEverywhere()).catch(this.#options.onError);
  }

  /** Ends after the step at hand; another process goes on from there. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#looking;
    await Promise.all(this.#running.values());
  }

  async #lookEverywhere(): Promise<void> {
    for (const workspace of await this.#options.workspaces()) {
      const sql = this.#options.pool.in(workspace);
      const lease = randomUUID();
      const [move] = this.#stopping ? [] : await take(sql, lease);
      if (!move) continue;
      const seen = this.#see(sql, move, lease)
        .catch(this.#options.onError)
        .finally(() => this.#running.delete(lease));
      this.#running.set(lease, seen);
    }
  }

  async #see(sql: Sql, move: MoveRow, lease: string): Promise<void> {
    const renewal = setInterval(() => void renew(sql, move.id, lease).catch(() => {}), renewMs);
    try {
      await start(await this.#moveOf(sql, move), move, this.#run(sql, move, lease));
      await end(sql, move.id, lease, "done");
    } catch (error) {
      await this.#broken(sql, move, lease, error);
    } finally {
      clearInterval(renewal);
    }
  }

  /** Throws `Unavailable` while the connection is switched off, `Refused` when there is none that could be moved. */
  async #moveOf(sql: Sql, { connection }: MoveRow): Promise<Move> {
    const live = (await this.#options.registry.view(sql.workspace)).connections.get(connection);
    if (live?.row.state === "disabled") throw new Unavailable("the connection is switched off", { retryAfterSeconds: 60 });
    const move = live?.connected().move;
    if (!move) throw new Refused("there is no such connection any more");
    return move;
  }

  #run(sql: Sql, { id, place }: MoveRow, lease: string): MoveRun {
    let last: unknown = place ?? undefined;
    return {
      get place() {
        return last;
      },
      keep: async (step) => {
        if (!(await keepStep(sql, id, lease, step)))
          throw new Halted("the move was cancelled or taken over, or its connection is switched off");
        last = step.place;
        if (this.#stopping) throw new Halted("the process stops");
      },
    };
  }

  /** What passes by itself is waited for; what does not, ends the move. */
  async #broken(sql: Sql, { id, tries }: MoveRow, lease: string, error: unknown): Promise<void> {
    if (error instanceof Halted) return letGo(sql, id, lease);
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof Unavailable || error instanceof LoginNeeded) {
      const asked = error instanceof Unavailable ? error.retryAfterSeconds : loginSeconds;
      const seconds = asked ?? waitSeconds[Math.min(tries, waitSeconds.length - 1)] ?? loginSeconds;
      return waitFor(sql, id, lease, seconds, message);
    }
    if (!(error instanceof Refused || error instanceof Gone || error instanceof Invalid)) this.#options.onBug(error, id);
    await end(sql, id, lease, "failed", message);
  }
}

const start = (move: Move, { direction, into_filled: intoFilled }: MoveRow, run: MoveRun): Promise<void> =>
  direction === "in" ? move.in(run, { intoFilled }) : direction === "out" ? move.out(run) : move.compare(run);

const take = (sql: Sql, lease: string): Promise<MoveRow[]> =>
  sql.query<MoveRow>({
    text: `update hub.move set lease = $2, leased_until = now() + $3 * interval '1 second'
           where workspace = $1 and state = 'running' and next_at <= now() and leased_until <= now() returning *`,
    values: [sql.workspace, lease, leaseSeconds],
  });

const held = "where workspace = $1 and id = $2 and lease = $3 and state = 'running'";

const renew = (sql: Sql, id: string, lease: string) =>
  sql.query({
    text: `update hub.move set leased_until = now() + $4 * interval '1 second' ${held}`,
    values: [sql.workspace, id, lease, leaseSeconds],
  });

async function letGo(sql: Sql, id: string, lease: string): Promise<void> {
  await sql.query({ text: `update hub.move set leased_until = '-infinity' ${held}`, values: [sql.workspace, id, lease] });
}

async function waitFor(sql: Sql, id: string, lease: string, seconds: number, because: string): Promise<void> {
  await sql.query({
    text: `update hub.move set leased_until = '-infinity', next_at = now() + $4 * interval '1 second', error = $5, tries = tries + 1 ${held}`,
    values: [sql.workspace, id, lease, Math.ceil(seconds), because],
  });
}

async function end(sql: Sql, id: string, lease: string, state: "done" | "failed", error: string | null = null): Promise<void> {
  await sql.query({
    text: `update hub.move set state = $4, error = $5, finished_at = now(), leased_until = '-infinity' ${held}`,
    values: [sql.workspace, id, lease, state, error],
  });
}
