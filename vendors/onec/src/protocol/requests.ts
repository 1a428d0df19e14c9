import type { Sender, WireId } from "./call-writers.ts";

/** What a hub asks of 1C: five requests, each a POST to `web_address` (seed 1.1 to 1.5). Writers keep the document's shapes and key order. */

/** Values of fields of the CRM, by the field's id: written as `p_<id>`. */
export type FieldValues = Readonly<Record<string, string | number | boolean | null>>;

interface Client {
  /** In the CRM. */
  readonly id: WireId;
  readonly name: string;
  readonly responsible_user_id: WireId;
  readonly id_1c?: string;
  readonly fields?: FieldValues;
}
export interface ContactClient extends Client {
  readonly phone?: string;
  readonly email?: string;
}
export interface CompanyClient extends Client {
  /** ИНН or УНП; without one a company is not sent (onec.md §8). */
  readonly inn: string;
}
/** One of the two, never both: two counterparties would appear (A4). */
export type LeadClient = { readonly contact: ContactClient } | { readonly company: CompanyClient };

/** A contact stands under `company` in the document (1.2); some handlers want `contact` (A4). */
export type ContactKey = "company" | "contact";

export interface OrderRequest {
  /** The deal in the CRM. */
  readonly id: WireId;
  readonly name: string;
  readonly responsible_user_id: WireId;
  /** Of the order, when it is known (A6). */
  readonly id_1c?: string;
  readonly contact?: ContactClient;
  readonly company?: CompanyClient;
}

/** 1.5. */
export const entityNames = ["Контакт", "Компания", "Сделка", "Сотрудник"] as const;
export type EntityName = (typeof entityNames)[number];

export interface TableRow {
  /** Of a field of the CRM, or of an employee. */
  readonly amo_name: string;
  readonly amo_id: WireId;
  readonly entity_name: EntityName;
}
/** One row a request, as the document has it; some handlers want an array (A7). */
export type TableAs = "row" | "array";

/** 1.1. */
export const writeGetOrders = (from: Sender, id: WireId): string => write(from, "get_orders", { id });

/** 1.2. */
export function writeNewLead(from: Sender, client: LeadClient, contactKey: ContactKey = "company"): string {
  const clients = "company" in client ? { company: companyOf(client.company) } : { [contactKey]: contactOf(client.contact) };
  return write(from, "new_lead", { clients });
}

/** 1.3. Here the document has both, each under its own key. */
export function writeNewOrder(from: Sender, { id, name, responsible_user_id, id_1c, contact, company }: OrderRequest): string {
  const clients = { ...(contact && { contact: contactOf(contact) }), ...(company && { company: companyOf(company) }) };
  return write(from, "new_order", { id, name, responsible_user_id, id_1c, clients });
}

/** 1.4. */
export const writeGetHandlersVersion = (from: Sender): string => write(from, "get_handlers_version", {});

/** 1.5: one row, or several where the handlers take an array. */
export function writeTable(from: Sender, table: TableRow | readonly TableRow[], user_id?: WireId): string {
  const row = ({ amo_name, amo_id, entity_name }: TableRow) => ({ amo_name, amo_id, entity_name });
  return write(from, "corr_table", { user_id, table: "amo_id" in table ? row(table) : table.map(row) });
}

function contactOf({ id, name, responsible_user_id, phone, email, id_1c, fields }: ContactClient): object {
  return { id, name, responsible_user_id, phone, email, id_1c, ...written(fields) };
}

function companyOf({ id, name, responsible_user_id, inn, id_1c, fields }: CompanyClient): object {
  return { id, name, responsible_user_id, inn, id_1c, ...written(fields) };
}

const written = (fields: FieldValues = {}): FieldValues =>
  Object.fromEntries(Object.entries(fields).map(([id, value]) => [`p_${id}`, value]));

const write = ({ key, id_base }: Sender, type: string, rest: object): string => JSON.stringify({ key, id_base, type, ...rest });
