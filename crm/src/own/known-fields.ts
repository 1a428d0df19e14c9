import { Invalid, NotFound, type OwnEntity, type OwnKnownField, type OwnKnownFieldDraft } from "@svyazka/core";
import type { Sql } from "../sql.ts";

/** Ids for what every record has by itself, for an API that shows it as fields. */

const readKnown = (sql: Sql, entity: OwnEntity): Promise<OwnKnownField[]> =>
  sql.query<OwnKnownField>({
    name: "own-known-fields",
    text: `select f.id, f.entity, f.code, f.name, f.served,
        coalesce((select jsonb_agg(jsonb_build_object('id', o.id, 'code', o.code) order by o.position, o.id)
          from crm.known_option o where o.workspace = f.workspace and o.field = f.id), '[]') as options
      from crm.known_field f where f.workspace = $1 and f.entity = $2`,
    values: [sql.workspace, entity],
  });

/** Those that are wanted, in that order; what is not there yet is made. Throws `Invalid` for an id that is taken. */
export async function knownFields(sql: Sql, entity: OwnEntity, wanted: readonly OwnKnownFieldDraft[]): Promise<OwnKnownField[]> {
  const there = await readKnown(sql, entity);
  const find = (all: readonly OwnKnownField[]) =>
    wanted.flatMap(({ code }) => {
      const field = all.find((one) => one.code === code);
      return field ? [field] : [];
    });
  const isWhole = wanted.every(({ code, options = [] }) => {
    const field = there.find((one) => one.code === code);
    return field && options.every((option) => field.options.some((one) => one.code === option.code));
  });
  if (isWhole) return find(there);
  try {
    await sql.transaction(async (sql) => {
      // Whoever else is about to make them waits, and finds them made.
      await sql.query({ text: "select pg_advisory_xact_lock(hashtextextended('known fields ' || $1, 0))", values: [sql.workspace] });
      for (const draft of wanted) await makeKnown(sql, entity, draft);
    });
  } catch (error) {
    if ((error as { code?: string }).code === "23505") throw new Invalid({ id: ["is taken"] });
    throw error;
  }
  return find(await readKnown(sql, entity));
}

async function makeKnown(sql: Sql, entity: OwnEntity, { id, code, name, served, options = [] }: OwnKnownFieldDraft): Promise<void> {
  const [field] = await sql.query<{ id: number }>({
    text: `insert into crm.known_field (workspace, id, entity, code, name, served)
      select $1, coalesce(crm.take_id('field', $2::bigint), nextval(pg_get_serial_sequence('crm.field', 'id'))), $3, $4, $5, $6::jsonb
      where not exists (select from crm.known_field where workspace = $1 and entity = $3 and code = $4) returning id`,
    values: [sql.workspace, id ?? null, entity, code, name, served === undefined ? null : JSON.stringify(served)],
  });
  if (field && id !== undefined) await mustBeFree(sql, "field", id);
  for (const [position, option] of options.entries()) {
    const [made] = await sql.query<{ id: number }>({
      text: `insert into crm.known_option (workspace, id, field, code, position)
        select $1, coalesce(crm.take_id('field_option', $2::bigint), nextval(pg_get_serial_sequence('crm.field_option', 'id'))), f.id, $4, $5
        from crm.known_field f where f.workspace = $1 and f.entity = $3 and f.code = $6
          and not exists (select from crm.known_option o where o.workspace = $1 and o.field = f.id and o.code = $4) returning id`,
      values: [sql.workspace, option.id ?? null, entity, option.code, position, code],
    });
    if (made && option.id !== undefined) await mustBeFree(sql, "field_option", option.id);
  }
}

/** Custom fields have their ids from the same numbers. */
async function mustBeFree(sql: Sql, table: "field" | "field_option", id: number): Promise<void> {
  const taken = await sql.query({ text: `select from crm.${table} where workspace = $1 and id = $2`, values: [sql.workspace, id] });
  if (taken.length > 0) throw new Invalid({ id: [`${id} is taken by a custom field`] });
}

/** Throws `NotFound`. */
export async function updateKnownField(
  sql: Sql,
  id: number,
  { name, served }: { readonly name?: string | undefined; readonly served?: unknown },
): Promise<void> {
  const changed = await sql.query({
    text: `update crm.known_field set name = coalesce($3, name), served = coalesce($4::jsonb, served) where workspace = $1 and id = $2 returning id`,
    values: [sql.workspace, id, name ?? null, served === undefined ? null : JSON.stringify(served)],
  });
  if (changed.length === 0) throw new NotFound("field", id);
}
