import { lastTenDigits } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { Entity, Reader } from "./by.ts";
import { otherLayout } from "./keyboard.ts";
import { type Part, run } from "./page.ts";
import type { Sql } from "./sql.ts";

/** A record that was found, with what one tells it apart by. */
export interface Found {
  readonly entity: Entity;
  readonly id: number;
  readonly name: string;
  /** Of a contact the company, else the position; of a company the INN; of a deal the stage and its main contact. */
  readonly detail: string | null;
  /** The first one; of a deal, its main contact's. */
  readonly phone: string | null;
  readonly email: string | null;
  readonly responsible: number | null;
  readonly matchedBy: MatchedBy;
}
export const matches = ["name", "phone", "email", "messenger", "inn", "id", "note"] as const;
export type MatchedBy = (typeof matches)[number];

export interface SearchQuery {
  readonly q: string;
  readonly entities: readonly Entity[];
  readonly limit: number;
}

/** How many are looked at before the best are told: of a name that thousands have, these many. */
const candidates = 200;
/** A list takes more, and says so. */
const listed = 2000;

/** What the typed text may be, beside words of a name. */
interface Typed {
  readonly q: string;
  /** All of it, when there is nothing but a number in some spelling. */
  readonly digits: string | undefined;
  readonly deal: number | undefined;
  /** Part of an e-mail or of a name in a messenger. */
  readonly address: string | undefined;
}

function readTyped(q: string): Typed {
  const number = /^\s*[+#№]?[\d\s().-]+$/.test(q) ? q.replace(/\D/g, "") : "";
  const deal = /^\s*[#№]?\s*(\d{1,15})\s*$/.exec(q)?.[1];
  const address = q.trim().toLowerCase().replace(/^@/, "");
  return {
    // A whole number in any spelling is one word.
    q: number.length >= 10 ? number : q,
    digits: /^\s*[#№]/.test(q) || number === "" ? undefined : number,
    deal: deal === undefined ? undefined : Number(deal),
    address: /^[a-z0-9._%+-]+(@[a-z0-9.-]*)?$/.test(address) && /[a-z@]/.test(address) && address.length >= 3 ? address : undefined,
  };
}

/** The best hits first. What was typed in the wrong keyboard layout is tried in the other one when it leads nowhere as it is. */
export async function search(sql: Sql, query: SearchQuery, reader: Reader): Promise<Found[]> {
  const found = await searchFor(sql, query, reader);
  const other = found.length > 0 ? undefined : otherLayout(query.q);
  return other === undefined ? found : searchFor(sql, { ...query, q: other }, reader);
}

async function searchFor(sql: Sql, { q, entities, limit }: SearchQuery, { sees }: Reader): Promise<Found[]> {
  const look: Look = { sql, entities, typed: readTyped(q), wanted: limit, most: candidates, notes: true };
  // Twice as many are read as are told: some may have been put away.
  return run<Found>(
    sql,
    raw`with ${mayBe(sees)}, hit as (${hitsOf(look)}),
      best as (
        select * from (select distinct on (entity, id) entity, id, score, matched from hit order by entity, id, score desc) one
        order by score desc, id desc limit ${limit * 2})
      select b.entity, b.id, d.*, b.matched as "matchedBy" from best b cross join lateral (${details(sql)}) d
      order by b.score desc, b.id desc limit ${limit}`,
  );
}

/** The records that a limited manager sees, found once; nulls for all. */
const mayBe = (sees: readonly number[] | undefined): Part =>
  sees === undefined
    ? raw`may as materialized (select null::bigint[] as contact, null::bigint[] as company, null::bigint[] as deal)`
    : raw`may as materialized (select ${raw.join(
        (["contact", "company", "deal"] as const).map(
          (entity) => raw`array(select crm.seen(${entity}, ${sees}::bigint[])) as ${raw.ref(entity)}`,
        ),
      )})`;

interface Look {
  readonly sql: Sql;
  readonly entities: readonly Entity[];
  readonly typed: Typed;
  /** When so many are found that hold the very words, what is merely like them is not looked for. */
  readonly wanted: number;
  readonly most: number;
  /** Notes, too, and the very words first; for a list, names with words that hold what was typed, all the same. */
  readonly notes: boolean;
}

/** A list of entity, id, score and what it was matched by, of what `may` be seen. */
function hitsOf(look: Look): Part {
  const { entities, typed, wanted, most, notes } = look;
  const named = raw`
    select n.entity, n.id, n.score::float8 as score, 'name' as matched
    from may, crm.find_named(${entities}::text[], ${typed.q}, may.contact, may.company, may.deal, ${wanted}, ${most}, ${!notes}) n`;
  const noted = raw`
    select n.entity, n.id, 0.1 + 0.1 * n.score, 'note' from may, crm.find_noted(${typed.q}, may.contact, may.company, may.deal, ${most}) n
    where n.entity = any(${entities}::text[])`;
  const rest = [
    ...byChannel(look),
    ...(entities.includes("company") ? byInn(look) : []),
    ...(entities.includes("deal") ? byNumber(look) : []),
  ];
  return raw.join([named, ...(notes ? [noted] : []), ...rest], raw` union all `);
}

const byNumber = ({ sql, typed }: Look): Part[] =>
  typed.deal === undefined
    ? []
    : [
        raw`select 'deal', d.id, 10, 'id' from may, crm.deal d
          where d.workspace = ${sql.workspace} and d.id = ${typed.deal} and d.deleted_at is null and (may.deal is null or d.id = any(may.deal))`,
      ];

function byChannel({ entities, typed: { digits, address }, most }: Look): Part[] {
  const found = (part: string, score: Part, matched: Part, also: Part): Part => raw`
    select ch.entity, ch.id, ${score}, ${matched} from may, crm.find_channels(${part}, may.contact, may.company, ${most}) ch
    where ch.entity = any(${entities}::text[]) and ${also}`;
  const begins = (part: string) => raw`ch.key like ${`${escaped(part)}%`}`;
  const hits: Part[] = [];
  const phone = (part: string, also: Part) => {
    const score = raw`case when ch.key = ${part} then 5 when ${begins(part)} or ch.key like ${`%${part}`} then 0.97 else 0.92 end`;
    hits.push(found(part, score, raw`'phone'`, raw`ch.kind = 'phone' and ${also}`));
  };
  if (entities.every((entity) => entity === "deal")) return hits;
  if (digits !== undefined && digits.length >= 3) {
    phone(digits.length >= 10 ? lastTenDigits(digits) : digits, raw`true`);
    // The beginning of a number, with its country's 8 or 7 before it.
    if (digits.length < 11 && /^[78]\d{3}/.test(digits)) phone(digits.slice(1), begins(digits.slice(1)));
  }
  if (address !== undefined) {
    const score = raw`case when ch.key = ${address} then 4 when ${begins(address)} then 0.9 else 0.5 end`;
    hits.push(found(address, score, raw`ch.kind`, raw`ch.kind <> 'phone'`));
  }
  return hits;
}

/** Digits stand in the order of digits under every collation. */
const byInn = ({ sql, typed: { digits }, most }: Look): Part[] =>
  digits === undefined || digits.length < 3 || digits.length > 15
    ? []
    : [
        raw`(select 'company', c.id, case when c.inn = ${digits} then 5 else 0.95 end, 'inn' from may, crm.company c
          where c.workspace = ${sql.workspace} and c.inn >= ${digits} and c.inn <= ${digits.padEnd(16, "9")} and c.deleted_at is null
            and (may.company is null or c.id = any(may.company)) limit ${most})`,
      ];

const escaped = (text: string): string => text.replace(/[\\%_]/g, "\\$&");

/** What tells a hit `b` apart. Those of the page only: each by its key. A record that is gone, or not to be seen, has no row. */
const details = (sql: Sql): Part => raw`
  select c.full_name as name,
    coalesce((select o.name from crm.company o where o.workspace = ${sql.workspace} and o.id = c.company and o.deleted_at is null), c.position) as detail,
    ${firstChannel(sql, "phone", raw`ch.contact = c.id`)} as phone, ${firstChannel(sql, "email", raw`ch.contact = c.id`)} as email, c.responsible
  from crm.contact c where b.entity = 'contact' and c.workspace = ${sql.workspace} and c.id = b.id and c.deleted_at is null
  union all
  select c.name, c.inn, ${firstChannel(sql, "phone", raw`ch.company = c.id`)}, ${firstChannel(sql, "email", raw`ch.company = c.id`)}, c.responsible
  from crm.company c where b.entity = 'company' and c.workspace = ${sql.workspace} and c.id = b.id and c.deleted_at is null
  union all
  select d.name, concat_ws(' · ', s.name, nullif(p.full_name, '')), ${firstChannel(sql, "phone", raw`ch.contact = p.id`)},
    ${firstChannel(sql, "email", raw`ch.contact = p.id`)}, d.responsible
  from crm.deal d
  left join crm.stage s on s.workspace = d.workspace and s.id = d.stage
  left join lateral (
    select c.id, c.full_name from crm.deal_contact dc join crm.contact c on c.workspace = ${sql.workspace} and c.id = dc.contact and c.deleted_at is null
    where dc.workspace = ${sql.workspace} and dc.deal = d.id order by dc.is_main desc, dc.contact limit 1) p on true
  where b.entity = 'deal' and d.workspace = ${sql.workspace} and d.id = b.id and d.deleted_at is null`;

const firstChannel = (sql: Sql, kind: "phone" | "email", whose: Part): Part => raw`(
  select coalesce(ch.e164, ch.value) from crm.channel ch where ch.workspace = ${sql.workspace} and ${whose} and ch.kind = ${kind} order by ch.position, ch.id limit 1)`;

/**
 * The condition on `r` in a list of this entity: the best 2,000 records of those words, that part of a phone or that address. A deal is found by its
 * contacts and its company, too.
 */
export const matching = async (sql: Sql, entity: Entity, q: string, reader: Reader): Promise<Part> =>
  raw`r.id = any(${await recordsMatching(sql, entity, q, reader)}::bigint[])`;

/** The same as their ids. */
export async function recordsMatching(sql: Sql, entity: Entity, q: string, reader: Reader): Promise<readonly number[]> {
  const ids = await matchingIds(sql, entity, q, reader);
  const other = ids.length > 0 ? undefined : otherLayout(q);
  return other === undefined ? ids : matchingIds(sql, entity, other, reader);
}

/** Whoever has this very phone, or this taxpayer's number: with a whole one, nothing that is merely like it is looked for. The list itself sees to who may see them. */
async function wholeNumber(sql: Sql, entity: Entity, digits: string | undefined): Promise<number[]> {
  if (digits === undefined || digits.length < 10 || digits.length > 15) return [];
  const rows = await sql.query<{ id: number }>({
    name: `crm-whole-${entity}`,
    text: wholeTexts[entity],
    values: entity === "company" ? [sql.workspace, lastTenDigits(digits), digits] : [sql.workspace, lastTenDigits(digits)],
  });
  return rows.map(({ id }) => id);
}

const ofPhone = (owner: "contact" | "company"): string =>
  `select ${owner} as id from crm.channel where workspace = $1 and last10 = $2 and ${owner} is not null`;
const wholeTexts: Readonly<Record<Entity, string>> = {
  contact: `${ofPhone("contact")} limit ${listed}`,
  company: `(${ofPhone("company")} union select id from crm.company where workspace = $1 and inn = $3 and deleted_at is null) limit ${listed}`,
  deal: `select dc.deal as id from (${ofPhone("contact")}) who join crm.deal_contact dc on dc.workspace = $1 and dc.contact = who.id
         union select d.id from (${ofPhone("company")}) who join crm.deal d on d.workspace = $1 and d.company = who.id limit ${listed}`,
};

async function matchingIds(sql: Sql, entity: Entity, q: string, { sees }: Reader): Promise<number[]> {
  const { workspace } = sql;
  const whole = await wholeNumber(sql, entity, readTyped(q).digits);
  if (whole.length > 0) return whole;
  const ids = (of: Entity): Part => {
    const look = { sql, entities: [of], typed: readTyped(q), wanted: listed, most: listed, notes: false };
    return raw`select id from (${hitsOf(look)}) hit`;
  };
  const found =
    entity !== "deal"
      ? ids(entity)
      : raw`${ids("deal")}
          union select dc.deal from crm.deal_contact dc where dc.workspace = ${workspace} and dc.contact = any(array(${ids("contact")}))
          union select d.id from crm.deal d where d.workspace = ${workspace} and d.company = any(array(${ids("company")}))`;
  return (await run<{ id: number }>(sql, raw`with ${mayBe(sees)} ${found}`)).map(({ id }) => id);
}
