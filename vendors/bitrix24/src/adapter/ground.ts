import { type Kit, type RecordId, Refused, userThere } from "@svyazka/core";
import type { Portal } from "../client.ts";
import type { Item, ObjectName } from "../protocol.ts";
import type { PortalConnection } from "../settings.ts";
import type { Setups } from "./setup.ts";

/** What all of the adapter stands on: one portal, what the hub lends, and what the portal is made of. */
export interface Ground {
  readonly connection: PortalConnection;
  readonly portal: Portal;
  readonly kit: Kit;
  readonly setups: Setups;
}

/** Throws `Refused` for what is no id of theirs. */
export function idOf(name: string, id: string): number {
  const number = Number(id);
  if (!/^\d{1,15}$/.test(id) || number === 0) throw new Refused(`there is no ${name} ${id}`);
  return number;
}

/** What the hub calls a deal is one, or a lead, where the portal uses them: then its id says so, as in the portal's own links. */
export interface DealPlace {
  readonly of: "deal" | "lead";
  readonly id: number;
}
export const dealId = ({ of, id }: DealPlace): RecordId => (of === "lead" ? `L_${id}` : String(id));
export const dealPlace = (id: RecordId): DealPlace =>
  id.startsWith("L_") ? { of: "lead", id: idOf("deal", id.slice(2)) } : { of: "deal", id: idOf("deal", id) };

/** What the hub calls a record of theirs: for what is told, and for what we have written ourselves. */
export const recordName = (of: ObjectName, id: number): { readonly kind: string; readonly id: RecordId } =>
  of === "lead" ? { kind: "deal", id: dealId({ of, id }) } : { kind: of, id: String(id) };

/** A user of ours as the portal numbers them; whoever nobody has mapped is left out. Throws `Refused` for somebody who does not work there. */
export async function workingUser({ connection, setups }: Ground, name: string, user: RecordId | undefined): Promise<number | undefined> {
  const there = userThere(connection, user);
  if (there === undefined) return undefined;
  // Whose permissions do not let us see who works there, is believed.
  const isThere = await setups.find(({ users }) => users.length === 0 || users.some(({ id }) => id === there) || undefined);
  if (!isThere) throw new Refused(`there is no ${name} ${there} in the portal`);
  return idOf(name, there);
}

/** When it was last changed, as lists and we tell it. */
export const changedAt = ({ updatedTime }: Pick<Item, "updatedTime">): string | undefined => {
  const at = Date.parse(updatedTime ?? "");
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
};
