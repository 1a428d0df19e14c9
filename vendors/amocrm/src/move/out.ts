import { type Kit, type MoveRun, Refused, type Workspace } from "@svyazka/core";
import type { Amo } from "../client.ts";
import { type EntityType, entityTypes, type Lead } from "../protocol.ts";
import { elementsHere, elementsOut, goodsOut } from "./catalogs-out.ts";
import { compareSteps } from "./compare.ts";
import { movedBack, movedOut } from "./ground.ts";
import { type Here, notesHere, readHere, recordsHere, tasksHere } from "./here.ts";
import { type Ids, openIds } from "./ids.ts";
import { leftHere } from "./left-here.ts";
import type { OutGround } from "./out-ground.ts";
import { kindOf } from "./records-in.ts";
import { notesOut, recordsOut, tasksOut } from "./records-out.ts";
import { setupOut } from "./setup-out.ts";
import type { Sides } from "./sides.ts";
import { goThrough, isAmong, type Step } from "./steps.ts";
import { readTheirs } from "./theirs.ts";

/** All of our CRM is made in an empty account: see `Move.out`. */
export async function moveOut(amo: Amo, kit: Kit, workspace: Workspace, run: MoveRun): Promise<void> {
  const crm = await kit.ownCrm(undefined, { lasting: true });
  const out = await openIds(kit.store, movedOut);
  const back = await openIds(kit.store, movedBack);
  if (out.isEmpty) await mustBeEmpty(amo);
  const sidesNow = () => sidesOut(amo, kit, workspace, back);
  const sides = await sidesNow();
  await kit.store.put("move", "last", "out");
  const ground: OutGround = { ...{ amo, crm, kit, workspace, out, back }, theirs: sides.theirs };
  const comparing = [...compareSteps(sides), leftHere(crm, sides.theirs.info.currency)];
  if (!isAmong(run, comparing)) {
    await goThrough(
      run,
      copySteps(
        ground,
        (await crm.catalogs.list()).map(({ id }) => id),
      ),
    );
    // It is made of other things by now.
    await goThrough(run, [...compareSteps(await sidesNow()), leftHere(crm, sides.theirs.info.currency)]);
  } else await goThrough(run, comparing);
}

/** Both sides after a copy that went out. */
export async function sidesOut(amo: Amo, kit: Kit, workspace: Workspace, back: Ids): Promise<Sides> {
  const crm = await kit.ownCrm();
  const theirs = await readTheirs(amo);
  const there = new Set(theirs.users.map(({ id }) => back.get("user", id)));
  const missing = new Set((await crm.users.list()).map(({ id }) => id).filter((id) => !there.has(id)));
  return { amo, crm, kit, workspace, theirs, ids: back, missing, direction: "out", isFilled: false };
}

async function mustBeEmpty(amo: Amo): Promise<void> {
  for (const of of entityTypes) {
    const { items } = await amo[of].page({ limit: 1 });
    if (items.length > 0) throw new Refused("there are records in the account already: a copy goes into an empty one");
  }
}

function copySteps(ground: OutGround, catalogs: readonly number[]): Step[] {
  let here: Promise<Here> | undefined;
  /** Read once in a run: nobody waits for what changes meanwhile. */
  const at = (): Promise<Here> => {
    here ??= readHere(ground.crm, ground.workspace, ground.kit);
    return here;
  };
  const records = <K extends EntityType>(of: K): Step => ({
    ...{ name: `${of} out`, phase: "copying", kind: kindOf[of] },
    async turn(page) {
      const { items, hasMore } = await recordsHere(await at(), of, undefined, page);
      const found = await recordsOut(ground, of, items);
      return {
        done: items.length,
        hasMore,
        found: of === "leads" ? [...found, ...(await goodsOut(ground, items as readonly Lead[]))] : found,
      };
    },
  });
  const elements = (catalog: number): Step => ({
    ...{ name: `elements of ${catalog} out`, phase: "copying", kind: "element" },
    async turn(page) {
      const { items, hasMore } = await elementsHere(await at(), catalog, page);
      return { done: items.length, hasMore, found: await elementsOut(ground, catalog, items) };
    },
  });
  const notes = (of: EntityType): Step => ({
    ...{ name: `notes of ${of} out`, phase: "copying", kind: "note" },
    async turn(page) {
      const { items, hasMore } = await notesHere(await at(), of, { page, once: true });
      return { done: items.length, hasMore, found: await notesOut(ground, of, items) };
    },
  });
  return [
    {
      ...{ name: "setup out", phase: "copying", kind: "account" },
      turn: async () => ({ done: 1, hasMore: false, found: await setupOut(ground) }),
    },
    ...catalogs.map(elements),
    records("companies"),
    records("contacts"),
    records("leads"),
    {
      ...{ name: "tasks out", phase: "copying", kind: "task" },
      async turn(page) {
        const { items, hasMore } = await tasksHere(await at(), undefined, page);
        return { done: items.length, hasMore, found: await tasksOut(ground, items) };
      },
    },
    notes("leads"),
    notes("contacts"),
    notes("companies"),
  ];
}
