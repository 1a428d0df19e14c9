import { sql as raw } from "kysely";
import type { Reader } from "./by.ts";
import { run } from "./page.ts";
import { callScope, type ReportQuery } from "./report-scope.ts";
import type { Sql } from "./sql.ts";

export interface CallCounts {
  readonly in: number;
  readonly out: number;
  /** Of both, those that were spoken in. */
  readonly answered: number;
  /** Incoming ones that nobody took. */
  readonly missed: number;
  readonly talkSeconds: number;
}
export interface CallReport {
  readonly total: CallCounts;
  /** Of each hour with a call in it: weekday 1 is Monday, hours 0 to 23. */
  readonly hours: readonly (CallCounts & { readonly weekday: number; readonly hour: number })[];
  /** The busiest first; null for calls that nobody took. */
  readonly people: readonly (CallCounts & { readonly user: number | null })[];
}

/** Calls that began in this time. */
export async function reportCalls(sql: Sql, query: ReportQuery, reader: Reader): Promise<CallReport> {
  const counts = raw`count(*) filter (where c.direction = 'in') as in, count(*) filter (where c.direction = 'out') as out,
    count(*) filter (where c.answered) as answered, count(*) filter (where c.outcome = 'missed') as missed, coalesce(sum(c.talk_seconds), 0)::bigint as "talkSeconds"`;
  const where = raw`${callScope(sql, query, reader)} and c.started_at >= ${query.from} and c.started_at < ${query.to}`;
  const local = raw`(c.started_at at time zone ${query.timeZone})`;
  const hours = await run<CallReport["hours"][number]>(
    sql,
    raw`select extract(isodow from ${local})::integer as weekday, extract(hour from ${local})::integer as hour, ${counts}
      from crm.call c where ${where} group by 1, 2 order by 1, 2`,
  );
  const people = await run<CallReport["people"][number]>(
    sql,
    raw`select c.responsible as "user", ${counts} from crm.call c where ${where} group by 1 order by count(*) desc, 1`,
  );
  const sum = (name: keyof CallCounts) => hours.reduce((total, hour) => total + hour[name], 0);
  return {
    total: { in: sum("in"), out: sum("out"), answered: sum("answered"), missed: sum("missed"), talkSeconds: sum("talkSeconds") },
    hours,
    people,
  };
}
