import type { WorkspaceId } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { Entity, Reader } from "./by.ts";
import type { Part } from "./page.ts";
import { seenByTarget } from "./record-access.ts";

/** The record that a task or a call is about, by name. */
export interface About {
  readonly entity: Entity;
  readonly id: number;
  readonly name: string;
  /** The person behind it: the contact itself, or the main one of the deal. */
  readonly contact: { readonly id: number; readonly name: string; readonly phone: string | null } | null;
}

const person = (of: Part): Part => raw`(
  select jsonb_build_object('id', c.id, 'name', c.full_name, 'phone', (
      select coalesce(ch.e164, ch.value) from crm.channel ch where ch.workspace = r.workspace and ch.contact = c.id and ch.kind = 'phone'
      order by ch.position, ch.id limit 1))
  from crm.contact c where c.workspace = r.workspace and c.id = (${of}) and c.deleted_at is null)`;

/** The column `about` of `r`, which has the columns contact, company and deal: null on nothing, on what was put away, and on what is not for this reader. */
export function aboutColumn(workspace: WorkspaceId, { sees }: Reader): Part {
  const [seen = raw`true`] = seenByTarget(workspace, sees);
  return raw`case when not (${seen}) then null
    when r.deal is not null then (
      select jsonb_build_object('entity', 'deal', 'id', d.id, 'name', d.name, 'contact', ${person(raw`
        select dc.contact from crm.deal_contact dc where dc.workspace = r.workspace and dc.deal = d.id order by dc.is_main desc, dc.contact limit 1`)})
      from crm.deal d where d.workspace = r.workspace and d.id = r.deal and d.deleted_at is null)
    when r.contact is not null then (
      select jsonb_build_object('entity', 'contact', 'id', c.id, 'name', c.full_name, 'contact', ${person(raw`select r.contact`)})
      from crm.contact c where c.workspace = r.workspace and c.id = r.contact and c.deleted_at is null)
    when r.company is not null then (
      select jsonb_build_object('entity', 'company', 'id', o.id, 'name', o.name, 'contact', null)
      from crm.company o where o.workspace = r.workspace and o.id = r.company and o.deleted_at is null) end as about`;
}
