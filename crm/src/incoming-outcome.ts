import type { By } from "./by.ts";
import type { Sql } from "./sql.ts";

/** What became of a deal that nobody had taken, told by whoever moves it on or puts it away. Costs a look where nothing is known of it. */
export async function settleIncoming(sql: Sql, deal: number, outcome: "accepted" | "declined", { user }: By): Promise<void> {
  await sql.query({
    name: "crm-settle-incoming",
    text: `update crm.incoming set outcome = $3, resolved_at = statement_timestamp(), resolved_by = $4, updated_at = statement_timestamp()
      where workspace = $1 and deal = $2 and outcome is null`,
    values: [sql.workspace, deal, outcome, user ?? null],
  });
}

/** A deal that was declined, and is brought back to where it stood, waits again. */
export async function reopenIncoming(sql: Sql, deal: number): Promise<void> {
  await sql.query({
    name: "crm-reopen-incoming",
    text: `update crm.incoming i set outcome = null, resolved_at = null, resolved_by = null, updated_at = statement_timestamp()
      from crm.deal d join crm.stage s on s.workspace = d.workspace and s.id = d.stage and s.kind = 'incoming'
      where i.workspace = $1 and i.deal = $2 and i.outcome = 'declined' and d.workspace = $1 and d.id = $2`,
    values: [sql.workspace, deal],
  });
}
