import { type Attribution, Conflict } from "@svyazka/core";
import type { By } from "./by.ts";
import type { ChannelRow } from "./channels.ts";
import type { StoredFields } from "./field-values.ts";
import { wrongReferences } from "./references.ts";
import type { Sql } from "./sql.ts";
import {
  channelParts,
  createdParts,
  knownPart,
  type MadeRow,
  noSuchContact,
  noteParts,
  tagParts,
  writtenParts,
  wrongPart,
} from "./statement-parts.ts";
import { insertOnce } from "./written.ts";

export interface NewContact {
  readonly name: string;
  readonly surname: string;
  readonly middlename: string;
  readonly position?: string | null | undefined;
  readonly website?: string | null | undefined;
  readonly company?: number | null | undefined;
  readonly responsible?: number | null | undefined;
  readonly fields: StoredFields;
  readonly attribution?: Attribution | null | undefined;
  readonly channels: readonly ChannelRow[];
  readonly tags: readonly string[];
  /** What no field could hold. */
  readonly note?: string | undefined;
}

const by = { actor: "$15", via: "$16", key: "$2" };
const text = `
  with ${knownPart("contact", by)},
  clash as (
    select contact from (
      select ch.contact from crm.channel ch where ch.workspace = $1 and ch.e164 = any($18::text[]) and not ch.toll_free and ch.contact is not null
      union all
      select ch.contact from crm.channel ch where ch.workspace = $1 and ch.email_lower = any($19::text[]) and ch.contact is not null) taken
    where not (${noSuchContact("taken.contact")})
    limit 1),
  ${wrongPart([
    ["company", "company", "$8"],
    ["responsible", "user_account", "$9"],
    ["author", "user_account", "$10"],
  ])},
  made as (
    insert into crm.contact (workspace, name, surname, middlename, position, website, company, responsible, created_by, updated_by, fields, attribution)
    select $1, $3::text, $4::text, $5::text, $6::text, $7::text, $8::bigint, $9::bigint, $10::bigint, $10::bigint, $11::jsonb, $12::jsonb
    where not exists (select from known) and not exists (select from clash) and not exists (select from wrong)
    returning id),
  ${writtenParts("contact", "made", by)},
  ${channelParts("contact", "made", "$13::jsonb")},
  ${tagParts("contact", "made", "$14")},
  ${createdParts("contact", "made", by)},
  ${noteParts("contact", "made", "$17", "$10", by)}
  select (select id from known) as known, (select id from made) as made, (select contact from clash) as clash, array(select name from wrong) as wrong`;

/**
 * Makes a contact in one statement, and answers its id; with a key written before, the id of that time. Throws `Invalid` for a reference
 * that leads nowhere. With `unlike`, throws `Conflict` when another contact has one of its valid phones (free lines aside) or e-mails:
 * callers with the same phone wait for each other, so that of two at once the second sees what the first made.
 */
export async function insertContact(sql: Sql, contact: NewContact, by: By, { unlike = false } = {}): Promise<number> {
  const phones = unlike ? contact.channels.flatMap(({ e164, toll_free }) => (e164 !== null && !toll_free ? [e164] : [])) : [];
  const emails = unlike ? contact.channels.flatMap(({ email_lower }) => email_lower ?? []) : [];
  const values = [
    sql.workspace,
    by.key ?? null,
    contact.name,
    contact.surname,
    contact.middlename,
    contact.position ?? null,
    contact.website ?? null,
    contact.company ?? null,
    contact.responsible ?? null,
    by.user ?? null,
    JSON.stringify(contact.fields),
    contact.attribution ? JSON.stringify(contact.attribution) : null,
    JSON.stringify(contact.channels),
    contact.tags,
    by.actor,
    by.via ?? null,
    contact.note ?? null,
    phones,
    emails,
  ];
  const row = await insertOnce<MadeRow & { readonly clash: number | null }>(sql, by, { name: "crm-insert-contact", text, values }, [
    ...phones,
    ...emails,
  ]);
  const id = row?.known ?? row?.made;
  if (id !== undefined && id !== null) return id;
  if (row?.clash) throw new Conflict(`contact ${row.clash} has appeared with the same phone or e-mail`);
  throw wrongReferences(
    [
      ["company", "company", contact.company],
      ["responsible", "user_account", contact.responsible],
      ["author", "user_account", by.user],
    ],
    row?.wrong ?? [],
  );
}
