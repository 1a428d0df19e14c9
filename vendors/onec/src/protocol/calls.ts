/** What 1C tells a hub: shapes and addresses. Field names are those of the document; ids are text, because 1C sends numbers and texts alike. */

/** Where each call goes, below the address that the hub gives (seed 2.1 to 2.10). */
export const callPaths = {
  checkActive: "/sync/check_active",
  base: "/sync/base",
  contacts: "/sync/clients_contacts",
  companies: "/sync/clients_companies",
  /** Not in the document, which gives orders the address of companies: most likely it was meant (A1). */
  orders: "/sync/leads",
  event: "/sync/process_event",
  contactFields: "/sync/clients_contacts_save_fields",
  companyFields: "/sync/clients_companies_save_fields",
  orderFields: "/sync/leads_save_fields",
  actualVersion: "/update_handlers/get_actual_version",
  actualHandlers: "/update_handlers/get_actual_handlers",
  setHandlers: "/update_handlers/set_handlers",
} as const;

/** Seed 2.6. */
export const eventNames = ["cancel_order", "payment", "part_payment", "shipment", "part_shipment"] as const;
export type EventName = (typeof eventNames)[number];

/** Whom a call is from. */
export interface FromBase {
  /** The account of the CRM. */
  readonly key: string;
  /** The base of 1C. */
  readonly id_base: string;
  /** What else was sent, as it was sent. */
  readonly unknown: Readonly<Record<string, unknown>>;
}

/** 2.2. */
export interface BaseCall extends FromBase {
  /** What the hub calls, with a scheme (A22). */
  readonly web_address: string;
  /** Of the server, to show and to make links with; as it was sent. */
  readonly url_address: string;
  /** Login, as it was sent. */
  readonly param1: string;
  /** Password, as it was sent; it may be empty. */
  readonly param2: string;
}

/** `p_<field of the CRM>` (A21) and `inn_<field>`, as they were sent; an empty text where null was sent. */
export type SentFields = Readonly<Record<string, string>>;

/** 2.3 and 2.4. */
export interface CounterpartyCall extends FromBase {
  /** In the CRM. */
  readonly id?: string;
  readonly id_1c?: string;
  readonly link?: string;
  readonly name?: string;
  /** Not checked: `checkTaxNumber`. */
  readonly inn?: string;
  /** Not in the document; kept when it is sent. */
  readonly kpp?: string;
  readonly responsible_user_id?: string;
  /** As they were typed. */
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly fields: SentFields;
}

/** 2.5. `id_1c` and `link` are those of the order (A2). */
export interface OrderCall extends FromBase {
  /** The deal in the CRM. */
  readonly id?: string;
  readonly id_1c?: string;
  readonly link?: string;
  readonly company_id?: string;
  readonly contact_id?: string;
  /** Decimal text: `1234.50`. */
  readonly budget?: string;
  readonly order_number?: string;
  /** Not in the document; kept when it is sent. */
  readonly name?: string;
  readonly responsible_user_id?: string;
  readonly fields: SentFields;
}

/** 2.6. `id_1c` is that of the order, or else of the counterparty (A3). */
export interface EventCall extends FromBase {
  readonly event_name: EventName;
  /** The deal in the CRM. */
  readonly id?: string;
  readonly id_1c?: string;
  /** Decimal text. */
  readonly sum?: string;
  /** What is still to be paid, as decimal text; below zero when too much was. */
  readonly debt_sum?: string;
  readonly document_name?: string;
}

export interface DeclaredField {
  /** As it was sent: `p_123`. */
  readonly key: string;
  readonly kind: "p" | "inn";
  /** The field of the CRM: `123`. */
  readonly field: string;
  /** Null in the document. */
  readonly value: unknown;
}

/** 2.7: the set of keys is the message, and replaces the one before (A8). What is no such key is in `unknown`. */
export interface FieldsCall extends FromBase {
  readonly declared: readonly DeclaredField[];
}

/** 2.10. */
export interface HandlersCall extends FromBase {
  /** Any JSON value, as it came (A15). */
  readonly handlers: unknown;
}

/** 2.8 and 2.9. */
export type PlainCall = FromBase;
