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
  /** Without a lane of its own, that of its subject. */
  readonly deliveries: readonly { readonly flow: string; readonly target: ConnectionId; readonly lane?: string }[];
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

/**
 * Writes requests, what they mean and what is to be done about them, in one commit: after `record` resolves, nothing can lose it.
 * Requests that arrive together share a commit (group commit), which costs a single one nothing.
 */
export class Ledger {
  readonly #pool: Pool;
  readonly #onWork: (workspace: WorkspaceId) => void;
  readonly #onGrowth: (lines: number) => void;
  readonly #queues = new Map<WorkspaceId, { waiting: Waiting[]; running: boolean }>();

  /** `onWork`: there are new facts. `onGrowth`: so many requests more are on disk, with facts or with answers. */
  constructor(pool: Pool, onWork: (workspace: WorkspaceId) => void, onGrowth: (lines: number) => void = () => {}) {
    this.#pool = pool;
    this.#onWork = onWork;
    this.#onGrowth = onGrowth;
  }

  /** Resolves when it is on disk. Throws `Unavailable` when it is not known to be. */
  record(workspace: WorkspaceId, entry: Entry): Promise<Recorded> {
    return new Promise((resolve, reject) => {
      let queue = this.#queues.get(workspace);
      if (!queue) {
        queue = { waiting: [], running: false };
        this.#queues.set(workspace, queue);
      }
      queue.waiting.push({ entry, resolve, reject });
      // The rest of this turn of the event loop may bring company.
      if (queue.waiting.length === 1 && !queue.running) setImmediate(() => this.#flush(workspace));
    });
  }

  #flush(workspace: WorkspaceId): void {
    const queue = this.#queues.get(workspace);
    if (!queue || queue.waiting.length === 0 || queue.running) return;
    const batch = queue.waiting.splice(0, largestBatch);
    queue.running = true;
    void this.#commit(workspace, batch).then((answer) => {
      queue.running = false;
      if (queue.waiting.length === 0) {
        this.#queues.delete(workspace);
        answer();
      } else {
        // The next batch is on its way to the database before this one is answered: the two work at the same time.
        this.#flush(workspace);
        setImmediate(answer);
      }
    });
  }

  /** Writes a batch and answers how to tell those who wait for it. */
  async #commit(workspace: WorkspaceId, batch: readonly Waiting[]): Promise<() => void> {
    try {
      const recorded = await write(
        this.#pool,
        workspace,
        batch.map((waiting) => waiting.entry),
      );
      return () => {
        for (const [index, waiting] of batch.entries()) waiting.resolve(recorded[index] as Recorded);
        if (batch.some(({ entry }) => entry.events.length > 0)) this.#onWork(workspace);
        this.#onGrowth(batch.reduce((sum, { entry }) => sum + Math.max(entry.events.length, 1), 0));
      };
    } catch (error) {
      if (error instanceof DatabaseUnavailable || batch.length === 1) {
        return () => {
          for (const waiting of batch) waiting.reject(error);
        };
      }
      // One of them cannot be stored: the others must not suffer for it.
      const answers: (() => void)[] = [];
      for (const waiting of batch) answers.push(await this.#commit(workspace, [waiting]));
      return () => {
        for (const answer of answers) answer();
      };
    }
  }
}

/**
 * One statement, one commit. `mark` decides which facts are new; lanes are locked in order (so that batches of several processes cannot
 * block each other) and hand out the places of their deliveries: order of commit is order of work. A fact that comes twice in one batch is
 * `first` once: a statement cannot meet its own conflict.
 */
const statement = `
with fact as (
  select * from rows from (json_to_recordset($2::json) as (connection bigint, key text, first boolean, event uuid, journal uuid, seconds int, type text,
    subject text, hold text, data jsonb)) with ordinality as x(connection, key, first, event, journal, seconds, type, subject, hold, data, place)
), mark as (
  insert into hub.seen as s (workspace, connection, key, event, expires_at)
  select $1, connection, key, event, case when seconds is null then 'infinity' else now() + seconds * interval '1 second' end
  from fact where first order by connection, key
  on conflict (workspace, connection, key) do update set
    event = case when s.expires_at <= now() then excluded.event else s.event end,
    expires_at = case when s.expires_at <= now() then excluded.expires_at else s.expires_at end,
    repeats = case when s.expires_at <= now() then 0 else s.repeats + 1 end
  returning s.connection, s.key, s.event
), named as (
  select fact.*, mark.event as kept, first and mark.event = fact.event as fresh from fact join mark using (connection, key)
), events as (
  insert into hub.event (workspace, id, connection, journal, type, subject, data)
  select $1, event, connection, journal, type, subject, data from named where fresh
), planned as (
  select d.id, d.event, d.flow, d.target, d.target || ' ' || coalesce(d.lane, subject) as lane, hold,
    row_number() over (partition by d.target, coalesce(d.lane, subject) order by d.place) as nth,
    count(*) over (partition by d.target, coalesce(d.lane, subject)) as siblings
  from rows from (json_to_recordset($3::json) as (id uuid, event uuid, flow text, target bigint, lane text))
    with ordinality as d(id, event, flow, target, lane, place)
  join named on named.event = d.event and fresh
), lanes as (
  insert into hub.lane as l (workspace, lane, target, pending, last_seq)
  select $1, lane, target, count(*) filter (where hold is null), count(*) from planned group by lane, target order by lane
  on conflict (workspace, lane) do update set
    next_at = case when l.pending = 0 then now() else l.next_at end,
    pending = l.pending + excluded.pending,
    last_seq = l.last_seq + excluded.last_seq
  returning lane, last_seq
), deliveries as (
  insert into hub.delivery (workspace, id, event, flow, target, lane, seq, state, detail, next_attempt_at)
  select $1, id, event, flow, target, lane, last_seq - siblings + nth, case when hold is null then 'waiting' else 'held' end, hold,
    case when hold is null then now() end
  from planned join lanes using (lane)
), facts as (
  select journal, array_agg(kept order by place) as events, bool_or(fresh) as fresh from named group by journal
), lines as (
  insert into hub.journal (workspace, id, connection, received_at, method, path, prefix, query, headers, body, ip, outcome, detail, status, events)
  select $1, id, connection, received_at, method, path, prefix, query, headers, decode(body, 'base64'), ip,
    case when outcome = 'accepted' and not coalesce(fresh, false) then 'repeated' else outcome end, detail, status, coalesce(facts.events, '{}')
  from json_to_recordset($4::json) as j(id uuid, connection bigint, received_at timestamptz, method text, path text, prefix text, query text,
    headers jsonb, body text, ip text, outcome text, detail text, status int)
  left join facts on facts.journal = j.id
)
select place, kept, fresh from named order by place`;

async function write(pool: Pool, workspace: WorkspaceId, entries: readonly Entry[]): Promise<Recorded[]> {
  const ids = new Map<string, EventId>();
  const facts: object[] = [];
  const deliveries: object[] = [];
  const lines: object[] = [];
  const recorded = entries.map(() => ({ journal: newId<JournalId>(), fresh: false, events: [] as EventId[] }));
  /** Whose fact is at each place of `facts`. */
  const owners: number[] = [];
  entries.forEach(({ line, events }, index) => {
    const journal = recorded[index]?.journal;
    for (const { draft, deliveries: planned } of events) {
      const { key, type, data, keySeconds: seconds, hold } = draft;
      const name = `${line.connection} ${key}`;
      const known = ids.get(name);
      const event = known ?? newId<EventId>();
      const first = known === undefined;
      const subject = draft.subject.slice(0, 300);
      owners.push(index);
      facts.push({ connection: line.connection, key, first, event, journal, seconds, type, subject, hold, data: first ? data : undefined });
      if (!first) continue;
      ids.set(name, event);
      for (const one of planned) deliveries.push({ ...one, id: newId<DeliveryId>(), event });
    }
    const { receivedAt, body, ...rest } = line;
    lines.push({ ...rest, id: journal, received_at: receivedAt, body: body.toString("base64") });
  });
  const rows = await pool.in(workspace).query<{ place: number; kept: EventId; fresh: boolean }>({
    name: "record",
    text: statement,
    values: [workspace, storableJson(facts), storableJson(deliveries), storableJson(lines)],
  });
  for (const { place, kept, fresh } of rows) {
    const one = recorded[owners[place - 1] ?? -1];
    if (!one) continue;
    one.events.push(kept);
    one.fresh ||= fresh;
  }
  return recorded;
}
