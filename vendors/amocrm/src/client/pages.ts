import { fits, isForNothing, writeFilter } from "./filters.ts";
import { type AmoRequest, member, noSuchAnswer, type Transport } from "./transport.ts";

/** A list of amoCRM's: by the page, or one by one. */

export interface ListQuery<Filter extends object, Order extends string = never, With extends string = string> {
  readonly filter?: Filter;
  readonly order?: Partial<Readonly<Record<Order, "asc" | "desc">>>;
  /** What else to bring along. */
  readonly with?: readonly With[];
  /** Searches all filled fields, loosely: never take what it finds for the one you meant without looking. */
  readonly query?: string;
  /** Items per page; as many as amoCRM gives unless told. */
  readonly limit?: number;
}

export interface Page<T> {
  /** What was filtered by and nothing else: a page may hold fewer than its limit, or none, and not be the last. */
  readonly items: readonly T[];
  /** From 1. */
  readonly page: number;
  readonly hasMore: boolean;
  /** How many there are in all; amoCRM tells it of short lists only. */
  readonly total: number | undefined;
}

export interface Listing<T, Query> {
  /** One page. An empty one is no error. */
  page(query?: Query, page?: number): Promise<Page<T>>;
  /** Page after page; the next is asked for when it is wanted, not before. */
  pages(query?: Query): AsyncGenerator<Page<T>, void, void>;
  /**
   * One by one, by id unless another order is asked for, so that nothing is missed or seen twice while others write. The next page is asked for when the last one
   * has been taken: whoever is slow, slows us down. Stop with `break`.
   */
  all(query?: Query): AsyncGenerator<T, void, void>;
}

export interface ListSpec {
  /** `/api/v4/leads`. */
  readonly path: string;
  /** The name in `_embedded`. */
  readonly key: string;
  /** What amoCRM gives at most: 250 unless told. */
  readonly limit?: number;
  /** It can be ordered by id. */
  readonly isOrderedById?: boolean;
}

export const mostPerPage = 250;

export function listingOf<T extends object, Query extends ListQuery<object, string>>(
  transport: Transport,
  { path, key, limit: most = mostPerPage, isOrderedById = false }: ListSpec,
): Listing<T, Query> {
  async function page(query?: Query, page = 1): Promise<Page<T>> {
    const { filter = {}, order, with: bring, query: words, limit = most } = query ?? {};
    if (isForNothing(filter)) return { items: [], page, hasMore: false, total: undefined };
    const request: AmoRequest = {
      ...{ method: "GET", path },
      query: {
        ...{ page, limit, filter: writeFilter(filter) },
        ...(order && { order }),
        ...(bring && bring.length > 0 && { with: bring.join(",") }),
        ...(words !== undefined && words !== "" && { query: words }),
      },
    };
    const answer = await transport.ask(request);
    const items = itemsOf<T>(request, answer, key);
    const total = member(answer, "_total_items");
    return {
      items: items.filter((item) => fits(filter, item)),
      page,
      // Whether there are more, amoCRM tells by the link alone. One that leads on from nothing leads nowhere.
      hasMore: items.length > 0 && member(member(answer, "_links"), "next") !== undefined,
      total: typeof total === "number" ? total : undefined,
    };
  }

  async function* pages(query?: Query): AsyncGenerator<Page<T>, void, void> {
    const steady = isOrderedById && query?.order === undefined ? ({ ...query, order: { id: "asc" } } as unknown as Query) : query;
    for (let number = 1; ; number++) {
      const one = await page(steady, number);
      yield one;
      if (!one.hasMore) return;
    }
  }

  async function* all(query?: Query): AsyncGenerator<T, void, void> {
    for await (const { items } of pages(query)) yield* items;
  }

  return { page, pages, all };
}

/** The list in an answer: of nothing (204) an empty one. Throws when there is an answer and no list in it. */
export function itemsOf<T>(request: AmoRequest, answer: unknown, key: string): readonly T[] {
  if (answer === undefined) return [];
  const items = Array.isArray(answer) ? answer : member(member(answer, "_embedded"), key);
  if (!Array.isArray(items)) throw noSuchAnswer(request, `_embedded.${key}`);
  return items as readonly T[];
}

/** Everything, in memory. */
export async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
