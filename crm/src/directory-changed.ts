import type { Sql } from "./sql.ts";

/** Tells every process of the hub, when the transaction commits, that its copy of this workspace's directory is out of date. */
export async function directoryChanged(sql: Sql): Promise<void> {
  await sql.query({ text: "select pg_notify('svyazka', $1)", values: [JSON.stringify({ kind: "directory", workspace: sql.workspace })] });
}
