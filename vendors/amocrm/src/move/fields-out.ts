import type { MoveFinding } from "@svyazka/core";
import { type Amo, AmoInvalid } from "../client.ts";
import type { CustomField } from "../protocol.ts";
import { passField } from "./local.ts";
import { type OutGround, passageOut, sendWhatFits, tie } from "./out-ground.ts";

/** Whose fields they are: of a kind of records, or of one catalog. */
export interface FieldsThere {
  readonly fields: readonly CustomField[];
  readonly client: Amo["leads"]["fields"];
}

/** Custom fields of one kind: those of the same code, or the same name and type, are there already; the rest are made. */
export async function fieldsOut(ground: OutGround, there: FieldsThere, ours: readonly CustomField[], found: MoveFinding[]): Promise<void> {
  const { out } = ground;
  const left = [...there.fields];
  const taken = new Map<CustomField, CustomField>();
  const match = (isSame: (one: CustomField, other: CustomField) => boolean): void => {
    for (const field of ours) {
      if (taken.has(field)) continue;
      const place = left.findIndex((other) => isSame(field, other));
      const [own] = place < 0 ? [] : left.splice(place, 1);
      if (own) taken.set(field, own);
    }
  };
  match(({ id }, other) => out.get("field", id) === other.id);
  match(({ code, type }, other) => code !== null && code.toLowerCase() === other.code?.toLowerCase() && type === other.type);
  match(({ name, type }, other) => name === other.name && type === other.type);
  for (const field of ours) {
    const own = taken.get(field);
    const kept = own ? await change(there.client, field, own) : await make(ground, there.client, field, found);
    if (!kept) continue;
    await tie(ground, "field", [[field.id, kept.id]]);
    await tie(ground, "option", pairsOf(field, kept));
  }
}

/** Options of the same words, or of the same code. */
function pairsOf(field: CustomField, there: CustomField): [number, number][] {
  const left = [...(there.enums ?? [])];
  return (field.enums ?? []).flatMap((one): [number, number][] => {
    const place = left.findIndex((other) => other.value === one.value);
    const [own] = place < 0 ? [] : left.splice(place, 1);
    return own ? [[one.id, own.id]] : [];
  });
}

function draftOf(ground: OutGround, field: CustomField) {
  const { name, type, code, sort, is_api_only, required_statuses, remind, currency, enums } = passField(field, passageOut(ground));
  return {
    ...{ name, type, sort: Math.max(0, sort), is_api_only },
    ...(code !== null && { code }),
    ...(required_statuses.length > 0 && { required_statuses }),
    ...(remind !== null && { remind }),
    ...(currency != null && { currency }),
    ...(enums &&
      enums.length > 0 && {
        enums: enums.map(({ value, sort: place, code: optionCode }) => ({ value, sort: place, ...(optionCode && { code: optionCode }) })),
      }),
  };
}

async function make(
  ground: OutGround,
  client: FieldsThere["client"],
  field: CustomField,
  found: MoveFinding[],
): Promise<CustomField | undefined> {
  try {
    return await sendWhatFits({ kind: "field", id: field.id, found }, draftOf(ground, field), (draft) => client.create(draft));
  } catch (error) {
    if (!(error instanceof AmoInvalid)) throw error;
    found.push({ what: "refused", kind: "field", id: String(field.id), here: field.name, words: { ru: error.message, en: error.message } });
    return undefined;
  }
}

/** What every account has by itself stays as it is. */
async function change(client: FieldsThere["client"], field: CustomField, own: CustomField): Promise<CustomField> {
  if (field.is_predefined || own.is_predefined) return own;
  const missing = (field.enums ?? []).filter(({ value }) => !own.enums?.some((one) => one.value === value));
  if (field.name === own.name && field.sort === own.sort && missing.length === 0) return own;
  await client.update(own.id, {
    ...{ name: field.name, sort: Math.max(0, field.sort) },
    ...(missing.length > 0 && {
      enums: [
        ...(own.enums ?? []).map(({ id, value, sort }) => ({ id, value, sort })),
        ...missing.map(({ value, sort }) => ({ value, sort })),
      ],
    }),
  });
  return client.get(own.id);
}
