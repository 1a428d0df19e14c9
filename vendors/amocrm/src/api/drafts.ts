import type { Catalog, CustomField, EntityType, FieldValue } from "../protocol.ts";

/** What is to be written, in amoCRM's words, checked. */

/** Of a custom field, checked: the field is one of the account's, an option is one of the field's. Null clears. */
export interface FieldDraft {
  readonly field: CustomField;
  readonly values: readonly FieldValue[] | null;
  /** Where it stands in the item. */
  readonly path: string;
}

export interface StampDraft {
  readonly created_by?: number;
  readonly updated_by?: number;
  readonly created_at?: number;
  readonly updated_at?: number;
}

export type TagDraft = { readonly id: number } | { readonly name: string };

/** Of a lead, contact or company. On a change, what is absent stays. */
export interface RecordDraft extends StampDraft {
  readonly name?: string;
  readonly responsible_user_id?: number;
  readonly fields?: readonly FieldDraft[];
  /** The whole new list; null is none. */
  readonly tags?: readonly TagDraft[] | null;
  readonly tags_to_add?: readonly TagDraft[];
  readonly tags_to_delete?: readonly TagDraft[];
}

export interface LeadDraft extends RecordDraft {
  readonly price?: number | null;
  readonly status_id?: number;
  readonly pipeline_id?: number;
  readonly loss_reason_id?: number | null;
  readonly closed_at?: number | null;
  readonly source?: { readonly external_id: string };
  readonly contacts?: readonly { readonly id: number; readonly is_main?: boolean }[];
  readonly companies?: readonly { readonly id: number }[];
}

export interface ContactDraft extends RecordDraft {
  readonly first_name?: string;
  readonly last_name?: string;
  readonly companies?: readonly { readonly id: number }[];
  readonly leads?: readonly { readonly id: number }[];
}

export interface CompanyDraft extends RecordDraft {
  readonly contacts?: readonly { readonly id: number }[];
  readonly leads?: readonly { readonly id: number }[];
}

export interface TaskDraft extends StampDraft {
  readonly text?: string;
  readonly complete_till?: number;
  readonly task_type_id?: number;
  readonly responsible_user_id?: number;
  readonly entity_id?: number | null;
  readonly entity_type?: EntityType | null;
  readonly duration?: number;
  readonly is_completed?: boolean;
  readonly result?: { readonly text: string };
}

export interface NoteDraft extends StampDraft {
  readonly entity_type: EntityType;
  readonly entity_id: number;
  readonly note_type: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly responsible_user_id?: number;
}

export interface StatusDraft {
  readonly id?: number;
  readonly name?: string;
  readonly sort?: number;
  readonly color?: string;
}
export interface PipelineDraft {
  readonly name?: string;
  readonly sort?: number;
  readonly is_main?: boolean;
  readonly is_unsorted_on?: boolean;
  readonly statuses?: readonly StatusDraft[];
}

/** A custom field as it is to be; on a change, what is absent stays. */
export interface CustomFieldDraft {
  readonly name?: string;
  readonly type?: string;
  readonly code?: string | null;
  readonly sort?: number;
  readonly is_api_only?: boolean;
  readonly enums?:
    | readonly { readonly id?: number; readonly value: string; readonly sort?: number; readonly code?: string | null }[]
    | null;
  readonly group_id?: string | null;
  readonly required_statuses?: readonly { readonly status_id: number; readonly pipeline_id: number }[];
  readonly remind?: string | null;
  readonly currency?: string | null;
  readonly settings?: unknown;
}

export interface UnsortedDraft {
  readonly category: "sip" | "forms";
  readonly source_uid: string;
  readonly source_name: string;
  readonly pipeline_id?: number;
  readonly created_at?: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly lead: LeadDraft;
  /** With an id, one that is there already: then nothing else is said of it. */
  readonly contact?: ContactDraft & { readonly id?: number };
  readonly company?: CompanyDraft & { readonly id?: number };
}

export interface SourceDraft {
  readonly name?: string;
  readonly external_id?: string;
  readonly pipeline_id?: number;
  readonly default?: boolean;
  readonly origin_code?: string | null;
  readonly services?: readonly unknown[];
}

export interface LinkDraft {
  readonly entity_type: EntityType;
  readonly entity_id: number;
  readonly to_entity_type: string;
  readonly to_entity_id: number;
  readonly is_main?: boolean;
  readonly quantity?: number;
  readonly catalog_id?: number;
  readonly price_id?: number | null;
}

/** The type of a catalog never changes. */
export interface CatalogDraft {
  readonly name?: string;
  readonly type?: Catalog["type"];
  readonly sort?: number;
  readonly can_add_elements?: boolean;
  readonly can_show_in_cards?: boolean;
  readonly can_link_multiple?: boolean;
}

export interface ElementDraft {
  readonly name?: string;
  readonly fields?: readonly FieldDraft[];
}
