import type { Kit } from "../kit.ts";
import type { Crm } from "../ports.ts";
import type { RecordId } from "../words.ts";

/** Tasks that a flow has marked, so that it can close them when they are done: a CRM elsewhere has no such mark. */

/** The longest that a task is waited for. */
const keptDays = 400;

export const markTask = (
  { store }: Pick<Kit, "store">,
  { name, at }: { readonly name: string /** ISO 8601 with offset. */; readonly at: string },
  task: RecordId,
): Promise<void> => store.put(`mark ${name}`, task, true, { at: new Date(at), days: keptDays });

/** `close` closes it over there, and answers whether it was open. Answers how many were. */
export async function closeMarked(
  { store }: Pick<Kit, "store">,
  { mark, before }: Parameters<Crm["closeTasks"]>[0],
  close: (task: RecordId) => Promise<boolean>,
): Promise<number> {
  let closed = 0;
  for (const { id } of await store.list<true>(`mark ${mark}`, { until: before })) {
    if (await close(id)) closed++;
    await store.remove(`mark ${mark}`, id);
  }
  return closed;
}
