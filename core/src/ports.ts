import type { AnsweredCall, CallDirection, CallDraft, CallOutcome, EndedLeg, FinishedCall, RatedCall, RingingCall } from "./calls.ts";
import type { Attribution } from "./events.ts";
import type { Money } from "./money.ts";
import type { Phone } from "./phone.ts";
import type { OutgoingRequest } from "./vendor.ts";
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
}
export type PortName = keyof Ports;

export interface Crm {
  /** People who have one of these phones (E.164) or e-mails (lower case): matches by phone first, then the most recently active. At most 10. */
  findContact(by: { readonly phones: readonly string[]; readonly emails: readonly string[] }): Promise<ContactHit[]>;
  /**
   * Without `id`, creates a contact; throws `Conflict` when one with such a phone or e-mail has appeared since it was looked for.
   * With `id`, adds what that contact lacks: a filled name, phone, e-mail or field is never overwritten. Unknown `id` → `Refused`.
   */
  saveContact(draft: ContactDraft): Promise<Saved>;
  /** A company of this name and, if given, INN. */
  findCompany(by: { readonly name?: string; readonly inn?: string }): Promise<Saved | undefined>;
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

/** A CRM that can show a card on the right person's screen while the phone rings. */
export interface CallDesk {
  show(card: CallCard): Promise<void>;
  /** Takes the card off everybody's screen, or only off that of `user`. */
  hide(call: { readonly key: string; readonly user?: RecordId; readonly because: "answered" | "ended" }): Promise<void>;
}

export interface CallCard {
  readonly key: string;
  readonly direction: CallDirection;
  readonly client: Phone;
  readonly line?: string;
  /** Whose screen. */
  readonly user: RecordId;
  readonly contact?: { readonly id: RecordId; readonly name: string };
  readonly deal?: { readonly id: RecordId; readonly name: string };
}

/** An index of phones in our own database: answers in milliseconds, whatever its CRM is doing. */
export interface PhoneBook {
  find(phone: Phone): Promise<Caller | undefined>;
}

export interface Caller {
  readonly name: string;
  /** Absent where the phone is a company's own. */
  readonly contact?: RecordId;
  readonly responsible?: RecordId;
}

/** A PBX: rings people here and connects them with clients. */
export interface Telephony {
  /**
   * Rings the employee first and, when they answer, the client. Answers when ringing has been asked for. Rings people, so it is never repeated.
   * An account that cannot be rung → `Refused`.
   */
  startCall(call: { readonly account: string; readonly phone: string; readonly line?: string }): Promise<{ readonly call?: string }>;
  users(): Promise<readonly TelephonyUser[]>;
  /** How to ask for a recording of this PBX. */
  recording(url: string): OutgoingRequest;
}

export interface TelephonyUser {
  readonly account: string;
  readonly name: string;
  readonly extension?: string;
  /** Direct number. */
  readonly phone?: string;
  readonly email?: string;
}

/** Plays a call that nobody makes, with real timing: to try everything that follows from a call. */
export interface Rehearsal {
  play(script: CallScript): Promise<{ readonly call: string }>;
}

export interface CallScript {
  readonly from: string;
  readonly line?: string;
  /** Whose phone rings; without it, where the call is routed to, or everybody's. */
  readonly account?: string;
  /** Nobody answers without it. */
  readonly answerAfterSeconds?: number;
  readonly talkSeconds?: number;
  /** How long the client lets it ring. */
  readonly patienceSeconds?: number;
}

/** An outside program that is told of every call of one of our connections. */
export interface CallFeed {
  /** Whose calls: the number of a connection, or its vendor. A flow that needs this port gets no others. */
  readonly of: string;
  /** Who is this, and who should be rung? Within two seconds, or undefined. Asked once. */
  ask(call: { readonly call: string; readonly client: Phone; readonly line?: string }): Promise<Route | undefined>;
  /** False when no program is attached. */
  tell(told: ToldCall): Promise<boolean>;
}

export type ToldCall =
  | { readonly what: "ringing"; readonly call: RingingCall }
  | { readonly what: "answered"; readonly call: AnsweredCall }
  | { readonly what: "ended"; readonly call: EndedLeg }
  | { readonly what: "finished"; readonly call: FinishedCall }
  | { readonly what: "rated"; readonly call: RatedCall };

/** Where a call is to go. */
export interface Route {
  readonly name?: string;
  /** The account of the PBX to ring; without it, its own plan stands. */
  readonly account?: string;
  readonly caller?: Caller;
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

/** Where a deal stands: not yet taken, in work, or ended one way or the other. */
export type StageKind = "incoming" | "open" | "won" | "lost";

export const fieldTypes = ["text", "number", "flag", "date", "select", "multiselect", "url", "phone", "email", "money", "address"] as const;
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
