import type { ConnectionId } from "@svyazka/core";
import { NotFound, type Sql } from "@svyazka/crm";
import type { LiveConnection } from "../connections/registry.ts";
import type { Hub } from "../hub.ts";

/** The connection of this workspace that a route is about. Throws `NotFound`. */
export async function findLive(hub: Hub, sql: Sql, id: number): Promise<LiveConnection> {
  const live = (await hub.registry.view(sql.workspace)).connections.get(id as ConnectionId);
  if (!live) throw new NotFound("connection", id);
  return live;
}
