import type { AnyEntityType, FieldValue } from "../protocol.ts";

/** What is sent to create and to change. Times are Unix seconds, sums whole units of the account's currency. Source: crm_platform/leads-api and its neighbours */

/** A field by its id or by its code, with its values; `null` empties it. `withField` makes them. */
export interface FieldDraft {
  readonly field_id?: number;
  readonly field_code?: string;
  readonly values: readonly Partial<FieldValue>[] | null;
}

interface StampsDraft {
  /** 0 is a program. */
  readonly created_by?: number;
  readonly updated_by?: number;
  readonly created_at?: number;
  readonly updated_at?: number;
}

export type TagDraft = { readonly id: number } | { readonly name: string };

export interface RecordDraft extends StampsDraft {
  readonly name?: string;
  readonly responsible_user_id?: number;
  readonly custom_fields_values?: readonly FieldDraft[] | null;
  /** Beside the tags that are there. In `_embedded.tags` they replace them. */
  readonly tags_to_add?: readonly TagDraft[];
  readonly tags_to_delete?: readonly TagDraft[];
}

interface TagsBelow {
  /** In place of those that are there; null is none. */
  readonly tags?: readonly TagDraft[] | null;
}
interface Ref {
  readonly id: number;
}

export interface LeadDraft extends RecordDraft {
  readonly price?: number;
  readonly status_id?: number;
  readonly pipeline_id?: number;
  readonly loss_reason_id?: number | null;
  readonly closed_at?: number;
  readonly visitor_uid?: string;
  readonly _embedded?: TagsBelow & {
    readonly contacts?: readonly (Ref & { readonly is_main?: boolean })[];
    /** One at most. */
    readonly companies?: readonly Ref[];
    /** Of this integration: `external_id` as in `sources`. */
    readonly source?: { readonly external_id: string; readonly type: "widget" };
  };
}

export interface ContactDraft extends RecordDraft {
  readonly first_name?: string;
  readonly last_name?: string;
  readonly _embedded?: TagsBelow & { readonly companies?: readonly Ref[] };
}

export interface CompanyDraft extends RecordDraft {
  readonly _embedded?: TagsBelow;
}

/** One that is there already by its id, or a new one. */
export type NewOr<D> = Ref | D;

/** A lead with its contact and its company in one piece: all of it is made, or nothing. Source: crm_platform/leads-api#leads-complex-add */
export interface ComplexLeadDraft extends Omit<LeadDraft, "_embedded"> {
  readonly _embedded?: TagsBelow & {
    /** One at most. */
    readonly contacts?: readonly NewOr<ContactDraft>[];
    /** One at most. */
    readonly companies?: readonly NewOr<CompanyDraft>[];
    readonly source?: { readonly external_id: string; readonly type: "widget" };
    /** Puts it among the unsorted. */
    readonly metadata?: ({ readonly category: "sip" } & SipMetadata) | ({ readonly category: "forms" } & FormMetadata);
  };
}

export interface TaskDraft extends StampsDraft {
  readonly text: string;
  readonly complete_till: number;
  readonly task_type_id?: number;
  readonly responsible_user_id?: number;
  readonly entity_id?: number;
  readonly entity_type?: AnyEntityType;
  /** Seconds. */
  readonly duration?: number;
  readonly is_completed?: boolean;
  readonly result?: { readonly text: string };
}

export interface CallParams {
  /** The call's id in the PBX: one call is noted once. */
  readonly uniq?: string;
  /** Seconds of talk. */
  readonly duration: number;
  /** Code of the widget or name of the PBX. */
  readonly source: string;
  /** Of the record; a browser must be able to play it. */
  readonly link?: string;
  readonly phone: string;
  readonly call_result?: string;
  /** 1 left a message, 2 call back later, 3 not there, 4 talked, 5 wrong number, 6 no answer, 7 busy. */
  readonly call_status?: 1 | 2 | 3 | 4 | 5 | 6 | 7;
  /** Id of a user, or somebody's name. */
  readonly call_responsible?: number | string;
}

/** Undefined params are left out; null is refused by amoCRM. Source: https://github.com/amocrm/amocrm-api-php/issues/383 */
export type NoteDraft = StampsDraft & {
  /** On which record; needed where the address does not say it. */
  readonly entity_id?: number;
  readonly responsible_user_id?: number;
  readonly is_need_to_trigger_digital_pipeline?: boolean;
} & (
    | { readonly note_type: "common"; readonly params: { readonly text: string } }
    | { readonly note_type: "call_in" | "call_out"; readonly params: CallParams }
    | {
        readonly note_type: "service_message" | "extended_service_message";
        readonly params: { readonly service: string; readonly text: string };
      }
    | { readonly note_type: "sms_in" | "sms_out"; readonly params: { readonly text: string; readonly phone: string } }
    | {
        readonly note_type: "geolocation";
        readonly params: { readonly text: string; readonly address: string; readonly longitude: string; readonly latitude: string };
      }
    | {
        readonly note_type: "attachment";
        readonly params: { readonly file_uuid: string; readonly version_uuid: string; readonly file_name: string };
      }
    | {
        readonly note_type: "message_cashier";
        readonly params: { readonly status: "created" | "shown" | "canceled"; readonly text: string };
      }
  );

/** amoCRM finds whose call it is by the last ten digits of the phone. Source: crm_platform/calls-api */
export interface CallDraft extends CallParams, StampsDraft {
  readonly direction: "inbound" | "outbound";
  /** Must be who made the report, `created_by`, where both are told. */
  readonly responsible_user_id?: number;
}

export interface FormMetadata {
  readonly form_id: string;
  readonly form_name: string;
  readonly form_page: string;
  readonly form_sent_at: number;
  readonly ip?: string;
  readonly referer?: string;
}

export interface SipMetadata {
  /** Who called; documents and users do not agree which of `from` and `phone` that is, so tell both. */
  readonly from: string;
  readonly phone: string;
  readonly called_at: number;
  /** Seconds. */
  readonly duration: number;
  readonly link: string;
  readonly service_code: string;
  readonly uniq: string;
  readonly is_call_event_needed?: boolean;
}

export interface UnsortedDraft<Metadata> {
  readonly source_uid: string;
  readonly source_name: string;
  readonly metadata: Metadata;
  readonly pipeline_id?: number;
  readonly created_at?: number;
  /** One of each at most. */
  readonly _embedded?: {
    readonly leads?: readonly LeadDraft[];
    readonly contacts?: readonly ContactDraft[];
    readonly companies?: readonly CompanyDraft[];
  };
}

export interface LinkDraft {
  readonly to_entity_id: number;
  readonly to_entity_type: AnyEntityType;
  readonly metadata?: {
    readonly is_main?: boolean;
    readonly quantity?: number;
    readonly catalog_id?: number;
    readonly price_id?: number;
    readonly updated_by?: number;
  };
}

export interface SourceDraft {
  readonly name?: string;
  /** Up to 36 printable ASCII characters, yours for good. */
  readonly external_id?: string;
  readonly pipeline_id?: number;
  readonly default?: boolean;
  readonly origin_code?: string | null;
  readonly services?: readonly unknown[];
}

export interface PipelineDraft {
  readonly name: string;
  readonly sort: number;
  readonly is_main: boolean;
  readonly is_unsorted_on: boolean;
  readonly _embedded?: { readonly statuses?: readonly (StatusDraft & { readonly id?: number })[] };
}

export interface StatusDraft {
  readonly name: string;
  readonly sort?: number;
  /** One of amoCRM's colours: `#fffeb2`. */
  readonly color?: string;
}

export interface CustomFieldDraft {
  readonly name?: string;
  readonly type?: string;
  readonly code?: string;
  readonly sort?: number;
  readonly group_id?: string | null;
  readonly is_api_only?: boolean;
  /** In a change: options without their ids are new, and those left out are deleted. */
  readonly enums?: readonly { readonly id?: number; readonly value: string; readonly sort: number; readonly code?: string }[];
  readonly required_statuses?: readonly { readonly status_id: number; readonly pipeline_id: number }[];
  readonly remind?: string;
  readonly currency?: string;
}

export interface CatalogElementDraft {
  readonly name?: string;
  readonly custom_fields_values?: readonly FieldDraft[] | null;
}
