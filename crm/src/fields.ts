import type { FieldType } from "@svyazka/core";
import type { Entity } from "./by.ts";
import { directoryChanged } from "./directory-changed.ts";
import { Invalid, NotFound } from "./errors.ts";
import type { Sql } from "./sql.ts";
import { once } from "./written.ts";

/** A custom field of contacts, companies or deals. */
export interface Field {
  readonly id: number;
  readonly entity: Entity;
  /** Unique among the fields of its entity, without regard to case; what values are named by. */
  readonly code: string;
  readonly name: string;
  readonly type: FieldType;
  readonly position: number;
  /** Of a select or multiselect, in order. */
  readonly options: readonly FieldOption[];
  /** What an API that we serve keeps of it beside what we know. */
  readonly served: unknown;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
export interface FieldOption {
  readonly id: number;
  readonly value: string;
  readonly code: string | null;
}

export interface FieldDraft {
  readonly entity: Entity;
  /** Without one, `field_<id>`. */
  readonly code?: string | undefined;
  readonly name: string;
  readonly type: FieldType;
  readonly position?: number | undefined;
  readonly options?: readonly FieldOptionDraft[] | undefined;
  readonly served?: unknown;
}
/** With `id`, an option there is; without, a new one. */
export interface FieldOptionDraft {
  readonly id?: number | undefined;
  readonly value: string;
  readonly code?: string | null | undefined;
}
/** The type of a field never changes. `options` is the whole new list: what it lacks is deleted, and stays readable where it is used. */
export type FieldChanges = { readonly [K in "code" | "name" | "position" | "options" | "served"]?: FieldDraft[K] | undefined };

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
      where f.workspace = $1 and ($2::text is null or f.entity = $2) and f.deleted_at is null order by f.entity, f.position, f.id`,
    values: [sql.workspace, entity ?? null],
  });

/** Throws `NotFound`. */
export async function getField(sql: Sql, id: number): Promise<Field> {
  const [field] = await sql.query<Field>({
    text: `select ${columns(false)} from crm.field f where f.workspace = $1 and f.id = $2 and f.deleted_at is null`,
    values: [sql.workspace, id],
  });
  if (!field) throw new NotFound("field", id);
  return field;
}

/** Throws `Invalid` when the code is taken, or options are missing or repeated. */
export async function createField(sql: Sql, draft: FieldDraft, key?: string): Promise<Field> {
  checkOptions(draft.type, draft.options);
  const id = await naming(() =>
    once(sql, "field", { key }, async (sql) => {
      const [row] = await sql.query<{ id: number }>({
        text: `with made as (select nextval(pg_get_serial_sequence('crm.field', 'id')) as id)
          insert into crm.field (workspace, id, entity, code, name, type, position, served)
          select $1, id, $2, coalesce($3, 'field_' || id), $4, $5, $6, $7::jsonb from made returning id`,
        values: [sql.workspace, draft.entity, draft.code ?? null, draft.name, draft.type, draft.position ?? 0, servedText(draft.served)],
      });
      if (!row) throw new Error("an inserted field must come back");
      await putOptions(sql, row.id, draft.options ?? []);
      await directoryChanged(sql);
      return row.id;
    }),
  );
  return getField(sql, id);
}

/** Changes only what is given. Throws `NotFound`, and `Invalid` as `createField` does. */
export async function updateField(sql: Sql, id: number, changes: FieldChanges): Promise<Field> {
  return naming(() =>
    sql.transaction(async (sql) => {
      const field = await getField(sql, id);
      await sql.query({
        text: `update crm.field set code = coalesce($3, code), name = coalesce($4, name), position = coalesce($5, position), served = coalesce($6::jsonb, served),
            updated_at = statement_timestamp()
          where workspace = $1 and id = $2`,
        values: [sql.workspace, id, changes.code ?? null, changes.name ?? null, changes.position ?? null, servedText(changes.served)],
      });
      if (changes.options) {
        checkOptions(field.type, changes.options);
        await putOptions(sql, id, changes.options);
      }
      await directoryChanged(sql);
      return getField(sql, id);
    }),
  );
}

/** Values of a deleted field stay where they are, unseen. Throws `NotFound`. */
export const deleteField = (sql: Sql, id: number): Promise<void> =>
  sql.transaction(async (sql) => {
    await getField(sql, id);
    await sql.query({
      text: "update crm.field set deleted_at = statement_timestamp() where workspace = $1 and id = $2",
      values: [sql.workspace, id],
    });
    await directoryChanged(sql);
  });

const servedText = (served: unknown): string | null => (served === undefined || served === null ? null : JSON.stringify(served));

function checkOptions(type: FieldType, options: readonly FieldOptionDraft[] | undefined): void {
  const choosing = type === "select" || type === "multiselect";
  if (!choosing && options && options.length > 0) throw new Invalid({ options: [`a field of type ${type} has none`] });
  if (choosing && (options ?? []).length === 0) throw new Invalid({ options: [`a field of type ${type} needs at least one`] });
}

async function putOptions(sql: Sql, field: number, options: readonly FieldOptionDraft[]): Promise<void> {
  const rows = options.map(({ id, value, code }, position) => ({ id: id ?? null, value, code: code ?? null, position }));
  const values = [sql.workspace, field, JSON.stringify(rows)];
  const record = "jsonb_to_recordset($3::jsonb) as x (id bigint, value text, code text, position integer)";
  // Three statements, because the unique index must see those that go before it sees those that come.
  await sql.query({
    text: `update crm.field_option set deleted_at = statement_timestamp() where workspace = $1 and field = $2 and deleted_at is null
      and id not in (select x.id from ${record} where x.id is not null)`,
    values,
  });
  const changed = await sql.query<{ id: number }>({
    text: `update crm.field_option o set value = x.value, code = x.code, position = x.position from ${record}
      where o.workspace = $1 and o.field = $2 and o.id = x.id and o.deleted_at is null returning o.id`,
    values,
  });
  const strangers = rows.filter(({ id }) => id !== null && !changed.some((option) => option.id === id));
  if (strangers.length > 0) throw new Invalid({ options: strangers.map(({ id }) => `there is no option ${id} in this field`) });
  await sql.query({
    text: `insert into crm.field_option (workspace, field, value, code, position) select $1, $2, x.value, x.code, x.position from ${record} where x.id is null`,
    values,
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
