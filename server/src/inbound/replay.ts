import {
  type Connection,
  type ConnectionId,
  type DeliveryId,
  type EventDraft,
  type EventId,
  type InboundRequest,
  Intruder,
  type JournalId,
  Malformed,
  type Setting,
} from "@svyazka/core";
import { Invalid, NotFound, type Sql } from "@svyazka/crm";
import type { LiveConnection, WorkspaceView } from "../connections/registry.ts";
import { storableJson } from "../db/storable.ts";
import { retry } from "../delivery/manage.ts";
import { plan } from "../delivery/plan.ts";
import type { Hub } from "../hub.ts";
import { decode } from "./decode.ts";

export interface StoredRequest {
  readonly id: JournalId;
  readonly connection: ConnectionId;
  readonly received_at: Date;
  readonly method: string;
  readonly path: string;
  readonly prefix: string;
  readonly query: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer | null;
  readonly ip: string;
  readonly events: EventId[];
}

/** What a stored request means with today's code and settings, as if it had come when it came. */
export interface Again {
  readonly stored: StoredRequest;
  readonly view: WorkspaceView;
  readonly live: LiveConnection;
  readonly meaning:
    | { readonly facts: readonly EventDraft[]; readonly status: number }
    | { readonly outcome: "ignored" | "malformed" | "failed"; readonly detail: string };
}

/** Stores nothing. Throws `NotFound` and `Invalid` when there is nothing to receive. */
export async function receiveAgain(hub: Hub, sql: Sql, id: string): Promise<Again> {
  const [stored] = await sql.query<StoredRequest>({
    text: "select * from hub.journal where workspace = $1 and id = $2",
    values: [sql.workspace, id],
  });
  if (!stored) throw new NotFound("request", id);
  if (stored.body === null) throw new Invalid({ id: ["the body of this request has been erased"] });
  const view = await hub.registry.view(sql.workspace);
  const live = view.connections.get(stored.connection);
  if (!live) throw new NotFound("connection", stored.connection);
  const request = await decode({ ...rawOf(stored), body: stored.body });
  return { stored, view, live, meaning: meaningOf(request, stored, live) };
}

function meaningOf(request: InboundRequest, stored: StoredRequest, live: LiveConnection): Again["meaning"] {
  try {
    const received = live.vendor.receive?.(request, withRedactedSecrets(live), stored.received_at);
    if (received && "facts" in received) return { facts: received.facts, status: received.reply.status };
    const ignored = received && "ignored" in received ? received.ignored : "There is nothing to do about this request";
    return { outcome: "ignored", detail: ignored };
  } catch (error) {
    if (error instanceof Malformed) return { outcome: "malformed", detail: error.message };
    if (error instanceof Intruder)
      return { outcome: "ignored", detail: "Its secret was taken out of the journal, so it cannot be checked again" };
    return { outcome: "failed", detail: error instanceof Error ? error.message : String(error) };
  }
}

const rawOf = ({ method, path, query, headers, ip }: StoredRequest) => ({ method, path, query, headers, ip });

/**
 * Receives a stored request again, with today's code and settings, as if it had come when it came. What it had become before is read anew:
 * deliveries of it that failed, or were held for a reason that is gone, are tried with the new reading, those that are done stay as they are. Nothing is done twice.
 */
export async function replay(
  hub: Hub,
  sql: Sql,
  id: string,
): Promise<{ outcome: string; detail: string | null; journal: string | null; events: string[] }> {
  const { stored, view, live, meaning } = await receiveAgain(hub, sql, id);
  if ("outcome" in meaning) return { ...meaning, journal: null, events: [] };
  if (stored.events.length === meaning.facts.length && stored.events.length > 0) return readAnew(hub, sql, stored, meaning.facts);
  const events = plan(meaning.facts, view, [...hub.flows.values()], live.row.id);
  const recorded = await hub.ledger.record(sql.workspace, {
    line: {
      ...rawOf(stored),
      body: stored.body ?? Buffer.alloc(0),
      connection: live.row.id,
      receivedAt: new Date(),
      prefix: stored.prefix,
      outcome: "accepted",
      detail: `Replay of ${stored.id}`,
      status: meaning.status,
    },
    events,
  });
  return { outcome: recorded.fresh ? "accepted" : "repeated", detail: null, journal: recorded.journal, events: [...recorded.events] };
}

/**
 * The journal holds `***` where the sender wrote a secret, which was right then: a request with a wrong one is never stored.
 * So the same `***` is right now. What we made ourselves and nobody sends (a key to sign with) stays.
 */
function withRedactedSecrets({ connection, vendor }: LiveConnection): Connection {
  const settings = vendor.settings as Record<string, Setting>;
  const secrets = Object.entries(connection.secrets as Record<string, string>).map(([name, value]) => {
    const setting = settings[name];
    const sent = setting?.type === "secret" && !setting.public && !setting.kept;
    return [name, sent ? "***" : value];
  });
  return { ...connection, secrets: Object.fromEntries(secrets) as Connection["secrets"] };
}

async function readAnew(hub: Hub, sql: Sql, stored: StoredRequest, facts: readonly EventDraft[]): ReturnType<typeof replay> {
  for (const [index, event] of stored.events.entries()) {
    await sql.query({
      text: "update hub.event set data = $3 where workspace = $1 and id = $2",
      values: [sql.workspace, event, storableJson(facts[index]?.data)],
    });
  }
  // What was held waits on only if it is still to be held as it is read now.
  const free = stored.events.filter((_, index) => facts[index]?.hold === undefined);
  const again = await sql.query<{ id: DeliveryId }>({
    text: `select id from hub.delivery where workspace = $1 and event = any($2::uuid[])
             and (state = 'failed' or (state = 'held' and event = any($3::uuid[]))) order by id`,
    values: [sql.workspace, stored.events, free],
  });
  for (const { id } of again) await retry(sql, id);
  hub.wake(sql.workspace);
  return { outcome: "repeated", detail: `Read anew; deliveries tried again: ${again.length}`, journal: stored.id, events: stored.events };
}
