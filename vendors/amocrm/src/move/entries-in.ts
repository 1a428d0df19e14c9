import { Invalid, type MoveFinding, NotFound } from "@svyazka/core";
import { Unfit } from "../api/account.ts";
import { type EntityType, entityTypes, type Note, type Task, type Unsorted } from "../protocol.ts";
import { callDraft, contentOf, isCall, target, taskDrafts } from "../served/entry-pen.ts";
import { stampsOf } from "../served/pen.ts";
import { type Brought, bringPage, writeWhatFits } from "./brought.ts";
import { type Ground, passageIn, said } from "./ground.ts";
import { perPage, readHere } from "./here.ts";
import { passNote, passTask, passUnsorted } from "./local.ts";
import { present } from "./records-in.ts";
import { usersOf } from "./strangers.ts";

/** Tasks, notes, calls, and what nobody has taken yet. */

export async function tasksIn(ground: Ground, items: readonly Task[]): Promise<MoveFinding[]> {
  const found = await usersOf(ground, items);
  const { taskTypes } = await readHere(ground.crm, ground.workspace, ground.kit);
  const toDraft = taskDrafts(taskTypes);
  const draftOf = (task: Task, told: MoveFinding[]) => {
    const refuse = (member: string, there: unknown, words: string) =>
      told.push({ what: "refused", kind: "task", id: String(task.id), member, there: String(there), words: said(words) });
    if (task.entity_type && !entityTypes.some((one) => one === task.entity_type))
      refuse("entity_type", `${task.entity_type} ${task.entity_id}`, "there is no such kind of record here");
    const { result, entity_type, entity_id, task_type_id, ...passed } = passTask(task, passageIn(ground));
    const draft = {
      ...passed,
      ...(entity_id !== null && { entity_id, entity_type: entity_type as EntityType }),
      ...(!Array.isArray(result) && result && { result: result as { readonly text: string } }),
    };
    const responsible = draft.responsible_user_id === 0 ? null : draft.responsible_user_id;
    try {
      return { title: "", responsible, ...toDraft({ ...draft, task_type_id }) };
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      refuse("task_type_id", task_type_id, "there is no such type of tasks");
      return { title: "", responsible, ...toDraft(draft) };
    }
  };
  const brought: Brought<Task> = {
    ...{ kind: "task", idKind: "tasks" },
    here: async (ids) => (await ground.crm.tasks.list({ ids, limit: perPage, deleted: true })).items,
    freeId: async () => ((await ground.crm.tasks.list({ limit: 1, sort: "-id", deleted: true })).items[0]?.id ?? 0) + 1,
    async create(crm, id, item, told) {
      const draft = { ...draftOf(item, told), id };
      await writeWhatFits({ kind: "task", id: item.id, found: told }, draft, (fit) => crm.tasks.create(fit));
    },
    async update(crm, id, item, told) {
      await writeWhatFits({ kind: "task", id: item.id, found: told }, draftOf(item, told), (fit) => crm.tasks.update(id, fit));
    },
  };
  return [...found, ...(await bringPage(ground, items, brought))];
}

export async function notesIn(ground: Ground, of: EntityType, items: readonly Note[]): Promise<MoveFinding[]> {
  const found = await usersOf(ground, items);
  const passage = passageIn(ground);
  const brought: Brought<Note> = {
    ...{ kind: "note", idKind: "notes" },
    here: async (ids) => (await ground.crm.notes.list({ ids, limit: perPage, deleted: true })).items,
    freeId: async () => ((await ground.crm.notes.list({ limit: 1, sort: "-id", deleted: true })).items[0]?.id ?? 0) + 1,
    async create(crm, id, item, told) {
      const note = draftOf(of, item, passage);
      const at = { kind: "note" as const, id: item.id, found: told };
      // A call is one record however often it is told of: one that stands on several is told of by each.
      if (isCall(item.note_type)) await writeWhatFits(at, { ...callOf(note), id }, (fit) => crm.calls.save(fit));
      else await writeWhatFits(at, { ...noteOf(note), id }, (fit) => crm.notes.create(fit));
    },
    async update(crm, id, item, told) {
      const note = draftOf(of, item, passage);
      const at = { kind: "note" as const, id: item.id, found: told };
      if (isCall(item.note_type)) await writeWhatFits(at, callOf(note), (fit) => crm.calls.save(fit));
      else {
        const { on: _, ...draft } = noteOf(note);
        await writeWhatFits(at, draft, (fit) => crm.notes.update(id, fit));
      }
    },
  };
  // A call that stands on several records comes once with each.
  const calls = items.filter(({ note_type }) => isCall(note_type));
  const known = new Map((await brought.here(calls.map(({ id }) => ids(ground, id)))).map((one) => [one.id, one]));
  const told = await bringPage(ground, items, brought);
  for (const call of calls) {
    const own = known.get(ids(ground, call.id));
    if (!own || own.deletedAt || Math.floor(own.createdAt.getTime() / 1000) !== call.created_at) continue;
    const on = own as unknown as Readonly<Record<string, unknown>>;
    if (on[ownName[of]] === null) await ground.crm.calls.save(callOf(draftOf(of, call, passage)));
  }
  return [...found, ...told];
}

const ids = (ground: Ground, id: number): number => ground.ids.get("notes", id) ?? id;
const ownName = { leads: "deal", contacts: "contact", companies: "company" } as const;

function draftOf(of: EntityType, note: Note, passage: ReturnType<typeof passageIn>) {
  const { id, entity_id, note_type, params, responsible_user_id, created_by, updated_by, created_at, updated_at } = passNote(
    of,
    note,
    passage,
  );
  const plain = Object.fromEntries(Object.entries(params ?? {}).filter(([, value]) => value !== null && value !== undefined));
  return {
    ...{
      id,
      entity_type: of,
      entity_id,
      note_type,
      params: plain,
      created_by,
      updated_by: updated_by || created_by,
      created_at,
      updated_at,
    },
    ...(responsible_user_id !== 0 && { responsible_user_id }),
  };
}
type Draft = ReturnType<typeof draftOf>;

function noteOf({ entity_type, entity_id, note_type, params, id: _, responsible_user_id: __, ...stamps }: Draft) {
  const { text: ___, ...more } = params;
  return {
    ...{ on: target(entity_type, entity_id), kind: note_type, ...contentOf(note_type, params), ...stampsOf(stamps) },
    // Whatever else there is to a plain note.
    ...(note_type === "common" && Object.keys(more).length > 0 && { params: more }),
  };
}

/** Named by its note: its own number is kept as it is told, and may be another call's elsewhere. */
function callOf(note: Draft) {
  const { responsible_user_id } = note;
  const users = responsible_user_id === undefined ? [] : [{ id: responsible_user_id }];
  const { id } = note;
  return { ...callDraft({ ...note, params: { phone: "", ...note.params } }, `note:${id}`, users), params: note.params };
}

/** Where a deal came from that nobody has taken yet. Answers how many there were. */
export async function unsortedIn(ground: Ground, items: readonly Unsorted[]): Promise<MoveFinding[]> {
  const found: MoveFinding[] = [];
  await present(
    ground,
    "companies",
    items.flatMap(({ _embedded }) => (_embedded.companies ?? []).map(({ id }) => id)),
  );
  const contacts = await present(
    ground,
    "contacts",
    items.flatMap(({ _embedded }) => (_embedded.contacts ?? []).map(({ id }) => id)),
  );
  const there = await ground.crm.incoming.list({ uids: items.map(({ uid }) => uid), limit: perPage });
  const known = new Map(there.items.map((one) => [one.uid, one]));
  for (const item of items) {
    const { uid, category, source_uid, source_name, metadata, created_at, _embedded } = passUnsorted(item, passageIn(ground));
    const [deal] = _embedded.leads;
    const [contact] = _embedded.contacts.filter((_, index) => contacts.has(item._embedded.contacts[index]?.id ?? 0));
    const [company] = _embedded.companies;
    if (!deal) continue;
    if (known.get(uid)?.sourceName === (source_name ?? null)) continue;
    const draft = {
      ...{ uid, deal: deal.id, category, metadata, createdAt: new Date(created_at * 1000) },
      ...(source_uid && { sourceUid: source_uid }),
      ...(source_name && { sourceName: source_name }),
      ...(contact && { contact: contact.id }),
      ...(company && { company: company.id }),
    };
    await writeWhatFits({ kind: "incoming", id: deal.id, found }, draft, (fit) => ground.crm.incoming.create(fit)).catch(
      (error: unknown) => {
        if (!(error instanceof Invalid || error instanceof NotFound)) throw error;
        found.push({ what: "refused", kind: "incoming", id: uid, words: said(error.message) });
      },
    );
  }
  return found;
}
