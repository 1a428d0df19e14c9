import { type Pen, Unfit } from "../api/account.ts";
import type { Note, Task } from "../protocol.ts";
import { type Desk, mustHave, nextId, responsibleOf, stampsOf } from "./desk.ts";

/** Writes tasks and notes. */
export type EntryPen = Pick<Pen, "createTask" | "updateTask" | "removeTask" | "createNote" | "updateNote">;

export function entryPen(desk: Desk): EntryPen {
  const { state, userId, now, told } = desk;
  return {
    async createTask(draft) {
      const id = nextId(desk);
      if (draft.entity_id != null && !(state[draft.entity_type ?? "leads"] as Map<number, unknown>).has(draft.entity_id))
        throw new Unfit("entity_id");
      const task: Task = {
        ...{ id, ...stampsOf(desk, draft), responsible_user_id: responsibleOf(desk, draft.responsible_user_id, userId), group_id: 0 },
        ...{ entity_id: draft.entity_id ?? null, entity_type: draft.entity_type ?? null, duration: draft.duration ?? 0 },
        ...{ is_completed: draft.is_completed ?? false, task_type_id: draft.task_type_id ?? 1, text: draft.text ?? "" },
        ...{ result: draft.result ?? [], complete_till: draft.complete_till ?? now, account_id: state.info.id },
      };
      state.tasks.set(id, task);
      told.push({ of: "tasks", action: "add", item: task });
      return id;
    },
    async updateTask(id, draft) {
      const before = mustHave(state.tasks, id);
      const { responsible_user_id, ...rest } = draft;
      const task: Task = {
        ...before,
        ...rest,
        responsible_user_id: responsibleOf(desk, responsible_user_id, before.responsible_user_id),
        ...{ updated_at: draft.updated_at ?? now, updated_by: draft.updated_by ?? userId },
      };
      state.tasks.set(id, task);
      told.push({ of: "tasks", action: "update", item: task, closes: task.is_completed && !before.is_completed });
    },
    async removeTask(id) {
      const item = mustHave(state.tasks, id);
      state.tasks.delete(id);
      told.push({ of: "tasks", action: "delete", item });
    },
    async createNote({ entity_type: on, entity_id, note_type, params, responsible_user_id, ...draft }) {
      if (!(state[on] as Map<number, unknown>).has(entity_id)) throw new Unfit("entity_id");
      const id = nextId(desk);
      const item: Note = {
        ...{ id, entity_id, ...stampsOf(desk, draft), responsible_user_id: responsibleOf(desk, responsible_user_id, userId), group_id: 0 },
        ...{ note_type, params, account_id: state.info.id },
      };
      state.notes.set(id, { ...item, on });
      told.push({ of: "notes", on, item });
      return id;
    },
    async updateNote(id, { params, updated_at, updated_by }) {
      const note = mustHave(state.notes, id);
      state.notes.set(id, { ...note, params: params ?? note.params, updated_at: updated_at ?? now, updated_by: updated_by ?? userId });
    },
  };
}
