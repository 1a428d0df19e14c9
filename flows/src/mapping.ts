import { type FlowContext, Refused } from "@svyazka/core";
import { wordsIn } from "./text.ts";

/**
 * Throws `Refused`, in words, when a person mapped a field to one that our CRM has not: before anything is written, so that the request, received again
 * after the mapping was mended, makes one deal with everything in its place.
 */
export function refuseBrokenMapping(
  mapped: Readonly<Record<string, string>> | undefined,
  at: Pick<FlowContext, "hasDealField" | "workspace">,
): void {
  const broken = Object.entries(mapped ?? {}).filter(([, ours]) => !at.hasDealField(ours));
  if (broken.length === 0) return;
  throw new Refused(wordsIn(at.workspace.language).mappedToNothing(broken.map(([theirs, ours]) => `«${theirs}» → «${ours}»`).join(", ")));
}
