import type { ConnectionId, WorkspaceId } from "@svyazka/core";
import type { Sql } from "@svyazka/crm";
import { isHeard } from "../delivery/plan.ts";
import type { Hub } from "../hub.ts";
import type { LiveConnection } from "./registry.ts";
import type { ConnectionRow } from "./row.ts";

/** What a connection has been doing, and what stands in its way. */
export interface Activity extends Open {
  readonly last_request_at: string | null;
  readonly last_event_at: string | null;
  readonly requests_today: number;
  readonly oldest_waiting_at: string | null;
  readonly listening: boolean | null;
  readonly polled_at: string | null;
  readonly last_error: string | null;
  readonly address_book: { readonly contacts: number; readonly companies: number; readonly whole: boolean } | null;
}

interface Open {
  readonly waiting: number;
  readonly held: number;
  readonly parked: number;
  readonly failed: number;
}

export const noActivity: Activity = {
  last_request_at: null,
  last_event_at: null,
  requests_today: 0,
  waiting: 0,
  held: 0,
  parked: 0,
  failed: 0,
  oldest_waiting_at: null,
  listening: null,
  polled_at: null,
  last_error: null,
  address_book: null,
};

/** Lines among which the last fact is looked for: a sender whose requests are all ignored must not cost a walk through all of them. */
const linesLookedAt = 200;
const mostToday = 10_000;
const deliveriesLookedAt = 5_000;
/** A page that shows many connections, or asks often, costs one look. */
const rememberMs = 2_000;

/** The journal is read by the index of the connection, from its end. */
const journalText = `
select c.id, last.received_at as last_request_at, fact.received_at as last_event_at, today.n as requests_today,
  l.leased_until > now() as listening, p.reached as polled_at, p.error as poll_error
from unnest($2::bigint[]) as c (id)
cross join lateral (select max(received_at) as received_at from (
  select received_at from hub.journal where workspace = $1 and connection = c.id order by id desc limit 1) one) last
cross join lateral (select max(received_at) as received_at from (
  select received_at, events from hub.journal where workspace = $1 and connection = c.id order by id desc limit ${linesLookedAt}) lately where events <> '{}') fact
cross join lateral (select count(*) as n from (
  select from hub.journal where workspace = $1 and connection = c.id
    and id >= (lpad(to_hex((extract(epoch from date_trunc('day', now(), $3)) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid
  limit ${mostToday}) day) today
left join hub.listener l on l.workspace = $1 and l.connection = c.id
left join hub.poll p on p.workspace = $1 and p.connection = c.id`;

interface JournalRow {
  readonly id: ConnectionId;
  readonly last_request_at: Date | null;
  readonly last_event_at: Date | null;
  readonly requests_today: number;
  readonly listening: boolean | null;
  readonly polled_at: Date | null;
  readonly poll_error: string | null;
}

/**
 * Open deliveries by whom they come from and whom they go to, so many of each state: an index by connection would cost every delivery. What is being
 * tried again tells more of how things are than what has failed for good.
 */
const deliveriesText = `
with open as (
  ${(["waiting", "held", "parked", "failed"] as const)
    .map(
      (state) => `(select id, event, target, state, created_at, detail from hub.delivery
         where workspace = $1 and state = '${state}' order by id ${state === "waiting" ? "asc" : "desc"} limit ${deliveriesLookedAt})`,
    )
    .join(" union all ")}
), concerned as (
  select target as connection, state, created_at, detail, id, true as here from open
  union all
  select e.connection, open.state, open.created_at, open.detail, open.id, false from open
    cross join lateral (select connection from hub.event where workspace = $1 and id = open.event offset 0) e where e.connection <> open.target
)
select connection, count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'held') as held,
  count(*) filter (where state = 'parked') as parked, count(*) filter (where state = 'failed') as failed,
  min(created_at) filter (where state = 'waiting') as oldest_waiting_at,
  (array_agg(detail order by state = 'waiting' desc, id desc) filter (where state in ('waiting', 'failed') and here and detail is not null))[1] as last_failure
from concerned group by connection`;

interface DeliveriesRow extends Open {
  readonly connection: ConnectionId;
  readonly oldest_waiting_at: Date | null;
  readonly last_failure: string | null;
}

export function activityReader(hub: Hub): (sql: Sql, rows: readonly ConnectionRow[]) => Promise<ReadonlyMap<number, Activity>> {
  const remembered = new Map<WorkspaceId, { readonly rows: Promise<readonly DeliveriesRow[]>; readonly until: number }>();
  const openDeliveries = (sql: Sql): Promise<readonly DeliveriesRow[]> => {
    const known = remembered.get(sql.workspace);
    if (known && known.until > Date.now()) return known.rows;
    const rows = sql.query<DeliveriesRow>({ text: deliveriesText, values: [sql.workspace] });
    if (remembered.size > 1_000) remembered.clear();
    remembered.set(sql.workspace, { rows, until: Date.now() + rememberMs });
    rows.catch(() => remembered.delete(sql.workspace));
    return rows;
  };
  const flows = [...hub.flows.values()];
  return async (sql, rows) => {
    const view = await hub.registry.view(sql.workspace);
    const [lines, deliveries] = await Promise.all([
      sql.query<JournalRow>({ text: journalText, values: [sql.workspace, rows.map(({ id }) => id), view.workspace.timeZone] }),
      openDeliveries(sql),
    ]);
    const books = new Map(await Promise.all(rows.map(async ({ id }) => [id, await bookOf(view.connections.get(id))] as const)));
    return new Map(
      rows.map((row) => {
        const line = lines.find(({ id }) => id === row.id);
        const open = deliveries.find(({ connection }) => connection === row.id);
        const live = view.connections.get(row.id);
        const listens = live?.vendor.listen !== undefined && (live.vendor.listens?.(live.connection, isHeard(view, flows, row.id)) ?? true);
        const health = row.health?.ok === false ? row.health.message : null;
        return [
          row.id,
          {
            last_request_at: line?.last_request_at?.toISOString() ?? null,
            last_event_at: line?.last_event_at?.toISOString() ?? null,
            requests_today: line?.requests_today ?? 0,
            waiting: open?.waiting ?? 0,
            held: open?.held ?? 0,
            parked: open?.parked ?? 0,
            failed: open?.failed ?? 0,
            oldest_waiting_at: open?.oldest_waiting_at?.toISOString() ?? null,
            listening: listens ? line?.listening === true : null,
            polled_at: line?.polled_at?.toISOString() ?? null,
            last_error: row.parked_because ?? health ?? line?.poll_error ?? open?.last_failure ?? null,
            address_book: books.get(row.id) ?? null,
          },
        ];
      }),
    );
  };
}

async function bookOf(live: LiveConnection | undefined): Promise<Activity["address_book"]> {
  const state = await live?.connected().bookState?.();
  return state ? { contacts: state.contacts, companies: state.companies, whole: state.isWhole } : null;
}
