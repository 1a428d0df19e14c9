import type { Sql } from "@svyazka/crm";
import { tell } from "../db/bus.ts";

/** As `retry`, for many in one commit; those that are done stay as they are. Answers how many there was something to do about. */
export async function retryMany(sql: Sql, ids: readonly string[]): Promise<number> {
  return sql.transaction(async (sql) => {
    await makeLanes(sql, ids);
    const rows = await sql.query({
      text: `with before as materialized (
               select id, lane, state from hub.delivery where workspace = $1 and id = any($2::uuid[]) and state <> 'done' order by id for update
             ), moved as (
               update hub.delivery set state = 'waiting', tries = 0, detail = null, next_attempt_at = now(), finished_at = null
               where workspace = $1 and id = any(array(select id from before)) returning id
             ), lanes as (
               update hub.lane l set pending = l.pending + counts.n, next_at = now()
               from (select lane, count(*) filter (where state in ('failed', 'skipped', 'held')) as n from before group by lane) counts
               where l.workspace = $1 and l.lane = any(array(select lane from before)) and l.lane = counts.lane
             ) select id from moved`,
      values: [sql.workspace, ids],
    });
    await tell(sql, { kind: "work", workspace: sql.workspace });
    return rows.length;
  });
}

/** As `skip`, for many in one commit. */
export async function skipMany(sql: Sql, ids: readonly string[]): Promise<number> {
  return sql.transaction(async (sql) => {
    await sql.query({
      text: `select from hub.lane where workspace = $1 and lane = any(array(select lane from hub.delivery where workspace = $1 and id = any($2::uuid[])))
             order by lane for update`,
      values: [sql.workspace, ids],
    });
    const rows = await sql.query({
      text: `with before as materialized (
               select id, lane, state from hub.delivery where workspace = $1 and id = any($2::uuid[]) and state not in ('done', 'skipped') order by id for update
             ), moved as (
               update hub.delivery set state = 'skipped', next_attempt_at = null, finished_at = now()
               where workspace = $1 and id = any(array(select id from before)) returning id
             ), lanes as (
               update hub.lane l set pending = greatest(l.pending - counts.n, 0), next_at = now()
               from (select lane, count(*) as n from before where state in ('waiting', 'parked') group by lane) counts
               where l.workspace = $1 and l.lane = any(array(select lane from before)) and l.lane = counts.lane
             ) select id from moved`,
      values: [sql.workspace, ids],
    });
    await tell(sql, { kind: "work", workspace: sql.workspace });
    return rows.length;
  });
}

/** Locks the lanes in the order of their names, before the deliveries, as the engine does. One that housekeeping has taken away is made again. */
async function makeLanes(sql: Sql, ids: readonly string[]): Promise<void> {
  await sql.query({
    text: `insert into hub.lane as l (workspace, lane, target, pending, last_seq)
           select $1, lane, min(target), 0, max(seq) from hub.delivery where workspace = $1 and id = any($2::uuid[]) group by lane order by lane
           on conflict (workspace, lane) do update set last_seq = l.last_seq`,
    values: [sql.workspace, ids],
  });
}
