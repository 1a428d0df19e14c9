import { Invalid, type MoveFinding, type MoveKind, type OwnCrm } from "@svyazka/core";
import { seconds } from "../served/times.ts";
import { type Ground, said } from "./ground.ts";
import type { IdKind } from "./ids.ts";

/** How records of one kind are put down here, whatever kind it is. */
export interface Brought<T extends Theirs> {
  readonly kind: MoveKind;
  readonly idKind: IdKind;
  /** Those of these ids, also from the bin. */
  here(ids: readonly number[]): Promise<readonly Ours[]>;
  /** An id that nothing has. */
  freeId(): Promise<number>;
  create(crm: OwnCrm, id: number, item: T, found: MoveFinding[]): Promise<void>;
  update(crm: OwnCrm, id: number, item: T, found: MoveFinding[]): Promise<void>;
}

interface Theirs {
  readonly id: number;
  readonly created_at: number;
  readonly updated_at: number;
}
interface Ours {
  readonly id: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
}

/**
 * A page of theirs, in one transaction. Each gets its id before it is written, so that doing it again makes nothing twice: what is here under that id, and was made in that second, is
 * the copy. A copy is changed only when it was changed there later; one that was deleted here stays so.
 */
export async function bringPage<T extends Theirs>(
  { crm, ids }: Ground,
  items: readonly T[],
  { kind, idKind, here, freeId, create, update }: Brought<T>,
): Promise<MoveFinding[]> {
  const wanted = items.map(({ id }) => ids.get(idKind, id) ?? id);
  const there = new Map((await here(wanted)).map((one) => [one.id, one]));
  const isFree = (item: T, id: number): boolean => {
    const own = there.get(id);
    return own === undefined || seconds(own.createdAt) === item.created_at;
  };
  const moved: [number, number][] = [];
  for (const item of items) {
    if (isFree(item, ids.get(idKind, item.id) ?? item.id)) continue;
    moved.push([item.id, (await freeId()) + moved.length]);
  }
  await ids.keep(idKind, moved);
  return crm.transaction(async (crm) => {
    const found: MoveFinding[] = [];
    for (const item of items) {
      const id = ids.get(idKind, item.id) ?? item.id;
      const own = isFree(item, id) ? there.get(id) : undefined;
      if (own?.deletedAt || (own && seconds(own.updatedAt) >= item.updated_at)) continue;
      try {
        await (own ? update : create)(crm, id, item, found);
      } catch (error) {
        if (!(error instanceof Invalid)) throw error;
        found.push({ what: "refused", kind, id: String(item.id), words: said(error.message) });
      }
    }
    return found;
  });
}

const mostTries = 50;

/** Writes a draft without what our CRM cannot take of it, which is told. Throws `Invalid` when the rest cannot be, either. */
export async function writeWhatFits<D extends object, R>(
  { kind, id, found }: { readonly kind: MoveKind; readonly id: number; readonly found: MoveFinding[] },
  draft: D,
  write: (draft: D) => Promise<R>,
): Promise<R> {
  let left = draft;
  for (let tries = 0; ; tries++) {
    try {
      return await write(left);
    } catch (error) {
      if (!(error instanceof Invalid) || tries === mostTries) throw error;
      const before = left;
      for (const [name, problems] of Object.entries(error.fields)) {
        const rest = without(left, name.split("."));
        if (rest === undefined) continue;
        left = rest;
        found.push({ what: "refused", kind, id: String(id), member: name, there: "", words: said(problems.join("; ")) });
      }
      if (left === before) throw error;
    }
  }
}

const names: Readonly<Record<string, string>> = { created_by: "createdBy", updated_by: "updatedBy", loss_reason: "lossReason" };

/** Undefined when it has no such member, or is nothing without it. */
function without<T extends object>(draft: T, [first = "", second]: readonly string[]): T | undefined {
  const name = names[first] ?? first;
  const value = (draft as Readonly<Record<string, unknown>>)[name];
  if (value === undefined || name === "id") return undefined;
  if (Array.isArray(value) && second !== undefined && /^\d+$/.test(second))
    return { ...draft, [name]: value.filter((_, index) => index !== Number(second)) };
  if (name === "values" && second !== undefined && typeof value === "object" && value !== null) {
    const { [second]: gone, ...rest } = value as Readonly<Record<string, unknown>>;
    return gone === undefined ? undefined : { ...draft, values: rest };
  }
  const { [name]: _, ...rest } = draft as Record<string, unknown>;
  return rest as T;
}
