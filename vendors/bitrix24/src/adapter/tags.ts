import { listOf } from "../protocol.ts";
import type { Ground } from "./ground.ts";
import type { FieldOwner, Setup } from "./setup.ts";
import type { Placed } from "./values.ts";

/** The CRM of Bitrix24 has no tags: they stand in a field of the company's own, where a person has named one, and in a comment otherwise. */
export function placeTags(
  { connection }: Pick<Ground, "connection">,
  setup: Setup,
  of: FieldOwner,
  tags: readonly string[] | undefined,
  before: Readonly<Record<string, unknown>> = {},
): Placed {
  const wanted = tags?.filter((tag) => tag.trim() !== "") ?? [];
  if (wanted.length === 0) return { values: {}, leftovers: [] };
  const named = connection.settings.tags_field?.toUpperCase();
  const field =
    named === undefined ? undefined : setup.fields[of].find(({ code, isMultiple }) => code.toUpperCase() === named && isMultiple);
  if (!field) return { values: {}, leftovers: [`${connection.workspace.language === "ru" ? "Теги" : "Tags"}: ${wanted.join(", ")}`] };
  const known = listOf(before[field.code]).map(String);
  const lacking = wanted.filter((tag) => !known.some((one) => one.toLowerCase() === tag.toLowerCase()));
  return { values: lacking.length === 0 ? {} : { [field.code]: [...known, ...lacking] }, leftovers: [] };
}
