import { statfs } from "node:fs/promises";
import type { WorkspaceId } from "@svyazka/core";
import type { Hub } from "../hub.ts";

export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly message: string;
  /** What to do about it. */
  readonly advice?: string;
}

const leastFreeBytes = 1_000_000_000;
const longestSkewSeconds = 5;
const stuckMinutes = 30;

interface Place {
  readonly id: WorkspaceId;
  /** Says whose finding it is, where there are several. */
  readonly name: string;
}

/** Looks at what usually goes wrong, and says what to do about it. */
export async function examine(hub: Hub): Promise<Finding[]> {
  const places = await hub.pool.reference.query<Place>({ text: "select id, subdomain || ': ' as name from hub.workspace order by id" });
  return findings([database, disk, clock, versions, connections, silence, deliveries], hub, places);
}

/** Only what concerns one workspace. */
export const examineWorkspace = (hub: Hub, id: WorkspaceId): Promise<Finding[]> =>
  findings([connections, silence, deliveries], hub, [{ id, name: "" }]);

function findings(
  checks: readonly ((hub: Hub, places: readonly Place[]) => Promise<Finding>)[],
  hub: Hub,
  places: readonly Place[],
): Promise<Finding[]> {
  return Promise.all(
    checks.map(async (check) => {
      try {
        return await check(hub, places);
      } catch (error) {
        return {
          check: check.name,
          ok: false,
          message: error instanceof Error ? error.message : String(error),
          advice: "See the log of the hub and of the database.",
        };
      }
    }),
  );
}

async function database({ pool, databaseKind }: Hub): Promise<Finding> {
  const started = performance.now();
  const [row] = await pool.reference.query<{ fsync: string; commit: string; size: number }>({
    text: "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit, pg_database_size(current_database()) as size",
  });
  const ms = Math.round(performance.now() - started);
  const durable = row?.fsync === "on" && row.commit !== "off";
  return {
    check: "database",
    ok: durable,
    message: `${databaseKind}, answers in ${ms} ms, ${Math.round((row?.size ?? 0) / 1e6)} MB, fsync ${row?.fsync}, synchronous_commit ${row?.commit}`,
    ...(!durable && {
      advice: "Set fsync = on and synchronous_commit = on in PostgreSQL: without them, accepted requests can be lost with the power.",
    }),
  };
}

async function disk({ config }: Hub): Promise<Finding> {
  const { bavail, bsize } = await statfs(config.DATA_DIR);
  const free = bavail * bsize;
  const ok = free > leastFreeBytes;
  return {
    check: "disk",
    ok,
    message: `${(free / 1e9).toFixed(1)} GB free where ${config.DATA_DIR} is`,
    ...(!ok && { advice: "Free some space or move DATA_DIR: PostgreSQL stops when the disk is full." }),
  };
}

async function clock({ pool }: Hub): Promise<Finding> {
  const before = Date.now();
  const [row] = await pool.reference.query<{ now: number }>({ text: "select extract(epoch from clock_timestamp())::float8 * 1000 as now" });
  const skew = Math.abs((row?.now ?? 0) - (before + Date.now()) / 2) / 1000;
  const ok = skew < longestSkewSeconds;
  return {
    check: "clock",
    ok,
    message: `${skew.toFixed(1)} s apart from the database`,
    ...(!ok && { advice: "Set both machines' clocks by NTP: retries and expiry go by the database's clock." }),
  };
}

async function versions({ pool }: Hub): Promise<Finding> {
  const [row] = await pool.reference.query<{ version: string; number: string }>({
    text: "select current_setting('server_version') as version, current_setting('server_version_num') as number",
  });
  const node = Number(process.versions.node.split(".")[0]);
  const ok = node >= 24 && Number(row?.number) >= 150000;
  return {
    check: "versions",
    ok,
    message: `Node ${process.versions.node}, PostgreSQL ${row?.version}`,
    ...(!ok && { advice: "Node 24 and PostgreSQL 15 are the oldest that are supported." }),
  };
}

/** What the last look at each connection found: a socket that breaks off, a PBX that does not answer, a key that is worth nothing. */
async function connections({ pool }: Hub, places: readonly Place[]): Promise<Finding> {
  const troubles: string[] = [];
  for (const { id, name: place } of places) {
    const rows = await pool.in(id).query<{ id: number; name: string; message: string }>({
      text: `select id, name, health->>'message' as message from hub.connection
             where workspace = $1 and state = 'active' and health->>'ok' = 'false' order by id`,
      values: [id],
    });
    for (const row of rows) troubles.push(`${place}${row.name} (${row.id}): ${row.message}`);
  }
  return {
    check: "connections",
    ok: troubles.length === 0,
    message: troubles.length === 0 ? "none is in trouble" : troubles.join("; "),
    ...(troubles.length > 0 && {
      advice: "`hub connection check <id> -w <workspace>` tries again; the page of its vendor in docs/ says what the words mean.",
    }),
  };
}

/** Requests by which a sender's habits are known. */
const habit = { least: 20, looked: 500 };
const leastSilenceSeconds = 3_600;

/** Senders who have gone quiet: a site whose token was changed, a PBX that was told another address. Twice their longest pause is too long. */
async function silence({ pool }: Hub, places: readonly Place[]): Promise<Finding> {
  const troubles: string[] = [];
  for (const { id, name: place } of places) {
    const rows = await pool.in(id).query<{ id: number; name: string; quiet: number; longest: number }>({
      text: `select c.id, c.name, heard.quiet, heard.longest from hub.connection c cross join lateral (
               select extract(epoch from now() - max(received_at))::float8 as quiet, extract(epoch from max(pause))::float8 as longest, count(*) as n
               from (select received_at, received_at - lag(received_at) over (order by id) as pause from (
                 select id, received_at from hub.journal where workspace = $1 and connection = c.id and outcome <> 'malformed' order by id desc limit $2) last) pauses
             ) heard
             where c.workspace = $1 and c.state = 'active' and heard.n >= $3 and heard.quiet > greatest(2 * heard.longest, $4) order by c.id`,
      values: [id, habit.looked, habit.least, leastSilenceSeconds],
    });
    for (const { id: connection, name, quiet, longest } of rows)
      troubles.push(`${place}${name} (${connection}) has been quiet for ${hours(quiet)}, never longer than ${hours(longest)} before`);
  }
  return {
    check: "silence",
    ok: troubles.length === 0,
    message: troubles.length === 0 ? "nobody has been quiet for longer than usual" : troubles.join("; "),
    ...(troubles.length > 0 && {
      advice: "Has the other side another address or token? Send something by hand, and look at `hub journal list --connection <id>`.",
    }),
  };
}

const hours = (seconds: number): string => (seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`);

async function deliveries({ pool }: Hub, places: readonly Place[]): Promise<Finding> {
  const troubles: string[] = [];
  for (const { id, name: place } of places) {
    const rows = await pool.in(id).query<{ state: string; n: number }>({
      text: `select case when state = 'waiting' then 'stuck' else state end as state, count(*) as n from hub.delivery
             where workspace = $1 and (state in ('failed', 'parked') or (state = 'waiting' and attempts = 0 and created_at < now() - $2 * interval '1 minute'
               and not exists (select from hub.lane l where l.workspace = $1 and l.lane = delivery.lane and l.next_at = 'infinity')))
             group by 1`,
      values: [id, stuckMinutes],
    });
    for (const { state, n } of rows) troubles.push(`${place}${n} ${state}`);
  }
  return {
    check: "deliveries",
    ok: troubles.length === 0,
    message: troubles.length === 0 ? "none is stuck, failed or parked" : troubles.join("; "),
    ...(troubles.length > 0 && {
      advice:
        "`hub delivery list --state failed` tells why; `hub delivery retry <id>` tries again, `hub delivery skip <id>` lets go. Parked ones wait for the connection to be made active.",
    }),
  };
}
