import type { By, Reader } from "./by.ts";
import { Invalid, NotFound } from "./errors.ts";
import { fieldsOf } from "./fields.ts";
import { duplicatePolicies, type ImportSettings } from "./import-row.ts";
import { fieldLabel, importTargets, suggestTarget } from "./import-targets.ts";
import { cut, type Page, type PageQuery, readCursor, writeCursor } from "./page.ts";
import type { Sql } from "./sql.ts";

export const importStates = ["reading", "new", "running", "done", "cancelled", "undoing", "undone"] as const;
export type ImportState = (typeof importStates)[number];
export const rowOutcomes = ["created", "updated", "skipped", "failed", "undone", "kept"] as const;
export type RowOutcome = (typeof rowOutcomes)[number];

/** A table that somebody brought. */
export interface Import {
  readonly id: number;
  /** Of the file. */
  readonly name: string;
  readonly state: ImportState;
  readonly columns: readonly { readonly name: string; readonly samples: readonly string[] }[];
  readonly rows: number;
  readonly settings: ImportSettings;
  readonly actor: string;
  readonly byUser: number | null;
  /** How many rows came to what; those that are missing wait. */
  readonly counts: Readonly<Record<RowOutcome, number>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const columns = `i.id, i.name, i.state, i.columns, i.row_count as rows, i.settings, i.actor, i.by_user as "byUser", i.created_at as "createdAt", i.updated_at as "updatedAt",
  coalesce((select jsonb_object_agg(outcome, n) from (select outcome, count(*) as n from crm.import_row r
    where r.workspace = i.workspace and r.import = i.id and r.outcome is not null group by outcome) o), '{}') as counts`;

const whole = (row: Import): Import => ({
  ...row,
  counts: { ...(Object.fromEntries(rowOutcomes.map((one) => [one, 0])) as Import["counts"]), ...row.counts },
});

/** A limited manager sees the imports of their own. */
const seen = ({ sees }: Reader, by: Pick<By, "user">): number | null => (sees === undefined ? null : (by.user ?? 0));

/** The latest first. */
export async function listImports(sql: Sql, query: PageQuery, reader: Reader & Pick<By, "user">): Promise<Page<Import>> {
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor, "import").id;
  const rows = await sql.query<Import>({
    text: `select ${columns} from crm.import i where i.workspace = $1 and ($2::bigint is null or i.id < $2) and ($3::bigint is null or i.by_user = $3) order by i.id desc limit $4`,
    values: [sql.workspace, after ?? null, seen(reader, reader), query.limit + 1],
  });
  return cut(rows.map(whole), query.limit, (last) => writeCursor("import", last.id, last.id));
}

/** Throws `NotFound`. */
export async function getImport(sql: Sql, id: number, reader: Reader & Pick<By, "user">): Promise<Import> {
  const [row] = await sql.query<Import>({
    text: `select ${columns} from crm.import i where i.workspace = $1 and i.id = $2 and ($3::bigint is null or i.by_user = $3)`,
    values: [sql.workspace, id, seen(reader, reader)],
  });
  if (!row) throw new NotFound("import", id);
  return whole(row);
}

/** Takes a table in, row by row, and answers its id; what it most likely means is suggested. When reading fails, nothing is left of it. */
export async function takeTable(sql: Sql, name: string, table: AsyncIterable<readonly string[]>, by: By): Promise<number> {
  const [made] = await sql.query<{ id: number }>({
    text: "insert into crm.import (workspace, name, actor, by_user) values ($1, $2, $3, $4) returning id",
    values: [sql.workspace, name.slice(0, 500), by.actor, by.user ?? null],
  });
  const id = made?.id ?? 0;
  try {
    const read = await takeRows(sql, id, table);
    const fields = await fieldsOf(sql);
    const taken = new Set<string>();
    const suggested = read.columns.map(({ name, samples }) => {
      const to = suggestTarget(name, samples, fields);
      // Several phones, e-mails or tags may stand in several columns; of everything else there is one.
      if (to === null || (taken.has(to) && !/\.(phone|email|messenger|tags|note)$/.test(to))) return null;
      taken.add(to);
      return to;
    });
    await sql.query({
      text: "update crm.import set state = 'new', columns = $3, row_count = $4, settings = $5, updated_at = statement_timestamp() where workspace = $1 and id = $2",
      values: [
        sql.workspace,
        id,
        JSON.stringify(read.columns),
        read.rows,
        JSON.stringify({ columns: suggested, duplicates: "update_empty", tags: [] }),
      ],
    });
    return id;
  } catch (error) {
    await sql.query({ text: "delete from crm.import where workspace = $1 and id = $2", values: [sql.workspace, id] });
    throw error;
  }
}

export const mostRows = 200_000;
const mostColumns = 200;
const mostCell = 20_000;
const chunk = 500;

async function takeRows(sql: Sql, id: number, table: AsyncIterable<readonly string[]>) {
  let head: readonly string[] | undefined;
  let rows = 0;
  let pending: string[][] = [];
  const samples: string[][] = [];
  const write = async () => {
    await sql.query({
      text: `insert into crm.import_row (workspace, import, n, cells) select $1, $2, $3 + n, cells from jsonb_array_elements($4::jsonb) with ordinality as x (cells, n)`,
      values: [sql.workspace, id, rows - pending.length, JSON.stringify(pending)],
    });
    pending = [];
  };
  for await (const raw of table) {
    const cells = raw.map((cell) => cell.replaceAll("\u0000", "").toWellFormed().slice(0, mostCell));
    if (cells.every((cell) => cell.trim() === "")) continue;
    if (!head) {
      if (cells.length > mostColumns) throw new Invalid({ file: [`has more than ${mostColumns} columns`] });
      head = cells.map((cell, index) => cell.trim() || `${index + 1}`);
      continue;
    }
    if (++rows > mostRows) throw new Invalid({ file: [`has more than ${mostRows.toLocaleString("en")} rows`] });
    head.forEach((_, index) => {
      const cell = cells[index] ?? "";
      const its = samples[index] ?? [];
      if (cell.trim() !== "" && its.length < 3) samples[index] = [...its, cell.slice(0, 200)];
    });
    pending.push(cells.slice(0, head.length));
    if (pending.length === chunk) await write();
  }
  if (!head || rows === 0) throw new Invalid({ file: ["has no rows below the names of its columns"] });
  if (pending.length > 0) await write();
  return { rows, columns: head.map((name, index) => ({ name: name.slice(0, 200), samples: samples[index] ?? [] })) };
}

export type ImportChanges = { readonly [K in keyof ImportSettings]?: ImportSettings[K] | null | undefined };

/** Sets what the columns are and what is done. Throws `NotFound`, and `Invalid` for a column that cannot be that, or once it has been run. */
export async function changeImport(sql: Sql, id: number, changes: ImportChanges, reader: Reader & Pick<By, "user">): Promise<void> {
  const current = await getImport(sql, id, reader);
  if (current.state !== "new") throw new Invalid({ id: ["has been run: bring the file again to run it differently"] });
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  // A null takes a default away.
  const settings = Object.fromEntries(
    Object.entries({ ...current.settings, ...given }).filter(([, value]) => value !== null),
  ) as unknown as ImportSettings;
  await mustMatch(sql, current, settings);
  await sql.query({
    text: "update crm.import set settings = $3, updated_at = statement_timestamp() where workspace = $1 and id = $2",
    values: [sql.workspace, id, JSON.stringify(settings)],
  });
}

async function mustMatch(sql: Sql, current: Import, settings: ImportSettings): Promise<void> {
  const fields = await fieldsOf(sql);
  const known = new Set([...importTargets.map(({ to }) => to), ...fields.map(({ entity, code }) => `${entity}.fields.${code}`)]);
  const problems: Record<string, string[]> = {};
  if (settings.columns.length !== current.columns.length) problems["columns"] = [`the table has ${current.columns.length} columns`];
  settings.columns.forEach((to, index) => {
    if (to !== null && !known.has(to)) problems[`columns.${index}`] = [`there is nothing called ${to}`];
  });
  if (!duplicatePolicies.includes(settings.duplicates)) problems["duplicates"] = [`must be one of ${duplicatePolicies.join(", ")}`];
  if (Object.keys(problems).length > 0) throw new Invalid(problems);
}

/** From one state to another. Throws `NotFound`, and `Invalid` when it is in none of `from`. */
export async function moveImport(
  sql: Sql,
  id: number,
  from: readonly ImportState[],
  to: ImportState,
  reader: Reader & Pick<By, "user">,
): Promise<void> {
  const current = await getImport(sql, id, reader);
  if (to === "running" && current.settings.columns.every((column) => column === null))
    throw new Invalid({ columns: ["say what at least one column is"] });
  const moved = await sql.query({
    text: "update crm.import set state = $4, leased_until = null, updated_at = statement_timestamp() where workspace = $1 and id = $2 and state = any($3::text[]) returning id",
    values: [sql.workspace, id, from, to],
  });
  if (moved.length === 0) throw new Invalid({ id: [`is ${current.state}: only what is ${from.join(" or ")} can be that`] });
}

/** A row and what became of it. */
export interface ImportRow {
  readonly n: number;
  readonly cells: readonly string[];
  readonly outcome: RowOutcome | null;
  readonly detail: string | null;
  readonly contact: number | null;
  readonly company: number | null;
  readonly deal: number | null;
}

/** In the order of the file. */
export async function listImportRows(
  sql: Sql,
  id: number,
  query: PageQuery & { readonly outcome?: RowOutcome | undefined },
): Promise<Page<ImportRow>> {
  const after = query.cursor === undefined ? 0 : readCursor(query.cursor, "row").id;
  const rows = await sql.query<ImportRow>({
    text: `select n, cells, outcome, detail, contact, company, deal from crm.import_row
      where workspace = $1 and import = $2 and n > $3 and ($4::text is null or outcome = $4) order by n limit $5`,
    values: [sql.workspace, id, after, query.outcome ?? null, query.limit + 1],
  });
  return cut(rows, query.limit, (last) => writeCursor("row", last.n, last.n));
}

/** What a column may be here: what every company has, and its own fields. */
export async function targetsOf(sql: Sql): Promise<{ to: string; label: { ru: string; en: string } }[]> {
  const own = (await fieldsOf(sql)).map((field) => ({
    to: `${field.entity}.fields.${field.code}`,
    label: { ru: fieldLabel(field, "ru"), en: fieldLabel(field, "en") },
  }));
  return [...importTargets.map(({ to, label }) => ({ to, label: { ...label } })), ...own];
}

/**
 * Forgets imports that nobody has touched since then, with their rows: personal data among them. What they made stays, and can no longer be undone by
 * them. One at a time, each as a whole; one that is at work stays. Answers how many.
 */
export async function forgetImports(sql: Sql, before: Date): Promise<number> {
  for (let count = 0; ; count++) {
    const gone = await sql.query({
      text: `delete from crm.import where workspace = $1 and id = (
               select id from crm.import where workspace = $1 and updated_at < $2 and state not in ('running', 'undoing')
               order by id limit 1 for update skip locked) returning id`,
      values: [sql.workspace, before],
    });
    if (gone.length === 0) return count;
  }
}
