import { AmoError, AmoInvalid, AmoNotSent, factsOf, ofOneItem } from "./errors.ts";
import { itemsOf } from "./pages.ts";
import { type AmoRequest, noSuchAnswer, type Transport } from "./transport.ts";

/** Many items in few requests. amoCRM takes all items of a request or none: one that is wrong would spoil fifty. */

export type Outcome<R> =
  | {
      readonly isDone: true;
      /** The item's place among those given, from 0. */
      readonly index: number;
      readonly value: R;
    }
  | {
      readonly isDone: false;
      readonly index: number;
      /** Of an item that is wrong by itself an `AmoInvalid` with its own places. `AmoUnavailable.mayHaveHappened` tells whether it may be there all the same. */
      readonly error: AmoError;
    };

/** Source: crm_platform/leads-api: more than 50 at once is not recommended. */
export const batchSize = 50;

export interface BatchSpec {
  readonly method: "POST" | "PATCH";
  readonly path: string;
  /** The name in `_embedded` of the answer. */
  readonly key: string;
  readonly size?: number;
  /** What the answer tells of each item, in order, where it is more than a list of what was made. */
  readonly read?: (request: AmoRequest, answer: unknown, count: number) => readonly (object | AmoError)[];
  /** The answer that an error really is; undefined of a real error. */
  readonly answerIn?: (error: AmoError) => unknown;
}

/**
 * Cuts a stream of any length to requests, takes no more of it than one request ahead, and tells of each item, in order. Items that amoCRM names as wrong
 * are told so, and the rest are sent again without them. When a request fails as a whole, each of its items is told so, and then the error is thrown: nothing more is sent.
 */
export async function* sendEach<D extends object, R>(
  transport: Transport,
  spec: BatchSpec,
  source: Iterable<D> | AsyncIterable<D>,
): AsyncGenerator<Outcome<R>, void, void> {
  const { size = batchSize } = spec;
  let chunk: Item<D>[] = [];
  let index = 0;
  for await (const draft of source) {
    chunk.push({ index: index++, draft });
    if (chunk.length < size) continue;
    yield* sendChunk<D, R>(transport, spec, chunk);
    chunk = [];
  }
  if (chunk.length > 0) yield* sendChunk<D, R>(transport, spec, chunk);
}

/** As `sendEach`, of a list, and never throws an `AmoError`: what was not sent any more is told with the error that ended it. */
export async function sendMany<D extends object, R>(transport: Transport, spec: BatchSpec, drafts: readonly D[]): Promise<Outcome<R>[]> {
  const outcomes: Outcome<R>[] = [];
  try {
    for await (const outcome of sendEach<D, R>(transport, spec, drafts)) outcomes.push(outcome);
  } catch (error) {
    const last = outcomes.at(-1);
    if (!last || last.isDone || last.error !== error) throw error;
    const unsent = new AmoNotSent("not sent, since an earlier request has failed", { ...factsOf(last.error), cause: error });
    for (let index = outcomes.length; index < drafts.length; index++) outcomes.push({ isDone: false, index, error: unsent });
  }
  return outcomes;
}

/** One item. Throws what went wrong with it. */
export async function sendOne<D extends object, R>(transport: Transport, spec: BatchSpec, draft: D): Promise<R> {
  const [outcome] = await sendMany<D, R>(transport, spec, [draft]);
  if (!outcome) throw new RangeError("an item was sent and nothing is known of it");
  if (!outcome.isDone) throw outcome.error;
  return outcome.value;
}

interface Item<D> {
  readonly index: number;
  readonly draft: D;
}

async function* sendChunk<D extends object, R>(
  transport: Transport,
  { method, path, key, read = (...given) => pair(...given, key), answerIn }: BatchSpec,
  chunk: readonly Item<D>[],
): AsyncGenerator<Outcome<R>, void, void> {
  const outcomes = new Map<number, Outcome<R>>();
  let left = chunk;
  let ended: AmoError | undefined;
  while (left.length > 0 && !ended) {
    // An item's name is its place: amoCRM's own choice when there is none, so that we agree whichever it tells.
    const request: AmoRequest = { method, path, body: left.map(({ draft }, place) => ({ ...draft, request_id: String(place) })) };
    try {
      const answer = await transport.ask(request).catch((error: unknown) => {
        const found = error instanceof AmoError ? answerIn?.(error) : undefined;
        if (found === undefined) throw error;
        return found;
      });
      const told = read(request, answer, left.length);
      for (const [place, { index }] of left.entries()) {
        const value = told[place];
        outcomes.set(
          index,
          value instanceof AmoError ? { isDone: false, index, error: value } : { isDone: true, index, value: value as R },
        );
      }
      left = [];
    } catch (error) {
      if (!(error instanceof AmoError)) throw error;
      const wrong = error instanceof AmoInvalid ? wrongItems(error, left.length) : new Map<number, AmoInvalid>();
      for (const [place, { index }] of left.entries()) {
        const own = wrong.get(place);
        if (own || wrong.size === 0) outcomes.set(index, { isDone: false, index, error: own ?? error });
      }
      if (wrong.size === 0) ended = error;
      left = left.filter((_, place) => !wrong.has(place));
    }
  }
  for (const { index } of chunk) {
    const outcome = outcomes.get(index);
    if (outcome) yield outcome;
  }
  if (ended) throw ended;
}

/** The answers in the order of what was sent. amoCRM names them; where it does not, it answers all in order. */
function pair(request: AmoRequest, answer: unknown, count: number, key: string): readonly object[] {
  const answers = itemsOf<object>(request, answer, key);
  const byName = new Map(answers.map((one) => [nameOf(one), one]));
  const named = Array.from({ length: count }, (_, place) => byName.get(String(place)));
  if (named.every((one) => one !== undefined)) return named;
  if (answers.length !== count || byName.size > 1 || !byName.has(undefined)) throw noSuchAnswer(request, "answer for every item");
  return answers;
}

/** `leads/complex` names them by a list. */
export function nameOf(answer: object): string | undefined {
  const { request_id: name } = answer as { readonly request_id?: unknown };
  const one: unknown = Array.isArray(name) ? name[0] : name;
  return one === undefined || one === null ? undefined : String(one);
}

/** By their places. Empty when none of these is named: then the request is wrong as a whole. */
function wrongItems(error: AmoInvalid, count: number): Map<number, AmoInvalid> {
  const wrong = new Map<number, AmoInvalid>();
  for (const item of error.items) {
    const place = Number(item.request_id);
    if (item.request_id !== "" && Number.isInteger(place) && place >= 0 && place < count) wrong.set(place, ofOneItem(error, item));
  }
  return wrong;
}
