import type { WorkspaceId } from "@svyazka/core";
import type { Hub } from "../hub.ts";

const everyMs = 3_600_000;
const lineChunk = 5_000;

/** Once an hour: erases raw requests that are too old to keep, and what has expired. Order does not matter and nobody watches, so it needs no queue. */
export function keepHouse(hub: Hub): { stop(): void } {
  const round = () => void tidy(hub).catch((error: unknown) => hub.log.warn({ err: error }, "housekeeping will try again in an hour"));
  const timer = setInterval(round, everyMs);
  timer.unref();
  const first = setTimeout(round, 30_000);
  first.unref();
  return {
    stop() {
      clearInterval(timer);
      clearTimeout(first);
    },
  };
}

export async function tidy(hub: Hub): Promise<void> {
  await hub.pool.reference.query({ text: "delete from hub.session where expires_at < now()" });
  await hub.pool.reference.query({ text: "delete from hub.door where expires_at < now()" });
  const workspaces = await hub.pool.reference.query<{ id: WorkspaceId }>({ text: "select id from hub.workspace" });
  for (const { id } of workspaces) {
    const sql = hub.pool.in(id);
    for (;;) {
      const erased = await sql.query({
        text: `update hub.journal set body = null, headers = '{}', query = '', ip = '' where workspace = $1 and id in (
                 select id from hub.journal where workspace = $1 and body is not null and received_at < now() - $2 * interval '1 day' limit $3)
               returning id`,
        values: [id, hub.config.JOURNAL_DAYS, lineChunk],
      });
      if (erased.length < lineChunk) break;
    }
    await sql.query({ text: "delete from hub.seen where workspace = $1 and expires_at < now()", values: [id] });
    await sql.query({ text: "delete from hub.idempotent_answer where workspace = $1 and at < now() - interval '1 day'", values: [id] });
    await sql.query({
      text: "delete from hub.lane where workspace = $1 and pending = 0 and leased_until < now() and next_at < now() - interval '1 day'",
      values: [id],
    });
  }
}
