import { Unavailable, type WorkspaceId } from "@svyazka/core";
import type { Database, Sql, Statement, TransactionOptions } from "@svyazka/crm";
import pg from "pg";

// 8-byte integers are ids and counts here: all below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** The database cannot be reached, or refuses for a reason that passes: nothing was acknowledged, the caller may come again. */
export class DatabaseUnavailable extends Unavailable {}

/** Whoever waits longer for a connection than this is told to come again: no request hangs, whatever holds the connections. */
const longestWaitMs = 30_000;

/** Nobody's rows: the reference tables only. */
const nobody = 0 as WorkspaceId;

interface PooledClient extends pg.PoolClient {
  /** The workspace whose rows this connection sees now. */
  workspace?: WorkspaceId;
}

/**
 * Which connections a statement is run on. Transactions have their own: one that has to ask something beside itself (who is who, what is kept elsewhere) never waits for
 * a connection that waits for it.
 */
type Kind = "general" | "whole" | "hot" | "relaxed";
type Borrow = <T>(kind: Kind, work: (client: PooledClient) => Promise<T>) => Promise<T>;

/*
 * Statements that have a name go by their keys, whatever the values: one plan serves them all. PostgreSQL would plan each of them anew for
 * a while, and some for ever, which cost more than running them. Lists, whose filters differ, are planned with their values.
 */
const onePlan = "-c plan_cache_mode=force_generic_plan";

export class Pool implements Database {
  readonly #pools: Readonly<Record<Kind, pg.Pool>>;

  /** `config.max` connections at most, shared out among the kinds. */
  constructor(config: pg.PoolConfig) {
    const most = config.max ?? 10;
    const share = (part: number, ...options: string[]): pg.Pool =>
      makePool({ ...config, max: Math.max(1, Math.floor(most * part)), options: [config.options ?? "", ...options].join(" ").trim() });
    this.#pools = {
      general: share(0.2),
      whole: share(0.2),
      hot: share(0.3, onePlan),
      // Commits here do not wait for the disk: choosing the connection costs nothing, saying so in each transaction costs two round trips.
      relaxed: share(0.3, onePlan, "-c synchronous_commit=off"),
    };
  }

  in(workspace: WorkspaceId): Sql {
    return new WorkspaceSql(workspace, (kind, work) => borrow(this.#pools[kind], workspace, work));
  }

  /** The reference tables, which belong to no workspace. Row-level security shows nothing else. */
  get reference(): Sql {
    return this.in(nobody);
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#pools).map((pool) => pool.end()));
  }
}

function makePool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ ...config, allowExitOnIdle: true, connectionTimeoutMillis: longestWaitMs });
  // A broken idle connection: the pool drops it and the next caller gets another.
  pool.on("error", () => {});
  // The same for one that is lent out and idle at that moment: whoever holds it learns of it at the next statement.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

async function borrow<T>(pool: pg.Pool, workspace: WorkspaceId, work: (client: PooledClient) => Promise<T>): Promise<T> {
  let client: PooledClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw new DatabaseUnavailable("The database cannot be reached", { cause: error });
  }
  let broken: Error | undefined;
  try {
    if (client.workspace !== workspace) {
      delete client.workspace;
      await client.query(`set svyazka.workspace = '${Number(workspace)}'`);
      client.workspace = workspace;
    }
    return await work(client);
  } catch (error) {
    if (isConnectionLost(error)) {
      broken = error as Error;
      throw new DatabaseUnavailable("The database went away", { cause: error });
    }
    throw error;
  } finally {
    client.release(broken);
  }
}

class WorkspaceSql implements Sql {
  readonly workspace: WorkspaceId;
  readonly #borrow: Borrow;

  constructor(workspace: WorkspaceId, lend: Borrow) {
    this.workspace = workspace;
    this.#borrow = lend;
  }

  query<Row>(statement: Statement): Promise<Row[]> {
    const kind = statement.relaxed ? "relaxed" : statement.name === undefined ? "general" : "hot";
    return this.#borrow(kind, (client) => run<Row>(client, statement));
  }

  transaction<T>(work: (sql: Sql) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.#borrow(options.relaxed ? "relaxed" : "whole", async (client) => {
      await client.query("begin");
      try {
        const result = await work(new TransactionSql(this.workspace, client));
        await client.query("commit");
        return result;
      } catch (error) {
        await client.query("rollback").catch(() => {});
        throw error;
      }
    });
  }
}

class TransactionSql implements Sql {
  readonly workspace: WorkspaceId;
  readonly #client: PooledClient;

  constructor(workspace: WorkspaceId, client: PooledClient) {
    this.workspace = workspace;
    this.#client = client;
  }

  query<Row>(statement: Statement): Promise<Row[]> {
    return run<Row>(this.#client, statement);
  }

  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return work(this);
  }
}

async function run<Row>(client: PooledClient, { text, values = [], name }: Statement): Promise<Row[]> {
  const result = await client.query<Row & pg.QueryResultRow>({ text, values: values as unknown[], ...(name !== undefined && { name }) });
  return result.rows;
}

/** Lost connection, server shutting down or starting, out of resources: SQLSTATE classes 08, 53 and 57P0x, and errors of the socket. */
function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  return (
    /^(08|53|57P0)/.test(code) || /^E[A-Z]+$/.test(code) || /Connection terminated|not queryable|Client was closed/i.test(error.message)
  );
}
