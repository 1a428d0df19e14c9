import type { OwnValueFilter } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { Entity } from "../by.ts";
import { Invalid } from "../errors.ts";
import { type Field, fieldsOf } from "../fields.ts";
import { holding } from "../found.ts";
import type { Part } from "../page.ts";
import type { Sql } from "../sql.ts";

/** The conditions on `r` that each of these makes. A field that is not there is `Invalid`. */
export async function hasValues(sql: Sql, entity: Entity, filters: readonly OwnValueFilter[]): Promise<Part[]> {
  if (filters.length === 0) return [];
  const definitions = await fieldsOf(sql, entity);
  const parts: Part[] = [];
  for (const filter of filters) {
    const field = definitions.find(({ id }) => id === filter.field);
    if (!field) throw new Invalid({ [`values.${filter.field}`]: ["there is no custom field with this id"] });
    parts.push("any" in filter ? await isAny(sql, entity, field, filter.any) : isBetween(field, filter.from, filter.to));
  }
  return parts;
}

const kept = (field: Field): Part => raw`r.fields -> ${String(field.id)}`;

/** Of a multiselect, one of its options is enough; of money, the minor units. */
function isAny(sql: Sql, entity: Entity, field: Field, any: readonly (string | number | boolean)[]): Promise<Part> {
  const holds = (value: unknown) => ({
    [String(field.id)]: field.type === "multiselect" ? [value] : field.type === "money" ? { minor: value } : value,
  });
  const held = any.map(holds);
  return holding(
    sql,
    entity,
    held,
    raw`(${raw.join(
      held.map((one) => raw`r.fields @> ${JSON.stringify(one)}::jsonb`),
      raw` or `,
    )})`,
  );
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
