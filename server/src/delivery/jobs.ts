import type { WorkspaceId } from "@svyazka/core";
import { NotFound, type Sql } from "@svyazka/crm";
import { newId } from "../db/new-id.ts";
import { DatabaseUnavailable, type Pool } from "../db/pool.ts";
import { retryMany, skipMany } from "./many.ts";

export interface JobRow {
  readonly id: string;
  readonly action: "retry" | "skip";
  readonly filter: JobFilter;
  readonly state: "running" | "done" | "cancelled" | "failed";
  readonly total: number;
  readonly done: number;
  readonly changed: number;
  readonly reached: string | null;
  readonly error: string | null;
  readonly created_by: string;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

/** Those that are named, or all that are in a state and fit. */
export interface JobFilter {
  readonly ids?: readonly string[];
  readonly state?: string;
  readonly flow?: string;
  readonly target?: number;
  readonly cause?: string;
  readonly created_from?: string;
  readonly created_to?: string;
}

const atOnce = 200;
/** A process that dies in the middle leaves the rest to another after this. */
const leaseSeconds = 30;
const lookEveryMs = 10_000;

/** What fits, behind `$8` and made before the job was: what fails anew meanwhile is not looked at twice. */
const fitting = `from hub.delivery where workspace = $1 and state = $2 and ($3::text is null or flow = $3) and ($4::bigint is null or target = $4)
  and ($5::text is null or hub.cause_of(detail) = $5) and ($6::timestamptz is null or created_at >= $6) and ($7::timestamptz is null or created_at < $7)
  and ($8::uuid is null or id > $8) and id < $9`;

const values = (sql: Sql, filter: JobFilter, reached: string | null, before: string): unknown[] => [
  sql.workspace,
  filter.state,
  filter.flow ?? null,
  filter.target ?? null,
  filter.cause ?? null,
  filter.created_from ?? null,
  filter.created_to ?? null,
  reached,
  before,
];

/** Puts it down, to be done by `Jobs`. */
export async function addJob(sql: Sql, action: JobRow["action"], filter: JobFilter, by: string): Promise<string> {
  const id = newId<string>();
  const [row] = filter.ids
    ? [{ n: filter.ids.length }]
    : await sql.query<{ n: number }>({ text: `select count(*) as n ${fitting}`, values: values(sql, filter, null, id) });
  await sql.query({
    text: "insert into hub.job (workspace, id, action, filter, state, total, created_by) values ($1, $2, $3, $4, 'running', $5, $6)",
    values: [sql.workspace, id, action, JSON.stringify(filter), row?.n ?? 0, by],
  });
  return id;
}

/** Throws `NotFound`. */
export async function getJob(sql: Sql, id: string): Promise<JobRow> {
  const [row] = await sql.query<JobRow>({ text: "select * from hub.job where workspace = $1 and id = $2", values: [sql.workspace, id] });
  if (!row) throw new NotFound("job", id);
  return row;
}

export async function cancelJob(sql: Sql, id: string): Promise<void> {
  await getJob(sql, id);
  await sql.query({
    text: "update hub.job set state = 'cancelled', finished_at = now() where workspace = $1 and id = $2 and state = 'running'",
    values: [sql.workspace, id],
  });
}

/** Sees jobs through, in whichever process takes them up. */
export class Jobs {
  readonly #pool: Pool;
  readonly #wake: (workspace: WorkspaceId) => void;
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(pool: Pool, wake: (workspace: WorkspaceId) => void, onError: (error: unknown) => void) {
    this.#pool = pool;
    this.#wake = wake;
    this.#onError = onError;
  }

  /** Looks now and then for those that a process left in the middle. */
  start(): void {
    this.#timer = setInterval(() => {
      if (this.#running.size === 0) void this.#keep(this.#resume());
    }, lookEveryMs);
  }

  /** Resolves when it is over, or when this process stops. Never throws. */
  run(sql: Sql, id: string): Promise<void> {
    return this.#keep(this.#see(sql, id));
  }

  /** What has begun is finished to the end of its step; another process goes on from there. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await Promise.all(this.#running);
  }

  #keep(work: Promise<void>): Promise<void> {
    const kept = work.catch(this.#onError).finally(() => this.#running.delete(kept));
    this.#running.add(kept);
    return kept;
  }

  async #resume(): Promise<void> {
    for (const { id } of await this.#pool.reference.query<{ id: WorkspaceId }>({ text: "select id from hub.workspace" })) {
      const sql = this.#pool.in(id);
      const left = await sql.query<{ id: string }>({
        text: "select id from hub.job where workspace = $1 and state = 'running' and leased_until <= now() order by id",
        values: [id],
      });
      for (const job of left) await this.#see(sql, job.id);
    }
  }

  /** A step that is done twice, because a process died after it, changes nothing the second time. */
  async #see(sql: Sql, id: string): Promise<void> {
    let job = await lease(sql, id, false);
    try {
      while (job) {
        const ids = await nextIds(sql, job);
        const changed = ids.length === 0 ? 0 : await (job.action === "retry" ? retryMany : skipMany)(sql, ids);
        if (changed > 0) this.#wake(sql.workspace);
        const isOver = ids.length < atOnce;
        await stepDone(sql, id, { ids, changed, isOver, leaves: this.#stopping });
        job = isOver || this.#stopping ? undefined : await lease(sql, id, true);
      }
    } catch (error) {
      // What passes by itself leaves the job to whoever looks next.
      if (error instanceof DatabaseUnavailable || /^40/.test(String((error as { code?: unknown }).code))) throw error;
      await sql.query({
        text: "update hub.job set state = 'failed', error = $3, finished_at = now() where workspace = $1 and id = $2 and state = 'running'",
        values: [sql.workspace, id, error instanceof Error ? error.message : String(error)],
      });
    }
  }
}

interface Step {
  readonly ids: readonly string[];
  readonly changed: number;
  readonly isOver: boolean;
  readonly leaves: boolean;
}

async function stepDone(sql: Sql, id: string, { ids, changed, isOver, leaves }: Step): Promise<void> {
  await sql.query({
    text: `update hub.job set done = done + $3, changed = changed + $4, reached = coalesce($5, reached), total = greatest(total, done + $3),
             leased_until = case when $7 then '-infinity' else leased_until end,
             state = case when state = 'running' and $6 then 'done' else state end,
             finished_at = case when state = 'running' and $6 then now() else finished_at end
           where workspace = $1 and id = $2`,
    values: [sql.workspace, id, ids.length, changed, ids.at(-1) ?? null, isOver, leaves],
  });
}

/** The job, when it is still to be done and nobody else is at it. */
async function lease(sql: Sql, id: string, isMine: boolean): Promise<JobRow | undefined> {
  const [job] = await sql.query<JobRow>({
    text: `update hub.job set leased_until = now() + $3 * interval '1 second'
           where workspace = $1 and id = $2 and state = 'running' and ($4 or leased_until <= now()) returning *`,
    values: [sql.workspace, id, leaseSeconds, isMine],
  });
  return job;
}

async function nextIds(sql: Sql, { id, filter, reached, done }: JobRow): Promise<string[]> {
  if (filter.ids) return filter.ids.slice(done, done + atOnce);
  const rows = await sql.query<{ id: string }>({
    text: `select id ${fitting} order by id limit $10`,
    values: [...values(sql, filter, reached, id), atOnce],
  });
  return rows.map((row) => row.id);
}
