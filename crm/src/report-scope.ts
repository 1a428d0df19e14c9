import { sql as raw } from "kysely";
import type { Reader } from "./by.ts";
import type { Part } from "./page.ts";
import type { Sql } from "./sql.ts";

/** What a report is about: from a moment, up to another one, where a day is one of `timeZone`. */
export interface ReportQuery {
  readonly from: Date;
  readonly to: Date;
  readonly pipeline?: number | undefined;
  /** Of any of these. */
  readonly responsible?: readonly number[] | undefined;
  /** IANA name. */
  readonly timeZone: string;
}

/** The deals `d` that it is about, their times aside. A limited manager's report is about what they see. */
export function dealScope(sql: Sql, { pipeline, responsible }: ReportQuery, { sees }: Reader): Part {
  const where = [raw`d.workspace = ${sql.workspace}`, raw`d.deleted_at is null`];
  if (pipeline !== undefined) where.push(raw`d.pipeline = ${pipeline}`);
  if (responsible !== undefined) where.push(raw`d.responsible = any(${responsible}::bigint[])`);
  if (sees !== undefined) where.push(raw`d.responsible = any(${sees}::bigint[])`);
  return raw.join(where, raw` and `);
}

/** The calls `c` that it is about, their times aside. */
export function callScope(sql: Sql, { pipeline, responsible }: ReportQuery, { sees }: Reader): Part {
  const where = [raw`c.workspace = ${sql.workspace}`, raw`c.deleted_at is null`];
  if (pipeline !== undefined)
    where.push(raw`exists (select from crm.deal d where d.workspace = ${sql.workspace} and d.id = c.deal and d.pipeline = ${pipeline})`);
  if (responsible !== undefined) where.push(raw`c.responsible = any(${responsible}::bigint[])`);
  if (sees !== undefined) where.push(raw`c.responsible = any(${sees}::bigint[])`);
  return raw.join(where, raw` and `);
}

/** What deals come to, by currency; minor units. */
export interface ReportSum {
  readonly currency: string;
  readonly minor: bigint;
}

/** Sums of `d` as a JSON object by currency, of those that fit. */
export const sumsOf = (rows: readonly { readonly currency: string; readonly minor: string | null }[]): ReportSum[] =>
  rows.flatMap(({ currency, minor }) => (minor === null ? [] : [{ currency, minor: BigInt(minor) }]));
