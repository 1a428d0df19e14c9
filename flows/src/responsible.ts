import type { FlowContext, RecordId } from "@svyazka/core";

/** The user asked for, if that person still works there. */
export const ifActive = (id: RecordId | undefined, at: FlowContext<"crm">): RecordId | undefined =>
  id !== undefined && at.isActiveUser(id) ? id : undefined;

/** The next of those who take turns and still work there. One person needs no count. */
export async function nextInTurn(users: readonly RecordId[], at: FlowContext<"crm">): Promise<RecordId | undefined> {
  const active = users.filter((id) => at.isActiveUser(id));
  return active.length > 1 ? active[(await at.turn()) % active.length] : active[0];
}
