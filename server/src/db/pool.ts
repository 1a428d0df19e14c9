import { Unavailable, type WorkspaceId } from "@svyazka/core";
import type { Database, Sql, Statement, TransactionOptions } from "@svyazka/crm";
import pg from "pg";

// 8-byte integers are ids and counts here: all below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** The database cannot be reached, or refuses for a reason that passes: nothing was acknowledged, the caller may come again. */
export class DatabaseUnavailable extends Unavailable {}

/** Nobody's rows: the reference tables only. */
const nobody = 0 as WorkspaceId;

interface PooledClient extends pg.PoolClient {
  /** The workspace whose rows this connection sees now. */
  workspace?: WorkspaceId;
  /** How often each prepared statement has run on it. */
  uses?: Map<string, number>;
}

type Borrow = <T>(relaxed: boolean, work: (client: PooledClient) => Promise<T>) => Promise<T>;

export class Pool implements Database {
  readonly #durable: pg.Pool;
  /** Connections whose commits do not wait for the disk: choosing one costs nothing, saying so in each transaction costs two round trips. */
  readonly #relaxed: pg.Pool;

  constructor(config: pg.PoolConfig) {
    const max = config.max ?? 10;
    const options = config.options ?? "";
    this.#durable = makePool({ ...config, max: Math.ceil(max / 2) });
    this.#relaxed = makePool({ ...config, max: Math.max(1, Math.floor(max / 2)), options: `${options} -c synchronous_commit=off` });
  }

  in(workspace: WorkspaceId): Sql {
    return new WorkspaceSql(workspace, (relaxed, work) => borrow(relaxed ? this.#relaxed : this.#durable, workspace, work));
  }

  /** The reference tables, which belong to no workspace. Row-level security shows nothing else. */
  get reference(): Sql {
    return this.in(nobody);
  }

  async close(): Promise<void> {
    await Promise.all([this.#durable.end(), this.#relaxed.end()]);
  }
}

function makePool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ ...config, allowExitOnIdle: true });
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
    return this.#borrow(statement.relaxed === true, (client) => run<Row>(client, statement));
  }

  transaction<T>(work: (sql: Sql) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.#borrow(options.relaxed === true, async (client) => {
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
  const prepared = name === undefined ? undefined : await preparedName(client, name);
  const result = await client.query<Row & pg.QueryResultRow>({
    text,
    values: values as unknown[],
    ...(prepared !== undefined && { name: prepared }),
  });
  return result.rows;
}

/**
 * A prepared statement keeps the plan that suited the tables when it was made: on a young database, an empty one, in which every index is
 * as good as any other. So it is prepared anew after 16, 64, 256, … uses on a connection: the plan grows up with the tables it is used to fill.
 */
async function preparedName(client: PooledClient, name: string): Promise<string> {
  client.uses ??= new Map();
  const uses = (client.uses.get(name) ?? 0) + 1;
  client.uses.set(name, uses);
  const generation = Math.floor(Math.log2(uses) / 2);
  if (uses > 4 && uses === 4 ** generation) await client.query(`deallocate "${name}/${generation - 1}"`);
  return `${name}/${generation}`;
}

/** Lost connection, server shutting down or starting, out of resources: SQLSTATE classes 08, 53 and 57P0x, and errors of the socket. */
function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  return (
    /^(08|53|57P0)/.test(code) || /^E[A-Z]+$/.test(code) || /Connection terminated|not queryable|Client was closed/i.test(error.message)
  );
}
