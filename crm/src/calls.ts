import type { CallDirection, CallOutcome, CallRecording, CallState } from "@svyazka/core";
import { sql as raw } from "kysely";
import { type About, aboutColumn } from "./about.ts";
import type { By, Reader } from "./by.ts";
import { NotFound } from "./errors.ts";
import { byMoment, type ListQuery, listPage, type Page, type Part, run } from "./page.ts";
import { seenByTarget, seenInListByTarget } from "./record-access.ts";
import type { Sql } from "./sql.ts";

/** A telephone call, as far as it is known. */
export interface Call {
  readonly id: number;
  /** The connection it came by. */
  readonly via: number | null;
  readonly key: string;
  readonly direction: CallDirection;
  readonly phone: string;
  readonly e164: string | null;
  readonly line: string | null;
  readonly account: string | null;
  readonly extension: string | null;
  readonly groupName: string | null;
  readonly responsible: number | null;
  readonly state: CallState;
  readonly outcome: CallOutcome | null;
  readonly startedAt: Date;
  readonly waitSeconds: number | null;
  readonly talkSeconds: number | null;
  readonly durationSeconds: number | null;
  readonly recordings: readonly CallRecording[];
  readonly rating: number | null;
  readonly contact: number | null;
  readonly contactName: string | null;
  readonly company: number | null;
  readonly deal: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly about: About | null;
}

export interface CallFilter extends ListQuery {
  readonly direction?: CallDirection | undefined;
  readonly outcome?: CallOutcome | undefined;
  readonly state?: CallState | undefined;
  readonly responsible?: number | undefined;
  readonly contact?: number | undefined;
  readonly company?: number | undefined;
  readonly deal?: number | undefined;
  readonly via?: number | undefined;
  readonly e164?: string | undefined;
  readonly startedFrom?: Date | undefined;
  readonly startedTo?: Date | undefined;
  /** Missed calls after which nobody here and that person have spoken: those to return. One per person, the latest. */
  readonly unreturned?: boolean | undefined;
}

const columns = raw`r.id, r.via, r.key, r.direction, r.phone, r.e164, r.line, r.account, r.extension, r.group_name as "groupName", r.responsible, r.state, r.outcome,
  r.started_at as "startedAt", r.wait_seconds as "waitSeconds", r.talk_seconds as "talkSeconds", r.duration_seconds as "durationSeconds", r.recordings, r.rating,
  r.contact, (select c.full_name from crm.contact c where c.workspace = r.workspace and c.id = r.contact) as "contactName", r.company, r.deal,
  r.created_at as "createdAt", r.updated_at as "updatedAt"`;

const columnsFor = (sql: Sql, reader: Reader): Part => raw`${columns}, ${aboutColumn(sql.workspace, reader)}`;

/** A limited manager sees the calls that they or their group took, and those of the people and deals they may see. */
const orMine = (sees: readonly number[] | undefined, parts: readonly Part[]): Part[] =>
  parts.map((part) => raw`(r.responsible = any(${sees}::bigint[]) or ${part})`);

const from = raw`crm.call as r`;

/** One page of calls, the latest first unless sorted otherwise; may be sorted by `started_at`. */
export function listCalls(sql: Sql, filter: CallFilter, reader: Reader): Promise<Page<Call>> {
  const where = orMine(reader.sees, seenInListByTarget(sql.workspace, reader.sees));
  for (const name of ["direction", "outcome", "state", "responsible", "contact", "company", "deal", "via", "e164"] as const) {
    if (filter[name] !== undefined) where.push(raw`${raw.ref(`r.${name}`)} = ${filter[name]}`);
  }
  if (filter.startedFrom) where.push(raw`r.started_at >= ${filter.startedFrom}`);
  if (filter.startedTo) where.push(raw`r.started_at < ${filter.startedTo}`);
  if (filter.unreturned) {
    where.push(raw`r.outcome = 'missed' and r.e164 is not null and not exists (
      select from crm.call later where later.workspace = r.workspace and later.e164 = r.e164 and later.deleted_at is null
        and (later.started_at, later.id) > (r.started_at, r.id) and later.outcome in ('answered', 'missed'))`);
  }
  const query = filter.sort === undefined && filter.updatedSince === undefined ? { ...filter, sort: "-started_at" } : filter;
  return listPage<Call & { sortedBy: Date }>(sql, {
    columns: columnsFor(sql, reader),
    from,
    where,
    query,
    sorts: { started_at: byMoment(raw`r.started_at`) },
  });
}

/** Also by the id that it had before calls shared theirs with notes. Throws `NotFound`. */
export async function getCall(sql: Sql, id: number, reader: Reader = {}): Promise<Call> {
  const seen = orMine(reader.sees, seenByTarget(sql.workspace, reader.sees)).map((part) => raw` and ${part}`);
  const [call] = await run<Call>(
    sql,
    raw`select ${columnsFor(sql, reader)} from ${from} where r.workspace = ${sql.workspace} and (r.id = ${id} or r.former_id = ${id}) and r.deleted_at is null
      ${raw.join(seen, raw``)} order by r.id <> ${id} limit 1`,
  );
  if (!call) throw new NotFound("call", id);
  return call;
}

/** A PBX that tells of a beginning and never of an end must not leave a call ringing for ever. What comes later is still merged. */
export async function endForgottenCalls(sql: Sql): Promise<number> {
  const ended = await sql.query({
    text: `update crm.call set state = 'over', updated_at = statement_timestamp(),
             outcome = case when answered then 'answered' when direction = 'in' then 'missed' else 'unavailable' end
           where workspace = $1 and state <> 'over' and updated_at < statement_timestamp() - interval '6 hours' returning id`,
    values: [sql.workspace],
  });
  return ended.length;
}

/** `Crm.closeTasks`: each closed task leaves its line in the timeline. */
export async function closeTasks(
  sql: Sql,
  { mark, before }: { readonly mark: string; readonly before: Date },
  result: string,
  by: By,
): Promise<number> {
  const closed = await sql.query({
    name: "crm-close-tasks",
    text: `with closed as (
             update crm.task set done_at = statement_timestamp(), result = $4, updated_at = statement_timestamp(), version = version + 1
             where workspace = $1 and mark = $2 and done_at is null and deleted_at is null and mark_at < $3
             returning id, contact, company, deal
           ), lines as (
             insert into crm.timeline (workspace, kind, actor, via, contact, company, deal, task)
             select $1, 'task_closed', $5, $6, contact, company, deal, id from closed where num_nonnulls(contact, company, deal) = 1
           ) select id from closed`,
    values: [sql.workspace, mark, before, result, by.actor, by.via ?? null],
    relaxed: by.relaxed ?? false,
  });
  return closed.length;
}
