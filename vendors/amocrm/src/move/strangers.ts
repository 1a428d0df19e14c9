import type { MoveFinding } from "@svyazka/core";
import type { CustomField, EntityType, FieldValues } from "../protocol.ts";
import { isChoiceHere, isKnownField, ownEntity } from "../served/fields.ts";
import type { Ground } from "./ground.ts";

/** What records name and the account itself does not show any more: people who have left it, options that were deleted, sources of other integrations. */

/** They become users who are switched off: who was responsible, and who wrote what, stays known. */
export async function usersOf(
  { crm, ids }: Ground,
  items: readonly { readonly responsible_user_id: number; readonly created_by: number; readonly updated_by: number }[],
): Promise<MoveFinding[]> {
  const named = new Set(
    items.flatMap(({ responsible_user_id, created_by, updated_by }) => [responsible_user_id, created_by, updated_by]).filter(Boolean),
  );
  const here = new Set((await crm.users.list()).map(({ id }) => id));
  const found: MoveFinding[] = [];
  for (const id of named) {
    if (here.has(ids.get("user", id) ?? id)) continue;
    await crm.users.create({ id, name: `№ ${id}`, role: "manager", active: false });
    await ids.keep("user", [[id, id]]);
    found.push({
      ...{ what: "left", kind: "user", id: String(id), count: 1 },
      words: {
        ru: "Сотрудника в аккаунте уже нет: здесь он выключен и назван номером",
        en: "Has left the account: switched off here, and called by the number",
      },
    });
  }
  return found;
}

/** Options that values still hold. They are there until `dropPastOptions`, so that records can be written. */
export async function optionsOf({ crm, ids }: Ground, of: EntityType, records: readonly Valued[]): Promise<void> {
  const entity = ownEntity[of];
  const fields = await crm.fields.list({ entity });
  for (const field of fields) {
    if (field.type !== "select" && field.type !== "multiselect") continue;
    const options = new Map<number, { id: number; value: string; code?: string; isNew?: boolean }>(
      field.options.map(({ id, value, code }) => [id, { id, value, ...(code !== null && { code }) }]),
    );
    for (const { custom_fields_values } of records)
      for (const { field_id, values } of custom_fields_values ?? [])
        if ((ids.get("field", field_id) ?? field_id) === field.id)
          for (const { enum_id, value } of values ?? [])
            if (typeof enum_id === "number" && !options.has(ids.get("option", enum_id) ?? enum_id))
              options.set(enum_id, { id: enum_id, value: freeText(String(value ?? enum_id), options.values()), isNew: true });
    if (options.size > field.options.length) await crm.fields.update(field.id, { options: [...options.values()] });
  }
}

interface Valued {
  readonly custom_fields_values: readonly FieldValues[] | null;
}

/** No two options of a field are the same. */
function freeText(text: string, options: Iterable<{ readonly value: string }>): string {
  const taken = new Set([...options].map(({ value }) => value.toLowerCase()));
  let free = text;
  for (let count = 2; taken.has(free.toLowerCase()); count++) free = `${text} (${count})`;
  return free;
}

/** Those that the account does not offer any more cannot be chosen here, either. */
export async function dropPastOptions({ crm, theirs, ids }: Ground, of: EntityType): Promise<void> {
  const here = await crm.fields.list({ entity: ownEntity[of] });
  for (const field of theirs.fields[of]) {
    if (!isChoiceHere(field.type) || isKnownField(of, field)) continue;
    const own = here.find(({ id }) => id === (ids.get("field", field.id) ?? field.id));
    const offered = new Set(offeredIds(field).map((id) => ids.get("option", id) ?? id));
    const options = own?.options.filter(({ id }) => offered.has(id)) ?? [];
    if (!own || options.length === 0 || options.length === own.options.length) continue;
    await crm.fields.update(own.id, { options: options.map(({ id, value, code }) => ({ id, value, ...(code !== null && { code }) })) });
  }
}

const offeredIds = ({ enums }: CustomField): number[] => (enums ?? []).map(({ id }) => id);

/** Where leads come from, as far as they say it themselves. */
export async function sourcesOf(
  { crm, ids }: Ground,
  leads: readonly { readonly source_id: number | null; readonly _embedded: { readonly source?: unknown } }[],
): Promise<void> {
  const here = new Set((await crm.sources.list()).map(({ id }) => id));
  for (const { source_id, _embedded } of leads) {
    if (!source_id || here.has(ids.get("source", source_id) ?? source_id)) continue;
    const told = [_embedded.source].flat()[0] as { readonly name?: unknown } | null | undefined;
    await crm.sources.create({ id: source_id, name: typeof told?.name === "string" && told.name !== "" ? told.name : `№ ${source_id}` });
    here.add(source_id);
  }
}
