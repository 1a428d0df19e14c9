import type { Kit, MoveFinding, OwnCrm, Workspace } from "@svyazka/core";
import type { Amo } from "../client.ts";
import type { IdKind, Ids } from "./ids.ts";
import type { Passage } from "./local.ts";
import type { Theirs } from "./theirs.ts";

/** What a copy into our CRM stands on. */
export interface Ground {
  readonly amo: Amo;
  readonly crm: OwnCrm;
  readonly kit: Kit;
  readonly workspace: Workspace;
  readonly theirs: Theirs;
  /** Theirs → ours. What is not in it has the same id on both sides. */
  readonly ids: Ids;
  readonly began: Beginning;
}

/** How our CRM was when the first copy began. */
export interface Beginning {
  /** There were no records: what a new workspace has by itself gives way to what is there. */
  readonly isEmpty: boolean;
  /** Milliseconds: when what a new workspace has by itself was made. */
  readonly madeAt: number;
}

export const passageIn = ({ ids, theirs, workspace }: Pick<Ground, "ids" | "theirs" | "workspace">): Passage => ({
  to: (kind: IdKind, id: number) => ids.get(kind, id) ?? id,
  fromZone: theirs.timeZone,
  toZone: workspace.timeZone,
});

/** Something that a new workspace has by itself, as it was made. */
export const isUntouched = (
  { createdAt, updatedAt }: { readonly createdAt: Date; readonly updatedAt: Date },
  { isEmpty, madeAt }: Beginning,
): boolean => isEmpty && createdAt.getTime() === madeAt && updatedAt.getTime() === madeAt;

/** The connection's own documents. */
export const movedIn = "moved_in";
export const movedOut = "moved_out";
export const movedBack = "moved_back";

/** The same words in both languages: those of the side that refused. */
export const said = (words: string): NonNullable<MoveFinding["words"]> => ({ ru: words, en: words });
