import type { OwnEvent, OwnEventFilter, OwnPage } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { Reader } from "../by.ts";
import { Invalid } from "../errors.ts";
import { type Part, run } from "../page.ts";
import { seenInListByTarget } from "../record-access.ts";
import type { Sql } from "../sql.ts";
import { idsOf } from "./page.ts";

/** Every kind of line there is. */
const allKinds = [
  ...["created", "changed", "stage", "tags", "note", "task", "task_closed", "task_reopened", "call", "message"],
  ...["deleted", "restored", "merged", "unmerged"],
] as const;
const most = 500;

type Row = Omit<OwnEvent, "task" | "user"> & {
  readonly task: (Omit<NonNullable<OwnEvent["task"]>, "due"> & { readonly due: string | null }) | null;
};

const columns = raw`r.id, r.at, r.kind, r.actor, r.contact, r.company, r.deal, r.what,
  (select jsonb_build_object('id', n.id, 'kind', n.kind, 'text', n.text) from crm.note n where n.workspace = r.workspace and n.id = r.note and n.deleted_at is null) as note,
  (select jsonb_build_object('id', k.id, 'type', k.type, 'title', k.title, 'due', k.due, 'result', k.result)
    from crm.task k where k.workspace = r.workspace and k.id = r.task and k.deleted_at is null) as task,
  (select jsonb_build_object('id', c.id, 'direction', c.direction) from crm.call c where c.workspace = r.workspace and c.id = r.call and c.deleted_at is null) as call`;

/** Lines of the timeline over all records that the reader sees, for `OwnCrm`. */
export async function ownEvents(sql: Sql, filter: OwnEventFilter, reader: Reader): Promise<OwnPage<OwnEvent>> {
  const { limit, skip = 0 } = filter;
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > most) throw new Invalid({ limit: [`must be from 1 to ${most}`] });
  if (!Number.isSafeInteger(skip) || skip < 0) throw new Invalid({ skip: ["must be a whole number from 0 on"] });
  const rows = await run<Row>(
    sql,
    raw`select ${columns} from (
        select * from (${lines(sql, filter, reader, skip + limit + 1)}) as r order by r.at desc, r.id desc limit ${limit + 1} offset ${skip}) as r
      order by r.at desc, r.id desc`,
  );
  const items = rows.slice(0, limit).map(
    (row): OwnEvent => ({
      ...row,
      user: Number(/^user:(\d+)$/.exec(row.actor)?.[1] ?? 0) || null,
      task: row.task && { ...row.task, due: row.task.due === null ? null : new Date(row.task.due) },
    }),
  );
  return { items, isMore: rows.length > limit };
}

/** As many lines as may be needed, of each record or of each kind by itself: each read from an index, the newest first. */
function lines(sql: Sql, filter: OwnEventFilter, reader: Reader, enough: number): Part {
  const { on, records, ids } = filter;
  const where = (first: Part): Part =>
    raw.join([raw`r.workspace = ${sql.workspace}`, first, ...conditions(sql, filter, reader)], raw` and `);
  if (ids) return raw`select r.* from crm.timeline as r where ${where(raw`r.id = any(${idsOf(ids)}::bigint[])`)} ${ofKinds(filter.kinds)}`;
  if (on && records) {
    const each = raw`select r.* from crm.timeline as r where ${where(raw`r.${raw.ref(on)} = each.id`)} ${ofKinds(filter.kinds)} order by r.at desc, r.id desc limit ${enough}`;
    return raw`select line.* from unnest(${idsOf(records)}::bigint[]) as each (id) cross join lateral (${each}) line`;
  }
  const each = raw`select r.* from crm.timeline as r where ${where(raw`r.kind = each.kind`)} order by r.at desc, r.id desc limit ${enough}`;
  return raw`select line.* from unnest(${[...new Set(filter.kinds ?? allKinds)]}::text[]) as each (kind) cross join lateral (${each}) line`;
}

const ofKinds = (kinds: readonly string[] | undefined): Part => (kinds ? raw`and r.kind = any(${kinds}::text[])` : raw``);

function conditions(sql: Sql, { on, actors, from, to, members }: OwnEventFilter, { sees }: Reader): Part[] {
  const where = seenInListByTarget(sql.workspace, sees);
  if (on) where.push(raw`r.${raw.ref(on)} is not null`);
  if (from) where.push(raw`r.at >= ${from}`);
  if (to) where.push(raw`r.at < ${to}`);
  if (members) where.push(raw`(r.kind <> 'changed' or jsonb_exists_any(r.what -> 'changes', ${members}::text[]))`);
  if (actors) {
    const named = raw`r.actor = any(${idsOf(actors.filter((id) => id !== null)).map((id) => `user:${id}`)}::text[])`;
    where.push(actors.includes(null) ? raw`(${named} or r.actor not like 'user:%')` : named);
  }
  return where;
}
