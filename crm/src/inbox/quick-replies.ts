import { sql as raw } from "kysely";
import type { By } from "../by.ts";
import { Invalid, NotFound } from "../errors.ts";
import { run } from "../page.ts";
import type { Sql } from "../sql.ts";

/** An answer that is written again and again; `{name}` in it becomes the client's name. */
export interface QuickReply {
  readonly id: number;
  readonly title: string;
  readonly text: string;
  readonly updatedAt: Date;
}

const columns = raw`id, title, text, updated_at as "updatedAt"`;

/** By their titles. */
export const listQuickReplies = (sql: Sql): Promise<QuickReply[]> =>
  run(sql, raw`select ${columns} from crm.quick_reply where workspace = ${sql.workspace} order by lower(title), id limit ${most}`);

const most = 500;

/** Throws `Invalid` for a title that another one has, and when there are too many. */
export const addQuickReply = (
  sql: Sql,
  { title, text }: { readonly title: string; readonly text: string },
  { user }: By,
): Promise<QuickReply> =>
  naming(async () => {
    if ((await listQuickReplies(sql)).length >= most) throw new Invalid({ title: [`there are ${most} already: remove some first`] });
    const [made] = await run<QuickReply>(
      sql,
      raw`insert into crm.quick_reply (workspace, title, text, created_by) values (${sql.workspace}, ${title}, ${text}, ${user ?? null}) returning ${columns}`,
    );
    if (!made) throw new Error("the answer was not written");
    return made;
  });

/** Throws `NotFound`, and `Invalid` for a title that another one has. */
export const changeQuickReply = (
  sql: Sql,
  id: number,
  { title, text }: { readonly title?: string | undefined; readonly text?: string | undefined },
): Promise<QuickReply> =>
  naming(async () => {
    const [changed] = await run<QuickReply>(
      sql,
      raw`update crm.quick_reply set title = coalesce(${title ?? null}, title), text = coalesce(${text ?? null}, text), updated_at = statement_timestamp()
        where workspace = ${sql.workspace} and id = ${id} returning ${columns}`,
    );
    if (!changed) throw new NotFound("quick reply", id);
    return changed;
  });

/** Throws `NotFound`. */
export async function removeQuickReply(sql: Sql, id: number): Promise<void> {
  const gone = await run(sql, raw`delete from crm.quick_reply where workspace = ${sql.workspace} and id = ${id} returning id`);
  if (gone.length === 0) throw new NotFound("quick reply", id);
}

async function naming<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if ((error as { constraint?: string }).constraint === "quick_reply_title")
      throw new Invalid({ title: ["there is one of this title already"] });
    throw error;
  }
}
