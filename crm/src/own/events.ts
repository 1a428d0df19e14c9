import type { OwnEvent, OwnEventFilter, OwnPage } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { Reader } from "../by.ts";
import { type Part, run } from "../page.ts";
import { seenByTarget } from "../record-access.ts";
import type { Sql } from "../sql.ts";

/** Lines of the timeline over all records that the reader sees, the newest first. */
export async function ownEvents(sql: Sql, filter: OwnEventFilter, reader: Reader): Promise<OwnPage<OwnEvent>> {
  const { limit, skip = 0 } = filter;
  const rows = await run<Row>(
    sql,
    raw`select r.id, r.at, r.kind, r.actor, r.contact, r.company, r.deal, r.what,
        case when n.id is not null then jsonb_build_object('id', n.id, 'kind', n.kind, 'text', n.text) end as note,
        case when k.id is not null then jsonb_build_object('id', k.id, 'type', k.type, 'title', k.title, 'due', k.due, 'result', k.result) end as task,
        case when c.id is not null then jsonb_build_object('id', c.id, 'direction', c.direction) end as call
      from (
        select r.* from crm.timeline r where ${raw.join(conditions(sql, filter, reader), raw` and `)}
        order by r.at desc, r.id desc limit ${limit + 1} offset ${skip}) r
      left join crm.note n on n.workspace = r.workspace and n.id = r.note
      left join crm.task k on k.workspace = r.workspace and k.id = r.task
      left join crm.call c on c.workspace = r.workspace and c.id = r.call
      order by r.at desc, r.id desc`,
  );
  return { items: rows.slice(0, limit).map(written), isMore: rows.length > limit };
}

function conditions(sql: Sql, filter: OwnEventFilter, { sees }: Reader): Part[] {
  const where = [raw`r.workspace = ${sql.workspace}`, ...seenByTarget(sql.workspace, sees)];
  if (filter.ids) where.push(raw`r.id = any(${filter.ids}::bigint[])`);
  if (filter.kinds) where.push(raw`r.kind = any(${filter.kinds}::text[])`);
  if (filter.on)
    where.push(filter.records ? raw`r.${raw.ref(filter.on)} = any(${filter.records}::bigint[])` : raw`r.${raw.ref(filter.on)} is not null`);
  if (filter.from) where.push(raw`r.at >= ${filter.from}`);
  if (filter.to) where.push(raw`r.at < ${filter.to}`);
  if (filter.actors) where.push(byActors(filter.actors));
  if (filter.members) {
    const told = filter.members.map((member) => raw`jsonb_exists(r.what -> 'changes', ${member})`);
    where.push(raw`(r.kind <> 'changed' or (${raw.join(told, raw` or `)}))`);
  }
  return where;
}

/** Whoever is no person is a program. */
function byActors(actors: readonly (number | null)[]): Part {
  const people = actors.flatMap((id) => (id === null ? [] : [`user:${id}`]));
  const named = raw`r.actor = any(${people}::text[])`;
  return actors.includes(null) ? raw`(${named} or r.actor not like 'user:%')` : named;
}

type Row = Omit<OwnEvent, "user" | "task"> & {
  readonly task: (Omit<NonNullable<OwnEvent["task"]>, "due"> & { readonly due: string | null }) | null;
};

const written = ({ task, ...row }: Row): OwnEvent => ({
  ...row,
  user: row.actor.startsWith("user:") ? Number(row.actor.slice(5)) : null,
  task: task && { ...task, due: task.due === null ? null : new Date(task.due) },
});
