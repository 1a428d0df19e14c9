import type { Kit, OwnCrm, Workspace } from "@svyazka/core";
import type { Amo } from "../client.ts";
import type { Ids } from "./ids.ts";
import type { Passage } from "./local.ts";
import type { Theirs } from "./theirs.ts";

/** Both sides, kind by kind and page by page, as programs see them. */
export interface Sides {
  readonly amo: Amo;
  readonly theirs: Theirs;
  readonly crm: OwnCrm;
  readonly kit: Kit;
  readonly workspace: Workspace;
  /** Theirs → ours. */
  readonly ids: Ids;
  /** Where it went out: those of our users who are not there. */
  readonly missing: ReadonlySet<number>;
  /** Which way the copy went: where it went out, nothing has the id it has here. */
  readonly direction: "in" | "out";
  /** There were records here already: they are counted, and are no differences. */
  readonly isFilled: boolean;
}

export const passageOf = ({ ids, theirs, workspace }: Sides): Passage => ({
  to: (kind, id) => ids.get(kind, id) ?? id,
  fromZone: theirs.timeZone,
  toZone: workspace.timeZone,
});
