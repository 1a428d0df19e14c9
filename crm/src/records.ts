import { sql as raw } from "kysely";
import type { By, Entity, Reader } from "./by.ts";
import { applyChange } from "./change.ts";
import { Forbidden, Invalid, NotFound, Stale } from "./errors.ts";
import { type Part, run } from "./page.ts";
import { seen } from "./record-access.ts";
import type { Sql } from "./sql.ts";

/** What every contact, company and deal has. */
export interface RecordBase {
  readonly id: number;
  /** Another one after every change. */
  readonly version: string;
  readonly responsible: number | null;
  readonly tags: readonly string[];
  /** Users; null for programs. */
  readonly createdBy: number | null;
  readonly updatedBy: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
}

/** The columns of `RecordBase`, of a table called `r`. */
export const baseColumns = (entity: Entity): Part => raw`r.id, r.version::text as version, r.responsible, r.fields,
  r.created_by as "createdBy", r.updated_by as "updatedBy", r.created_at as "createdAt", r.updated_at as "updatedAt", r.deleted_at as "deletedAt",
  coalesce((select jsonb_agg(t.name order by lower(t.name)) from crm.tagged g join crm.tag t on t.workspace = g.workspace and t.id = g.tag and t.deleted_at is null
    where g.workspace = r.workspace and g.entity = ${entity} and g.record = r.id), '[]') as tags`;

/** The phones, e-mails and messengers of `r`, as `ChannelRow`s. */
export const channelsColumn = (entity: "contact" | "company"): Part => raw`
  coalesce((select jsonb_agg(to_jsonb(ch) - 'workspace' - 'id' - 'contact' - 'company' order by ch.position, ch.id)
    from crm.channel ch where ch.workspace = r.workspace and ch.${raw.ref(entity)} = r.id), '[]') as channels`;

/** Which records are meant: those that are there, or those that were put away. */
export type Standing = "there" | "put away";
export const stands = (standing: Standing): Part => (standing === "there" ? raw`r.deleted_at is null` : raw`r.deleted_at is not null`);

/** One record as its table has it, optionally locked for a change; `name` prepares the statement, one name for one text. Throws `NotFound` when it is deleted, absent or not for this reader. */
export async function getRow<Row>(
  sql: Sql,
  entity: Entity,
  columns: Part,
  id: number,
  reader: Reader,
  lock?: "lock",
  name?: string,
  standing: Standing = "there",
): Promise<Row> {
  const also = seen(sql.workspace, entity, reader.sees).map((part) => raw` and ${part}`);
  const rows = await run<Row>(
    sql,
    raw`select ${columns} from crm.${raw.ref(entity)} as r where r.workspace = ${sql.workspace} and r.id = ${id} and ${stands(standing)}
      ${raw.join(also, raw``)} ${lock ? raw`for no key update of r` : raw``}`,
    name,
  );
  if (rows[0] === undefined) throw new NotFound(entity, id);
  return rows[0];
}

/** As `getRow`, also for one that was merged into another, when the reader sees that other one. */
export async function getRowEvenMerged<Row>(
  sql: Sql,
  entity: "contact" | "company",
  columns: Part,
  id: number,
  reader: Reader,
): Promise<Row> {
  try {
    return await getRow<Row>(sql, entity, columns, id, reader);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    const [row] = await run<Row & { readonly kept: number }>(
      sql,
      raw`select ${columns}, r.merged_into as kept from crm.${raw.ref(entity)} as r
        where r.workspace = ${sql.workspace} and r.id = ${id} and r.merged_into is not null`,
    );
    if (!row) throw error;
    if (reader.sees !== undefined) {
      await mustSee(sql, entity, row.kept, reader).catch(() => {
        throw error;
      });
    }
    return row;
  }
}

/** Throws `NotFound` unless this reader may see this record. */
export const mustSee = async (sql: Sql, entity: Entity, id: number, reader: Reader): Promise<void> => {
  await getRow(sql, entity, raw`r.id`, id, reader);
};

/** Throws `Stale` when the writer has seen another version. `current` is locked. */
export function mustBeAsSeen(current: { readonly version: string }, { versions }: By): void {
  if (versions && !versions.includes(current.version)) throw new Stale();
}

/** Who is responsible for a new record: for a limited manager, themselves unless they name somebody whose records they see. */
export function responsibleFor(given: number | null | undefined, by: By): number | null {
  if (by.sees === undefined) return given ?? null;
  if (given === undefined || given === null) return by.user ?? null;
  mayAssign(given, undefined, by);
  return given;
}

/** Throws `Forbidden` when a limited manager would give a record to somebody whose records they do not see, or to nobody. */
export function mayAssign(given: number | null | undefined, current: number | null | undefined, by: By): void {
  if (by.sees === undefined || given === undefined || given === current) return;
  if (given === null || !by.sees.includes(given)) throw new Forbidden("you may only assign records to those whose records you see");
}

/** Throws `Invalid` when a limited manager would tie a record to one that is not there for them: tying it would show it. */
export async function mayTie(
  sql: Sql,
  by: By,
  references: readonly (readonly [name: string, entity: Entity, id: number | null | undefined])[],
): Promise<void> {
  if (by.sees === undefined) return;
  for (const [name, entity, id] of references) {
    if (id === undefined || id === null) continue;
    await mustSee(sql, entity, id, by).catch((error: unknown) => {
      throw error instanceof NotFound ? new Invalid({ [name]: [error.message] }) : error;
    });
  }
}

/** Puts a record away; it can be brought back. Throws `NotFound` and `Stale`. */
export const deleteRecord = (sql: Sql, entity: Entity, id: number, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    mustBeAsSeen(await getRow(sql, entity, raw`r.version::text as version`, id, by, "lock"), by);
    await applyChange(sql, entity, id, { columns: { deleted_at: new Date() }, lines: [{ kind: "deleted", what: null }] }, by);
  });

/** Takes back what `deleteRecord` did; one that is not put away stays as it is. Throws `NotFound`. */
export const restoreRecord = (sql: Sql, entity: Entity, id: number, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    try {
      const into = entity === "deal" ? raw`null::bigint` : raw`r.merged_into`;
      const row = await getRow<{ into: number | null }>(sql, entity, raw`${into} as into`, id, by, "lock", undefined, "put away");
      if (row.into !== null) throw new Invalid({ id: [`was merged into ${entity} ${row.into}: undo the merge`] });
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      return mustSee(sql, entity, id, by);
    }
    await applyChange(sql, entity, id, { columns: { deleted_at: null }, lines: [{ kind: "restored", what: null }] }, by);
  });
