import * as contract from "@svyazka/contract";
import { moment } from "./crm/requests.ts";
import { type Implementation, implement } from "./implement.ts";
import { limitOf, page, uuidCursor } from "./pages.ts";

interface Row {
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  readonly user: number | null;
  readonly user_name: string | null;
  readonly ip: string;
  readonly action: string;
  readonly params: Record<string, unknown>;
  readonly members: string[];
  readonly given: Record<string, unknown>;
  readonly status: number;
  readonly detail: string | null;
}

const statuses = { done: [0, 399], refused: [400, 499], failed: [500, 999] } as const;

export const auditRoutes: readonly Implementation[] = [
  implement(contract.listAudit, async ({ query, sql }) => {
    const [least, most] = query.outcome === undefined ? [null, null] : statuses[query.outcome];
    const rows = await sql.query<Row>({
      text: `select a.id, a.at, a.actor, a.user_id as user, u.name as user_name, a.ip, a.action, a.params, a.members, a.given, a.status, a.detail
             from hub.audit a left join crm.user_account u on u.workspace = a.workspace and u.id = a.user_id
             where a.workspace = $1 and ($2::uuid is null or a.id < $2) and ($3::bigint is null or a.user_id = $3) and ($4::text is null or a.actor = $4)
               and ($5::text[] is null or a.action = any($5)) and ($6::text is null or a.ip = $6) and ($7::text is null or a.params->>'id' = $7)
               and ($8::int is null or a.status between $8 and $9) and ($10::timestamptz is null or a.at >= $10) and ($11::timestamptz is null or a.at < $11)
             order by a.id desc limit $12`,
      values: [
        sql.workspace,
        uuidCursor(query),
        query.user ?? null,
        query.actor ?? null,
        query.action?.split(",") ?? null,
        query.ip ?? null,
        query.target ?? null,
        least,
        most,
        moment("from", query.from) ?? null,
        moment("to", query.to) ?? null,
        limitOf(query) + 1,
      ],
    });
    return page(
      rows,
      query,
      (row) => row.id,
      (row) => ({ ...row, at: row.at.toISOString(), outcome: row.status < 400 ? "done" : row.status < 500 ? "refused" : "failed" }),
    );
  }),
];
