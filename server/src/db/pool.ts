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
}

export class Pool implements Database {
  readonly #pool: pg.Pool;

  constructor(config: pg.PoolConfig) {
    this.#pool = new pg.Pool({ ...config, allowExitOnIdle: true });
    // A broken idle connection: the pool drops it and the next caller gets another.
    this.#pool.on("error", () => {});
    // The same for one that is lent out and idle at that moment: whoever holds it learns of it at the next statement.
    this.#pool.on("connect", (client) => client.on("error", () => {}));
  }

  in(workspace: WorkspaceId): Sql {
    return new WorkspaceSql(workspace, (work) => this.#borrow(workspace, work));
  }

  /** The reference tables, which belong to no workspace. Row-level security shows nothing else. */
  get reference(): Sql {
    return this.in(nobody);
  }

  get waiting(): number {
    return this.#pool.waitingCount;
  }

  async #borrow<T>(workspace: WorkspaceId, work: (client: PooledClient) => Promise<T>): Promise<T> {
    let client: PooledClient;
    try {
      client = await this.#pool.connect();
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

  /** A connection of one's own, for LISTEN. The caller ends it. */
  async close(): Promise<void> {
    await this.#pool.end();
  }
}

class WorkspaceSql implements Sql {
  readonly workspace: WorkspaceId;
  readonly #borrow: <T>(work: (client: PooledClient) => Promise<T>) => Promise<T>;

  constructor(workspace: WorkspaceId, borrow: <T>(work: (client: PooledClient) => Promise<T>) => Promise<T>) {
    this.workspace = workspace;
    this.#borrow = borrow;
  }

  query<Row>(statement: Statement): Promise<Row[]> {
    return this.#borrow((client) => run<Row>(client, statement));
  }

  transaction<T>(work: (sql: Sql) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.#borrow(async (client) => {
      await client.query(options.relaxed ? "begin; set local synchronous_commit = off" : "begin");
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

async function run<Row>(client: pg.ClientBase, { text, values = [], name }: Statement): Promise<Row[]> {
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
