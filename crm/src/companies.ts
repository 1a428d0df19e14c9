import type { OwnValueDrafts } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By, Reader } from "./by.ts";
import { applyChange, changedLine, type TagDraft, tagChange, tagsAfter } from "./change.ts";
import { type ChannelDrafts, type ChannelRow, type Channels, readChannels, writeChannels } from "./channels.ts";
import { hasEmail, hasPhone, kindOf, pick, prefixed } from "./contacts.ts";
import { Invalid, NotFound } from "./errors.ts";
import { type FieldValues, fieldProblems, mergeFields, readFields, type StoredFields, withFields, writeFields } from "./field-values.ts";
import { insertCompany } from "./insert-company.ts";
import { type ListQuery, listPage, type Page } from "./page.ts";
import { seenInList } from "./record-access.ts";
import {
  baseColumns,
  channelsColumn,
  deleteRecord,
  getRow,
  getRowEvenMerged,
  mayAssign,
  mustBeAsSeen,
  type RecordBase,
  responsibleFor,
  restoreRecord,
} from "./records.ts";
import { checkReferences } from "./references.ts";
import { pickSaid, type Said, saidAfter, saidBefore, saidProblems, saidReferences } from "./said.ts";
import { matching } from "./search.ts";
import type { Sql } from "./sql.ts";
import { hasTag } from "./tagged.ts";

export interface Company extends RecordBase, Channels {
  readonly name: string;
  /** The taxpayer's number. */
  readonly inn: string | null;
  /** Tells apart the branches of one taxpayer. */
  readonly kpp: string | null;
  readonly website: string | null;
  readonly address: string | null;
  readonly fields: FieldValues;
  /** Where it went, when it was merged into another. */
  readonly mergedInto: number | null;
}

export interface CompanyChanges extends ChannelDrafts, TagDraft, Said {
  readonly name?: string | undefined;
  readonly inn?: string | null | undefined;
  readonly kpp?: string | null | undefined;
  readonly website?: string | null | undefined;
  readonly address?: string | null | undefined;
  readonly responsible?: number | null | undefined;
  /** By code; null clears. Fields that are not named stay. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  /** The same, by id. */
  readonly values?: OwnValueDrafts | undefined;
}

export interface CompanyFilter extends ListQuery {
  readonly responsible?: number | undefined;
  readonly inn?: string | undefined;
  readonly phone?: { readonly e164?: string | undefined; readonly last10: string } | undefined;
  readonly email?: string | undefined;
  readonly tag?: string | undefined;
  /** See `matching`. */
  readonly q?: string | undefined;
}

export type CompanyRow = Omit<Company, keyof Channels | "fields"> & {
  readonly channels: readonly ChannelRow[];
  readonly fields: StoredFields;
};

export const companyColumns = raw`${baseColumns("company")}, ${channelsColumn("company")}, r.name, r.inn, r.kpp, r.website, r.address, r.merged_into as "mergedInto"`;

const readable = async (sql: Sql, rows: readonly CompanyRow[]): Promise<Company[]> =>
  (await withFields(sql, "company", rows)).map(({ channels, ...row }) => ({ ...row, ...writeChannels(channels) }));

/** One page of companies. */
export async function listCompanies(sql: Sql, filter: CompanyFilter, reader: Reader): Promise<Page<Company>> {
  const where = seenInList(sql.workspace, "company", reader.sees);
  if (filter.responsible !== undefined) where.push(raw`r.responsible = ${filter.responsible}`);
  if (filter.inn !== undefined) where.push(raw`r.inn = ${filter.inn}`);
  if (filter.phone) where.push(hasPhone(sql.workspace, "company", filter.phone));
  if (filter.email !== undefined) where.push(hasEmail(sql.workspace, "company", filter.email));
  if (filter.tag !== undefined) where.push(await hasTag(sql, "company", filter.tag));
  if (filter.q !== undefined) where.push(await matching(sql, "company", filter.q, reader));
  const page = await listPage<CompanyRow & { sortedBy: Date }>(sql, {
    columns: companyColumns,
    from: raw`crm.company as r`,
    where,
    query: filter,
  });
  return { ...page, items: await readable(sql, page.items) };
}

/** Also one that was merged into another, as it was, when the reader sees that other one. Throws `NotFound`. */
export async function getCompany(sql: Sql, id: number, reader: Reader = {}): Promise<Company> {
  const [company] = await readable(sql, [await getRowEvenMerged<CompanyRow>(sql, "company", companyColumns, id, reader)]);
  if (!company) throw new NotFound("company", id);
  return company;
}

/** Makes a company, and answers its id. Throws `Invalid`. */
export async function createCompany(sql: Sql, draft: CompanyChanges, by: By): Promise<number> {
  const channels = readChannels(draft, by.home.country);
  const fields = await readFields(sql, "company", draft.fields, by.home, draft.values);
  const problems = { ...channels.problems, ...fieldProblems(fields), ...saidProblems(draft) };
  if (Object.keys(problems).length > 0) throw new Invalid(problems);
  return insertCompany(
    sql,
    {
      name: draft.name ?? "",
      inn: draft.inn,
      kpp: draft.kpp,
      website: draft.website,
      address: draft.address,
      responsible: responsibleFor(draft.responsible, by),
      fields: mergeFields({}, fields.stored),
      channels: channels.rows,
      tags: tagsAfter([], draft) ?? [],
      ...pickSaid(draft),
    },
    by,
  );
}

const members = ["name", "inn", "kpp", "website", "address", "responsible"] as const;

/** Changes only what is given. Throws `NotFound`, `Invalid` and `Stale`. */
export const updateCompany = (sql: Sql, id: number, changes: CompanyChanges, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    const current = await getRow<CompanyRow>(sql, "company", companyColumns, id, by, "lock");
    mustBeAsSeen(current, by);
    const channels = readChannels(changes, by.home.country, current.channels);
    const fields = await readFields(sql, "company", changes.fields, by.home, changes.values);
    const problems = { ...channels.problems, ...fieldProblems(fields), ...saidProblems(changes) };
    if (Object.keys(problems).length > 0) throw new Invalid(problems);
    mayAssign(changes.responsible, current.responsible, by);
    await checkReferences(sql, [["responsible", "user_account", changes.responsible], ...saidReferences(changes)]);

    const kinds = (["phones", "emails", "messengers"] as const).filter((name) => changes[name] !== undefined);
    const given = members.filter((name) => changes[name] !== undefined);
    const stored = mergeFields(current.fields, fields.stored);
    const before = {
      ...pick(current, given),
      ...saidBefore(current, changes),
      ...pick(writeChannels(current.channels), kinds),
      ...prefixed(writeFields(fields.definitions, current.fields)),
    };
    const after = {
      ...pick(changes, given),
      ...saidAfter(changes),
      ...pick(writeChannels(channels.rows), kinds),
      ...prefixed(writeFields(fields.definitions, stored)),
    };
    const tags = tagChange(current.tags, tagsAfter(current.tags, changes));
    await applyChange(
      sql,
      "company",
      id,
      {
        columns: { ...pick(changes, given), ...(Object.keys(fields.stored).length > 0 && { fields: stored }) },
        channels: kinds.length > 0 ? { kinds: kinds.map((name) => kindOf[name]), rows: channels.rows } : undefined,
        ...tags,
        lines: [...changedLine(before, after), ...tags.lines],
        said: pickSaid(changes),
      },
      by,
    );
  });

/** Throws `NotFound` and `Stale`. */
export const deleteCompany = (sql: Sql, id: number, by: By): Promise<void> => deleteRecord(sql, "company", id, by);

/** Takes back what `deleteCompany` did; one that is not put away stays as it is. Throws `NotFound`. */
export const restoreCompany = (sql: Sql, id: number, by: By): Promise<void> => restoreRecord(sql, "company", id, by);
