import { rm } from "node:fs/promises";
import type { WorkspaceId } from "@svyazka/core";
import { endForgottenCalls, forgetImports, gatherStragglers, type Sql, type Statement } from "@svyazka/crm";
import { leastIdAt } from "../db/new-id.ts";
import { pathOf } from "../files/keep.ts";
import type { Hub } from "../hub.ts";
import { forgetProcesses, rememberHousekeeping } from "./processes.ts";

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
  const started = performance.now();
  await forgetProcesses(hub.pool);
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
    await sql.query({ text: "delete from hub.health_change where workspace = $1 and at < now() - interval '90 days'", values: [id] });
    // Of messages that never came.
    await sql.query({ text: "delete from crm.early_change where workspace = $1 and at < now() - interval '2 days'", values: [id] });
    await sql.query({ text: "delete from hub.idempotent_answer where workspace = $1 and at < now() - interval '1 day'", values: [id] });
    await sql.query({ text: "delete from hub.kept where workspace = $1 and expires_at < now()", values: [id] });
    await sql.query({ text: "delete from hub.job where workspace = $1 and finished_at < now() - interval '30 days'", values: [id] });
    await sql.query({
      text: "delete from hub.move where workspace = $1 and finished_at < now() - $2 * interval '1 day'",
      values: [id, hub.config.HISTORY_DAYS],
    });
    await forgetBooks(sql);
    await endForgottenCalls(sql);
    await gatherStragglers(sql);
    const before = new Date(Date.now() - hub.config.HISTORY_DAYS * 86_400_000);
    await forgetHistory(sql, before);
    await forgetAudit(sql, before);
    await forgetImports(sql, before);
    await forgetFiles(hub, id);
    await sql.query({
      text: "delete from hub.lane where workspace = $1 and pending = 0 and leased_until < now() and next_at < now() - interval '1 day'",
      values: [id],
    });
  }
  await rememberHousekeeping(hub.pool, { at: new Date().toISOString(), ms: Math.round(performance.now() - started) });
}

/** What processes held that died, and the address books of connections that were removed. */
async function forgetBooks(sql: Sql): Promise<void> {
  await sql.query({ text: "delete from hub.held where workspace = $1 and until < now()", values: [sql.workspace] });
  const removed = "workspace = $1 and connection in (select id from hub.connection where workspace = $1 and state = 'removed')";
  for (const table of ["book_key", "book_entry"])
    await sql.query({ text: `delete from hub.${table} where ${removed}`, values: [sql.workspace] });
}

/**
 * What is long over: deliveries with their attempts, then events that have none left, then lines of the journal that have no event left. What
 * waits, is held or parked stays, however old. Ids begin with the time they were made, so that the oldest are found by the primary keys.
 */
async function forgetHistory(sql: Sql, before: Date): Promise<void> {
  const values = [sql.workspace, leastIdAt(before), lineChunk];
  const old = "workspace = $1 and id < $2::uuid";
  await inChunks(sql, {
    text: `with gone as (
             delete from hub.delivery where workspace = $1 and id in (
               select id from hub.delivery where ${old} and state in ('done', 'failed', 'skipped') order by id limit $3) returning id
           ), attempts as (
             delete from hub.attempt where workspace = $1 and delivery in (select id from gone)
           ) select id from gone`,
    values,
  });
  await inChunks(sql, {
    text: `delete from hub.event where workspace = $1 and id in (
             select id from hub.event e where ${old} and not exists (
               select from hub.delivery d where d.workspace = $1 and d.event = e.id) order by id limit $3) returning id`,
    values,
  });
  await inChunks(sql, {
    text: `delete from hub.journal where workspace = $1 and id in (
             select id from hub.journal j where ${old} and not exists (
               select from hub.event e where e.workspace = $1 and e.id = any(j.events)) order by id limit $3) returning id`,
    values,
  });
}

/** Who did what is remembered as long as what came of it. */
async function forgetAudit(sql: Sql, before: Date): Promise<void> {
  await inChunks(sql, {
    text: `delete from hub.audit where workspace = $1 and id in (select id from hub.audit where workspace = $1 and id < $2::uuid order by id limit $3) returning id`,
    values: [sql.workspace, leastIdAt(before), lineChunk],
  });
}

async function inChunks(sql: Sql, statement: Statement): Promise<void> {
  while ((await sql.query(statement)).length === lineChunk);
}

/** Recordings that have been kept long enough: the bytes first, so that a file nobody knows of is never left. */
async function forgetFiles(hub: Hub, workspace: WorkspaceId): Promise<void> {
  const sql = hub.pool.in(workspace);
  for (;;) {
    const expired = await sql.query<{ id: string }>({
      text: "select id from hub.file where workspace = $1 and expires_at < now() order by expires_at limit $2",
      values: [workspace, lineChunk],
    });
    for (const { id } of expired) await rm(pathOf(hub.config.FILES_DIR, workspace, id), { force: true });
    await sql.query({
      text: "delete from hub.file where workspace = $1 and id = any($2::uuid[])",
      values: [workspace, expired.map(({ id }) => id)],
    });
    if (expired.length < lineChunk) return;
  }
}
