import type { WorkspaceId } from "@svyazka/core";

/** One SQL statement with `$1`-style values. A `name` makes it a prepared statement: same name, same text. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly name?: string;
  /** As `TransactionOptions.relaxed`, for a statement that stands alone. */
  readonly relaxed?: boolean;
}

/**
 * The database as one workspace sees it: row-level security shows and takes this workspace's rows only.
 * Every statement filters by `workspace` all the same, so that the planner (and a sharded cluster) can use it.
 */
export interface Sql {
  readonly workspace: WorkspaceId;
  query<Row>(statement: Statement): Promise<Row[]>;
  /** Commits when `work` resolves, rolls back when it throws. Inside a transaction, runs in a savepoint-free continuation of it. */
  transaction<T>(work: (sql: Sql) => Promise<T>, options?: TransactionOptions): Promise<T>;
}

export interface TransactionOptions {
  /**
   * Commit without waiting for the disk. Only for writes that carry a key and are confirmed by a later durable commit in the same
   * database: the write-ahead log is one sequence, so the later commit makes the earlier one durable too.
   */
  readonly relaxed?: boolean;
}

export interface Database {
  in(workspace: WorkspaceId): Sql;
}
