import { Conflict, Gone, LoginNeeded, NotYet, Refused } from "../errors.ts";
import type { Kit } from "../kit.ts";

/** What is known of one write: since when it has been tried and, when it has been done, what it made. */
interface Written {
  readonly since: number;
  readonly id?: string;
}

type Lent = Pick<Kit, "store" | "exclusively" | "now">;

/** Their clock and ours need not agree to the second. */
const slackSeconds = 120;

/** One write into a CRM that knows no keys of ours. */
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
  /** Whether a `make` that ended so has certainly done nothing. Unless told: what is thrown in the words of a port, and says so (`saysNothingWasDone`). */
  hasDoneNothing?(error: unknown): boolean;
}

/** Whether an error in the words of a port says by itself that nothing was done. `Unavailable` does not. */
export const saysNothingWasDone = (error: unknown): boolean =>
  error instanceof Conflict || error instanceof Refused || error instanceof NotYet || error instanceof LoginNeeded || error instanceof Gone;

/**
 * Does one write once, however often and by however many it is asked for: the hub keeps what each key has made. A try whose answer was lost is kept, too, and the
 * next one looks whether it was done after all. Answers the id of what was made; throws what `make` and `twins` throw.
 */
export function once(kit: Lent, key: string, write: Write): Promise<string> {
  const { store, now } = kit;
  const { hasDoneNothing = saysNothingWasDone } = write;
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
export const madeBy = (kit: Lent, key: string, write: Pick<Write, "kind" | "twins">): Promise<string | undefined> =>
  alone(kit, key, () => settle(kit, key, write));

const alone = <T>({ exclusively }: Lent, key: string, work: () => Promise<T>): Promise<T> => exclusively([`key ${key}`], work);

async function settle(kit: Lent, key: string, { kind, twins }: Pick<Write, "kind" | "twins">): Promise<string | undefined> {
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

async function keep({ store, now }: Lent, key: string, kind: string, id: string): Promise<void> {
  const known = await store.get<Written>("written", key);
  await store.put("written", key, { since: known?.since ?? Math.floor(now().getTime() / 1000), id } satisfies Written);
  // For as long as a write may be taken for another one.
  await store.put("made", `${kind} ${id}`, key, { days: 3 });
}
