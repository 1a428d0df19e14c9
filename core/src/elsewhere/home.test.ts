import { expect, it } from "vitest";
import type { ConnectionId } from "../words.ts";
import { isHome, stageHere, stageThere, userHere, userThere } from "./home.ts";

const there = 3 as ConnectionId;
const mappings = { userMapping: { "71": "7" }, stageMapping: { NEW: "1" } };

it("takes ids as they are where the CRM is the one that everybody is named by", () => {
  for (const home of [
    { id: there, ...mappings },
    { id: there, home: there, ...mappings },
  ]) {
    expect([isHome(home), userThere(home, "7"), userHere(home, "71"), stageThere(home, "1"), stageHere(home, "NEW")]).toEqual([
      ...[true, "7", "71", "1", "NEW"],
    ]);
  }
});

it("takes them as a person mapped them elsewhere, and leaves out whom nobody mapped", () => {
  const away = { id: there, home: 4 as ConnectionId, ...mappings };
  expect([isHome(away), userThere(away, "7"), userHere(away, "71"), stageThere(away, "1"), stageHere(away, "NEW")]).toEqual([
    ...[false, "71", "7", "NEW", "1"],
  ]);
  expect([userThere(away, "8"), userThere(away, undefined), userHere(away, "72"), stageThere(away, "2"), stageHere(away, "WON")]).toEqual([
    ...[undefined, undefined, undefined, undefined, "WON"],
  ]);
});
