import type { OwnCatalog, OwnCatalogDraft } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By } from "./by.ts";
import { Invalid, NotFound } from "./errors.ts";
import { type Part, run } from "./page.ts";
import { checkReferences } from "./references.ts";
import { saidAuthors, saidProblems, saidReferences } from "./said.ts";
import type { Sql } from "./sql.ts";

/** Lists of goods and the like. */

const columns = raw`r.id, r.name, r.kind, r.position, r.is_shared as "isShared", r.served, r.created_by as "createdBy", r.updated_by as "updatedBy",
  r.created_at as "createdAt", r.updated_at as "updatedAt", r.deleted_at as "deletedAt"`;

/** By position. */
export const listCatalogs = (sql: Sql): Promise<OwnCatalog[]> =>
  run<OwnCatalog>(
    sql,
    raw`select ${columns} from crm.catalog r where r.workspace = ${sql.workspace} and r.deleted_at is null order by r.position, r.id`,
  );

/** Throws `NotFound`. */
export async function getCatalog(sql: Sql, id: number): Promise<OwnCatalog> {
  const [catalog] = await run<OwnCatalog>(
    sql,
    raw`select ${columns} from crm.catalog r where r.workspace = ${sql.workspace} and r.id = ${id} and r.deleted_at is null`,
  );
  if (!catalog) throw new NotFound("catalog", id);
  return catalog;
}

/** Answers its id. Throws `Invalid` for a second one of a kind that is there but once, and for an id that is taken. */
export const createCatalog = (sql: Sql, draft: OwnCatalogDraft, by: By): Promise<number> =>
  naming(async () => {
    await checkSaid(sql, draft);
    const { createdBy, updatedBy } = saidAuthors(draft, by);
    const [row] = await run<{ id: number }>(
      sql,
      raw`insert into crm.catalog (workspace, id, name, kind, position, is_shared, served, created_by, updated_by, created_at, updated_at)
        values (${sql.workspace}, ${newId("catalog", draft.id)}, ${draft.name}, ${draft.kind ?? "regular"}, ${draft.position ?? 0}, ${draft.isShared ?? true},
          ${jsonOf(draft.served)}::jsonb, ${createdBy}, ${updatedBy}, ${draft.createdAt ?? raw`statement_timestamp()`},
          ${draft.updatedAt ?? draft.createdAt ?? raw`statement_timestamp()`}) returning id`,
    );
    return row?.id ?? 0;
  });

/** Changes only what is given. Throws `NotFound`. */
export async function updateCatalog(sql: Sql, id: number, changes: Partial<Omit<OwnCatalogDraft, "id" | "kind">>, by: By): Promise<void> {
  await checkSaid(sql, changes);
  const { name, position, isShared, served, updatedAt, updatedBy } = changes;
  const rows = await run(
    sql,
    raw`update crm.catalog r set name = coalesce(${name ?? null}, name), position = coalesce(${position ?? null}, position),
        is_shared = coalesce(${isShared ?? null}, is_shared), served = case when ${served !== undefined} then ${jsonOf(served)}::jsonb else served end,
        updated_by = ${updatedBy === undefined ? (by.user ?? null) : updatedBy}, updated_at = ${updatedAt ?? raw`statement_timestamp()`}
      where r.workspace = ${sql.workspace} and r.id = ${id} and r.deleted_at is null returning r.id`,
  );
  if (rows.length === 0) throw new NotFound("catalog", id);
}

/** Its elements go with it, and come off the deals. Throws `NotFound`. */
export const deleteCatalog = (sql: Sql, id: number, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    await getCatalog(sql, id);
    await run(
      sql,
      raw`delete from crm.deal_element l using crm.element e
        where l.workspace = ${sql.workspace} and e.workspace = ${sql.workspace} and e.id = l.element and e.catalog = ${id}`,
    );
    for (const [table, where] of [
      ["element", raw`r.catalog = ${id}`],
      ["catalog", raw`r.id = ${id}`],
    ] as const)
      await run(
        sql,
        raw`update crm.${raw.ref(table)} r set deleted_at = statement_timestamp(), updated_by = ${by.user ?? null}, updated_at = statement_timestamp()
          where r.workspace = ${sql.workspace} and ${where} and r.deleted_at is null`,
      );
  });

/** The id somebody brings along, or the next. */
export const newId = (table: "catalog" | "element", brought: number | undefined): Part =>
  brought === undefined ? raw`nextval(${`crm.${table}_id_seq`}::regclass)` : raw`crm.take_id(${table}, ${brought})`;

/** Throws `Invalid` for an id or a moment that cannot be, and for a user who is not there. */
export async function checkSaid(sql: Sql, said: Parameters<typeof saidProblems>[0]): Promise<void> {
  const problems = saidProblems(said);
  if (Object.keys(problems).length > 0) throw new Invalid(problems);
  await checkReferences(sql, saidReferences(said));
}

const jsonOf = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(value));

async function naming<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const { constraint } = error as { constraint?: string };
    if (constraint === "catalog_kind") throw new Invalid({ kind: ["there is one of this kind already"] });
    if (constraint === "catalog_pkey") throw new Invalid({ id: ["is taken"] });
    throw error;
  }
}
