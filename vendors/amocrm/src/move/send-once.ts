import type { MoveFinding, MoveKind } from "@svyazka/core";
import { AmoInvalid, type Creating } from "../client.ts";
import type { IdKind } from "./ids.ts";
import { type OutGround, sendWhatFits, tie } from "./out-ground.ts";

/** What amoCRM has made, as it lists it. */
interface Made {
  readonly id: number;
  readonly created_at: number;
  readonly name?: string;
}

export interface Sent<T extends Made, D extends object> {
  readonly kind: MoveKind;
  readonly idKind: IdKind;
  /** What is told apart by when it was made: of notes, those of one kind of record. */
  readonly name: string;
  readonly creating: Pick<Creating<D, { readonly id: number }>, "create" | "createMany">;
  draftOf(item: T): D;
  /** What the same one says of itself on both sides; when it was made, unless told. */
  readonly markOf?: (item: Made) => string | number | undefined;
  /** Theirs, the newest first. */
  newest(page: number): Promise<{ readonly items: readonly Made[]; readonly hasMore: boolean }>;
}

interface Pending {
  /** Ours, in the order in which they were sent. */
  readonly items: readonly { readonly id: number; readonly mark: string | number | undefined }[];
}

/** A request of amoCRM holds so many. */
const atOnce = 50;
const pendingKind = "move_pending";

/**
 * Sends what is not there yet, so that nothing is made twice: what is about to be sent is kept, and whoever goes on after a process that died, or an answer that was lost, looks
 * first whether it has been made. Answers what was refused.
 */
export async function sendOnce<T extends Made, D extends object>(
  ground: OutGround,
  items: readonly T[],
  sent: Sent<T, D>,
): Promise<MoveFinding[]> {
  await settle(ground, sent);
  const found: MoveFinding[] = [];
  const left = items.filter(({ id }) => ground.out.get(sent.idKind, id) === undefined);
  for (let at = 0; at < left.length; at += atOnce) await sendSome(ground, left.slice(at, at + atOnce), sent, found);
  return found;
}

async function sendSome<T extends Made, D extends object>(
  ground: OutGround,
  items: readonly T[],
  sent: Sent<T, D>,
  found: MoveFinding[],
): Promise<void> {
  const { kind, idKind, creating, draftOf, name } = sent;
  const { store } = ground.kit;
  await keepPending(ground, sent, items);
  const outcomes = await creating.createMany(items.map(draftOf));
  const refused: T[] = [];
  let ended: Error | undefined;
  const pairs: [number, number][] = [];
  for (const outcome of outcomes) {
    const item = items[outcome.index];
    if (!item) continue;
    if (outcome.isDone) pairs.push([item.id, outcome.value.id]);
    else if (outcome.error instanceof AmoInvalid) refused.push(item);
    else ended ??= outcome.error;
  }
  await tie(ground, idKind, pairs);
  if (ended) throw ended;
  for (const item of refused) {
    await keepPending(ground, sent, [item]);
    try {
      const made = await sendWhatFits({ kind, id: item.id, found }, draftOf(item), (draft) => creating.create(draft));
      await tie(ground, idKind, [[item.id, made.id]]);
    } catch (error) {
      if (!(error instanceof AmoInvalid)) throw error;
      found.push({ what: "refused", kind, id: String(item.id), words: { ru: error.message, en: error.message } });
    }
  }
  await store.remove(pendingKind, name);
}

const whenMade = ({ created_at }: Made): number => created_at;

const keepPending = (
  { kit }: OutGround,
  { name, markOf = whenMade }: { readonly name: string; readonly markOf?: Sent<Made, object>["markOf"] },
  items: readonly Made[],
): Promise<void> =>
  kit.store.put(pendingKind, name, { items: items.map((item) => ({ id: item.id, mark: markOf(item) })) } satisfies Pending);

/** Finds what was made of the items whose fate is not known: amoCRM takes all of a request or none, and numbers them in order. */
async function settle<T extends Made, D extends object>(
  ground: OutGround,
  { idKind, name, newest, markOf = whenMade }: Sent<T, D>,
): Promise<void> {
  const { store } = ground.kit;
  const pending = await store.get<Pending>(pendingKind, name);
  if (!pending) return;
  const unknown = pending.items.filter(({ id }) => ground.out.get(idKind, id) === undefined);
  const strangers: Made[] = [];
  for (let page = 1, hasMore = unknown.length > 0; hasMore; page++) {
    const { items, hasMore: more } = await newest(page);
    const fresh = items.filter(({ id }) => ground.back.get(idKind, id) === undefined);
    strangers.unshift(...[...fresh].reverse());
    // Behind those that are known there are no others.
    hasMore = more && fresh.length === items.length;
  }
  const pairs: [number, number][] = [];
  for (const item of unknown) {
    const place = strangers.findIndex((one) => markOf(one) === item.mark);
    const [made] = place < 0 ? [] : strangers.splice(place, 1);
    if (made) pairs.push([item.id, made.id]);
  }
  await tie(ground, idKind, pairs);
  await store.remove(pendingKind, name);
}
