import {
  type CallRecording,
  Invalid,
  type OwnNote,
  type OwnNoteDraft,
  type OwnNoteFilter,
  type OwnPage,
  type OwnRecords,
} from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By, Reader } from "../by.ts";
import { NotFound } from "../errors.ts";
import { createNote, deleteNote, restoreNote, updateNote } from "../notes.ts";
import type { Part } from "../page.ts";
import { seenInListByTarget } from "../record-access.ts";
import type { Sql } from "../sql.ts";
import { ownPage, stampConditions } from "./page.ts";
import { isOn } from "./tasks.ts";

/** Where whoever has the address may hear a recording. */
export type RecordingUrl = (recording: CallRecording) => string;

type CallRow = Omit<NonNullable<OwnNote["call"]>, "startedAt" | "recordings"> & {
  readonly startedAt: string;
  readonly recordings: readonly CallRecording[];
};
type Row = Omit<OwnNote, "call"> & { readonly call: CallRow | null };

const shared = raw`workspace, id, contact, company, deal, params, created_by, updated_by, created_at, updated_at, deleted_at`;
const notes = raw`select ${shared}, kind, text, false as called, null::bigint as responsible from crm.note`;
const calls = raw`select ${shared}, 'call_' || direction as kind, '' as text, true as called, responsible from crm.call`;

const columns = raw`r.id, r.contact, r.company, r.deal, r.kind, r.text, r.params,
  r.created_by as "createdBy", r.updated_by as "updatedBy", r.created_at as "createdAt", r.updated_at as "updatedAt", r.deleted_at as "deletedAt",
  case when r.called then (
    select jsonb_build_object('key', c.key, 'direction', c.direction, 'phone', c.phone, 'e164', c.e164, 'line', c.line, 'responsible', c.responsible, 'state', c.state,
      'outcome', c.outcome, 'startedAt', c.started_at, 'talkSeconds', c.talk_seconds, 'durationSeconds', c.duration_seconds, 'recordings', c.recordings)
    from crm.call c where c.workspace = r.workspace and c.id = r.id) end as call`;

/** Notes and calls of our own CRM in one order, for `OwnCrm`. */
export function ownNotes(sql: Sql, by: By, recordingUrl: RecordingUrl): OwnRecords<OwnNote, OwnNoteDraft, OwnNoteFilter> {
  const list = (filter: OwnNoteFilter) => listOwnNotes(sql, filter, by, recordingUrl);
  return {
    list,
    async get(id) {
      const [note] = (await list({ ids: [id], limit: 1 })).items;
      if (!note) throw new NotFound("note", id);
      return note;
    },
    async create({ on, ...note }) {
      checkKind(note.kind);
      return createNote(sql, on, note, by);
    },
    async update(id, { on: _, ...changes }, options) {
      checkKind(changes.kind);
      return updateNote(sql, id, changes, { ...by, ...options });
    },
    remove: (id) => deleteNote(sql, id, by),
    restore: (id) => restoreNote(sql, id, by),
  };
}

function checkKind(kind: string | undefined): void {
  if (kind?.startsWith("call_")) throw new Invalid({ kind: ["is a call: make a call"] });
  if (kind !== undefined && !/^[a-z][a-z0-9_-]{0,63}$/.test(kind)) throw new Invalid({ kind: ["must be a word in small Latin letters"] });
}

async function listOwnNotes(sql: Sql, filter: OwnNoteFilter, reader: Reader, recordingUrl: RecordingUrl): Promise<OwnPage<OwnNote>> {
  const tables = tablesOf(filter.kinds);
  if (tables.length === 0) return { items: [], isMore: false };
  const where = [...stampConditions(filter), ...isOn(filter), ...kindConditions(filter.kinds)];
  for (const part of seenInListByTarget(sql.workspace, reader.sees))
    where.push(raw`(r.responsible = any(${reader.sees}::bigint[]) or ${part})`);
  const page = await ownPage<Row>(sql, { columns, table: raw`(${raw.join(tables, raw` union all `)})`, where, filter });
  return { ...page, items: page.items.map((row) => ({ ...row, call: row.call && { ...row.call, ...readable(row.call, recordingUrl) } })) };
}

const readable = ({ startedAt, recordings }: CallRow, recordingUrl: RecordingUrl) => ({
  startedAt: new Date(startedAt),
  recordings: recordings.map(recordingUrl),
});

const isCall = (kind: string): boolean => kind.startsWith("call_");

/** Those that are needed for these kinds. */
const tablesOf = (kinds: readonly string[] | undefined): readonly Part[] =>
  kinds === undefined ? [notes, calls] : [...(kinds.some((kind) => !isCall(kind)) ? [notes] : []), ...(kinds.some(isCall) ? [calls] : [])];

/** What is not common is rare, and has an index of its own. */
const kindConditions = (kinds: readonly string[] | undefined): Part[] =>
  kinds === undefined
    ? []
    : [raw`r.kind = any(${kinds}::text[])`, ...(kinds.includes("common") || kinds.some(isCall) ? [] : [raw`r.kind <> 'common'`])];
