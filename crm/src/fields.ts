import type {
  FieldType,
  OwnCatalogField,
  OwnField,
  OwnFieldChanges,
  OwnFieldDraft,
  OwnFieldOption,
  OwnFieldOptionDraft,
} from "@svyazka/core";
import type { Entity } from "./by.ts";
import { directoryChanged } from "./directory-changed.ts";
import { Invalid, NotFound } from "./errors.ts";
import { saidProblems } from "./said.ts";
import type { Sql } from "./sql.ts";
import { once } from "./written.ts";

/** A custom field of contacts, companies or deals. */
export type Field = OwnField;
export type FieldOption = OwnFieldOption;
export type FieldDraft = OwnFieldDraft;
export type FieldOptionDraft = OwnFieldOptionDraft;
export type FieldChanges = OwnFieldChanges;

const columns = (
  pastOptions: boolean,
): string => `f.id, f.entity, f.code, f.name, f.type, f.position, f.served, f.created_at as "createdAt", f.updated_at as "updatedAt",
  coalesce((select jsonb_agg(jsonb_build_object('id', o.id, 'value', o.value, 'code', o.code) order by o.position, o.id)
    from crm.field_option o where o.workspace = f.workspace and o.field = f.id${pastOptions ? "" : " and o.deleted_at is null"}), '[]') as options`;

/** In order. `pastOptions` brings deleted options too, to read values that still hold them. */
export const fieldsOf = (sql: Sql, entity?: Entity, { pastOptions = false } = {}): Promise<Field[]> =>
  sql.query<Field>({
    name: pastOptions ? "crm-fields-past" : "crm-fields",
    text: `select ${columns(pastOptions)} from crm.field f
      where f.workspace = $1 and f.catalog is null and ($2::text is null or f.entity = $2) and f.deleted_at is null order by f.entity, f.position, f.id`,
    values: [sql.workspace, entity ?? null],
  });

/** As `fieldsOf`: those of the elements of one catalog. */
export const catalogFieldsOf = (sql: Sql, catalog: number, { pastOptions = false } = {}): Promise<OwnCatalogField[]> =>
  sql.query<OwnCatalogField>({
    name: pastOptions ? "crm-catalog-fields-past" : "crm-catalog-fields",
    text: `select ${columns(pastOptions)}, f.catalog from crm.field f
      where f.workspace = $1 and f.catalog = $2 and f.deleted_at is null order by f.position, f.id`,
    values: [sql.workspace, catalog],
  });

/** Whose a field is, where it is not of a kind of records. */
interface Whose {
  readonly catalog?: number | undefined;
}

/** Throws `NotFound`. */
export async function getField(sql: Sql, id: number, { catalog }: Whose = {}): Promise<Field> {
  const [field] = await sql.query<Field>({
    text: `select ${columns(false)} from crm.field f
      where f.workspace = $1 and f.id = $2 and f.catalog is not distinct from $3::bigint and f.deleted_at is null`,
    values: [sql.workspace, id, catalog ?? null],
  });
  if (!field) throw new NotFound("field", id);
  return field;
}

/** Throws `Invalid` when the code or the id is taken, or options are missing or repeated. */
export async function createField(
  sql: Sql,
  draft: Omit<FieldDraft, "entity"> & { readonly entity: Entity | "element" },
  key?: string,
  whose: Whose = {},
): Promise<Field> {
  checkOptions(draft.type, draft.options);
  const id = await naming(() =>
    once(sql, "field", { key }, async (sql) => {
      await mustBeFree(sql, "field", draft.id === undefined ? [] : [draft.id], "id");
      const [row] = await sql.query<{ id: number }>({
        text: `with made as (select case when $7::bigint is null then nextval('crm.field_id_seq') else crm.take_id('field', $7) end as id)
          insert into crm.field (workspace, id, entity, code, name, type, position, served, catalog)
          select $1, id, $2, coalesce($3, 'field_' || id), $4, $5, $6, $8::jsonb, $9::bigint from made returning id`,
        values: [
          ...[sql.workspace, draft.entity, draft.code ?? null, draft.name, draft.type, draft.position ?? 0, draft.id ?? null],
          ...[jsonOf(draft.served), whose.catalog ?? null],
        ],
      });
      if (!row) throw new Error("an inserted field must come back");
      const brought = (draft.options ?? []).flatMap(({ id }) => (id === undefined ? [] : [id]));
      await mustBeFree(sql, "field_option", brought, "options");
      await putOptions(sql, row.id, draft.options ?? [], "bring their ids");
      await directoryChanged(sql);
      return row.id;
    }),
  );
  return getField(sql, id, whose);
}

/** Changes only what is given. Throws `NotFound`, and `Invalid` as `createField` does. */
export async function updateField(sql: Sql, id: number, changes: FieldChanges, whose: Whose = {}): Promise<Field> {
  return naming(() =>
    sql.transaction(async (sql) => {
      const field = await getField(sql, id, whose);
      await sql.query({
        text: `update crm.field set code = coalesce($3, code), name = coalesce($4, name), position = coalesce($5, position), updated_at = statement_timestamp(),
          served = case when $6 then $7::jsonb else served end
          where workspace = $1 and id = $2`,
        values: [
          ...[sql.workspace, id, changes.code ?? null, changes.name ?? null, changes.position ?? null],
          ...[changes.served !== undefined, jsonOf(changes.served)],
        ],
      });
      if (changes.options) {
        checkOptions(field.type, changes.options);
        const own = await ownOptions(sql, id);
        const brought = changes.options.flatMap(({ id, isNew }) => (isNew && id !== undefined && !own.has(id) ? [id] : []));
        await mustBeFree(sql, "field_option", brought, "options");
        await putOptions(sql, id, changes.options);
      }
      await directoryChanged(sql);
      return getField(sql, id, whose);
    }),
  );
}

/** Values of a deleted field stay where they are, unseen. Throws `NotFound`. */
export const deleteField = (sql: Sql, id: number, whose: Whose = {}): Promise<void> =>
  sql.transaction(async (sql) => {
    await getField(sql, id, whose);
    await sql.query({
      text: "update crm.field set deleted_at = statement_timestamp() where workspace = $1 and id = $2",
      values: [sql.workspace, id],
    });
    await directoryChanged(sql);
  });

function checkOptions(type: FieldType, options: readonly FieldOptionDraft[] | undefined): void {
  const choosing = type === "select" || type === "multiselect";
  if (!choosing && options && options.length > 0) throw new Invalid({ options: [`a field of type ${type} has none`] });
  if (choosing && (options ?? []).length === 0) throw new Invalid({ options: [`a field of type ${type} needs at least one`] });
}

const jsonOf = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(value));

/** Throws `Invalid`, at `member`, unless these ids can be and nobody has them. Those of what every record has by itself are from the same numbers. */
export async function mustBeFree(sql: Sql, table: "field" | "field_option", ids: readonly number[], member: string): Promise<void> {
  if (ids.length === 0) return;
  const problems = ids.flatMap((id) => saidProblems({ id })["id"] ?? []);
  if (problems.length > 0) throw new Invalid({ [member]: problems });
  const other = table === "field" ? "known_field" : "known_option";
  const taken = await sql.query<{ id: number }>({
    text: `select id from crm.${table} where workspace = $1 and id = any($2::bigint[]) union select id from crm.${other} where workspace = $1 and id = any($2::bigint[])`,
    values: [sql.workspace, ids],
  });
  if (taken.length > 0) throw new Invalid({ [member]: taken.map(({ id }) => `${id} is taken`) });
}

/** Deleted ones, too. */
async function ownOptions(sql: Sql, field: number): Promise<ReadonlySet<number>> {
  const rows = await sql.query<{ id: number }>({
    text: "select id from crm.field_option where workspace = $1 and field = $2",
    values: [sql.workspace, field],
  });
  return new Set(rows.map(({ id }) => id));
}

/** Options that are given by their ids are there; or, where the field is new, bring their ids. */
async function putOptions(
  sql: Sql,
  field: number,
  options: readonly FieldOptionDraft[],
  how: "are there" | "bring their ids" = "are there",
): Promise<void> {
  const rows = options.map(({ id, value, code, isNew }, position) => ({
    id: id ?? null,
    value,
    code: code ?? null,
    position,
    fresh: isNew === true,
  }));
  const values = [sql.workspace, field, JSON.stringify(rows)];
  if (how === "bring their ids") {
    await sql.query({
      text: `insert into crm.field_option (workspace, id, field, value, code, position)
        select $1, case when x.id is null then nextval('crm.field_option_id_seq') else crm.take_id('field_option', x.id) end, $2, x.value, x.code, x.position
        from jsonb_to_recordset($3::jsonb) as x (id bigint, value text, code text, position integer) order by x.position`,
      values,
    });
    return;
  }
  const record = "jsonb_to_recordset($3::jsonb) as x (id bigint, value text, code text, position integer, fresh boolean)";
  // Three statements, because the unique index must see those that go before it sees those that come.
  await sql.query({
    text: `update crm.field_option set deleted_at = statement_timestamp() where workspace = $1 and field = $2 and deleted_at is null
      and id not in (select x.id from ${record} where x.id is not null)`,
    values,
  });
  const changed = await sql.query<{ id: number }>({
    text: `update crm.field_option o set value = x.value, code = x.code, position = x.position, deleted_at = null from ${record}
      where o.workspace = $1 and o.field = $2 and o.id = x.id and (o.deleted_at is null or x.fresh) returning o.id`,
    values,
  });
  const known = changed.map((option) => option.id);
  const strangers = rows.filter(({ id, fresh }) => id !== null && !fresh && !known.includes(id));
  if (strangers.length > 0) throw new Invalid({ options: strangers.map(({ id }) => `there is no option ${id} in this field`) });
  await sql.query({
    text: `insert into crm.field_option (workspace, id, field, value, code, position)
      select $1, case when x.fresh and x.id is not null then crm.take_id('field_option', x.id) else nextval('crm.field_option_id_seq') end, $2, x.value, x.code, x.position
      from ${record} where x.id is null or (x.fresh and not x.id = any($4::bigint[])) order by x.position`,
    values: [...values, known],
  });
}

async function naming<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const { constraint } = error as { constraint?: string };
    if (constraint === "field_code") throw new Invalid({ code: ["another field of this kind has this code"] });
    if (constraint === "field_option_value") throw new Invalid({ options: ["two options are the same"] });
    throw error;
  }
}
