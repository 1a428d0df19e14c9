import { createHash } from "node:crypto";
import type { ConnectionId, MoveDirection, MoveFinding, MoveProgress, MoveStep } from "@svyazka/core";
import { Invalid, NotFound, type Sql } from "@svyazka/crm";
import { newId } from "../db/new-id.ts";
import { storableJson } from "../db/storable.ts";

export interface MoveRow {
  readonly id: string;
  readonly connection: ConnectionId;
  readonly direction: MoveDirection;
  readonly into_filled: boolean;
  readonly state: "running" | "done" | "cancelled" | "failed";
  readonly place: unknown;
  readonly progress: MoveProgress | null;
  readonly error: string | null;
  readonly tries: number;
  readonly next_at: Date;
  readonly created_by: string;
  readonly created_at: Date;
  readonly finished_at: Date | null;
  /** How many findings there are, and how many of them are differences. */
  readonly findings: number;
  readonly differences: number;
}

const columns = `m.id, m.connection, m.direction, m.into_filled, m.state, m.place, m.progress, m.error, m.tries, m.next_at, m.created_by, m.created_at, m.finished_at,
  (select count(*) from hub.move_finding f where f.workspace = m.workspace and f.move = m.id) as findings,
  (select count(*) from hub.move_finding f where f.workspace = m.workspace and f.move = m.id and f.what <> 'left') as differences`;

interface Order {
  readonly connection: ConnectionId;
  readonly direction: MoveDirection;
  readonly intoFilled: boolean;
  readonly by: string;
}

/** Puts it down, to be seen through by `Movers`. Throws `Invalid` while another one goes on in this workspace. */
export async function addMove(sql: Sql, { connection, direction, intoFilled, by }: Order): Promise<string> {
  const id = newId<string>();
  try {
    await sql.query({
      text: "insert into hub.move (workspace, id, connection, direction, into_filled, state, created_by) values ($1, $2, $3, $4, $5, 'running', $6)",
      values: [sql.workspace, id, connection, direction, intoFilled, by],
    });
  } catch (error) {
    if ((error as { constraint?: string }).constraint === "move_running")
      throw new Invalid({ direction: ["another move is going on in this workspace"] });
    throw error;
  }
  return id;
}

/** Throws `NotFound`. */
export async function getMove(sql: Sql, connection: number, id: string): Promise<MoveRow> {
  const [row] = await sql.query<MoveRow>({
    text: `select ${columns} from hub.move m where m.workspace = $1 and m.connection = $2 and m.id = $3`,
    values: [sql.workspace, connection, id],
  });
  if (!row) throw new NotFound("move", id);
  return row;
}

/** The latest first; those behind `before`. */
export const listMoves = (sql: Sql, connection: number, before: string | null, limit: number): Promise<MoveRow[]> =>
  sql.query<MoveRow>({
    text: `select ${columns} from hub.move m where m.workspace = $1 and m.connection = $2 and ($3::uuid is null or m.id < $3) order by m.id desc limit $4`,
    values: [sql.workspace, connection, before, limit],
  });

/** It ends after the step at hand; what was copied stays. */
export async function cancelMove(sql: Sql, connection: number, id: string): Promise<void> {
  await getMove(sql, connection, id);
  await sql.query({
    text: "update hub.move set state = 'cancelled', finished_at = now(), lease = null where workspace = $1 and id = $2 and state = 'running'",
    values: [sql.workspace, id],
  });
}

export interface FindingRow extends Omit<MoveFinding, "id"> {
  readonly n: number;
  readonly record: string | null;
}

export interface FindingFilter {
  readonly what?: string | undefined;
  readonly kind?: string | undefined;
}

/** In the order in which they were found; those behind `after`. */
export const listFindings = (sql: Sql, move: string, { what, kind }: FindingFilter, after: number, limit: number): Promise<FindingRow[]> =>
  sql.query<FindingRow>({
    text: `select n, what, kind, record, member, there, here, words, count from hub.move_finding
           where workspace = $1 and move = $2 and n > $3 and ($4::text is null or what = $4) and ($5::text is null or kind = $5) order by n limit $6`,
    values: [sql.workspace, move, after, what ?? null, kind ?? null, limit],
  });

/** Whether this lease still holds, and the connection is not switched off: then all of the step is on disk. */
export const keepStep = (sql: Sql, id: string, lease: string, { place, progress, found = [] }: MoveStep): Promise<boolean> =>
  sql.transaction(async (sql) => {
    const rows = await sql.query({
      text: `update hub.move m set place = $4, progress = $5, error = null, tries = 0
             where workspace = $1 and id = $2 and lease = $3 and state = 'running'
               and exists (select from hub.connection c where c.workspace = $1 and c.id = m.connection and c.state = 'active') returning id`,
      values: [sql.workspace, id, lease, storableJson(place ?? null), storableJson(progress)],
    });
    if (rows.length === 0) return false;
    const findings = [...new Map(found.map((one) => [keyOf(one), { ...one, record: one.id, key: keyOf(one) }])).values()];
    if (findings.length > 0)
      await sql.query({
        text: `insert into hub.move_finding (workspace, move, key, what, kind, record, member, there, here, words, count)
               select $1, $2, key, what, kind, record, member, there, here, words, count
               from jsonb_to_recordset($3::jsonb) as x (key text, what text, kind text, record text, member text, there text, here text, words jsonb, count int)
               on conflict (workspace, move, key) do update set there = excluded.there, here = excluded.here, words = excluded.words, count = excluded.count`,
        values: [sql.workspace, id, storableJson(findings)],
      });
    return true;
  });

/** Names what was found. */
const keyOf = ({ what, kind, id, member }: MoveFinding): string =>
  createHash("sha256")
    .update(JSON.stringify([what, kind, id ?? null, member ?? null]))
    .digest("base64url");
