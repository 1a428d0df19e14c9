import { type OwnDeal, type OwnDealDraft, type OwnDealFilter, type OwnPage, type OwnRecords, writeMoney } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By, Reader } from "../by.ts";
import { createDeal, type DealChanges, deleteDeal, restoreDeal, updateDeal } from "../deals.ts";
import { NotFound } from "../errors.ts";
import type { Part } from "../page.ts";
import type { Sql } from "../sql.ts";
import { idsOf, ownPage } from "./page.ts";
import { ownColumns, recordConditions, searched } from "./records.ts";
import { withTagNames } from "./tags.ts";

type Row = Omit<OwnDeal, "sum"> & { readonly sumMinor: number | null };

const columns = raw`${ownColumns("deal")}, r.name, r.sum_minor as "sumMinor", r.currency::text as currency, r.pipeline, r.stage, r.company, r.source,
  r.loss_reason as "lossReason", r.attribution, r.closed_at as "closedAt",
  (select s.kind from crm.stage s where s.workspace = r.workspace and s.id = r.stage) as state,
  coalesce((select jsonb_agg(jsonb_build_object('id', dc.contact, 'isMain', dc.is_main) order by dc.is_main desc, dc.contact)
    from crm.deal_contact dc where dc.workspace = r.workspace and dc.deal = r.id), '[]') as contacts`;

/** Deals of our own CRM, for `OwnCrm`. */
export function ownDeals(sql: Sql, by: By): OwnRecords<OwnDeal, OwnDealDraft, OwnDealFilter> {
  const list = (filter: OwnDealFilter) => listOwnDeals(sql, filter, by);
  return {
    list,
    async get(id) {
      const [deal] = (await list({ ids: [id], limit: 1 })).items;
      if (!deal) throw new NotFound("deal", id);
      return deal;
    },
    create: async (draft) => createDeal(sql, await changesOf(sql, draft), by),
    update: async (id, changes, options) => updateDeal(sql, id, await changesOf(sql, changes), { ...by, ...options }),
    remove: (id) => deleteDeal(sql, id, by),
    restore: (id) => restoreDeal(sql, id, by),
  };
}

/** Sums are written as the text that the CRM reads. */
async function changesOf(sql: Sql, { sum, ...draft }: Partial<OwnDealDraft>): Promise<DealChanges> {
  return {
    ...(await withTagNames(sql, "deal", draft)),
    ...(sum !== undefined && { sum: sum && writeMoney(sum), ...(sum && { currency: sum.currency }) }),
  };
}

async function listOwnDeals(sql: Sql, asked: OwnDealFilter, reader: Reader): Promise<OwnPage<OwnDeal>> {
  const filter = await searched(sql, "deal", asked, reader);
  const where = [...(await recordConditions(sql, "deal", filter, reader)), ...conditions(sql, filter)];
  const page = await ownPage<Row>(sql, { columns, table: raw`crm.deal`, where, filter });
  return {
    ...page,
    items: page.items.map(({ sumMinor, ...row }) => ({
      ...row,
      sum: sumMinor === null ? null : { minor: sumMinor, currency: row.currency },
    })),
  };
}

function conditions({ workspace }: Sql, filter: OwnDealFilter): Part[] {
  const where: Part[] = [];
  const { pipelines, stages } = filter;
  const places = [
    ...(stages ? [raw`r.stage = any(${idsOf(stages)}::bigint[])`] : []),
    // By their stages, which an index knows.
    ...(pipelines
      ? [
          raw`r.stage = any(array(select s.id from crm.stage s where s.workspace = ${workspace} and s.pipeline = any(${idsOf(pipelines)}::bigint[])))`,
        ]
      : []),
  ];
  if (places.length > 0) where.push(raw`(${raw.join(places, raw` or `)})`);
  if (filter.state) where.push(filter.state === "open" ? raw`r.closed_at is null` : raw`r.closed_at is not null`);
  if (filter.companies) where.push(raw`r.company = any(${idsOf(filter.companies)}::bigint[])`);
  if (filter.sources) where.push(raw`r.source = any(${idsOf(filter.sources)}::bigint[])`);
  if (filter.sumFrom !== undefined) where.push(raw`r.sum_minor >= ${filter.sumFrom}::numeric`);
  if (filter.sumTo !== undefined) where.push(raw`r.sum_minor <= ${filter.sumTo}::numeric`);
  if (filter.closedFrom) where.push(raw`r.closed_at >= ${filter.closedFrom}`);
  if (filter.closedTo) where.push(raw`r.closed_at < ${filter.closedTo}`);
  if (filter.contacts)
    where.push(
      raw`r.id = any(array(select dc.deal from crm.deal_contact dc where dc.workspace = ${workspace} and dc.contact = any(${idsOf(filter.contacts)}::bigint[])))`,
    );
  return where;
}
