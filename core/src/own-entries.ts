import type { CallDirection, CallOutcome, CallRecording, CallState } from "./calls.ts";
import type { OwnStampDraft, OwnStamps } from "./own-records.ts";

/** What stands on records of our own CRM, and what happened to them. */

/** What a task, a note or a line of the timeline belongs to. */
export type OwnTarget = { readonly contact: number } | { readonly company: number } | { readonly deal: number };

interface OwnPlaces {
  readonly contact: number | null;
  readonly company: number | null;
  readonly deal: number | null;
}

export interface OwnTask extends OwnStamps, OwnPlaces {
  readonly id: number;
  readonly version: string;
  readonly type: number | null;
  readonly title: string;
  readonly text: string | null;
  readonly due: Date | null;
  /** How long it will take. */
  readonly estimateSeconds: number | null;
  readonly responsible: number | null;
  /** What came of it. */
  readonly result: string | null;
  readonly doneAt: Date | null;
}
export interface OwnTaskDraft extends OwnStampDraft {
  readonly id?: number | undefined;
  /** Absent or null: on no record. */
  readonly on?: OwnTarget | null | undefined;
  readonly title: string;
  readonly text?: string | null | undefined;
  readonly type?: number | null | undefined;
  readonly due?: Date | null | undefined;
  readonly estimateSeconds?: number | null | undefined;
  readonly responsible?: number | null | undefined;
  readonly done?: boolean | undefined;
  readonly result?: string | null | undefined;
}

/**
 * A note, or a call among them: they share one space of ids. Of a call, `kind` is `call_in`, `call_out` or `call_internal`, `text` is empty and `call` is there; it is
 * shown on its deal and on its contact or company, and named by each of them that it has.
 */
export interface OwnNote extends OwnStamps, OwnPlaces {
  readonly id: number;
  /** `common`, or what whoever made it says. */
  readonly kind: string;
  /** What people read. */
  readonly text: string;
  /** What programs keep with it. */
  readonly params: Readonly<Record<string, unknown>> | null;
  readonly call: OwnCallFacts | null;
}
export interface OwnNoteDraft extends OwnStampDraft {
  readonly id?: number | undefined;
  readonly on: OwnTarget;
  /** `common`, unless told. A kind that begins with `call_` is `Invalid`: make a call. */
  readonly kind?: string | undefined;
  readonly text: string;
  readonly params?: Readonly<Record<string, unknown>> | null | undefined;
}

/** What is known of a telephone call. */
export interface OwnCallFacts {
  /** Names the call, not the write. */
  readonly key: string;
  readonly direction: CallDirection;
  readonly phone: string;
  readonly e164: string | null;
  readonly line: string | null;
  readonly responsible: number | null;
  readonly state: CallState;
  readonly outcome: CallOutcome | null;
  readonly startedAt: Date;
  readonly talkSeconds: number | null;
  readonly durationSeconds: number | null;
  /** Where they may be heard by whoever has the address: our copies for a day, others where the PBX has them. */
  readonly recordings: readonly string[];
}
export interface OwnCallDraft extends OwnStampDraft {
  readonly id?: number | undefined;
  /** The same key, written again, is the same call: what is told now is added to it, and its id is answered. */
  readonly key: string;
  readonly direction: CallDirection;
  readonly phone: string;
  readonly line?: string | undefined;
  /** Without one: answered when somebody spoke. */
  readonly outcome?: CallOutcome | undefined;
  readonly startedAt?: Date | undefined;
  readonly talkSeconds?: number | undefined;
  readonly durationSeconds?: number | undefined;
  readonly recordings?: readonly CallRecording[] | undefined;
  readonly responsible?: number | undefined;
  readonly contact?: number | undefined;
  readonly company?: number | undefined;
  readonly deal?: number | undefined;
  readonly params?: Readonly<Record<string, unknown>> | null | undefined;
}

/** A line of the timeline. */
export interface OwnEvent extends OwnPlaces {
  readonly id: number;
  readonly at: Date;
  /**
   * created, changed, stage, tags, note, task, task_closed, task_reopened, call, message (a conversation that begins), deleted, restored, merged, unmerged. Deleted and
   * restored may be about a note or task: then `note` or `task` is there.
   */
  readonly kind: string;
  /** `user:5`, `token:12`, `connection:3`, `operator`. */
  readonly actor: string;
  /** The person, when it is one. */
  readonly user: number | null;
  /** changed: {changes: {member: {old, new}}}; stage: {old, new: {pipeline, stage}}; tags: {added, removed}; message: {conversation: {id, uid, network, name}}. */
  readonly what: unknown;
  /** As it is now. */
  readonly note: { readonly id: number; readonly kind: string; readonly text: string } | null;
  readonly task: {
    readonly id: number;
    readonly type: number | null;
    readonly title: string;
    readonly due: Date | null;
    readonly result: string | null;
  } | null;
  readonly call: { readonly id: number; readonly direction: CallDirection } | null;
}

/** A deal that nobody has taken yet, and where it came from. */
export interface OwnIncoming {
  readonly uid: string;
  readonly deal: number;
  readonly contact: number | null;
  readonly company: number | null;
  /** `forms`, `sip`, …: what whoever made it says. */
  readonly category: string;
  readonly sourceUid: string | null;
  readonly sourceName: string | null;
  readonly pipeline: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** When it was accepted or declined, and by whom. */
  readonly resolvedAt: Date | null;
  readonly outcome: "accepted" | "declined" | null;
  readonly resolvedBy: number | null;
}

export interface OwnIncomingSummary {
  readonly total: number;
  readonly accepted: number;
  readonly declined: number;
  /** From its making until it was accepted or declined; null when none was. */
  readonly averageSeconds: number | null;
  /** How many there were of each. */
  readonly categories: Readonly<Record<string, number>>;
}
