import { type CallDraft, type KnownCall, mergeCall } from "../src/calls.ts";
import type { SavedCall } from "../src/ports.ts";
import type { RecordId } from "../src/words.ts";

export interface MemoryCall {
  readonly id: RecordId;
  readonly call: KnownCall;
}

/** The calls of a CRM in memory, by their keys. */
export function memoryCalls(nextId: () => RecordId) {
  const calls = new Map<string, MemoryCall>();
  const isReturned = ({ call }: MemoryCall): boolean =>
    [...calls.values()].some(
      (later) =>
        later.call.client.e164 !== undefined &&
        later.call.client.e164 === call.client.e164 &&
        later.call.answered &&
        (later.call.startedAt ?? 0) > (call.startedAt ?? 0),
    );
  return {
    calls,
    save({ key, ...told }: CallDraft): SavedCall {
      const known = calls.get(key);
      const merged = { id: known?.id ?? nextId(), call: mergeCall(known?.call, told) };
      calls.set(key, merged);
      return saved(merged, isReturned(merged));
    },
    find(key: string): SavedCall | undefined {
      const known = calls.get(key);
      return known && saved(known, isReturned(known));
    },
  };
}

const saved = (
  { id, call: { direction, client, state, outcome, employee, contact, deal } }: MemoryCall,
  isReturned: boolean,
): SavedCall => ({
  id,
  direction,
  client,
  isOver: state === "over",
  isReturned,
  ...(outcome !== undefined && { outcome }),
  ...(employee?.user !== undefined && { user: employee.user }),
  ...(contact !== undefined && { contact }),
  ...(deal !== undefined && { deal }),
});
