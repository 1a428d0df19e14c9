import type { AnsweredCall, EndedLeg, FinishedCall, RatedCall, RecordedCall, RingingCall } from "./calls.ts";
import type {
  BegunConversation,
  ChangedMessage,
  KeptMessage,
  MarkedMessage,
  ReceivedFile,
  ReceivedMessage,
  SentMessage,
  WrittenMessage,
} from "./messages.ts";
import type { Money } from "./money.ts";
import type { ProgressedOrder } from "./orders.ts";
import type { Phone } from "./phone.ts";
import type { ChangedRecord, ToldRecord } from "./records.ts";
import type { ConnectionId, EventId, RecordId, WorkspaceId } from "./words.ts";

/** What can happen, by name, and what is known when it does. */
export interface Events {
  /** Somebody left a request on a site or in a lead form. */
  "lead.submitted": SubmittedLead;
  /** Another program asked for one deal, as described. */
  "deal.submitted": SubmittedDeal;
  "contact.submitted": SubmittedContact;
  "company.submitted": SubmittedCompany;
  "task.submitted": SubmittedTask;
  /** Somebody's phone here rings, or somebody here calls out and the client's phone is tried. */
  "call.ringing": RingingCall;
  "call.answered": AnsweredCall;
  "call.ended": EndedLeg;
  "call.finished": FinishedCall;
  "call.recorded": RecordedCall;
  "call.rated": RatedCall;
  /** A record of our own CRM was made, changed or deleted. */
  "record.changed": ChangedRecord;
  /** A CRM that is elsewhere says that a record of its own was made, changed or deleted. */
  "record.told": ToldRecord;
  /** Somebody here wrote to a client. */
  "message.sent": SentMessage;
  /** A channel brings what a client wrote, or what was written to them elsewhere. */
  "message.received": ReceivedMessage;
  /** A file of it can be fetched. */
  "attachment.received": ReceivedFile;
  /** A channel tells more of a message: how far it has come, its new words, what somebody thinks of it. */
  "message.changed": ChangedMessage;
  /** A client has begun to write, or again after a while. */
  "conversation.begun": BegunConversation;
  /** A message stands in our conversations now. */
  "message.kept": KeptMessage;
  /** A message that went out has come further, or has failed. */
  "message.marked": MarkedMessage;
  /** Somebody wrote to a client in a CRM that is elsewhere. */
  "message.written": WrittenMessage;
  /** The accounting says that an order was paid, shipped or cancelled. */
  "order.progressed": ProgressedOrder;
}
export type EventType = keyof Events;
export const eventTypes: readonly EventType[] = [
  "lead.submitted",
  "deal.submitted",
  "contact.submitted",
  "company.submitted",
  "task.submitted",
  "call.ringing",
  "call.answered",
  "call.ended",
  "call.finished",
  "call.recorded",
  "call.rated",
  "record.changed",
  "record.told",
  "message.sent",
  "message.received",
  "attachment.received",
  "message.changed",
  "conversation.begun",
  "message.kept",
  "message.marked",
  "message.written",
  "order.progressed",
];

/** A fact before it is stored. */
export interface EventDraft<T extends EventType = EventType> {
  readonly type: T;
  /** The same fact always gets the same key, within its connection: what arrives twice is recorded once. */
  readonly key: string;
  /** Seconds for which `key` stands for this fact; without it, for ever. */
  readonly keySeconds?: number;
  /** What deliveries keep their order by: a call, a chat, a deal, a person's phone. */
  readonly subject: string;
  readonly data: Events[T];
  /** Why a person must look first: it is stored and shown, and nothing is done about it until someone releases it. */
  readonly hold?: string;
}

/** A fact after it is stored. */
export interface Event<T extends EventType = EventType> {
  readonly id: EventId;
  readonly workspace: WorkspaceId;
  readonly connection: ConnectionId;
  readonly type: T;
  readonly subject: string;
  readonly data: Events[T];
  readonly receivedAt: Date;
}

/** A person as some channel describes them. Nothing here is certain but what was typed. */
export interface Person {
  readonly name?: string;
  readonly surname?: string;
  readonly middlename?: string;
  readonly phones: readonly Phone[];
  /** As typed; compare with `readEmail`. */
  readonly emails: readonly string[];
}

export interface Touch {
  readonly source?: string;
  readonly medium?: string;
  readonly campaign?: string;
  readonly content?: string;
  readonly term?: string;
  readonly url?: string;
  readonly referer?: string;
}

/** Where somebody came from. */
export interface Attribution {
  readonly first?: Touch;
  readonly last?: Touch;
  /** Our visitor id, from a cookie of the site snippet. */
  readonly visitor?: string;
  /** Click and client ids by their own names: gaid, ym_client_id, gclid, yclid, roistat_visit, … */
  readonly tracking: Readonly<Record<string, string>>;
}

export interface Consent {
  readonly version: string;
  readonly text?: string;
  readonly at: string;
  readonly ip?: string;
  readonly page?: string;
  readonly ticks: Readonly<Record<string, boolean>>;
}

/** The form as its owner set it up: how a lead from it is handled. */
export interface LeadHandling {
  /** When the person already has an open deal: always a new one, a note and a task on it, or the last closed one reopened. */
  readonly repeat: "new" | "append" | "reopen";
  /** How old that deal may be. */
  readonly days: number;
  readonly pipeline?: RecordId;
  readonly stage?: RecordId;
  /** Who may be made responsible when the contact has no active owner: nobody, one person, or several in turn. */
  readonly responsible: readonly RecordId[];
}

export interface Sender {
  readonly ip?: string;
  readonly userAgent?: string;
}

export interface SubmittedLead {
  readonly person: Person;
  readonly title?: string;
  readonly text?: string;
  readonly sum?: Money;
  readonly form: { readonly id?: string; readonly name?: string; readonly page?: string };
  readonly attribution: Attribution;
  readonly consent?: Consent;
  /** Values of custom fields of the deal, by the field's code. */
  readonly fields: Readonly<Record<string, string>>;
  /** Of these, the ones a person mapped: the sender's own name → our code. A code that the CRM lacks is a mistake to be told, not a value to be put aside. */
  readonly mapped?: Readonly<Record<string, string>>;
  /** Whatever else was sent, by the sender's own names. */
  readonly extras: Readonly<Record<string, string>>;
  /** What to know about this lead: "phone is not valid", "description was cut", … */
  readonly flags: readonly string[];
  readonly sender: Sender;
  readonly handling: LeadHandling;
}

export interface SubmittedDeal {
  readonly person?: Person;
  readonly name?: string;
  readonly sum?: Money;
  readonly originalSum?: Money;
  readonly pipeline?: RecordId;
  readonly stage?: RecordId;
  readonly responsible?: RecordId;
  readonly author?: RecordId;
  readonly source?: RecordId;
  readonly text?: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly extras: Readonly<Record<string, string>>;
  readonly attribution: Attribution;
  readonly flags: readonly string[];
  readonly sender: Sender;
}

export interface SubmittedContact {
  readonly person: Person;
  readonly position?: string;
  readonly website?: string;
  readonly company?: RecordId;
  readonly responsible?: RecordId;
  readonly author?: RecordId;
  /** Further facts about the person by well-known codes: skype, vk, city, address, … */
  readonly details: Readonly<Record<string, string>>;
  readonly attribution: Attribution;
  readonly flags: readonly string[];
  readonly sender: Sender;
}

export interface SubmittedCompany {
  readonly name?: string;
  readonly phones: readonly Phone[];
  readonly emails: readonly string[];
  readonly city?: string;
  readonly website?: string;
  readonly responsible?: RecordId;
  readonly author?: RecordId;
  readonly sender: Sender;
}

export interface SubmittedTask {
  readonly name?: string;
  readonly text?: string;
  readonly type?: RecordId;
  readonly responsible?: RecordId;
  readonly author?: RecordId;
  /** ISO 8601 with offset. */
  readonly due?: string;
  readonly estimateMinutes?: number;
  /** The sender's own numbers that have no field of their own: status_id, priority_id. */
  readonly extras: Readonly<Record<string, string>>;
  readonly sender: Sender;
}
