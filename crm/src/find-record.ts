import type { CompanyRecord, ContactRecord, CrmRecords, DealRecord } from "@svyazka/core";
import { type ChannelRow, writeChannels } from "./channels.ts";
import { type CompanyRow, companyColumns } from "./companies.ts";
import { type ContactRow, contactColumns } from "./contacts.ts";
import { type DealRow, dealColumns } from "./deals.ts";
import { NotFound } from "./errors.ts";
import { type FieldValue, withFields } from "./field-values.ts";
import { whereIs } from "./merged.ts";
import { getRow } from "./records.ts";
import type { Sql } from "./sql.ts";

/** `Crm.findRecord`: the promise stands there. */
export async function findRecord<K extends keyof CrmRecords>(sql: Sql, kind: K, id: number): Promise<CrmRecords[K] | undefined> {
  try {
    return await readRecord(sql, kind, id);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    const kept = kind === "deal" ? id : await whereIs(sql, kind as "contact" | "company", id);
    return kept === id ? undefined : findRecord(sql, kind, kept);
  }
}

async function readRecord<K extends keyof CrmRecords>(sql: Sql, kind: K, id: number): Promise<CrmRecords[K]> {
  const readers: { readonly [Kind in keyof CrmRecords]: () => Promise<CrmRecords[Kind]> } = {
    contact: async () => contactOf(sql, await getRow<ContactRow>(sql, "contact", contactColumns, id, {}, undefined, "crm-read-contact")),
    company: async () => companyOf(sql, await getRow<CompanyRow>(sql, "company", companyColumns, id, {}, undefined, "crm-read-company")),
    deal: async () => dealOf(sql, await getRow<DealRow>(sql, "deal", dealColumns, id, {}, undefined, "crm-read-deal")),
  };
  return readers[kind]();
}

const contactOf = async (sql: Sql, row: ContactRow): Promise<ContactRecord> => ({
  ...(await heldOf(sql, "contact", row)),
  ...{ name: row.fullName, ...channelsOf(row.channels) },
  ...(row.company !== null && { company: String(row.company) }),
});

const companyOf = async (sql: Sql, row: CompanyRow): Promise<CompanyRecord> => ({
  ...(await heldOf(sql, "company", row)),
  ...{ name: row.name, ...channelsOf(row.channels) },
  ...(row.inn !== null && { inn: row.inn }),
  ...(row.kpp !== null && { kpp: row.kpp }),
});

async function dealOf(sql: Sql, row: DealRow): Promise<DealRecord> {
  const [main] = row.contacts;
  return {
    ...(await heldOf(sql, "deal", row)),
    ...{ name: row.name, pipeline: String(row.pipeline), stage: String(row.stage), state: row.state },
    ...(row.sumMinor !== null && { sum: { minor: row.sumMinor, currency: row.currency } }),
    ...(main && { contact: String(main.id) }),
    ...(row.company !== null && { company: String(row.company) }),
  };
}

async function heldOf(sql: Sql, entity: keyof CrmRecords, row: ContactRow | CompanyRow | DealRow) {
  const [read] = await withFields(sql, entity, [row]);
  return {
    id: String(row.id),
    ...(row.responsible !== null && { responsible: String(row.responsible) }),
    fields: Object.fromEntries(Object.entries(read?.fields ?? {}).map(([code, value]) => [code, textOf(value)])),
  };
}

function channelsOf(rows: readonly ChannelRow[]): Pick<ContactRecord, "phones" | "emails"> {
  const { phones, emails } = writeChannels(rows);
  return { phones: phones.map(({ e164, value }) => e164 ?? value), emails: emails.map(({ value }) => value) };
}

function textOf(value: FieldValue): string {
  if (typeof value !== "object") return String(value);
  if ("json" in value) return JSON.stringify(value.json);
  return "sum" in value ? value.sum : value.join(", ");
}
