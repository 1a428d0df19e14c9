import type { OwnElement, OwnElementDraft, OwnElementFilter, OwnPage } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By } from "./by.ts";
import { checkSaid, getCatalog, newId } from "./catalogs.ts";
import { Invalid, NotFound } from "./errors.ts";
import { fieldProblems, mergeFields, type ReadFields, readFieldsBy, type StoredFields } from "./field-values.ts";
import { catalogFieldsOf, type Field } from "./fields.ts";
import { idsOf, ownPage, stampConditions } from "./own/page.ts";
import { type Part, run } from "./page.ts";
import { saidAuthors } from "./said.ts";
import type { Sql } from "./sql.ts";

/** What stands in catalogs. */

const columns = raw`r.id, r.catalog, r.name, r.fields as values, r.created_by as "createdBy", r.updated_by as "updatedBy",
  r.created_at as "createdAt", r.updated_at as "updatedAt", r.deleted_at as "deletedAt"`;

export const listElements = (sql: Sql, filter: OwnElementFilter): Promise<OwnPage<OwnElement>> =>
  ownPage<OwnElement>(sql, { columns, table: raw`crm.element`, where: conditions(filter), filter });

function conditions({ catalogs, q, ...filter }: OwnElementFilter): Part[] {
  const where = stampConditions(filter);
  if (catalogs) where.push(raw`r.catalog = any(${idsOf(catalogs)}::bigint[])`);
  if (q !== undefined) {
    const part = `%${q.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
    where.push(
      raw`(lower(r.name) like ${part} or exists (select from jsonb_each(r.fields) f where jsonb_typeof(f.value) in ('string', 'number') and lower(f.value #>> '{}') like ${part}))`,
    );
  }
  return where;
}

/** Answers its id. Throws `NotFound` for a catalog that is not there, `Invalid` for what cannot be. */
export const createElement = (sql: Sql, catalog: number, draft: OwnElementDraft, by: By): Promise<number> =>
  sql.transaction(async (sql) => {
    await getCatalog(sql, catalog);
    await checkSaid(sql, draft);
    const { stored } = await readValues(sql, catalog, draft, by);
    const { createdBy, updatedBy } = saidAuthors(draft, by);
    const [row] = await naming(() =>
      run<{ id: number }>(
        sql,
        raw`insert into crm.element (workspace, id, catalog, name, fields, created_by, updated_by, created_at, updated_at)
          values (${sql.workspace}, ${newId("element", draft.id)}, ${catalog}, ${draft.name ?? ""}, ${JSON.stringify(mergeFields({}, stored))}::jsonb,
            ${createdBy}, ${updatedBy}, ${draft.createdAt ?? raw`statement_timestamp()`},
            ${draft.updatedAt ?? draft.createdAt ?? raw`statement_timestamp()`}) returning id`,
      ),
    );
    return row?.id ?? 0;
  });

/** Changes only what is given. Throws `NotFound`, and `Invalid` as `createElement` does. */
export const updateElement = (sql: Sql, id: number, changes: Omit<OwnElementDraft, "id">, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    const before = await getElement(sql, id, "lock");
    await checkSaid(sql, changes);
    const { stored } = await readValues(sql, before.catalog, changes, by);
    const { name, updatedAt, updatedBy } = changes;
    await run(
      sql,
      raw`update crm.element r set name = coalesce(${name ?? null}, name), fields = ${JSON.stringify(mergeFields(before.fields, stored))}::jsonb,
          updated_by = ${updatedBy === undefined ? (by.user ?? null) : updatedBy}, updated_at = ${updatedAt ?? raw`statement_timestamp()`}
        where r.workspace = ${sql.workspace} and r.id = ${id}`,
    );
  });

/** It comes off the deals. Throws `NotFound`. */
export const deleteElement = (sql: Sql, id: number, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    await getElement(sql, id, "lock");
    await run(sql, raw`delete from crm.deal_element where workspace = ${sql.workspace} and element = ${id}`);
    await run(
      sql,
      raw`update crm.element r set deleted_at = statement_timestamp(), updated_by = ${by.user ?? null}, updated_at = statement_timestamp()
        where r.workspace = ${sql.workspace} and r.id = ${id}`,
    );
  });

interface Row {
  readonly id: number;
  readonly catalog: number;
  readonly name: string;
  readonly fields: StoredFields;
}

/** Throws `NotFound`. */
export async function getElement(sql: Sql, id: number, lock?: "lock"): Promise<Row> {
  const [row] = await run<Row>(
    sql,
    raw`select r.id, r.catalog, r.name, r.fields from crm.element r where r.workspace = ${sql.workspace} and r.id = ${id} and r.deleted_at is null
      ${lock ? raw`for update of r` : raw``}`,
  );
  if (!row) throw new NotFound("element", id);
  return row;
}

/** Throws `Invalid` for a value that its field cannot hold. */
async function readValues(sql: Sql, catalog: number, { values }: Pick<OwnElementDraft, "values">, by: By): Promise<ReadFields> {
  const definitions = values && Object.keys(values).length > 0 ? await catalogFieldsOf(sql, catalog) : [];
  const read = readFieldsBy(definitions as readonly Omit<Field, "entity">[] as readonly Field[], undefined, by.home, values);
  const problems = fieldProblems(read);
  if (Object.keys(problems).length > 0) throw new Invalid(problems);
  return read;
}

async function naming<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if ((error as { constraint?: string }).constraint === "element_pkey") throw new Invalid({ id: ["is taken"] });
    throw error;
  }
}
