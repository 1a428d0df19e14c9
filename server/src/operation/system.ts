import type { Sql } from "@svyazka/crm";
import { momentOf } from "../db/new-id.ts";
import type { Hub } from "../hub.ts";
import { version } from "../version.ts";
import { examine, examineWorkspace } from "./doctor.ts";
import { lastHousekeeping, seenProcesses } from "./processes.ts";

/** What this hub is and how it is doing, as one workspace may know it. The size of a database is told when it is nobody else's. */
export async function describeSystem(hub: Hub, sql: Sql, isOperator: boolean) {
  const { config, pool } = hub;
  const [about] = await pool.reference.query<{ version: string; workspaces: number; bytes: number }>({
    text: `select current_setting('server_version') as version, (select count(*) from hub.workspace) as workspaces,
             pg_database_size(current_database()) as bytes`,
  });
  const findings = isOperator ? await examine(hub) : await examineWorkspace(hub, sql.workspace);
  return {
    version,
    node: process.versions.node,
    postgres: {
      version: about?.version ?? "",
      kind: hub.databaseKind,
      bytes: isOperator || about?.workspaces === 1 ? (about?.bytes ?? null) : null,
    },
    public_url: hub.publicUrl(),
    processes: await seenProcesses(hub),
    queue: await queueNow(sql),
    journal: { ...(await journalNow(sql)), raw_days: config.JOURNAL_DAYS, history_days: config.HISTORY_DAYS },
    files: await filesNow(sql),
    housekeeping: await lastHousekeeping(hub),
    ok: findings.every(({ ok }) => ok),
    findings,
  };
}

/** By the index of deliveries that are not over. */
async function queueNow(sql: Sql) {
  const rows = await sql.query<{ state: "waiting" | "held" | "parked" | "failed"; n: number; oldest: Date }>({
    text: `select state, count(*) as n, min(created_at) as oldest from hub.delivery
           where workspace = $1 and state in ('waiting', 'held', 'parked', 'failed') group by state`,
    values: [sql.workspace],
  });
  const of = (state: string) => rows.find((row) => row.state === state);
  const [waiting, held, parked, failed] = ["waiting", "held", "parked", "failed"].map((state) => of(state)?.n ?? 0);
  return {
    ...{ waiting: waiting ?? 0, held: held ?? 0, parked: parked ?? 0, failed: failed ?? 0 },
    oldest_waiting_at: of("waiting")?.oldest.toISOString() ?? null,
  };
}

/** As many as the planner thinks there are: counting them would be a walk through all. */
async function journalNow(sql: Sql): Promise<{ lines: number; oldest_at: string | null }> {
  const [plan] = await sql.query<{ "QUERY PLAN": readonly { readonly Plan: { readonly "Plan Rows": number } }[] }>({
    text: `explain (format json) select from hub.journal where workspace = ${Number(sql.workspace)}`,
  });
  const [oldest] = await sql.query<{ id: string }>({
    text: "select id from hub.journal where workspace = $1 order by id limit 1",
    values: [sql.workspace],
  });
  return {
    lines: oldest ? (plan?.["QUERY PLAN"][0]?.Plan["Plan Rows"] ?? 0) : 0,
    oldest_at: oldest ? momentOf(oldest.id).toISOString() : null,
  };
}

async function filesNow(sql: Sql): Promise<{ count: number; bytes: number }> {
  const [row] = await sql.query<{ count: number; bytes: number }>({
    text: "select count(*) as count, coalesce(sum(bytes), 0)::bigint as bytes from hub.file where workspace = $1",
    values: [sql.workspace],
  });
  return row ?? { count: 0, bytes: 0 };
}
