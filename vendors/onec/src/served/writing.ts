import { type Crm, type CrmRecords, type Phone, type RecordId, Refused, readPhone, Unavailable } from "@svyazka/core";
import { declaredIn, type EntityKind, fieldWith } from "../adapter/payload.ts";
import { cutText, type SentFields } from "../protocol.ts";
import type { OneC } from "../settings.ts";
import type { Scene } from "./scene.ts";

/** What the writers of counterparties and orders share. */

/** Throws `Unavailable` while the company has no CRM. */
export async function crmOf({ kit }: Scene): Promise<Crm> {
  const crm = await kit.crm();
  if (!crm) throw new Unavailable("there is no CRM in this workspace");
  return crm;
}

/** A record by the id that 1C has sent; an id that no record of this CRM can have leads to none. */
export async function recordIn<K extends keyof CrmRecords>(
  crm: Crm,
  kind: K,
  id: RecordId | undefined,
): Promise<CrmRecords[K] | undefined> {
  if (id === undefined) return undefined;
  try {
    return await crm.findRecord(kind, id);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/** A user of the CRM; somebody who does not work there is left out, and told (A20). */
export function responsibleOf(
  id: string | undefined,
  { door, base }: Scene,
): { readonly user?: RecordId; readonly warnings: readonly string[] } {
  if (id === undefined) return { warnings: [] };
  const isThere = (user: string): boolean => door.directory.users.some((one) => one.id === user && one.active);
  const mapped = door.userMapping[id] ?? id;
  if (isThere(mapped)) return { user: mapped, warnings: [] };
  const fallback = String(base.settings["default_user"] ?? door.settings.default_user ?? "");
  return {
    ...(fallback !== "" && isThere(fallback) && { user: fallback }),
    warnings: [`responsible_user_id: сотрудника ${id} в CRM нет`],
  };
}

/** Values of fields that the base has declared (2.7), by our codes; what it has not is told and kept in the journal (A21). */
export async function fieldsOf(sent: SentFields, kind: EntityKind, scene: Scene) {
  const names = Object.keys(sent).filter((name) => name.startsWith("p_"));
  if (names.length === 0) return { fields: {}, warnings: [] };
  const declared = await declaredIn(scene.kit, kind);
  const fields: Record<string, string> = {};
  const warnings: string[] = [];
  for (const name of names) {
    const id = name.slice(2);
    const field = declared.fields.includes(id) ? fieldWith(kind, id, scene.door.directory) : undefined;
    if (field) fields[field.code] = sent[name] ?? "";
    else warnings.push(`${name}: поле не сопоставлено (save_fields) или его нет в CRM`);
  }
  return { fields, warnings };
}

export const readPhones = (texts: readonly string[], { workspace }: OneC): Phone[] =>
  texts.map((typed) => readPhone(typed, workspace.country) ?? { typed });

/** Longest name that every CRM can keep and look up. */
const longestName = 250;
export const nameFor = (text: string): string => cutText(text, longestName);

/** What 1C may replace, and where it only fills in what is empty. */
export const wins = ({ door }: Pick<Scene, "door">, field: string): boolean => !door.settings.crm_wins.includes(field);
