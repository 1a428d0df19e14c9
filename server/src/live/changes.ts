import type { WorkspaceId } from "@svyazka/core";
import type { Sql } from "@svyazka/crm";
import { leastIdAt } from "../db/new-id.ts";
import type { Pool } from "../db/pool.ts";

/** Where the changes go: to the open pages of this process. */
export interface Audience {
  watched(): ReadonlyMap<WorkspaceId, Watched>;
  tell(workspace: WorkspaceId, news: News): void;
}
/** A workspace that somebody is looking at now. */
export interface Watched {
  /** One of them may see the hub's own matters. */
  readonly seesHub: boolean;
  /** One of them was not there at the last look. */
  readonly hasNewcomer: boolean;
}
export type News = { readonly type: "records" | "deliveries" | "journal" } & Readonly<Record<string, unknown>>;

const everyMs = 500;
/** More ids than this are told as `many`. */
const mostIds = 100;
/** Rows of one table that are looked at in one round. */
const mostRows = 1_000;
/** A transaction open for longer than the database lets one be holds nothing up. */
const longestMs = 60_000;
/** Two processes' clocks, and the commit of a line of the journal, may lag by as much. */
const lateMs = 5_000;

const tables = {
  ...{ deals: "deal", contacts: "contact", companies: "company", tasks: "task", calls: "call", notes: "note" },
  conversations: "conversation",
} as const;
type Kind = keyof typeof tables;

/*
 * Each branch reads the change feed's own index backwards and stops early. `xmin` tells one version of a row from the next where a time to the
 * millisecond would not.
 */
const recordsText = Object.entries(tables)
  .map(
    ([kind, table]) => `select '${kind}' as kind, id::text as id, mark from (
      select id, xmin::text as mark from crm.${table} where workspace = $1 and changed_at >= $2 order by changed_at desc limit ${mostRows + 1}) ${table}`,
  )
  .join(" union all ");

const open = ["waiting", "held", "parked", "failed"] as const;
const deliveriesText = `select ${open
  .map(
    (state) =>
      `(select count(*) from (select from hub.delivery where workspace = $1 and state = '${state}' limit ${mostRows}) x) as ${state}`,
  )
  .join(", ")}`;

/** What has been told of one workspace. */
interface Told {
  /** Everything before has been read. */
  since: Date | undefined;
  /** Marks of the rows that were told, by kind and id: those that may be read again. */
  records: Map<string, string>;
  lines: Set<string>;
  deliveries: string | undefined;
}

/**
 * Reads what changed in the workspaces that somebody has a page of open, whoever changed it. Writers do nothing for it: the change feeds are
 * read twice a second, from the moment before which nothing can be committed any more (`crm.settled`), and what was told already is passed over.
 */
export class Changes {
  readonly #pool: Pool;
  readonly #audience: Audience;
  readonly #onError: (error: unknown) => void;
  readonly #told = new Map<WorkspaceId, Told>();
  readonly #timer: NodeJS.Timeout;
  #round: Promise<void> | undefined;

  constructor(pool: Pool, audience: Audience, onError: (error: unknown) => void) {
    this.#pool = pool;
    this.#audience = audience;
    this.#onError = onError;
    // A round that takes longer than its time is not overtaken by the next.
    this.#timer = setInterval(() => {
      this.#round ??= this.#look()
        .catch(onError)
        .finally(() => {
          this.#round = undefined;
        });
    }, everyMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
  }

  async #look(): Promise<void> {
    const watched = this.#audience.watched();
    for (const workspace of this.#told.keys()) if (!watched.has(workspace)) this.#told.delete(workspace);
    if (watched.size === 0) return;
    // Asked before the rows are: what is open later cannot have been missed.
    const [row] = await this.#pool.reference.query<{ at: Date }>({ name: "crm-settled", text: "select crm.settled() as at" });
    const settled = new Date(Math.max(row?.at.getTime() ?? 0, Date.now() - longestMs));
    for (const [workspace, watch] of watched) {
      const told = this.#told.get(workspace) ?? { since: undefined, records: new Map(), lines: new Set(), deliveries: undefined };
      this.#told.set(workspace, told);
      // A page need not ask for the numbers it begins with.
      if (watch.hasNewcomer) told.deliveries = undefined;
      // One that cannot be read must not keep the others waiting for their news.
      await this.#lookInto(this.#pool.in(workspace), told, settled, watch).catch(this.#onError);
    }
  }

  async #lookInto(sql: Sql, told: Told, settled: Date, { seesHub }: Watched): Promise<void> {
    const tell = (news: News | undefined) => {
      if (news) this.#audience.tell(sql.workspace, news);
    };
    tell(await changedRecords(sql, told, told.since ?? settled));
    told.since = settled;
    if (!seesHub) return;
    tell(await changedDeliveries(sql, told));
    tell(await newLines(sql, told));
  }
}

async function changedRecords(sql: Sql, told: Told, since: Date): Promise<News | undefined> {
  const rows = await sql.query<{ kind: Kind; id: string; mark: string }>({ text: recordsText, values: [sql.workspace, since] });
  const seen = new Map(rows.map(({ kind, id, mark }) => [`${kind} ${id}`, mark]));
  const fresh = rows.filter(({ kind, id, mark }) => told.records.get(`${kind} ${id}`) !== mark);
  // What is not read again need not be remembered.
  told.records = seen;
  if (fresh.length === 0) return undefined;
  const ids = (kind: Kind) => manyOr(fresh.filter((row) => row.kind === kind).map(({ id }) => Number(id)));
  return { type: "records", ...Object.fromEntries((Object.keys(tables) as Kind[]).map((kind) => [kind, ids(kind)])) };
}

async function changedDeliveries(sql: Sql, told: Told): Promise<News | undefined> {
  const [counts] = await sql.query<Record<(typeof open)[number], number>>({ text: deliveriesText, values: [sql.workspace] });
  const text = JSON.stringify(counts);
  if (text === told.deliveries) return undefined;
  told.deliveries = text;
  return { type: "deliveries", ...counts };
}

async function newLines(sql: Sql, told: Told): Promise<News | undefined> {
  const rows = await sql.query<{ id: string }>({
    text: "select id from hub.journal where workspace = $1 and id >= $2 order by id desc limit $3",
    values: [sql.workspace, leastIdAt(new Date(Date.now() - lateMs)), mostIds + 1],
  });
  const fresh = rows.filter(({ id }) => !told.lines.has(id)).map(({ id }) => id);
  told.lines = new Set(rows.map(({ id }) => id));
  return fresh.length === 0 ? undefined : { type: "journal", ids: manyOr(fresh) };
}

const manyOr = <T>(ids: readonly T[]): readonly T[] | "many" => (ids.length > mostIds ? "many" : ids);
