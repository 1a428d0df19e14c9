import * as contract from "@svyazka/contract";
import { NotFound } from "@svyazka/crm";
import type { Hub } from "../hub.ts";
import { replay } from "../inbound/replay.ts";
import { type Implementation, implement } from "./implement.ts";
import { limitOf, page, uuidCursor } from "./pages.ts";

interface JournalRow {
  readonly id: string;
  readonly connection: number;
  readonly received_at: Date;
  readonly method: string;
  readonly path: string;
  readonly outcome: string;
  readonly detail: string | null;
  readonly status: number;
  readonly ip: string;
  readonly events: string[];
}

const columns = "id, connection, received_at, method, path, outcome, detail, status, ip, events";
const present = (row: JournalRow) => ({ ...row, received_at: row.received_at.toISOString() });

export function journalRoutes(hub: Hub): readonly Implementation[] {
  return [
    implement(contract.listJournal, async ({ query, sql }) => {
      const rows = await sql.query<JournalRow>({
        text: `select ${columns} from hub.journal
               where workspace = $1 and ($2::uuid is null or id < $2) and ($3::bigint is null or connection = $3) and ($4::text is null or outcome = $4)
                 and ($5::timestamptz is null or received_at >= $5) and ($6::timestamptz is null or received_at < $6)
               order by id desc limit $7`,
        values: [
          sql.workspace,
          uuidCursor(query),
          query.connection ?? null,
          query.outcome ?? null,
          query.received_from ?? null,
          query.received_to ?? null,
          limitOf(query) + 1,
        ],
      });
      return page(rows, query, (row) => row.id, present);
    }),

    implement(contract.getJournal, async ({ params, sql }) => {
      const [row] = await sql.query<JournalRow & { prefix: string; query: string; headers: Record<string, string>; body: Buffer | null }>({
        text: `select ${columns}, prefix, query, headers, body from hub.journal where workspace = $1 and id = $2`,
        values: [sql.workspace, params.id],
      });
      if (!row) throw new NotFound("request", params.id);
      const deliveries = await sql.query<{
        id: string;
        event: string;
        flow: string;
        target: number;
        state: string;
        detail: string | null;
        records: Record<string, string> | null;
      }>({
        text: "select id, event, flow, target, state, detail, records from hub.delivery where workspace = $1 and event = any($2::uuid[]) order by id",
        values: [sql.workspace, row.events],
      });
      const { body, ...rest } = row;
      const text = body?.toString("utf8");
      // What is not UTF-8 is shown as it is, too.
      const exact = body === null || body.length === 0 || Buffer.from(text ?? "", "utf8").equals(body);
      return {
        ...present(rest),
        prefix: rest.prefix,
        query: rest.query,
        headers: rest.headers,
        body: body === null || body.length === 0 ? null : (text ?? null),
        body_base64: exact ? null : (body?.toString("base64") ?? null),
        deliveries,
      };
    }),

    implement(contract.replayJournal, ({ params, sql }) => replay(hub, sql, params.id)),
  ];
}
