import type { Label, MoveFinding, MoveKind } from "@svyazka/core";
import type { Amo } from "../client.ts";
import type { CatalogElement, EntityType, Note, Task, Unsorted } from "../protocol.ts";
import { setupDifferences } from "./compare-setup.ts";
import { differences } from "./differences.ts";
import { type Here, notesHere, perPage, readHere, recordsHere, tasksHere } from "./here.ts";
import { passElement, passNote, passRecord, passTask, passUnsorted } from "./local.ts";
import { elementMembers, isCallNote, type Members, membersOf, noteMembers, taskMembers, unsortedMembers } from "./members.ts";
import { kindOf } from "./records-in.ts";
import { passageOf, type Sides } from "./sides.ts";
import type { Step } from "./steps.ts";

export const compareSteps = (sides: Sides): Step[] => [
  {
    ...{ name: "compare setup", phase: "comparing", kind: "account" },
    turn: async () => ({
      done: 1,
      hasMore: false,
      found: await setupDifferences(sides, await readHere(sides.crm, sides.workspace, sides.kit)),
    }),
  },
  ...sides.theirs.catalogs.map(({ id }) => compareElements(sides, id)),
  compareRecords(sides, "companies"),
  compareRecords(sides, "contacts"),
  compareRecords(sides, "leads"),
  ...(sides.direction === "in" ? [compareUnsorted(sides)] : []),
  compareTasks(sides),
  ...(["leads", "contacts", "companies"] as const).map((of) => compareNotes(sides, of)),
];

interface Compared<T> {
  readonly name: string;
  readonly kind: MoveKind;
  theirs(page: number): Promise<PageOf<T>>;
  pass(item: T): T;
  /** Those of these that are here. */
  here(here: Here, items: readonly T[]): Promise<readonly T[]>;
  /** Everything that is here. */
  all(here: Here, page: number): Promise<PageOf<T>>;
  idOf(item: T): string;
  members(item: T): Members;
  readonly onlyTheirs?: (member: string) => boolean;
  /** What no record of ours can hold: told once, with how many of theirs have it. */
  readonly lost?: { readonly id: string; readonly words: Label; readonly isIn: (item: T) => boolean };
}
interface PageOf<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

/** First all of theirs, then all of ours: what nobody has seen by then is here only. */
function comparing<T>(sides: Sides, { name, kind, theirs, pass, here, all, idOf, members, onlyTheirs, lost }: Compared<T>): Step {
  const isIn = sides.direction === "in";
  const stoodFor = standingIn<T>(sides);
  let ours: Here | undefined;
  let seen = new Set<string>();
  let first = 0;
  let before = 0;
  let without = 0;
  return {
    ...{ name, phase: "comparing", kind, isWhole: true },
    async turn(page) {
      if (page === 1 || !ours) {
        ours = await readHere(sides.crm, sides.workspace, sides.kit);
        [seen, first, before, without] = [new Set(), 0, 0, 0];
      }
      const found: MoveFinding[] = [];
      if (first === 0) {
        const { items, hasMore } = await theirs(page);
        if (!hasMore) first = page + 1;
        const passed = items.map(pass);
        if (lost) without += items.filter(lost.isIn).length;
        const there = new Map((await here(ours, passed)).map((one) => [idOf(one), one]));
        for (const [index, item] of passed.entries()) {
          const own = there.get(idOf(item));
          const id = idOf(items[index] ?? item);
          seen.add(idOf(item));
          if (!own) found.push({ what: "only_there", kind, id, ...nameOf(item) });
          else found.push(...differences(kind, id, members(item), members(stoodFor(own)), onlyTheirs ? { onlyTheirs } : {}));
          if (own && isIn && idOf(item) !== id) found.push({ what: "differs", kind, id, member: "id", there: id, here: idOf(item) });
        }
        return { done: items.length, hasMore: true, found };
      }
      const { items, hasMore } = await all(ours, page - first + 1);
      const more = items.filter((item) => !seen.has(idOf(item)));
      if (sides.isFilled) before += more.length;
      else found.push(...more.map((item): MoveFinding => ({ what: "only_here", kind, id: idOf(item), ...nameOf(item) })));
      if (!hasMore && lost && without > 0) found.push({ what: "left", kind, id: lost.id, count: without, words: lost.words });
      if (!hasMore && before > 0) found.push({ what: "left", kind, count: before, words: wasHere });
      return { done: 0, hasMore, found };
    },
  };
}

const people = ["responsible_user_id", "created_by", "updated_by"] as const;

/** Whoever is not there is stood for by whose token it is: that they are not there is told once, of them. */
function standingIn<T>({ direction, theirs, ids, missing }: Sides): (item: T) => T {
  const { current_user_id } = theirs.info;
  const other = ids.get("user", current_user_id) ?? current_user_id;
  if (direction === "in") return (item) => item;
  return (item) => {
    const named = item as Readonly<Record<string, unknown>>;
    return { ...item, ...Object.fromEntries(people.flatMap((name) => (missing.has(Number(named[name])) ? [[name, other]] : []))) };
  };
}

const wasHere = {
  ru: "Были здесь раньше или появились здесь: остаются как есть",
  en: "Were here before, or were made here: they stay as they are",
};

function nameOf(item: unknown): { readonly there?: string } {
  const { name, text } = item as { readonly name?: unknown; readonly text?: unknown };
  const shown = [name, text].find((one): one is string => typeof one === "string" && one !== "");
  return shown === undefined ? {} : { there: shown.slice(0, 100).toWellFormed() };
}

const idOf = ({ id }: { readonly id: number }): string => String(id);
const numbers = (items: readonly { readonly id: number }[]): number[] => items.map(({ id }) => id);

function compareRecords<K extends EntityType>(sides: Sides, of: K): Step {
  type Item = Awaited<ReturnType<typeof recordsHere<K>>>["items"][number];
  const passage = passageOf(sides);
  return comparing<Item>(sides, {
    ...{ name: `compare ${of}`, kind: kindOf[of] },
    theirs: (page) => pageOf(sides.amo, of, page) as unknown as Promise<PageOf<Item>>,
    pass: (item) => passRecord(of, item, passage),
    here: async (here, items) => (await recordsHere(here, of, numbers(items as readonly { id: number }[]))).items,
    all: (here, page) => recordsHere(here, of, undefined, page),
    idOf: (item) => idOf(item as { id: number }),
    members: membersOf[of] as (item: Item) => Members,
  });
}

/** By id, so that what is written meanwhile comes at the end. */
export const pageOf = (amo: Amo, of: EntityType, page: number) =>
  of === "leads"
    ? amo.leads.page({ order: { id: "asc" }, with: ["contacts", "source_id", "source", "catalog_elements"], limit: perPage }, page)
    : amo[of].page({ order: { id: "asc" }, limit: perPage }, page);

function compareElements(sides: Sides, catalog: number): Step {
  const passage = passageOf(sides);
  const own = { catalog: passage.to("catalog", catalog), limit: perPage, order: { by: "id", descending: false } };
  const isHere = async ({ account }: Here) => (await account.catalogs()).some(({ id }) => id === own.catalog);
  return comparing<CatalogElement>(sides, {
    ...{ name: `compare elements of ${catalog}`, kind: "element" as const },
    theirs: (page) => sides.amo.catalogs.elements(catalog).page({ limit: perPage }, page),
    pass: (item) => passElement(item, passage),
    here: async (here, items) =>
      (await isHere(here)) ? (await here.account.elements({ ...own, page: 1, ids: numbers(items) })).items : [],
    all: async (here, page) => ((await isHere(here)) ? here.account.elements({ ...own, page }) : { items: [], hasMore: false }),
    idOf,
    // When they were made, amoCRM lets nobody say.
    members: (item) => elementMembers(item, sides.direction === "in"),
  });
}

function compareTasks(sides: Sides): Step {
  const passage = passageOf(sides);
  return comparing<Task>(sides, {
    ...{ name: "compare tasks", kind: "task" as const },
    theirs: (page) => sides.amo.tasks.page({ order: { id: "asc" }, limit: perPage }, page),
    pass: (item) => passTask(item, passage),
    here: async (here, items) => (await tasksHere(here, numbers(items))).items,
    all: (here, page) => tasksHere(here, undefined, page),
    ...{ idOf, members: taskMembers },
  });
}

/** Of calls, our CRM tells more than it was told. */
function compareNotes(sides: Sides, of: EntityType): Step {
  const passage = passageOf(sides);
  const once = sides.direction === "out";
  return comparing<Note>(sides, {
    ...{ name: `compare notes of ${of}`, kind: "note" as const },
    theirs: (page) => sides.amo[of].notes.page({ order: { id: "asc" }, limit: perPage }, page),
    pass: (item) => passNote(of, item, passage),
    here: async (here, items) => (await notesHere(here, of, { ids: numbers(items), once })).items,
    all: (here, page) => notesHere(here, of, { page, once }),
    ...{ idOf, members: noteMembers },
    onlyTheirs: (member) => callMembers.has(member),
    ...(sides.direction === "in" && {
      lost: {
        id: `responsible of notes of ${of}`,
        words: {
          ru: "Ответственный за примечание, если это не его автор: здесь за примечание отвечает автор",
          en: "Who is responsible for a note, where that is not its author: here its author is",
        },
        isIn: (note: Note) => !isCallNote(note) && (note.responsible_user_id || note.created_by) !== note.created_by,
      },
    }),
  });
}
/** What our CRM adds to a call by itself. */
const callMembers: ReadonlySet<string> = new Set(
  ["uniq", "duration", "source", "link", "phone", "call_responsible", "call_status"].map((name) => `params.${name}`),
);

/** Those that nobody has taken yet. */
function compareUnsorted(sides: Sides): Step {
  const passage = passageOf(sides);
  const here = ({ account }: Here, page: number, uids?: readonly string[]) =>
    account.unsorted({ page, limit: perPage, ...(uids && { uids }) });
  return comparing<Unsorted>(sides, {
    ...{ name: "compare unsorted", kind: "incoming" as const },
    theirs: (page) => sides.amo.unsorted.page({ limit: perPage }, page),
    pass: (item) => passUnsorted(item, passage),
    here: async (at, items) =>
      items.length === 0
        ? []
        : (
            await here(
              at,
              1,
              items.map(({ uid }) => uid),
            )
          ).items,
    all: (at, page) => here(at, page),
    ...{ idOf: ({ uid }) => uid, members: unsortedMembers },
  });
}
