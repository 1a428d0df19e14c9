import { type ChoiceBase, choices } from "./choices.ts";

/** What kind of thing is to be done: a call, a meeting. */
export interface TaskType extends ChoiceBase {
  /** Unique; what programs know it by: `call`, `meeting`. */
  readonly code: string | null;
  readonly colour: string | null;
}

export const taskTypes = choices<TaskType>({
  table: "task_type",
  noun: "task type",
  columns: ["code", "colour"],
  inDirectory: true,
  constraints: { task_type_code: ["code", "another task type has this code"] },
});
