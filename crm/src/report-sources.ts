import { sql as raw } from "kysely";
import type { Reader } from "./by.ts";
import { type Part, run } from "./page.ts";
import { dealScope, type ReportQuery, type ReportSum, sumsOf } from "./report-scope.ts";
import type { Sql } from "./sql.ts";

export const sourceGroups = ["source", "utm_source", "utm_medium", "utm_campaign"] as const;
export type SourceGroup = (typeof sourceGroups)[number];

export interface SourceLine {
  /** Of a source its id; null for deals that name none. */
  readonly source: number | null;
  /** Of a source its name; else the value itself. Null for deals that name none. */
  readonly value: string | null;
  readonly deals: number;
  readonly won: number;
  readonly lost: number;
  readonly sumsWon: readonly ReportSum[];
}

/** Where the deals that were made in this time came from, the most fruitful first. */
export async function reportSources(
  sql: Sql,
  query: ReportQuery & { readonly by: SourceGroup; readonly touch: "first" | "last" },
  reader: Reader,
): Promise<SourceLine[]> {
  // With one touch only, it is both.
  const other = query.touch === "first" ? "last" : "first";
  const member = query.by.replace("utm_", "");
  const value: Part =
    query.by === "source"
      ? raw`d.source::text`
      : raw`nullif(btrim(coalesce(d.attribution -> ${query.touch} ->> ${member}, d.attribution -> ${other} ->> ${member})), '')`;
  const rows = await run<{ value: string | null; currency: string; deals: number; won: number; lost: number; minor: string | null }>(
    sql,
    raw`select ${value} as value, d.currency::text as currency, count(*) as deals, count(*) filter (where s.kind = 'won') as won,
        count(*) filter (where s.kind = 'lost') as lost, (sum(d.sum_minor) filter (where s.kind = 'won'))::text as minor
      from crm.deal d join crm.stage s on s.workspace = d.workspace and s.id = d.stage
      where ${dealScope(sql, query, reader)} and d.created_at >= ${query.from} and d.created_at < ${query.to} group by 1, 2 order by 2`,
  );
  const names = new Map(
    query.by !== "source"
      ? []
      : (
          await sql.query<{ id: number; name: string }>({
            text: "select id, name from crm.source where workspace = $1",
            values: [sql.workspace],
          })
        ).map(({ id, name }) => [String(id), name]),
  );
  const lines = [...new Set(rows.map((row) => row.value))].map((value): SourceLine => {
    const its = rows.filter((row) => row.value === value);
    const total = (name: "deals" | "won" | "lost") => its.reduce((sum, row) => sum + row[name], 0);
    return {
      source: query.by === "source" && value !== null ? Number(value) : null,
      value: value === null ? null : (names.get(value) ?? value),
      ...{ deals: total("deals"), won: total("won"), lost: total("lost") },
      sumsWon: sumsOf(its),
    };
  });
  return lines.sort((one, other) => other.won - one.won || other.deals - one.deals || String(one.value).localeCompare(String(other.value)));
}
