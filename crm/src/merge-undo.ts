import type { By, Reader } from "./by.ts";
import { applyChange } from "./change.ts";
import { channelColumns, channelRecord } from "./channels.ts";
import type { Mergeable } from "./duplicates.ts";
import { Invalid, NotFound } from "./errors.ts";
import type { Moved } from "./merge.ts";
import { pointers, touched } from "./merged.ts";
import { mustSee } from "./records.ts";
import type { Sql } from "./sql.ts";

/** What stayed where it is, because somebody has changed it since. */
export interface Left {
  /** A table or a member: `position`, `fields`, `deal`, `note`. */
  readonly what: string;
  readonly id: number | null;
  readonly detail: string;
}

export interface Undone {
  /** Those that had been merged. */
  readonly restored: readonly number[];
  readonly left: readonly Left[];
}

interface MergeRow {
  readonly entity: Mergeable;
  readonly kept: number;
  readonly merged: number[];
  readonly moved: Moved;
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
  readonly note: number | null;
  readonly undone: boolean;
}

/**
 * Makes the merged records what they were, with all that came from them and was not changed since. What came to the kept one
 * after the merge stays there. Throws `NotFound`, and `Invalid` when it was undone, or when the kept one is not there any longer.
 */
export const undoMerge = (sql: Sql, id: number, by: By): Promise<Undone> =>
  sql.transaction(async (sql) => {
    const row = await lockMerge(sql, id, by);
    const { entity, kept, merged, moved } = row;
    const { workspace } = sql;
    await sql.query({
      text: `update crm.${entity} set deleted_at = null, merged_into = null, updated_by = $3, updated_at = statement_timestamp(), version = version + 1
        where workspace = $1 and id = any($2::bigint[])`,
      values: [workspace, merged, by.user ?? null],
    });
    const left: Left[] = [...(await backToMembers(sql, row, by)), ...(await backByRows(sql, row))];
    await backChannels(sql, entity, kept, moved.channels);
    left.push(...(await backLinks(sql, kept, moved.links)));
    await sql.query({
      text: "delete from crm.tagged where workspace = $1 and entity = $2 and record = $3 and tag = any($4::bigint[])",
      values: [workspace, entity, kept, moved.tags],
    });
    for (const [loser, ids] of Object.entries(moved.chained)) {
      await sql.query({
        text: `update crm.${entity} set merged_into = $3 where workspace = $1 and id = any($2::bigint[]) and merged_into = $4`,
        values: [workspace, ids, Number(loser), kept],
      });
    }
    if (row.note !== null) {
      const gone = await sql.query({
        text: "update crm.note set deleted_at = statement_timestamp(), updated_at = statement_timestamp(), version = version + 1 where workspace = $1 and id = $2 and version = 1 returning id",
        values: [workspace, row.note],
      });
      if (gone.length === 0) left.push({ what: "note", id: row.note, detail: "the note about the merge has been changed since" });
    }
    await sql.query({
      text: "update crm.merge set undone_at = statement_timestamp() where workspace = $1 and id = $2",
      values: [workspace, id],
    });
    return { restored: merged, left };
  });

async function lockMerge(sql: Sql, id: number, by: By): Promise<MergeRow> {
  const [row] = await sql.query<MergeRow>({
    text: `select entity, kept, to_jsonb(merged) as merged, moved, before, after, note, undone_at is not null as undone from crm.merge where workspace = $1 and id = $2 for update`,
    values: [sql.workspace, id],
  });
  if (!row) throw new NotFound("merge", id);
  await sql.query({
    text: `select from crm.${row.entity} where workspace = $1 and id = any($2::bigint[]) order by id for update`,
    values: [sql.workspace, [row.kept, ...row.merged]],
  });
  if (by.sees !== undefined) await mustSee(sql, row.entity, row.kept, by).catch(() => Promise.reject(new NotFound("merge", id)));
  if (row.undone) throw new Invalid({ id: ["has been undone"] });
  const [kept] = await sql.query<{ into: number | null; gone: boolean }>({
    text: `select merged_into as into, deleted_at is not null as gone from crm.${row.entity} where workspace = $1 and id = $2`,
    values: [sql.workspace, row.kept],
  });
  if (kept?.into) throw new Invalid({ id: [`${row.entity} ${row.kept} has been merged into ${kept.into} since: undo that first`] });
  if (!kept || kept.gone) throw new Invalid({ id: [`${row.entity} ${row.kept} has been put away since: restore it first`] });
  return row;
}

/** Members that the merge filled become what they were, unless they have been changed since. */
async function backToMembers(sql: Sql, { entity, kept, before, after, merged }: MergeRow, by: By): Promise<Left[]> {
  const left: Left[] = [];
  const columns: Record<string, unknown> = {};
  const [row] = await sql.query<Record<string, unknown>>({
    text: `select * from crm.${entity} where workspace = $1 and id = $2`,
    values: [sql.workspace, kept],
  });
  const equal = (one: unknown, other: unknown) => JSON.stringify(sorted(one ?? null)) === JSON.stringify(sorted(other ?? null));
  for (const [column, now] of Object.entries(after)) {
    const current = row?.[column];
    if (column === "fields") {
      const [was, is] = [before[column], now].map((value) => (value ?? {}) as Record<string, unknown>) as [
        Record<string, unknown>,
        Record<string, unknown>,
      ];
      const fields = { ...(current as Record<string, unknown>) };
      for (const id of Object.keys(is)) {
        if (equal(was[id], is[id])) continue;
        if (!equal(fields[id], is[id])) left.push({ what: "fields", id: Number(id), detail: "the field has been changed since" });
        else if (was[id] === undefined) delete fields[id];
        else fields[id] = was[id];
      }
      columns[column] = fields;
    } else if (equal(current, now)) columns[column] = before[column] ?? null;
    else left.push({ what: column, id: null, detail: "has been changed since" });
  }
  await applyChange(sql, entity, kept, { columns, lines: [{ kind: "unmerged", what: { from: merged } }] }, by);
  return left;
}

/** Members of a JSON value in one order, however the database keeps them. */
const sorted = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([name, member]) => [name, sorted(member)]),
      )
    : value;

async function backByRows(sql: Sql, { entity, kept, moved }: MergeRow): Promise<Left[]> {
  const left: Left[] = [];
  for (const [table, column] of pointers[entity]) {
    for (const [loser, ids] of Object.entries(moved.rows[table] ?? {})) {
      const back = await sql.query<{ id: number }>({
        text: `update crm.${table} set ${column} = $3 ${touched(table)} where workspace = $1 and id = any($2::bigint[]) and ${column} = $4 returning id`,
        values: [sql.workspace, ids, Number(loser), kept],
      });
      const returned = new Set(back.map(({ id }) => id));
      for (const id of ids) if (!returned.has(id)) left.push({ what: table, id, detail: `belongs to another ${column} by now` });
    }
  }
  return left;
}

/** What the kept one has lost or got anew meanwhile comes back to where it was from, all the same. */
async function backChannels(sql: Sql, entity: Mergeable, kept: number, channels: Moved["channels"]): Promise<void> {
  for (const [loser, rows] of Object.entries(channels)) {
    const back = await sql.query<{ id: number }>({
      text: `update crm.channel set ${entity} = $3 where workspace = $1 and id = any($2::bigint[]) and ${entity} = $4 returning id`,
      values: [sql.workspace, rows.map(({ id }) => id), Number(loser), kept],
    });
    const missing = rows.filter(({ id }) => !back.some((row) => row.id === id));
    await sql.query({
      text: `insert into crm.channel (workspace, ${entity}, ${channelColumns})
        select $1, $2, ${channelColumns} from jsonb_to_recordset($3::jsonb) as x ${channelRecord}`,
      values: [sql.workspace, Number(loser), JSON.stringify(missing)],
    });
  }
}

async function backLinks(sql: Sql, kept: number, links: Moved["links"]): Promise<Left[]> {
  const left: Left[] = [];
  for (const { deal, from, isMain, had, keptWasMain } of links) {
    const [held] = await sql.query<{ main: boolean }>({
      text: "select is_main as main from crm.deal_contact where workspace = $1 and deal = $2 and contact = $3",
      values: [sql.workspace, deal, kept],
    });
    if (!held) {
      left.push({ what: "deal", id: deal, detail: "its contacts have been changed since" });
      continue;
    }
    if (had) {
      await sql.query({
        text: "update crm.deal_contact set is_main = $4 where workspace = $1 and deal = $2 and contact = $3",
        values: [sql.workspace, deal, kept, keptWasMain],
      });
    } else {
      await sql.query({
        text: "delete from crm.deal_contact where workspace = $1 and deal = $2 and contact = $3",
        values: [sql.workspace, deal, kept],
      });
    }
    await sql.query({
      text: "insert into crm.deal_contact (workspace, deal, contact, is_main) values ($1, $2, $3, $4) on conflict do nothing",
      values: [sql.workspace, deal, from, isMain],
    });
    await sql.query({
      text: "update crm.deal set version = version + 1, updated_at = statement_timestamp() where workspace = $1 and id = $2",
      values: [sql.workspace, deal],
    });
  }
  return left;
}

/** A merge that was done. */
export interface Merge {
  readonly id: number;
  readonly entity: Mergeable;
  readonly kept: { readonly id: number; readonly name: string };
  readonly merged: readonly { readonly id: number; readonly name: string }[];
  readonly actor: string;
  readonly at: Date;
  readonly undoneAt: Date | null;
}

/** The latest first; of those whose kept record the reader sees. */
export async function listMerges(
  sql: Sql,
  query: {
    readonly limit: number;
    readonly before?: number | undefined;
    readonly entity?: Mergeable | undefined;
    readonly record?: number | undefined;
  },
  { sees }: Reader,
): Promise<Merge[]> {
  const named = (
    ids: string,
  ): string => `(select coalesce(jsonb_agg(jsonb_build_object('id', n.id, 'name', n.name) order by n.id), '[]') from (
    select id, full_name as name from crm.contact where m.entity = 'contact' and workspace = m.workspace and id = any(${ids})
    union all select id, name from crm.company where m.entity = 'company' and workspace = m.workspace and id = any(${ids})) n)`;
  return sql.query<Merge>({
    text: `select m.id, m.entity, ${named("array[m.kept]")} -> 0 as kept, ${named("m.merged")} as merged, m.actor, m.at, m.undone_at as "undoneAt"
      from crm.merge m where m.workspace = $1 and ($2::bigint is null or m.id < $2) and ($3::text is null or m.entity = $3)
        and ($4::bigint is null or m.kept = $4 or $4 = any(m.merged))
        and ($5::bigint[] is null or m.kept in (select crm.seen(m.entity, $5)))
      order by m.id desc limit $6`,
    values: [sql.workspace, query.before ?? null, query.entity ?? null, query.record ?? null, sees ?? null, query.limit],
  });
}
