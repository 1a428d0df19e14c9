import { Missing, type StampDraft, Unfit } from "../api/account.ts";
import type { State, Told } from "./state.ts";

/** What a pen writes with: the account's state, whose hand it is, when, and what is to be told of it. */
export interface Desk {
  readonly state: State;
  readonly userId: number;
  /** Unix seconds. */
  readonly now: number;
  readonly told: Told[];
}

export const nextId = ({ state }: Desk): number => state.nextId++;

export const stampsOf = ({ userId, now }: Desk, draft: StampDraft) => ({
  created_by: draft.created_by ?? userId,
  updated_by: draft.updated_by ?? draft.created_by ?? userId,
  created_at: draft.created_at ?? now,
  updated_at: draft.updated_at ?? draft.created_at ?? now,
});

/** Who is to be responsible; throws `Unfit` for a stranger. */
export function responsibleOf({ state }: Desk, id: number | undefined, before: number): number {
  if (id !== undefined && !state.users.some((one) => one.id === id)) throw new Unfit("responsible_user_id");
  return id ?? before;
}

export function mustHave<T>(all: ReadonlyMap<number, T>, id: number): T {
  const found = all.get(id);
  if (!found) throw new Missing("Entity not found");
  return found;
}
