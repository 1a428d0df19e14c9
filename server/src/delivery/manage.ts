import type { ConnectionId, DeliveryId } from "@svyazka/core";
import { Invalid, NotFound, type Sql } from "@svyazka/crm";
import { tell } from "../db/bus.ts";

/** Everything that waits for this connection goes on, in order. */
export async function unpark(sql: Sql, connection: ConnectionId): Promise<void> {
  await sql.query({
    text: "update hub.delivery set state = 'waiting', next_attempt_at = now() where workspace = $1 and target = $2 and state = 'parked'",
    values: [sql.workspace, connection],
  });
  await sql.query({
    text: "update hub.lane set next_at = now() where workspace = $1 and target = $2 and pending > 0 and next_at = 'infinity'",
    values: [sql.workspace, connection],
  });
  await tell(sql, { kind: "work", workspace: sql.workspace });
}

/** The far side is there again: what was to be tried some time is tried now. */
export async function hasten(sql: Sql, connection: ConnectionId): Promise<void> {
  const due = await sql.query({
    // In the order in which everybody locks them; whoever holds one at this moment is trying.
    text: `with late as (select lane from hub.lane
             where workspace = $1 and target = $2 and pending > 0 and next_at > now() and next_at < 'infinity' order by lane for update skip locked)
           update hub.lane l set next_at = now() where l.workspace = $1 and l.lane = any(array(select lane from late)) returning l.lane`,
    values: [sql.workspace, connection],
  });
  if (due.length > 0) await tell(sql, { kind: "work", workspace: sql.workspace });
}

/** The far side wants a new sign-in: nothing is tried until a person has seen to it. */
export async function park(sql: Sql, connection: ConnectionId, because: string): Promise<void> {
  await sql.transaction(async (sql) => {
    const rows = await sql.query({
      text: "update hub.connection set parked_because = $3, updated_at = now() where workspace = $1 and id = $2 and parked_because is null returning id",
      values: [sql.workspace, connection, because],
    });
    if (rows.length === 0) return;
    await tell(sql, { kind: "connections", workspace: sql.workspace });
    await tell(sql, { kind: "live", workspace: sql.workspace, news: { type: "connection.parked", connection, because } });
  });
}

/** The far side wants nothing more of us: it is switched off, and what is still waiting waits for a person. */
export async function shut(sql: Sql, connection: ConnectionId, because: string): Promise<void> {
  await sql.transaction(async (sql) => {
    const rows = await sql.query({
      text: `update hub.connection set state = 'disabled', health = $3, updated_at = now()
             where workspace = $1 and id = $2 and state = 'active' returning id`,
      values: [sql.workspace, connection, JSON.stringify({ ok: false, message: because, at: new Date().toISOString() })],
    });
    if (rows.length === 0) return;
    await tell(sql, { kind: "connections", workspace: sql.workspace });
    await tell(sql, { kind: "live", workspace: sql.workspace, news: { type: "connection.disabled", connection, because } });
  });
}

/** Try now, with the whole retry list before it again. A delivery that is over goes back into its lane at its old place. */
export async function retry(sql: Sql, id: DeliveryId): Promise<void> {
  await sql.transaction(async (sql) => {
    const { state } = await lockDelivery(sql, id);
    if (state === "done") throw new Invalid({ id: ["this delivery is done; replay its request from the journal to receive it anew"] });
    const returns = state === "failed" || state === "skipped" || state === "held";
    await sql.query({
      text: "update hub.delivery set state = 'waiting', tries = 0, detail = null, next_attempt_at = now(), finished_at = null where workspace = $1 and id = $2",
      values: [sql.workspace, id],
    });
    await sql.query({
      text: `insert into hub.lane as l (workspace, lane, target, pending, last_seq)
             select workspace, lane, target, 1, seq from hub.delivery where workspace = $1 and id = $2
             on conflict (workspace, lane) do update set pending = l.pending + $3, next_at = now()`,
      values: [sql.workspace, id, returns ? 1 : 0],
    });
    await tell(sql, { kind: "work", workspace: sql.workspace });
  });
}

/** Never mind: what comes after it goes on. */
export async function skip(sql: Sql, id: DeliveryId): Promise<void> {
  await sql.transaction(async (sql) => {
    const { state, lane } = await lockDelivery(sql, id);
    if (state === "done" || state === "skipped") return;
    const inLane = state === "waiting" || state === "parked";
    await sql.query({
      text: "update hub.delivery set state = 'skipped', next_attempt_at = null, finished_at = now() where workspace = $1 and id = $2",
      values: [sql.workspace, id],
    });
    if (inLane) {
      await sql.query({
        text: "update hub.lane set pending = greatest(pending - 1, 0), next_at = now() where workspace = $1 and lane = $2",
        values: [sql.workspace, lane],
      });
    }
    await tell(sql, { kind: "work", workspace: sql.workspace });
  });
}

/** Locks the lane first and its delivery after, as the engine does. */
async function lockDelivery(sql: Sql, id: DeliveryId): Promise<{ state: string; lane: string }> {
  const [found] = await sql.query<{ lane: string }>({
    text: "select lane from hub.delivery where workspace = $1 and id = $2",
    values: [sql.workspace, id],
  });
  if (!found) throw new NotFound("delivery", id);
  await sql.query({ text: "select 1 from hub.lane where workspace = $1 and lane = $2 for update", values: [sql.workspace, found.lane] });
  const [row] = await sql.query<{ state: string; lane: string }>({
    text: "select state, lane from hub.delivery where workspace = $1 and id = $2 for update",
    values: [sql.workspace, id],
  });
  if (!row) throw new NotFound("delivery", id);
  return row;
}
