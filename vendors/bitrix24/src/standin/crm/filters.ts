import { Page, type Params, Refusal } from "../call.ts";
import { isMap, listOf, mapOf, numberOf, textOf } from "../params.ts";

/** How lists are filtered, ordered and cut into pages. Prefixes: settings/how-to-call-rest-api/list-methods-pecularities. */

const prefixes = ["!=%", "!%=", "!@", "!%", "!=", ">=", "<=", "=%", "%=", "@", "%", "!", ">", "<", "="] as const;
type Prefix = (typeof prefixes)[number];

export const pageSize = 50;

/** The field of a filter's key, and what is asked of it. */
export function readKey(key: string): { readonly prefix: Prefix; readonly field: string } {
  const prefix = prefixes.find((one) => key.startsWith(one));
  return { prefix: prefix ?? "=", field: key.slice(prefix?.length ?? 0) };
}

export interface Filtering<T> {
  /** Throws `Refusal` for a field that may not be asked for. */
  value(row: T, field: string): unknown;
  /** Groups under numeric keys, with `logic: OR`: the universal lists only. */
  readonly nested: boolean;
}

export function matches<T>(row: T, filter: Params, by: Filtering<T>): boolean {
  const groups = Object.entries(filter).filter(([key]) => key.toLowerCase() !== "logic");
  const test = ([key, wanted]: [string, unknown]): boolean => {
    if (/^\d+$/.test(key)) {
      if (!by.nested) throw new Refusal(400, "", "Nested filters are not supported");
      return matches(row, mapOf(wanted), by);
    }
    const { prefix, field } = readKey(key);
    return holds(prefix, by.value(row, field), wanted);
  };
  const isOr = textOf(Object.entries(filter).find(([key]) => key.toLowerCase() === "logic")?.[1]).toUpperCase() === "OR";
  return isOr ? groups.some(test) : groups.every(test);
}

function holds(prefix: Prefix, value: unknown, wanted: unknown): boolean {
  if (prefix.startsWith("!")) return !holds(positive(prefix), value, wanted);
  const values = Array.isArray(value) ? (value.length === 0 ? [null] : value) : [value];
  const wants = isMap(wanted) ? listOf(wanted) : [wanted];
  return values.some((one) => (isMap(wanted) && wants.length === 0 ? isEmpty(one) : wants.some((want) => holdsOne(prefix, one, want))));
}

const positive = (prefix: Prefix): Prefix => (prefix === "!" || prefix === "!=" ? "=" : (prefix.slice(1) as Prefix));

const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === "" || value === 0;

function holdsOne(prefix: Prefix, value: unknown, wanted: unknown): boolean {
  const want = textOf(wanted);
  if (prefix === "=" || prefix === "@") return want === "" || wanted === false ? isEmpty(value) : compare(value, wanted) === 0;
  if (prefix === "%") return textOf(value).toLowerCase().includes(want.toLowerCase());
  if (prefix === "=%" || prefix === "%=") return pattern(want).test(textOf(value));
  if (isEmpty(value) && typeof value !== "number") return false;
  const order = compare(value, wanted);
  return { ">": order > 0, ">=": order >= 0, "<": order < 0, "<=": order <= 0 }[prefix as ">" | ">=" | "<" | "<="];
}

/** `%` is anything, as in SQL. */
const pattern = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split("%")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
    "isu",
  );

const datePattern = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?|$)/;

/** Numbers as numbers, times as times, all else as text without regard to case. */
export function compare(left: unknown, right: unknown): number {
  const [a, b] = [textOf(left), textOf(right)];
  if (datePattern.test(a) && datePattern.test(b)) return timeOf(a) - timeOf(b);
  const [x, y] = [numberOf(left), numberOf(right)];
  if (x !== undefined && y !== undefined && !/^[+0]\d/.test(a)) return x - y;
  const [p, q] = [a.toLowerCase(), b.toLowerCase()];
  return p < q ? -1 : p > q ? 1 : 0;
}

/** A time that says no offset is the portal's. */
const timeOf = (text: string): number => {
  const iso = text.replace(" ", "T");
  const hasOffset = /(Z|[+-]\d{2}:?\d{2})$/i.test(iso.slice(10));
  return Date.parse(iso.length === 10 ? `${iso}T00:00:00+03:00` : hasOffset ? iso : `${iso}+03:00`);
};

/** By the fields of `order`, then by id. */
export function sorted<T>(rows: readonly T[], order: Params, value: (row: T, field: string) => unknown, idField: string): T[] {
  const keys = Object.entries(order).map(([field, way]) => ({ field, sign: /^desc/i.test(textOf(way)) ? -1 : 1 }));
  return [...rows].sort((a, b) => {
    for (const { field, sign } of [...keys, { field: idField, sign: 1 }]) {
      const found = compare(value(a, field), value(b, field));
      if (found !== 0) return sign * found;
    }
    return 0;
  });
}

/** Fifty from `start`; `start=-1` counts nothing. `write` makes `result` of what is on the page. */
export function pageOf<T>(rows: readonly T[], start: unknown, write: (page: readonly T[]) => unknown): Page {
  const from = numberOf(start) ?? 0;
  if (from < 0) return new Page(write(rows.slice(0, pageSize)), 0, undefined);
  const page = rows.slice(from, from + pageSize);
  return new Page(write(page), rows.length, from + pageSize < rows.length ? from + pageSize : undefined);
}
