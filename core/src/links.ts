import type { RecordId } from "./words.ts";

/** Their id and ours, one connection's own. Many of theirs may be one of ours. */
export interface Links {
  find(kind: string, theirs: string): Promise<Link | undefined>;
  /** All that this record of ours is over there, the oldest first. */
  of(kind: string, ours: RecordId): Promise<readonly Link[]>;
  /** Takes the place of the one with this kind and their id. */
  save(link: Link): Promise<void>;
  remove(kind: string, theirs: string): Promise<void>;
}

export interface Link {
  readonly kind: string;
  readonly theirs: string;
  readonly ours: RecordId;
  /** What both sides are known to hold, by the vendor's own names. */
  readonly known?: Readonly<Record<string, string>>;
}
