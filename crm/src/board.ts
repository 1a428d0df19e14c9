import { sql as raw } from "kysely";
import type { Reader } from "./by.ts";
import { type DealFilter, dealConditions } from "./deal-filter.ts";
import { listConditions, type PageQuery, run } from "./page.ts";
import { getPipeline } from "./pipelines.ts";
import type { Sql } from "./sql.ts";

/** How much lies in one stage of the board. */
export interface StageTotal {
  readonly stage: number;
  readonly count: number;
  /** By currency; minor units, which may be more than a number holds. Deals without a sum are counted and not summed. */
  readonly sums: readonly { readonly currency: string; readonly minor: bigint }[];
}

type BoardFilter = Omit<DealFilter, keyof PageQuery | "sort"> & { readonly pipeline: number };

/** How much lies in each stage of a pipeline, in their order, empty ones too. Throws `NotFound`. */
export async function boardTotals(sql: Sql, filter: BoardFilter, reader: Reader): Promise<StageTotal[]> {
  const { stages } = await getPipeline(sql, filter.pipeline);
  const where = listConditions(sql, filter, await dealConditions(sql, filter, reader));
  const rows = await run<{ stage: number; currency: string; count: number; minor: string | null }>(
    sql,
    raw`select r.stage, r.currency::text as currency, count(*) as count, sum(r.sum_minor)::text as minor
      from crm.deal as r where ${raw.join(where, raw` and `)} group by r.stage, r.currency order by r.currency`,
  );
  return stages.map(({ id }) => {
    const lying = rows.filter((row) => row.stage === id);
    return {
      stage: id,
      count: lying.reduce((sum, row) => sum + row.count, 0),
      sums: lying.flatMap(({ currency, minor }) => (minor === null ? [] : [{ currency, minor: BigInt(minor) }])),
    };
  });
}
