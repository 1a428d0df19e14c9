import { sql as raw } from "kysely";
import { idFor } from "./brought-id.ts";
import { directoryChanged } from "./directory-changed.ts";
import { Invalid, NotFound } from "./errors.ts";
import { cut, type Page, type PageQuery, type Part, readCursor, run, writeCursor } from "./page.ts";
import type { Sql } from "./sql.ts";
import { once } from "./written.ts";

/** What every entry of a short list (sources, tags, loss reasons, …) has beside its own columns. */
export interface ChoiceBase {
  readonly id: number;
  readonly name: string;
  readonly position: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Null and undefined columns keep their default when made, and stay when changed. */
type Draft<T extends ChoiceBase> = { readonly [K in Exclude<keyof T, "id" | "createdAt" | "updatedAt">]?: T[K] | undefined };

export interface Choices<T extends ChoiceBase> {
  /** By position. */
  list(sql: Sql, query: PageQuery, filter?: Partial<T>): Promise<Page<T>>;
  /** Throws `NotFound`. */
  get(sql: Sql, id: number): Promise<T>;
  /** Throws `Invalid` when something else has this name, code or id, or a reference leads nowhere. */
  create(sql: Sql, draft: Draft<T> & { readonly name: string; readonly id?: number | undefined }, key?: string): Promise<T>;
  /** Changes only what is given. Throws `NotFound`, and `Invalid` as `create` does. */
  update(sql: Sql, id: number, changes: Draft<T>): Promise<T>;
  /** What refers to it keeps its id. Throws `NotFound`. */
  delete(sql: Sql, id: number): Promise<void>;
}

interface Kind<T extends ChoiceBase> {
  readonly table: Parameters<typeof idFor>[1];
  /** For people. */
  readonly noun: string;
  /** Beside id, name, position and times. */
  readonly columns: readonly Exclude<keyof T & string, keyof ChoiceBase>[];
  /** Whether the directory of the CRM shows it. */
  readonly inDirectory?: true;
  /** What to say when a constraint of this name is broken: the member, and the words. */
  readonly constraints?: Readonly<Record<string, readonly [member: string, problem: string]>>;
  readonly onDelete?: (sql: Sql, id: number) => Promise<void>;
}

/** One short list of a workspace. */
export function choices<T extends ChoiceBase>(kind: Kind<T>): Choices<T> {
  const { table, noun } = kind;
  const names: readonly string[] = ["name", "position", ...kind.columns];
  const from = raw`crm.${raw.ref(table)} as r`;
  const columns = raw`r.id, ${raw.join(names.map((name) => raw.ref(`r.${name}`)))}, r.created_at as "createdAt", r.updated_at as "updatedAt"`;
  const given = (draft: object): [string, unknown][] =>
    names.flatMap((name) => {
      const value = (draft as Readonly<Record<string, unknown>>)[name];
      return value === undefined ? [] : [[name, value]];
    });
  const one = async (sql: Sql, id: number): Promise<T> => {
    const [row] = await run<T>(
      sql,
      raw`select ${columns} from ${from} where r.workspace = ${sql.workspace} and r.id = ${id} and r.deleted_at is null`,
    );
    if (!row) throw new NotFound(noun, id);
    return row;
  };
  const naming = async <R>(write: () => Promise<R>): Promise<R> => {
    try {
      return await write();
    } catch (error) {
      const broken = kind.constraints?.[(error as { constraint?: string }).constraint ?? ""];
      if (broken) throw new Invalid({ [broken[0]]: [broken[1]] });
      throw error;
    }
  };
  const changed = async (sql: Sql): Promise<void> => {
    if (kind.inDirectory) await directoryChanged(sql);
  };
  const put = (sql: Sql, id: number, sets: readonly Part[]) =>
    run<{ id: number }>(
      sql,
      raw`update ${from} set ${raw.join([...sets, raw`updated_at = statement_timestamp()`])}
        where r.workspace = ${sql.workspace} and r.id = ${id} and r.deleted_at is null returning r.id`,
    );

  return {
    async list(sql, query, filter = {}) {
      const where = [raw`r.workspace = ${sql.workspace}`, raw`r.deleted_at is null`];
      for (const [name, value] of given(filter))
        where.push(name === "name" ? raw`lower(r.name) = lower(${value})` : raw`${raw.ref(`r.${name}`)} = ${value}`);
      if (query.cursor !== undefined) {
        const after = readCursor(query.cursor, "position");
        where.push(raw`(r.position, r.id) > (${after.value}::integer, ${after.id}::bigint)`);
      }
      const rows = await run<T>(
        sql,
        raw`select ${columns} from ${from} where ${raw.join(where, raw` and `)} order by r.position, r.id limit ${query.limit + 1}`,
      );
      return cut(rows, query.limit, (last) => writeCursor("position", last.position, last.id));
    },
    get: one,
    create: (sql, draft, key) =>
      naming(async () => {
        const id = await once(sql, table, { key }, async (sql) => {
          const members = draft.id === undefined ? given(draft) : [["id", await idFor(sql, table, draft.id)] as const, ...given(draft)];
          const [row] = await run<{ id: number }>(
            sql,
            raw`insert into crm.${raw.ref(table)} (workspace, ${raw.join(members.map(([name]) => raw.ref(name)))})
              values (${sql.workspace}, ${raw.join(members.map(([, value]) => value))}) returning id`,
          );
          await changed(sql);
          return row?.id ?? 0;
        });
        return one(sql, id);
      }),
    update: (sql, id, changes) =>
      naming(() =>
        sql.transaction(async (sql) => {
          const members = given(changes);
          if (members.length > 0) {
            await put(
              sql,
              id,
              members.map(([name, value]) => raw`${raw.ref(name)} = ${value}`),
            );
            await changed(sql);
          }
          return one(sql, id);
        }),
      ),
    delete: (sql, id) =>
      sql.transaction(async (sql) => {
        const rows = await put(sql, id, [raw`deleted_at = statement_timestamp()`]);
        if (rows.length === 0) throw new NotFound(noun, id);
        await kind.onDelete?.(sql, id);
        await changed(sql);
      }),
  };
}
