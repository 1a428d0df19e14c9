import type { By } from "./by.ts";
import type { Stage } from "./pipelines.ts";
import type { Sql } from "./sql.ts";

/** Moves all deals of a stage to another one of its pipeline in one statement, each with its line in the timeline. */
export async function moveDeals(sql: Sql, from: Stage, to: Stage, by: By): Promise<void> {
  const place = ({ pipeline, id }: Stage) => ({ pipeline, stage: id });
  await sql.query({
    text: `with moved as (
        update crm.deal set stage = $3, updated_by = $4::bigint, updated_at = statement_timestamp(), version = version + 1,
          closed_at = case when $5::text in ('won', 'lost') then coalesce(closed_at, statement_timestamp()) end,
          loss_reason = case when $5 = 'lost' then loss_reason end
        where workspace = $1 and stage = $2 and deleted_at is null returning id),
      lines as (
        insert into crm.timeline (workspace, kind, actor, via, deal, what) select $1, 'stage', $6::text, $7::bigint, id, $8::jsonb from moved)
      update crm.incoming i set outcome = 'accepted', resolved_at = statement_timestamp(), resolved_by = $4, updated_at = statement_timestamp()
      from moved where i.workspace = $1 and i.deal = moved.id and i.outcome is null and $5 <> 'incoming'`,
    values: [
      ...[sql.workspace, from.id, to.id, by.user ?? null, to.kind, by.actor, by.via ?? null],
      JSON.stringify({ old: place(from), new: place(to) }),
    ],
  });
}
