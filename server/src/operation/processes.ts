import { randomUUID } from "node:crypto";
import type { Hub } from "../hub.ts";
import { version } from "../version.ts";

/** A process of the hub, as it was last seen. */
export interface SeenProcess {
  readonly id: string;
  readonly role: string;
  readonly version: string;
  readonly started_at: string;
  readonly seen_at: string;
  readonly is_this: boolean;
}

export interface Housekeeping {
  readonly at: string;
  readonly ms: number;
}

const everyMs = 60_000;
const latelyMinutes = 5;
const prefix = "process ";
const thisProcess = randomUUID();
const startedAt = new Date().toISOString();

type Places = Pick<Hub, "pool">;

/** Says now and then that this process is here. */
export function keepSeen({ pool, config, log }: Pick<Hub, "pool" | "config" | "log">): { stop(): Promise<void> } {
  const say = () =>
    pool.reference
      .query({
        text: "insert into hub.installation (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
        values: [
          prefix + thisProcess,
          JSON.stringify({ role: config.ROLE, version, started_at: startedAt, seen_at: new Date().toISOString() }),
        ],
      })
      .catch((error: unknown) => log.warn({ err: error }, "this process could not say that it is here"));
  const timer = setInterval(() => void say(), everyMs);
  timer.unref();
  const first = say();
  return {
    async stop() {
      clearInterval(timer);
      await first;
      await pool.reference.query({ text: "delete from hub.installation where name = $1", values: [prefix + thisProcess] }).catch(() => {});
    },
  };
}

/** The processes of this hub that were seen lately, the oldest first. */
export async function seenProcesses({ pool }: Places): Promise<SeenProcess[]> {
  const rows = await pool.reference.query<{ name: string; value: string }>({
    text: "select name, value from hub.installation where name like $1",
    values: [`${prefix}%`],
  });
  return rows
    .map(({ name, value }) => {
      const id = name.slice(prefix.length);
      return { id, ...(JSON.parse(value) as Omit<SeenProcess, "id" | "is_this">), is_this: id === thisProcess };
    })
    .filter(({ seen_at }) => Date.now() - Date.parse(seen_at) < latelyMinutes * 60_000)
    .sort((one, other) => one.started_at.localeCompare(other.started_at));
}

/** Those that died without a word a day ago. */
export async function forgetProcesses(pool: Hub["pool"]): Promise<void> {
  await pool.reference.query({
    text: "delete from hub.installation where name like $1 and (value::json->>'seen_at')::timestamptz < now() - interval '1 day'",
    values: [`${prefix}%`],
  });
}

export async function rememberHousekeeping(pool: Hub["pool"], done: Housekeeping): Promise<void> {
  await pool.reference.query({
    text: "insert into hub.installation (name, value) values ('housekeeping', $1) on conflict (name) do update set value = excluded.value",
    values: [JSON.stringify(done)],
  });
}

export async function lastHousekeeping({ pool }: Places): Promise<Housekeeping | null> {
  const [row] = await pool.reference.query<{ value: string }>({ text: "select value from hub.installation where name = 'housekeeping'" });
  return row ? (JSON.parse(row.value) as Housekeeping) : null;
}
