import { createHash } from "node:crypto";
import { type Kit, Refused } from "@svyazka/core";
import { hasDoneNothing } from "../port-errors.ts";

/** What is known of one write: since when it has been tried and, when it has been done, what it made. */
interface Written {
  readonly since: number;
  readonly id?: string;
}

/** amoCRM's clock and ours need not agree to the second. */
const slackSeconds = 120;

export interface Write {
  /** "contact", "note": what it makes. */
  readonly kind: string;
  /**
   * What this write may have made, if an earlier try did and its answer was lost: looked for from this moment (Unix seconds) on. One that another write has made is
   * passed over.
   */
  twins?(since: number): Promise<readonly (string | number)[]>;
  /** The one request that makes it, and the id of what it made. What else belongs to it is done afterwards, under keys of its own. */
  make(): Promise<string>;
}

/**
 * Does one write once, however often and by however many it is asked for: amoCRM knows no keys of ours, so the hub keeps what each has made. A try whose answer
 * was lost is kept, too, and the next one looks whether it was done after all.
 */
export function once(kit: Kit, key: string, write: Write): Promise<string> {
  const { store, now } = kit;
  return alone(kit, key, async () => {
    const settled = await settle(kit, key, write);
    if (settled !== undefined) return settled;
    const isFirst = (await store.get<Written>("written", key)) === undefined;
    if (isFirst) await store.put("written", key, { since: Math.floor(now().getTime() / 1000) } satisfies Written);
    try {
      const id = await write.make();
      await keep(kit, key, write.kind, id);
      return id;
    } catch (error) {
      // Only what was begun here: an earlier try may have done it, and its twin may show up late.
      if (isFirst && hasDoneNothing(error)) await store.remove("written", key);
      throw error;
    }
  });
}

/** What a write with this key has made. One whose answer was lost is looked for. */
export const madeBy = (kit: Kit, key: string, write: Omit<Write, "make">): Promise<string | undefined> =>
  alone(kit, key, () => settle(kit, key, write));

const alone = <T>({ exclusively }: Kit, key: string, work: () => Promise<T>): Promise<T> =>
  exclusively([`key ${createHash("sha256").update(key).digest("base64url")}`], work);

async function settle(kit: Kit, key: string, { kind, twins }: Omit<Write, "make">): Promise<string | undefined> {
  const known = await kit.store.get<Written>("written", key);
  if (known?.id !== undefined || !known) return known?.id;
  for (const twin of (await twins?.(known.since - slackSeconds)) ?? []) {
    const owner = await kit.store.get<string>("made", `${kind} ${twin}`);
    if (owner !== undefined && owner !== key) continue;
    await keep(kit, key, kind, String(twin));
    return String(twin);
  }
  return undefined;
}

async function keep({ store, now }: Kit, key: string, kind: string, id: string): Promise<void> {
  const known = await store.get<Written>("written", key);
  await store.put("written", key, { since: known?.since ?? Math.floor(now().getTime() / 1000), id } satisfies Written);
  // For as long as a write may be taken for another one.
  await store.put("made", `${kind} ${id}`, key, { days: 3 });
}

/** amoCRM's ids are numbers. Throws `Refused` for what is none. */
export function idOf(name: string, id: string): number {
  const number = Number(id);
  if (!/^\d{1,15}$/.test(id) || number === 0) throw new Refused(`there is no ${name} ${id}`);
  return number;
}
