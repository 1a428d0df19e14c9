import { createHash } from "node:crypto";
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, type RawBuilder, sql as raw } from "kysely";
import { Invalid } from "./errors.ts";
import type { Sql } from "./sql.ts";

/** Only puts statements together: they run through `Sql`, which knows the workspace. */
const compiler = new Kysely<never>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

export type Part = RawBuilder<unknown>;

/** Runs a statement made of parts; `name` prepares it, one name for one text. */
export async function run<Row>(sql: Sql, statement: Part, name?: string): Promise<Row[]> {
  const { sql: text, parameters } = statement.compile(compiler);
  return sql.query<Row>({ text, values: parameters, ...(name !== undefined && { name }) });
}

const names = new Map<string, string>();

/** Runs a statement that can be run in one way only (decision 0005), prepared under a name made of its text. */
export async function runInOneWay<Row>(sql: Sql, statement: Part): Promise<Row[]> {
  const { sql: text, parameters } = statement.compile(compiler);
  const name = names.get(text) ?? `one-way ${createHash("sha1").update(text).digest("base64url")}`;
  if (names.size < mostNames) names.set(text, name);
  return sql.query<Row>({ text, values: parameters, name });
}
/** Texts are as many as there are shapes of questions. */
const mostNames = 1_000;

export interface Page<T> {
  readonly items: T[];
  /** Undefined on the last page. */
  readonly nextCursor: string | undefined;
}

export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** What every list of records takes. Times are inclusive below and exclusive above. */
export interface ListQuery extends PageQuery {
  /** A column, with `-` before it for descending. */
  readonly sort?: string | undefined;
  readonly ids?: readonly number[] | undefined;
  readonly createdFrom?: Date | undefined;
  readonly createdTo?: Date | undefined;
  readonly updatedFrom?: Date | undefined;
  readonly updatedTo?: Date | undefined;
  /**
   * The change feed: ordered by when the rows were written, and no further than about a second ago, so that nothing which is being committed
   * at this moment can slip in behind a cursor already given out.
   */
  readonly updatedSince?: Date | undefined;
  /** Deleted records too, or no others. */
  readonly deleted?: boolean | "only" | undefined;
}

interface List {
  readonly columns: Part;
  /** `crm.contact as r`: the table must be called `r`. */
  readonly from: Part;
  readonly where: readonly Part[];
  readonly query: ListQuery;
  /** Columns one may sort by beside id, created_at and updated_at. */
  readonly sorts?: Readonly<Record<string, Sort>>;
}

/** What a list may be sorted by: an expression that is never null. */
export interface Sort {
  readonly column: Part;
  readonly type: "timestamptz" | "bigint";
}
export const byMoment = (column: Part): Sort => ({ column, type: "timestamptz" });
export const byNumber = (column: Part): Sort => ({ column, type: "bigint" });

const sorts: Readonly<Record<string, Sort>> = {
  id: byNumber(raw`r.id`),
  created_at: byMoment(raw`r.created_at`),
  updated_at: byMoment(raw`r.updated_at`),
};

/** One page of a list, read by its order (never by counting off rows), so that a deep page costs what the first one does. */
export async function listPage<Row extends { readonly id: number; readonly sortedBy: Date | number }>(
  sql: Sql,
  list: List,
): Promise<Page<Row>> {
  const { query } = list;
  const feed = query.updatedSince !== undefined;
  const sort = query.sort ?? (feed ? "updated_at" : "-id");
  if (feed && sort !== "updated_at") throw new Invalid({ sort: ["changes come in the order of updated_at only"] });
  const descending = sort.startsWith("-");
  const name = sort.replace("-", "");
  const by = sorts[name] ?? list.sorts?.[name];
  if (!by) throw new Invalid({ sort: [`must be one of ${[...Object.keys(sorts), ...Object.keys(list.sorts ?? {})].join(", ")}`] });

  // The feed goes by when rows were written, whatever their stamps say.
  const column = feed ? raw`r.changed_at` : by.column;
  const where = listConditions(sql, query, list.where);
  if (query.updatedSince) where.push(raw`r.changed_at >= ${query.updatedSince}`, raw`r.changed_at < ${await settled(sql)}`);
  if (query.cursor !== undefined) {
    const after = readCursor(query.cursor, sort);
    const sign = descending ? raw`<` : raw`>`;
    where.push(
      name === "id"
        ? raw`r.id ${sign} ${after.id}`
        : raw`(${column}, r.id) ${sign} (${after.value}::${raw.raw(by.type)}, ${after.id}::bigint)`,
    );
  }
  const direction = descending ? raw`desc` : raw`asc`;
  const order = name === "id" ? raw`r.id ${direction}` : raw`${column} ${direction}, r.id ${direction}`;
  const rows = await run<Row>(
    sql,
    raw`select ${list.columns}, ${column} as "sortedBy" from ${list.from} where ${raw.join(where, raw` and `)} order by ${order} limit ${query.limit + 1}`,
  );
  return cut(rows, query.limit, (last) => writeCursor(sort, last.sortedBy, last.id));
}

/** The conditions on `r` that every list takes, its place in the order aside. */
export function listConditions(sql: Sql, query: Omit<ListQuery, keyof PageQuery>, more: readonly Part[]): Part[] {
  const where = [raw`r.workspace = ${sql.workspace}`, ...more];
  if (query.deleted === "only") where.push(raw`r.deleted_at is not null`);
  else if (!query.deleted) where.push(raw`r.deleted_at is null`);
  if (query.ids) where.push(raw`r.id = any(${query.ids}::bigint[])`);
  if (query.createdFrom) where.push(raw`r.created_at >= ${query.createdFrom}`);
  if (query.createdTo) where.push(raw`r.created_at < ${query.createdTo}`);
  if (query.updatedFrom) where.push(raw`r.updated_at >= ${query.updatedFrom}`);
  if (query.updatedTo) where.push(raw`r.updated_at < ${query.updatedTo}`);
  return where;
}

/** How far a change feed may go now. Asked before the rows are: what is open later cannot have been missed. */
async function settled(sql: Sql): Promise<Date> {
  const [row] = await sql.query<{ at: Date }>({ name: "crm-settled", text: "select crm.settled() as at" });
  return row?.at ?? new Date(0);
}

/** One row more than asked for tells that there is another page. */
export function cut<Row>(rows: Row[], limit: number, cursorOf: (last: Row) => string): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : undefined };
}

/** `pg` tells a timestamp of infinity as a number. */
export function writeCursor(sort: string, value: Date | number, id: number): string {
  const text = value instanceof Date ? value.toISOString() : String(value).toLowerCase();
  return Buffer.from(JSON.stringify([sort, text, id])).toString("base64url");
}

/** Throws `Invalid` unless it was made by `writeCursor` for the same order. */
export function readCursor(cursor: string, sort: string): { value: string; id: number } {
  try {
    const [forSort, value, id] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as [unknown, unknown, unknown];
    const isMoment =
      typeof value === "string" &&
      (/^(-?infinity|-?\d{1,16})$/.test(value) || (/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/.test(value) && !Number.isNaN(Date.parse(value))));
    if (forSort === sort && isMoment && Number.isSafeInteger(id)) return { value, id: id as number };
  } catch {
    // Not one of ours.
  }
  throw new Invalid({ cursor: ["does not belong to this list: start from the first page"] });
}
