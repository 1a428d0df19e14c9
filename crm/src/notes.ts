import { sql as raw } from "kysely";
import type { By, Reader, Target } from "./by.ts";
import { insertLine, insertNote, type NewNote } from "./entries.ts";
import { Invalid, NotFound } from "./errors.ts";
import { type ListQuery, listPage, type Page, type Part, run } from "./page.ts";
import { seenByTarget, seenInListByTarget } from "./record-access.ts";
import { mustBeAsSeen, mustSee, type Standing, stands } from "./records.ts";
import { checkReferences } from "./references.ts";
import { type Said, saidProblems, saidReferences, saidSetParts, saysAnything } from "./said.ts";
import type { Sql } from "./sql.ts";

/** What somebody wrote down about a contact, a company or a deal. */
export interface Note {
  readonly id: number;
  readonly version: string;
  readonly contact: number | null;
  readonly company: number | null;
  readonly deal: number | null;
  /** `common`, or what whoever made it says. */
  readonly kind: string;
  /** What people read. */
  readonly text: string;
  readonly createdBy: number | null;
  readonly updatedBy: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
}

export interface NoteFilter extends ListQuery {
  readonly contact?: number | undefined;
  readonly company?: number | undefined;
  readonly deal?: number | undefined;
}

const columns = raw`r.id, r.version::text as version, r.contact, r.company, r.deal, r.kind, r.text, r.created_by as "createdBy", r.updated_by as "updatedBy",
  r.created_at as "createdAt", r.updated_at as "updatedAt", r.deleted_at as "deletedAt"`;

/** One page of notes. */
export function listNotes(sql: Sql, filter: NoteFilter, reader: Reader): Promise<Page<Note>> {
  const where = seenInListByTarget(sql.workspace, reader.sees);
  for (const name of ["contact", "company", "deal"] as const) {
    if (filter[name] !== undefined) where.push(raw`${raw.ref(`r.${name}`)} = ${filter[name]}`);
  }
  return listPage<Note & { sortedBy: Date }>(sql, { columns, from: raw`crm.note as r`, where, query: filter });
}

/** Throws `NotFound`. */
export const getNote = (sql: Sql, id: number, reader: Reader = {}): Promise<Note> => readNote(sql, id, reader, raw``);

async function readNote(sql: Sql, id: number, reader: Reader, lock: Part, standing: Standing = "there"): Promise<Note> {
  const seen = seenByTarget(sql.workspace, reader.sees).map((part) => raw` and ${part}`);
  const [note] = await run<Note>(
    sql,
    raw`select ${columns} from crm.note as r where r.workspace = ${sql.workspace} and r.id = ${id} and ${stands(standing)} ${raw.join(seen, raw``)} ${lock}`,
  );
  if (!note) throw new NotFound("note", id);
  return note;
}

/** Answers its id. Throws `NotFound` for a record that is not for this writer, `Invalid` for one that is not there. */
export async function createNote(sql: Sql, on: Target, note: string | NewNote, by: By): Promise<number> {
  if (by.sees !== undefined) await mustSeeTarget(sql, on, by);
  return insertNote(sql, on, note, by);
}

export interface NoteChanges extends Omit<Said, "id">, Partial<Pick<NewNote, "kind" | "params">> {
  readonly text?: string | undefined;
}

/** Changes only what is given. Throws `NotFound`, `Invalid` and `Stale`. */
export const updateNote = (sql: Sql, id: number, changes: NoteChanges, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    const problems = saidProblems(changes);
    if (Object.keys(problems).length > 0) throw new Invalid(problems);
    await checkReferences(sql, saidReferences(changes));
    const { text, kind, params } = changes;
    const sets = [
      ...(text === undefined ? [] : [raw`text = ${text}`]),
      ...(kind === undefined ? [] : [raw`kind = ${kind}`]),
      ...(params === undefined ? [] : [raw`params = ${params && JSON.stringify(params)}::jsonb`]),
    ];
    await changeNote(sql, id, sets, by, "there", changes);
  });

/** Throws `NotFound` and `Stale`. */
export const deleteNote = (sql: Sql, id: number, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    const note = await changeNote(sql, id, [raw`deleted_at = statement_timestamp()`], by);
    await insertLine(sql, note, { note: id }, "deleted", by);
  });

/** Takes back what `deleteNote` did; one that is not put away stays as it is. Throws `NotFound`. */
export const restoreNote = (sql: Sql, id: number, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    const note = await changeNote(sql, id, [raw`deleted_at = null`], by, "put away").catch((error: unknown) => {
      if (error instanceof NotFound) return undefined;
      throw error;
    });
    if (note) await insertLine(sql, note, { note: id }, "restored", by);
    else await getNote(sql, id, by);
  });

const changeNote = (sql: Sql, id: number, sets: readonly Part[], by: By, standing: Standing = "there", said: Said = {}): Promise<Note> =>
  sql.transaction(async (sql) => {
    const note = await readNote(sql, id, by, raw`for no key update of r`, standing);
    mustBeAsSeen(note, by);
    if (sets.length === 0 && !saysAnything(said)) return note;
    await run(
      sql,
      raw`update crm.note set ${raw.join([...sets, ...saidSetParts(said, by), raw`version = version + 1`])}
        where workspace = ${sql.workspace} and id = ${id}`,
    );
    return note;
  });

/** Throws `NotFound` unless this reader may see what a note or task stands on. */
export async function mustSeeTarget(sql: Sql, on: Target, reader: Reader): Promise<void> {
  if ("contact" in on) await mustSee(sql, "contact", on.contact, reader);
  else if ("company" in on) await mustSee(sql, "company", on.company, reader);
  else await mustSee(sql, "deal", on.deal, reader);
}
