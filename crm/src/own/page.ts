import type { OwnListFilter, OwnPage } from "@svyazka/core";
import { sql as raw } from "kysely";
import { Invalid } from "../errors.ts";
import { type Part, run, runInOneWay } from "../page.ts";
import type { Sql } from "../sql.ts";

/** What a list may be sorted by: expressions of `r` that are never null, each with an index that begins with the workspace and ends with the id. */
export type Sorts = Readonly<Record<string, Part>>;

const sorts: Sorts = { id: raw`r.id`, created_at: raw`r.created_at`, updated_at: raw`r.updated_at` };
const most = 500;

interface List {
  /** Of `r`. */
  readonly columns: Part;
  /** `crm.contact`, or a subquery. */
  readonly table: Part;
  readonly where: readonly Part[];
  readonly filter: OwnListFilter;
  readonly sorts?: Sorts;
  /** Without it, the newest id first. */
  readonly sort?: string;
}

/**
 * One page by its number. The rows of the page are found first, by the table's own columns, and only theirs are shown: those that are skipped cost a look into the index, not
 * their tags and contacts.
 */
export async function ownPage<Row>(sql: Sql, list: List): Promise<OwnPage<Row>> {
  const { limit, skip = 0, sort = list.sort ?? "-id" } = list.filter;
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > most) throw new Invalid({ limit: [`must be from 1 to ${most}`] });
  if (!Number.isSafeInteger(skip) || skip < 0) throw new Invalid({ skip: ["must be a whole number from 0 on"] });
  const name = sort.replace("-", "");
  const known = { ...sorts, ...list.sorts };
  const by = known[name];
  if (!by) throw new Invalid({ sort: [`must be one of ${Object.keys(known).join(", ")}`] });
  const direction = sort.startsWith("-") ? raw`desc` : raw`asc`;
  const order = name === "id" ? raw`r.id ${direction}` : raw`${by} ${direction}, r.id ${direction}`;
  const where = raw.join([raw`r.workspace = ${sql.workspace}`, ...list.where], raw` and `);
  const { ids } = list.filter;
  // Those that are named are taken by their keys, whatever else is asked of them.
  const from = ids
    ? raw`(select distinct id from unnest(${idsOf(ids)}::bigint[]) as given (id)) as wanted cross join lateral (
        select k.* from ${list.table} as k where k.workspace = ${sql.workspace} and k.id = wanted.id offset 0) as r`
    : raw`${list.table} as r`;
  const isOneWay = ids !== undefined && Object.entries(list.filter).every(([member, value]) => value === undefined || plain.has(member));
  const rows = await (isOneWay ? runInOneWay : run)<Row>(
    sql,
    raw`select ${list.columns} from (
        select r.* from ${from} where ${where} order by ${order} limit ${limit + 1} offset ${skip}) as r
      order by ${order}`,
  );
  return { items: rows.slice(0, limit), isMore: rows.length > limit };
}

/** What leaves the planner no choice beside a list of ids. */
const plain: ReadonlySet<string> = new Set(["limit", "skip", "sort", "ids", "deleted", "include"]);

/** The conditions on `r` that every list takes. */
export function stampConditions(filter: Omit<OwnListFilter, "limit" | "skip" | "sort" | "ids">): Part[] {
  const where: Part[] = [];
  if (filter.deleted === "only") where.push(raw`r.deleted_at is not null`);
  else if (!filter.deleted) where.push(raw`r.deleted_at is null`);
  if (filter.createdFrom) where.push(raw`r.created_at >= ${filter.createdFrom}`);
  if (filter.createdTo) where.push(raw`r.created_at < ${filter.createdTo}`);
  if (filter.updatedFrom) where.push(raw`${sorts["updated_at"]} >= ${filter.updatedFrom}`);
  if (filter.updatedTo) where.push(raw`${sorts["updated_at"]} < ${filter.updatedTo}`);
  if (filter.createdBy) where.push(oneOf(raw`r.created_by`, filter.createdBy));
  if (filter.updatedBy) where.push(oneOf(raw`r.updated_by`, filter.updatedBy));
  return where;
}

/** What is no id of ours is nobody's. */
export const idsOf = (ids: readonly number[]): number[] => ids.filter(Number.isSafeInteger);

/** Any of these ids; null stands for none. */
export function oneOf(column: Part, ids: readonly (number | null)[]): Part {
  const given = raw`${column} = any(${idsOf(ids.filter((id) => id !== null))}::bigint[])`;
  return ids.includes(null) ? raw`(${given} or ${column} is null)` : given;
}
