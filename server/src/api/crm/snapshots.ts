import type { RecordKind } from "@svyazka/core";
import * as crm from "@svyazka/crm";
import { writeNote, writeTask } from "./activity-routes.ts";
import { callWriter } from "./call-routes.ts";
import { writeCompany, writeContact, writeDeal } from "./record-routes.ts";

const everybody: crm.Reader = {};
const most = 250;
/** Our copy of a recording is asked for by those who may hear it: an address that opens it for a day is not spread. */
const writeCall = callWriter((_workspace, { url, file }) => ({ url, kept: file !== undefined }));

/** Records as `GET /…/:id` answers them, deleted ones too, by id. */
export async function recordSnapshots(sql: crm.Sql, kind: RecordKind, ids: readonly number[]): Promise<ReadonlyMap<number, unknown>> {
  const found = new Map<number, unknown>();
  for (let at = 0; at < ids.length; at += most) {
    const query = { ids: ids.slice(at, at + most), deleted: true as const, limit: most };
    for (const record of await read[kind](sql, query)) found.set(record.id, record);
  }
  return found;
}

type Read = (sql: crm.Sql, query: { ids: number[]; deleted: true; limit: number }) => Promise<{ readonly id: number }[]>;
const read: Readonly<Record<RecordKind, Read>> = {
  contact: async (sql, query) => (await crm.listContacts(sql, query, everybody)).items.map(writeContact),
  company: async (sql, query) => (await crm.listCompanies(sql, query, everybody)).items.map(writeCompany),
  deal: async (sql, query) => (await crm.listDeals(sql, query, everybody)).items.map(writeDeal),
  task: async (sql, query) => (await crm.listTasks(sql, query, everybody)).items.map(writeTask),
  note: async (sql, query) => (await crm.listNotes(sql, query, everybody)).items.map(writeNote),
  call: async (sql, query) => (await crm.listCalls(sql, query, everybody)).items.map((call) => writeCall(sql.workspace, call)),
};
