import type { OwnRecordFilter } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { Entity, Reader } from "../by.ts";
import { called } from "../found.ts";
import type { Part } from "../page.ts";
import { seenInList } from "../record-access.ts";
import { recordsMatching } from "../search.ts";
import type { Sql } from "../sql.ts";
import { hasAnyTag } from "../tagged.ts";
import { idsOf, oneOf, stampConditions } from "./page.ts";
import { hasValues } from "./value-filters.ts";

/** When the earliest open task on `r` is due. By the key of one row: run for the rows of a page only. */
const nextTask = (entity: Entity): Part => raw`(
  select min(k.due) from crm.task k where k.workspace = r.workspace and k.${raw.ref(entity)} = r.id and k.done_at is null and k.deleted_at is null)`;

/** The columns of `OwnRecord`, of a table called `r`. */
export const ownColumns = (entity: Entity): Part => raw`r.id, r.version::text as version, r.responsible, r.fields as values,
  r.created_by as "createdBy", r.updated_by as "updatedBy", r.created_at as "createdAt", r.updated_at as "updatedAt", r.deleted_at as "deletedAt",
  ${nextTask(entity)} as "nextTask",
  coalesce((select jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'colour', t.colour) order by lower(t.name))
    from crm.tagged g join crm.tag t on t.workspace = g.workspace and t.id = g.tag and t.deleted_at is null
    where g.workspace = r.workspace and g.entity = ${entity} and g.record = r.id), '[]') as tags`;

/** The conditions on `r` that contacts, companies and deals share. */
export async function recordConditions(sql: Sql, entity: Entity, filter: OwnRecordFilter, reader: Reader): Promise<Part[]> {
  const where = [...stampConditions(filter), ...seenInList(sql.workspace, entity, reader.sees)];
  if (filter.responsible) where.push(oneOf(raw`r.responsible`, filter.responsible));
  if (filter.names) where.push(await called(sql, entity, filter.names));
  if (filter.tags) where.push(await hasAnyTag(sql, entity, idsOf(filter.tags)));
  if (filter.nextTaskFrom || filter.nextTaskTo) where.push(isNextDue(sql, entity, filter));
  if (filter.values) where.push(...(await hasValues(sql, entity, filter.values)));
  return where;
}

/** What is searched for is found first: then it is a list of ids. */
export async function searched<F extends OwnRecordFilter>(sql: Sql, entity: Entity, filter: F, reader: Reader): Promise<F> {
  const { q, ids, ...rest } = filter;
  if (q === undefined) return filter;
  const found = await recordsMatching(sql, entity, q, reader);
  const wanted = ids && new Set(ids);
  return { ...rest, ids: wanted ? found.filter((id) => wanted.has(id)) : found } as unknown as F;
}

/** Those with an open task in that time, and none before it: found from the tasks. */
function isNextDue(sql: Sql, entity: Entity, { nextTaskFrom, nextTaskTo }: OwnRecordFilter): Part {
  const { workspace } = sql;
  const open = raw`k.workspace = ${workspace} and k.done_at is null and k.deleted_at is null`;
  const from = nextTaskFrom ? raw`and coalesce(k.due, timestamptz 'infinity') >= ${nextTaskFrom}` : raw``;
  const to = nextTaskTo ?? new Date(8.64e15);
  const before = nextTaskFrom
    ? raw`and not exists (select from crm.task e where e.workspace = k.workspace and e.${raw.ref(entity)} = k.${raw.ref(entity)}
        and e.done_at is null and e.deleted_at is null and e.due < ${nextTaskFrom})`
    : raw``;
  return raw`r.id = any(array(select k.${raw.ref(entity)} from crm.task k
    where ${open} ${from} and coalesce(k.due, timestamptz 'infinity') < ${to} and k.${raw.ref(entity)} is not null ${before}))`;
}
