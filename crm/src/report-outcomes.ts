import { sql as raw } from "kysely";
import type { Reader } from "./by.ts";
import { run } from "./page.ts";
import { dealScope, type ReportQuery, type ReportSum } from "./report-scope.ts";
import type { Sql } from "./sql.ts";

export const reportPeriods = ["day", "week", "month", "quarter", "year"] as const;
export type ReportPeriod = (typeof reportPeriods)[number];

export interface Outcome {
  readonly won: number;
  readonly lost: number;
  readonly sumsWon: readonly ReportSum[];
  readonly sumsLost: readonly ReportSum[];
  /** From being made to being won or lost, half of them; null without any. */
  readonly medianDays: number | null;
}
export interface OutcomeReport {
  readonly total: Outcome;
  /** Those with an end in them, by their first day: `2026-11-01`. */
  readonly periods: readonly (Outcome & { readonly period: string })[];
  /** Of the lost ones, the most frequent first; null when none was given. */
  readonly reasons: readonly { readonly lossReason: number | null; readonly count: number; readonly sums: readonly ReportSum[] }[];
}

interface Row {
  readonly period: string | null;
  readonly reason: number | null;
  readonly whole: number;
  readonly won: number;
  readonly lost: number;
  readonly sums: { readonly kind: "won" | "lost"; readonly currency: string; readonly minor: string }[];
  readonly median: number | null;
}

/** Deals that were won or lost in this time. */
export async function reportOutcomes(
  sql: Sql,
  query: ReportQuery & { readonly period: ReportPeriod },
  reader: Reader,
): Promise<OutcomeReport> {
  const rows = await run<Row>(
    sql,
    raw`with closed as materialized (
        select to_char(date_trunc(${query.period}, d.closed_at at time zone ${query.timeZone}), 'YYYY-MM-DD') as period, s.kind, d.currency::text as currency,
          d.sum_minor, d.loss_reason, extract(epoch from d.closed_at - d.created_at) / 86400 as days
        from crm.deal d join crm.stage s on s.workspace = d.workspace and s.id = d.stage and s.kind in ('won', 'lost')
        where ${dealScope(sql, query, reader)} and d.closed_at >= ${query.from} and d.closed_at < ${query.to}),
      ends as (
        select period, null::bigint as reason, grouping(period) as whole, count(*) filter (where kind = 'won') as won, count(*) filter (where kind = 'lost') as lost,
          percentile_cont(0.5) within group (order by days) as median from closed group by grouping sets ((), (period))
        union all
        select null, loss_reason, 2, 0, count(*), null from closed where kind = 'lost' group by loss_reason)
      select e.*, coalesce((
        select jsonb_agg(x) from (
          select c.kind, c.currency, sum(c.sum_minor)::text as minor from closed c
          where c.sum_minor is not null and (e.whole = 1 or (e.whole = 0 and c.period = e.period) or (e.whole = 2 and c.kind = 'lost' and c.loss_reason is not distinct from e.reason))
          group by 1, 2 order by 2) x), '[]') as sums
      from ends e order by e.whole, e.period, e.lost desc, e.reason`,
  );
  const sums = ({ sums }: Row, kind: "won" | "lost"): ReportSum[] =>
    sums.filter((one) => one.kind === kind).map(({ currency, minor }) => ({ currency, minor: BigInt(minor) }));
  const outcome = (row: Row): Outcome => ({
    ...{ won: row.won, lost: row.lost, medianDays: row.median },
    sumsWon: sums(row, "won"),
    sumsLost: sums(row, "lost"),
  });
  const all = rows.find(({ whole }) => whole === 1);
  return {
    total: all ? outcome(all) : { won: 0, lost: 0, sumsWon: [], sumsLost: [], medianDays: null },
    periods: rows.flatMap((row) => (row.whole === 0 && row.period !== null ? [{ period: row.period, ...outcome(row) }] : [])),
    reasons: rows.filter(({ whole }) => whole === 2).map((row) => ({ lossReason: row.reason, count: row.lost, sums: sums(row, "lost") })),
  };
}
