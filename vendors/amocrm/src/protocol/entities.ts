/**
 * What amoCRM's API v4 is made of: shapes as they go over the wire, `_links` aside. Times are Unix seconds.
 * Source: https://www.amocrm.ru/developers/content/crm_platform/platform-abilities, and what real clients enforce.
 */

/** Kinds with custom fields, tags, links and notes. A deal is a *lead* here. */
export const entityTypes = ["leads", "contacts", "companies"] as const;
export type EntityType = (typeof entityTypes)[number];
/** What a note, a task or a link may be on; there is nothing behind `customers` and `catalog_elements` in most accounts. */
export type AnyEntityType = EntityType | "customers" | "catalog_elements";

/** In events and answers about calls they stand in the singular. */
export const singular: Readonly<Record<EntityType, "lead" | "contact" | "company">> = {
  leads: "lead",
  contacts: "contact",
  companies: "company",
};
/** As numbers they stand in webhooks and in v2. */
export const elementTypes: Readonly<Record<EntityType, number>> = { contacts: 1, leads: 2, companies: 3 };

/** In every pipeline these two mean won and lost: a status is only named by its pipeline and itself. */
export const won = 142;
export const lost = 143;

export interface FieldValue {
  readonly value: unknown;
  readonly enum_id?: number;
  readonly enum_code?: string | null;
}

export interface FieldValues {
  readonly field_id: number;
  readonly field_name: string;
  readonly field_code: string | null;
  readonly field_type: string;
  readonly values: readonly FieldValue[];
}

export interface TagRef {
  readonly id: number;
  readonly name: string;
  readonly color: string | null;
}

interface Stamps {
  readonly created_by: number;
  readonly updated_by: number;
  readonly created_at: number;
  readonly updated_at: number;
}

interface RecordBase extends Stamps {
  readonly id: number;
  readonly name: string;
  readonly responsible_user_id: number;
  readonly group_id: number;
  readonly closest_task_at: number | null;
  readonly is_deleted: boolean;
  readonly custom_fields_values: readonly FieldValues[] | null;
  readonly account_id: number;
}

export interface Lead extends RecordBase {
  readonly price: number;
  readonly status_id: number;
  readonly pipeline_id: number;
  readonly loss_reason_id: number | null;
  readonly source_id: number | null;
  readonly closed_at: number | null;
  readonly score: number | null;
  readonly labor_cost: number | null;
  readonly _embedded: {
    readonly tags: readonly TagRef[];
    readonly companies: readonly { readonly id: number }[];
    /** Only with `with=contacts`. */
    readonly contacts?: readonly { readonly id: number; readonly is_main: boolean }[];
    readonly loss_reason?: readonly LossReason[];
    readonly source?: { readonly id: number; readonly name: string } | null;
    readonly catalog_elements?: readonly ElementRef[];
  };
}

export interface ElementRef {
  readonly id: number;
  readonly metadata: { readonly quantity: number; readonly catalog_id: number; readonly price_id?: number | null };
}

export interface Contact extends RecordBase {
  readonly first_name: string;
  readonly last_name: string;
  readonly is_unsorted?: boolean;
  readonly _embedded: {
    readonly tags: readonly TagRef[];
    readonly companies: readonly { readonly id: number }[];
    readonly leads?: readonly { readonly id: number }[];
    readonly customers?: readonly { readonly id: number }[];
    readonly catalog_elements?: readonly ElementRef[];
  };
}

export interface Company extends RecordBase {
  readonly _embedded: {
    readonly tags: readonly TagRef[];
    readonly contacts?: readonly { readonly id: number }[];
    readonly leads?: readonly { readonly id: number }[];
    readonly customers?: readonly { readonly id: number }[];
    readonly catalog_elements?: readonly ElementRef[];
  };
}

export interface Task extends Stamps {
  readonly id: number;
  readonly responsible_user_id: number;
  readonly group_id: number;
  readonly entity_id: number | null;
  readonly entity_type: AnyEntityType | null;
  /** Seconds. */
  readonly duration: number;
  readonly is_completed: boolean;
  readonly task_type_id: number;
  readonly text: string;
  /** An empty list when there is none. */
  readonly result: { readonly text: string } | readonly [];
  readonly complete_till: number;
  readonly account_id: number;
}

export interface Note extends Stamps {
  readonly id: number;
  readonly entity_id: number;
  readonly responsible_user_id: number;
  readonly group_id: number;
  readonly note_type: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly account_id: number;
}

export interface Status {
  readonly id: number;
  readonly name: string;
  readonly sort: number;
  readonly is_editable: boolean;
  readonly pipeline_id: number;
  readonly color: string;
  /** 1 is unsorted. */
  readonly type: 0 | 1;
  readonly account_id: number;
}

export interface Pipeline {
  readonly id: number;
  readonly name: string;
  readonly sort: number;
  readonly is_main: boolean;
  readonly is_unsorted_on: boolean;
  readonly is_archive: boolean;
  readonly account_id: number;
  readonly _embedded: { readonly statuses: readonly Status[] };
}

export interface LossReason {
  readonly id: number;
  readonly name: string;
  readonly sort: number;
  readonly created_at: number;
  readonly updated_at: number;
}

export interface FieldOption {
  readonly id: number;
  readonly value: string;
  readonly sort: number;
  readonly code?: string | null;
}

/** A custom field's definition. */
export interface CustomField {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly account_id: number;
  readonly code: string | null;
  readonly sort: number;
  readonly is_api_only: boolean;
  readonly enums: readonly FieldOption[] | null;
  readonly group_id: string | null;
  readonly required_statuses: readonly { readonly status_id: number; readonly pipeline_id: number }[];
  readonly is_deletable: boolean;
  readonly is_predefined: boolean;
  readonly entity_type: string;
  readonly remind: string | null;
  readonly currency?: string | null;
  readonly settings?: unknown;
}

export interface FieldGroup {
  readonly id: string;
  readonly name: string;
  readonly is_predefined: boolean;
  readonly type: string;
  readonly entity_type: string;
  readonly sort: number;
}

type Right = "A" | "G" | "M" | "D";
export interface Rights {
  readonly leads: Readonly<Record<"view" | "edit" | "add" | "delete" | "export", Right>>;
  readonly contacts: Rights["leads"];
  readonly companies: Rights["leads"];
  readonly tasks: Readonly<Record<"edit" | "delete", Right>>;
  readonly mail_access: boolean;
  readonly catalog_access: boolean;
  readonly files_access: boolean;
  readonly status_rights: readonly unknown[];
  readonly is_admin: boolean;
  readonly is_free: boolean;
  readonly is_active: boolean;
  readonly group_id: number | null;
  readonly role_id: number | null;
}

export interface User {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly lang: string;
  readonly rights: Rights;
  readonly phone_number?: string | null;
  readonly uuid?: string;
  readonly amojo_id?: string;
}

export interface Role {
  readonly id: number;
  readonly name: string;
  readonly rights: Omit<Rights, "is_admin" | "is_free" | "is_active" | "group_id" | "role_id">;
}

export interface Group {
  readonly id: number;
  readonly name: string;
  readonly uuid: string | null;
}

export interface TaskType {
  readonly id: number;
  readonly name: string;
  readonly color: string | null;
  readonly icon_id: number | null;
  readonly code: string | null;
}

/** `GET /api/v4/account`, its optional parts aside. The last seven are not documented, and clients die without them. */
export interface AccountInfo {
  readonly id: number;
  readonly name: string;
  readonly subdomain: string;
  readonly current_user_id: number;
  readonly country: string;
  readonly customers_mode: "unavailable" | "disabled" | "segments" | "dynamic" | "periodicity";
  readonly is_unsorted_on: boolean;
  readonly is_loss_reason_enabled: boolean;
  readonly is_helpbot_enabled: boolean;
  readonly is_technical_account: boolean;
  readonly contact_name_display_order: 1 | 2;
  readonly created_at: number;
  readonly created_by: number;
  readonly updated_at: number;
  readonly updated_by: number;
  readonly currency: string;
  readonly currency_symbol: string;
  readonly mobile_feature_version: number;
  /** IANA name. */
  readonly timezone: string;
  readonly language: string;
  /** UUID of the account in the chats API. */
  readonly amojo_id: string;
  readonly uuid: string;
}

export interface Event {
  readonly id: string;
  readonly type: string;
  readonly entity_id: number;
  /** In the singular. */
  readonly entity_type: string;
  readonly created_by: number;
  readonly created_at: number;
  readonly value_after: readonly unknown[];
  readonly value_before: readonly unknown[];
  readonly account_id: number;
}

export interface Link {
  readonly entity_id: number;
  readonly entity_type: string;
  readonly to_entity_id: number;
  readonly to_entity_type: string;
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

export interface Unsorted {
  readonly uid: string;
  readonly source_uid: string | null;
  readonly source_name: string | null;
  readonly category: "sip" | "mail" | "forms" | "chats";
  readonly pipeline_id: number;
  readonly created_at: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly account_id: number;
  readonly _embedded: {
    readonly leads: readonly { readonly id: number }[];
    readonly contacts: readonly { readonly id: number }[];
    readonly companies: readonly { readonly id: number }[];
  };
}

export interface Source {
  readonly id: number;
  readonly name: string;
  readonly pipeline_id: number;
  readonly external_id: string;
  readonly default: boolean;
  readonly origin_code: string | null;
  readonly services: readonly unknown[];
}

/** A subscription to webhooks. */
export interface Webhook {
  readonly id: number;
  readonly destination: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly account_id: number;
  readonly created_by: number;
  readonly sort: number;
  readonly disabled: boolean;
  readonly settings: readonly string[];
}

export interface Catalog {
  readonly id: number;
  readonly name: string;
  readonly type: "regular" | "invoices" | "products";
  readonly sort: number;
  readonly created_by: number;
  readonly updated_by: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly can_add_elements: boolean;
  readonly can_show_in_cards: boolean;
  readonly can_link_multiple: boolean;
  readonly can_be_deleted: boolean;
  readonly sdk_widget_code?: string | null;
  readonly account_id: number;
}

export interface CatalogElement {
  readonly id: number;
  readonly catalog_id: number;
  readonly name: string;
  readonly is_deleted: boolean;
  readonly created_by: number;
  readonly updated_by: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly custom_fields_values: readonly FieldValues[] | null;
  readonly account_id: number;
}

/** A conversation in a chat. Source: crm_platform/talks-api */
export interface Talk {
  readonly talk_id: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly rate: number;
  readonly contact_id: number;
  readonly chat_id: string;
  readonly entity_id: number | null;
  readonly entity_type: string | null;
  readonly is_in_work: boolean;
  readonly is_read: boolean;
  readonly origin: string;
  readonly missed_at: number | null;
  readonly account_id: number;
}

/** A chat and whose it is. */
export interface ContactChat {
  readonly id: number;
  readonly chat_id: string;
  readonly contact_id: number;
}
