import type { ListQuery, Page } from "./pages.ts";

interface Changing {
  readonly id: number;
  /** Unix seconds. */
  readonly updated_at: number;
}
type Ask<T> = (query: ListQuery<{ readonly updated_at?: { readonly from?: number } }, "updated_at">, page: number) => Promise<Page<T>>;

/**
 * What has changed since a moment (Unix seconds, that second included), oldest change first, each state once.
 *
 * A list that is ordered by its changes moves under one's feet: what is written meanwhile goes to its end and draws the rest forward, over the edge of the page one has
 * read. So the next question begins at the last moment seen, and only a second with more than a page of changes is read by pages.
 * An account without the option of filters gives everything: then it is read from the newest back to the moment, and told in order, from memory.
 */
export async function* changesSince<T extends Changing>(ask: Ask<T>, from: number, isFiltering: boolean): AsyncGenerator<T, void, void> {
  if (!isFiltering) {
    yield* (await newestUntil(ask, from)).reverse();
    return;
  }
  let start = from;
  /** Ids told of at the moment `start`. */
  let told = new Set<number>();
  for (let number = 1; ; ) {
    const { items, hasMore } = await ask({ filter: { updated_at: { from: start } }, order: { updated_at: "asc" } }, number);
    let last = start;
    for (const item of items) {
      if (item.updated_at > last) {
        last = item.updated_at;
        told = new Set();
      }
      if (item.updated_at === last && told.has(item.id)) continue;
      told.add(item.id);
      yield item;
    }
    if (!hasMore) return;
    number = last > start ? 1 : number + 1;
    start = last;
  }
}

async function newestUntil<T extends Changing>(ask: Ask<T>, from: number): Promise<T[]> {
  const found = new Map<number, T>();
  for (let number = 1; ; number++) {
    const { items, hasMore } = await ask({ order: { updated_at: "desc" } }, number);
    for (const item of items) if (item.updated_at >= from && !found.has(item.id)) found.set(item.id, item);
    if (!hasMore || items.some(({ updated_at }) => updated_at < from)) return [...found.values()];
  }
}
