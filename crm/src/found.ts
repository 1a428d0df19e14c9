import { sql as raw } from "kysely";
import type { Entity } from "./by.ts";
import { type Part, run } from "./page.ts";
import type { Sql } from "./sql.ts";

/** Up to here records that were found are read by their keys; beyond, a list is read in its order and comes upon enough of them on its way. */
const few = 10_000;

/**
 * The condition on `r` for those that a function of the database finds by an index. `otherwise` says the same of `r` itself: no statistics tell the planner how many there
 * are, and with the wrong guess a value that nobody has costs the whole table.
 */
async function fewOr(sql: Sql, found: Part, otherwise: Part): Promise<Part> {
  const rows = await run<{ id: number }>(sql, raw`select id from ${found} as f (id)`);
  return rows.length > few ? otherwise : raw`r.id = any(${rows.map(({ id }) => id)}::bigint[])`;
}

/** Of `r` with one of these values: `{"12": "text"}`, by the field's id. `otherwise` says so of `r` itself. */
export const holding = (sql: Sql, entity: Entity, held: readonly object[], otherwise: Part): Promise<Part> =>
  fewOr(sql, raw`crm.find_valued(${entity}, ${held.map((one) => JSON.stringify(one))}::jsonb[], ${few + 1})`, otherwise);

/** Of `r` with one of these whole names; of a contact the full name. */
export function called(sql: Sql, entity: Entity, names: readonly string[]): Promise<Part> {
  const otherwise = raw`${raw.ref(entity === "contact" ? "r.full_name" : "r.name")} = any(${names}::text[])`;
  // Of what has no word in it, the index knows nothing.
  return names.some((name) => !/[\p{L}\p{N}]/u.test(name))
    ? Promise.resolve(otherwise)
    : fewOr(sql, raw`crm.find_called(${entity}, ${names}::text[], ${few + 1})`, otherwise);
}
