import { type FieldProblem, fieldProblem, type ItemProblems, writeProblem } from "../protocol.ts";
import { type Account, type Pen, Unfit } from "./account.ts";
import { Refusal, refuse, refuseItems } from "./http.ts";
import { anything, list, type Shape } from "./shape.ts";

/** Many items in one request: all or nothing, each named by its `request_id` in what is answered. */

export interface Item<T> {
  /** The caller's own, or the item's place. */
  readonly requestId: string;
  readonly draft: T;
}

const most = 250;

/** Every item that is wrong is told, not just the first. */
export async function readItems<T>(
  sent: unknown,
  read: (item: unknown, problems: FieldProblem[]) => Promise<T | undefined> | (T | undefined),
  limit = most,
): Promise<Item<T>[]> {
  const problems: FieldProblem[] = [];
  // One client sends a lone object where a list is due.
  const items = list(anything, limit, 1)(isPlain(sent) ? [sent] : sent, "", problems);
  refuse(problems);
  const wrong: ItemProblems[] = [];
  const good: Item<T>[] = [];
  for (const [index, item] of (items ?? []).entries()) {
    const { request_id, ...rest } = isPlain(item) ? item : { rest: undefined };
    const requestId = String(request_id ?? index);
    const errors: FieldProblem[] = [];
    const draft = await read(isPlain(item) ? rest : item, errors);
    if (errors.length > 0) wrong.push({ request_id: requestId, errors });
    else if (draft !== undefined) good.push({ requestId, draft });
  }
  if (wrong.length > 0) throw refuseItems(wrong);
  return good;
}

const isPlain = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** As `readItems`, by a shape alone. */
export const readShaped = <T>(sent: unknown, shape: Shape<T>, limit?: number): Promise<Item<T>[]> =>
  readItems(sent, (item, problems) => shape(item, "", problems), limit);

/** Writes them in one piece. An item that does not fit is named, and nothing is written. */
export const writeItems = <T, R>(
  account: Account,
  items: readonly Item<T>[],
  write: (pen: Pen, draft: T) => Promise<R>,
): Promise<{ readonly requestId: string; readonly result: R; readonly draft: T }[]> =>
  account.write(async (pen) => {
    const done: { requestId: string; result: R; draft: T }[] = [];
    for (const { requestId, draft } of items) {
      try {
        done.push({ requestId, draft, result: await write(pen, draft) });
      } catch (error) {
        if (error instanceof Unfit)
          throw refuseItems([{ request_id: requestId, errors: [fieldProblem(error.code, error.path, error.message)] }]);
        throw error;
      }
    }
    return done;
  });

/** One item, by itself. */
export async function readOne<T>(
  sent: unknown,
  read: (item: unknown, problems: FieldProblem[]) => Promise<T | undefined> | (T | undefined),
): Promise<T> {
  const problems: FieldProblem[] = [];
  const draft = await read(sent, problems);
  refuse(problems);
  if (draft === undefined) throw new Refusal(writeProblem(400, "Request validation failed"));
  return draft;
}

/** Of several that are changed at once, one that is not there is a mistake of its item. */
export function mustAllBeThere(items: readonly Item<{ readonly id?: number }>[], there: { has(id: number): boolean }): void {
  const wrong = items.flatMap(({ draft, requestId }) =>
    there.has(draft.id ?? 0) ? [] : [{ request_id: requestId, errors: [fieldProblem("NotSupportedChoice", "id", "Entity not found")] }],
  );
  if (wrong.length > 0) throw refuseItems(wrong);
}

/** Of a change, every item says what it changes. */
export function mustHaveId(draft: { readonly id?: number } | undefined, problems: FieldProblem[]): void {
  if (draft && draft.id === undefined) problems.push(fieldProblem("FieldMissing", "id"));
}

export const idsOf = (items: readonly Item<{ readonly id?: number }>[]): number[] => items.map(({ draft }) => draft.id ?? 0);
