import type { Accounting } from "./accounting.ts";
import type { CallDirection, CallDraft, CallOutcome } from "./calls.ts";
import type { ChatDesk } from "./chat-desk.ts";
import type { CrmRecords, StageKind } from "./crm-records.ts";
import type { Attribution } from "./events.ts";
import type { Messenger } from "./messenger.ts";
import type { Money } from "./money.ts";
import type { Phone } from "./phone.ts";
import type { Follower, Subscriber } from "./records.ts";
import type { CallDesk, CallFeed, PhoneBook, Rehearsal, Telephony } from "./telephony.ts";
import type { RecordId } from "./words.ts";

/**
 * What a connection can do for the flows. A role is an ability of a connection, not a kind of vendor.
 * Every write carries a `key`: the same key, written again, changes nothing and answers with the same record.
 * Every member may throw `Unavailable`, `LoginNeeded` or `Refused`.
 */
export interface Ports {
  readonly crm: Crm;
  readonly callDesk: CallDesk;
  readonly phoneBook: PhoneBook;
  readonly telephony: Telephony;
  readonly rehearsal: Rehearsal;
  readonly callFeed: CallFeed;
  readonly subscriber: Subscriber;
  readonly follower: Follower;
  readonly messenger: Messenger;
  readonly chatDesk: ChatDesk;
  readonly accounting: Accounting;
}
export type PortName = keyof Ports;
export const portNames: readonly PortName[] = [
  "crm",
  "callDesk",
  "phoneBook",
  "telephony",
  "rehearsal",
  "callFeed",
  "subscriber",
  "follower",
  "messenger",
  "chatDesk",
  "accounting",
];

export interface Crm {
  /** People who have one of these phones (E.164) or e-mails (lower case): matches by phone first, then the most recently active. At most 10. */
  findContact(by: { readonly phones: readonly string[]; readonly emails: readonly string[] }): Promise<ContactHit[]>;
  /**
   * Without `id`, creates a contact; throws `Conflict` when one with such a phone or e-mail has appeared since it was looked for.
   * With `id`, adds what that contact lacks: a filled name, phone, e-mail or field is never overwritten, except with `replaces`. Unknown `id` → `Refused`.
   */
  saveContact(draft: ContactDraft): Promise<Saved>;
  /** Companies of this name and, if given, INN: the most recently changed first. At most 10. */
  findCompany(by: { readonly name?: string; readonly inn?: string }): Promise<readonly Saved[]>;
  /** By the rules of `saveContact`. */
  saveCompany(draft: CompanyDraft): Promise<Saved>;
  /** The contact's newest deal that fits. */
  findDeal(by: DealQuery): Promise<DealHit | undefined>;
  /** Without `id`, creates a deal; with it, changes only what is given. A stage brings its pipeline; without both, the default pipeline's first stage. */
  saveDeal(draft: DealDraft): Promise<Saved>;
  /** Puts a note or a task on a contact, company or deal, or a task on nobody. */
  addEntry(entry: Entry): Promise<Saved>;
  /**
   * Puts down what is known of a call so far. Merged with what was known: a call is one record for ever, an answer is never taken back,
   * what is absent changes nothing. Order and repeats do not matter.
   */
  saveCall(draft: CallDraft): Promise<SavedCall>;
  /** The call of this key, as last saved. */
  findCall(key: string): Promise<SavedCall | undefined>;
  /** Closes the open tasks of this mark whose moment is before `before`, and answers how many there were. */
  closeTasks(by: { readonly mark: string; readonly before: Date }, result: string): Promise<number>;
  /** What this record holds now; of one that was merged into another, that other. Undefined when there is none any more. */
  findRecord<K extends keyof CrmRecords>(kind: K, id: RecordId): Promise<CrmRecords[K] | undefined>;
  /** Users, pipelines and fields as they are now. May be slow; the hub keeps a copy. */
  directory(): Promise<Directory>;
}

export interface Saved {
  readonly id: RecordId;
}

export interface ContactHit {
  readonly id: RecordId;
  readonly name: string;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly responsible?: RecordId;
  readonly matchedBy: "phone" | "email";
}

export interface ContactDraft {
  readonly key: string;
  readonly id?: RecordId;
  /** What is given takes the place of what is there; phones and e-mails are added all the same. */
  readonly replaces?: true;
  readonly name?: string;
  readonly surname?: string;
  readonly middlename?: string;
  readonly phones: readonly Phone[];
  readonly emails: readonly string[];
  readonly position?: string;
  readonly website?: string;
  readonly company?: RecordId;
  readonly responsible?: RecordId;
  readonly author?: RecordId;
  /** By the field's code: custom fields, and well-known codes (skype, vk, city, …) where the CRM has a place for them. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
  readonly attribution?: Attribution;
}

export interface CompanyDraft {
  readonly key: string;
  readonly id?: RecordId;
  /** As in `ContactDraft`. */
  readonly replaces?: true;
  readonly name?: string;
  readonly phones: readonly Phone[];
  readonly emails: readonly string[];
  readonly website?: string;
  readonly inn?: string;
  readonly kpp?: string;
  readonly responsible?: RecordId;
  readonly author?: RecordId;
  readonly fields?: Readonly<Record<string, string>>;
}

export interface DealQuery {
  readonly contact: RecordId;
  readonly pipeline?: RecordId;
  readonly state: "open" | "closed";
  /** Only deals created at or after this moment. */
  readonly since?: Date;
  /** Not the deal that a write with this key made: a flow that runs again must not take its own new deal for an older one. */
  readonly notMadeBy?: string;
}

export interface DealHit {
  readonly id: RecordId;
  readonly name: string;
  readonly pipeline: RecordId;
  readonly stage: RecordId;
  readonly responsible?: RecordId;
}

export interface DealDraft {
  readonly key: string;
  readonly id?: RecordId;
  readonly name?: string;
  readonly sum?: Money;
  readonly contact?: RecordId;
  readonly company?: RecordId;
  readonly pipeline?: RecordId;
  readonly stage?: RecordId;
  readonly responsible?: RecordId;
  readonly author?: RecordId;
  readonly source?: RecordId;
  readonly tags?: readonly string[];
  /** Custom fields by code. Values a field cannot hold, and unknown codes, are kept in a note, never dropped. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly attribution?: Attribution;
}

export type EntryTarget = { readonly contact: RecordId } | { readonly company: RecordId } | { readonly deal: RecordId };

export type Entry =
  | { readonly kind: "note"; readonly key: string; readonly on: EntryTarget; readonly text: string; readonly author?: RecordId }
  | {
      readonly kind: "task";
      readonly key: string;
      readonly on?: EntryTarget;
      readonly title: string;
      readonly text?: string;
      readonly type?: RecordId;
      /** What `closeTasks` finds it by, and the moment it is about. */
      readonly mark?: { readonly name: string /** ISO 8601 with offset. */; readonly at: string };
      /** ISO 8601 with offset. */
      readonly due?: string;
      readonly estimateMinutes?: number;
      readonly responsible?: RecordId;
      readonly author?: RecordId;
    };

/** A call as the CRM keeps it. */
export interface SavedCall extends Saved {
  readonly direction: CallDirection;
  readonly client: Phone;
  readonly isOver: boolean;
  /** Somebody here has spoken with this number since. */
  readonly isReturned: boolean;
  readonly outcome?: CallOutcome;
  readonly user?: RecordId;
  readonly contact?: RecordId;
  readonly deal?: RecordId;
}

/** What a CRM is made of: who works in it, its pipelines, its fields. */
export interface Directory {
  readonly users: readonly DirectoryUser[];
  readonly pipelines: readonly DirectoryPipeline[];
  readonly fields: {
    readonly contact: readonly DirectoryField[];
    readonly company: readonly DirectoryField[];
    readonly deal: readonly DirectoryField[];
  };
  readonly taskTypes: readonly { readonly id: RecordId; readonly name: string }[];
  readonly sources: readonly { readonly id: RecordId; readonly name: string }[];
}

export interface DirectoryUser {
  readonly id: RecordId;
  readonly name: string;
  readonly email?: string;
  /** E.164. */
  readonly phone?: string;
  readonly avatar?: string;
  readonly active: boolean;
}

export interface DirectoryPipeline {
  readonly id: RecordId;
  readonly name: string;
  readonly isDefault: boolean;
  /** In order. */
  readonly stages: readonly { readonly id: RecordId; readonly name: string; readonly kind: StageKind }[];
}

export const fieldTypes = [
  ...(["text", "number", "flag", "date", "moment", "select", "multiselect", "url", "phone", "email", "money", "address"] as const),
  /** Whatever JSON a program keeps there. */
  "object",
] as const;
export type FieldType = (typeof fieldTypes)[number];

export interface DirectoryField {
  readonly id: RecordId;
  readonly code: string;
  readonly name: string;
  readonly type: FieldType;
  readonly options?: readonly string[];
}

export const emptyDirectory: Directory = {
  users: [],
  pipelines: [],
  fields: { contact: [], company: [], deal: [] },
  taskTypes: [],
  sources: [],
};
