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
import type {
  CatalogDraft,
  CompanyDraft,
  ContactDraft,
  CustomFieldDraft,
  ElementDraft,
  LeadDraft,
  LinkDraft,
  NoteDraft,
  PipelineDraft,
  SourceDraft,
  StatusDraft,
  TaskDraft,
  UnsortedDraft,
} from "./drafts.ts";

export type * from "./drafts.ts";

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
  /** The same destination is the same subscription. */
  subscribe(destination: string, settings: readonly string[], sort: number): Promise<Webhook>;
  unsubscribe(destination: string): Promise<void>;
  catalogs(): Promise<readonly Catalog[]>;
  talks(query: TalkQuery): Promise<Found<Talk>>;
  /** Of these contacts, or these chats. */
  contactChats(of: { readonly contacts?: readonly number[]; readonly chats?: readonly string[] }): Promise<readonly ContactChat[]>;
  elements(query: ElementQuery): Promise<Found<CatalogElement>>;
  /** Whom a call with this number is put on: the one open lead, the contact, the company. */
  whoseIsPhone(phone: string): Promise<{ readonly entity_type: EntityType; readonly entity_id: number } | undefined>;
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
  /** The card of a ringing phone, on the screens of these users. */
  showCall(phone: string, users: readonly number[]): Promise<void>;
}
