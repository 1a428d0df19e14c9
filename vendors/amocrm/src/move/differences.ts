import type { MoveFinding, MoveKind } from "@svyazka/core";
import type { Members } from "./members.ts";

/** Texts of people are not kept in a report as a whole. */
const longest = 300;

/** Every member that is another one there than here. `onlyTheirs`: what is more here is no difference. */
export function differences(
  kind: MoveKind,
  id: string,
  there: Members,
  here: Members,
  { onlyTheirs = (_member: string): boolean => false } = {},
): MoveFinding[] {
  const names = [...new Set([...Object.keys(there), ...Object.keys(here)])];
  return names.flatMap((member): MoveFinding[] => {
    if (!(member in there) && onlyTheirs(member)) return [];
    if (written(there[member]) === written(here[member])) return [];
    return [{ what: "differs", kind, id, member, there: shown(there[member]), here: shown(here[member]) }];
  });
}

/** The same for what says the same: members in order, nothing for null. */
function written(value: unknown): string {
  if (value === null || value === undefined) return "";
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

export function shown(value: unknown): string {
  const text = value === null || value === undefined ? "" : typeof value === "string" ? value : written(value);
  return text.length > longest ? `${text.slice(0, longest - 1).toWellFormed()}…` : text;
}
