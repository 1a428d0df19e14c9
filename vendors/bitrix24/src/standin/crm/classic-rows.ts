import { type Call, type Page, type Params, Refusal } from "../call.ts";
import { isMap, listOf, mapOf, paramOf, textOf } from "../params.ts";
import { matches, pageOf, sorted } from "./filters.ts";

/** How the older methods answer: UPPER_CASE rows of strings, and an error without a code when there is nothing. */

export const notFound = (text = "Not found"): Refusal => new Refusal(400, "", text);

/** Numbers become strings; what is a map, a list or null stays. */
export const asStrings = (row: Params): Params =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === "number" ? String(value) : value]));

export const cellOf = (row: object, field: string): unknown => (row as Params)[field];

/** A page of rows by `filter`, `order`, `select` and `start`. */
export function listRows(call: Call, rows: Iterable<Params>, write: (row: Params) => Params = asStrings, idField = "ID"): Page {
  const filter = mapOf(paramOf(call, "filter"));
  const found = [...rows].filter((row) => matches(row, filter, { nested: false, value: cellOf }));
  const order = sorted(found, mapOf(paramOf(call, "order")), cellOf, idField);
  const select = listOf(paramOf(call, "select")).map(textOf);
  const chosen = (row: Params): Params =>
    select.length === 0 || select.includes("*")
      ? row
      : Object.fromEntries(Object.entries(row).filter(([name]) => name === idField || select.includes(name)));
  return pageOf(order, paramOf(call, "start"), (page) => page.map((row) => chosen(write(row))));
}

/** What may be written of a row: all but what the portal fills in itself. */
export const written = (given: unknown, readOnly: readonly string[]): Params =>
  Object.fromEntries(
    Object.entries(mapOf(given))
      .filter(([name]) => !readOnly.includes(name))
      .map(([name, value]) => [name, isMap(value) ? value : textOf(value)]),
  );
