import { type FieldType, type OwnValue, readEmail, readMoney, readPhone, readWhen, writeMoney } from "@svyazka/core";
import type { Entity, Home } from "./by.ts";
import type { Field, FieldOption } from "./fields.ts";
import { fieldsOf } from "./fields.ts";
import type { Sql } from "./sql.ts";

/** Money as the API shows it: decimal text beside its currency. */
export interface MoneyText {
  readonly sum: string;
  readonly currency: string;
}

/** A custom value as callers see it; a select is its option's text. */
export type FieldValue = string | number | boolean | readonly string[] | MoneyText | { readonly json: unknown };
/** By the field's code. */
export type FieldValues = Readonly<Record<string, FieldValue>>;

/** As kept in `fields`, by the field's id: options by their ids, money in minor units. */
export type StoredValue = OwnValue;
export type StoredFields = Readonly<Record<string, StoredValue>>;

/** Reads one value; undefined when the field cannot hold it. Text is read as people type it: `да`, `1 000,50`, `31.12.2026`. */
export function readFieldValue(field: Field, given: unknown, home: Home): StoredValue | undefined {
  if (field.type === "multiselect") return readOptions(field, given);
  if (typeof given === "string") return readText(field, given.trim(), home);
  if (typeof given === "boolean") return field.type === "flag" ? given : undefined;
  if (typeof given === "number") return readNumber(field, given, home);
  if (field.type === "object") return typeof given === "object" && given !== null && "json" in given ? readJson(given.json) : undefined;
  if (field.type === "money" && typeof given === "object" && given !== null && "currency" in given) return readSum(given);
  return undefined;
}

/** Decimal text or minor units beside a currency. */
function readSum(given: { readonly currency: unknown; readonly sum?: unknown; readonly minor?: unknown }): StoredValue | undefined {
  const { sum, minor, currency } = given;
  if (typeof currency !== "string" || !/^[A-Z]{3}$/.test(currency)) return undefined;
  if (typeof sum === "string") return readMoney(sum, currency);
  return typeof minor === "number" && Number.isSafeInteger(minor) ? { minor, currency } : undefined;
}

function readText(field: Field, text: string, home: Home): StoredValue | undefined {
  switch (field.type) {
    case "text":
    case "address":
      return text;
    case "number": {
      const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
      return /^-?\d+(\.\d+)?$/.test(plain) && Number.isFinite(Number(plain)) ? Number(plain) : undefined;
    }
    case "flag":
      if (/^(1|true|yes|on|да|вкл)$/i.test(text)) return true;
      return /^(0|false|no|off|нет|выкл|)$/i.test(text) ? false : undefined;
    case "date":
      return readDate(text);
    case "moment":
      return readMoment(text, home.timeZone ?? "UTC");
    case "select":
      return findOption(field, text)?.id;
    case "multiselect":
      return readOptions(field, text);
    case "url":
      return /^(https?:\/\/)?[^\s/.]+(\.[^\s/.]+)+(\/\S*)?$/iu.test(text) ? text : undefined;
    case "phone":
      return readPhone(text, home.country) ? text : undefined;
    case "email":
      return readEmail(text) === undefined ? undefined : text;
    case "money":
      return readMoney(text, home.currency);
    case "object":
      return readJsonText(text);
  }
}

/** UTC with milliseconds, always: so the order of the texts is that of the moments. */
function readMoment(text: string, timeZone: string): string | undefined {
  const read = readWhen(text, timeZone, "start");
  const at = read === undefined ? Number.NaN : Date.parse(read);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

function readJsonText(text: string): StoredValue | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return readJson(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const deepest = 40;
const longestJson = 65_535;

/** Nothing that is too deep for whoever walks through it, or too long for a record. */
function readJson(json: unknown): StoredValue | undefined {
  let level: unknown[] = [json];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return undefined;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  const text = JSON.stringify(json);
  return text !== undefined && text.length <= longestJson ? { json: JSON.parse(text) as unknown } : undefined;
}

function readNumber(field: Field, given: number, home: Home): StoredValue | undefined {
  if (!Number.isFinite(given)) return undefined;
  if (field.type === "number") return given;
  if (field.type === "select") return field.options.find((option) => option.id === given)?.id;
  if (field.type === "flag") return given === 1 ? true : given === 0 ? false : undefined;
  return field.type === "text" || field.type === "money" ? readText(field, String(given), home) : undefined;
}

/** An array of texts, codes or ids, or one text with the options parted by commas. */
function readOptions(field: Field, given: unknown): readonly number[] | undefined {
  if (typeof given === "string") {
    const whole = findOption(field, given.trim());
    if (whole) return [whole.id];
  }
  const items: readonly unknown[] =
    typeof given === "string"
      ? given
          .split(/[,;]/)
          .map((item) => item.trim())
          .filter((item) => item !== "")
      : Array.isArray(given)
        ? given
        : [given];
  const ids = items.map((item) =>
    typeof item === "number" ? field.options.find((option) => option.id === item)?.id : findOption(field, String(item))?.id,
  );
  return ids.every((id) => id !== undefined) ? [...new Set(ids)] : undefined;
}

const findOption = (field: Field, text: string): FieldOption | undefined =>
  field.options.find((option) => option.value.toLowerCase() === text.toLowerCase()) ??
  field.options.find((option) => option.code !== null && option.code === text);

/** `YYYY-MM-DD`, also at the head of a full ISO 8601 moment, or `DD.MM.YYYY`. */
function readDate(text: string): string | undefined {
  const iso = /^(\d{4})-(\d\d)-(\d\d)(?:$|[T ])/.exec(text);
  const local = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
  const date = iso
    ? `${iso[1]}-${iso[2]}-${iso[3]}`
    : local
      ? `${local[3]}-${local[2]?.padStart(2, "0")}-${local[1]?.padStart(2, "0")}`
      : undefined;
  if (date === undefined) return undefined;
  const read = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(date) ? date : undefined;
}

function writeFieldValue(field: Field, stored: StoredValue): FieldValue | undefined {
  const text = (id: number): string | undefined => field.options.find((option) => option.id === id)?.value;
  if (field.type === "select") return typeof stored === "number" ? text(stored) : undefined;
  if (field.type === "multiselect") return Array.isArray(stored) ? stored.map(text).filter((value) => value !== undefined) : undefined;
  if (typeof stored === "object" && "json" in stored) return stored;
  if (typeof stored === "object" && "minor" in stored) return { sum: writeMoney(stored), currency: stored.currency };
  return typeof stored === "object" ? undefined : stored;
}

/** Names stored values by the codes of their fields; values of deleted fields are left out. */
export const writeFields = (fields: readonly Field[], stored: StoredFields): FieldValues =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const kept = stored[String(field.id)];
      const value = kept === undefined ? undefined : writeFieldValue(field, kept);
      return value === undefined ? [] : [[field.code, value]];
    }),
  );

/** As `writeFields` for several records, asking for the definitions only when one of them has values. */
export async function withFields<Row extends { readonly fields: StoredFields }>(
  sql: Sql,
  entity: Entity,
  rows: readonly Row[],
): Promise<(Omit<Row, "fields"> & { readonly fields: FieldValues })[]> {
  const needed = rows.some((row) => Object.keys(row.fields).length > 0);
  const definitions = needed ? await fieldsOf(sql, entity, { pastOptions: true }) : [];
  return rows.map((row) => ({ ...row, fields: writeFields(definitions, row.fields) }));
}

/** What came of values given by code or by id: `stored` can be kept (null clears), `unknown` and `unfit` cannot. */
export interface ReadFields {
  readonly stored: Record<string, StoredValue | null>;
  readonly unknown: readonly string[];
  readonly unfit: readonly { readonly field: Field; readonly given: unknown }[];
  /** Those of `values`, by the field's id. */
  readonly problems: Readonly<Record<string, readonly string[]>>;
  readonly definitions: readonly Field[];
}

/** Codes are compared without regard to case. Null and empty text clear a field. `values` are given by the field's id, as they are kept or as `given` are. */
export async function readFields(
  sql: Sql,
  entity: Entity,
  given: Readonly<Record<string, unknown>> | undefined,
  home: Home,
  values: Readonly<Record<string, unknown>> = {},
): Promise<ReadFields> {
  const isNeeded = Object.keys(given ?? {}).length + Object.keys(values).length > 0;
  return readFieldsBy(isNeeded ? await fieldsOf(sql, entity) : [], given, home, values);
}

/** As `readFields`, by definitions that are at hand. */
export function readFieldsBy(
  definitions: readonly Field[],
  given: Readonly<Record<string, unknown>> | undefined,
  home: Home,
  values: Readonly<Record<string, unknown>> = {},
): ReadFields {
  const entries = Object.entries(given ?? {});
  const stored: Record<string, StoredValue | null> = {};
  const unknown: string[] = [];
  const unfit: { field: Field; given: unknown }[] = [];
  const read = (field: Field, value: unknown) => (value === null || value === "" ? null : readFieldValue(field, value, home));
  for (const [code, value] of entries) {
    const field = definitions.find((definition) => definition.code.toLowerCase() === code.toLowerCase());
    const kept = field && read(field, value);
    if (!field) unknown.push(code);
    else if (kept === undefined) unfit.push({ field, given: value });
    else stored[String(field.id)] = kept;
  }
  const problems: Record<string, readonly string[]> = {};
  for (const [id, value] of Object.entries(values)) {
    const field = definitions.find((definition) => String(definition.id) === id);
    const kept = field && read(field, value);
    if (kept === undefined) problems[`values.${id}`] = [field ? expectation[field.type] : "there is no custom field with this id"];
    else stored[id] = kept;
  }
  return { stored, unknown, unfit, problems, definitions };
}

/** What to mend, for a caller who must hear of it. */
export const fieldProblems = ({ unknown, unfit, problems }: ReadFields): Record<string, readonly string[]> =>
  Object.fromEntries([
    ...Object.entries(problems),
    ...unknown.map((code) => [`fields.${code}`, ["there is no custom field with this code"]] as const),
    ...unfit.map(({ field }) => [`fields.${field.code}`, [expectation[field.type]]] as const),
  ]);

/** The whole new set of stored values: null removes one. */
export const mergeFields = (before: StoredFields, changes: ReadFields["stored"]): StoredFields =>
  Object.fromEntries(Object.entries({ ...before, ...changes }).filter((entry): entry is [string, StoredValue] => entry[1] !== null));

const expectation: Readonly<Record<FieldType, string>> = {
  text: "must be text",
  number: "must be a number",
  flag: "must be true or false",
  date: "must be a date: YYYY-MM-DD",
  select: "must be one of the field's options",
  multiselect: "must be a list of the field's options",
  url: "must be an address of a page",
  phone: "must be a phone",
  email: "must be an e-mail address",
  money: 'must be a sum: {"sum": "100.50", "currency": "RUB"}',
  address: "must be text",
  moment: "must be a moment: 2026-12-31T15:00:00Z",
  object: "must be JSON, not too deep and not too long",
};
