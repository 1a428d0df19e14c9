import { setTimeout as sleep } from "node:timers/promises";
import * as contract from "@svyazka/contract";
import type { ConnectionId, DeliveryId } from "@svyazka/core";
import { Invalid, NotFound, type Sql } from "@svyazka/crm";
import { deliveryCauses } from "../delivery/causes.ts";
import { addJob, cancelJob, getJob, type JobRow } from "../delivery/jobs.ts";
import { retry, skip } from "../delivery/manage.ts";
import type { Hub } from "../hub.ts";
import { redactJson } from "../net/redact.ts";
import { wholeList } from "./crm/requests.ts";
import { type Implementation, implement } from "./implement.ts";
import { limitOf, page, uuidCursor } from "./pages.ts";

type Times = "created_at" | "next_attempt_at" | "finished_at";
type Row = Omit<contract.DeliveryShape, Times> & { created_at: Date; next_attempt_at: Date | null; finished_at: Date | null };

const select = `select d.id, d.event, e.journal, e.type, e.subject, d.flow, e.connection as source, d.target, d.state, d.attempts, d.detail, d.records,
  d.created_at, d.next_attempt_at, d.finished_at
  from hub.delivery d join hub.event e on e.workspace = d.workspace and e.id = d.event`;

const present = (row: Row): contract.DeliveryShape => ({
  ...row,
  created_at: row.created_at.toISOString(),
  next_attempt_at: row.next_attempt_at?.toISOString() ?? null,
  finished_at: row.finished_at?.toISOString() ?? null,
});

async function find(sql: Sql, id: string): Promise<Row> {
  const [row] = await sql.query<Row>({ text: `${select} where d.workspace = $1 and d.id = $2`, values: [sql.workspace, id] });
  if (!row) throw new NotFound("delivery", id);
  return row;
}

/** A few are done within this; with many, whoever asked looks in again. */
const patienceMs = 1_000;

const presentJob = ({
  id,
  action,
  state,
  total,
  done,
  changed,
  error,
  created_by,
  created_at,
  finished_at,
}: JobRow): contract.JobShape => ({
  ...{ id, action, state, total, done, changed, error, created_by },
  created_at: created_at.toISOString(),
  finished_at: finished_at?.toISOString() ?? null,
});

export function deliveryRoutes(hub: Hub): readonly Implementation[] {
  return [
    implement(contract.listDeliveryCauses, async ({ sql }) =>
      wholeList(await deliveryCauses(sql), (cause) => ({
        ...cause,
        first_at: cause.first_at.toISOString(),
        last_at: cause.last_at.toISOString(),
      })),
    ),

    implement(contract.bulkDeliveries, async ({ body, sql, caller }) => {
      const { action, ids, filter } = body;
      if ((ids === undefined) === (filter === undefined)) throw new Invalid({ filter: ["give either ids or a filter"] });
      const id = await addJob(sql, action, ids ? { ids: [...new Set(ids)].sort() } : (filter ?? {}), caller.name);
      await Promise.race([hub.jobs.run(sql, id), sleep(patienceMs)]);
      return presentJob(await getJob(sql, id));
    }),

    implement(contract.listJobs, async ({ query, sql }) => {
      const rows = await sql.query<JobRow>({
        text: "select * from hub.job where workspace = $1 and ($2::uuid is null or id < $2) order by id desc limit $3",
        values: [sql.workspace, uuidCursor(query), limitOf(query) + 1],
      });
      return page(rows, query, (row) => row.id, presentJob);
    }),

    implement(contract.getJob, async ({ params, sql }) => presentJob(await getJob(sql, params.id))),

    implement(contract.cancelJob, async ({ params, sql }) => {
      await cancelJob(sql, params.id);
      return presentJob(await getJob(sql, params.id));
    }),

    implement(contract.listDeliveries, async ({ query, sql }) => {
      const [kind, ...rest] = query.record?.split(":") ?? [];
      const rows = await sql.query<Row>({
        text: `${select} where d.workspace = $1 and ($2::uuid is null or d.id < $2) and ($3::text is null or d.state = $3) and ($4::bigint is null or d.target = $4)
               and ($5::text is null or d.flow = $5) and ($6::uuid is null or d.event = $6) and ($7::jsonb is null or d.records @> $7)
               order by d.id desc limit $8`,
        values: [
          sql.workspace,
          uuidCursor(query),
          query.state ?? null,
          query.target ?? null,
          query.flow ?? null,
          query.event ?? null,
          kind === undefined ? null : JSON.stringify({ [kind]: rest.join(":") }),
          limitOf(query) + 1,
        ],
      });
      return page(rows, query, (row) => row.id, present);
    }),

    implement(contract.getDelivery, async ({ params, sql }) => {
      const row = await find(sql, params.id);
      const [event] = await sql.query<{ data: unknown }>({
        text: "select data from hub.event where workspace = $1 and id = $2",
        values: [sql.workspace, row.event],
      });
      const live = (await hub.registry.view(sql.workspace)).connections.get(row.source as ConnectionId);
      const attempts = await sql.query<{
        number: number;
        started_at: Date;
        ms: number;
        outcome: string;
        error: string | null;
        calls: unknown[] | null;
      }>({
        text: "select number, started_at, ms, outcome, error, calls from hub.attempt where workspace = $1 and delivery = $2 order by number",
        values: [sql.workspace, params.id],
      });
      return {
        ...present(row),
        data: redactJson(event?.data ?? null, live?.secretSpellings ?? []),
        attempts_made: attempts.map((one) => ({ ...one, started_at: one.started_at.toISOString(), calls: one.calls ?? [] })),
      };
    }),

    implement(contract.retryDelivery, async ({ params, sql }) => {
      await retry(sql, params.id as DeliveryId);
      hub.wake(sql.workspace);
      return present(await find(sql, params.id));
    }),

    implement(contract.skipDelivery, async ({ params, sql }) => {
      await skip(sql, params.id as DeliveryId);
      hub.wake(sql.workspace);
      return present(await find(sql, params.id));
    }),
  ];
}
