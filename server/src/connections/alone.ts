import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type ConnectionId, type Kit, Unavailable } from "@svyazka/core";
import type { Sql } from "@svyazka/crm";

/** A process that dies lets go of what it held after so long: about when its deliveries are taken up by another. */
const heldSeconds = 12;
const renewMs = 4_000;
/** Whoever has waited so long for the others, comes again later. */
const longestWaitMs = 60_000;
const pausesMs = [10, 20, 40, 80, 150] as const;

/** Those who wait in this process, by what they wait for: only one of them asks the database. */
const queues = new Map<string, Promise<unknown>>();

/**
 * Does work of one connection while no other work of any of these names is done, in any process. A row is held and renewed instead of a lock of a
 * transaction: the work asks a far side, and a database connection must not wait for that.
 */
export const aloneIn =
  (sql: Sql, connection: ConnectionId): Kit["exclusively"] =>
  (names, work) => {
    const sorted = [...new Set(names)].sort();
    return sorted.reduceRight<() => ReturnType<typeof work>>(
      (inner, name) => () => inTurn(`${sql.workspace}/${connection}/${name}`, () => holding(sql, connection, name, inner)),
      work,
    )();
  };

function inTurn<T>(place: string, work: () => Promise<T>): Promise<T> {
  const before = queues.get(place) ?? Promise.resolve();
  const turn = before.then(work);
  const quiet = turn
    .catch(() => {})
    .then(() => {
      if (queues.get(place) === quiet) queues.delete(place);
    });
  queues.set(place, quiet);
  return turn;
}

async function holding<T>(sql: Sql, connection: ConnectionId, name: string, work: () => Promise<T>): Promise<T> {
  const holder = randomUUID();
  const values = [sql.workspace, connection, name, holder, heldSeconds];
  const started = Date.now();
  for (let tries = 0; !(await take(sql, values)); tries++) {
    if (Date.now() - started > longestWaitMs) throw new Unavailable(`another process is at it: ${name}`, { retryAfterSeconds: 5 });
    await sleep(pausesMs[Math.min(tries, pausesMs.length - 1)]);
  }
  let renewing: Promise<unknown> = Promise.resolve();
  const renewal = setInterval(() => {
    renewing = take(sql, values).catch(() => {});
  }, renewMs);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    // One that is under way must not hold it again for nobody.
    await renewing;
    await sql
      .query({
        name: "let-go",
        text: "delete from hub.held where workspace = $1 and connection = $2 and name = $3 and holder = $4",
        values: values.slice(0, 4),
      })
      .catch(() => {});
  }
}

async function take(sql: Sql, values: readonly unknown[]): Promise<boolean> {
  const rows = await sql.query({
    name: "hold",
    text: `insert into hub.held as h (workspace, connection, name, holder, until) values ($1, $2, $3, $4, now() + $5 * interval '1 second')
           on conflict (workspace, connection, name) do update set holder = excluded.holder, until = excluded.until
           where h.holder = excluded.holder or h.until <= now() returning name`,
    values: [...values],
  });
  return rows.length > 0;
}
