import {
  type Crm,
  closeMarked,
  type Entry,
  type EntryTarget,
  endOfDay,
  leftoverText,
  markTask,
  missing,
  Refused,
  type Saved,
} from "@svyazka/core";
import { BitrixRefused } from "../client.ts";
import { onceIn } from "../port-errors.ts";
import { type ObjectName, objectTypes, shortCodes } from "../protocol.ts";
import { dealPlace, type Ground, idOf, workingUser } from "./ground.ts";
import { taskTypes } from "./setup.ts";

/** Comments in the feed of a record, things to do there, and tasks of the portal. */

export function entriesIn(ground: Ground): Pick<Crm, "addEntry" | "closeTasks"> {
  const { kit, portal } = ground;
  return {
    async addEntry(entry): Promise<Saved> {
      return { id: await (entry.kind === "note" ? addNote(ground, entry) : addTask(ground, entry)) };
    },
    closeTasks: (by) =>
      closeMarked(kit, by, async (task) => {
        const [type, id] = task.split(" ");
        const things = type === taskTypes.todo ? portal.feed.todos : portal.feed.tasks;
        const found = await things.find(Number(id));
        if (!found || found.isDone) return false;
        await things.complete(Number(id));
        return true;
      }),
  };
}

export interface Place {
  readonly of: ObjectName;
  readonly id: number;
}

export function placeOf(on: EntryTarget): Place {
  if ("contact" in on) return { of: "contact", id: idOf("contact", on.contact) };
  return "company" in on ? { of: "company", id: idOf("company", on.company) } : dealPlace(on.deal);
}

export async function addNote(ground: Ground, { key, on, text, author }: Entry & { kind: "note" }): Promise<string> {
  const { portal, kit } = ground;
  const place = placeOf(on);
  const by = await workingUser(ground, "author", author);
  return onceIn(kit, key, {
    kind: "comment",
    twins: async (since) =>
      (await portal.feed.comments.latest(place.of, place.id))
        .filter((comment) => comment.text === text && isSince(comment, since))
        .map(({ id }) => id),
    async make() {
      const id = await portal.feed.comments.add(place.of, place.id, text, by).catch(async (error: unknown) => {
        throw await whyNot(ground, place, error);
      });
      if (place.of === "contact" || place.of === "company") await kit.book.touch(place.of, String(place.id));
      return String(id);
    },
  });
}

/** The portal says in words only that a record is not there: it is asked for. */
async function whyNot({ portal, kit }: Ground, { of, id }: Place, error: unknown): Promise<unknown> {
  if (!(error instanceof BitrixRefused)) return error;
  const items = { lead: portal.leads, deal: portal.deals, contact: portal.contacts, company: portal.companies }[of];
  if (await items.find(id)) return error;
  return of === "contact" || of === "company" ? missing(kit.book, of, String(id)) : new Refused(`there is no deal ${id}`);
}

async function addTask(ground: Ground, entry: Entry & { kind: "task" }): Promise<string> {
  const { kit, connection } = ground;
  const place = entry.on && placeOf(entry.on);
  const responsible = await workingUser(ground, "user", entry.responsible);
  const author = await workingUser(ground, "author", entry.author);
  const due = entry.due === undefined ? Date.parse(endOfDay(kit.now(), connection.workspace.timeZone)) : Date.parse(entry.due);
  if (Number.isNaN(due)) throw new Refused(`${entry.due} is not a moment`);
  if (entry.type !== undefined && !Object.values<string>(taskTypes).includes(entry.type))
    throw new Refused(`there is no task type ${entry.type} in ${connection.name}`);
  const deadline = new Date(due).toISOString();
  // What is to be done about nobody can only stand among the portal's tasks.
  const isTask = !place || entry.type === taskTypes.task;
  const id = isTask
    ? await addPortalTask(ground, entry, { place, deadline, responsible, author })
    : await addTodo(ground, entry, { place, deadline, responsible });
  const name = `${isTask ? taskTypes.task : taskTypes.todo} ${id}`;
  if (entry.mark) await markTask(kit, entry.mark, name);
  return name;
}

interface Assigned {
  readonly deadline: string;
  readonly responsible: number | undefined;
}

async function addTodo(
  ground: Ground,
  { key, title, text }: Entry & { kind: "task" },
  { place, deadline, responsible }: Assigned & { readonly place: Place },
): Promise<string> {
  const { todos } = ground.portal.feed;
  return onceIn(ground.kit, key, {
    kind: "todo",
    twins: async (since) =>
      (await todos.latest(place.of, place.id))
        .filter((todo) => todo.title === title && todo.description === (text ?? "") && !todo.isDone && isSince(todo, since))
        .map(({ id }) => id),
    async make() {
      const id = await todos
        .add({
          ...{ ownerTypeId: objectTypes[place.of], ownerId: place.id, deadline, title, description: text ?? "" },
          ...(responsible !== undefined && { responsibleId: responsible }),
        })
        .catch(async (error: unknown) => {
          throw await whyNot(ground, place, error);
        });
      return String(id);
    },
  });
}

async function addPortalTask(
  ground: Ground,
  { key, title, text, estimateMinutes }: Entry & { kind: "task" },
  { place, deadline, responsible, author }: Assigned & { readonly place: Place | undefined; readonly author: number | undefined },
): Promise<string> {
  const { tasks } = ground.portal.feed;
  const { me } = await ground.setups.get();
  const whose = responsible ?? (me === undefined ? undefined : Number(me));
  return onceIn(ground.kit, key, {
    kind: "task",
    twins: async (since) =>
      (await tasks.latest(title)).filter((task) => task.description === (text ?? "") && isSince(task, since)).map(({ id }) => id),
    make: async () =>
      String(
        await tasks.add({
          ...{ TITLE: title, DESCRIPTION: text ?? "", DEADLINE: deadline },
          ...(whose !== undefined && { RESPONSIBLE_ID: whose }),
          ...(author !== undefined && { CREATED_BY: author }),
          ...(place && { UF_CRM_TASK: [`${shortCodes[place.of]}_${place.id}`] }),
          ...(estimateMinutes !== undefined && { TIME_ESTIMATE: estimateMinutes * 60 }),
        }),
      ),
  });
}

/** `since` in Unix seconds. What says no time may be of any. */
const isSince = ({ createdAt }: { readonly createdAt?: string }, since: number): boolean => {
  const at = Date.parse(createdAt ?? "");
  return Number.isNaN(at) || at / 1000 >= since;
};

/** What no field could hold, as a comment for people: nothing is dropped. */
export async function addLeftovers(ground: Ground, on: EntryTarget, key: string, leftovers: readonly string[]): Promise<void> {
  const text = leftoverText(ground.connection.workspace.language, leftovers);
  if (text !== undefined) await addNote(ground, { kind: "note", key: `${key}:leftovers`, on, text });
}
