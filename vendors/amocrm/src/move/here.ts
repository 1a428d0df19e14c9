import type { Kit, OwnCrm, OwnNote, OwnTaskType, Workspace } from "@svyazka/core";
import type { Account } from "../api/account.ts";
import { type EntityType, entityTypes, type Note, type Task } from "../protocol.ts";
import { ownAccount } from "../served/account.ts";
import { ownEntity, readFieldBook } from "../served/fields.ts";
import { hooksOf } from "../served/hooks.ts";
import { readStages } from "../served/reading.ts";
import { placeOf, type Scene, writeNote, writeTask } from "../served/words.ts";
import type { Items } from "./local.ts";

/** Our own CRM as programs for amoCRM see it, whole and without paging by hand. */
export interface Here {
  readonly crm: OwnCrm;
  readonly workspace: Workspace;
  readonly account: Account;
  readonly scene: Scene;
  readonly taskTypes: ReadonlyMap<number, OwnTaskType>;
}

/** As it is made at this moment: read it anew after it was changed. */
export async function readHere(crm: OwnCrm, workspace: Workspace, kit: Kit): Promise<Here> {
  const account = ownAccount(crm, workspace, kit, hooksOf(kit, workspace.id as number));
  const books: Partial<Record<EntityType, Scene["books"][EntityType]>> = {};
  for (const of of entityTypes) books[of] = await readFieldBook(crm, of, workspace.id as number);
  const pipelines = await crm.pipelines.list();
  return {
    ...{ crm, workspace, account },
    scene: {
      workspace,
      books: books as Scene["books"],
      users: new Map((await crm.users.list()).map((user) => [user.id, user])),
      stages: await readStages(crm),
      mainPipeline: pipelines.find(({ isDefault }) => isDefault)?.id ?? 0,
    },
    taskTypes: new Map((await crm.taskTypes.list()).map((type) => [type.id, type])),
  };
}

/** As many as amoCRM gives at most. */
export const perPage = 250;

const bring: ReadonlySet<string> = new Set(["contacts", "catalog_elements"]);

export interface PageHere<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

/** Those of these ids that are there, or a page of all, by id. */
export function recordsHere<K extends EntityType>(
  { account }: Here,
  of: K,
  ids?: readonly number[],
  page = 1,
): Promise<PageHere<Items[K]>> {
  const query = { page, limit: perPage, order: { by: "id", descending: false }, with: bring, ...(ids && { ids }) };
  return account[of](query) as unknown as Promise<PageHere<Items[K]>>;
}

export async function tasksHere({ crm, scene, taskTypes }: Here, ids?: readonly number[], page = 1): Promise<PageHere<Task>> {
  const { items, isMore } = await crm.tasks.list({ limit: perPage, skip: (page - 1) * perPage, sort: "id", ...(ids && { ids }) });
  return { items: items.map((task) => writeTask(task, scene, taskTypes)), hasMore: isMore };
}

/** Notes and calls on records of one kind. `once`: a call that stands on several is told of the first of them only. */
export async function notesHere(
  { crm, scene }: Here,
  of: EntityType,
  { ids, page = 1, once = false }: { readonly ids?: readonly number[]; readonly page?: number; readonly once?: boolean },
): Promise<PageHere<Note>> {
  const query = { limit: perPage, skip: (page - 1) * perPage, sort: "id", on: ownEntity[of], ...(ids && { ids }) };
  const { items, isMore } = await crm.notes.list(query);
  const isTold = (note: OwnNote): boolean => !once || placeOf(note)?.of === of;
  return { items: items.filter(isTold).map((note) => writeNote(note, of, scene)), hasMore: isMore };
}
