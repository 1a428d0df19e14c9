import type { OwnKnownField, OwnKnownFieldDraft } from "@svyazka/core";
import type { Entity } from "../by.ts";
import { directoryChanged } from "../directory-changed.ts";
import { Invalid, NotFound } from "../errors.ts";
import { mustBeFree } from "../fields.ts";
import type { Sql } from "../sql.ts";

/** Ids for what every record has by itself, in the order wanted: see `OwnFields.known`. */
export async function knownFields(sql: Sql, entity: Entity, wanted: readonly OwnKnownFieldDraft[]): Promise<OwnKnownField[]> {
  const inOrder = (all: readonly OwnKnownField[]) => wanted.flatMap(({ code }) => all.filter((one) => one.code === code));
  const there = await readKnown(sql, entity);
  if (wanted.every((draft) => isThere(there, draft))) return inOrder(there);
  await sql.transaction(async (sql) => {
    // Two who use one for the first time make it once.
    await sql.query({
      text: "select pg_advisory_xact_lock(hashtextextended($1, 0))",
      values: [`crm.known_field ${sql.workspace} ${entity}`],
    });
    for (const draft of wanted) await makeKnown(sql, entity, draft, await readKnown(sql, entity));
    await directoryChanged(sql);
  });
  return inOrder(await readKnown(sql, entity));
}

/** Throws `NotFound`. */
export async function updateKnownField(
  sql: Sql,
  id: number,
  { name, served }: { readonly name?: string | undefined; readonly served?: unknown },
): Promise<void> {
  const changed = await sql.query({
    text: `update crm.known_field set name = coalesce($3, name), served = case when $4 then $5::jsonb else served end
      where workspace = $1 and id = $2 returning id`,
    values: [sql.workspace, id, name ?? null, served !== undefined, jsonOf(served)],
  });
  if (changed.length === 0) throw new NotFound("field", id);
  await directoryChanged(sql);
}

/** Ids that no record refers to: values of what every record has stand on the record itself. */
export async function forgetKnownFields(sql: Sql, entity: Entity): Promise<void> {
  await sql.query({ text: "delete from crm.known_field where workspace = $1 and entity = $2", values: [sql.workspace, entity] });
}

const jsonOf = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(value));

const readKnown = (sql: Sql, entity: Entity): Promise<OwnKnownField[]> =>
  sql.query({
    name: "crm-known-fields",
    text: `select f.id, f.entity, f.code, f.name, f.served, coalesce((
        select jsonb_agg(jsonb_build_object('id', o.id, 'code', o.code) order by o.position, o.id)
        from crm.known_option o where o.workspace = f.workspace and o.field = f.id), '[]') as options
      from crm.known_field f where f.workspace = $1 and f.entity = $2 order by f.id`,
    values: [sql.workspace, entity],
  });

function isThere(there: readonly OwnKnownField[], { code, options = [] }: OwnKnownFieldDraft): boolean {
  const field = there.find((one) => one.code === code);
  return field !== undefined && options.every((option) => field.options.some((one) => one.code === option.code));
}

async function makeKnown(sql: Sql, entity: Entity, draft: OwnKnownFieldDraft, there: readonly OwnKnownField[]): Promise<void> {
  const known = there.find(({ code }) => code === draft.code);
  const field = known?.id ?? (await makeField(sql, entity, draft));
  const options = (draft.options ?? []).filter(({ code }) => !known?.options.some((one) => one.code === code));
  await mustBeFree(
    sql,
    "field_option",
    options.flatMap(({ id }) => id ?? []),
    "options",
  );
  for (const [index, { id, code }] of options.entries()) {
    await sql.query({
      text: `insert into crm.known_option (workspace, id, field, code, position)
        values ($1, case when $2::bigint is null then nextval('crm.field_option_id_seq') else crm.take_id('field_option', $2) end, $3, $4, $5)`,
      values: [sql.workspace, id ?? null, field, code, (known?.options.length ?? 0) + index],
    });
  }
}

async function makeField(sql: Sql, entity: Entity, { id, code, name, served }: OwnKnownFieldDraft): Promise<number> {
  await mustBeFree(sql, "field", id === undefined ? [] : [id], "id");
  const [made] = await sql.query<{ id: number }>({
    text: `insert into crm.known_field (workspace, id, entity, code, name, served)
      values ($1, case when $2::bigint is null then nextval('crm.field_id_seq') else crm.take_id('field', $2) end, $3, $4, $5, $6) returning id`,
    values: [sql.workspace, id ?? null, entity, code, name, jsonOf(served)],
  });
  if (!made) throw new Invalid({ code: [`${code} could not be made`] });
  return made.id;
}
