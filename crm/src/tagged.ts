import { sql as raw } from "kysely";
import type { Entity } from "./by.ts";
import type { Part } from "./page.ts";
import type { Sql } from "./sql.ts";

/** Up to here the tagged records are read by their keys; beyond, a list is read in its order and finds enough of them on its way. */
const few = 10_000;

/**
 * The condition for a list of `r` by a tag's name. Asks first how common the tag is: no statistics tell the planner that, and with the wrong
 * guess a tag that nobody has costs the whole table.
 */
export async function hasTag(sql: Sql, entity: Entity, name: string): Promise<Part> {
  const [tag] = await sql.query<{ id: number; common: boolean }>({
    name: "crm-tag",
    text: `select t.id, (select count(*) > ${few} from (
        select from crm.tagged g where g.workspace = $1 and g.tag = t.id limit ${few + 1}) counted) as common
      from crm.tag t where t.workspace = $1 and t.entity = $2 and lower(t.name) = lower($3) and t.deleted_at is null`,
    values: [sql.workspace, entity, name],
  });
  return tag ? isTagged(sql, entity, [tag.id], tag.common) : raw`false`;
}

/** As `hasTag`, for any of some tags, by their ids. */
export async function hasAnyTag(sql: Sql, entity: Entity, ids: readonly number[]): Promise<Part> {
  const [tags] = await sql.query<{ ids: number[]; common: boolean }>({
    name: "crm-tags",
    text: `select coalesce(jsonb_agg(t.id), '[]') as ids, coalesce(sum(n.tagged), 0) > ${few} as common
      from crm.tag t cross join lateral (select count(*) as tagged from (
        select from crm.tagged g where g.workspace = $1 and g.tag = t.id limit ${few + 1}) counted) n
      where t.workspace = $1 and t.entity = $2 and t.id = any($3::bigint[]) and t.deleted_at is null`,
    values: [sql.workspace, entity, ids],
  });
  return tags && tags.ids.length > 0 ? isTagged(sql, entity, tags.ids, tags.common) : raw`false`;
}

const isTagged = ({ workspace }: Sql, entity: Entity, tags: readonly number[], common: boolean): Part =>
  common
    ? raw`exists (select from crm.tagged g where g.workspace = ${workspace} and g.entity = ${entity} and g.record = r.id and g.tag = any(${tags}::bigint[]))`
    : raw`r.id = any(array(select g.record from crm.tagged g where g.workspace = ${workspace} and g.tag = any(${tags}::bigint[])))`;
