import type { EventName } from "./calls.ts";

/** How 1C writes its calls: the document's fields in the document's order. What is undefined is left out. */

/** 1C sends ids as numbers or as texts. */
export type WireId = number | string;
/** A sum as a number, or as 1C's own text: `1 234,50`. */
export type WireNumber = number | string;

export interface Sender {
  readonly key: WireId;
  readonly id_base: WireId;
}
/** `p_<field>` and the like; null where 1C has nothing (Неопределено). */
export type WireFields = Readonly<Record<string, string | number | boolean | null>>;

export interface WrittenBase {
  readonly web_address: string;
  readonly url_address: string;
  readonly param1: string;
  readonly param2: string;
}
export interface WrittenCounterparty {
  readonly id?: WireId | null;
  readonly id_1c?: WireId | null;
  readonly link?: string | null;
  readonly name?: string | null;
  readonly responsible_user_id?: WireId | null;
  readonly fields?: WireFields;
}
export interface WrittenContact extends WrittenCounterparty {
  readonly email?: string | null;
  readonly phone?: WireId | null;
}
export interface WrittenCompany extends WrittenCounterparty {
  readonly inn?: WireId | null;
  readonly kpp?: WireId | null;
}
export interface WrittenOrder {
  readonly id?: WireId | null;
  readonly id_1c?: WireId | null;
  readonly link?: string | null;
  readonly company_id?: WireId | null;
  readonly contact_id?: WireId | null;
  readonly budget?: WireNumber | null;
  readonly order_number?: WireId | null;
  readonly name?: string | null;
  readonly responsible_user_id?: WireId | null;
  readonly fields?: WireFields;
}
export interface WrittenEvent {
  readonly event_name: EventName;
  readonly id?: WireId | null;
  readonly id_1c?: WireId | null;
  readonly sum?: WireNumber | null;
  readonly debt_sum?: WireNumber | null;
  readonly document_name?: string | null;
}

/** 2.2. */
export const writeBaseCall = (from: Sender, { web_address, url_address, param1, param2 }: WrittenBase): string =>
  write(from, { web_address, url_address, param1, param2 });

/** 2.3. */
export function writeContactCall(from: Sender, contact: WrittenContact): string {
  const { id, id_1c, link, name, responsible_user_id, email, phone, fields } = contact;
  return write(from, { id, id_1c, link, name, responsible_user_id, email, phone, ...fields });
}

/** 2.4. */
export function writeCompanyCall(from: Sender, company: WrittenCompany): string {
  const { id, id_1c, link, name, inn, kpp, responsible_user_id, fields } = company;
  return write(from, { id, id_1c, link, name, inn, responsible_user_id, kpp, ...fields });
}

/** 2.5. */
export function writeOrderCall(from: Sender, order: WrittenOrder): string {
  const { id, id_1c, link, company_id, contact_id, budget, order_number, name, responsible_user_id, fields } = order;
  return write(from, { id, id_1c, link, company_id, contact_id, budget, order_number, responsible_user_id, name, ...fields });
}

/** 2.6. */
export function writeEventCall(from: Sender, { event_name, id, id_1c, sum, debt_sum, document_name }: WrittenEvent): string {
  return write(from, { event_name, id, id_1c, sum, debt_sum, document_name });
}

/** 2.7: `{ p_123: null }`. */
export const writeFieldsCall = (from: Sender, fields: WireFields): string => write(from, fields);

/** 2.8 and 2.9. */
export const writePlainCall = (from: Sender): string => write(from, {});

/** 2.10. */
export const writeHandlersCall = (from: Sender, handlers: unknown): string => write(from, { handlers });

/** As 1C's own writer does: on many lines (measured in OneScript, onec.md §5). */
const write = ({ key, id_base }: Sender, call: object): string => JSON.stringify({ key, id_base, ...call }, undefined, 4);
