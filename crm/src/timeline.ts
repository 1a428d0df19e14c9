import type { CallDirection, CallOutcome, CallRecording, CallState } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { Entity, Reader } from "./by.ts";
import { cut, type Page, type PageQuery, type Part, readCursor, run, writeCursor } from "./page.ts";
import { mustSee } from "./records.ts";
import type { Sql } from "./sql.ts";

/** One thing that happened to a record. */
export interface TimelineEntry {
  readonly id: number;
  readonly at: Date;
  /** created, changed, stage, tags, note, task, task_closed, task_reopened, call, message (a conversation that begins), deleted, restored. The last two may be about a note or task: then `what` names it. */
  readonly kind: string;
  /** `user:5`, `token:12`, `connection:3`, `operator`. */
  readonly actor: string;
  /** The connection it came by. */
  readonly via: number | null;
  /** The key of the write: leads back to the delivery that made it. */
  readonly key: string | null;
  readonly contact: number | null;
  readonly company: number | null;
  readonly deal: number | null;
  /** changed: {changes: {member: {old, new}}}; stage: {old, new: {pipeline, stage}}; tags: {added, removed}. */
  readonly what: unknown;
  /** As they are now. */
  readonly note: { readonly id: number; readonly text: string } | null;
  readonly task: {
    readonly id: number;
    readonly title: string;
    readonly text: string | null;
    readonly due: string | null;
    readonly done: boolean;
    readonly result: string | null;
  } | null;
  readonly call: {
    readonly id: number;
    readonly direction: CallDirection;
    readonly phone: string;
    readonly state: CallState;
    readonly outcome: CallOutcome | null;
    readonly responsible: number | null;
    readonly talkSeconds: number | null;
    readonly recordings: readonly CallRecording[];
  } | null;
}

export interface TimelineQuery extends PageQuery {
  /** Of these kinds only. */
  readonly kinds?: readonly string[] | undefined;
  /** The history of one member: `sum`, `fields.city`, `stage`, `tags`. */
  readonly field?: string | undefined;
}

function timelineConditions({ kinds, field }: TimelineQuery): Part {
  const where = kinds === undefined ? [] : [raw`and t.kind = any(${kinds}::text[])`];
  if (field !== undefined) {
    // These are told in lines of their own.
    const own = field === "stage" || field === "pipeline" ? "stage" : field === "tags" ? "tags" : undefined;
    where.push(own !== undefined ? raw`and t.kind = ${own}` : raw`and t.kind = 'changed' and jsonb_exists(t.what -> 'changes', ${field})`);
  }
  return raw.join(where, raw` `);
}

/** What happened to a record, the newest first; to a contact also what happened to its deals. Throws `NotFound`. */
export async function readTimeline(
  sql: Sql,
  entity: Entity,
  id: number,
  query: TimelineQuery,
  reader: Reader,
): Promise<Page<TimelineEntry>> {
  await mustSee(sql, entity, id, reader);
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor, "timeline");
  const before = after ? raw`and (t.at, t.id) < (${after.value}::timestamptz, ${after.id}::bigint)` : raw``;
  // Each branch reads one index backwards and stops early; so a long history costs what a short one does.
  const branch = (where: Part, from: Part = raw`crm.timeline t`): Part =>
    raw`(select t.* from ${from} where t.workspace = ${sql.workspace} and ${where} ${before} ${timelineConditions(query)} order by t.at desc, t.id desc limit ${query.limit + 1})`;
  const own = branch(raw`t.${raw.ref(entity)} = ${id}`);
  const mine =
    reader.sees === undefined
      ? raw``
      : raw`and (select d.responsible from crm.deal d where d.workspace = dc.workspace and d.id = dc.deal) = any(${reader.sees}::bigint[])`;
  const deals = raw`(select deals.* from crm.deal_contact dc
    cross join lateral ${branch(raw`t.deal = dc.deal`)} deals where dc.workspace = ${sql.workspace} and dc.contact = ${id} ${mine})`;
  const entries = entity === "contact" ? raw`${own} union all ${deals}` : own;
  const rows = await run<TimelineEntry>(
    sql,
    raw`select t.id, t.at, t.kind, t.actor, t.via, t.key, t.contact, t.company, t.deal, t.what,
        case when n.id is not null then jsonb_build_object('id', n.id, 'text', n.text) end as note,
        case when k.id is not null then jsonb_build_object(
          'id', k.id, 'title', k.title, 'text', k.text, 'due', k.due, 'done', k.done_at is not null, 'result', k.result) end as task,
        case when a.id is not null then jsonb_build_object('id', a.id, 'direction', a.direction, 'phone', a.phone, 'state', a.state, 'outcome', a.outcome,
          'responsible', a.responsible, 'talkSeconds', a.talk_seconds, 'recordings', a.recordings) end as call
      from (select * from (${entries}) entry order by at desc, id desc limit ${query.limit + 1}) t
      left join crm.note n on n.workspace = t.workspace and n.id = t.note and n.deleted_at is null
      left join crm.task k on k.workspace = t.workspace and k.id = t.task and k.deleted_at is null
      left join crm.call a on a.workspace = t.workspace and a.id = t.call and a.deleted_at is null
      order by t.at desc, t.id desc`,
  );
  return cut(rows, query.limit, (last) => writeCursor("timeline", last.at, last.id));
}

/** The last line about a contact or one of its deals, as `at` and `id`: who was last active. `contact` is SQL, `$1` the workspace. */
export const lastActivity = (contact: string): string => `
  select at, id from (
    (select t.at, t.id from crm.timeline t where t.workspace = $1 and t.contact = ${contact} order by t.at desc, t.id desc limit 1)
    union all
    (select l.at, l.id from crm.deal_contact dc cross join lateral (
      select t.at, t.id from crm.timeline t where t.workspace = $1 and t.deal = dc.deal order by t.at desc, t.id desc limit 1) l
     where dc.workspace = $1 and dc.contact = ${contact})) lines
  order by at desc, id desc limit 1`;
