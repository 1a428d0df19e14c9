import { createHash } from "node:crypto";
import { type BookEntry, type Phone, readEmail, readPhone, type Workspace } from "@svyazka/core";
import type { Requisite } from "../client.ts";
import type { Item, MultiField } from "../protocol.ts";

/** People and companies as the address book has them, and their phones and e-mails as the portal does. */

export const contactName = ({ name, secondName, lastName }: Pick<Item, "name" | "secondName" | "lastName">): string =>
  [name, secondName, lastName].filter(Boolean).join(" ");

export function contactEntry(contact: Item, { country }: Workspace): BookEntry {
  const { companyId } = contact;
  return {
    ...{ kind: "contact", name: contactName(contact) },
    ...entryOf(contact, country),
    ...(companyId && companyId > 0 && { company: String(companyId) }),
  };
}

export function companyEntry(company: Item, requisite: Pick<Requisite, "inn"> | undefined, { country }: Workspace): BookEntry {
  const inn = requisite?.inn?.trim();
  return { ...{ kind: "company", name: company.title ?? "" }, ...entryOf(company, country), ...(inn && { inn }) };
}

function entryOf(record: Item, country: string): Omit<BookEntry, "kind" | "name"> {
  const { assignedById, updatedTime } = record;
  const phones = phonesOf(record, country).flatMap(({ e164, tollFree }) => (e164 === undefined || tollFree ? [] : [e164]));
  const at = Date.parse(updatedTime ?? "");
  return {
    ...{ id: String(record.id), phones: [...new Set(phones)], emails: emailsOf(record) },
    ...(assignedById && assignedById > 0 && { responsible: String(assignedById) }),
    changedAt: new Date(Number.isNaN(at) ? 0 : at),
  };
}

export const channelsOf = ({ fm = [] }: Pick<Item, "fm">, type: string): readonly MultiField[] =>
  fm.filter(({ typeId }) => typeId === type);

export const phonesOf = (record: Pick<Item, "fm">, country: string): Phone[] =>
  channelsOf(record, "PHONE").flatMap(({ value }) => readPhone(value, country) ?? []);

export const emailsOf = (record: Pick<Item, "fm">): string[] => [
  ...new Set(channelsOf(record, "EMAIL").flatMap(({ value }) => readEmail(value) ?? [])),
];

/** What the portal may have one number as: nobody says how it compares them. */
export function spellingsOf(e164: string): string[] {
  const digits = e164.replace(/^\+/, "");
  return [e164, digits, ...(/^7\d{10}$/.test(digits) ? [`8${digits.slice(1)}`, digits.slice(1)] : [])];
}

/** What is added to those that are there; nothing of what is there already, in whatever spelling. */
export function lackingChannels(
  before: Item | undefined,
  {
    phones,
    emails,
    websites = [],
  }: { readonly phones: readonly Phone[]; readonly emails: readonly string[]; readonly websites?: readonly string[] },
  country: string,
): Readonly<Record<string, Omit<MultiField, "id">>> {
  const known = {
    PHONE: new Set(before ? phonesOf(before, country).flatMap(({ e164, typed }) => [typed, ...(e164 === undefined ? [] : [e164])]) : []),
    EMAIL: new Set(before ? emailsOf(before) : []),
    WEB: new Set(before ? channelsOf(before, "WEB").map(({ value }) => value) : []),
  };
  const fresh: Omit<MultiField, "id">[] = [];
  const add = (typeId: keyof typeof known, value: string, name: string): void => {
    if (value === "" || known[typeId].has(name)) return;
    known[typeId].add(name);
    fresh.push({ typeId, valueType: typeId === "EMAIL" || typeId === "PHONE" ? "WORK" : "WORK", value });
  };
  for (const { e164, typed } of phones) add("PHONE", (e164 ?? typed).trim(), (e164 ?? typed).trim());
  for (const email of emails) add("EMAIL", email.trim(), readEmail(email) ?? email.trim());
  for (const website of websites) add("WEB", website.trim(), website.trim());
  // A key `n…` adds; a number would change the row of that id. Source: crm.item.update, `fm`
  return Object.fromEntries(fresh.map((one, place) => [`n${place}`, one]));
}

export const tellingNumbers = (phones: readonly Phone[]): string[] => [
  ...new Set(phones.flatMap(({ e164, tollFree }) => (e164 === undefined || tollFree ? [] : [e164]))),
];

/** By these two fields we find what a write of ours has made, when its answer was lost: the portal knows no keys. Source: crm.item.add, originatorId and originId */
export const originator = "svyazka";
export const originOfKey = (key: string): { readonly originatorId: string; readonly originId: string } => ({
  originatorId: originator,
  originId: createHash("sha256").update(key).digest("hex"),
});
