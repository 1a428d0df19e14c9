import { Unavailable } from "../errors.ts";
import type { Kit } from "../kit.ts";

/** How a copy of something over there is read and kept. */
export interface CopyOptions<T> {
  readonly kit: Pick<Kit, "store" | "exclusively" | "now">;
  /** "setup": names the copy among those of this connection; it is read by one process at a time. */
  readonly name: string;
  /** Asks the far side. */
  read(): Promise<T>;
  /** What was kept under another address or account is nothing of this one. */
  isOfThis?(stored: T): boolean;
  /** Whether what `read` threw means that nobody answers: then what is kept goes on being true. `Unavailable`, unless told. */
  isAway?(error: unknown): boolean;
  /** So long it is taken as it was read. Ten minutes unless told. */
  readonly freshMs?: number;
  /** Whoever misses something in it has it read again, but not more often than this. Half a minute unless told. */
  readonly missedMs?: number;
  /** When nobody answers, nobody is asked again before this. A minute unless told. */
  readonly failedMs?: number;
}

export interface KeptCopy<T> {
  /** As it was last read. Nobody waits for a copy that is only old: it is read again behind. Throws what `read` throws while there is no copy. */
  get(): Promise<T>;
  /** What `find` finds in it; when it is missing there, in what it is now. */
  find<R>(find: (copy: T) => R | undefined): Promise<R | undefined>;
}

interface Stored<T> {
  /** Unix milliseconds: when it was read. */
  readonly at: number;
  readonly value: T;
}

/** Reads something of the far side when it is wanted, and keeps it for a while, for all processes. While nobody answers there, what it was is taken for what it is. */
export function keptCopy<T>(options: CopyOptions<T>): KeptCopy<T> {
  const { kit, name, read, isOfThis = () => true, isAway = (error) => error instanceof Unavailable } = options;
  const { freshMs = 600_000, missedMs = 30_000, failedMs = 60_000 } = options;
  const { store, exclusively, now } = kit;
  let known: Stored<T> | undefined;
  let isRefreshing = false;
  let failedAt = Number.NEGATIVE_INFINITY;
  const isYoung = ({ at }: Stored<T>, ms: number): boolean => now().getTime() - at < ms;

  async function get(ms: number): Promise<T> {
    if (known && isYoung(known, ms)) return known.value;
    const stored = (await ofThis()) ?? known;
    known = stored;
    if (stored && (isYoung(stored, ms) || now().getTime() - failedAt < failedMs)) return stored.value;
    // Nobody waits for what may be slow: it is there for the next one. Whoever misses something in it does.
    if (stored && ms === freshMs) {
      refreshBehind();
      return stored.value;
    }
    try {
      return await refresh(ms);
    } catch (error) {
      if (!stored || !isAway(error)) throw error;
      return stored.value;
    }
  }

  function refreshBehind(): void {
    if (isRefreshing) return;
    isRefreshing = true;
    void refresh(freshMs)
      .catch(() => undefined)
      .finally(() => {
        isRefreshing = false;
      });
  }

  async function ofThis(): Promise<Stored<T> | undefined> {
    const found = await store.get<Stored<T>>(name, "copy");
    return found && isOfThis(found.value) ? found : undefined;
  }

  async function refresh(ms: number): Promise<T> {
    try {
      const copy = await exclusively([name], async () => {
        const other = await ofThis();
        if (other && isYoung(other, ms)) return other;
        const at = now().getTime();
        const fresh: Stored<T> = { at, value: await read() };
        await store.put(name, "copy", fresh);
        return fresh;
      });
      known = copy;
      return copy.value;
    } catch (error) {
      failedAt = now().getTime();
      throw error;
    }
  }

  return {
    get: () => get(freshMs),
    async find(find) {
      return find(await get(freshMs)) ?? find(await get(missedMs));
    },
  };
}
