import { Invalid } from "./errors.ts";
import { saidProblems } from "./said.ts";
import type { Sql } from "./sql.ts";

/** Whose ids may be said when they are made, as copies of what is in another CRM. Records say theirs by `Said`. */
type Table = "pipeline" | "stage" | "source" | "loss_reason" | "task_type" | "tag" | "user_group" | "user_account";

/**
 * The id for a new row: the one that somebody brings along, or the next. Throws `Invalid`, at `member`, for one that cannot be, or that something has in this
 * workspace, even if it is deleted.
 */
export async function idFor(sql: Sql, table: Table, brought: number | undefined, member = "id"): Promise<number> {
  if (brought !== undefined) {
    const problems = saidProblems({ id: brought })["id"];
    if (problems) throw new Invalid({ [member]: problems });
    const taken = await sql.query({
      text: `select from crm.${table} where workspace = $1 and id = $2`,
      values: [sql.workspace, brought],
    });
    if (taken.length > 0) throw new Invalid({ [member]: [`${brought} is taken`] });
  }
  const [row] = await sql.query<{ id: number }>({
    text: `select case when $1::bigint is null then nextval('crm.${table}_id_seq') else crm.take_id('${table}', $1) end as id`,
    values: [brought ?? null],
  });
  if (!row) throw new Error("a sequence must answer");
  return row.id;
}
