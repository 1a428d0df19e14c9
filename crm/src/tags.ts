import type { Entity } from "./by.ts";
import { type ChoiceBase, choices } from "./choices.ts";

/** Contacts, companies and deals have tags of their own. A name that is tied to a record for the first time makes its tag. */
export interface Tag extends ChoiceBase {
  readonly entity: Entity;
  readonly colour: string | null;
}

export const tags = choices<Tag>({
  table: "tag",
  noun: "tag",
  columns: ["entity", "colour"],
  constraints: { tag_name: ["name", "there is a tag of this name"] },
});
