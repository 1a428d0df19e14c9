import { type BookEntry, type Phone, readEmail, readPhone, type Workspace } from "@svyazka/core";
import { fieldTexts } from "../client.ts";
import type { Company, Contact, CustomField } from "../protocol.ts";
import type { Setup } from "./setup.ts";

/** People and companies as the address book has them. */

export function contactEntry(contact: Contact, { country }: Workspace): BookEntry {
  const company = contact._embedded.companies[0]?.id;
  return { kind: "contact", ...entryOf(contact, country), ...(company !== undefined && { company: String(company) }) };
}

export function companyEntry(company: Company, setup: Setup, { country }: Workspace, innField: string | undefined): BookEntry {
  const inn = innOf(company, setup, innField);
  return { kind: "company", ...entryOf(company, country), ...(inn !== undefined && { inn }) };
}

function entryOf(record: Contact | Company, country: string): Omit<BookEntry, "kind"> {
  const phones = phonesOf(record, country).flatMap(({ e164, tollFree }) => (e164 === undefined || tollFree ? [] : [e164]));
  return {
    ...{ id: String(record.id), name: record.name, phones: [...new Set(phones)], emails: emailsOf(record) },
    ...(record.responsible_user_id > 0 && { responsible: String(record.responsible_user_id) }),
    changedAt: new Date(record.updated_at * 1000),
  };
}

export const phonesOf = (record: Contact | Company, country: string): Phone[] =>
  fieldTexts(record, "PHONE").flatMap(({ value }) => readPhone(value, country) ?? []);

export const emailsOf = (record: Contact | Company): string[] => [
  ...new Set(fieldTexts(record, "EMAIL").flatMap(({ value }) => readEmail(value) ?? [])),
];

/** The field of companies that holds the taxpayer's number: the one that was chosen, or the one that looks so, or the legal details. */
export function innFieldOf({ fields }: Setup, chosen: string | undefined): CustomField | undefined {
  const { companies } = fields;
  if (chosen) return companies.find(({ id, code }) => String(id) === chosen || code?.toLowerCase() === chosen.toLowerCase());
  const isNamed = (text: string | null): boolean => /^(inn|инн)$/i.test(text?.trim() ?? "");
  return (
    companies.find(({ code }) => isNamed(code)) ??
    companies.find(({ name }) => isNamed(name)) ??
    companies.find(({ type }) => type === "legal_entity")
  );
}

function innOf(company: Company, setup: Setup, chosen: string | undefined): string | undefined {
  const field = innFieldOf(setup, chosen);
  const value = field && company.custom_fields_values?.find(({ field_id }) => field_id === field.id)?.values[0]?.value;
  const inn = typeof value === "object" && value !== null ? (value as { readonly vat_id?: unknown }).vat_id : value;
  const text = typeof inn === "string" || typeof inn === "number" ? String(inn).trim() : "";
  return /^\d{5,20}$/.test(text) ? text : undefined;
}
