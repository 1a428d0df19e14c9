import type { OwnValueFilter } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { Entity } from "../by.ts";
import { Invalid } from "../errors.ts";
import { type Field, fieldsOf } from "../fields.ts";
import type { Part } from "../page.ts";
import type { Sql } from "../sql.ts";

/** The conditions on `r` that each of these makes. A field that is not there is `Invalid`. */
export async function hasValues(sql: Sql, entity: Entity, filters: readonly OwnValueFilter[]): Promise<Part[]> {
  if (filters.length === 0) return [];
  const definitions = await fieldsOf(sql, entity);
  return filters.map((filter) => {
    const field = definitions.find(({ id }) => id === filter.field);
    if (!field) throw new Invalid({ [`values.${filter.field}`]: ["there is no custom field with this id"] });
    return "any" in filter ? isAny(field, filter.any) : isBetween(field, filter.from, filter.to);
  });
}

const kept = (field: Field): Part => raw`r.fields -> ${String(field.id)}`;

/** Of a multiselect, one of its options is enough; of money, the minor units. */
function isAny(field: Field, any: readonly (string | number | boolean)[]): Part {
  const values = JSON.stringify(any);
  if (field.type === "multiselect")
    return raw`exists (select from jsonb_array_elements(${kept(field)}) held where held.value in (select jsonb_array_elements(${values}::jsonb)))`;
  const value = field.type === "money" ? raw`${kept(field)} -> 'minor'` : kept(field);
  return raw`${value} in (select jsonb_array_elements(${values}::jsonb))`;
}

const numeric: ReadonlySet<Field["type"]> = new Set(["number", "money"]);

/** Numbers by their size; everything else by its text, which for dates and moments is their order. */
function isBetween(field: Field, from: string | number | undefined, to: string | number | undefined): Part {
  const text = field.type === "money" ? raw`(${kept(field)} ->> 'minor')` : raw`(r.fields ->> ${String(field.id)})`;
  if (!numeric.has(field.type)) {
    return raw.join(
      [
        raw`${text} is not null`,
        ...(from === undefined ? [] : [raw`${text} collate "C" >= ${String(from)}`]),
        ...(to === undefined ? [] : [raw`${text} collate "C" <= ${String(to)}`]),
      ],
      raw` and `,
    );
  }
  const [least, most] = [Number(from ?? Number.NaN), Number(to ?? Number.NaN)];
  if ((from !== undefined && !Number.isFinite(least)) || (to !== undefined && !Number.isFinite(most)))
    throw new Invalid({ [`values.${field.id}`]: ["must be a number"] });
  const number = raw`${text}::numeric`;
  return raw.join(
    [
      raw`${text} is not null`,
      ...(from === undefined ? [] : [raw`${number} >= ${least}::numeric`]),
      ...(to === undefined ? [] : [raw`${number} <= ${most}::numeric`]),
    ],
    raw` and `,
  );
}
