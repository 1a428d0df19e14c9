import { Forbidden, Invalid, NotFound, Stale } from "./errors.ts";

/** What came of doing one thing to many records. */
export interface BulkResult {
  /** In the order given. */
  readonly done: readonly number[];
  readonly failed: readonly { readonly id: number; readonly detail: string }[];
}

/** How many are worked on at once: more would only wait for connections to the database. */
const atOnce = 4;

/** Does it to each record by itself, with the same rules and history as one by one: what fails for one does not hold up the others. */
export async function bulk(ids: readonly number[], act: (id: number) => Promise<unknown>): Promise<BulkResult> {
  const each = [...new Set(ids)];
  const failed = new Map<number, string>();
  let next = 0;
  const work = async (): Promise<void> => {
    for (let id = each[next++]; id !== undefined; id = each[next++]) {
      try {
        await act(id);
      } catch (error) {
        if (!isSaid(error)) throw error;
        failed.set(id, error.message);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return {
    done: each.filter((id) => !failed.has(id)),
    failed: each.flatMap((id) => {
      const detail = failed.get(id);
      return detail === undefined ? [] : [{ id, detail }];
    }),
  };
}

const isSaid = (error: unknown): error is Error =>
  error instanceof NotFound || error instanceof Invalid || error instanceof Forbidden || error instanceof Stale;
