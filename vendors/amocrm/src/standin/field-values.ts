import type { FieldDraft } from "../api/account.ts";
import type { FieldValues } from "../protocol.ts";

/** The values of a record after a change: a field that is not named keeps its own. */
export function fieldsAfter(before: readonly FieldValues[] | null, drafts: readonly FieldDraft[] = []): FieldValues[] | null {
  const kept = (before ?? []).filter(({ field_id }) => !drafts.some(({ field }) => field.id === field_id));
  const put = drafts.flatMap(({ field, values }) =>
    values === null ? [] : [{ field_id: field.id, field_name: field.name, field_code: field.code, field_type: field.type, values }],
  );
  const after = [...kept, ...put];
  return after.length === 0 ? null : after;
}
