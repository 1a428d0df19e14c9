import type { WorkspaceId } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { Entity } from "./by.ts";
import type { Part } from "./page.ts";

/** What a manager limited to their own records may see: their deals, and the contacts and companies that are theirs or stand in their deals. */
interface Own {
  readonly workspace: WorkspaceId;
  readonly user: number;
}

/** The ids of all of them, for lists: found once, from the manager's side. */
const theirs: Readonly<Record<Entity, (own: Own) => Part>> = {
  deal: ({ workspace, user }) =>
    raw`select d.id from crm.deal d where d.workspace = ${workspace} and d.responsible = ${user} and d.deleted_at is null`,
  contact: ({ workspace, user }) => raw`
    select c.id from crm.contact c where c.workspace = ${workspace} and c.responsible = ${user}
    union
    select dc.contact from crm.deal d join crm.deal_contact dc on dc.workspace = ${workspace} and dc.deal = d.id
    where d.workspace = ${workspace} and d.responsible = ${user} and d.deleted_at is null`,
  company: ({ workspace, user }) => raw`
    select c.id from crm.company c where c.workspace = ${workspace} and c.responsible = ${user}
    union
    select d.company from crm.deal d where d.workspace = ${workspace} and d.responsible = ${user} and d.company is not null and d.deleted_at is null`,
};

/** Whether one record is among them, found from the record's side. */
export const isTheirs: Readonly<Record<Entity, (record: string, own: Own) => Part>> = {
  deal: (record, { workspace, user }) => raw`exists (
    select from crm.deal d where d.workspace = ${workspace} and d.id = ${raw.ref(record)} and d.responsible = ${user} and d.deleted_at is null)`,
  contact: (record, { workspace, user }) => raw`(
    exists (select from crm.contact c where c.workspace = ${workspace} and c.id = ${raw.ref(record)} and c.responsible = ${user})
    or exists (
      select from crm.deal_contact dc join crm.deal d on d.workspace = ${workspace} and d.id = dc.deal
      where dc.workspace = ${workspace} and dc.contact = ${raw.ref(record)} and d.responsible = ${user} and d.deleted_at is null))`,
  company: (record, { workspace, user }) => raw`(
    exists (select from crm.company c where c.workspace = ${workspace} and c.id = ${raw.ref(record)} and c.responsible = ${user})
    or exists (
      select from crm.deal d where d.workspace = ${workspace} and d.company = ${raw.ref(record)} and d.responsible = ${user} and d.deleted_at is null))`,
};

/** The condition on `r` in a list: none for those who may see everything. */
export function seenInList(workspace: WorkspaceId, entity: Entity, user: number | undefined): Part[] {
  if (user === undefined) return [];
  return entity === "deal" ? [raw`r.responsible = ${user}`] : [raw`r.id in (${theirs[entity]({ workspace, user })})`];
}

/** As `seenInList`, for what belongs to a record by its columns `contact`, `company` and `deal`. */
export const seenInListByTarget = (workspace: WorkspaceId, user: number | undefined): Part[] =>
  user === undefined
    ? []
    : [
        raw`(r.deal in (${theirs.deal({ workspace, user })}) or r.contact in (${theirs.contact({ workspace, user })})
          or r.company in (${theirs.company({ workspace, user })}))`,
      ];

/** The condition on one `r`. */
export const seen = (workspace: WorkspaceId, entity: Entity, user: number | undefined): Part[] =>
  user === undefined ? [] : [isTheirs[entity]("r.id", { workspace, user })];

/** As `seen`, for what belongs to a record. */
export const seenByTarget = (workspace: WorkspaceId, user: number | undefined): Part[] =>
  user === undefined
    ? []
    : [
        raw`case when r.deal is not null then ${isTheirs.deal("r.deal", { workspace, user })}
          when r.contact is not null then ${isTheirs.contact("r.contact", { workspace, user })}
          when r.company is not null then ${isTheirs.company("r.company", { workspace, user })}
          else false end`,
      ];
