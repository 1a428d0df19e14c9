import type { Sql } from "@svyazka/crm";

/** Deliveries that failed, or wait for a sign-in, for one reason. */
export interface DeliveryCause {
  readonly state: "failed" | "parked";
  readonly flow: string;
  readonly target: number;
  readonly target_name: string | null;
  /** See `hub.cause_of`. */
  readonly cause: string;
  readonly count: number;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly example: string | null;
  readonly deliveries: string[];
}

const lookedAt = 20_000;

/** The most frequent first; among the newest of each state, so that a disaster is told of as quickly as a mishap. */
export const deliveryCauses = (sql: Sql): Promise<DeliveryCause[]> =>
  sql.query({
    text: `with open as (
             (select id, state, flow, target, detail, created_at from hub.delivery where workspace = $1 and state = 'failed' order by id desc limit $2)
             union all
             (select id, state, flow, target, detail, created_at from hub.delivery where workspace = $1 and state = 'parked' order by id desc limit $2)
           )
           select g.*, c.name as target_name from (
             select state, flow, target, hub.cause_of(detail) as cause, count(*) as count, min(created_at) as first_at, max(created_at) as last_at,
               (array_agg(detail order by id desc))[1] as example, (array_agg(id order by id desc))[1:3] as deliveries
             from open group by state, flow, target, hub.cause_of(detail)
           ) g left join hub.connection c on c.workspace = $1 and c.id = g.target order by g.count desc, g.last_at desc limit 250`,
    values: [sql.workspace, lookedAt],
  });
