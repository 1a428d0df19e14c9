import type { RecordId } from "./words.ts";

/** The kinds of records whose changes are told to others. */
export const recordKinds = ["contact", "company", "deal", "task", "note", "call"] as const;
export type RecordKind = (typeof recordKinds)[number];

/** What happened to a record of our CRM. */
export interface ChangedRecord {
  readonly kind: RecordKind;
  readonly id: RecordId;
  /** `stage_changed` is a deal's; everything that is none of the others is `changed`. */
  readonly change: "created" | "changed" | "deleted" | "stage_changed";
  /** ISO 8601. */
  readonly at: string;
  /** `user:5`, `token:12`, `connection:3`, `operator`; absent when it is not known. */
  readonly by?: string;
  /** What differs, as the record's timeline has it. */
  readonly changes?: unknown;
  /** The record as the API answered it when the change was noticed. */
  readonly record?: unknown;
}

/** A port of those who want to be told what happens in our CRM. */
export interface Subscriber {
  /** Whether it wants to hear of this. Pure. */
  wants(change: Pick<ChangedRecord, "kind" | "change">): boolean;
  /** Tells it, for the first time or again: `id` stays the same. Throws `Gone` when it does not want to be told anything any more. */
  tell(told: {
    readonly id: string;
    readonly change: ChangedRecord;
    /** 1 for the first time; it may have a schedule of its own, and say by `Unavailable` when to come again. */
    readonly attempt?: number;
  }): Promise<void>;
}
