import type { OwnTag, OwnTagDraft, OwnTagRef, OwnTags } from "@svyazka/core";
import { sql as raw } from "kysely";
import { idFor } from "../brought-id.ts";
import type { Entity } from "../by.ts";
import type { TagDraft } from "../change.ts";
import { Invalid, NotFound } from "../errors.ts";
import { run } from "../page.ts";
import type { Sql } from "../sql.ts";

/** The draft with its tags by name. Throws `Invalid` for one that is given by id and is not there. */
export async function withTagNames<Draft extends OwnTagDraft>(
  sql: Sql,
  entity: Entity,
  draft: Draft,
): Promise<Omit<Draft, keyof OwnTagDraft> & TagDraft> {
  const { tags, addTags, removeTags, ...rest } = draft;
  const ids = [tags, addTags, removeTags].flatMap((refs) => refs ?? []).flatMap((ref) => ("id" in ref ? [ref.id] : []));
  const known = ids.length === 0 ? [] : await namesOf(sql, entity, ids);
  const name = (member: string) => (ref: OwnTagRef) => {
    if ("name" in ref) return ref.name;
    const found = known.find(({ id }) => id === ref.id);
    if (!found) throw new Invalid({ [member]: [`there is no tag ${ref.id}`] });
    return found.name;
  };
  return {
    ...rest,
    tags: tags?.map(name("tags")),
    addTags: addTags?.map(name("addTags")),
    removeTags: removeTags?.map(name("removeTags")),
  };
}

const namesOf = (sql: Sql, entity: Entity, ids: readonly number[]): Promise<{ readonly id: number; readonly name: string }[]> =>
  sql.query({
    name: "crm-tag-names",
    text: "select id, name from crm.tag where workspace = $1 and entity = $2 and id = any($3::bigint[]) and deleted_at is null",
    values: [sql.workspace, entity, ids.filter(Number.isSafeInteger)],
  });

/** Tags of our own CRM, for `OwnCrm`. Whoever may write makes them, as they do by naming them. */
export function ownTags(sql: Sql): OwnTags {
  const list: OwnTags["list"] = async ({ entity, limit, skip = 0, ids, names, q }) => {
    const where = [raw`r.workspace = ${sql.workspace}`, raw`r.entity = ${entity}`, raw`r.deleted_at is null`];
    if (ids) where.push(raw`r.id = any(${ids.filter(Number.isSafeInteger)}::bigint[])`);
    if (names) where.push(raw`lower(r.name) = any(${names.map((name) => name.trim().toLowerCase())}::text[])`);
    if (q !== undefined) where.push(raw`strpos(lower(r.name), ${q.trim().toLowerCase()}) > 0`);
    const rows = await run<OwnTag>(
      sql,
      raw`select r.id, r.entity, r.name, r.colour, r.position, r.created_at as "createdAt", r.updated_at as "updatedAt" from crm.tag as r
        where ${raw.join(where, raw` and `)} order by r.position, r.id limit ${limit + 1} offset ${skip}`,
    );
    return { items: rows.slice(0, limit), isMore: rows.length > limit };
  };
  return {
    list,
    async create({ id, entity, name, colour = null }) {
      if (name.trim() === "") throw new Invalid({ name: ["must not be empty"] });
      const known = async () => (await list({ entity, names: [name], limit: 1 })).items[0];
      const there = await known();
      if (there) return there;
      const ownId = await idFor(sql, "tag", id);
      // Another one may make it at this moment: then there is one.
      await run(
        sql,
        raw`insert into crm.tag (workspace, id, entity, name, colour) values (${sql.workspace}, ${ownId}, ${entity}, ${name.trim()}, ${colour})
        on conflict (workspace, entity, lower(name)) where deleted_at is null do nothing`,
      );
      const made = await known();
      if (!made) throw new NotFound("tag", name);
      return made;
    },
  };
}
