import type { ConnectionId, WorkspaceId } from "@svyazka/core";

/** `hub.connection` as it is stored. */
export interface ConnectionRow {
  readonly workspace: WorkspaceId;
  readonly id: ConnectionId;
  readonly vendor: string;
  readonly name: string;
  readonly settings: Record<string, never>;
  readonly secrets: string;
  readonly state: "active" | "disabled" | "removed";
  readonly parked_because: string | null;
  readonly health: { ok: boolean; message: string; at: string } | null;
  readonly allow_private_addresses: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** What secrets of a connection are bound to. */
export const placeOf = (row: { readonly workspace: WorkspaceId; readonly id: ConnectionId }): string =>
  `connection ${row.workspace}/${row.id}`;

/** Whether this is the connection of that number, or one of that vendor. */
export const isNamed = ({ id, vendor }: Pick<ConnectionRow, "id" | "vendor">, name: string): boolean =>
  name === String(id) || name === vendor;
