import { sql as raw } from "kysely";
import type { By } from "../by.ts";
import { run } from "../page.ts";
import type { Sql } from "../sql.ts";
import { seenConversations } from "./conversations.ts";

/** How many open conversations hold something that nobody here has read: of this user, of nobody, of everybody that may be seen. */
export async function countUnread(
  sql: Sql,
  { user, sees }: Pick<By, "user" | "sees">,
): Promise<{ mine: number; nobodys: number; all: number }> {
  const where = [raw`r.workspace = ${sql.workspace}`, raw`r.unread > 0`, ...seenConversations(sql, { sees })];
  const [row] = await run<{ mine: number; nobodys: number; all: number }>(
    sql,
    raw`select count(*) filter (where r.responsible = ${user ?? null}::bigint)::int as mine, count(*) filter (where r.responsible is null)::int as nobodys,
        count(*)::int as all
      from (select c.*, null::bigint as company from crm.conversation c) as r where ${raw.join(where, raw` and `)}`,
  );
  return row ?? { mine: 0, nobodys: 0, all: 0 };
}
