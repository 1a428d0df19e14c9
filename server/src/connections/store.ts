import type { ConnectionId, Store, WorkspaceId } from "@svyazka/core";
import type { Pool } from "../db/pool.ts";
import type { KeyRing } from "./secrets.ts";

/** What one connection keeps: each document sealed to its place. */
export function storeOf(pool: Pool, keys: KeyRing, workspace: WorkspaceId, connection: ConnectionId): Store {
  const sql = pool.in(workspace);
  const place = (kind: string, id: string) => keptPlace(workspace, connection, kind, id);
  const open = (kind: string, row: { readonly id: string; readonly value: string }) =>
    JSON.parse(keys.open(row.value, place(kind, row.id))["value"] ?? "null");
  return {
    async get(kind, id) {
      const [row] = await sql.query<{ id: string; value: string }>({
        name: "kept",
        text: "select id, value from hub.kept where workspace = $1 and connection = $2 and kind = $3 and id = $4",
        values: [workspace, connection, kind, id],
      });
      return row && open(kind, row);
    },
    async put(kind, id, value, { at, days } = {}) {
      await sql.query({
        name: "keep",
        text: `insert into hub.kept (workspace, connection, kind, id, value, at, expires_at)
               values ($1, $2, $3, $4, $5, coalesce($6, now()), now() + $7::int * interval '1 day')
               on conflict (workspace, connection, kind, id) do update set value = excluded.value, at = excluded.at, expires_at = excluded.expires_at`,
        values: [workspace, connection, kind, id, keys.seal({ value: JSON.stringify(value) }, place(kind, id)), at ?? null, days ?? null],
      });
    },
    async remove(kind, id) {
      await sql.query({
        name: "unkeep",
        text: "delete from hub.kept where workspace = $1 and connection = $2 and kind = $3 and id = $4",
        values: [workspace, connection, kind, id],
      });
    },
    async take(kind, id) {
      const [row] = await sql.query<{ id: string; value: string }>({
        name: "kept-take",
        text: `delete from hub.kept where workspace = $1 and connection = $2 and kind = $3 and id = $4
               returning id, case when expires_at is null or expires_at > now() then value else '' end as value`,
        values: [workspace, connection, kind, id],
      });
      return row && row.value !== "" ? open(kind, row) : undefined;
    },
    async list(kind, { since, until, limit = 10_000 } = {}) {
      const rows = await sql.query<{ id: string; value: string }>({
        name: "kept-list",
        text: `select id, value from hub.kept where workspace = $1 and connection = $2 and kind = $3
                 and at >= coalesce($4::timestamptz, '-infinity') and at < coalesce($5::timestamptz, 'infinity') order by at, id limit $6`,
        values: [workspace, connection, kind, since ?? null, until ?? null, limit],
      });
      return rows.map((row) => ({ id: row.id, value: open(kind, row) }));
    },
  };
}

/** What a kept document is bound to. */
export const keptPlace = (workspace: WorkspaceId, connection: ConnectionId, kind: string, id: string): string =>
  `kept ${workspace}/${connection}/${kind}/${id}`;
