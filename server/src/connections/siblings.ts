import type { ConnectionId, Siblings, WorkspaceId } from "@svyazka/core";
import { NotFound } from "@svyazka/crm";
import type { Hub } from "../hub.ts";
import { aloneIn } from "./alone.ts";
import { addConnection, changeConnection, removeConnection } from "./manage.ts";
import type { ConnectionRow } from "./row.ts";

/** What a connection may do about the others of its vendor in its workspace. */
export function siblingsOf(hub: () => Hub, { workspace, id, vendor, allow_private_addresses }: ConnectionRow): Siblings {
  const sql = () => hub().pool.in(workspace);
  async function mustBeOne(other: ConnectionId): Promise<void> {
    if (!(await rows(hub(), workspace, vendor)).some((row) => row.id === other && row.id !== id)) throw new NotFound("connection", other);
  }
  return {
    async list() {
      const { connections } = await hub().registry.view(workspace);
      return [...connections.values()]
        .filter(({ row }) => row.vendor === vendor && row.id !== id)
        .map(({ row, connection }) => ({
          ...{ id: row.id, name: row.name, settings: row.settings, secrets: connection.secrets as Readonly<Record<string, string>> },
          ...{ active: row.state === "active" && row.parked_because === null, isDisabled: row.state === "disabled" },
          ...{ createdAt: row.created_at, updatedAt: row.updated_at },
        }));
    },
    async kitOf(other) {
      const live = (await hub().registry.view(workspace)).connections.get(other);
      return live?.row.vendor === vendor ? live.kit : undefined;
    },
    exclusively: (names, work) =>
      aloneIn(sql(), nobodys)(
        names.map((name) => `${vendor} ${name}`),
        work,
      ),
    async add({ mayReachPrivateAddresses = allow_private_addresses, ...draft }) {
      const { workspace: home } = await hub().registry.view(workspace);
      const { row } = await addConnection(hub(), sql(), home, { vendor, ...draft, allowPrivateAddresses: mayReachPrivateAddresses });
      return row.id;
    },
    async change(other, settings) {
      await mustBeOne(other);
      await changeConnection(hub(), sql(), other, { settings, state: "active" });
    },
    async disable(other) {
      await mustBeOne(other);
      await changeConnection(hub(), sql(), other, { state: "disabled" });
    },
    async remove(other) {
      await mustBeOne(other);
      await removeConnection(hub(), sql(), other);
    },
  };
}

/** What all of a kind hold together is held by none of them. */
const nobodys = 0 as ConnectionId;

const rows = (hub: Hub, workspace: WorkspaceId, vendor: string): Promise<ConnectionRow[]> =>
  hub.pool.in(workspace).query({
    text: "select * from hub.connection where workspace = $1 and vendor = $2 and state <> 'removed' order by id",
    values: [workspace, vendor],
  });
