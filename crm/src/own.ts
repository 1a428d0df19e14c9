import { sql as raw } from "kysely";
import type { Entity } from "./by.ts";
import type { Part } from "./page.ts";

/** What a manager limited to their own records may see: their deals, and the contacts and companies that are theirs or stand in their deals. */
export const mayBeSeen: Readonly<Record<Entity, (record: string, own: number) => Part>> = {
  deal: (record, own) =>
    raw`exists (select from crm.deal od where od.workspace = r.workspace and od.id = ${raw.ref(record)} and od.responsible = ${own})`,
  contact: (record, own) => raw`(
    exists (select from crm.contact oc where oc.workspace = r.workspace and oc.id = ${raw.ref(record)} and oc.responsible = ${own})
    or exists (
      select from crm.deal_contact odc join crm.deal od on od.workspace = odc.workspace and od.id = odc.deal
      where odc.workspace = r.workspace and odc.contact = ${raw.ref(record)} and od.responsible = ${own} and od.deleted_at is null))`,
  company: (record, own) => raw`(
    exists (select from crm.company oc where oc.workspace = r.workspace and oc.id = ${raw.ref(record)} and oc.responsible = ${own})
    or exists (
      select from crm.deal od where od.workspace = r.workspace and od.company = ${raw.ref(record)} and od.responsible = ${own} and od.deleted_at is null))`,
};

/** The condition for `r` itself: none for those who may see everything. */
export const seenBy = (entity: Entity, own: number | undefined): Part[] => {
  if (own === undefined) return [];
  return entity === "deal" ? [raw`r.responsible = ${own}`] : [mayBeSeen[entity]("r.id", own)];
};

/** The condition for what belongs to a record by its columns `contact`, `company` and `deal`. */
export const seenByTarget = (own: number | undefined): Part[] =>
  own === undefined
    ? []
    : [
        raw`case when r.deal is not null then ${mayBeSeen.deal("r.deal", own)}
          when r.contact is not null then ${mayBeSeen.contact("r.contact", own)}
          when r.company is not null then ${mayBeSeen.company("r.company", own)}
          else false end`,
      ];
