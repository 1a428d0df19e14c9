import { sql as raw } from "kysely";
import { Forbidden, NotFound } from "./errors.ts";
import { cut, type Page, type PageQuery, type Part, readCursor, run, writeCursor } from "./page.ts";
import type { Sql } from "./sql.ts";
import { once } from "./written.ts";

export const viewed = ["contact", "company", "deal", "task", "call"] as const;
export type Viewed = (typeof viewed)[number];

/** How somebody wants to see a list: filters, order, columns. */
export interface View {
  readonly id: number;
  readonly entity: Viewed;
  readonly name: string;
  /** Whether everybody sees it. */
  readonly shared: boolean;
  /** The user; null for a program. */
  readonly owner: number | null;
  readonly position: number;
  /** The page's own matter. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
export type ViewChanges = { readonly [K in "name" | "shared" | "position" | "settings"]?: View[K] | undefined };

/** Whose views these are. */
export interface Viewer {
  readonly user: number | undefined;
  /** May change what is shared. */
  readonly isAdministrator: boolean;
}

const columns = raw`v.id, v.entity, v.name, v.shared, v.owner, v.position, v.settings, v.created_at as "createdAt", v.updated_at as "updatedAt"`;
const visible = ({ user }: Viewer): Part => raw`(v.shared or v.owner is not distinct from ${user ?? null}::bigint)`;

/** One's own and the shared ones, by position. */
export async function listViews(
  sql: Sql,
  query: PageQuery & { readonly entity?: Viewed | undefined },
  viewer: Viewer,
): Promise<Page<View>> {
  const where = [raw`v.workspace = ${sql.workspace}`, visible(viewer)];
  if (query.entity !== undefined) where.push(raw`v.entity = ${query.entity}`);
  if (query.cursor !== undefined) {
    const after = readCursor(query.cursor, "position");
    where.push(raw`(v.position, v.id) > (${after.value}::integer, ${after.id}::bigint)`);
  }
  const rows = await run<View>(
    sql,
    raw`select ${columns} from crm.saved_view v where ${raw.join(where, raw` and `)} order by v.position, v.id limit ${query.limit + 1}`,
  );
  return cut(rows, query.limit, (last) => writeCursor("position", last.position, last.id));
}

/** Throws `NotFound`, also for what somebody keeps to themselves. */
export async function getView(sql: Sql, id: number, viewer: Viewer): Promise<View> {
  const [view] = await run<View>(
    sql,
    raw`select ${columns} from crm.saved_view v where v.workspace = ${sql.workspace} and v.id = ${id} and ${visible(viewer)}`,
  );
  if (!view) throw new NotFound("view", id);
  return view;
}

/** Makes a view, and answers its id; with a key used before, the id of that time. */
export const createView = (
  sql: Sql,
  draft: ViewChanges & { readonly name: string; readonly entity: Viewed },
  viewer: Viewer,
  key?: string,
): Promise<number> =>
  once(sql, "view", { key }, async (sql) => {
    const [row] = await sql.query<{ id: number }>({
      text: `insert into crm.saved_view (workspace, entity, name, shared, owner, position, settings) values ($1, $2, $3, $4, $5, $6, $7) returning id`,
      values: [
        sql.workspace,
        draft.entity,
        draft.name,
        draft.shared ?? false,
        viewer.user ?? null,
        draft.position ?? 0,
        JSON.stringify(draft.settings ?? {}),
      ],
    });
    return row?.id ?? 0;
  });

/** Changes only what is given, and answers it: an administrator who takes a view back from everybody sees it for the last time. Throws `NotFound`, and `Forbidden` for a shared one of somebody else. */
export async function updateView(sql: Sql, id: number, changes: ViewChanges, viewer: Viewer): Promise<View> {
  await mustOwn(sql, id, viewer);
  const [view] = await sql.query<View>({
    text: `update crm.saved_view v set name = coalesce($3, name), shared = coalesce($4, shared), position = coalesce($5, position),
             settings = coalesce($6::jsonb, settings), updated_at = statement_timestamp() where workspace = $1 and id = $2
           returning id, entity, name, shared, owner, position, settings, created_at as "createdAt", updated_at as "updatedAt"`,
    values: [
      ...[sql.workspace, id, changes.name ?? null, changes.shared ?? null, changes.position ?? null],
      changes.settings === undefined ? null : JSON.stringify(changes.settings),
    ],
  });
  if (!view) throw new NotFound("view", id);
  return view;
}

/** Throws as `updateView` does. */
export async function deleteView(sql: Sql, id: number, viewer: Viewer): Promise<void> {
  await mustOwn(sql, id, viewer);
  await sql.query({ text: "delete from crm.saved_view where workspace = $1 and id = $2", values: [sql.workspace, id] });
}

async function mustOwn(sql: Sql, id: number, viewer: Viewer): Promise<void> {
  const view = await getView(sql, id, viewer);
  if (view.owner !== (viewer.user ?? null) && !(view.shared && viewer.isAdministrator))
    throw new Forbidden("only its owner or an administrator changes a shared view");
}
