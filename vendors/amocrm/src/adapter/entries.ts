import { type Crm, closeMarked, type Entry, type EntryTarget, leftoverText, markTask, Refused, readWhen, type Saved } from "@svyazka/core";
import type { EntityType } from "../protocol.ts";
import { checkUser, type Ground, missing, userThere } from "./ground.ts";
import { idOf, once } from "./once.ts";

/** Notes and tasks. */

export function entriesIn(ground: Ground): Pick<Crm, "addEntry" | "closeTasks"> {
  return {
    async addEntry(entry): Promise<Saved> {
      return { id: await (entry.kind === "note" ? addNote(ground, entry) : addTask(ground, entry)) };
    },

    async closeTasks(marked, result) {
      const { kit, amo } = ground;
      return closeMarked(kit, marked, async (id) => {
        const task = await amo.tasks.find(Number(id));
        if (!task || task.is_completed) return false;
        await amo.tasks.complete(task.id, result);
        return true;
      });
    },
  };
}

export function placeOf(on: EntryTarget): { readonly of: EntityType; readonly id: number } {
  if ("contact" in on) return { of: "contacts", id: idOf("contact", on.contact) };
  return "company" in on ? { of: "companies", id: idOf("company", on.company) } : { of: "leads", id: idOf("deal", on.deal) };
}

async function addNote(ground: Ground, { key, on, text, author }: Entry & { kind: "note" }): Promise<string> {
  const { amo, kit } = ground;
  const { of, id } = placeOf(on);
  const by = userThere(ground, author);
  await checkUser(ground, "author", by);
  const notes = amo[of].notes.on(id);
  return once(kit, key, {
    kind: "note",
    async twins(since) {
      const { items } = await notes.page({ order: { id: "desc" } });
      return items
        .filter(({ created_at, note_type, params }) => created_at >= since && note_type === "common" && params["text"] === text)
        .map((note) => note.id);
    },
    async make() {
      const kind = of === "contacts" ? ("contact" as const) : ("company" as const);
      const made = await notes
        .create({ note_type: "common", params: { text }, ...(by !== undefined && { created_by: by }) })
        .catch(async (error: unknown) => {
          throw of === "leads" ? error : await missing(kit.book, kind, String(id), error);
        });
      if (of !== "leads") await kit.book.touch(kind, String(id));
      return String(made.id);
    },
  });
}

async function addTask(ground: Ground, entry: Entry & { kind: "task" }): Promise<string> {
  const { amo, kit, setups, account } = ground;
  const place = entry.on && placeOf(entry.on);
  const responsible = userThere(ground, entry.responsible);
  const author = userThere(ground, entry.author);
  await checkUser(ground, "user", responsible);
  await checkUser(ground, "author", author);
  const due = entry.due === undefined ? endOfDay(ground) : Date.parse(entry.due) / 1000;
  if (!Number.isFinite(due)) throw new Refused(`${entry.due} is not a moment`);
  const type = entry.type === undefined ? undefined : idOf("task type", entry.type);
  if (type !== undefined && !(await setups.find(({ taskTypes }) => taskTypes.find(({ id }) => id === type))))
    throw new Refused(`there is no task type ${type} in ${account.name}`);
  const text = entry.text === undefined || entry.text === "" ? entry.title : `${entry.title}\n${entry.text}`;
  const id = await once(kit, entry.key, {
    kind: "task",
    async twins(since) {
      const { items } = await amo.tasks.page({ order: { id: "desc" } });
      return items
        .filter((task) => task.created_at >= since && !task.is_completed && task.text === text && task.entity_id === (place?.id ?? null))
        .map((task) => task.id);
    },
    async make() {
      const made = await amo.tasks.create({
        ...{ text, complete_till: Math.floor(due) },
        ...(place && { entity_id: place.id, entity_type: place.of }),
        ...(type !== undefined && { task_type_id: type }),
        ...(entry.estimateMinutes !== undefined && { duration: entry.estimateMinutes * 60 }),
        ...(responsible !== undefined && { responsible_user_id: responsible }),
        ...(author !== undefined && { created_by: author }),
      });
      return String(made.id);
    },
  });
  if (entry.mark) await markTask(kit, entry.mark, id);
  return id;
}

/** amoCRM has no task without a time: it is for today. Unix seconds. */
function endOfDay({ account, kit }: Ground): number {
  const { timeZone } = account.workspace;
  const today = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(kit.now());
  return Date.parse(readWhen(today, timeZone) ?? "") / 1000;
}

/** What no field could hold, as a note for people: nothing is dropped. */
export async function addLeftovers(ground: Ground, on: EntryTarget, key: string, leftovers: readonly string[]): Promise<void> {
  const text = leftoverText(ground.account.workspace.language, leftovers);
  if (text !== undefined) await addNote(ground, { kind: "note", key: `${key}:leftovers`, on, text });
}
