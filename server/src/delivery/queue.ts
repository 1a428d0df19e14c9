import type { ConnectionId, DeliveryId, Event, EventId, EventType, WorkspaceId } from "@svyazka/core";
import type { Pool } from "../db/pool.ts";
import { storableJson } from "../db/storable.ts";
import type { RecordedRequest } from "../net/way-out.ts";

/** A delivery in the hands of this process until its lease ends. */
export interface Claim {
  readonly id: DeliveryId;
  readonly lane: string;
  readonly fence: number;
  readonly flow: string;
  readonly target: ConnectionId;
  /** How often it was tried before. */
  readonly attempts: number;
  /** How many places of the retry list are used up. */
  readonly tries: number;
  readonly event: Event;
}

/** What became of one attempt. */
export interface Finished {
  readonly claim: Claim;
  readonly outcome: "done" | "retry" | "parked" | "failed";
  readonly detail: string;
  readonly records?: Readonly<Record<string, string>>;
  readonly error?: string;
  /** With `retry`. */
  readonly delaySeconds?: number;
  /** The target itself failed: the next place of the retry list is used up. */
  readonly counts?: true;
  readonly startedAt: Date;
  readonly ms: number;
  readonly calls: readonly RecordedRequest[];
}

/** A worker that stops renewing loses its lanes after this long. */
export const leaseSeconds = 10;

/*
 * The statements here are prepared while the tables are small and run when they are large, so they must not leave the planner a choice:
 * `= any(array(…))` and lateral subqueries with a limit reach the tables by their keys, and `state || ''` keeps an index on the state from
 * offering itself instead (see docs/decisions/0005).
 *
 * A lane is free when something is pending, its time has come and nobody holds it. SKIP LOCKED lets many workers claim at once;
 * the head of each lane is its lowest place. Every part names the workspace, so the statement stays within one shard of a cluster.
 */
const claimText = `
with due as (
  select lane from hub.lane
  where workspace = $1 and pending > 0 and next_at <= now() and leased_until <= now()
  order by next_at limit $2 for update skip locked
), taken as (
  update hub.lane l set leased_until = now() + $3 * interval '1 second', fence = fence + 1
  where l.workspace = $1 and l.lane = any(array(select lane from due))
  returning l.lane, l.fence
)
select taken.lane, taken.fence, head.id, head.flow, head.target, head.attempts, head.tries,
  e.id as event, e.connection, e.type, e.subject, e.data, e.received_at
from taken
left join lateral (
  select * from hub.delivery d where d.workspace = $1 and d.lane = taken.lane and d.state = 'waiting' order by d.seq limit 1
) head on true
left join lateral (select * from hub.event where workspace = $1 and id = head.event limit 1) e on true`;

/*
 * Locks are taken in the order of the lanes' names, as the ledger does: two statements cannot block each other.
 * A claim whose fence has moved on was lost to another worker: nothing of it is written. What is to be parked for a connection that a person
 * has opened again in the meantime is tried again instead; the lock on the connection's row settles who came first.
 */
const finishText = `
with input as (
  select * from json_to_recordset($2::json) as x(id uuid, lane text, fence bigint, outcome text, detail text, records jsonb, error text, delay float8,
    started_at timestamptz, ms int, calls jsonb, number int, tries int)
), locked as materialized (
  select lane, fence, target from hub.lane where workspace = $1 and lane = any(array(select lane from input)) order by lane for update
), closed as materialized (
  select id from hub.connection where workspace = $1 and id = any(array(select locked.target from locked join input using (lane) where outcome = 'parked'))
    and (state <> 'active' or parked_because is not null) for share
), mine as (
  select input.id, lane, case when outcome = 'parked' and not exists (select from closed where closed.id = locked.target) then 'retry' else outcome end as outcome,
    detail, records, error, coalesce(delay, 0) as delay, started_at, ms, calls, number, tries
  from input join locked using (lane, fence)
), deliveries as (
  update hub.delivery d set
    state = case mine.outcome when 'retry' then 'waiting' else mine.outcome end,
    attempts = mine.number,
    tries = mine.tries,
    detail = mine.detail,
    records = coalesce(mine.records, d.records),
    next_attempt_at = case mine.outcome when 'retry' then now() + mine.delay * interval '1 second' end,
    finished_at = case when mine.outcome in ('done', 'failed') then now() end
  from mine where d.workspace = $1 and d.id = any(array(select id from mine)) and d.id = mine.id and d.state || '' = 'waiting'
  returning d.id
), attempts as (
  insert into hub.attempt (workspace, delivery, number, started_at, ms, outcome, error, calls)
  select $1, id, number, started_at, ms, outcome, error, calls from mine
  on conflict do nothing
)
update hub.lane l set
  pending = l.pending - case when mine.outcome in ('done', 'failed') and exists (select 1 from deliveries where deliveries.id = mine.id) then 1 else 0 end,
  next_at = case mine.outcome when 'retry' then now() + mine.delay * interval '1 second' when 'parked' then 'infinity' else now() end,
  leased_until = '-infinity',
  fence = l.fence + 1
from mine where l.workspace = $1 and l.lane = any(array(select lane from mine)) and l.lane = mine.lane
returning l.pending > 0 and mine.outcome in ('done', 'failed') as more`;

interface ClaimRow {
  readonly lane: string;
  readonly fence: number;
  readonly id: DeliveryId | null;
  readonly flow: string;
  readonly target: ConnectionId;
  readonly attempts: number;
  readonly tries: number;
  readonly event: EventId;
  readonly connection: ConnectionId;
  readonly type: EventType;
  readonly subject: string;
  readonly data: Event["data"];
  readonly received_at: Date;
}

/** The queue as one statement per step, each within one workspace. */
export class Queue {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** The heads of up to `limit` free lanes. The commit need not wait for the disk: a claim that is lost is only made again. */
  async claim(workspace: WorkspaceId, limit: number): Promise<Claim[]> {
    const rows = await this.#pool
      .in(workspace)
      .query<ClaimRow>({ name: "claim", text: claimText, values: [workspace, limit, leaseSeconds], relaxed: true });
    const empty = rows.filter((row) => row.id === null);
    if (empty.length > 0) await this.#correct(workspace, empty);
    return rows.flatMap((row) => (row.id === null ? [] : [readClaim(workspace, row, row.id)]));
  }

  /** Writes down what became of a batch, in one durable commit. Answers whether any of the lanes has more to do. */
  async finish(workspace: WorkspaceId, batch: readonly Finished[]): Promise<boolean> {
    const input = batch.map((one) => ({
      id: one.claim.id,
      lane: one.claim.lane,
      fence: one.claim.fence,
      outcome: one.outcome,
      detail: one.detail.slice(0, 2000),
      records: one.records,
      error: one.error?.slice(0, 4000),
      delay: one.delaySeconds,
      started_at: one.startedAt,
      ms: one.ms,
      calls: one.calls.length > 0 ? one.calls : undefined,
      number: one.claim.attempts + 1,
      tries: one.claim.tries + (one.counts ? 1 : 0),
    }));
    const rows = await this.#pool
      .in(workspace)
      .query<{ more: boolean }>({ name: "finish", text: finishText, values: [workspace, storableJson(input)] });
    return rows.some((row) => row.more);
  }

  /** Keeps the lanes of work that takes long. */
  async renew(workspace: WorkspaceId, claims: readonly Claim[]): Promise<void> {
    await this.#pool.in(workspace).query({
      name: "renew",
      text: `with locked as materialized (select lane, fence from hub.lane where workspace = $1 and lane = any($2::text[]) order by lane for update),
             held as (select lane from locked join unnest($2::text[], $3::bigint[]) as mine(lane, fence) using (lane, fence))
             update hub.lane set leased_until = now() + $4 * interval '1 second' where workspace = $1 and lane = any(array(select lane from held))`,
      values: [workspace, claims.map((claim) => claim.lane), claims.map((claim) => claim.fence), leaseSeconds],
    });
  }

  /** Lets go of a lane without an attempt, because its target is closed: until it is opened again, or at once if it has been. */
  async putBack(workspace: WorkspaceId, claim: Claim): Promise<void> {
    await this.#pool.in(workspace).query({
      name: "put-back",
      text: `with closed as materialized (
               select id from hub.connection where workspace = $1 and id = $2 and (state <> 'active' or parked_because is not null) for share)
             update hub.lane set leased_until = '-infinity', fence = fence + 1,
               next_at = case when exists (select from closed) then 'infinity'::timestamptz else now() + interval '1 second' end
             where workspace = $1 and lane = $3 and fence = $4`,
      values: [workspace, claim.target, claim.lane, claim.fence],
    });
  }

  /** Milliseconds until the next lane is free; undefined when nothing waits for a time. */
  async untilNext(workspace: WorkspaceId): Promise<number | undefined> {
    const [row] = await this.#pool.in(workspace).query<{ ms: number | null }>({
      name: "until-next",
      text: `select extract(epoch from min(greatest(next_at, leased_until)) - now())::float8 * 1000 as ms
             from hub.lane where workspace = $1 and pending > 0 and next_at < 'infinity'`,
      values: [workspace],
    });
    return row?.ms ?? undefined;
  }

  /** A lane that says it has work and has none (its delivery was skipped by hand at the same moment) is set right. */
  async #correct(workspace: WorkspaceId, rows: readonly ClaimRow[]): Promise<void> {
    await this.#pool.in(workspace).query({
      text: `update hub.lane l set leased_until = '-infinity',
               pending = (select count(*) from hub.delivery d where d.workspace = $1 and d.lane = l.lane and d.state in ('waiting', 'parked'))
             where l.workspace = $1 and l.lane = any($2)`,
      values: [workspace, rows.map((row) => row.lane)],
    });
  }
}

const readClaim = (workspace: WorkspaceId, row: ClaimRow, id: DeliveryId): Claim => ({
  id,
  lane: row.lane,
  fence: row.fence,
  flow: row.flow,
  target: row.target,
  attempts: row.attempts,
  tries: row.tries,
  event: {
    id: row.event,
    workspace,
    connection: row.connection,
    type: row.type,
    subject: row.subject,
    data: row.data,
    receivedAt: row.received_at,
  },
});
