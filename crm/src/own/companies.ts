import type { OwnCompany, OwnCompanyDraft, OwnCompanyFilter, OwnPage, OwnRecords } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By, Reader } from "../by.ts";
import type { ChannelRow } from "../channels.ts";
import { createCompany, deleteCompany, restoreCompany, updateCompany } from "../companies.ts";
import { NotFound } from "../errors.ts";
import type { Part } from "../page.ts";
import { isTheirs } from "../record-access.ts";
import { channelsColumn } from "../records.ts";
import type { Sql } from "../sql.ts";
import { hasChannels, ownChannels } from "./channels.ts";
import { ownPage } from "./page.ts";
import { ownColumns, recordConditions, searched } from "./records.ts";
import { withTagNames } from "./tags.ts";

type Row = Omit<OwnCompany, "phones" | "emails" | "messengers"> & { readonly channels: readonly ChannelRow[] };

const columns = raw`${ownColumns("company")}, ${channelsColumn("company")}, r.name, r.inn, r.kpp, r.website, r.address`;

/** Companies of our own CRM, for `OwnCrm`. */
export function ownCompanies(sql: Sql, by: By): OwnRecords<OwnCompany, OwnCompanyDraft, OwnCompanyFilter> {
  const list = (filter: OwnCompanyFilter) => listOwnCompanies(sql, filter, by);
  return {
    list,
    async get(id) {
      const [company] = (await list({ ids: [id], limit: 1 })).items;
      if (!company) throw new NotFound("company", id);
      return company;
    },
    create: async (draft) => createCompany(sql, await withTagNames(sql, "company", draft), by),
    update: async (id, changes, options) => updateCompany(sql, id, await withTagNames(sql, "company", changes), { ...by, ...options }),
    remove: (id) => deleteCompany(sql, id, by),
    restore: (id) => restoreCompany(sql, id, by),
  };
}

async function listOwnCompanies(sql: Sql, asked: OwnCompanyFilter, reader: Reader): Promise<OwnPage<OwnCompany>> {
  const filter = await searched(sql, "company", asked, reader);
  const where = [...(await recordConditions(sql, "company", filter, reader)), ...hasChannels(sql, "company", filter)];
  if (filter.inn !== undefined) where.push(raw`r.inn = ${filter.inn}`);
  const shown = [columns, ...(filter.include ?? []).map((name) => included[name](sql, reader))];
  const page = await ownPage<Row>(sql, { columns: raw.join(shown), table: raw`crm.company`, where, filter });
  return { ...page, items: page.items.map(({ channels, ...row }) => ({ ...row, ...ownChannels(channels) })) };
}

/** Of those that the reader sees. */
const included: Readonly<Record<"deals" | "contacts", (sql: Sql, reader: Reader) => Part>> = {
  deals: ({ workspace }, { sees }) => raw`coalesce((
    select jsonb_agg(d.id order by d.id) from crm.deal d where d.workspace = ${workspace} and d.company = r.id and d.deleted_at is null
    ${sees ? raw`and d.responsible = any(${sees}::bigint[])` : raw``}), '[]') as deals`,
  contacts: ({ workspace }, { sees }) => raw`coalesce((
    select jsonb_agg(p.id order by p.id) from crm.contact p where p.workspace = ${workspace} and p.company = r.id and p.deleted_at is null
    ${sees ? raw`and ${isTheirs.contact("p.id", { workspace, sees })}` : raw``}), '[]') as contacts`,
};
