import type {
  AccountInfo,
  Catalog,
  CatalogElement,
  Company,
  Contact,
  ContactChat,
  CustomField,
  EntityType,
  Event,
  FieldGroup,
  FieldValue,
  Group,
  Lead,
  Link,
  LossReason,
  Note,
  Pipeline,
  Role,
  Source,
  TagRef,
  Talk,
  Task,
  TaskType,
  Unsorted,
  User,
  Webhook,
} from "../protocol.ts";

/**
 * The account behind the API, in amoCRM's words and without its HTTP: what `api/` checks and asks, and two sides answer (our own CRM, and the
 * stand-in's memory). All of it in the name of one user.
 *
 * What is asked for and is not there is left out; what a write names and is not there is `Unfit`, with the place in the item that was sent.
 */
export interface Account extends Reading {
  /** All or nothing. */
  write<T>(work: (pen: Pen) => Promise<T>): Promise<T>;
}

/** One item of a write cannot be done: what to mend, by its path in the item. */
export class Unfit extends Error {
  override readonly name = "Unfit";
  readonly path: string;
  readonly code: "NotSupportedChoice" | "NotUnique" | "InvalidFormat" | "TooManyItems";
  constructor(path: string, detail?: string, code: Unfit["code"] = "NotSupportedChoice") {
    super(detail ?? "The value you selected is not a valid choice.");
    this.path = path;
    this.code = code;
  }
}

/** There is no such thing to be changed: 404. */
export class Missing extends Error {
  override readonly name = "Missing";
}

/** This user may not: 403. */
export class Denied extends Error {
  override readonly name = "Denied";
}

export interface Found<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

export interface Paging {
  /** From 1. */
  readonly page: number;
  readonly limit: number;
}
/** Unix seconds or numbers, both ends included. */
export interface Range {
  readonly from?: number;
  readonly to?: number;
}
export interface Order {
  readonly by: string;
  readonly descending: boolean;
}

/** Which leads, contacts or companies. */
export interface RecordQuery extends Paging {
  readonly order?: Order;
  readonly ids?: readonly number[];
  /** Words of any filled field. */
  readonly query?: string;
  readonly names?: readonly string[];
  readonly price?: Range;
  readonly statuses?: readonly { readonly pipeline_id: number; readonly status_id: number }[];
  /** In whichever pipeline: of v2. */
  readonly statusIds?: readonly number[];
  readonly pipelines?: readonly number[];
  readonly responsible?: readonly number[];
  readonly createdBy?: readonly number[];
  readonly updatedBy?: readonly number[];
  readonly createdAt?: Range;
  readonly updatedAt?: Range;
  readonly closedAt?: Range;
  readonly closestTaskAt?: Range;
  readonly fields?: readonly { readonly field: CustomField; readonly values?: readonly string[]; readonly range?: Range }[];
  /** The bin, and nothing else. */
  readonly onlyDeleted?: boolean;
  /** What else to bring along: contacts, leads, loss_reason, catalog_elements, source. */
  readonly with: ReadonlySet<string>;
}

export interface TaskQuery extends Paging {
  readonly order?: Order;
  readonly ids?: readonly number[];
  readonly responsible?: readonly number[];
  readonly isCompleted?: boolean;
  readonly types?: readonly number[];
  readonly entityType?: string;
  readonly entityIds?: readonly number[];
  readonly updatedAt?: Range;
}

export interface NoteQuery extends Paging {
  readonly entityType: EntityType;
  readonly order?: Order;
  readonly ids?: readonly number[];
  readonly entityIds?: readonly number[];
  readonly types?: readonly string[];
  readonly updatedAt?: Range;
}

export interface EventQuery extends Paging {
  readonly ids?: readonly string[];
  readonly createdAt?: Range;
  readonly createdBy?: readonly number[];
  /** In the singular. */
  readonly entities?: readonly string[];
  readonly entityIds?: readonly number[];
  readonly types?: readonly string[];
}

export interface ElementQuery extends Paging {
  readonly catalog: number;
  readonly order?: Order;
  readonly ids?: readonly number[];
  /** A part of any filled field. */
  readonly query?: string;
}

export interface TalkQuery extends Paging {
  readonly order?: Order;
  readonly ids?: readonly number[];
  readonly contacts?: readonly number[];
}

export interface TagQuery extends Paging {
  readonly ids?: readonly number[];
  readonly name?: string;
  readonly query?: string;
}

export interface UnsortedQuery extends Paging {
  readonly order?: Order;
  readonly uids?: readonly string[];
  readonly categories?: readonly string[];
  readonly pipelines?: readonly number[];
  readonly createdAt?: Range;
}

export interface UnsortedSummary {
  readonly total: number;
  readonly accepted: number;
  readonly declined: number;
  /** Seconds. */
  readonly average_sort_time: number;
  readonly categories: Readonly<Record<"sip" | "mail" | "forms" | "chats", { readonly total: number }>>;
}

/** Whose custom fields: of a kind of records, or of the elements of a catalog. */
export type FieldOwner = EntityType | { readonly catalog: number };

export interface Reading {
  readonly id: number;
  readonly userId: number;
  readonly isAdmin: boolean;
  info(): Promise<AccountInfo>;
  users(): Promise<readonly User[]>;
  roles(): Promise<readonly Role[]>;
  groups(): Promise<readonly Group[]>;
  taskTypes(): Promise<readonly TaskType[]>;
  pipelines(): Promise<readonly Pipeline[]>;
  lossReasons(): Promise<readonly LossReason[]>;
  fields(of: FieldOwner): Promise<readonly CustomField[]>;
  fieldGroups(of: EntityType): Promise<readonly FieldGroup[]>;
  tags(of: EntityType, query: TagQuery): Promise<Found<TagRef>>;
  leads(query: RecordQuery): Promise<Found<Lead>>;
  contacts(query: RecordQuery): Promise<Found<Contact>>;
  companies(query: RecordQuery): Promise<Found<Company>>;
  tasks(query: TaskQuery): Promise<Found<Task>>;
  notes(query: NoteQuery): Promise<Found<Note>>;
  events(query: EventQuery): Promise<Found<Event>>;
  /** Of these records to others, both directions. */
  links(of: EntityType, ids: readonly number[]): Promise<readonly Link[]>;
  unsorted(query: UnsortedQuery): Promise<Found<Unsorted>>;
  unsortedSummary(query: Omit<UnsortedQuery, keyof Paging>): Promise<UnsortedSummary>;
  /** Of the integration that asks. */
  sources(): Promise<readonly Source[]>;
  webhooks(): Promise<readonly Webhook[]>;
  catalogs(): Promise<readonly Catalog[]>;
  talks(query: TalkQuery): Promise<Found<Talk>>;
  /** Of these contacts, or these chats. */
  contactChats(of: { readonly contacts?: readonly number[]; readonly chats?: readonly string[] }): Promise<readonly ContactChat[]>;
  elements(query: ElementQuery): Promise<Found<CatalogElement>>;
  /** Whom a call with this number is put on: the one open lead, the contact, the company. */
  whoseIsPhone(phone: string): Promise<{ readonly entity_type: EntityType; readonly entity_id: number } | undefined>;
}

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

/** What writes. `create…` answers the new id; a change of what is not there is `Missing`. */
export interface Pen {
  createLead(draft: LeadDraft): Promise<number>;
  updateLead(id: number, draft: LeadDraft): Promise<void>;
  createContact(draft: ContactDraft): Promise<number>;
  updateContact(id: number, draft: ContactDraft): Promise<void>;
  createCompany(draft: CompanyDraft): Promise<number>;
  updateCompany(id: number, draft: CompanyDraft): Promise<void>;
  /** v2 only: into the bin. */
  remove(of: EntityType, id: number): Promise<void>;
  link(link: LinkDraft): Promise<void>;
  unlink(link: LinkDraft): Promise<void>;
  createTask(draft: TaskDraft): Promise<number>;
  updateTask(id: number, draft: TaskDraft): Promise<void>;
  removeTask(id: number): Promise<void>;
  createNote(draft: NoteDraft): Promise<number>;
  updateNote(id: number, draft: Partial<NoteDraft> & Pick<NoteDraft, "entity_type">): Promise<void>;
  /** An existing name gives back its tag. */
  createTag(of: EntityType, name: string, color?: string | null): Promise<TagRef>;
  createPipeline(draft: PipelineDraft): Promise<number>;
  updatePipeline(id: number, draft: PipelineDraft): Promise<void>;
  removePipeline(id: number): Promise<void>;
  createStatus(pipeline: number, draft: StatusDraft): Promise<number>;
  updateStatus(pipeline: number, id: number, draft: StatusDraft): Promise<void>;
  removeStatus(pipeline: number, id: number): Promise<void>;
  createField(of: FieldOwner, draft: CustomFieldDraft): Promise<number>;
  updateField(of: FieldOwner, id: number, draft: CustomFieldDraft): Promise<void>;
  removeField(of: FieldOwner, id: number): Promise<void>;
  closeTalk(id: number): Promise<void>;
  /** From now on this chat is with this contact. */
  bindChat(chat: string, contact: number): Promise<ContactChat>;
  createCatalog(draft: CatalogDraft): Promise<number>;
  updateCatalog(id: number, draft: CatalogDraft): Promise<void>;
  createElement(catalog: number, draft: ElementDraft): Promise<number>;
  updateElement(catalog: number, id: number, draft: ElementDraft): Promise<void>;
  createUnsorted(draft: UnsortedDraft): Promise<Unsorted>;
  acceptUnsorted(uid: string, by: { readonly user_id?: number; readonly status_id?: number }): Promise<void>;
  declineUnsorted(uid: string, by: { readonly user_id?: number }): Promise<void>;
  createSource(draft: SourceDraft): Promise<number>;
  updateSource(id: number, draft: SourceDraft): Promise<void>;
  removeSource(id: number): Promise<void>;
  /** The same destination is the same subscription. */
  subscribe(destination: string, settings: readonly string[], sort: number): Promise<Webhook>;
  unsubscribe(destination: string): Promise<void>;
  /** The card of a ringing phone, on the screens of these users. */
  showCall(phone: string, users: readonly number[]): Promise<void>;
}
