import { sql as raw } from "kysely";
import type { Reader } from "./by.ts";
import { type Part, run } from "./page.ts";
import { callScope, dealScope, type ReportQuery } from "./report-scope.ts";
import type { Sql } from "./sql.ts";

export interface ResponseTimes {
  /** What was to be responded to. */
  readonly asked: number;
  /** Of these, nobody has responded to. */
  readonly unanswered: number;
  /** Half of the responses took no longer, and nine of ten; null without any. */
  readonly medianSeconds: number | null;
  readonly p90Seconds: number | null;
}
export interface ResponseReport extends ResponseTimes {
  /** By who responded; what nobody has responded to stands with who is responsible. Null for nobody. */
  readonly people: readonly (ResponseTimes & { readonly user: number | null })[];
}
export type ResponseTo = "deals" | "missed_calls";

/**
 * How long it takes until a person does something: from the making of a deal that no person made, or from a missed call, to the first outgoing call to
 * that client, the first note or the first move of the deal by a person.
 */
export async function reportResponse(
  sql: Sql,
  query: ReportQuery & { readonly since: ResponseTo },
  reader: Reader,
): Promise<ResponseReport> {
  const { workspace } = sql;
  const asked: Part =
    query.since === "deals"
      ? raw`select d.created_at as at, d.responsible, d.id as deal, null::bigint as contact, null::text as e164 from crm.deal d
          where ${dealScope(sql, query, reader)} and d.created_by is null and d.created_at >= ${query.from} and d.created_at < ${query.to}`
      : raw`select c.started_at as at, c.responsible, c.deal, c.contact, c.e164 from crm.call c
          where ${callScope(sql, query, reader)} and c.outcome = 'missed' and c.direction = 'in' and c.started_at >= ${query.from} and c.started_at < ${query.to}`;
  // The first of each kind by its own index; each behind a limit, so that a long history costs what a short one does.
  const call = (condition: Part): Part => raw`(
    select o.started_at as at, o.responsible as who from crm.call o
    where o.workspace = ${workspace} and ${condition} and o.started_at > a.at and o.direction = 'out' and o.deleted_at is null order by o.started_at limit 1)`;
  const line = (condition: Part): Part => raw`(
    select t.at, substring(t.actor from 6)::bigint as who from crm.timeline t
    where t.workspace = ${workspace} and ${condition} and t.at > a.at and t.kind in ('note', 'stage') and t.actor like 'user:%' order by t.at, t.id limit 1)`;
  const rows = await run<ResponseTimes & { user: number | null; whole: number }>(
    sql,
    raw`with asked as materialized (${asked}),
      answered as materialized (
        select a.responsible, r.who, extract(epoch from r.at - a.at)::float8 as seconds from asked a left join lateral (
          select at, who from (
            ${call(raw`o.deal = a.deal`)} union all ${call(raw`o.contact = a.contact`)} union all ${call(raw`o.e164 = a.e164`)}
            union all ${call(raw`o.contact = (select dc.contact from crm.deal_contact dc where dc.workspace = ${workspace} and dc.deal = a.deal order by dc.is_main desc, dc.contact limit 1)`)}
            union all ${line(raw`t.deal = a.deal`)} union all ${line(raw`t.contact = a.contact`)}) response
          order by at limit 1) r on true)
      select case when seconds is null then responsible else who end as "user", grouping(case when seconds is null then responsible else who end) as whole,
        count(*) as asked, count(*) filter (where seconds is null) as unanswered,
        percentile_cont(0.5) within group (order by seconds) as "medianSeconds", percentile_cont(0.9) within group (order by seconds) as "p90Seconds"
      from answered group by grouping sets ((), (case when seconds is null then responsible else who end)) order by count(*) desc`,
  );
  const times = ({ asked, unanswered, medianSeconds, p90Seconds }: ResponseTimes): ResponseTimes => ({
    asked,
    unanswered,
    medianSeconds,
    p90Seconds,
  });
  const all = rows.find(({ whole }) => whole === 1);
  return {
    ...times(all ?? { asked: 0, unanswered: 0, medianSeconds: null, p90Seconds: null }),
    people: rows.filter(({ whole }) => whole === 0).map((row) => ({ user: row.user, ...times(row) })),
  };
}
