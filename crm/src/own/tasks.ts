import type { OwnOnFilter, OwnRecords, OwnTask, OwnTaskDraft, OwnTaskFilter } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By } from "../by.ts";
import { NotFound } from "../errors.ts";
import type { Part } from "../page.ts";
import { seenInListByTarget } from "../record-access.ts";
import type { Sql } from "../sql.ts";
import { createTask, deleteTask, restoreTask, type TaskChanges, updateTask } from "../tasks.ts";
import { idsOf, oneOf, ownPage, stampConditions } from "./page.ts";

const columns = raw`r.id, r.version::text as version, r.contact, r.company, r.deal, r.type, r.title, r.text, r.due,
  round(r.estimate_minutes * 60)::integer as "estimateSeconds", r.responsible, r.result, r.done_at as "doneAt",
  r.created_by as "createdBy", r.updated_by as "updatedBy", r.created_at as "createdAt", r.updated_at as "updatedAt", r.deleted_at as "deletedAt"`;
const sorts = { due: raw`coalesce(r.due, timestamptz 'infinity')` };

/** Tasks of our own CRM, for `OwnCrm`. */
export function ownTasks(sql: Sql, by: By): OwnRecords<OwnTask, OwnTaskDraft, OwnTaskFilter> {
  const list = (filter: OwnTaskFilter) =>
    ownPage<OwnTask>(sql, { columns, table: raw`crm.task`, where: conditions(sql, filter, by), filter, sorts });
  return {
    list,
    async get(id) {
      const [task] = (await list({ ids: [id], limit: 1 })).items;
      if (!task) throw new NotFound("task", id);
      return task;
    },
    create: ({ on, ...draft }) =>
      sql.transaction(async (sql) => {
        const id = await createTask(sql, on ?? undefined, { ...changesOf(draft), title: draft.title }, by);
        const { done, result, updatedAt, updatedBy } = draft;
        if (done || result !== undefined) await updateTask(sql, id, { done, result, updatedAt, updatedBy }, by);
        return id;
      }),
    update: (id, changes, options) => updateTask(sql, id, changesOf(changes), { ...by, ...options }),
    remove: (id) => deleteTask(sql, id, by),
    restore: (id) => restoreTask(sql, id, by),
  };
}

const changesOf = ({ estimateSeconds, ...changes }: Partial<OwnTaskDraft>): TaskChanges => ({
  ...(changes as TaskChanges),
  ...(estimateSeconds !== undefined && { estimateMinutes: estimateSeconds && estimateSeconds / 60 }),
});

function conditions(sql: Sql, filter: OwnTaskFilter, { sees }: By): Part[] {
  const where = [...stampConditions(filter), ...isOn(filter)];
  for (const part of seenInListByTarget(sql.workspace, sees)) where.push(raw`(r.responsible = any(${sees}::bigint[]) or ${part})`);
  if (filter.responsible) where.push(oneOf(raw`r.responsible`, filter.responsible));
  if (filter.types) where.push(raw`r.type = any(${idsOf(filter.types)}::bigint[])`);
  if (filter.done !== undefined) where.push(filter.done ? raw`r.done_at is not null` : raw`r.done_at is null`);
  if (filter.dueFrom) where.push(raw`coalesce(r.due, timestamptz 'infinity') >= ${filter.dueFrom}`);
  if (filter.dueTo) where.push(raw`coalesce(r.due, timestamptz 'infinity') < ${filter.dueTo}`);
  return where;
}

/** What stands on records of one kind, or on none. */
export function isOn({ on, records }: OwnOnFilter): Part[] {
  if (on === undefined) return [];
  if (on === "none") return [raw`num_nonnulls(r.contact, r.company, r.deal) = 0`];
  const column = raw.ref(`r.${on}`);
  return [records ? raw`${column} = any(${idsOf(records)}::bigint[])` : raw`${column} is not null`];
}
