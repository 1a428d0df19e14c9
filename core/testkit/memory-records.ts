import type { Phone } from "../src/phone.ts";
import type { CompanyRecord, ContactRecord, DealRecord, Directory } from "../src/ports.ts";
import type { MemoryCompany, MemoryContact, MemoryDeal } from "./memory-crm.ts";

/** What the CRM in memory holds, as `Crm.findRecord` answers it. */

const phonesOf = (phones: readonly Phone[]): string[] => phones.map(({ e164, typed }) => e164 ?? typed);
const nameOf = ({ name, middlename, surname }: MemoryContact): string => [name, middlename, surname].filter(Boolean).join(" ");

export const memoryContact = (one: MemoryContact | undefined): ContactRecord | undefined =>
  one && {
    ...{ id: one.id, name: nameOf(one), phones: phonesOf(one.phones), emails: one.emails, fields: one.fields },
    ...(one.company !== undefined && { company: one.company }),
    ...(one.responsible !== undefined && { responsible: one.responsible }),
  };

export const memoryCompany = (one: MemoryCompany | undefined): CompanyRecord | undefined =>
  one && {
    ...{ id: one.id, name: one.name, phones: phonesOf(one.phones), emails: one.emails, fields: one.fields },
    ...(one.inn !== undefined && { inn: one.inn }),
    ...(one.kpp !== undefined && { kpp: one.kpp }),
    ...(one.responsible !== undefined && { responsible: one.responsible }),
  };

export const memoryDeal = (one: MemoryDeal | undefined, { pipelines }: Directory): DealRecord | undefined =>
  one && {
    ...{ id: one.id, name: one.name, pipeline: one.pipeline, stage: one.stage, fields: one.fields },
    state: pipelines.flatMap(({ stages }) => stages).find(({ id }) => id === one.stage)?.kind ?? "open",
    ...(one.sum && { sum: one.sum }),
    ...(one.contact !== undefined && { contact: one.contact }),
    ...(one.company !== undefined && { company: one.company }),
    ...(one.responsible !== undefined && { responsible: one.responsible }),
  };
