import { sql as raw } from "kysely";
import { type About, aboutColumn } from "./about.ts";
import type { By, Reader, Target } from "./by.ts";
import { insertLine, insertTask, type NewTask, type Places, placesOf } from "./entries.ts";
import { Invalid, NotFound } from "./errors.ts";
import { mustSeeTarget } from "./notes.ts";
import { byMoment, type ListQuery, listPage, type Page, type Part, run } from "./page.ts";
import { seenByTarget, seenInListByTarget } from "./record-access.ts";
import { mayAssign, mustBeAsSeen, responsibleFor, type Standing, stands } from "./records.ts";
import { checkReferences } from "./references.ts";
import { saidProblems, saidReferences, saidSetParts, saysAnything } from "./said.ts";
import type { Sql } from "./sql.ts";

/** What is to be done, by whom and by when. */
export interface Task {
  readonly id: number;
  readonly version: string;
  readonly contact: number | null;
  readonly company: number | null;
  readonly deal: number | null;
  readonly type: number | null;
  readonly title: string;
  readonly text: string | null;
  readonly due: Date | null;
  readonly estimateMinutes: number | null;
  readonly responsible: number | null;
  /** What came of it. */
  readonly result: string | null;
  readonly doneAt: Date | null;
  readonly createdBy: number | null;
  readonly updatedBy: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
  readonly about: About | null;
}

export interface TaskChanges extends Partial<NewTask> {
  /** Where it goes; null puts it on nothing. */
  readonly on?: Target | null | undefined;
  readonly done?: boolean | undefined;
  readonly result?: string | null | undefined;
}

export interface TaskFilter extends ListQuery {
  readonly contact?: number | undefined;
  readonly company?: number | undefined;
  readonly deal?: number | undefined;
  readonly type?: number | undefined;
  readonly responsible?: number | undefined;
  readonly done?: boolean | undefined;
  readonly dueFrom?: Date | undefined;
  readonly dueTo?: Date | undefined;
}

const columns = raw`r.id, r.version::text as version, r.contact, r.company, r.deal, r.type, r.title, r.text, r.due, ceil(r.estimate_minutes)::integer as "estimateMinutes", r.responsible, r.result,
  r.done_at as "doneAt", r.created_by as "createdBy", r.updated_by as "updatedBy", r.created_at as "createdAt", r.updated_at as "updatedAt", r.deleted_at as "deletedAt"`;

const columnsFor = (sql: Sql, reader: Reader): Part => raw`${columns}, ${aboutColumn(sql.workspace, reader)}`;

const orMine = (sees: readonly number[] | undefined, parts: readonly Part[]): Part[] =>
  parts.map((part) => raw`(r.responsible = any(${sees}::bigint[]) or ${part})`);

/** One page of tasks; may be sorted by `due`, where those without a time come last. */
export function listTasks(sql: Sql, filter: TaskFilter, reader: Reader): Promise<Page<Task>> {
  const where = orMine(reader.sees, seenInListByTarget(sql.workspace, reader.sees));
  for (const name of ["contact", "company", "deal", "type", "responsible"] as const) {
    if (filter[name] !== undefined) where.push(raw`${raw.ref(`r.${name}`)} = ${filter[name]}`);
  }
  if (filter.done !== undefined) where.push(filter.done ? raw`r.done_at is not null` : raw`r.done_at is null`);
  if (filter.dueFrom) where.push(raw`r.due >= ${filter.dueFrom}`);
  if (filter.dueTo) where.push(raw`r.due < ${filter.dueTo}`);
  const sorts = { due: byMoment(raw`coalesce(r.due, timestamptz 'infinity')`) };
  return listPage<Task & { sortedBy: Date }>(sql, {
    columns: columnsFor(sql, reader),
    from: raw`crm.task as r`,
    where,
    query: filter,
    sorts,
  });
}

/** Throws `NotFound`. */
export const getTask = (sql: Sql, id: number, reader: Reader = {}): Promise<Task> => readTask(sql, id, reader, raw``);

async function readTask(sql: Sql, id: number, reader: Reader, lock: Part, standing: Standing = "there"): Promise<Task> {
  const also = orMine(reader.sees, seenByTarget(sql.workspace, reader.sees)).map((part) => raw` and ${part}`);
  const [task] = await run<Task>(
    sql,
    raw`select ${columnsFor(sql, reader)} from crm.task as r where r.workspace = ${sql.workspace} and r.id = ${id} and ${stands(standing)} ${raw.join(also, raw``)} ${lock}`,
  );
  if (!task) throw new NotFound("task", id);
  return task;
}

/** Answers its id. Throws `NotFound` for a record that is not for this writer, `Invalid` for one that is not there. */
export async function createTask(sql: Sql, on: Target | undefined, task: NewTask, by: By): Promise<number> {
  if (by.sees !== undefined && on) await mustSeeTarget(sql, on, by);
  return insertTask(sql, on, { ...task, responsible: responsibleFor(task.responsible, by) }, by);
}

const columnOf = {
  title: "title",
  text: "text",
  type: "type",
  due: "due",
  estimateMinutes: "estimate_minutes",
  responsible: "responsible",
  result: "result",
} as const;

/** Changes only what is given. Closing it leaves a line in the timeline of what it stands on. Throws `NotFound`, `Invalid` and `Stale`. */
export const updateTask = (sql: Sql, id: number, changes: TaskChanges, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    const current = await readTask(sql, id, by, raw`for no key update of r`);
    mustBeAsSeen(current, by);
    mayAssign(changes.responsible, current.responsible, by);
    const problems = saidProblems({ ...changes, id: undefined });
    if (Object.keys(problems).length > 0) throw new Invalid(problems);
    await checkReferences(sql, [
      ["type", "task_type", changes.type],
      ["responsible", "user_account", changes.responsible],
      ...saidReferences(changes),
    ]);
    const sets: Part[] = (Object.keys(columnOf) as (keyof typeof columnOf)[]).flatMap((name) =>
      changes[name] === undefined ? [] : [raw`${raw.ref(columnOf[name])} = ${changes[name]}`],
    );
    const on = changes.on === undefined || isSame(changes.on, current) ? undefined : await placeFor(sql, changes.on, by);
    if (on) sets.push(raw`contact = ${on.contact}`, raw`company = ${on.company}`, raw`deal = ${on.deal}`);
    const closes = changes.done === true && current.doneAt === null;
    const opens = changes.done === false && current.doneAt !== null;
    if (closes) sets.push(changes.updatedAt ? raw`done_at = ${changes.updatedAt}` : raw`done_at = statement_timestamp()`);
    if (opens) sets.push(raw`done_at = null`);
    if (sets.length === 0 && !saysAnything({ ...changes, id: undefined })) return;
    await run(
      sql,
      raw`update crm.task set ${raw.join([...sets, ...saidSetParts(changes, by), raw`version = version + 1`])}
        where workspace = ${sql.workspace} and id = ${id}`,
    );
    if (on) await insertLine(sql, on, { task: id }, "task", by, changes.updatedAt);
    if (closes || opens)
      await insertLine(sql, on ?? current, { task: id }, closes ? "task_closed" : "task_reopened", by, changes.updatedAt);
  });

const isSame = (on: Target | null, current: Places): boolean => {
  const { contact, company, deal } = placesOf(on ?? undefined);
  return contact === current.contact && company === current.company && deal === current.deal;
};

/** Throws `NotFound` for a record that is not for this writer, `Invalid` for one that is not there. */
async function placeFor(sql: Sql, on: Target | null, by: By): Promise<Places> {
  if (on && by.sees !== undefined) await mustSeeTarget(sql, on, by);
  const places = placesOf(on ?? undefined);
  await checkReferences(
    sql,
    (["contact", "company", "deal"] as const).map((name) => [name, name, places[name]]),
  );
  return places;
}

/** Throws `NotFound` and `Stale`. */
export const deleteTask = (sql: Sql, id: number, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    const task = await readTask(sql, id, by, raw`for no key update of r`);
    mustBeAsSeen(task, by);
    await putAway(sql, task, raw`statement_timestamp()`, by);
    await insertLine(sql, task, { task: id }, "deleted", by);
  });

/** Takes back what `deleteTask` did; one that is not put away stays as it is. Throws `NotFound`. */
export const restoreTask = (sql: Sql, id: number, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    const task = await readTask(sql, id, by, raw`for no key update of r`, "put away").catch((error: unknown) => {
      if (error instanceof NotFound) return undefined;
      throw error;
    });
    if (!task) {
      await getTask(sql, id, by);
      return;
    }
    await putAway(sql, task, raw`null`, by);
    await insertLine(sql, task, { task: id }, "restored", by);
  });

const putAway = (sql: Sql, { id }: Task, at: Part, by: By): Promise<unknown> =>
  run(
    sql,
    raw`update crm.task set deleted_at = ${at}, updated_by = ${by.user ?? null}, updated_at = statement_timestamp(), version = version + 1
      where workspace = ${sql.workspace} and id = ${id}`,
  );
