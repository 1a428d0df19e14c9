import type { OwnCatalogFields, OwnCatalogs, OwnDealElements, OwnElements } from "./own-catalogs.ts";
import type { OwnConversations, OwnMessages } from "./own-conversations.ts";
import type {
  OwnCallDraft,
  OwnEvent,
  OwnIncoming,
  OwnIncomingSummary,
  OwnNote,
  OwnNoteDraft,
  OwnTask,
  OwnTaskDraft,
} from "./own-entries.ts";
import type {
  OwnCompanyFilter,
  OwnContactFilter,
  OwnDealFilter,
  OwnEventFilter,
  OwnIncomingFilter,
  OwnNoteFilter,
  OwnPage,
  OwnTaskFilter,
} from "./own-lists.ts";
import type { OwnCompany, OwnCompanyDraft, OwnContact, OwnContactDraft, OwnDeal, OwnDealDraft, OwnStampDraft } from "./own-records.ts";
import type {
  OwnChoice,
  OwnChoiceDraft,
  OwnChoices,
  OwnFields,
  OwnPipelines,
  OwnSource,
  OwnTags,
  OwnTaskType,
  OwnUser,
  OwnUserDraft,
} from "./own-setup.ts";

/**
 * Our own CRM, for a vendor that answers in its place: with the same checks, timeline, record access and news as its own API has. `Kit.ownCrm` lends it, in the name of a
 * user or of the connection.
 *
 * Whoever may not see a record is told `NotFound`; whoever may not do something, `Forbidden`. What cannot be is `Invalid`, by the names of the drafts' members
 * (`values.12` for a custom field). A write in somebody's name is theirs in the timeline, and tells by which connection it came.
 */
export interface OwnCrm {
  /** In whose name this is; undefined for the connection itself, which may see and do everything. */
  readonly user: OwnUser | undefined;
  /**
   * All or nothing: what `work` did through the `OwnCrm` that it is given is kept when it resolves, and undone when it throws. One inside another is part of it. A write that
   * threw `Invalid`, `NotFound`, `Forbidden` or `Stale` about a contact, a company, a deal, a task, a note or a call has done nothing, and the work may go on: so all
   * that is wrong with a batch can be found before it is thrown away.
   */
  transaction<T>(work: (crm: OwnCrm) => Promise<T>): Promise<T>;

  readonly deals: OwnRecords<OwnDeal, OwnDealDraft, OwnDealFilter>;
  readonly contacts: OwnRecords<OwnContact, OwnContactDraft, OwnContactFilter>;
  readonly companies: OwnRecords<OwnCompany, OwnCompanyDraft, OwnCompanyFilter>;
  readonly tasks: OwnRecords<OwnTask, OwnTaskDraft, OwnTaskFilter>;
  /** Calls are read here, too. What a note stands on never changes. */
  readonly notes: OwnRecords<OwnNote, OwnNoteDraft, OwnNoteFilter>;
  readonly calls: OwnCalls;
  /** What happened, over all records that may be seen. */
  events(filter: OwnEventFilter): Promise<OwnPage<OwnEvent>>;
  readonly incoming: OwnIncomings;

  readonly conversations: OwnConversations;
  readonly messages: OwnMessages;

  readonly catalogs: OwnCatalogs;
  readonly catalogFields: OwnCatalogFields;
  readonly elements: OwnElements;
  readonly dealElements: OwnDealElements;

  readonly pipelines: OwnPipelines;
  readonly fields: OwnFields;
  readonly tags: OwnTags;
  readonly lossReasons: OwnChoices<OwnChoice, OwnChoiceDraft>;
  readonly taskTypes: OwnChoices<OwnTaskType, OwnChoiceDraft<OwnTaskType>>;
  readonly sources: OwnChoices<OwnSource, OwnChoiceDraft<OwnSource>>;
  readonly groups: OwnChoices<OwnChoice, OwnChoiceDraft>;
  /** Those who have left, too. One that is removed is switched off. */
  readonly users: OwnChoices<OwnUser, OwnUserDraft>;
}

export interface OwnRecords<Item, Draft, Filter> {
  list(filter: Filter): Promise<OwnPage<Item>>;
  /** Throws `NotFound`. */
  get(id: number): Promise<Item>;
  /** Answers its id. */
  create(draft: Draft): Promise<number>;
  /** Changes only what is given. Throws `Stale` when the record is at none of `versions`. */
  update(id: number, changes: Partial<Omit<Draft, "id">>, options?: { readonly versions?: readonly string[] | undefined }): Promise<void>;
  /** Puts it into the bin. */
  remove(id: number): Promise<void>;
  /** Takes it out of the bin again. */
  restore(id: number): Promise<void>;
}

/** They are listed among the notes. */
export interface OwnCalls {
  /** Answers its id: see `OwnCallDraft.key`. */
  save(draft: OwnCallDraft): Promise<number>;
  /** What programs keep with it. */
  update(id: number, changes: Pick<OwnCallDraft, "params" | keyof OwnStampDraft>): Promise<void>;
}

export interface OwnIncomings {
  list(filter: OwnIncomingFilter): Promise<OwnPage<OwnIncoming>>;
  /** Also one that has been accepted or declined. Throws `NotFound`. */
  get(uid: string): Promise<OwnIncoming>;
  /** Tells where a deal came from that stands in the incoming stage of its pipeline. Throws `Invalid` when it stands elsewhere, or the uid is taken. */
  create(draft: OwnIncomingDraft): Promise<void>;
  /** Takes the deal: moves it to a stage, the first open one of its pipeline unless told, and gives it to somebody. Throws `NotFound` for one that has been accepted or declined. */
  accept(uid: string, to: { readonly stage?: number | undefined; readonly responsible?: number | undefined }): Promise<OwnIncoming>;
  /** Puts the deal into the bin, with its contact and its company where nothing else has them. */
  decline(uid: string): Promise<OwnIncoming>;
  summary(filter: Pick<OwnIncomingFilter, "uids" | "pipelines" | "createdFrom" | "createdTo">): Promise<OwnIncomingSummary>;
}
export interface OwnIncomingDraft {
  /** 1 to 200 characters. */
  readonly uid: string;
  readonly deal: number;
  readonly contact?: number | undefined;
  readonly company?: number | undefined;
  readonly category: string;
  readonly sourceUid?: string | undefined;
  readonly sourceName?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly createdAt?: Date | undefined;
}
