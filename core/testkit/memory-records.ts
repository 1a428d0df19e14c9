import type { CompanyRecord, ContactRecord, DealRecord } from "../src/crm-records.ts";
import type { Attribution } from "../src/events.ts";
import type { Money } from "../src/money.ts";
import type { Phone } from "../src/phone.ts";
import type { Directory } from "../src/ports.ts";
import type { RecordId } from "../src/words.ts";

export interface MemoryContact {
  readonly id: RecordId;
  name: string;
  surname: string;
  middlename: string;
  phones: Phone[];
  emails: string[];
  position: string | undefined;
  website: string | undefined;
  company: RecordId | undefined;
  responsible: RecordId | undefined;
  author: RecordId | undefined;
  attribution: Attribution | undefined;
  fields: Record<string, string>;
  tags: string[];
  /** Grows with every change: the larger, the more recently active. */
  active: number;
}
export interface MemoryCompany {
  readonly id: RecordId;
  name: string;
  inn: string | undefined;
  kpp: string | undefined;
  phones: Phone[];
  emails: string[];
  website: string | undefined;
  responsible: RecordId | undefined;
  fields: Record<string, string>;
}
export interface MemoryDeal {
  readonly id: RecordId;
  readonly madeBy: string | undefined;
  name: string;
  sum: Money | undefined;
  contact: RecordId | undefined;
  company: RecordId | undefined;
  pipeline: RecordId;
  stage: RecordId;
  responsible: RecordId | undefined;
  author: RecordId | undefined;
  source: RecordId | undefined;
  attribution: Attribution | undefined;
  fields: Record<string, string>;
  tags: string[];
  createdAt: Date;
}
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
