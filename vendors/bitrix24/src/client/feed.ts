import { listOf, mapOf, numberIn, type ObjectName, objectTypes, textIn } from "../protocol.ts";
import { BitrixNotFound, BitrixUnavailable } from "./errors.ts";
import type { Params, Transport } from "./transport.ts";

/** What stands beside an object: comments, things to do; and tasks, which may stand beside nothing. */

export interface Comment {
  readonly id: number;
  readonly text: string;
  /** ISO 8601. */
  readonly createdAt?: string;
}

export interface TodoDraft {
  readonly ownerTypeId: number;
  readonly ownerId: number;
  /** ISO 8601. */
  readonly deadline: string;
  readonly title: string;
  readonly description?: string;
  readonly responsibleId?: number;
}

export interface Todo {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly isDone: boolean;
  readonly createdAt?: string;
}

export interface TaskDraft {
  readonly TITLE: string;
  readonly DESCRIPTION?: string;
  readonly DEADLINE?: string;
  readonly RESPONSIBLE_ID?: number;
  readonly CREATED_BY?: number;
  /** `D_15` */
  readonly UF_CRM_TASK?: readonly string[];
  /** Seconds. */
  readonly TIME_ESTIMATE?: number;
}

export function feedOf({ ask }: Transport) {
  const madeId = async (method: string, params: Params, read: (result: unknown) => number | undefined): Promise<number> => {
    const { result } = await ask(method, params, { isWrite: true });
    const id = read(result);
    if (id === undefined) throw new BitrixUnavailable("the answer holds no id", { method, status: 200 }, true);
    return id;
  };
  const rowsOf = async (method: string, params: Params, read: (result: unknown) => readonly unknown[] = listOf) =>
    read((await ask(method, params)).result).map(mapOf);
  const orUndefined = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof BitrixNotFound) return undefined;
      throw error;
    }
  };
  return {
    comments: {
      /** Source: crm.timeline.comment.add */
      add: (of: ObjectName, id: number, text: string, author?: number): Promise<number> =>
        madeId(
          "crm.timeline.comment.add",
          { fields: { ENTITY_TYPE: of, ENTITY_ID: id, COMMENT: text, ...(author !== undefined && { AUTHOR_ID: author }) } },
          (result) => numberOf(result),
        ),
      /** The latest fifty, the latest first. */
      async latest(of: ObjectName, id: number): Promise<Comment[]> {
        const rows = await rowsOf("crm.timeline.comment.list", {
          ...{ filter: { ENTITY_TYPE: of, ENTITY_ID: id }, order: { ID: "DESC" } },
          ...{ select: ["ID", "CREATED", "COMMENT"], start: -1 },
        });
        return rows.flatMap((row) => {
          const number = numberIn(row, "ID");
          const created = textIn(row, "CREATED");
          return number === undefined
            ? []
            : [{ id: number, text: textIn(row, "COMMENT") ?? "", ...(created !== undefined && { createdAt: created }) }];
        });
      },
    },
    todos: {
      /** Source: crm.activity.todo.add */
      add: (draft: TodoDraft): Promise<number> => madeId("crm.activity.todo.add", { ...draft }, (result) => numberIn(mapOf(result), "id")),
      async latest(of: ObjectName, id: number): Promise<Todo[]> {
        const rows = await rowsOf("crm.activity.list", {
          ...{ filter: { OWNER_TYPE_ID: objectTypes[of], OWNER_ID: id, PROVIDER_ID: "CRM_TODO" }, order: { ID: "DESC" }, start: -1 },
          select: ["ID", "SUBJECT", "DESCRIPTION", "COMPLETED", "CREATED"],
        });
        return rows.flatMap((row) => readTodo(row) ?? []);
      },
      find: (id: number): Promise<Todo | undefined> =>
        orUndefined(async () => readTodo(mapOf((await ask("crm.activity.get", { id })).result))),
      /** Done twice, it stays done. */
      async complete(id: number): Promise<void> {
        await ask("crm.activity.update", { id, fields: { COMPLETED: "Y" } }, { isWrite: true });
      },
    },
    tasks: {
      /** Source: tasks.task.add; needs the permission `task`. */
      add: (fields: TaskDraft): Promise<number> =>
        madeId("tasks.task.add", { fields }, (result) => numberIn(mapOf(mapOf(result)["task"]), "id")),
      /** The latest fifty of this title. */
      async latest(title: string): Promise<{ readonly id: number; readonly description: string; readonly createdAt?: string }[]> {
        const rows = await rowsOf(
          "tasks.task.list",
          { filter: { TITLE: title }, order: { ID: "desc" }, select: ["ID", "TITLE", "DESCRIPTION", "CREATED_DATE"], start: -1 },
          (result) => listOf(mapOf(result)["tasks"]),
        );
        return rows.flatMap((row) => {
          const id = numberIn(row, "id");
          const created = textIn(row, "createdDate");
          return id === undefined
            ? []
            : [{ id, description: textIn(row, "description") ?? "", ...(created !== undefined && { createdAt: created }) }];
        });
      },
      find: (id: number): Promise<{ readonly isDone: boolean } | undefined> =>
        orUndefined(async () => {
          const task = mapOf(mapOf((await ask("tasks.task.get", { taskId: id, select: ["ID", "STATUS"] })).result)["task"]);
          return numberIn(task, "id") === undefined ? undefined : { isDone: textIn(task, "status") === "5" };
        }),
      async complete(id: number): Promise<void> {
        await ask("tasks.task.complete", { taskId: id }, { isWrite: true });
      },
    },
  };
}
export type Feed = ReturnType<typeof feedOf>;

const numberOf = (value: unknown): number | undefined => numberIn({ value }, "value");

function readTodo(row: Readonly<Record<string, unknown>>): Todo | undefined {
  const id = numberIn(row, "ID");
  if (id === undefined) return undefined;
  const created = textIn(row, "CREATED");
  return {
    ...{ id, title: textIn(row, "SUBJECT") ?? "", description: textIn(row, "DESCRIPTION") ?? "", isDone: row["COMPLETED"] === "Y" },
    ...(created !== undefined && { createdAt: created }),
  };
}
