import * as contract from "@svyazka/contract";
import type { ConnectionId, Workspace } from "@svyazka/core";
import { Invalid, NotFound, type Sql } from "@svyazka/crm";
import { activityReader, noActivity } from "../connections/activity.ts";
import { copiesOf, secretsSet } from "../connections/copies.ts";
import { abilitiesOf, describeVendor } from "../connections/describe.ts";
import {
  addConnection,
  changeConnection,
  checkConnection,
  removeConnection,
  rotateSecret,
  testConnection,
  touchConnection,
} from "../connections/manage.ts";
import type { ConnectionRow } from "../connections/row.ts";
import { suggestMappings } from "../connections/suggest.ts";
import { tryConnection } from "../connections/trial.ts";
import { isHeard } from "../delivery/plan.ts";
import type { Hub } from "../hub.ts";
import { type Implementation, implement } from "./implement.ts";
import { limitOf, numberCursor, page } from "./pages.ts";

export function connectionRoutes(hub: Hub): readonly Implementation[] {
  const activity = activityReader(hub);
  const flows = [...hub.flows.values()];
  const present = async (
    sql: Sql,
    rows: readonly ConnectionRow[],
    workspace: Workspace,
    shown: Readonly<Record<string, string>> = {},
  ): Promise<contract.ConnectionShape[]> => {
    const view = await hub.registry.view(sql.workspace);
    const activities = await activity(sql, rows);
    return rows.map((row) => ({
      id: row.id,
      vendor: row.vendor,
      name: row.name,
      state: row.state,
      parked_because: row.parked_because,
      health: row.health,
      settings: row.settings,
      secrets_set: secretsSet(hub, row),
      allow_private_addresses: row.allow_private_addresses,
      abilities: abilitiesOf(view.connections.get(row.id), isHeard(view, flows, row.id)),
      activity: activities.get(row.id) ?? noActivity,
      ...copiesOf(hub, row, workspace, shown),
      created_at: row.created_at.toISOString(),
      updated_at: row.updated_at.toISOString(),
    }));
  };
  const presentOne = async (sql: Sql, row: ConnectionRow, workspace: Workspace, shown?: Readonly<Record<string, string>>) => {
    const [shape] = await present(sql, [row], workspace, shown);
    if (!shape) throw new NotFound("connection", row.id);
    return shape;
  };

  return [
    implement(contract.listVendors, async () => ({ items: [...hub.vendors.values()].map(describeVendor), next_cursor: null })),

    implement(contract.tryConnection, ({ body, sql }) => tryConnection(hub, sql, body)),

    implement(contract.listConnections, async ({ query, sql, caller }) => {
      const rows = await sql.query<ConnectionRow>({
        text: `select * from hub.connection where workspace = $1 and id > $2 and state <> 'removed' and ($3::text is null or vendor = $3) order by id limit $4`,
        values: [sql.workspace, numberCursor(query), query.vendor ?? null, limitOf(query) + 1],
      });
      const cut = page(
        rows,
        query,
        (row) => row.id,
        (row) => row,
      );
      return { ...cut, items: await present(sql, cut.items, caller.workspace) };
    }),

    implement(contract.addConnection, async ({ body, sql, caller }) => {
      const { row, secrets } = await addConnection(hub, sql, caller.workspace, {
        vendor: body.vendor,
        ...(body.name !== undefined && { name: body.name }),
        ...(body.settings !== undefined && { settings: body.settings }),
        ...(body.allow_private_addresses !== undefined && { allowPrivateAddresses: body.allow_private_addresses }),
      });
      return { ...(await presentOne(sql, await findConnection(sql, row.id), caller.workspace, secrets)), secrets };
    }),

    implement(contract.getConnection, async ({ params, sql, caller }) =>
      presentOne(sql, await findConnection(sql, params.id), caller.workspace),
    ),

    implement(contract.changeConnection, async ({ params, body, sql, caller }) =>
      presentOne(
        sql,
        await changeConnection(hub, sql, params.id as ConnectionId, {
          ...(body.name !== undefined && { name: body.name }),
          ...(body.settings !== undefined && { settings: body.settings }),
          ...(body.state !== undefined && { state: body.state }),
          ...(body.allow_private_addresses !== undefined && { allowPrivateAddresses: body.allow_private_addresses }),
        }),
        caller.workspace,
      ),
    ),

    implement(contract.removeConnection, async ({ params, sql }) => {
      await removeConnection(hub, sql, params.id as ConnectionId);
      return undefined;
    }),

    implement(contract.checkConnection, ({ params, sql }) => checkConnection(hub, sql, params.id as ConnectionId)),

    implement(contract.testConnection, ({ params, sql }) => testConnection(hub, sql, params.id as ConnectionId)),

    implement(contract.rotateSecret, async ({ params, body, sql, caller }) => {
      const secrets = await rotateSecret(hub, sql, params.id as ConnectionId, params.name, body.keep_hours ?? 24);
      return { secrets, paste: copiesOf(hub, await findConnection(sql, params.id), caller.workspace, secrets).paste };
    }),

    implement(contract.listMappings, async ({ params, query, sql }) => {
      await findConnection(sql, params.id);
      const rows = await sql.query<{ theirs: string; ours: string }>({
        text: "select theirs, ours from hub.mapping where workspace = $1 and connection = $2 and kind = $3 and theirs > $4 order by theirs limit $5",
        values: [sql.workspace, params.id, params.kind, query.cursor ?? "", limitOf(query) + 1],
      });
      return page(
        rows,
        query,
        (row) => row.theirs,
        (row) => row,
      );
    }),

    implement(contract.suggestMappings, ({ params, sql }) => suggestMappings(hub, sql, params.id as ConnectionId, params.kind)),

    implement(contract.setMappings, async ({ params, body, sql }) => {
      await findConnection(sql, params.id);
      if (new Set(body.items.map((item) => item.theirs)).size < body.items.length)
        throw new Invalid({ items: ["names one of theirs twice"] });
      await sql.transaction(async (sql) => {
        await sql.query({
          text: "delete from hub.mapping where workspace = $1 and connection = $2 and kind = $3",
          values: [sql.workspace, params.id, params.kind],
        });
        await sql.query({
          text: `insert into hub.mapping (workspace, connection, kind, theirs, ours)
                 select $1, $2, $3, theirs, ours from json_to_recordset($4::json) as x(theirs text, ours text)`,
          values: [sql.workspace, params.id, params.kind, JSON.stringify(body.items)],
        });
        await touchConnection(sql, params.id as ConnectionId);
      });
      hub.registry.forget(sql.workspace);
      return { items: body.items, next_cursor: null };
    }),
  ];
}

async function findConnection(sql: Sql, id: number): Promise<ConnectionRow> {
  const [row] = await sql.query<ConnectionRow>({
    text: "select * from hub.connection where workspace = $1 and id = $2 and state <> 'removed'",
    values: [sql.workspace, id],
  });
  if (!row) throw new NotFound("connection", id);
  return row;
}
