import type { FieldValue, FieldValues } from "../protocol.ts";
import type { FieldDraft } from "./drafts.ts";
import type { AmoInvalid } from "./errors.ts";

/** Custom fields, by the id (a number) or the code (a text, in any case): `fieldText(contact, "PHONE")`. Source: crm_platform/custom-fields */

export type FieldKey = number | string;

interface Holder {
  readonly custom_fields_values: readonly FieldValues[] | null;
}

/** The field with its values; undefined when it is empty: amoCRM does not show empty ones. */
export const fieldOf = ({ custom_fields_values: fields }: Holder, key: FieldKey): FieldValues | undefined =>
  fields?.find(({ field_id, field_code }) =>
    typeof key === "number" ? field_id === key : field_code?.toUpperCase() === key.toUpperCase(),
  );

/** Its first value as it is, and what else there is of it. */
export const fieldValue = (record: Holder, key: FieldKey): FieldValue | undefined => fieldOf(record, key)?.values[0];

/** Its first value in words: of a list of options the option, of a number its digits. */
export function fieldText(record: Holder, key: FieldKey): string | undefined {
  const value = fieldValue(record, key)?.value;
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** Numbers come as text from some accounts. Undefined when it is none. */
export function fieldNumber(record: Holder, key: FieldKey): number | undefined {
  const value = fieldValue(record, key)?.value;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** A checkbox. An empty one is false. */
export const fieldFlag = (record: Holder, key: FieldKey): boolean =>
  [true, 1, "1", "true"].includes(fieldValue(record, key)?.value as string | number | boolean);

/** A date is midnight in the account's time zone; a date and time is what it says. Undefined when it is neither. */
export function fieldMoment(record: Holder, key: FieldKey): Date | undefined {
  const value = fieldValue(record, key)?.value;
  const moment = typeof value === "number" || /^-?\d+$/.test(String(value)) ? new Date(Number(value) * 1000) : new Date(String(value));
  return value === undefined || value === null || Number.isNaN(moment.getTime()) ? undefined : moment;
}

/** All its values in words, with what kind each is (`WORK`, `MOB`): phones, e-mails, several options. */
export const fieldTexts = (record: Holder, key: FieldKey): { readonly value: string; readonly kind: string | undefined }[] =>
  (fieldOf(record, key)?.values ?? []).flatMap(({ value, enum_code }) =>
    typeof value === "string" || typeof value === "number" ? [{ value: String(value), kind: enum_code ?? undefined }] : [],
  );

/** One value to write: bare, an option by its id or code, or a phone with its kind. A `Date` is written as Unix seconds. */
export type ValueDraft =
  | string
  | number
  | boolean
  | Date
  | { readonly enum_id: number }
  | { readonly enum_code: string }
  | { readonly value: unknown; readonly enum_id?: number; readonly enum_code?: string };

/** A field to write; `null`, and a list of nothing, empty it. */
export function fieldDraft(key: FieldKey, value: ValueDraft | readonly ValueDraft[] | null): FieldDraft {
  const values = value === null ? [] : isList(value) ? value : [value];
  return {
    ...(typeof key === "number" ? { field_id: key } : { field_code: key }),
    values: values.length === 0 ? null : values.map(writeValue),
  };
}
const isList = (value: ValueDraft | readonly ValueDraft[]): value is readonly ValueDraft[] => Array.isArray(value);

/** Seconds for every time, whatever the type of the field: amoCRM takes them for all. */
const writeValue = (value: ValueDraft): Partial<FieldValue> =>
  value instanceof Date ? { value: Math.floor(value.getTime() / 1000) } : typeof value === "object" ? value : { value };

/** A copy of the draft with this field, in place of what it said of it before. */
export function withField<D extends object>(
  draft: D & FieldsDraft,
  key: FieldKey,
  value: ValueDraft | readonly ValueDraft[] | null,
): D & { readonly custom_fields_values: readonly FieldDraft[] } {
  const one = fieldDraft(key, value);
  const others = (draft.custom_fields_values ?? []).filter(
    ({ field_id, field_code }) => field_id !== one.field_id || field_code?.toUpperCase() !== one.field_code?.toUpperCase(),
  );
  return { ...draft, custom_fields_values: [...others, one] };
}

interface FieldsDraft {
  readonly custom_fields_values?: readonly FieldDraft[] | null;
}

/**
 * The draft without the fields that amoCRM has refused, and these fields: one unknown option costs the whole record otherwise (issue 115 of amocrm-api-php).
 * Undefined when something else is wrong with it, too, or nothing is named.
 */
export function withoutRefused<D extends FieldsDraft>(
  draft: D,
  { items }: Pick<AmoInvalid, "items">,
): { readonly draft: D; readonly refused: readonly FieldDraft[] } | undefined {
  const places = items.flatMap(({ errors }) => errors.map(({ path }) => /^custom_fields_values\.(\d+)(\.|$)/.exec(path)?.[1]));
  if (places.length === 0 || places.includes(undefined)) return undefined;
  const fields = draft.custom_fields_values ?? [];
  const isRefused = (_: FieldDraft, place: number): boolean => places.includes(String(place));
  return {
    draft: { ...draft, custom_fields_values: fields.filter((field, place) => !isRefused(field, place)) },
    refused: fields.filter(isRefused),
  };
}
