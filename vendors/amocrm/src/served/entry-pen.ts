import type { OwnCallDraft, OwnCrm, OwnTarget, OwnTaskType, OwnUser } from "@svyazka/core";
import { Denied, Missing, type NoteDraft, type Pen, type TaskDraft, Unfit } from "../api/account.ts";
import type { EntityType } from "../protocol.ts";
import { ownEntity } from "./fields.ts";
import { stampsOf, told } from "./pen.ts";
import { moment } from "./times.ts";
import { wireTaskType } from "./words.ts";

/** Writes of tasks, notes and calls. */
export type EntryPen = Pick<Pen, "createTask" | "updateTask" | "removeTask" | "createNote" | "updateNote">;

export const target = (of: EntityType, id: number): OwnTarget => ({ [ownEntity[of]]: id }) as unknown as OwnTarget;

/** What our CRM takes for a task of theirs. */
export function taskDrafts(types: ReadonlyMap<number, OwnTaskType>) {
  const taskDraft = (draft: TaskDraft) => ({
    ...stampsOf(draft),
    ...(draft.text !== undefined && splitText(draft.text)),
    ...(draft.complete_till !== undefined && { due: moment(draft.complete_till) }),
    ...(draft.task_type_id !== undefined && typeOf(draft.task_type_id)),
    ...(draft.responsible_user_id !== undefined && draft.responsible_user_id !== 0 && { responsible: draft.responsible_user_id }),
    ...(draft.entity_id !== undefined && { on: draft.entity_id === null ? null : target(draft.entity_type ?? "leads", draft.entity_id) }),
    ...(draft.duration !== undefined && { estimateSeconds: draft.duration }),
    ...(draft.is_completed !== undefined && { done: draft.is_completed }),
    ...(draft.result !== undefined && { result: draft.result.text }),
  });

  function typeOf(wire: number): { type: number } | object {
    const type = [...types.values()].find((one) => wireTaskType(one) === wire);
    if (type) return { type: type.id };
    // These two are everywhere.
    if (wire === 1 || wire === 2) return {};
    throw new Unfit("task_type_id");
  }

  return taskDraft;
}

/** `newKey` names a call that has no name of its own. */
export function entryPen(crm: OwnCrm, types: ReadonlyMap<number, OwnTaskType>, newKey: () => string): EntryPen {
  const taskDraft = taskDrafts(types);
  return {
    createTask: (draft) =>
      told({}, () => crm.tasks.create({ title: "", responsible: crm.user?.id ?? null, ...taskDraft(draft) }), "entity_id"),
    updateTask: (id, draft) => told({}, () => crm.tasks.update(id, taskDraft(draft))),
    removeTask: (id) => told({}, () => crm.tasks.remove(id)),
    createNote: (draft) => told({}, () => (isCall(draft.note_type) ? saveCall(crm, draft, newKey) : saveNote(crm, draft)), "entity_id"),
    updateNote: (id, { params, entity_type: _, note_type, ...stamps }) =>
      told({}, async () => {
        const { items } = await crm.notes.list({ limit: 1, ids: [id] });
        const [note] = items;
        if (!note) throw new Missing("Entity not found");
        if (note_type !== undefined && note_type !== note.kind && !note.call) throw new Unfit("note_type");
        if (note.call) return crm.calls.update(id, { ...stampsOf(stamps), ...(params && { params: { ...note.params, ...params } }) });
        if (note.kind === "system") throw new Denied("This note cannot be changed");
        return crm.notes.update(id, { ...stampsOf(stamps), ...(params && contentOf(note.kind, params)) });
      }),
  };
}

export const isCall = (type: string): boolean => type === "call_in" || type === "call_out";

/** A task here has a title, and perhaps a text: there it is all one. */
function splitText(text: string): { title: string; text: string | null } {
  const [first = "", ...rest] = text.split("\n");
  return first.length <= 255 ? { title: first, text: rest.length > 0 ? rest.join("\n") : null } : { title: first.slice(0, 255), text };
}

export const contentOf = (kind: string, params: Readonly<Record<string, unknown>>) => ({
  text: typeof params["text"] === "string" ? params["text"] : "",
  params: kind === "common" ? null : params,
});

const saveNote = (crm: OwnCrm, { entity_type, entity_id, note_type, params, ...stamps }: NoteDraft): Promise<number> =>
  crm.notes.create({ on: target(entity_type, entity_id), kind: note_type, ...contentOf(note_type, params), ...stampsOf(stamps) });

async function saveCall(crm: OwnCrm, draft: NoteDraft, newKey: () => string): Promise<number> {
  const { uniq, call_responsible } = draft.params as CallParams;
  const users = typeof call_responsible === "number" ? await crm.users.list() : [];
  const key = uniq === undefined || uniq === "" ? newKey() : `uniq:${draft.entity_type}:${draft.entity_id}:${uniq}`;
  return crm.calls.save(callDraft(draft, key, users));
}

/** What our CRM takes for a call of theirs. */
export function callDraft(
  { entity_type, entity_id, note_type, params, responsible_user_id, ...stamps }: NoteDraft,
  key: string,
  users: readonly Pick<OwnUser, "id">[],
): OwnCallDraft {
  const { uniq, duration, link, phone, call_responsible, call_status, ...rest } = params as CallParams;
  const responsible = users.find(({ id }) => id === call_responsible)?.id ?? responsible_user_id;
  const seconds = Number(duration ?? 0);
  return {
    ...target(entity_type, entity_id),
    ...stampsOf(stamps),
    key,
    direction: note_type === "call_in" ? "in" : "out",
    phone: String(phone),
    // 6: no answer; 7: busy.
    outcome:
      call_status === 7 ? "busy" : call_status === 6 || seconds === 0 ? (note_type === "call_in" ? "missed" : "unavailable") : "answered",
    ...(stamps.created_at !== undefined && { startedAt: moment(stamps.created_at) }),
    talkSeconds: seconds,
    durationSeconds: seconds,
    ...(link !== undefined && { recordings: [{ url: link }] }),
    ...(responsible !== undefined && responsible !== 0 && { responsible }),
    params: { ...rest, ...defined({ uniq, call_responsible, call_status }) },
  };
}

interface CallParams {
  readonly uniq?: string;
  readonly duration?: number;
  readonly link?: string;
  readonly phone?: string;
  readonly call_responsible?: number | string;
  readonly call_status?: number;
}

const defined = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
