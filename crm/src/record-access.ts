import type { WorkspaceId } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { Entity } from "./by.ts";
import type { Part } from "./page.ts";

/** What a limited manager may see: the deals of these users, and the contacts and companies that are theirs or stand in their deals. */
interface Seen {
  readonly workspace: WorkspaceId;
  readonly sees: readonly number[];
}

/** The ids of all of them, for lists: found once, from the side of those users. */
const theirs: Readonly<Record<Entity, (seen: Seen) => Part>> = {
  deal: ({ workspace, sees }) =>
    raw`select d.id from crm.deal d where d.workspace = ${workspace} and d.responsible = any(${sees}::bigint[]) and d.deleted_at is null`,
  contact: ({ workspace, sees }) => raw`
    select c.id from crm.contact c where c.workspace = ${workspace} and c.responsible = any(${sees}::bigint[])
    union
    select dc.contact from crm.deal d join crm.deal_contact dc on dc.workspace = ${workspace} and dc.deal = d.id
    where d.workspace = ${workspace} and d.responsible = any(${sees}::bigint[]) and d.deleted_at is null`,
  company: ({ workspace, sees }) => raw`
    select c.id from crm.company c where c.workspace = ${workspace} and c.responsible = any(${sees}::bigint[])
    union
    select d.company from crm.deal d where d.workspace = ${workspace} and d.responsible = any(${sees}::bigint[]) and d.company is not null and d.deleted_at is null`,
};

/** Whether one record is among them, found from the record's side. */
export const isTheirs: Readonly<Record<Entity, (record: string, seen: Seen) => Part>> = {
  deal: (record, { workspace, sees }) => raw`exists (
    select from crm.deal d where d.workspace = ${workspace} and d.id = ${raw.ref(record)} and d.responsible = any(${sees}::bigint[]) and d.deleted_at is null)`,
  contact: (record, { workspace, sees }) => raw`(
    exists (select from crm.contact c where c.workspace = ${workspace} and c.id = ${raw.ref(record)} and c.responsible = any(${sees}::bigint[]))
    or exists (
      select from crm.deal_contact dc join crm.deal d on d.workspace = ${workspace} and d.id = dc.deal
      where dc.workspace = ${workspace} and dc.contact = ${raw.ref(record)} and d.responsible = any(${sees}::bigint[]) and d.deleted_at is null))`,
  company: (record, { workspace, sees }) => raw`(
    exists (select from crm.company c where c.workspace = ${workspace} and c.id = ${raw.ref(record)} and c.responsible = any(${sees}::bigint[]))
    or exists (
      select from crm.deal d where d.workspace = ${workspace} and d.company = ${raw.ref(record)} and d.responsible = any(${sees}::bigint[]) and d.deleted_at is null))`,
};

/** The condition on `r` in a list: none for those who may see everything. */
export function seenInList(workspace: WorkspaceId, entity: Entity, sees: readonly number[] | undefined): Part[] {
  if (sees === undefined) return [];
  return entity === "deal" ? [raw`r.responsible = any(${sees}::bigint[])`] : [raw`r.id in (${theirs[entity]({ workspace, sees })})`];
}

/** As `seenInList`, for what belongs to a record by its columns `contact`, `company` and `deal`. */
export const seenInListByTarget = (workspace: WorkspaceId, sees: readonly number[] | undefined): Part[] =>
  sees === undefined
    ? []
    : [
        raw`(r.deal in (${theirs.deal({ workspace, sees })}) or r.contact in (${theirs.contact({ workspace, sees })})
          or r.company in (${theirs.company({ workspace, sees })}))`,
      ];

/** The condition on one `r`. */
export const seen = (workspace: WorkspaceId, entity: Entity, sees: readonly number[] | undefined): Part[] =>
  sees === undefined
    ? []
    : entity === "deal"
      ? [raw`r.responsible = any(${sees}::bigint[])`]
      : [isTheirs[entity]("r.id", { workspace, sees })];

/** As `seen`, for what belongs to a record. */
export const seenByTarget = (workspace: WorkspaceId, sees: readonly number[] | undefined): Part[] =>
  sees === undefined
    ? []
    : [
        raw`case when r.deal is not null then ${isTheirs.deal("r.deal", { workspace, sees })}
          when r.contact is not null then ${isTheirs.contact("r.contact", { workspace, sees })}
          when r.company is not null then ${isTheirs.company("r.company", { workspace, sees })}
          else false end`,
      ];
