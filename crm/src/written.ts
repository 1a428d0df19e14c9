import type { By } from "./by.ts";
import type { Sql, Statement } from "./sql.ts";

/** Locks some values for this transaction, in one order for everybody, so that two callers never wait for each other. */
export async function lock(sql: Sql, values: readonly string[]): Promise<void> {
  await sql.query({
    name: "crm-lock",
    text: `select pg_advisory_xact_lock(h) from (select distinct hashtextextended($1 || ':' || v, 0) as h from unnest($2::text[]) as v order by 1) as locked`,
    values: [String(sql.workspace), values],
  });
}

/** Runs `make` once per key: when this key has been written, answers the record it made then. `make` runs inside a transaction. */
export function once(
  sql: Sql,
  kind: string,
  { key, relaxed = false }: Pick<By, "key" | "relaxed">,
  make: (sql: Sql) => Promise<number>,
): Promise<number> {
  return sql.transaction(
    async (sql) => {
      if (key === undefined) return make(sql);
      await lock(sql, [`${kind} ${key}`]);
      const known = await findWritten(sql, kind, key);
      if (known !== undefined) return known;
      const id = await make(sql);
      await sql.query({
        text: "insert into crm.written (workspace, kind, key, id) values ($1, $2, $3, $4)",
        values: [sql.workspace, kind, key, id],
      });
      return id;
    },
    { relaxed },
  );
}

/** The record that was made with this key. */
async function findWritten(sql: Sql, kind: string, key: string): Promise<number | undefined> {
  const [row] = await sql.query<{ id: number }>({
    name: "crm-written",
    text: "select id from crm.written where workspace = $1 and kind = $2 and key = $3",
    values: [sql.workspace, kind, key],
  });
  return row?.id;
}

/** As `once`, for a change of a record whose id is known beforehand: the key is taken first, and given back when `change` fails. */
export function changeOnce(
  sql: Sql,
  kind: string,
  id: number,
  { key, relaxed = false }: Pick<By, "key" | "relaxed">,
  change: (sql: Sql) => Promise<void>,
): Promise<number> {
  return sql.transaction(
    async (sql) => {
      if (key !== undefined) {
        // Waits for another transaction that is taking the same key.
        const taken = await sql.query({
          name: "crm-take-key",
          text: "insert into crm.written (workspace, kind, key, id) values ($1, $2, $3, $4) on conflict do nothing returning id",
          values: [sql.workspace, kind, key, id],
        });
        if (taken.length === 0) return (await findWritten(sql, kind, key)) ?? id;
      }
      await change(sql);
      return id;
    },
    { relaxed },
  );
}

/**
 * Runs a statement that records its own key. When somebody else is writing the same key at this moment, the unique key of `crm.written`
 * rolls this statement back; run again, it finds what the other one made. `locked` are values to lock before.
 */
export async function insertOnce<Row>(
  sql: Sql,
  { relaxed = false }: Pick<By, "relaxed">,
  statement: Statement,
  locked: readonly string[] = [],
): Promise<Row | undefined> {
  const insert = async (sql: Sql): Promise<Row | undefined> => (await sql.query<Row>({ ...statement, relaxed }))[0];
  const write = (): Promise<Row | undefined> => {
    if (locked.length === 0) return insert(sql);
    return sql.transaction(
      async (sql) => {
        await lock(sql, locked);
        // A statement of its own: it must see what was committed while this one waited for the lock.
        return insert(sql);
      },
      { relaxed },
    );
  };
  try {
    return await write();
  } catch (error) {
    if ((error as { constraint?: string }).constraint !== "written_pkey") throw error;
    return write();
  }
}
