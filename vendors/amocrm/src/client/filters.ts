import type { Branch } from "@svyazka/wire";
import type { FieldValues } from "../protocol.ts";

/** What lists can be filtered by. Source: crm_platform/filters-api */

export type Many<T> = T | readonly T[];

/** Both ends included; Unix seconds where it is of times. */
export interface Range {
  readonly from?: number;
  readonly to?: number;
}

export interface RecordFilter {
  readonly id?: Many<number>;
  readonly name?: Many<string>;
  readonly responsible_user_id?: Many<number>;
  readonly created_by?: Many<number>;
  readonly updated_by?: Many<number>;
  readonly created_at?: Range;
  readonly updated_at?: Range;
  readonly closest_task_at?: Range;
  /** By the field's id. Of a list of options the option's id; of a checkbox 1 or 0; a range of numbers and dates. */
  readonly custom_fields_values?: Readonly<Record<number, Many<string | number> | Range>>;
}

export interface LeadFilter extends RecordFilter {
  readonly price?: Many<number> | Range;
  readonly closed_at?: Range;
  readonly pipeline_id?: Many<number>;
  /** A status alone means nothing: 142 is won in every pipeline. */
  readonly statuses?: readonly { readonly pipeline_id: number; readonly status_id: number }[];
}

export interface TaskFilter {
  readonly id?: Many<number>;
  readonly responsible_user_id?: Many<number>;
  readonly is_completed?: boolean;
  /** Ids of types. */
  readonly task_type?: Many<number>;
  readonly entity_type?: string;
  readonly entity_id?: Many<number>;
  readonly updated_at?: Range;
}

export interface NoteFilter {
  readonly id?: Many<number>;
  readonly entity_id?: Many<number>;
  readonly note_type?: Many<string>;
  readonly updated_at?: Range;
}

export interface EventFilter {
  readonly id?: Many<string>;
  readonly created_at?: Range;
  /** 10 at most. */
  readonly created_by?: Many<number>;
  /** In the singular: `lead`. */
  readonly entity?: Many<string>;
  /** 10 at most, and only with exactly one `entity`. */
  readonly entity_id?: Many<number>;
  readonly type?: Many<string>;
  readonly value_before?: { readonly [name: string]: Branch };
  readonly value_after?: { readonly [name: string]: Branch };
}

export interface UnsortedFilter {
  readonly uid?: Many<string>;
  readonly category?: Many<"sip" | "mail" | "forms" | "chats">;
  readonly pipeline_id?: Many<number>;
}

/** As it stands in an address. */
export const writeFilter = (filter: object): { readonly [name: string]: Branch } => filter as { readonly [name: string]: Branch };

/** A filter by one of no values: written, it would be no filter at all, and give everything. */
export const isForNothing = (filter: object): boolean =>
  Object.values(filter).some((value) => (Array.isArray(value) ? value.length === 0 : isPlain(value) && isForNothing(value)));

/**
 * Whether an item really is what was filtered by. Filters are an option that an account pays for: without it they are passed over in silence, and everything comes.
 * What an item does not tell of itself counts as right. Source: https://github.com/amocrm/amocrm-api-php/issues/348
 */
export function fits(filter: object, item: object): boolean {
  const told = item as Readonly<Record<string, unknown>>;
  return Object.entries(filter).every(([name, wanted]) => {
    if (wanted === undefined) return true;
    if (name === "statuses") return isOneOfStatuses(wanted as NonNullable<LeadFilter["statuses"]>, told);
    if (name === "custom_fields_values") return hasValues(wanted as object, (told[name] ?? []) as readonly FieldValues[]);
    const value = told[names[name] ?? name];
    if (value === undefined) return true;
    if (name === "name") return asList(wanted).some((one) => String(value).toLowerCase().includes(String(one).toLowerCase()));
    return isPlain(wanted) ? isWithin(wanted as Range, value) : asList(wanted).some((one) => String(one) === String(value));
  });
}

/** Filters that are called otherwise than what they are of; those of values are amoCRM's affair. */
const names: Readonly<Record<string, string>> = { task_type: "task_type_id", entity: "entity_type", value_before: "", value_after: "" };

const isOneOfStatuses = (wanted: NonNullable<LeadFilter["statuses"]>, { pipeline_id, status_id }: Readonly<Record<string, unknown>>) =>
  wanted.some((one) => one.pipeline_id === pipeline_id && one.status_id === status_id);

const hasValues = (wanted: object, fields: readonly FieldValues[]): boolean =>
  Object.entries(wanted).every(([id, value]) => {
    const values = fields.find(({ field_id }) => String(field_id) === id)?.values ?? [];
    return values.some(({ value: said, enum_id }) =>
      isPlain(value)
        ? isWithin(value as Range, said)
        : asList(value).some((one) => sameText(one, said) || (enum_id !== undefined && String(one) === String(enum_id))),
    );
  });

const sameText = (one: unknown, other: unknown): boolean =>
  typeof other === "boolean" ? String(one) === (other ? "1" : "0") : String(one).toLowerCase() === String(other).toLowerCase();

const isWithin = ({ from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: Range, value: unknown): boolean =>
  value !== null && Number(value) >= from && Number(value) <= to;

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const isPlain = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);
