import type { Mergeable } from "./duplicates.ts";
import { Invalid, NotFound } from "./errors.ts";
import { whereIs } from "./merged.ts";
import type { Sql } from "./sql.ts";

/**
 * Writes a draft; when a record that it names is not there, and was merged into another, writes it again with the kept one's id. `names` says which
 * members hold ids of what. Costs nothing as long as nothing was merged: it is asked only after a failure.
 */
export async function following<Draft extends object, Result>(
  sql: Sql,
  draft: Draft,
  names: { readonly [Member in string]?: Mergeable },
  write: (draft: Draft) => Promise<Result>,
): Promise<Result> {
  try {
    return await write(draft);
  } catch (error) {
    if (!(error instanceof Invalid || error instanceof NotFound)) throw error;
    const followed = await follow(sql, draft, names);
    if (!followed) throw error;
    return write(followed);
  }
}

async function follow<Draft extends object>(
  sql: Sql,
  draft: Draft,
  names: { readonly [Member in string]?: Mergeable },
): Promise<Draft | undefined> {
  const changes: Record<string, string> = {};
  for (const [member, entity] of Object.entries(names)) {
    const id = (draft as Readonly<Record<string, unknown>>)[member];
    if (entity === undefined || typeof id !== "string" || !/^[1-9]\d{0,14}$/.test(id)) continue;
    const kept = await whereIs(sql, entity, Number(id));
    if (kept !== Number(id)) changes[member] = String(kept);
  }
  return Object.keys(changes).length > 0 ? { ...draft, ...changes } : undefined;
}
