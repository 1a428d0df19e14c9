import { type BatchSpec, type Outcome, sendEach, sendMany, sendOne } from "./batches.ts";
import { AmoNotFound } from "./errors.ts";
import { type Listing, type ListQuery, type ListSpec, listingOf } from "./pages.ts";
import { type AmoRequest, noSuchAnswer, type Transport } from "./transport.ts";

/** What is true of every kind of thing in amoCRM: it is listed, found by its id, created and changed, one or many at once. */

export interface Finding<T, Id, With extends string = string> {
  /** Undefined when there is nothing by that id. */
  find(id: Id, bring?: readonly With[]): Promise<T | undefined>;
  /** Throws `AmoNotFound` when there is nothing by that id. */
  get(id: Id, bring?: readonly With[]): Promise<T>;
}

/** Drafts are written as they are; `R` is what amoCRM tells of what it made: the id, and for some kinds more. */
export interface Creating<Draft, R> {
  create(draft: Draft): Promise<R>;
  /** In requests of fifty. What became of each, in order; never throws an `AmoError`. */
  createMany(drafts: readonly Draft[]): Promise<Outcome<R>[]>;
  /** As `createMany`, of a stream of any length: takes no more than one request ahead. Throws after telling what was in a request that failed as a whole. */
  createEach(drafts: Iterable<Draft> | AsyncIterable<Draft>): AsyncGenerator<Outcome<R>, void, void>;
}

/** What is not named stays as it is. */
export interface Changing<Change, R, Id = number> {
  update(id: Id, change: Change): Promise<R>;
  /** As `createMany`. */
  updateMany(changes: readonly (Change & { readonly id: Id })[]): Promise<Outcome<R>[]>;
  /** As `createEach`. */
  updateEach(
    changes: Iterable<Change & { readonly id: Id }> | AsyncIterable<Change & { readonly id: Id }>,
  ): AsyncGenerator<Outcome<R>, void, void>;
}

export interface Removing<Id> {
  /** Throws `AmoNotFound` when it is not there. */
  remove(id: Id): Promise<void>;
}

export interface Created {
  readonly id: number;
}
export interface Changed {
  readonly id: number;
  /** Unix seconds. */
  readonly updated_at: number;
}

export type Reading<T, Query, Id = number, With extends string = string> = Listing<T, Query> & Finding<T, Id, With>;

export interface CollectionSpec extends ListSpec, Pick<BatchSpec, "read" | "answerIn"> {}

export const findingOf = <T, Id extends number | string, With extends string = string>(
  transport: Transport,
  { path }: CollectionSpec,
): Finding<T, Id, With> => {
  const requestOf = (id: Id, bring: readonly With[] = []): AmoRequest => ({
    ...{ method: "GET", path: `${path}/${encodeURIComponent(id)}` },
    ...(bring.length > 0 && { query: { with: bring.join(",") } }),
  });
  async function find(id: Id, bring?: readonly With[]): Promise<T | undefined> {
    try {
      // Nothing by that id is 204 for most kinds and 404 for some.
      return (await transport.ask(requestOf(id, bring))) as T | undefined;
    } catch (error) {
      if (error instanceof AmoNotFound) return undefined;
      throw error;
    }
  }
  return {
    find,
    async get(id, bring) {
      const found = await find(id, bring);
      if (found !== undefined) return found;
      const { method, path: at } = requestOf(id);
      throw new AmoNotFound("there is nothing by that id", { request: `${method} ${at}`, status: 204 });
    },
  };
};

export const readingOf = <
  T extends object,
  Query extends ListQuery<object, string>,
  Id extends number | string = number,
  With extends string = string,
>(
  transport: Transport,
  spec: CollectionSpec,
): Reading<T, Query, Id, With> => ({ ...listingOf<T, Query>(transport, spec), ...findingOf<T, Id, With>(transport, spec) });

const batchOf = (method: "POST" | "PATCH", { path, key, read, answerIn }: CollectionSpec): BatchSpec => ({
  ...{ method, path, key },
  ...(read && { read }),
  ...(answerIn && { answerIn }),
});

export const creatingOf = <Draft extends object, R extends object = Created>(
  transport: Transport,
  spec: CollectionSpec,
): Creating<Draft, R> => {
  const batch = batchOf("POST", spec);
  return {
    create: (draft) => sendOne<Draft, R>(transport, batch, draft),
    createMany: (drafts) => sendMany<Draft, R>(transport, batch, drafts),
    createEach: (drafts) => sendEach<Draft, R>(transport, batch, drafts),
  };
};

export const changingOf = <Change extends object, R extends object = Changed, Id extends number | string = number>(
  transport: Transport,
  spec: CollectionSpec,
): Changing<Change, R, Id> => {
  const batch = batchOf("PATCH", spec);
  return {
    async update(id, change) {
      return must<R>(transport, { method: "PATCH", path: `${spec.path}/${encodeURIComponent(id)}`, body: change });
    },
    updateMany: (changes) => sendMany<Change & { readonly id: Id }, R>(transport, batch, changes),
    updateEach: (changes) => sendEach<Change & { readonly id: Id }, R>(transport, batch, changes),
  };
};

export const removingOf = <Id extends number | string = number>(transport: Transport, { path }: CollectionSpec): Removing<Id> => ({
  async remove(id) {
    await transport.ask({ method: "DELETE", path: `${path}/${encodeURIComponent(id)}` });
  },
});

/** An answer that has to have a body. */
export async function must<R>(transport: Transport, request: AmoRequest): Promise<R> {
  const answer = await transport.ask(request);
  if (typeof answer !== "object" || answer === null) throw noSuchAnswer(request, "body");
  return answer as R;
}
