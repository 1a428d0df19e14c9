import { type Attribution, type Money, type OwnValueDrafts, readMoney, type StageKind, writeMoney } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By, Reader } from "./by.ts";
import { applyChange, changedLine, type Line, type TagDraft, tagChange, tagsAfter } from "./change.ts";
import { pick, prefixed } from "./contacts.ts";
import { type DealFilter, dealConditions } from "./deal-filter.ts";
import { Invalid, NotFound } from "./errors.ts";
import { type FieldValues, fieldProblems, mergeFields, readFields, type StoredFields, withFields, writeFields } from "./field-values.ts";
import { reopenIncoming, settleIncoming } from "./incoming-outcome.ts";
import { insertDeal, placeProblem } from "./insert-deal.ts";
import { listPage, type Page } from "./page.ts";
import {
  baseColumns,
  deleteRecord,
  getRow,
  mayAssign,
  mayTie,
  mustBeAsSeen,
  type RecordBase,
  responsibleFor,
  restoreRecord,
} from "./records.ts";
import { checkReferences } from "./references.ts";
import { pickSaid, type Said, saidAfter, saidBefore, saidProblems, saidReferences } from "./said.ts";
import type { Sql } from "./sql.ts";

export interface DealContact {
  readonly id: number;
  readonly isMain: boolean;
}

export interface Deal extends RecordBase {
  readonly name: string;
  readonly sum: Money | null;
  /** ISO 4217; of the sum, or what a sum would be in. */
  readonly currency: string;
  readonly pipeline: number;
  readonly stage: number;
  readonly state: StageKind;
  readonly company: number | null;
  /** The main one first. */
  readonly contacts: readonly DealContact[];
  readonly source: number | null;
  readonly lossReason: number | null;
  readonly attribution: Attribution | null;
  readonly fields: FieldValues;
  /** When it was won or lost. */
  readonly closedAt: Date | null;
}

export interface DealChanges extends TagDraft, Said {
  readonly name?: string | undefined;
  /** Decimal text with a point. */
  readonly sum?: string | null | undefined;
  readonly currency?: string | undefined;
  readonly pipeline?: number | undefined;
  readonly stage?: number | undefined;
  readonly responsible?: number | null | undefined;
  readonly company?: number | null | undefined;
  /** The whole new list. When none is the main one, the first is. */
  readonly contacts?: readonly { readonly id: number; readonly isMain?: boolean | undefined }[] | undefined;
  /** In place of a whole list: those who come, or change whether they are the main one; and those who go. */
  readonly addContacts?: readonly { readonly id: number; readonly isMain?: boolean | undefined }[] | undefined;
  readonly removeContacts?: readonly number[] | undefined;
  readonly source?: number | null | undefined;
  readonly lossReason?: number | null | undefined;
  /** By code; null clears. Fields that are not named stay. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  /** The same, by id. */
  readonly values?: OwnValueDrafts | undefined;
  readonly attribution?: Attribution | null | undefined;
  /** Of one that is won or lost: when, if not now. */
  readonly closedAt?: Date | undefined;
}

export type DealRow = Omit<Deal, "sum" | "fields"> & { readonly sumMinor: number | null; readonly fields: StoredFields };

export const dealColumns = raw`${baseColumns("deal")}, r.name, r.sum_minor as "sumMinor", r.currency::text as currency, r.pipeline, r.stage, r.company, r.source,
  r.loss_reason as "lossReason", r.attribution, r.closed_at as "closedAt",
  (select s.kind from crm.stage s where s.workspace = r.workspace and s.id = r.stage) as state,
  coalesce((select jsonb_agg(jsonb_build_object('id', dc.contact, 'isMain', dc.is_main) order by dc.is_main desc, dc.contact)
    from crm.deal_contact dc where dc.workspace = r.workspace and dc.deal = r.id), '[]') as contacts`;

const moneyOf = ({ sumMinor, currency }: DealRow): Money | null => (sumMinor === null ? null : { minor: sumMinor, currency });

const readable = async (sql: Sql, rows: readonly DealRow[]): Promise<Deal[]> =>
  (await withFields(sql, "deal", rows)).map(({ sumMinor, ...row }) => ({
    ...row,
    sum: sumMinor === null ? null : { minor: sumMinor, currency: row.currency },
  }));

/** One page of deals. */
export async function listDeals(sql: Sql, filter: DealFilter, reader: Reader): Promise<Page<Deal>> {
  const where = await dealConditions(sql, filter, reader);
  const page = await listPage<DealRow & { sortedBy: Date }>(sql, { columns: dealColumns, from: raw`crm.deal as r`, where, query: filter });
  return { ...page, items: await readable(sql, page.items) };
}

/** Throws `NotFound`. */
export async function getDeal(sql: Sql, id: number, reader: Reader = {}): Promise<Deal> {
  const [deal] = await readable(sql, [await getRow<DealRow>(sql, "deal", dealColumns, id, reader)]);
  if (!deal) throw new NotFound("deal", id);
  return deal;
}

/** Makes a deal, and answers its id. Throws `Invalid`. */
export async function createDeal(sql: Sql, draft: DealChanges, by: By): Promise<number> {
  const currency = draft.currency ?? by.home.currency;
  const fields = await readFields(sql, "deal", draft.fields, by.home, draft.values);
  const problems = { ...fieldProblems(fields), ...sumProblem(draft.sum, currency), ...saidProblems(draft) };
  if (Object.keys(problems).length > 0) throw new Invalid(problems);
  const contacts = contactsAfter([], draft) ?? [];
  await mayTie(sql, by, [["company", "company", draft.company], ...people(contacts)]);
  return insertDeal(
    sql,
    {
      ...pick(draft, ["pipeline", "stage", "company", "source", "lossReason", "attribution", "closedAt"]),
      ...pickSaid(draft),
      name: draft.name ?? "",
      sum: typeof draft.sum === "string" ? readMoney(draft.sum, currency) : null,
      currency,
      responsible: responsibleFor(draft.responsible, by),
      fields: mergeFields({}, fields.stored),
      contacts: withMain(contacts),
      tags: tagsAfter([], draft) ?? [],
    },
    by,
  );
}

type ContactDrafts = NonNullable<DealChanges["contacts"]>;

/** The whole new list that a draft asks for, undefined when it asks for none. One that comes as the main one takes the place of who was. */
function contactsAfter(before: readonly DealContact[], { contacts, addContacts, removeContacts }: DealChanges): ContactDrafts | undefined {
  if (contacts !== undefined || (addContacts === undefined && removeContacts === undefined)) return contacts;
  const come = addContacts ?? [];
  const main = come.find(({ isMain }) => isMain);
  const stay = before.filter(({ id }) => !removeContacts?.includes(id) && !come.some((one) => one.id === id));
  const changed = come.map(({ id, isMain }) => ({ id, isMain: isMain ?? before.some((one) => one.id === id && one.isMain) }));
  return [...(main ? stay.map(({ id }) => ({ id })) : stay), ...changed];
}

const people = (contacts: ContactDrafts) => contacts.map(({ id }) => ["contacts", "contact", id] as const);

const sumProblem = (sum: string | null | undefined, currency: string): Record<string, string[]> =>
  typeof sum === "string" && readMoney(sum, currency) === undefined ? { sum: ["is not a sum, or too large"] } : {};

function withMain(contacts: readonly { readonly id: number; readonly isMain?: boolean | undefined }[]): { id: number; is_main: boolean }[] {
  const each = contacts.filter(({ id }, index) => contacts.findIndex((other) => other.id === id) === index);
  const main = (each.find((contact) => contact.isMain) ?? each[0])?.id;
  return each.map(({ id }) => ({ id, is_main: id === main }));
}

export interface Place {
  readonly pipeline: number;
  readonly stage: number;
  readonly kind: StageKind;
}

/** Where a deal goes that is sent to a pipeline, a stage or both. Throws `Invalid` when there is no such place. */
export async function findPlace(
  sql: Sql,
  to: { readonly pipeline?: number | undefined; readonly stage?: number | undefined },
): Promise<Place> {
  const [place] = await sql.query<Place>({
    text: `select s.pipeline, s.id as stage, s.kind from crm.stage s join crm.pipeline p on p.workspace = s.workspace and p.id = s.pipeline and p.deleted_at is null
      where s.workspace = $1 and s.deleted_at is null and ($2::bigint is null or s.pipeline = $2) and ($3::bigint is null or s.id = $3)
      order by s.rank, s.position, s.id limit 1`,
    values: [sql.workspace, to.pipeline ?? null, to.stage ?? null],
  });
  if (!place) throw new Invalid(placeProblem(to));
  return place;
}

const members = ["name", "responsible", "company", "source", "lossReason", "attribution"] as const;

/** Changes only what is given. A pipeline without a stage means its first one. Throws `NotFound`, `Invalid` and `Stale`. */
export const updateDeal = (sql: Sql, id: number, changes: DealChanges, by: By, note?: string): Promise<void> =>
  sql.transaction(async (sql) => {
    const current = await getRow<DealRow>(sql, "deal", dealColumns, id, by, "lock");
    mustBeAsSeen(current, by);
    const currency = changes.currency ?? current.currency;
    const fields = await readFields(sql, "deal", changes.fields, by.home, changes.values);
    // A sum keeps its decimal text when only its currency changes.
    const oldSum = moneyOf(current);
    const sum = changes.sum === undefined ? oldSum && writeMoney(oldSum) : changes.sum;
    const problems = { ...fieldProblems(fields), ...sumProblem(sum, currency), ...saidProblems(changes) };
    if (Object.keys(problems).length > 0) throw new Invalid(problems);
    const newSum = sum === null ? null : (readMoney(sum, currency) ?? null);
    mayAssign(changes.responsible, current.responsible, by);
    const known = new Set(current.contacts.map(({ id }) => id));
    const wanted = contactsAfter(current.contacts, changes);
    await mayTie(sql, by, [
      ["company", "company", changes.company === current.company ? undefined : changes.company],
      ...people((wanted ?? []).filter(({ id }) => !known.has(id))),
    ]);
    await checkReferences(sql, [
      ["responsible", "user_account", changes.responsible],
      ["company", "company", changes.company],
      ["source", "source", changes.source],
      ["loss_reason", "loss_reason", changes.lossReason],
      // Those who stay may have been put away meanwhile, unless the whole list is given anew.
      ...people((wanted ?? []).filter(({ id }) => changes.contacts !== undefined || !known.has(id))),
      ...saidReferences(changes),
    ]);
    const moves = (changes.stage ?? current.stage) !== current.stage || (changes.pipeline ?? current.pipeline) !== current.pipeline;
    const place = moves ? await findPlace(sql, changes) : undefined;
    const closed = place ? place.kind === "won" || place.kind === "lost" : current.closedAt !== null;
    const closedAt = closed ? (changes.closedAt ?? current.closedAt ?? new Date()) : null;

    const given = members.filter((name) => changes[name] !== undefined);
    const stored = mergeFields(current.fields, fields.stored);
    const contacts = wanted && withMain(wanted);
    const before = {
      ...pick(current, given),
      sum: oldSum && writeMoney(oldSum),
      currency: current.currency,
      closed_at: changes.closedAt && current.closedAt?.toISOString(),
      ...saidBefore(current, changes),
      ...prefixed(writeFields(fields.definitions, current.fields)),
    };
    const after = {
      ...pick(changes, given),
      sum: newSum && writeMoney(newSum),
      currency,
      // Told where it changes by itself: of a move, the move tells.
      closed_at: changes.closedAt && closedAt?.toISOString(),
      ...saidAfter(changes),
      ...prefixed(writeFields(fields.definitions, stored)),
    };
    const peopleLine =
      contacts &&
      changedLine(
        { contacts: mainFirst(current.contacts) },
        { contacts: mainFirst(contacts.map((contact) => ({ id: contact.id, isMain: contact.is_main }))) },
      );
    const tags = tagChange(current.tags, tagsAfter(current.tags, changes));
    const moved: Line[] = place
      ? [
          {
            kind: "stage",
            what: { old: { pipeline: current.pipeline, stage: current.stage }, new: { pipeline: place.pipeline, stage: place.stage } },
          },
        ]
      : [];
    const { lossReason, ...columns } = pick(changes, given);
    await applyChange(
      sql,
      "deal",
      id,
      {
        columns: {
          ...columns,
          // A deal that is taken up again is not lost for any reason.
          ...(place && place.kind !== "lost" && { loss_reason: null }),
          ...(lossReason !== undefined && { loss_reason: lossReason }),
          sum_minor: newSum?.minor ?? null,
          currency,
          ...(Object.keys(fields.stored).length > 0 && { fields: stored }),
          ...(place && { pipeline: place.pipeline, stage: place.stage }),
          closed_at: closedAt,
        },
        contacts,
        ...tags,
        lines: [...moved, ...changedLine(before, after), ...(peopleLine ?? []), ...tags.lines],
        note,
        said: pickSaid(changes),
      },
      by,
    );
    if (place && current.state === "incoming" && place.kind !== "incoming") await settleIncoming(sql, id, "accepted", by);
  });

const mainFirst = (contacts: readonly DealContact[]): number[] =>
  [...contacts].sort((one, other) => Number(other.isMain) - Number(one.isMain) || one.id - other.id).map((contact) => contact.id);

/** Throws `NotFound` and `Stale`. */
export const deleteDeal = (sql: Sql, id: number, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    await deleteRecord(sql, "deal", id, by);
    await settleIncoming(sql, id, "declined", by);
  });

/** Takes back what `deleteDeal` did; one that is not put away stays as it is. Where its stage is gone by now, it starts anew. Throws `NotFound`. */
export const restoreDeal = (sql: Sql, id: number, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    await restoreRecord(sql, "deal", id, by);
    const [lost] = await sql.query<{ pipeline: number | null }>({
      text: `select p.id as pipeline from crm.deal d
        left join crm.stage s on s.workspace = d.workspace and s.id = d.stage and s.deleted_at is null
        left join crm.pipeline p on p.workspace = d.workspace and p.id = d.pipeline and p.deleted_at is null
        where d.workspace = $1 and d.id = $2 and (s.id is null or p.id is null)`,
      values: [sql.workspace, id],
    });
    if (lost)
      await updateDeal(
        sql,
        id,
        lost.pipeline === null ? await defaultPlace(sql) : { stage: (await findPlace(sql, { pipeline: lost.pipeline })).stage },
        by,
      );
    await reopenIncoming(sql, id);
  });

async function defaultPlace(sql: Sql): Promise<{ readonly pipeline: number; readonly stage: number }> {
  const [row] = await sql.query<{ id: number }>({
    text: "select id from crm.pipeline where workspace = $1 and is_default and deleted_at is null",
    values: [sql.workspace],
  });
  const { pipeline, stage } = await findPlace(sql, row ? { pipeline: row.id } : {});
  return { pipeline, stage };
}
