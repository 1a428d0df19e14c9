import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AnyVendor,
  type Connection,
  type ConnectionId,
  type Kit,
  NotYet,
  type OutgoingRequest,
  type WorkspaceId,
} from "@svyazka/core";
import type { Pool } from "../db/pool.ts";
import { guardedFetch } from "./fetch.ts";
import { redact, spellingsOf } from "./redact.ts";
import { guardedSocket } from "./socket.ts";

/** One request that left, as people see it beside the attempt. */
export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly status?: number;
  readonly request?: string;
  readonly reply?: string;
  readonly error?: string;
  readonly ms: number;
}

/** The attempt being worked on: the kit of a connection outlives it. */
export const underWay = new AsyncLocalStorage<{ readonly source: ConnectionId; readonly calls: RecordedRequest[] }>();

/** What of a connection matters on the way out. */
export interface OutgoingConnection {
  readonly workspace: WorkspaceId;
  readonly id: ConnectionId;
  readonly allow_private_addresses: boolean;
  readonly settings?: Connection["settings"];
}

type Pace = NonNullable<ReturnType<NonNullable<AnyVendor["pace"]>>>;

const shownBytes = 4_000;
/** A request that would have to wait longer than this for its turn is put back instead of holding a worker. */
const longestWaitSeconds = 2;

export type WayOut = Required<Pick<Kit, "now" | "source" | "fetch" | "openSocket" | "pause">>;

/** The guarded way out of one connection, within the pace its vendor allows, recorded. */
export function wayOut(pool: Pool, row: OutgoingConnection, vendor: AnyVendor, secrets: readonly string[]): WayOut {
  const pace = vendor.pace?.(row.settings ?? {});
  const place = pace?.of === undefined ? row.id : sharedPlace(`${vendor.id} ${pace.of}`);
  return {
    now: () => new Date(),
    source: () => underWay.getStore()?.source,
    async fetch(request) {
      if (pace) await takeTurn(pool, row.workspace, place, pace);
      const hidden = request.secrets ? [...secrets, ...spellingsOf(request.secrets)] : secrets;
      return recorded(request, hidden, () => guardedFetch(request, { allowPrivateAddresses: row.allow_private_addresses }));
    },
    async pause(seconds) {
      if (pace) await pauseFor(pool, row.workspace, place, pace, Math.min(seconds, longestPauseSeconds));
    },
    openSocket: (request, ear) => guardedSocket(request, ear, { allowPrivateAddresses: row.allow_private_addresses }),
  };
}

async function recorded(
  request: OutgoingRequest,
  secrets: readonly string[],
  send: () => ReturnType<Kit["fetch"]>,
): ReturnType<Kit["fetch"]> {
  const calls = underWay.getStore()?.calls;
  const started = performance.now();
  const shown = {
    method: request.method,
    url: redact(request.url, secrets),
    ...(request.body !== undefined && { request: redact(request.body.slice(0, shownBytes), secrets) }),
  };
  try {
    const reply = await send();
    calls?.push({
      ...shown,
      status: reply.status,
      reply: request.hidesReply ? "***" : redact(reply.body.slice(0, shownBytes), secrets),
      ms: Math.round(performance.now() - started),
    });
    return reply;
  } catch (error) {
    calls?.push({ ...shown, error: error instanceof Error ? error.message : String(error), ms: Math.round(performance.now() - started) });
    throw error;
  }
}

/** Stands in the column of connections, below zero, where none of them is. */
const sharedPlace = (name: string): number => -1 - createHash("sha256").update(name).digest().readUIntBE(0, 6);

/**
 * Takes the next place in time (GCRA): `free_at` moves on by one interval per request and may run ahead of the clock
 * by `burst` intervals. One row, so that every process of the hub shares it.
 */
async function takeTurn(pool: Pool, workspace: WorkspaceId, place: number, pace: Pace): Promise<void> {
  const interval = 1 / pace.perSecond;
  const [turn] = await pool.in(workspace).query<{ wait: number | null }>({
    name: "pace",
    text: `insert into hub.pace as p (workspace, connection, free_at) values ($1, $2, now() + $3::float8 * interval '1 second')
           on conflict (workspace, connection) do update set free_at = greatest(p.free_at, now()) + $3::float8 * interval '1 second'
           where greatest(p.free_at, now()) - now() <= ($4::float8 + $5::float8) * interval '1 second'
           returning extract(epoch from free_at - now())::float8 - $3::float8 - $4::float8 as wait`,
    values: [workspace, place, interval, interval * (pace.burst - 1), longestWaitSeconds],
  });
  if (!turn) throw new NotYet("The connection is at the limit of its requests per second", { retryAfterSeconds: longestWaitSeconds });
  if (turn.wait !== null && turn.wait > 0) await sleep(turn.wait * 1000);
}

/** Whoever asks for more is asked again. */
const longestPauseSeconds = 900;

/** Moves the next place in time on, for every process; of its burst nothing is left. */
const pauseFor = (pool: Pool, workspace: WorkspaceId, place: number, { perSecond, burst }: Pace, seconds: number): Promise<unknown> =>
  pool.in(workspace).query({
    name: "pace-pause",
    text: `insert into hub.pace as p (workspace, connection, free_at) values ($1, $2, now() + $3::float8 * interval '1 second')
           on conflict (workspace, connection) do update set free_at = greatest(p.free_at, excluded.free_at)`,
    values: [workspace, place, seconds + (burst - 1) / perSecond],
  });
