import { sql as raw } from "kysely";
import type { Reader } from "./by.ts";
import type { ListQuery, PageQuery, Part } from "./page.ts";
import { seenInList } from "./record-access.ts";
import { matching } from "./search.ts";
import type { Sql } from "./sql.ts";
import { hasTag } from "./tagged.ts";

/** Which deals: what the list, the board, its totals and the export ask for, in one shape. */
export interface DealFilter extends ListQuery {
  /** Of any of these. */
  readonly responsible?: readonly number[] | undefined;
  readonly pipeline?: number | undefined;
  readonly stage?: number | undefined;
  /** `closed` is won or lost. */
  readonly state?: "open" | "closed" | undefined;
  readonly contact?: number | undefined;
  readonly company?: number | undefined;
  readonly source?: number | undefined;
  readonly tag?: string | undefined;
  /** Words of its name, of its company or of one of its contacts; a phone or an address of these; its number. See `matching`. */
  readonly q?: string | undefined;
  /** Nobody has anything to do about it. */
  readonly noTask?: boolean | undefined;
  /** Something about it should have been done by now. */
  readonly overdue?: boolean | undefined;
  readonly closedFrom?: Date | undefined;
  readonly closedTo?: Date | undefined;
}

/** The conditions on `r`, a deal, beside those that every list has. */
export async function dealConditions(sql: Sql, filter: Omit<DealFilter, keyof PageQuery>, reader: Reader): Promise<Part[]> {
  const where = seenInList(sql.workspace, "deal", reader.sees);
  if (filter.responsible !== undefined) where.push(raw`r.responsible = any(${filter.responsible}::bigint[])`);
  if (filter.pipeline !== undefined) where.push(raw`r.pipeline = ${filter.pipeline}`);
  if (filter.stage !== undefined) where.push(raw`r.stage = ${filter.stage}`);
  if (filter.state !== undefined) where.push(filter.state === "open" ? raw`r.closed_at is null` : raw`r.closed_at is not null`);
  if (filter.company !== undefined) where.push(raw`r.company = ${filter.company}`);
  if (filter.source !== undefined) where.push(raw`r.source = ${filter.source}`);
  if (filter.closedFrom) where.push(raw`r.closed_at >= ${filter.closedFrom}`);
  if (filter.closedTo) where.push(raw`r.closed_at < ${filter.closedTo}`);
  if (filter.tag !== undefined) where.push(await hasTag(sql, "deal", filter.tag));
  if (filter.contact !== undefined) {
    where.push(
      raw`r.id = any(array(select dc.deal from crm.deal_contact dc where dc.workspace = ${sql.workspace} and dc.contact = ${filter.contact}))`,
    );
  }
  if (filter.noTask !== undefined) where.push(filter.noTask ? raw`not ${openTask(raw``)}` : openTask(raw``));
  if (filter.overdue !== undefined) {
    const late = openTask(raw`and k.due < statement_timestamp()`);
    where.push(filter.overdue ? late : raw`not ${late}`);
  }
  if (filter.q !== undefined) where.push(await matching(sql, "deal", filter.q, reader));
  return where;
}

const openTask = (also: Part): Part => raw`exists (
  select from crm.task k where k.workspace = r.workspace and k.deal = r.id and k.done_at is null and k.deleted_at is null ${also})`;
