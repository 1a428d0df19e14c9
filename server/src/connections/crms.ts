import type { ConnectionId, CrmAddress, Crms, KnownCrm, WorkspaceId } from "@svyazka/core";
import { tell } from "../db/bus.ts";
import type { Hub } from "../hub.ts";
import { addConnection } from "./manage.ts";
import type { LiveConnection } from "./registry.ts";
import type { ConnectionRow } from "./row.ts";

/** The CRMs of a workspace, for a channel that is told by its address which one it is for. One that it adds may go where it may go itself. */
export function crmsOf(hub: () => Hub, { workspace, allow_private_addresses: allowPrivateAddresses }: ConnectionRow): Crms {
  const view = () => hub().registry.view(workspace);
  const sql = () => hub().pool.in(workspace);
  return {
    async find({ type, host }) {
      const { connections, workspace: home } = await view();
      const all = [...connections.values()];
      const there = all.find(({ vendor, row }) => vendor.id === type && vendor.crmDoor?.hostOf(row.settings) === host);
      if (there) return known(there);
      const own = new URL(hub().publicUrl()).host;
      const isOurs = host === own || host === `${home.subdomain}.${own}`;
      const builtin = isOurs ? all.find(({ connected, vendor }) => connected().crm && !vendor.crmDoor) : undefined;
      return builtin && known(builtin);
    },
    async add({ type, host }: CrmAddress, token) {
      const door = hub().vendors.get(type)?.crmDoor;
      if (!door) return undefined;
      const { workspace: home } = await view();
      const settings = door.settingsFor(host, token);
      const { row } = await addConnection(hub(), sql(), home, {
        vendor: type,
        name: host.replace(/^https?:\/\//, ""),
        settings,
        allowPrivateAddresses,
      });
      return row.id;
    },
    async bind(channel, crm, isOn, { only } = {}) {
      const { targets } = await view();
      const flows = [...hub().flows.values()].filter(({ on }) => on.some((type) => bound.has(type)));
      const routes = flows.flatMap(({ name, needs }) =>
        targets(needs, channel)
          .filter(({ row }) => row.id !== channel && (row.id === crm || only))
          .map(({ row }) => ({ source: channel, flow: name, target: row.id, enabled: row.id === crm && isOn })),
      );
      await setRoutes(hub(), workspace, routes);
    },
  };
}

/** What of a channel concerns CRMs. */
const bound: ReadonlySet<string> = new Set(["conversation.begun", "message.kept", "message.marked"]);

const known = ({ row, connected }: LiveConnection): KnownCrm => {
  const { sources } = connected();
  return {
    id: row.id,
    state: row.state !== "active" ? "disabled" : row.parked_because === null ? "working" : "waiting",
    ...(sources && { sources }),
  };
};

export interface RouteSwitch {
  readonly source: ConnectionId;
  readonly flow: string;
  readonly target: ConnectionId;
  readonly enabled: boolean;
}

/** Opens and closes routes; the last word holds where one is named twice. */
export const setRoutes = ({ pool }: Pick<Hub, "pool">, workspace: WorkspaceId, routes: readonly RouteSwitch[]): Promise<void> =>
  pool.in(workspace).transaction(async (sql) => {
    await sql.query({
      text: `insert into hub.route (workspace, source, flow, target, enabled)
             select distinct on (source, flow, target) $1, source, flow, target, enabled
             from rows from (json_to_recordset($2::json) as (source bigint, flow text, target bigint, enabled boolean))
               with ordinality as x (source, flow, target, enabled, place) order by source, flow, target, place desc
             on conflict (workspace, source, flow, target) do update set enabled = excluded.enabled, updated_at = now()`,
      values: [workspace, JSON.stringify(routes)],
    });
    await sql.query({ text: "delete from hub.route where workspace = $1 and enabled", values: [workspace] });
    await tell(sql, { kind: "connections", workspace });
  });
