import type { OwnContact, OwnContactDraft, OwnContactFilter, OwnPage, OwnRecords } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By, Reader } from "../by.ts";
import type { ChannelRow } from "../channels.ts";
import { createContact, deleteContact, restoreContact, updateContact } from "../contacts.ts";
import { NotFound } from "../errors.ts";
import type { Part } from "../page.ts";
import { channelsColumn } from "../records.ts";
import type { Sql } from "../sql.ts";
import { hasChannels, ownChannels } from "./channels.ts";
import { idsOf, ownPage } from "./page.ts";
import { ownColumns, recordConditions, searched } from "./records.ts";
import { withTagNames } from "./tags.ts";

type Row = Omit<OwnContact, "phones" | "emails" | "messengers"> & { readonly channels: readonly ChannelRow[] };

const columns = raw`${ownColumns("contact")}, ${channelsColumn("contact")},
  r.name, r.surname, r.middlename, r.full_name as "fullName", r.position, r.website, r.company, r.attribution`;

/** Contacts of our own CRM, for `OwnCrm`. */
export function ownContacts(sql: Sql, by: By): OwnRecords<OwnContact, OwnContactDraft, OwnContactFilter> {
  const list = (filter: OwnContactFilter) => listOwnContacts(sql, filter, by);
  return {
    list,
    async get(id) {
      const [contact] = (await list({ ids: [id], limit: 1 })).items;
      if (!contact) throw new NotFound("contact", id);
      return contact;
    },
    create: async (draft) => createContact(sql, await withTagNames(sql, "contact", draft), by),
    update: async (id, changes, options) => updateContact(sql, id, await withTagNames(sql, "contact", changes), { ...by, ...options }),
    remove: (id) => deleteContact(sql, id, by),
    restore: (id) => restoreContact(sql, id, by),
  };
}

async function listOwnContacts(sql: Sql, asked: OwnContactFilter, reader: Reader): Promise<OwnPage<OwnContact>> {
  const filter = await searched(sql, "contact", asked, reader);
  const where = [...(await recordConditions(sql, "contact", filter, reader)), ...hasChannels(sql, "contact", filter)];
  if (filter.companies) where.push(raw`r.company = any(${idsOf(filter.companies)}::bigint[])`);
  const shown = filter.include?.includes("deals") ? raw`${columns}, ${dealsOf(sql, reader)}` : columns;
  const page = await ownPage<Row>(sql, { columns: shown, table: raw`crm.contact`, where, filter });
  return { ...page, items: page.items.map(({ channels, ...row }) => ({ ...row, ...ownChannels(channels) })) };
}

/** The deals of `r` that the reader sees, by their ids. */
const dealsOf = ({ workspace }: Sql, { sees }: Reader): Part => raw`coalesce((
  select jsonb_agg(d.id order by d.id) from crm.deal_contact dc join crm.deal d on d.workspace = dc.workspace and d.id = dc.deal and d.deleted_at is null
  where dc.workspace = ${workspace} and dc.contact = r.id ${sees ? raw`and d.responsible = any(${sees}::bigint[])` : raw``}), '[]') as deals`;
