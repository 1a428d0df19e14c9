import { randomUUID } from "node:crypto";
import { type ReadClient, type ReadRow, writeInnerLink, writeOuterLink } from "../protocol.ts";

/** What a base of 1C keeps, as far as the protocol can see it. */

export interface Counterparty {
  readonly id_1c: string;
  readonly link: string;
  readonly kind: "contact" | "company";
  /** In the CRM, as soon as one side has told the other. */
  crmId?: string;
  name: string;
  inn?: string;
  phone?: string;
  email?: string;
  responsible?: string;
  fields: Readonly<Record<string, unknown>>;
  /** How often it was written, the first time included. */
  saved: number;
}

export interface Order {
  readonly id_1c: string;
  readonly link: string;
  /** `УТ-000001`. */
  readonly number: string;
  /** In the CRM, as soon as one side has told the other. */
  dealId?: string;
  name: string;
  sum?: string;
  responsible?: string;
  /** `id_1c` of the clients, as far as the request named any. */
  clients: readonly string[];
  saved: number;
}

export interface Payment {
  readonly orderId: string | undefined;
  readonly dealId: string | undefined;
  readonly event: string;
  readonly sum: string | undefined;
  readonly debt: string | undefined;
}

export interface BaseState {
  readonly counterparties: Counterparty[];
  readonly orders: Order[];
  readonly payments: Payment[];
  /** Rows of `corr_table`, the last one for each field or employee. */
  readonly rows: ReadRow[];
  /** Of the handlers. */
  version: number | string;
  /** How many orders were really made for a deal: one, unless somebody was careless. */
  timesMade(dealId: string): number;
}

/** Without records; `address` stands before inner links. */
export function emptyState(version: number | string): BaseState {
  const orders: Order[] = [];
  return {
    ...{ counterparties: [], orders, payments: [], rows: [], version },
    timesMade: (dealId) => orders.filter((order) => order.dealId === dealId).length,
  };
}

export function addCounterparty(state: BaseState, address: string, made: Omit<Counterparty, "id_1c" | "link" | "saved">): Counterparty {
  const id_1c = randomUUID();
  const counterparty = { ...made, id_1c, link: linkTo(address, "Справочник.Контрагенты", id_1c), saved: 1 };
  state.counterparties.push(counterparty);
  return counterparty;
}

export function addOrder(state: BaseState, address: string, made: Omit<Order, "id_1c" | "link" | "number" | "saved">): Order {
  const id_1c = randomUUID();
  const number = `УТ-${String(state.orders.length + 1).padStart(6, "0")}`;
  const order = { ...made, id_1c, number, link: linkTo(address, "Документ.ЗаказКлиента", id_1c), saved: 1 };
  state.orders.push(order);
  return order;
}

/** By `id_1c`, else by the id in the CRM: a contact and a company may have the same one there. A careless base looks at `id_1c` only. */
export function saveClient(state: BaseState, address: string, client: ReadClient, isForgetful: boolean): Counterparty {
  const { kind, id: crmId, name, responsible_user_id: responsible, id_1c, inn, phone, email, fields } = client;
  const told = { crmId, name, responsible, fields, ...(inn && { inn }), ...(phone && { phone }), ...(email && { email }) };
  const known =
    state.counterparties.find((one) => id_1c !== undefined && one.id_1c === id_1c) ??
    (isForgetful ? undefined : state.counterparties.find((one) => one.kind === kind && one.crmId === crmId));
  if (!known) return addCounterparty(state, address, { kind, ...told });
  return Object.assign(known, told, { saved: known.saved + 1 });
}

export function saveOrder(
  state: BaseState,
  address: string,
  told: { readonly dealId: string; readonly name: string; readonly responsible: string; readonly clients: readonly string[] },
  id_1c: string | undefined,
  isForgetful: boolean,
): Order {
  const known =
    state.orders.find((one) => id_1c !== undefined && one.id_1c === id_1c) ??
    (isForgetful ? undefined : state.orders.find((one) => one.dealId === told.dealId));
  return known ? Object.assign(known, told, { saved: known.saved + 1 }) : addOrder(state, address, told);
}

export function saveRow(state: BaseState, row: ReadRow): void {
  const at = state.rows.findIndex(({ amo_id, entity_name }) => amo_id === row.amo_id && entity_name === row.entity_name);
  if (at < 0) state.rows.push(row);
  else state.rows[at] = row;
}

const linkTo = (address: string, type: string, id_1c: string): string => writeOuterLink(address, writeInnerLink(type, id_1c) ?? "");
