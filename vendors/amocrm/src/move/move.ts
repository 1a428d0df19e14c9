import type { Kit, Move, MoveRun, Workspace } from "@svyazka/core";
import type { Amo } from "../client.ts";
import { asking } from "../port-errors.ts";
import { compareSteps } from "./compare.ts";
import { type Beginning, movedBack, movedIn } from "./ground.ts";
import { openIds } from "./ids.ts";
import { moveIn } from "./in.ts";
import { leftThere } from "./left.ts";
import { leftHere } from "./left-here.ts";
import { moveOut, sidesOut } from "./out.ts";
import type { Sides } from "./sides.ts";
import { goThrough } from "./steps.ts";
import { readTheirs } from "./theirs.ts";

/** A whole account, into our CRM and back. */
export const moveOf = (amo: Amo, kit: Kit, workspace: Workspace): Move => ({
  in: (run, { intoFilled }) => asking(() => moveIn(amo, kit, workspace, run, intoFilled)),
  out: (run) => asking(() => moveOut(amo, kit, workspace, run)),
  compare: (run) => asking(() => compare(amo, kit, workspace, run)),
});

async function compare(amo: Amo, kit: Kit, workspace: Workspace, run: MoveRun): Promise<void> {
  const direction = (await kit.store.get<Sides["direction"]>("move", "last")) ?? "in";
  if (direction === "out") {
    const sides = await sidesOut(amo, kit, workspace, await openIds(kit.store, movedBack));
    return goThrough(run, [...compareSteps(sides), leftHere(sides.crm, sides.theirs.info.currency)]);
  }
  const began = await kit.store.get<Beginning>("move", "began");
  const theirs = await readTheirs(amo);
  const sides: Sides = {
    ...{ amo, theirs, kit, workspace, direction, crm: await kit.ownCrm(), ids: await openIds(kit.store, movedIn) },
    ...{ missing: new Set(), isFilled: began?.isEmpty === false },
  };
  return goThrough(run, [...compareSteps(sides), leftThere(amo, theirs)]);
}
