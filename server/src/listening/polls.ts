import type { ConnectionId, EventDraft, WorkspaceId } from "@svyazka/core";
import { recordFacts } from "../connections/kit.ts";
import { rememberHealth } from "../connections/manage.ts";
import type { LiveConnection } from "../connections/registry.ts";
import type { Hub } from "../hub.ts";

const roundMs = 15_000;
const everySeconds = 300;
/** Connections that are asked at the same time. */
const atOnce = 8;
/** While a round is under way no other process begins one. */
const leaseSeconds = 600;
/** How far a round reaches back before the last one: what comes late is found. */
const overlapMs = 2 * 3_600_000;
const deepEveryMs = 24 * 3_600_000;
const deepMs = 3 * 24 * 3_600_000;
const firstMs = 24 * 3_600_000;

export interface PollResult {
  readonly facts: number;
  /** Those that nobody had told of before. */
  readonly fresh: number;
}

/**
 * Asks, for every connection whose vendor can, for what it did not tell: every five minutes from two hours before the last time,
 * and once a day from three days before. After a day in which the hub was down, the first round reaches back over it.
 */
export function keepPolling(hub: Hub): { stop(): Promise<void> } {
  let stopping = false;
  let round: Promise<void> = Promise.resolve();
  const look = () => {
    round = round
      .then(() => (stopping ? undefined : lookThrough(hub, () => stopping)))
      .catch((error: unknown) => {
        hub.log.warn({ err: error }, "polling will try again");
      });
  };
  const timer = setInterval(look, roundMs);
  look();
  return {
    async stop() {
      stopping = true;
      clearInterval(timer);
      await round;
    },
  };
}

async function lookThrough(hub: Hub, isStopping: () => boolean): Promise<void> {
  for (const { id } of await hub.pool.reference.query<{ id: WorkspaceId }>({ text: "select id from hub.workspace" })) {
    const { connections } = await hub.registry.view(id);
    const asked = [...connections.values()].filter(
      ({ vendor, row, connection }) =>
        vendor.poll && row.state === "active" && row.parked_because === null && (vendor.polls?.(connection) ?? true),
    );
    const due = await takeDue(hub, id, asked);
    // One that does not answer must not hold up the others.
    const next = due.values();
    const worker = async () => {
      for (const one of next) if (!isStopping()) await pollDue(hub, id, one);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }
}

interface Due {
  readonly connection: ConnectionId;
  readonly reached: Date | null;
  readonly deep_at: Date | null;
}

/** Those whose time has come and that no other process is asking. */
async function takeDue(hub: Hub, workspace: WorkspaceId, asked: readonly LiveConnection[]): Promise<Due[]> {
  if (asked.length === 0) return [];
  return hub.pool.in(workspace).query<Due>({
    name: "poll-lease",
    text: `insert into hub.poll as p (workspace, connection, leased_until)
           select $1, connection, now() + $3 * interval '1 second' from unnest($2::bigint[]) as connection order by connection
           on conflict (workspace, connection) do update set leased_until = excluded.leased_until
           where p.next_at <= now() and p.leased_until <= now() returning connection, reached, deep_at`,
    values: [workspace, asked.map(({ row }) => row.id), leaseSeconds],
  });
}

async function pollDue(hub: Hub, workspace: WorkspaceId, due: Due): Promise<void> {
  const { connection } = due;
  const sql = hub.pool.in(workspace);
  const now = Date.now();
  const isDeep = due.deep_at === null || now - due.deep_at.getTime() > deepEveryMs;
  const overlap = due.reached ? due.reached.getTime() - overlapMs : now - firstMs;
  const since = isDeep && due.reached ? Math.min(overlap, now - deepMs) : overlap;
  let error: string | null = null;
  try {
    const polled = await poll(hub, workspace, connection, new Date(since));
    if (polled) await rememberHealth(sql, connection, { ok: true, message: "OK" });
  } catch (failure) {
    error = failure instanceof Error ? failure.message : String(failure);
    await rememberHealth(sql, connection, { ok: false, message: error });
  }
  await sql.query({
    name: "poll-done",
    text: `update hub.poll set leased_until = '-infinity', next_at = now() + $3 * interval '1 second', error = $4::text,
             reached = case when $4::text is null then $5::timestamptz else reached end,
             deep_at = case when $4::text is null and $6 then $5::timestamptz else deep_at end
           where workspace = $1 and connection = $2`,
    values: [workspace, connection, everySeconds, error, new Date(now), isDeep],
  });
}

/** One round for one connection, at once. Throws what a port would throw. */
export async function poll(hub: Hub, workspace: WorkspaceId, connection: ConnectionId, since: Date): Promise<PollResult | undefined> {
  const live = (await hub.registry.view(workspace)).connections.get(connection);
  const polled = await live?.vendor.poll?.(live.connection, live.kit, since);
  if (!live || !polled) return undefined;
  const fresh = await unknownOf(hub, live, polled.facts);
  const parts = { ledger: () => hub.ledger, registry: () => hub.registry, flows: [...hub.flows.values()] };
  // A round that finds nothing new leaves no trace in the journal.
  if (fresh.length > 0) await recordFacts(parts, live.row, fresh, polled);
  return { facts: polled.facts.length, fresh: fresh.length };
}

async function unknownOf(hub: Hub, { row }: LiveConnection, facts: readonly EventDraft[]): Promise<EventDraft[]> {
  const known = await hub.pool.in(row.workspace).query<{ key: string }>({
    name: "poll-known",
    text: "select key from hub.seen where workspace = $1 and connection = $2 and key = any($3::text[]) and expires_at > now()",
    values: [row.workspace, row.id, facts.map(({ key }) => key)],
  });
  const keys = new Set(known.map(({ key }) => key));
  return facts.filter(({ key }) => !keys.has(key));
}
