import type { Money, StageKind } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { Reader } from "./by.ts";
import { type DealFilter, dealConditions } from "./deal-filter.ts";
import { type FieldValues, type StoredFields, withFields } from "./field-values.ts";
import { byMoment, byNumber, listPage, type Page } from "./page.ts";
import { baseColumns, type RecordBase } from "./records.ts";
import type { Sql } from "./sql.ts";

/** A deal as it lies on the board: with the names that stand on its card, and what is to be done next. */
export interface DealCard extends RecordBase {
  readonly name: string;
  readonly sum: Money | null;
  /** ISO 4217; of the sum, or what a sum would be in. */
  readonly currency: string;
  readonly pipeline: number;
  readonly stage: number;
  readonly state: StageKind;
  /** The main one, with their first phone. */
  readonly contact: { readonly id: number; readonly name: string; readonly phone: string | null } | null;
  readonly company: { readonly id: number; readonly name: string } | null;
  readonly source: number | null;
  readonly lossReason: number | null;
  readonly fields: FieldValues;
  /** The earliest that is not done; those without a time come last. */
  readonly nextTask: { readonly id: number; readonly title: string; readonly due: string | null } | null;
  readonly closedAt: Date | null;
}

type CardRow = Omit<DealCard, "sum" | "fields"> & { readonly sumMinor: number | null; readonly fields: StoredFields };

// Each is a subquery by the key of one row: they are run for the rows of the page only, after its order and limit.
const columns = raw`${baseColumns("deal")}, r.name, r.sum_minor as "sumMinor", r.currency::text as currency, r.pipeline, r.stage, r.source,
  r.loss_reason as "lossReason", r.closed_at as "closedAt",
  (select s.kind from crm.stage s where s.workspace = r.workspace and s.id = r.stage) as state,
  (select jsonb_build_object('id', c.id, 'name', c.full_name, 'phone', (
      select coalesce(ch.e164, ch.value) from crm.channel ch where ch.workspace = r.workspace and ch.contact = c.id and ch.kind = 'phone'
      order by ch.position, ch.id limit 1))
    from crm.deal_contact dc join crm.contact c on c.workspace = r.workspace and c.id = dc.contact and c.deleted_at is null
    where dc.workspace = r.workspace and dc.deal = r.id order by dc.is_main desc, dc.contact limit 1) as contact,
  (select jsonb_build_object('id', o.id, 'name', o.name) from crm.company o
    where o.workspace = r.workspace and o.id = r.company and o.deleted_at is null) as company,
  (select jsonb_build_object('id', k.id, 'title', k.title, 'due', k.due) from crm.task k
    where k.workspace = r.workspace and k.deal = r.id and k.done_at is null and k.deleted_at is null
    order by coalesce(k.due, timestamptz 'infinity'), k.id limit 1) as "nextTask"`;

/** A deal without a sum is less than every other; one that is open was closed before every other. */
const sorts = {
  sum: byNumber(raw`coalesce(r.sum_minor, -9007199254740991)`),
  closed_at: byMoment(raw`coalesce(r.closed_at, timestamptz '-infinity')`),
};

/** One page of cards; may be sorted by `sum` and `closed_at`, too. */
export async function listDealCards(sql: Sql, filter: DealFilter, reader: Reader): Promise<Page<DealCard>> {
  const where = await dealConditions(sql, filter, reader);
  const page = await listPage<CardRow & { sortedBy: Date }>(sql, { columns, from: raw`crm.deal as r`, where, query: filter, sorts });
  const items = (await withFields(sql, "deal", page.items)).map(({ sumMinor, ...row }) => ({
    ...row,
    sum: sumMinor === null ? null : { minor: sumMinor, currency: row.currency },
  }));
  return { ...page, items };
}
