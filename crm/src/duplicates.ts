import { sql as raw } from "kysely";
import type { Reader } from "./by.ts";
import { Invalid } from "./errors.ts";
import { type Page, type PageQuery, type Part, run } from "./page.ts";
import { seenInList } from "./record-access.ts";
import { mustSee } from "./records.ts";
import type { Sql } from "./sql.ts";

export type Mergeable = "contact" | "company";
export const reasons = ["phone", "email", "inn", "name"] as const;
export type Reason = (typeof reasons)[number];

/** Records that may be one. */
export interface DuplicateGroup {
  readonly why: Reason;
  /** What they have in common: the last ten digits, the e-mail, the INN, the name without its legal form. */
  readonly value: string;
  /** Of the group; at most 50 of them are told. */
  readonly count: number;
  readonly records: readonly {
    readonly id: number;
    readonly name: string;
    readonly phone: string | null;
    readonly email: string | null;
    readonly responsible: number | null;
    readonly createdAt: string;
  }[];
}

const reasonsOf: Readonly<Record<Mergeable, readonly Reason[]>> = {
  contact: ["phone", "email"],
  company: ["inn", "name", "phone", "email"],
};

/** One page of groups: by one reason after the other, and by what they have in common. */
export async function listDuplicates(sql: Sql, entity: Mergeable, query: PageQuery, reader: Reader): Promise<Page<DuplicateGroup>> {
  const whys = reasonsOf[entity];
  const after = query.cursor === undefined ? undefined : readPlace(query.cursor, entity);
  const groups: DuplicateGroup[] = [];
  for (const why of after ? whys.slice(whys.indexOf(after.why)) : whys) {
    const wanted = query.limit + 1 - groups.length;
    if (wanted <= 0) break;
    groups.push(...(await groupsBy(sql, entity, why, after?.why === why ? after.value : "", wanted, reader)));
  }
  const items = groups.slice(0, query.limit);
  const last = items.at(-1);
  return { items, nextCursor: groups.length > query.limit && last ? writePlace(entity, last) : undefined };
}

/** The key of each record by a reason: rows of `id` and `key`. Each reads an index in the order of its keys, so that a page ends early. */
function keysBy(sql: Sql, entity: Mergeable, why: Reason, after: string): Part {
  const column = raw.ref(why === "phone" ? "ch.last10" : "ch.email_lower");
  if (why === "phone" || why === "email") {
    return raw`select ch.${raw.ref(entity)} as id, ${column} as key from crm.channel ch
      where ch.workspace = ${sql.workspace} and ch.${raw.ref(entity)} is not null and ${column} is not null and ${column} > ${after} and not ch.toll_free`;
  }
  if (why === "name") {
    return raw`select c.id, crm.company_key(c.name) as key from crm.company c
      where c.workspace = ${sql.workspace} and c.deleted_at is null and crm.company_key(c.name) > ${after}`;
  }
  // Branches of one taxpayer differ in their KPP; a company without one may be any of them only where there is no more than one.
  return raw`select c.id, case when c.branches then c.inn || ' ' || coalesce(c.kpp, '') else c.inn end as key from (
      select id, inn, kpp, min(kpp) over taxpayer is distinct from max(kpp) over taxpayer as branches from crm.company
      where workspace = ${sql.workspace} and inn >= split_part(${after}, ' ', 1) and inn <> '' and deleted_at is null
      window taxpayer as (partition by inn)) c
    where case when c.branches then c.inn || ' ' || coalesce(c.kpp, '') else c.inn end > ${after}`;
}

const groupsBy = (sql: Sql, entity: Mergeable, why: Reason, after: string, limit: number, { sees }: Reader): Promise<DuplicateGroup[]> => {
  const { workspace } = sql;
  const alive = [raw`r.workspace = ${workspace}`, raw`r.id = k.id`, raw`r.deleted_at is null`, ...seenInList(workspace, entity, sees)];
  const channel = (kind: "phone" | "email"): Part => raw`(select coalesce(ch.e164, ch.value) from crm.channel ch
    where ch.workspace = ${workspace} and ch.${raw.ref(entity)} = r.id and ch.kind = ${kind} order by ch.position, ch.id limit 1)`;
  const name = raw.ref(entity === "contact" ? "r.full_name" : "r.name");
  return run<DuplicateGroup>(
    sql,
    raw`select ${why}::text as why, g.key as value, g.count, (
        select jsonb_agg(jsonb_build_object('id', r.id, 'name', ${name}, 'phone', ${channel("phone")}, 'email', ${channel("email")},
          'responsible', r.responsible, 'createdAt', r.created_at) order by r.id)
        from crm.${raw.ref(entity)} r where r.workspace = ${workspace} and r.id = any(g.ids[1:50])) as records
      from (
        select k.key, array_agg(distinct k.id order by k.id) as ids, count(distinct k.id)::integer as count from (${keysBy(sql, entity, why, after)}) k
        where exists (select from crm.${raw.ref(entity)} r where ${raw.join(alive, raw` and `)})
        group by k.key having count(distinct k.id) > 1
          and count(distinct k.id) * (count(distinct k.id) - 1) / 2 > (
            select count(*) from crm.not_duplicate x where x.workspace = ${workspace} and x.entity = ${entity}
              and x.one = any(array_agg(k.id)) and x.other = any(array_agg(k.id)))
        order by k.key limit ${limit}) g
      order by g.key`,
  );
};

/** These are not one: they are not shown together again, unless with a third. Throws `NotFound`. */
export async function dismissDuplicate(sql: Sql, entity: Mergeable, ids: readonly number[], reader: Reader): Promise<void> {
  const each = [...new Set(ids)].sort((one, other) => one - other);
  if (each.length < 2) throw new Invalid({ ids: ["name at least two records"] });
  for (const id of each) await mustSee(sql, entity, id, reader);
  await sql.query({
    text: `insert into crm.not_duplicate (workspace, entity, one, other)
      select $1, $2, one, other from unnest($3::bigint[]) one cross join unnest($3::bigint[]) other where one < other on conflict do nothing`,
    values: [sql.workspace, entity, each],
  });
}

const writePlace = (entity: Mergeable, { why, value }: DuplicateGroup): string =>
  Buffer.from(JSON.stringify([entity, why, value])).toString("base64url");

function readPlace(cursor: string, entity: Mergeable): { readonly why: Reason; readonly value: string } {
  try {
    const [of, why, value] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    const known = reasonsOf[entity].find((reason) => reason === why);
    if (of === entity && known && typeof value === "string" && !value.includes("\u0000"))
      return { why: known, value: value.toWellFormed() };
  } catch {
    // Not one of ours.
  }
  throw new Invalid({ cursor: ["does not belong to this list: start from the first page"] });
}
