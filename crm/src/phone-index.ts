import { lastTenDigits, readPhone } from "@svyazka/core";
import type { Reader } from "./by.ts";
import type { Sql } from "./sql.ts";
import { lastActivity } from "./timeline.ts";

/** Somebody who has a phone: a contact, or a company without one. */
export interface PhoneOwner {
  readonly contact: number | null;
  /** Of the contact, or of the company where the phone is the company's own. */
  readonly name: string;
  readonly company: number | null;
  readonly companyName: string | null;
  readonly responsible: number | null;
  readonly responsibleName: string | null;
  /** The contact's newest deal that is neither won nor lost. */
  readonly deal: {
    readonly id: number;
    readonly name: string;
    readonly pipeline: number;
    readonly stage: number;
    readonly responsible: number | null;
  } | null;
}

// Every step from a hit to a big table is a lateral one behind a fence (`offset 0`): see `noSuchContact`.
const text = `
  with exact as (
    select ch.contact, ch.company from crm.channel ch where ch.workspace = $1 and ch.e164 = $2::text limit 50),
  hit as (
    select contact, company from exact
    union
    select l.contact, l.company from (
      select ch.contact, ch.company from crm.channel ch where ch.workspace = $1 and ch.last10 = $3::text and not exists (select from exact) limit 50) l)
  select c.id as contact, coalesce(c.full_name, co.name) as name, co.id as company, co.name as "companyName",
    u.id as responsible, u.name as "responsibleName", d.deal
  from hit
  left join lateral (select * from crm.contact c where c.workspace = $1 and c.id = hit.contact and c.deleted_at is null offset 0) c on true
  left join lateral (
    select * from crm.company co where co.workspace = $1 and co.id = coalesce(hit.company, c.company) and co.deleted_at is null offset 0) co on true
  left join lateral (
    select jsonb_build_object('id', d.id, 'name', d.name, 'pipeline', d.pipeline, 'stage', d.stage, 'responsible', d.responsible) as deal
    from crm.deal_contact dc
    cross join lateral (select * from crm.deal d where d.workspace = $1 and d.id = dc.deal and d.closed_at is null and d.deleted_at is null offset 0) d
    where dc.workspace = $1 and dc.contact = c.id order by d.created_at desc, d.id desc limit 1) d on true
  left join lateral (
    select * from crm.user_account u where u.workspace = $1 and u.id = case when c.id is null then co.responsible else c.responsible end offset 0) u on true
  where case when hit.contact is null then co.id else c.id end is not null`;

/** What a limited manager may hear of: as `isTheirs`. */
const ofSeen = `
  and (coalesce(c.responsible, co.responsible) = any($4::bigint[]) or exists (
    select from crm.deal_contact dc join crm.deal d on d.workspace = $1 and d.id = dc.deal and d.deleted_at is null and d.responsible = any($4::bigint[])
    where dc.workspace = $1 and dc.contact = c.id) or (c.id is null and exists (
    select from crm.deal d where d.workspace = $1 and d.company = co.id and d.deleted_at is null and d.responsible = any($4::bigint[]))))`;

const limit = " limit 20";

const latestText = `
  select asked.contact from unnest($2::bigint[]) as asked (contact) left join lateral (${lastActivity("asked.contact")}) last on true
  order by last.at desc nulls last, last.id desc nulls last, asked.contact desc`;

/** The statement itself: workspace, E.164, last ten digits. The bench runs it with nothing around it. */
export const phoneLookup = text + limit;

/**
 * Who has this phone, in any spelling: those with the very number, else those whose number ends in the same ten digits.
 * The most recently active first; at most 20. One prepared statement on two indexes (a second one orders several hits):
 * the hottest read of the hub.
 */
export async function whoseIsPhone(sql: Sql, phone: string, country: string, reader: Reader = {}): Promise<PhoneOwner[]> {
  const e164 = readPhone(phone, country)?.e164 ?? null;
  const last10 = lastTenDigits(e164 ?? phone);
  if (last10 === "") return [];
  const owners =
    reader.sees === undefined
      ? await sql.query<PhoneOwner>({ name: "crm-phone", text: phoneLookup, values: [sql.workspace, e164, last10] })
      : await sql.query<PhoneOwner>({
          name: "crm-phone-seen",
          text: text + ofSeen + limit,
          values: [sql.workspace, e164, last10, reader.sees],
        });
  return owners.length > 1 ? latestFirst(sql, owners) : owners;
}

async function latestFirst(sql: Sql, owners: readonly PhoneOwner[]): Promise<PhoneOwner[]> {
  const rows = await sql.query<{ contact: number }>({
    name: "crm-latest",
    text: latestText,
    values: [sql.workspace, owners.flatMap(({ contact }) => contact ?? [])],
  });
  // Companies have no place in that order: they come last.
  const place = new Map(rows.map(({ contact }, index) => [contact, index]));
  const placeOf = ({ contact }: PhoneOwner): number => (contact === null ? undefined : place.get(contact)) ?? rows.length;
  return [...owners].sort((one, other) => placeOf(one) - placeOf(other));
}
