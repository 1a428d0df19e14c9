import { type ChoiceBase, choices } from "./choices.ts";

/** Where deals come from: a site, an advertisement, a phone line. */
export interface Source extends ChoiceBase {
  /** Unique; what programs know it by. */
  readonly code: string | null;
  /** Where its deals start. */
  readonly pipeline: number | null;
}

export const sources = choices<Source>({
  table: "source",
  noun: "source",
  columns: ["code", "pipeline"],
  inDirectory: true,
  constraints: {
    source_code: ["code", "another source has this code"],
    source_workspace_pipeline_fkey: ["pipeline", "there is no such pipeline"],
  },
});
