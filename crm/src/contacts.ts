import type { Attribution, OwnValueDrafts, WorkspaceId } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By, Reader } from "./by.ts";
import { applyChange, changedLine, type TagDraft, tagChange, tagsAfter } from "./change.ts";
import { type ChannelDrafts, type ChannelRow, type Channels, readChannels, writeChannels } from "./channels.ts";
import { Invalid, NotFound } from "./errors.ts";
import { type FieldValues, fieldProblems, mergeFields, readFields, type StoredFields, withFields, writeFields } from "./field-values.ts";
import { insertContact } from "./insert-contact.ts";
import { type ListQuery, listPage, type Page } from "./page.ts";
import { seenInList } from "./record-access.ts";
import {
  baseColumns,
  channelsColumn,
  deleteRecord,
  getRow,
  getRowEvenMerged,
  mayAssign,
  mayTie,
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

/** A person. */
export interface Contact extends RecordBase, Channels {
  /** The first name, or the whole name when nobody took it apart. */
  readonly name: string;
  readonly surname: string;
  readonly middlename: string;
  /** Name, middle name and surname together. */
  readonly fullName: string;
  readonly position: string | null;
  readonly website: string | null;
  readonly company: number | null;
  readonly attribution: Attribution | null;
  readonly fields: FieldValues;
  /** Where it went, when it was merged into another. */
  readonly mergedInto: number | null;
}

export interface ContactChanges extends ChannelDrafts, TagDraft, Said {
  readonly name?: string | undefined;
  readonly surname?: string | undefined;
  readonly middlename?: string | undefined;
  readonly position?: string | null | undefined;
  readonly website?: string | null | undefined;
  readonly company?: number | null | undefined;
  readonly responsible?: number | null | undefined;
  /** By code; null clears. Fields that are not named stay. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  /** The same, by id. */
  readonly values?: OwnValueDrafts | undefined;
  readonly attribution?: Attribution | null | undefined;
}

export interface ContactFilter extends ListQuery {
  readonly responsible?: number | undefined;
  readonly company?: number | undefined;
  /** E.164, or the last ten digits. */
  readonly phone?: { readonly e164?: string | undefined; readonly last10: string } | undefined;
  /** In lower case. */
  readonly email?: string | undefined;
  readonly tag?: string | undefined;
  /** See `matching`. */
  readonly q?: string | undefined;
}

/** As kept: values of fields by id, channels as rows. */
export type ContactRow = Omit<Contact, keyof Channels | "fields"> & {
  readonly channels: readonly ChannelRow[];
  readonly fields: StoredFields;
};

export const contactColumns = raw`${baseColumns("contact")}, ${channelsColumn("contact")},
  r.name, r.surname, r.middlename, r.full_name as "fullName", r.position, r.website, r.company, r.attribution, r.merged_into as "mergedInto"`;

const readable = async (sql: Sql, rows: readonly ContactRow[]): Promise<Contact[]> =>
  (await withFields(sql, "contact", rows)).map(({ channels, ...row }) => ({ ...row, ...writeChannels(channels) }));

/** One page of contacts. */
export async function listContacts(sql: Sql, filter: ContactFilter, reader: Reader): Promise<Page<Contact>> {
  const where = seenInList(sql.workspace, "contact", reader.sees);
  if (filter.responsible !== undefined) where.push(raw`r.responsible = ${filter.responsible}`);
  if (filter.company !== undefined) where.push(raw`r.company = ${filter.company}`);
  if (filter.phone) where.push(hasPhone(sql.workspace, "contact", filter.phone));
  if (filter.email !== undefined) where.push(hasEmail(sql.workspace, "contact", filter.email));
  if (filter.tag !== undefined) where.push(await hasTag(sql, "contact", filter.tag));
  if (filter.q !== undefined) where.push(await matching(sql, "contact", filter.q, reader));
  const page = await listPage<ContactRow & { sortedBy: Date }>(sql, {
    columns: contactColumns,
    from: raw`crm.contact as r`,
    where,
    query: filter,
  });
  return { ...page, items: await readable(sql, page.items) };
}

/** Few rows: they are found first, and then read by their keys. */
export const hasPhone = (
  workspace: WorkspaceId,
  entity: "contact" | "company",
  { e164, last10 }: { readonly e164?: string | undefined; readonly last10: string },
) => {
  const matches = e164 !== undefined ? raw`ch.e164 = ${e164}` : raw`ch.last10 = ${last10}`;
  return raw`r.id = any(array(select ch.${raw.ref(entity)} from crm.channel ch where ch.workspace = ${workspace} and ${matches}))`;
};
export const hasEmail = (workspace: WorkspaceId, entity: "contact" | "company", email: string) =>
  raw`r.id = any(array(select ch.${raw.ref(entity)} from crm.channel ch where ch.workspace = ${workspace} and ch.email_lower = ${email}))`;
/** Also one that was merged into another, as it was, when the reader sees that other one. Throws `NotFound`. */
export async function getContact(sql: Sql, id: number, reader: Reader = {}): Promise<Contact> {
  const [contact] = await readable(sql, [await getRowEvenMerged<ContactRow>(sql, "contact", contactColumns, id, reader)]);
  if (!contact) throw new NotFound("contact", id);
  return contact;
}

/** Makes a contact, and answers its id. Does not look whether there is one like it. Throws `Invalid`. */
export async function createContact(sql: Sql, draft: ContactChanges, by: By): Promise<number> {
  const channels = readChannels(draft, by.home.country);
  const fields = await readFields(sql, "contact", draft.fields, by.home, draft.values);
  const problems = { ...channels.problems, ...fieldProblems(fields), ...saidProblems(draft) };
  if (Object.keys(problems).length > 0) throw new Invalid(problems);
  await mayTie(sql, by, [["company", "company", draft.company]]);
  return insertContact(
    sql,
    {
      name: draft.name ?? "",
      surname: draft.surname ?? "",
      middlename: draft.middlename ?? "",
      position: draft.position,
      website: draft.website,
      company: draft.company,
      responsible: responsibleFor(draft.responsible, by),
      fields: mergeFields({}, fields.stored),
      attribution: draft.attribution,
      channels: channels.rows,
      tags: tagsAfter([], draft) ?? [],
      ...pickSaid(draft),
    },
    by,
  );
}

const members = ["name", "surname", "middlename", "position", "website", "company", "responsible", "attribution"] as const;

/** Changes only what is given. Throws `NotFound`, `Invalid` and `Stale`. */
export const updateContact = (sql: Sql, id: number, changes: ContactChanges, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    const current = await getRow<ContactRow>(sql, "contact", contactColumns, id, by, "lock");
    mustBeAsSeen(current, by);
    const channels = readChannels(changes, by.home.country, current.channels);
    const fields = await readFields(sql, "contact", changes.fields, by.home, changes.values);
    const problems = { ...channels.problems, ...fieldProblems(fields), ...saidProblems(changes) };
    if (Object.keys(problems).length > 0) throw new Invalid(problems);
    mayAssign(changes.responsible, current.responsible, by);
    if (changes.company !== current.company) await mayTie(sql, by, [["company", "company", changes.company]]);
    await checkReferences(sql, [
      ["company", "company", changes.company],
      ["responsible", "user_account", changes.responsible],
      ...saidReferences(changes),
    ]);

    const kinds = (["phones", "emails", "messengers"] as const).filter((name) => changes[name] !== undefined);
    const given = members.filter((name) => changes[name] !== undefined);
    const stored = mergeFields(current.fields, fields.stored);
    const was = writeChannels(current.channels);
    const is = writeChannels(channels.rows);
    const before = {
      ...pick(current, given),
      ...saidBefore(current, changes),
      ...pick(was, kinds),
      ...prefixed(writeFields(fields.definitions, current.fields)),
    };
    const after = {
      ...pick(changes, given),
      ...saidAfter(changes),
      ...pick(is, kinds),
      ...prefixed(writeFields(fields.definitions, stored)),
    };
    const tags = tagChange(current.tags, tagsAfter(current.tags, changes));
    await applyChange(
      sql,
      "contact",
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

export const kindOf = { phones: "phone", emails: "email", messengers: "messenger" } as const;

/** Some members of an object. */
export const pick = <T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> =>
  Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>;

/** Whether a record has nothing there yet. */
export const lacks = (current: object, member: string): boolean => {
  const value = (current as Readonly<Record<string, unknown>>)[member];
  return value === null || value === "";
};
/** What a record has of the members named by `names`. */
export const pickFrom = (current: object, names: object): Record<string, unknown> =>
  Object.fromEntries(Object.keys(names).map((name) => [name, (current as Readonly<Record<string, unknown>>)[name]]));

/** Custom fields, as the timeline calls them. */
export const prefixed = (fields: FieldValues): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([code, value]) => [`fields.${code}`, value]));

/** Throws `NotFound` and `Stale`. */
export const deleteContact = (sql: Sql, id: number, by: By): Promise<void> => deleteRecord(sql, "contact", id, by);

/** Takes back what `deleteContact` did; one that is not put away stays as it is. Throws `NotFound`. */
export const restoreContact = (sql: Sql, id: number, by: By): Promise<void> => restoreRecord(sql, "contact", id, by);
