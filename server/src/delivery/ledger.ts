import type { ConnectionId, DeliveryId, EventDraft, EventId, JournalId, WorkspaceId } from "@svyazka/core";
import { newId } from "../db/new-id.ts";
import { DatabaseUnavailable, type Pool } from "../db/pool.ts";
import { storableJson } from "../db/storable.ts";

/** The journal's line about one request. */
export interface JournalLine {
  readonly connection: ConnectionId;
  readonly receivedAt: Date;
  readonly method: string;
  readonly path: string;
  readonly prefix: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly ip: string;
  readonly outcome: "accepted" | "answered" | "ignored" | "malformed" | "failed";
  readonly detail?: string;
  readonly status: number;
}

/** One fact and what is to be done about it: one delivery per flow and target. */
export interface PlannedEvent {
  readonly draft: EventDraft;
  readonly deliveries: readonly { readonly flow: string; readonly target: ConnectionId }[];
}

export interface Entry {
  readonly line: JournalLine;
  readonly events: readonly PlannedEvent[];
}

export interface Recorded {
  readonly journal: JournalId;
  /** False for a fact that had been recorded before. */
  readonly fresh: boolean;
  readonly events: readonly EventId[];
}

interface Waiting {
  readonly entry: Entry;
  resolve(recorded: Recorded): void;
  reject(error: unknown): void;
}

const largestBatch = 200;
/** While one commit waits for the disk the next may be on its way. */
const commitsAtOnce = 2;

/**
 * Writes requests, what they mean and what is to be done about them, in one commit: after `record` resolves, nothing can lose it.
 * Requests that arrive together share a commit (group commit), which costs a single one nothing.
 */
export class Ledger {
  readonly #pool: Pool;
  readonly #onWork: (workspace: WorkspaceId, facts: number) => void;
  readonly #queues = new Map<WorkspaceId, { waiting: Waiting[]; running: number }>();

  constructor(pool: Pool, onWork: (workspace: WorkspaceId, facts: number) => void) {
    this.#pool = pool;
    this.#onWork = onWork;
  }

  /** Resolves when it is on disk. Throws `Unavailable` when it is not known to be. */
  record(workspace: WorkspaceId, entry: Entry): Promise<Recorded> {
    return new Promise((resolve, reject) => {
      let queue = this.#queues.get(workspace);
      if (!queue) {
        queue = { waiting: [], running: 0 };
        this.#queues.set(workspace, queue);
      }
      queue.waiting.push({ entry, resolve, reject });
      // The rest of this turn of the event loop may bring company.
      if (queue.waiting.length === 1 && queue.running < commitsAtOnce) setImmediate(() => this.#flush(workspace));
    });
  }

  #flush(workspace: WorkspaceId): void {
    const queue = this.#queues.get(workspace);
    if (!queue || queue.waiting.length === 0 || queue.running >= commitsAtOnce) return;
    const batch = queue.waiting.splice(0, largestBatch);
    queue.running++;
    void this.#commit(workspace, batch).finally(() => {
      queue.running--;
      if (queue.waiting.length > 0) this.#flush(workspace);
      else if (queue.running === 0) this.#queues.delete(workspace);
    });
    if (queue.waiting.length > 0) this.#flush(workspace);
  }

  async #commit(workspace: WorkspaceId, batch: readonly Waiting[]): Promise<void> {
    try {
      const recorded = await write(
        this.#pool,
        workspace,
        batch.map((waiting) => waiting.entry),
      );
      for (const [index, waiting] of batch.entries()) waiting.resolve(recorded[index] as Recorded);
      const facts = batch.reduce((sum, { entry }) => sum + entry.events.length, 0);
      if (facts > 0) this.#onWork(workspace, facts);
    } catch (error) {
      if (error instanceof DatabaseUnavailable || batch.length === 1) for (const waiting of batch) waiting.reject(error);
      // One of them cannot be stored: the others must not suffer for it.
      else for (const waiting of batch) await this.#commit(workspace, [waiting]);
    }
  }
}

/**
 * One statement, one commit. `mark` decides which facts are new; lanes are locked in order (so that batches of several processes cannot
 * block each other) and hand out the places of their deliveries: order of commit is order of work.
 */
const statement = `
with fact as (
  select * from json_to_recordset($2::json) as x(connection bigint, key text, event uuid, journal uuid, seconds int, type text, subject text, data jsonb)
), mark as (
  insert into hub.seen as s (workspace, connection, key, event, expires_at)
  select $1, connection, key, event, case when seconds is null then 'infinity' else now() + seconds * interval '1 second' end
  from fact order by connection, key
  on conflict (workspace, connection, key) do update set
    event = case when s.expires_at <= now() then excluded.event else s.event end,
    expires_at = case when s.expires_at <= now() then excluded.expires_at else s.expires_at end,
    repeats = case when s.expires_at <= now() then 0 else s.repeats + 1 end
  returning s.connection, s.key, s.event
), fresh as (
  select fact.* from fact join mark on mark.event = fact.event
), events as (
  insert into hub.event (workspace, id, connection, journal, type, subject, data)
  select $1, event, connection, journal, type, subject, data from fresh
), planned as (
  select d.*, row_number() over (partition by d.lane order by d.place) as nth, count(*) over (partition by d.lane) as siblings
  from json_to_recordset($3::json) as d(id uuid, event uuid, flow text, target bigint, lane text, state text, detail text, place int)
  join fresh on fresh.event = d.event
), lanes as (
  insert into hub.lane as l (workspace, lane, target, pending, last_seq)
  select $1, lane, target, count(*) filter (where state = 'waiting'), count(*) from planned group by lane, target order by lane
  on conflict (workspace, lane) do update set
    next_at = case when l.pending = 0 then now() else l.next_at end,
    pending = l.pending + excluded.pending,
    last_seq = l.last_seq + excluded.last_seq
  returning lane, last_seq
), deliveries as (
  insert into hub.delivery (workspace, id, event, flow, target, lane, seq, state, detail, next_attempt_at)
  select $1, id, event, flow, target, lane, last_seq - siblings + nth, state, detail, case state when 'waiting' then now() end
  from planned join lanes using (lane)
), named as (
  select f.journal, array_agg(mark.event order by f.place) as events, bool_or(fresh.event is not null) as fresh
  from json_to_recordset($5::json) as f(journal uuid, connection bigint, key text, place int)
  join mark on mark.connection = f.connection and mark.key = f.key
  left join fresh on fresh.event = mark.event and fresh.journal = f.journal
  group by f.journal
), lines as (
  insert into hub.journal (workspace, id, connection, received_at, method, path, prefix, query, headers, body, ip, outcome, detail, status, events)
  select $1, id, connection, received_at, method, path, prefix, query, headers, decode(body, 'base64'), ip,
    case when outcome = 'accepted' and not coalesce(named.fresh, false) then 'repeated' else outcome end,
    detail, status, coalesce(named.events, '{}')
  from json_to_recordset($4::json) as j(id uuid, connection bigint, received_at timestamptz, method text, path text, prefix text, query text,
    headers jsonb, body text, ip text, outcome text, detail text, status int)
  left join named on named.journal = j.id
)
select mark.connection, mark.key, mark.event, fresh.event is not null as fresh from mark left join fresh on fresh.event = mark.event`;

async function write(pool: Pool, workspace: WorkspaceId, entries: readonly Entry[]): Promise<Recorded[]> {
  // A fact that comes twice in one batch is one fact: a statement cannot meet its own conflict.
  const facts = new Map<string, { readonly event: EventId; readonly entry: number }>();
  const factRows: object[] = [];
  const deliveryRows: object[] = [];
  const journalIds = entries.map(() => newId<JournalId>());
  entries.forEach(({ line, events }, index) => {
    for (const { draft, deliveries } of events) {
      const name = `${line.connection} ${draft.key}`;
      if (facts.has(name)) continue;
      const event = newId<EventId>();
      facts.set(name, { event, entry: index });
      const { key, type, subject, data, keySeconds, hold } = draft;
      factRows.push({
        connection: line.connection,
        key,
        event,
        journal: journalIds[index],
        seconds: keySeconds,
        type,
        subject: subject.slice(0, 300),
        data,
      });
      for (const { flow, target } of deliveries) {
        const lane = `${target} ${subject.slice(0, 300)}`;
        deliveryRows.push({
          id: newId<DeliveryId>(),
          event,
          flow,
          target,
          lane,
          state: hold === undefined ? "waiting" : "held",
          detail: hold,
          place: deliveryRows.length,
        });
      }
    }
  });
  const lineRows = entries.map(({ line }, index) => ({
    id: journalIds[index],
    connection: line.connection,
    received_at: line.receivedAt,
    method: line.method,
    path: line.path,
    prefix: line.prefix,
    query: line.query,
    headers: line.headers,
    body: line.body.toString("base64"),
    ip: line.ip,
    outcome: line.outcome,
    detail: line.detail,
    status: line.status,
  }));
  const nameRows = entries.flatMap(({ line, events }, index) =>
    events.map(({ draft }, place) => ({ journal: journalIds[index], connection: line.connection, key: draft.key, place })),
  );
  const rows = await pool.in(workspace).query<{ connection: ConnectionId; key: string; event: EventId; fresh: boolean }>({
    name: "record",
    text: statement,
    values: [workspace, storableJson(factRows), storableJson(deliveryRows), storableJson(lineRows), storableJson(nameRows)],
  });
  const marked = new Map(rows.map((row) => [`${row.connection} ${row.key}`, row]));
  return entries.map(({ line, events }, index) => {
    const found = events.map(({ draft }) => marked.get(`${line.connection} ${draft.key}`));
    return {
      journal: journalIds[index] as JournalId,
      fresh: events.some(({ draft }) => {
        const name = `${line.connection} ${draft.key}`;
        return marked.get(name)?.fresh === true && facts.get(name)?.entry === index;
      }),
      events: found.flatMap((row) => (row ? [row.event] : [])),
    };
  });
}
