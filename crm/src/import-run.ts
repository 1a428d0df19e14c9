import { readPhone, Unavailable } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By } from "./by.ts";
import { type ChannelRow, emailRow, readChannels, sameChannel, writeChannels } from "./channels.ts";
import { type Company, type CompanyChanges, createCompany, deleteCompany, getCompany, updateCompany } from "./companies.ts";
import { type Contact, type ContactChanges, createContact, deleteContact, getContact, lacks, updateContact } from "./contacts.ts";
import { createDeal, type DealChanges, deleteDeal, getDeal, updateDeal } from "./deals.ts";
import { insertNote } from "./entries.ts";
import { Forbidden, Invalid, NotFound, Stale } from "./errors.ts";
import { type ImportContext, type ReadRow, readImportRow } from "./import-row.ts";
import type { ImportRow, RowOutcome } from "./imports.ts";
import { type Part, run } from "./page.ts";
import { seen } from "./record-access.ts";
import type { Sql } from "./sql.ts";

/** What a row comes to. */
interface Done {
  readonly outcome: RowOutcome;
  readonly detail?: string;
  readonly contact?: number;
  readonly company?: number;
  readonly deal?: number;
  readonly made: readonly ("contact" | "company" | "deal")[];
}

/**
 * Does the next row that waits, with its outcome in the same transaction: however often the process dies, each row is done once. Answers whether
 * there was one. The commit does not wait for the disk: the record and the word that it was made come or go together.
 */
export async function runNextRow(sql: Sql, id: number, context: ImportContext, by: By): Promise<boolean> {
  const next = (sql: Sql): Promise<Pick<ImportRow, "n" | "cells">[]> =>
    sql.query({
      name: "crm-import-next",
      text: `select n, cells from crm.import_row where workspace = $1 and import = $2 and outcome is null order by n limit 1 for update skip locked`,
      values: [sql.workspace, id],
    });
  let n: number | undefined;
  try {
    return await sql.transaction(
      async (sql) => {
        const [row] = await next(sql);
        if (!row) return false;
        n = row.n;
        await finish(sql, id, row.n, await doRow(sql, row.cells, context, by));
        return true;
      },
      { relaxed: true },
    );
  } catch (error) {
    if (n === undefined || error instanceof Unavailable) throw error;
    await finish(sql, id, n, { outcome: "failed", detail: reasonOf(error), made: [] });
    return true;
  }
}

/** In words; what nobody thought of must not hold up the rows behind it. */
const reasonOf = (error: unknown): string =>
  error instanceof Invalid || error instanceof NotFound || error instanceof Forbidden || error instanceof Stale
    ? error.message
    : /^(22|23)/.test(String((error as { code?: string }).code ?? ""))
      ? `the database cannot store this: ${(error as Error).message}`
      : "something went wrong on our side";

async function finish(sql: Sql, id: number, n: number, { outcome, detail, made, ...records }: Done): Promise<void> {
  const version = (entity: string) =>
    made.includes(entity as "deal")
      ? `(select version from crm.${entity} where workspace = $1 and id = ${{ contact: "$6", company: "$7", deal: "$8" }[entity]}::bigint)`
      : "null";
  await sql.query({
    text: `update crm.import_row set outcome = $4, detail = $5, contact = $6::bigint, company = $7::bigint, deal = $8::bigint,
        made = jsonb_strip_nulls(jsonb_build_object('contact', ${version("contact")}, 'company', ${version("company")}, 'deal', ${version("deal")}))
      where workspace = $1 and import = $2 and n = $3 and outcome is null`,
    values: [sql.workspace, id, n, outcome, detail ?? null, records.contact ?? null, records.company ?? null, records.deal ?? null],
  });
}

/** Whom a row is about, of those who are there. */
export interface Match {
  readonly contact: number | undefined;
  readonly company: number | undefined;
  readonly deal: number | undefined;
}

/** By the id that it names, ours or another program's; a person by a phone or an e-mail, a company by its INN, else by its name without the legal form. Of what the writer sees. */
export async function matchRow(sql: Sql, row: ReadRow, { settings, home, links }: ImportContext, { sees }: By): Promise<Match> {
  const one = async (entity: "contact" | "company" | "deal", where: Part): Promise<number | undefined> => {
    const also = seen(sql.workspace, entity, sees).map((part) => raw`and ${part}`);
    const [found] = await run<{ id: number }>(
      sql,
      raw`select r.id from crm.${raw.ref(entity)} r where r.workspace = ${sql.workspace} and r.deleted_at is null and ${where} ${raw.join(also, raw` `)} order by r.id limit 1`,
    );
    return found?.id;
  };
  const byId = (entity: "contact" | "company" | "deal") => {
    const id = row[entity]?.id;
    return id === undefined || settings.duplicates === "create" ? Promise.resolve(undefined) : one(entity, raw`r.id = ${id}`);
  };
  const known = async (entity: "contact" | "company" | "deal"): Promise<number | undefined> => {
    const theirs = row.external[entity];
    const linked = theirs === undefined ? undefined : await links?.find(sql, entity, theirs);
    return (await byId(entity)) ?? (linked === undefined ? undefined : one(entity, raw`r.id = ${linked}`));
  };
  /** One that the other program calls otherwise is another one: branches of one taxpayer have one INN. */
  const unlessAnother = async (entity: "contact" | "company", id: number | undefined): Promise<number | undefined> => {
    const theirs = row.external[entity];
    return id !== undefined && theirs !== undefined && (await links?.isAnother(sql, entity, id, theirs)) ? undefined : id;
  };
  const contact = async (): Promise<number | undefined> => {
    const named = await known("contact");
    if (named !== undefined || settings.duplicates === "create") return named;
    const phones = (row.contact?.phones ?? []).flatMap(({ value }) => readPhone(value, home.country)?.e164 ?? []);
    const emails = (row.contact?.emails ?? []).flatMap(({ value }) => emailRow(value).email_lower ?? []);
    if (phones.length + emails.length === 0) return undefined;
    const found = await one(
      "contact",
      raw`r.id = any(array(
        select ch.contact from crm.channel ch where ch.workspace = ${sql.workspace} and ch.e164 = any(${phones}::text[]) and not ch.toll_free
        union all select ch.contact from crm.channel ch where ch.workspace = ${sql.workspace} and ch.email_lower = any(${emails}::text[])))`,
    );
    return unlessAnother("contact", found);
  };
  const company = async (): Promise<number | undefined> => {
    const named = await known("company");
    const { inn, kpp, name } = row.company ?? {};
    if (named !== undefined || !row.company) return named;
    if (inn)
      return unlessAnother(
        "company",
        await one("company", raw`r.inn = ${inn} and (r.kpp is null or ${kpp ?? null}::text is null or r.kpp = ${kpp ?? null})`),
      );
    const found = name
      ? await one("company", raw`crm.company_key(r.name) = crm.company_key(${name}) and crm.company_key(${name}) <> ''`)
      : undefined;
    return unlessAnother("company", found);
  };
  return { contact: await contact(), company: await company(), deal: await known("deal") };
}

async function doRow(sql: Sql, cells: readonly string[], context: ImportContext, by: By): Promise<Done> {
  const row = readImportRow(cells, context);
  const { settings } = context;
  if (row.problems.length > 0) return { outcome: "failed", detail: row.problems.map(({ detail }) => detail).join("; "), made: [] };
  if (!row.contact && !row.company && !row.deal) return { outcome: "skipped", detail: "there is nothing in it", made: [] };
  const match = await matchRow(sql, row, context, by);
  const main = mainOf(row, match);
  if (main !== undefined && settings.duplicates === "skip") {
    return { outcome: "skipped", detail: "is there already", made: [], ...given(match) };
  }
  const made: Done["made"][number][] = [];
  const defaults = { ...(settings.responsible && { responsible: settings.responsible }) };
  const tagged = (tags: readonly string[] | undefined) => [...(tags ?? []), ...settings.tags];

  // The id of a table tells which record is meant: a new one has its own.
  let company = match.company;
  if (row.company && company === undefined) {
    company = await createCompany(sql, { ...defaults, ...row.company, id: undefined, tags: tagged(row.company.tags) }, by);
    made.push("company");
  } else if (row.company && company !== undefined) await fillCompany(sql, company, row.company, context, by);

  let contact = match.contact;
  if (row.contact && contact === undefined) {
    contact = await createContact(
      sql,
      { ...defaults, ...row.contact, id: undefined, ...(company && { company }), tags: tagged(row.contact.tags) },
      by,
    );
    made.push("contact");
  } else if (row.contact && contact !== undefined) {
    await fillContact(sql, contact, { ...row.contact, ...(company && { company }) }, context, by);
  }

  let deal = match.deal;
  if (row.deal && deal === undefined) {
    const people = contact === undefined ? [] : [{ id: contact }];
    deal = await createDeal(
      sql,
      { ...defaults, ...row.deal, id: undefined, contacts: people, ...(company && { company }), tags: tagged(row.deal.tags) },
      by,
    );
    made.push("deal");
  } else if (row.deal && deal !== undefined) await fillDeal(sql, deal, { ...row.deal, ...(company && { company }) }, context, by);

  for (const [entity, theirs] of Object.entries(row.external)) {
    const ours = { contact, company, deal }[entity as "deal"];
    if (ours !== undefined) await context.links?.save(sql, entity as "deal", theirs, ours);
  }
  const on = deal !== undefined ? { deal } : contact !== undefined ? { contact } : company !== undefined ? { company } : undefined;
  if (row.note !== undefined && on) await insertNote(sql, on, row.note, by);
  const records = given({ contact, company, deal });
  const first = row.deal ? "deal" : row.contact ? "contact" : "company";
  return { outcome: made.includes(first) || main === undefined ? "created" : "updated", made, ...records };
}

/** A row as it would become, without doing anything. */
export interface Preview {
  readonly action: "create" | "update" | "skip" | "fail";
  readonly contact: unknown;
  readonly company: unknown;
  readonly deal: unknown;
  readonly note: string | null;
  readonly matches: { contact: number | null; company: number | null; deal: number | null };
  readonly problems: { column: number; detail: string }[];
}

export async function previewRow(sql: Sql, cells: readonly string[], context: ImportContext, by: By): Promise<Preview> {
  const row = readImportRow(cells, context);
  const match = await matchRow(sql, row, context, by);
  const main = mainOf(row, match);
  const isEmpty = !row.contact && !row.company && !row.deal;
  const skips = isEmpty || (main !== undefined && context.settings.duplicates === "skip");
  return {
    action: row.problems.length > 0 ? "fail" : skips ? "skip" : main === undefined ? "create" : "update",
    ...{ contact: row.contact ?? null, company: row.company ?? null, deal: row.deal ?? null, note: row.note ?? null },
    matches: { contact: match.contact ?? null, company: match.company ?? null, deal: match.deal ?? null },
    problems: row.problems.map((problem) => ({ ...problem })),
  };
}

/** Whom a row is about first: a person's employer, or a deal's people, are only tied to it. */
const mainOf = (row: ReadRow, match: Match): number | undefined => (row.deal ? match.deal : row.contact ? match.contact : match.company);

const given = ({ contact, company, deal }: Match): Pick<Done, "contact" | "company" | "deal"> => ({
  ...(contact !== undefined && { contact }),
  ...(company !== undefined && { company }),
  ...(deal !== undefined && { deal }),
});

type Changes = ContactChanges & CompanyChanges & DealChanges;

/** What of a row is written over a record: everything that is given, or only what is empty. Phones and the like, and tags, are only ever added. */
function fitting(
  row: Changes,
  current: object,
  fields: Readonly<Record<string, unknown>>,
  { settings }: ImportContext,
): Record<string, unknown> {
  const { phones: _p, emails: _e, messengers: _m, tags: _t, fields: wanted, ...members } = row as Changes & { id?: number };
  const { id: _, ...plain } = members;
  if (settings.duplicates === "skip") return {};
  const overwrite = settings.duplicates !== "update_empty";
  const kept = Object.entries(plain).filter(([member, value]) => value !== undefined && (overwrite || lacks(current, member)));
  const custom = Object.entries(wanted ?? {}).filter(([code]) => overwrite || fields[code] === undefined);
  return { ...Object.fromEntries(kept), ...(custom.length > 0 && { fields: Object.fromEntries(custom) }) };
}

function addedChannels(row: ContactChanges | CompanyChanges, current: Contact | Company, country: string): Partial<ContactChanges> {
  const { rows } = readChannels(row, country);
  const has: ChannelRow[] = readChannels({ phones: current.phones, emails: current.emails, messengers: current.messengers }, country).rows;
  const missing = rows.filter((one) => !has.some((other) => sameChannel(one, other)));
  const added = writeChannels(missing);
  return {
    ...(added.phones.length > 0 && { phones: [...current.phones, ...added.phones] }),
    ...(added.emails.length > 0 && { emails: [...current.emails, ...added.emails] }),
    ...(added.messengers.length > 0 && { messengers: [...current.messengers, ...added.messengers] }),
  };
}

const tagsToAdd = (row: { readonly tags?: readonly string[] | undefined }, { settings }: ImportContext) => ({
  addTags: settings.duplicates === "skip" ? [] : [...(row.tags ?? []), ...settings.tags],
});

async function fillContact(sql: Sql, id: number, row: ContactChanges, context: ImportContext, by: By): Promise<void> {
  const current = await getContact(sql, id, by);
  const changes = fitting(row as Changes, current, current.fields, context);
  const named = ["name", "surname", "middlename"].some((name) => name in changes);
  // A name is one thing: a surname is not added to somebody else's first name.
  if (named && context.settings.duplicates === "update_empty" && current.fullName !== "")
    for (const name of ["name", "surname", "middlename"]) delete changes[name];
  await updateContact(sql, id, { ...changes, ...addedChannels(row, current, context.home.country), ...tagsToAdd(row, context) }, by);
}

async function fillCompany(sql: Sql, id: number, row: CompanyChanges, context: ImportContext, by: By): Promise<void> {
  const current = await getCompany(sql, id, by);
  const changes = fitting(row as Changes, current, current.fields, context);
  await updateCompany(sql, id, { ...changes, ...addedChannels(row, current, context.home.country), ...tagsToAdd(row, context) }, by);
}

async function fillDeal(sql: Sql, id: number, row: DealChanges, context: ImportContext, by: By): Promise<void> {
  const current = await getDeal(sql, id, by);
  await updateDeal(sql, id, { ...fitting(row as Changes, current, current.fields, context), ...tagsToAdd(row, context) }, by);
}

const undoable = "outcome in ('created', 'updated') and made <> '{}'";

const putAway = { deal: deleteDeal, contact: deleteContact, company: deleteCompany } as const;

/** Puts away what the next row made, where nobody has touched it since. Answers whether there was such a row. */
export const undoNextRow = (sql: Sql, id: number, by: By): Promise<boolean> =>
  sql.transaction(
    async (sql) => {
      const [row] = await sql.query<ImportRow & { made: Readonly<Record<string, number>> }>({
        text: `select n, contact, company, deal, made from crm.import_row
          where workspace = $1 and import = $2 and ${undoable} order by outcome, n limit 1 for update skip locked`,
        values: [sql.workspace, id],
      });
      if (!row) return false;
      let left = 0;
      for (const entity of ["deal", "contact", "company"] as const) {
        const version = row.made[entity];
        const record = row[entity];
        if (version === undefined || record === null) continue;
        try {
          await putAway[entity](sql, record, { ...by, versions: [String(version)] });
        } catch (error) {
          if (!(error instanceof Stale || error instanceof NotFound)) throw error;
          left++;
        }
      }
      await sql.query({
        text: "update crm.import_row set outcome = $4, detail = $5 where workspace = $1 and import = $2 and n = $3",
        values: [sql.workspace, id, row.n, left > 0 ? "kept" : "undone", left > 0 ? "has been changed or deleted since" : null],
      });
      return true;
    },
    { relaxed: true },
  );

/** Takes the next import that waits for somebody to work on it, for half a minute. */
export async function leaseImport(
  sql: Sql,
): Promise<
  { readonly id: number; readonly state: "running" | "undoing"; readonly actor: string; readonly byUser: number | null } | undefined
> {
  const [leased] = await sql.query<{ id: number; state: "running" | "undoing"; actor: string; byUser: number | null }>({
    text: `update crm.import set leased_until = statement_timestamp() + interval '30 seconds' where workspace = $1 and id = (
        select id from crm.import where workspace = $1 and state in ('running', 'undoing') and (leased_until is null or leased_until < statement_timestamp())
        order by id limit 1 for update skip locked)
      returning id, state, actor, by_user as "byUser"`,
    values: [sql.workspace],
  });
  return leased;
}

/** Holds it for another half a minute; answers whether it is still to be worked on. */
export async function keepImport(sql: Sql, id: number, state: "running" | "undoing"): Promise<boolean> {
  const kept = await sql.query({
    text: "update crm.import set leased_until = statement_timestamp() + interval '30 seconds' where workspace = $1 and id = $2 and state = $3 returning id",
    values: [sql.workspace, id, state],
  });
  return kept.length > 0;
}

/** All its rows are done; one that another process is at just now is finished by that one. */
export async function finishImport(sql: Sql, id: number, state: "running" | "undoing"): Promise<void> {
  await sql.query({
    text: `update crm.import set state = $4, leased_until = null, updated_at = statement_timestamp() where workspace = $1 and id = $2 and state = $3
      and not exists (select from crm.import_row where workspace = $1 and import = $2 and ${state === "running" ? "outcome is null" : undoable})`,
    values: [sql.workspace, id, state, state === "running" ? "done" : "undone"],
  });
}
