import type { OwnIncoming, OwnIncomingDraft, OwnIncomingFilter, OwnIncomingSummary, OwnPage } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By, Reader } from "./by.ts";
import { updateCompany } from "./companies.ts";
import { updateContact } from "./contacts.ts";
import { deleteDeal, findPlace, updateDeal } from "./deals.ts";
import { Invalid, NotFound } from "./errors.ts";
import { type Part, run } from "./page.ts";
import { seenInList } from "./record-access.ts";
import { deleteRecord, getRow } from "./records.ts";
import type { Sql } from "./sql.ts";

/**
 * Deals that nobody has taken yet: those in the incoming stage of their pipeline. What is known of where they came from stands in `crm.incoming`; of a deal that came by
 * one of our own ways nothing stands there, and it has a uid all the same.
 */

const most = 500;

/** The deal itself is named by it; as long as those that others give, so that whoever keeps them needs no more room. */
const ownUid = raw`('dea1' || lpad(r.id::text, 56, '0'))`;
const dealOf = (uid: string): number | undefined => {
  const id = Number(/^dea1(\d{56})$/.exec(uid)?.[1] ?? Number.NaN);
  return Number.isSafeInteger(id) ? id : undefined;
};

/** Of the deal `r` and what is known of it, `i`. */
const columns = raw`coalesce(i.uid, ${ownUid}) as uid, r.id as deal,
  case when i.uid is null then (select dc.contact from crm.deal_contact dc where dc.workspace = r.workspace and dc.deal = r.id order by dc.is_main desc, dc.contact limit 1)
    else (select coalesce(c.merged_into, c.id) from crm.contact c where c.workspace = r.workspace and c.id = i.contact) end as contact,
  case when i.uid is null then r.company
    else (select coalesce(c.merged_into, c.id) from crm.company c where c.workspace = r.workspace and c.id = i.company) end as company,
  coalesce(i.category, 'forms') as category, i.source_uid as "sourceUid",
  coalesce(i.source_name, (select s.name from crm.source s where s.workspace = r.workspace and s.id = r.source)) as "sourceName",
  coalesce(i.pipeline, r.pipeline) as pipeline, coalesce(i.metadata, '{}') as metadata,
  coalesce(i.created_at, r.created_at) as "createdAt", coalesce(i.updated_at, r.updated_at) as "updatedAt",
  i.resolved_at as "resolvedAt", i.outcome, i.resolved_by as "resolvedBy"`;

const deals = raw`crm.deal as r left join crm.incoming i on i.workspace = r.workspace and i.deal = r.id`;
const open = ({ workspace }: Sql): Part => raw`r.workspace = ${workspace} and r.deleted_at is null and i.resolved_at is null
  and r.stage = any(array(select s.id from crm.stage s where s.workspace = ${workspace} and s.kind = 'incoming' and s.deleted_at is null))`;

const sorts: Readonly<Record<string, Part>> = {
  created_at: raw`coalesce(i.created_at, r.created_at)`,
  updated_at: raw`coalesce(i.updated_at, r.updated_at)`,
};

/** One page of those that nobody has taken yet. */
export async function listIncoming(sql: Sql, filter: OwnIncomingFilter, reader: Reader): Promise<OwnPage<OwnIncoming>> {
  const { limit, skip = 0, sort = "-created_at" } = filter;
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > most) throw new Invalid({ limit: [`must be from 1 to ${most}`] });
  if (!Number.isSafeInteger(skip) || skip < 0) throw new Invalid({ skip: ["must be a whole number from 0 on"] });
  const by = sorts[sort.replace("-", "")];
  if (!by) throw new Invalid({ sort: [`must be one of ${Object.keys(sorts).join(", ")}`] });
  const direction = sort.startsWith("-") ? raw`desc` : raw`asc`;
  const where = [open(sql), ...seenInList(sql.workspace, "deal", reader.sees), ...conditions(filter)];
  const rows = await run<OwnIncoming>(
    sql,
    raw`select ${columns} from ${deals} where ${raw.join(where, raw` and `)} order by ${by} ${direction}, r.id ${direction} limit ${limit + 1} offset ${skip}`,
  );
  return { items: rows.slice(0, limit), isMore: rows.length > limit };
}

function conditions(filter: Omit<OwnIncomingFilter, "limit" | "skip" | "sort">): Part[] {
  const where: Part[] = [];
  if (filter.uids) {
    const own = filter.uids.flatMap((uid) => dealOf(uid) ?? []);
    where.push(raw`(i.uid = any(${filter.uids}::text[]) or (i.uid is null and r.id = any(${own}::bigint[])))`);
  }
  if (filter.categories) where.push(raw`coalesce(i.category, 'forms') = any(${filter.categories}::text[])`);
  if (filter.pipelines) where.push(raw`coalesce(i.pipeline, r.pipeline) = any(${filter.pipelines.filter(Number.isSafeInteger)}::bigint[])`);
  if (filter.createdFrom) where.push(raw`coalesce(i.created_at, r.created_at) >= ${filter.createdFrom}`);
  if (filter.createdTo) where.push(raw`coalesce(i.created_at, r.created_at) < ${filter.createdTo}`);
  return where;
}

/** Also one that has been accepted or declined. Throws `NotFound`. */
export async function getIncoming(sql: Sql, uid: string, reader: Reader): Promise<OwnIncoming> {
  const own = dealOf(uid);
  // One that is known by both its names has a row: it is found by the row.
  const which = own === undefined ? raw`i.uid = ${uid}` : raw`r.id = ${own} and (i.uid = ${uid} or (i.uid is null and ${open(sql)}))`;
  const seen = seenInList(sql.workspace, "deal", reader.sees).map((part) => raw` and ${part}`);
  const [row] = await run<OwnIncoming>(
    sql,
    raw`select ${columns} from ${deals} where r.workspace = ${sql.workspace} and ${which} ${raw.join(seen, raw``)}`,
  );
  if (!row) throw new NotFound("incoming deal", uid);
  return row;
}

/** Tells where a deal in the incoming stage came from. Throws `NotFound` and `Invalid`. */
export const createIncoming = (sql: Sql, draft: OwnIncomingDraft, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    if (draft.uid === "" || draft.uid.length > 200) throw new Invalid({ uid: ["must have 1 to 200 characters"] });
    const deal = await getRow<{ pipeline: number; kind: string }>(
      sql,
      "deal",
      raw`r.pipeline, (select s.kind from crm.stage s where s.workspace = r.workspace and s.id = r.stage) as kind`,
      draft.deal,
      by,
      "lock",
    );
    if (deal.kind !== "incoming") throw new Invalid({ deal: ["does not stand in an incoming stage"] });
    for (const entity of ["contact", "company"] as const) {
      const id = draft[entity];
      if (id !== undefined) await getRow(sql, entity, raw`r.id`, id, by);
    }
    const made = await run(
      sql,
      raw`insert into crm.incoming (workspace, uid, deal, contact, company, category, source_uid, source_name, pipeline, metadata, created_at, updated_at)
        values (${sql.workspace}, ${draft.uid}, ${draft.deal}, ${draft.contact ?? null}, ${draft.company ?? null}, ${draft.category},
          ${draft.sourceUid ?? null}, ${draft.sourceName ?? null}, ${deal.pipeline}, ${JSON.stringify(draft.metadata ?? {})}::jsonb,
          coalesce(${draft.createdAt ?? null}, statement_timestamp()), coalesce(${draft.createdAt ?? null}, statement_timestamp()))
        on conflict do nothing returning uid`,
    );
    if (made.length === 0) throw new Invalid({ uid: ["this uid is taken, or the deal has one"] });
  });

/** Takes the deal, and those made with it where nobody is responsible for them. Throws `NotFound`, also when it was taken or declined before, and `Invalid`. */
export const acceptIncoming = (
  sql: Sql,
  uid: string,
  to: { readonly stage?: number | undefined; readonly responsible?: number | undefined },
  by: By,
): Promise<OwnIncoming> =>
  sql.transaction(async (sql) => {
    const item = await lockOpen(sql, uid, by);
    const stage = to.stage ?? (await firstOpen(sql, item.deal));
    const place = await findPlace(sql, { stage });
    if (place.kind === "incoming") throw new Invalid({ stage: ["is an incoming stage itself"] });
    const responsible = to.responsible ?? by.user;
    await updateDeal(sql, item.deal, { stage, ...(responsible !== undefined && { responsible }) }, by);
    if (responsible !== undefined) {
      for (const entity of ["contact", "company"] as const) await giveTo(sql, entity, item[entity], responsible, by);
    }
    return getIncoming(sql, uid, by);
  });

/** Puts the deal into the bin, and those made with it that nothing else has. Throws as `acceptIncoming` does. */
export const declineIncoming = (sql: Sql, uid: string, by: By): Promise<OwnIncoming> =>
  sql.transaction(async (sql) => {
    const item = await lockOpen(sql, uid, by);
    await deleteDeal(sql, item.deal, by);
    for (const entity of ["contact", "company"] as const) {
      const id = item[entity];
      if (id !== null && (await isAlone(sql, entity, id))) await deleteRecord(sql, entity, id, by);
    }
    // Whoever has put it away may not see it any more.
    return getIncoming(sql, uid, {});
  });

/** Also a deal of our own ways gets its row now, so that it is told later what became of it. */
async function lockOpen(sql: Sql, uid: string, by: By): Promise<OwnIncoming> {
  const item = await getIncoming(sql, uid, by);
  await getRow(sql, "deal", raw`r.id`, item.deal, by, "lock");
  await run(
    sql,
    raw`insert into crm.incoming (workspace, uid, deal, category, source_name, pipeline, created_at, updated_at)
      values (${sql.workspace}, ${uid}, ${item.deal}, ${item.category}, ${item.sourceName}, ${item.pipeline}, ${item.createdAt}, ${item.updatedAt})
      on conflict do nothing`,
  );
  const [still] = await run(sql, raw`select from ${deals} where ${open(sql)} and i.uid = ${uid} and i.deal = ${item.deal}`);
  if (!still) throw new NotFound("incoming deal", uid);
  return item;
}

async function firstOpen(sql: Sql, deal: number): Promise<number> {
  const [row] = await run<{ id: number }>(
    sql,
    raw`select s.id from crm.deal d join crm.stage s on s.workspace = d.workspace and s.pipeline = d.pipeline and s.kind = 'open' and s.deleted_at is null
      where d.workspace = ${sql.workspace} and d.id = ${deal} order by s.position, s.id limit 1`,
  );
  if (!row) throw new Invalid({ stage: ["this pipeline has no open stage"] });
  return row.id;
}

async function giveTo(sql: Sql, entity: "contact" | "company", id: number | null, responsible: number, by: By): Promise<void> {
  if (id === null) return;
  const [row] = await run(
    sql,
    raw`select from crm.${raw.ref(entity)} where workspace = ${sql.workspace} and id = ${id} and responsible is null and deleted_at is null`,
  );
  if (!row) return;
  await (entity === "contact" ? updateContact : updateCompany)(sql, id, { responsible }, { ...by, sees: undefined });
}

/** Whether no deal, no other record and nothing that somebody wrote or said has it. */
async function isAlone(sql: Sql, entity: "contact" | "company", id: number): Promise<boolean> {
  const { workspace } = sql;
  const column = raw.ref(entity);
  const [row] = await run<{ alone: boolean }>(
    sql,
    raw`select c.deleted_at is null
        and not exists (select from crm.deal d where d.workspace = ${workspace} and d.deleted_at is null
          and ${entity === "company" ? raw`d.company = ${id}` : raw`d.id in (select dc.deal from crm.deal_contact dc where dc.workspace = ${workspace} and dc.contact = ${id})`})
        ${entity === "company" ? raw`and not exists (select from crm.contact p where p.workspace = ${workspace} and p.company = ${id} and p.deleted_at is null)` : raw``}
        and not exists (select from crm.note n where n.workspace = ${workspace} and n.${column} = ${id} and n.deleted_at is null)
        and not exists (select from crm.task k where k.workspace = ${workspace} and k.${column} = ${id} and k.deleted_at is null)
        and not exists (select from crm.call a where a.workspace = ${workspace} and a.${column} = ${id} and a.deleted_at is null) as alone
      from crm.${column} c where c.workspace = ${workspace} and c.id = ${id}`,
  );
  return row?.alone ?? false;
}

/** How many there were, and what became of them. */
export async function summariseIncoming(
  sql: Sql,
  filter: Pick<OwnIncomingFilter, "uids" | "pipelines" | "createdFrom" | "createdTo">,
  reader: Reader,
): Promise<OwnIncomingSummary> {
  const where = [
    raw`r.workspace = ${sql.workspace} and (i.uid is not null or (${open(sql)}))`,
    ...seenInList(sql.workspace, "deal", reader.sees),
    ...conditions(filter),
  ];
  const [row] = await run<OwnIncomingSummary>(
    sql,
    raw`with item as (
        select i.outcome, extract(epoch from i.resolved_at - i.created_at)::float8 as seconds, coalesce(i.category, 'forms') as category
        from ${deals} where ${raw.join(where, raw` and `)})
      select count(*) as total, count(*) filter (where outcome = 'accepted') as accepted, count(*) filter (where outcome = 'declined') as declined,
        avg(seconds) as "averageSeconds",
        coalesce((select jsonb_object_agg(category, n) from (select category, count(*) as n from item group by category) c), '{}') as categories
      from item`,
  );
  return row ?? { total: 0, accepted: 0, declined: 0, averageSeconds: null, categories: {} };
}
