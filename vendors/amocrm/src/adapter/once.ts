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
  /** What this write has made, if an earlier try did and its answer was lost: looked for from this moment (Unix seconds) on. */
  twin?(since: number): Promise<string | undefined>;
  /** The id of what it made. */
  make(): Promise<string>;
}

/**
 * Does one write once, however often and by however many it is asked for: amoCRM knows no keys of ours, so the hub keeps what each has made. A try whose answer
 * was lost is kept, too, and the next one looks whether it was done after all.
 */
export function once({ store, exclusively, now }: Kit, key: string, { twin, make }: Write): Promise<string> {
  return exclusively([`key ${createHash("sha256").update(key).digest("base64url")}`], async () => {
    const known = await store.get<Written>("written", key);
    if (known?.id !== undefined) return known.id;
    const since = known?.since ?? Math.floor(now().getTime() / 1000);
    const keep = (id: string) => store.put("written", key, { since, id } satisfies Written);
    if (!known) await store.put("written", key, { since } satisfies Written);
    else {
      const found = await twin?.(since - slackSeconds);
      if (found !== undefined) {
        await keep(found);
        return found;
      }
    }
    try {
      const id = await make();
      await keep(id);
      return id;
    } catch (error) {
      // Only what was begun here: an earlier try may have done it, and its twin may show up late.
      if (!known && hasDoneNothing(error)) await store.remove("written", key);
      throw error;
    }
  });
}

/** What a write with this key has made. */
export const madeBy = async ({ store }: Kit, key: string): Promise<string | undefined> => (await store.get<Written>("written", key))?.id;

/** amoCRM's ids are numbers. Throws `Refused` for what is none. */
export function idOf(name: string, id: string): number {
  const number = Number(id);
  if (!/^\d{1,15}$/.test(id) || number === 0) throw new Refused(`there is no ${name} ${id}`);
  return number;
}
