import type { ConnectionId, JournalId } from "@svyazka/core";
import { NotFound, type Sql } from "@svyazka/crm";
import type { Hub } from "../hub.ts";
import { redactJson } from "../net/redact.ts";
import { factsOf } from "./preview.ts";
import type { FoundLine } from "./search.ts";

/** Events beside a line among which others about its subject are looked for. */
const eventsLookedAt = 5_000;
const mostRelated = 10;

interface Row extends FoundLine {
  readonly prefix: string;
  readonly query: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer | null;
}

interface DeliveryRow {
  readonly id: string;
  readonly event: string;
  readonly flow: string;
  readonly target: number;
  readonly state: "waiting" | "held" | "parked" | "done" | "failed" | "skipped";
  readonly attempts: number;
  readonly detail: string | null;
  readonly records: Record<string, string> | null;
  readonly created_at: Date;
  readonly next_attempt_at: Date | null;
  readonly finished_at: Date | null;
}

interface AttemptRow {
  readonly delivery: string;
  readonly number: number;
  readonly started_at: Date;
  readonly ms: number;
  readonly outcome: string;
  readonly error: string | null;
  readonly calls: unknown[] | null;
}

/** One request and all that became of it: its facts, what was done about each, every attempt, and what else came about the same subject. */
export async function tellStory(hub: Hub, sql: Sql, id: JournalId | string) {
  const [row] = await sql.query<Row>({
    text: `select id, connection, received_at, method, path, outcome, detail, status, ip, events, prefix, query, headers, body
           from hub.journal where workspace = $1 and id = $2`,
    values: [sql.workspace, id],
  });
  if (!row) throw new NotFound("request", id);
  const [facts, deliveries, names] = [await factsOf(sql, row.events), await deliveriesOf(hub, sql, row.events), await namesOf(sql)];
  const named = names.get(row.connection);
  const live = (await hub.registry.view(sql.workspace)).connections.get(row.connection as ConnectionId);
  const { body, ...rest } = row;
  return {
    ...rest,
    received_at: row.received_at.toISOString(),
    connection_name: named?.name ?? null,
    vendor: named?.vendor ?? null,
    ...readable(body),
    facts: redactJson(facts, live?.secretSpellings ?? []),
    deliveries: deliveries.map((delivery) => ({ ...delivery, target_name: names.get(delivery.target)?.name ?? null })),
    earlier: await related(sql, row, "earlier"),
    later: await related(sql, row, "later"),
  };
}

/** What is not UTF-8 is shown as it is, too. */
function readable(body: Buffer | null): { body: string | null; body_base64: string | null } {
  if (body === null || body.length === 0) return { body: null, body_base64: null };
  const text = body.toString("utf8");
  return { body: text, body_base64: Buffer.from(text, "utf8").equals(body) ? null : body.toString("base64") };
}

async function deliveriesOf(hub: Hub, sql: Sql, events: readonly string[]) {
  const rows = await sql.query<DeliveryRow>({
    text: `select id, event, flow, target, state, attempts, detail, records, created_at, next_attempt_at, finished_at
           from hub.delivery where workspace = $1 and event = any($2::uuid[]) order by id`,
    values: [sql.workspace, events],
  });
  const attempts = await sql.query<AttemptRow>({
    text: `select delivery, number, started_at, ms, outcome, error, calls from hub.attempt
           where workspace = $1 and delivery = any($2::uuid[]) order by delivery, number`,
    values: [sql.workspace, rows.map(({ id }) => id)],
  });
  const made = Map.groupBy(attempts, ({ delivery }) => delivery);
  return rows.map((row) => {
    const title = hub.flows.get(row.flow)?.title;
    return {
      ...row,
      flow_title: title ? { ...title } : null,
      created_at: row.created_at.toISOString(),
      next_attempt_at: row.next_attempt_at?.toISOString() ?? null,
      finished_at: row.finished_at?.toISOString() ?? null,
      attempts_made: (made.get(row.id) ?? []).map(({ delivery: _, ...one }) => ({
        ...one,
        started_at: one.started_at.toISOString(),
        calls: one.calls ?? [],
      })),
    };
  });
}

/** Of removed connections, too: what they brought stays. */
async function namesOf(sql: Sql): Promise<ReadonlyMap<number, { readonly name: string; readonly vendor: string }>> {
  const rows = await sql.query<{ id: number; name: string; vendor: string }>({
    text: "select id, name, vendor from hub.connection where workspace = $1",
    values: [sql.workspace],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

/** An index of subjects would cost every event; the nearest ones are read by their ids. */
async function related(sql: Sql, { id, events }: FoundLine, side: "earlier" | "later") {
  if (events.length === 0) return [];
  const [beyond, order] = side === "earlier" ? ["id <", "desc"] : ["id >", "asc"];
  const rows = await sql.query<{
    id: string;
    received_at: Date;
    connection: number;
    type: string;
    outcome: FoundLine["outcome"];
  }>({
    text: `with subjects as materialized (select subject from hub.event where workspace = $1 and id = any($2::uuid[])),
           near as materialized (
             select id, journal, type, subject from hub.event where workspace = $1 and ${beyond} $3 order by id ${order} limit ${eventsLookedAt})
           select j.id, j.received_at, j.connection, same.type, j.outcome
           from (select distinct on (journal) journal, type from near where subject in (select subject from subjects) and id <> all($2::uuid[]) order by journal, id) same
           cross join lateral (select id, received_at, connection, outcome from hub.journal where workspace = $1 and id = same.journal and id <> $3 offset 0) j
           order by j.id ${order} limit ${mostRelated}`,
    values: [sql.workspace, events, id],
  });
  return rows.map((row) => ({ ...row, received_at: row.received_at.toISOString() }));
}
