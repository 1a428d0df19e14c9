import { type Kit, type MoveRun, Refused, type Workspace } from "@svyazka/core";
import type { Amo } from "../client.ts";
import { type EntityType, entityTypes, type Lead } from "../protocol.ts";
import { elementsIn, goodsIn } from "./catalogs-in.ts";
import { compareSteps, pageOf } from "./compare.ts";
import { notesIn, tasksIn, unsortedIn } from "./entries-in.ts";
import { type Beginning, type Ground, movedIn } from "./ground.ts";
import { perPage } from "./here.ts";
import { openIds } from "./ids.ts";
import { leftThere } from "./left.ts";
import type { Items } from "./local.ts";
import { recordsIn } from "./records-in.ts";
import { setupIn } from "./setup-in.ts";
import { goThrough, type Step } from "./steps.ts";
import { dropPastOptions } from "./strangers.ts";
import { readTheirs } from "./theirs.ts";

/** A whole account becomes our CRM: see `Move.in`. */
export async function moveIn(amo: Amo, kit: Kit, workspace: Workspace, run: MoveRun, intoFilled: boolean): Promise<void> {
  const crm = await kit.ownCrm();
  const began = await beginning(kit, intoFilled);
  const theirs = await readTheirs(amo);
  const ids = await openIds(kit.store, movedIn);
  const ground: Ground = { amo, crm, kit, workspace, theirs, ids, began };
  await kit.store.put("move", "last", "in");
  const sides = {
    ...{ amo, theirs, crm, kit, workspace, ids },
    direction: "in" as const,
    missing: new Set<number>(),
    isFilled: !began.isEmpty,
  };
  await goThrough(run, [...copySteps(ground), ...compareSteps(sides), leftThere(amo, theirs)]);
}

/** How our CRM was before the first copy. Throws `Refused` when it is not empty and that was not meant. */
async function beginning(kit: Kit, intoFilled: boolean): Promise<Beginning> {
  const known = await kit.store.get<Beginning>("move", "began");
  if (known) return known;
  const crm = await kit.ownCrm();
  const isEmpty = (
    await Promise.all([crm.deals, crm.contacts, crm.companies].map((records) => records.list({ limit: 1, deleted: true })))
  ).every(({ items }) => items.length === 0);
  if (!isEmpty && !intoFilled) throw new Refused("there are records here already: a copy beside them has to be asked for");
  const made = (await crm.pipelines.list()).map(({ createdAt }) => createdAt.getTime());
  const began = { isEmpty, madeAt: Math.min(...made) };
  await kit.store.put("move", "began", began);
  return began;
}

const copySteps = (ground: Ground): Step[] => [
  {
    ...{ name: "setup", phase: "copying", kind: "account" },
    turn: async () => ({ done: 1, hasMore: false, found: await setupIn(ground) }),
  },
  ...ground.theirs.catalogs.map(({ id }): Step => copyElements(ground, id)),
  copyRecords(ground, "companies"),
  copyRecords(ground, "contacts"),
  copyRecords(ground, "leads"),
  {
    ...{ name: "unsorted", phase: "copying", kind: "incoming" },
    async turn(page) {
      const { items, hasMore } = await ground.amo.unsorted.page({ limit: perPage }, page);
      return { done: items.length, hasMore, found: await unsortedIn(ground, items) };
    },
  },
  {
    ...{ name: "tasks", phase: "copying", kind: "task" },
    async turn(page) {
      const { items, hasMore } = await ground.amo.tasks.page({ order: { id: "asc" }, limit: perPage }, page);
      return { done: items.length, hasMore, found: await tasksIn(ground, items) };
    },
  },
  ...(["leads", "contacts", "companies"] as const).map((of) => copyNotes(ground, of)),
  {
    ...{ name: "past options", phase: "copying", kind: "field" },
    async turn() {
      for (const of of entityTypes) await dropPastOptions(ground, of);
      return { done: 0, hasMore: false };
    },
  },
];

const copyRecords = <K extends EntityType>(ground: Ground, of: K): Step => ({
  ...{ name: of, phase: "copying", kind: of === "leads" ? "deal" : of === "contacts" ? "contact" : "company" },
  async turn(page) {
    const { items, hasMore } = await pageOf(ground.amo, of, page);
    const found = await recordsIn(ground, of, items as unknown as readonly Items[K][]);
    return {
      done: items.length,
      hasMore,
      found: of === "leads" ? [...found, ...(await goodsIn(ground, items as readonly Lead[]))] : found,
    };
  },
});

const copyElements = (ground: Ground, catalog: number): Step => ({
  ...{ name: `elements of ${catalog}`, phase: "copying", kind: "element" },
  async turn(page) {
    const { items, hasMore } = await ground.amo.catalogs.elements(catalog).page({ limit: perPage }, page);
    return { done: items.length, hasMore, found: await elementsIn(ground, catalog, items) };
  },
});

const copyNotes = (ground: Ground, of: EntityType): Step => ({
  ...{ name: `notes of ${of}`, phase: "copying", kind: "note" },
  async turn(page) {
    const { items, hasMore } = await ground.amo[of].notes.page({ order: { id: "asc" }, limit: perPage }, page);
    return { done: items.length, hasMore, found: await notesIn(ground, of, items) };
  },
});
