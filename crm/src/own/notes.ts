import type { OwnNote, OwnNoteDraft, OwnNoteFilter, OwnRecords } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By } from "../by.ts";
import { NotFound } from "../errors.ts";
import { createNote, deleteNote, restoreNote, updateNote } from "../notes.ts";
import { seenInListByTarget } from "../record-access.ts";
import type { Sql } from "../sql.ts";
import { ownPage, stampConditions } from "./page.ts";
import { isOn } from "./tasks.ts";

const columns = raw`r.id, r.contact, r.company, r.deal, 'common' as kind, r.text, null::jsonb as params, null::jsonb as call,
  r.created_by as "createdBy", r.updated_by as "updatedBy", r.created_at as "createdAt", r.updated_at as "updatedAt", r.deleted_at as "deletedAt"`;

/** Notes of our own CRM, for `OwnCrm`. */
export function ownNotes(sql: Sql, by: By): OwnRecords<OwnNote, OwnNoteDraft, OwnNoteFilter> {
  const list = (filter: OwnNoteFilter) =>
    ownPage<OwnNote>(sql, {
      columns,
      from: raw`crm.note as r`,
      where: [...stampConditions(filter), ...isOn(filter), ...seenInListByTarget(sql.workspace, by.sees)],
      filter,
    });
  return {
    list,
    async get(id) {
      const [note] = (await list({ ids: [id], limit: 1 })).items;
      if (!note) throw new NotFound("note", id);
      return note;
    },
    create: ({ on, ...note }) => createNote(sql, on, note, by),
    update: (id, { on: _, ...changes }, options) => updateNote(sql, id, changes, { ...by, ...options }),
    remove: (id) => deleteNote(sql, id, by),
    restore: (id) => restoreNote(sql, id, by),
  };
}
