import { sql as raw } from "kysely";
import type { Reader } from "./by.ts";
import { run } from "./page.ts";
import type { Sql } from "./sql.ts";

/** How many tasks are not done: those that are late, those for what is left of today, those for later, and those without a time. */
export interface TaskSummary {
  readonly overdue: number;
  readonly today: number;
  readonly later: number;
  readonly undated: number;
}

/** Of one user, or of everybody that the reader sees. Today ends at midnight in `timeZone`, an IANA name. */
export async function summariseTasks(sql: Sql, user: number | undefined, { sees }: Reader, timeZone: string): Promise<TaskSummary> {
  const tomorrow = raw`(date_trunc('day', statement_timestamp() at time zone ${timeZone}) + interval '1 day') at time zone ${timeZone}`;
  const whose = user === undefined ? raw`` : raw`and k.responsible = ${user}`;
  const seen = sees === undefined ? raw`` : raw`and k.responsible = any(${sees}::bigint[])`;
  const [counts] = await run<TaskSummary>(
    sql,
    raw`select count(*) filter (where k.due < statement_timestamp()) as overdue,
        count(*) filter (where k.due >= statement_timestamp() and k.due < day.ends) as today,
        count(*) filter (where k.due >= day.ends) as later, count(*) filter (where k.due is null) as undated
      from crm.task k cross join (select ${tomorrow} as ends) day
      where k.workspace = ${sql.workspace} and k.done_at is null and k.deleted_at is null ${whose} ${seen}`,
  );
  return counts ?? { overdue: 0, today: 0, later: 0, undated: 0 };
}
