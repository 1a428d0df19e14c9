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

/** A record of a CRM that is elsewhere, as far as it tells by itself: what is in it now has to be asked for. */
export interface ToldRecord {
  /** One of `RecordKind`, or the teller's own word for what we have none for. */
  readonly kind: string;
  readonly id: RecordId;
  readonly change: "created" | "changed" | "deleted" | "stage_changed";
  /** ISO 8601: when it was last changed over there. */
  readonly at?: string;
  /** Who changed it, in that CRM's own numbers. */
  readonly by?: RecordId;
}

/** A port of CRMs that are elsewhere: what they tell of their records is looked up, and our copy of it kept. */
export interface Follower {
  /** The number of the connection: it hears of its own records only. */
  readonly of: string;
  /** Looks the record up, and keeps what our address book has of it. Tellings race and repeat: their order does not matter. */
  follow(told: ToldRecord): Promise<Followed>;
}

/** `own`: we wrote it ourselves. `kept`: our copy is up to date. `gone`: it is no more. `nothing`: there is nothing to keep of such a record. */
export interface Followed {
  readonly what: "own" | "kept" | "gone" | "nothing";
  readonly name?: string;
}
