import { sql as raw } from "kysely";
import type { Reader } from "./by.ts";
import { run } from "./page.ts";
import { getPipeline } from "./pipelines.ts";
import { dealScope, type ReportQuery } from "./report-scope.ts";
import type { Sql } from "./sql.ts";

export interface FunnelStage {
  readonly stage: number;
  /** How many deals were in it, at some time. */
  readonly entered: number;
  /** How many were in it or came further. Lost ones count as far as they came before. */
  readonly reached: number;
  /** How many are in it now. */
  readonly now: number;
  /** Of all, 0 to 1; null when there are none. */
  readonly conversion: number | null;
  /** Half of the stays in it took no longer; stays that go on count up to now. Null without any. */
  readonly medianDays: number | null;
}

export interface Funnel {
  /** Deals that were made in the time of the report, and are in this pipeline. */
  readonly deals: number;
  readonly stages: readonly FunnelStage[];
}

/** How deals that were made in this time went through a pipeline. Throws `NotFound`. */
export async function reportFunnel(sql: Sql, query: ReportQuery & { readonly pipeline: number }, reader: Reader): Promise<Funnel> {
  const { stages } = await getPipeline(sql, query.pipeline);
  const order = stages.map(({ id }) => id);
  const lost = stages.find(({ kind }) => kind === "lost")?.id ?? 0;
  // One scan of the moves: where a deal began is what its first move tells, or where it is.
  const rows = await run<{ stage: number; entered: number; now: number; reached: number; total: number; median: number | null }>(
    sql,
    raw`with asked as materialized (
        select d.id, d.stage, d.created_at from crm.deal d
        where ${dealScope(sql, query, reader)} and d.created_at >= ${query.from} and d.created_at < ${query.to}),
      moves as materialized (
        select t.deal, t.at, t.id, (t.what -> 'old' ->> 'stage')::bigint as left_stage, (t.what -> 'new' ->> 'stage')::bigint as stage
        from crm.timeline t where t.workspace = ${sql.workspace} and t.kind = 'stage' and t.at >= ${query.from} and t.deal in (select id from asked)),
      first as (select distinct on (deal) deal, left_stage from moves order by deal, at, id),
      begun as (select a.id as deal, a.created_at as at, 0 as id, coalesce(f.left_stage, a.stage) as stage from asked a left join first f on f.deal = a.id),
      visits as (
        select deal, stage, at, lead(at) over (partition by deal order by at, id) as until
        from (select deal, at, id, stage from begun union all select deal, at, id, stage from moves) gone),
      placed as (select v.*, array_position(${order}::bigint[], v.stage) as place from visits v),
      best as (select deal, max(place) filter (where stage <> ${lost}) as place from placed group by deal)
      select s.stage, (select count(*) from asked) as total,
        (select count(*) from asked a where a.stage = s.stage) as now,
        (select count(distinct p.deal) from placed p where p.stage = s.stage) as entered,
        case when s.stage = ${lost} then (select count(distinct p.deal) from placed p where p.stage = s.stage)
          else (select count(*) from best b where b.place >= s.n) end as reached,
        (select percentile_cont(0.5) within group (order by extract(epoch from coalesce(p.until, statement_timestamp()) - p.at) / 86400)
          from placed p where p.stage = s.stage) as median
      from unnest(${order}::bigint[]) with ordinality as s (stage, n) order by s.n`,
  );
  const deals = rows[0]?.total ?? 0;
  return {
    deals,
    stages: rows.map(({ stage, entered, now, reached, median }) => ({
      ...{ stage, entered, reached, now },
      conversion: deals === 0 ? null : reached / deals,
      medianDays: median,
    })),
  };
}
