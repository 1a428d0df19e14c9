import type { Entity } from "./by.ts";
import { channelColumns, channelRecord } from "./channels.ts";

/**
 * Parts of data-modifying statements, put together into one round trip. Each is a list of `with` queries and works on the rows of `owner`
 * (a query that answers an `id` column): when that is empty, nothing is written. `$1` is the workspace everywhere.
 * Every argument after the first is SQL: the place of a value or the name of a query, never something that came from outside.
 */

/** Phones, e-mails and messengers from a JSON array of `ChannelRow`. */
export const channelParts = (entity: "contact" | "company", owner: string, rows: string): string => `
  channels_put as (
    insert into crm.channel (workspace, ${entity}, ${channelColumns})
    select $1, ${owner}.id, ${channelColumns
      .split(", ")
      .map((name) => `x.${name}`)
      .join(", ")} from ${owner} cross join jsonb_to_recordset(${rows}) as x ${channelRecord})`;

/** Ties tags by name, making those that are not there yet. Two callers who make the same tag get the same one. */
export const tagParts = (entity: Entity, owner: string, names: string): string => `
  tag_names as (select distinct on (lower(btrim(n))) btrim(n) as name from unnest(${names}::text[]) as n where btrim(n) <> ''),
  tags_known as (
    select t.id, t.name from crm.tag t join tag_names n on lower(t.name) = lower(n.name)
    where t.workspace = $1 and t.entity = '${entity}' and t.deleted_at is null),
  tags_made as (
    insert into crm.tag (workspace, entity, name)
    select $1, '${entity}', n.name from tag_names n
    where exists (select from ${owner}) and not exists (select from tags_known k where lower(k.name) = lower(n.name))
    on conflict (workspace, entity, lower(name)) where deleted_at is null do update set name = crm.tag.name
    returning id),
  tags_tied as (
    insert into crm.tagged (workspace, entity, record, tag)
    select $1, '${entity}', ${owner}.id, t.id from ${owner} cross join (select id from tags_known union select id from tags_made) t
    on conflict do nothing)`;

/** What a text field could not hold, as a note with its line in the timeline. */
export const noteParts = (entity: Entity, owner: string, text: string, author: string, by: ByPlaces): string => `
  note_made as (
    insert into crm.note (workspace, ${entity}, text, created_by) select $1, ${owner}.id, ${text}::text, ${author}::bigint from ${owner}
    where ${text}::text is not null returning id, ${entity}),
  note_line as (
    insert into crm.timeline (workspace, kind, actor, via, key, ${entity}, note)
    select $1, 'note', ${by.actor}::text, ${by.via}::bigint, ${by.key}::text, ${entity}, id from note_made)`;

/** The line "it was made". */
export const createdParts = (entity: Entity, owner: string, by: ByPlaces): string => `
  created_line as (
    insert into crm.timeline (workspace, kind, actor, via, key, ${entity})
    select $1, 'created', ${by.actor}::text, ${by.via}::bigint, ${by.key}::text, id from ${owner})`;

/** Records the key of this write. Somebody else writing the same key at this moment makes the whole statement fail: see `settleRace`. */
export const writtenParts = (kind: string, owner: string, by: ByPlaces): string => `
  written_key as (
    insert into crm.written (workspace, kind, key, id) select $1, '${kind}', ${by.key}::text, id from ${owner} where ${by.key}::text is not null)`;

/** The record this key has made before. */
export const knownPart = (kind: string, by: ByPlaces): string => `
  known as (select id from crm.written where workspace = $1 and kind = '${kind}' and key = ${by.key}::text)`;

/** Names of those references that lead nowhere: `[name, table, place]`; and of further complaints: `[name, condition]`. */
export const wrongPart = (
  references: readonly (readonly [name: string, table: ReferencedTable, place: string])[],
  complaints: readonly (readonly [name: string, condition: string])[] = [],
): string => `
  wrong as (${[
    "select null::text as name where false",
    ...references.map(
      ([name, table, place]) =>
        `select '${name}' where ${place}::bigint is not null and not exists (
           select from crm.${table} where workspace = $1 and id = ${place}::bigint${table === "user_account" ? "" : " and deleted_at is null"})`,
    ),
    ...complaints.map(([name, condition]) => `select '${name}' where ${condition}`),
  ].join(" union all ")})`;

/**
 * A scalar subquery and no join, here and wherever a statement goes from few rows to a big table: it can only be run by the key, row by row.
 * With the statistics of an empty or young workspace the planner takes "all contacts of the workspace" for one row and reads them all.
 */
export const noSuchContact = (id: string): string =>
  `(select c.id from crm.contact c where c.workspace = $1 and c.id = ${id} and c.deleted_at is null limit 1) is null`;
export type ReferencedTable = "contact" | "company" | "deal" | "user_account" | "source" | "loss_reason" | "task_type" | "pipeline";

/** Where the values of `By` stand. */
export interface ByPlaces {
  readonly actor: string;
  readonly via: string;
  readonly key: string;
}

/** What a statement that makes a record answers: the record an earlier write with this key made, the one made now, or what was wrong. */
export interface MadeRow {
  readonly known: number | null;
  readonly made: number | null;
  readonly wrong: readonly string[];
}
