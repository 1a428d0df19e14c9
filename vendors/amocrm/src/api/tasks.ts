import { entityTypes, fieldProblem, type Task } from "../protocol.ts";
import type { TaskDraft, TaskQuery } from "./account.ts";
import { idsOf, mustAllBeThere, mustHaveId, readItems, readOne, writeItems } from "./batch.ts";
import { type At, type Handler, idAt, notFound, type Route, route } from "./http.ts";
import { given, linked, orderOf, pageAnswer, pagingOf, Query, selfOf } from "./query.ts";
import { anything, choice, flag, int, moment, nullable, object, type ReadBy, text } from "./shape.ts";

/** `/api/v4/tasks`. Source: crm_platform/tasks-api */

export const taskRoutes: readonly Route[] = [
  route("GET", "/api/v4/tasks", listTasks),
  route("POST", "/api/v4/tasks", createTasks),
  route("PATCH", "/api/v4/tasks", updateTasks),
  route("GET", "/api/v4/tasks/{id}", oneTask),
  route("PATCH", "/api/v4/tasks/{id}", updateTask),
];

const shape = object({
  id: int(1),
  text: text(65_535, 1),
  complete_till: moment,
  task_type_id: int(1),
  responsible_user_id: int(0),
  entity_id: nullable(int(0)),
  entity_type: nullable(choice(entityTypes)),
  duration: int(0, 10_000_000),
  is_completed: flag,
  // One client sends the empty list it has read.
  result: (value, path, problems) => (Array.isArray(value) && value.length === 0 ? undefined : resultShape(value, path, problems)),
  created_by: int(0),
  updated_by: int(0),
  created_at: moment,
  updated_at: moment,
  request_id: anything,
  account_id: anything,
  group_id: anything,
});
const resultShape = nullable(object({ text: text(65_535) }));

function draftOf({ entity_id, entity_type, result, ...rest }: ReadBy<typeof shape>): TaskDraft & { readonly id?: number } {
  const { id, text, complete_till, task_type_id, responsible_user_id, duration, is_completed } = rest;
  const { created_by, updated_by, created_at, updated_at } = rest;
  return given({
    ...{
      id,
      text,
      complete_till,
      task_type_id,
      responsible_user_id,
      duration,
      is_completed,
      created_by,
      updated_by,
      created_at,
      updated_at,
    },
    ...(entity_id !== undefined && { entity_id: entity_id === 0 ? null : entity_id, entity_type: entity_type ?? null }),
    result: result == null || result.text === undefined ? undefined : { text: result.text },
  }) as TaskDraft & { readonly id?: number };
}

async function listTasks(at: At): ReturnType<Handler> {
  const query = new Query(at.query);
  const filter = query.below("filter");
  const isCompleted = filter?.texts("is_completed");
  const read: TaskQuery = {
    ...pagingOf(query),
    ...orderOf(query, ["created_at", "complete_till", "id"]),
    ...given({
      ids: filter?.ids("id"),
      responsible: filter?.ids("responsible_user_id"),
      isCompleted: isCompleted?.length === 1 ? ["1", "true"].includes(isCompleted[0] ?? "") : undefined,
      // The documents name it so, one client otherwise, and it sends both.
      types: filter?.ids("task_type") ?? filter?.ids("task_type_id"),
      entityType: filter?.text("entity_type"),
      entityIds: filter?.ids("entity_id"),
      updatedAt: filter?.range("updated_at", "from"),
    }),
  };
  filter?.ids("task_type_id");
  if (read.entityType !== undefined && !(entityTypes as readonly string[]).includes(read.entityType))
    filter?.wrong("entity_type", "NotSupportedChoice");
  query.done();
  const found = await at.account.tasks(read);
  return pageAnswer(
    at,
    "tasks",
    read,
    found,
    found.items.map((task) => linked(at, "tasks", task, task.id)),
  );
}

async function oneTask(at: At): ReturnType<Handler> {
  const task = (await byIds(at, [idAt(at)])).get(idAt(at));
  return task && { body: linked(at, "tasks", task, task.id) };
}

async function byIds(at: At, ids: readonly number[]): Promise<Map<number, Task>> {
  const { items } = await at.account.tasks({ page: 1, limit: Math.max(ids.length, 1), ids });
  return new Map(items.map((task) => [task.id, task]));
}

async function createTasks(at: At): ReturnType<Handler> {
  const items = await readItems(at.json(), (item, problems) => {
    const sent = shape(item, "", problems);
    for (const name of ["text", "complete_till"] as const)
      if (sent && sent[name] === undefined) problems.push(fieldProblem("FieldMissing", name));
    if (sent?.entity_id && !sent.entity_type) problems.push(fieldProblem("FieldMissing", "entity_type"));
    return sent && draftOf(sent);
  });
  const made = await writeItems(at.account, items, (pen, draft) => pen.createTask(draft));
  return {
    body: {
      _links: selfOf(at),
      _embedded: { tasks: made.map(({ result, requestId }) => linked(at, "tasks", { id: result, request_id: requestId }, result)) },
    },
  };
}

async function updateTasks(at: At): ReturnType<Handler> {
  const items = await readItems(at.json(), (item, problems) => {
    const sent = shape(item, "", problems);
    mustHaveId(sent, problems);
    return sent && draftOf(sent);
  });
  mustAllBeThere(items, await byIds(at, idsOf(items)));
  await writeItems(at.account, items, (pen, { id, ...draft }) => pen.updateTask(id ?? 0, draft));
  const after = await byIds(at, idsOf(items));
  return {
    body: {
      _links: selfOf(at),
      _embedded: {
        tasks: items.map(({ draft: { id = 0 }, requestId }) =>
          linked(at, "tasks", { id, updated_at: after.get(id)?.updated_at ?? 0, request_id: requestId }, id),
        ),
      },
    },
  };
}

async function updateTask(at: At): ReturnType<Handler> {
  const id = idAt(at);
  const sent = await readOne(at.json(), (item, problems) => shape(item, "", problems));
  if (!(await byIds(at, [id])).has(id)) throw notFound();
  const { id: _, ...draft } = draftOf(sent);
  await at.account.write((pen) => pen.updateTask(id, draft));
  return { body: linked(at, "tasks", { id, updated_at: (await byIds(at, [id])).get(id)?.updated_at ?? 0 }, id) };
}
