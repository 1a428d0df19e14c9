import type { Workspace } from "@svyazka/core";

/** Who writes, for the history of a record. */
export interface By {
  /** `user:5`, `token:12`, `connection:3`, `operator`. */
  readonly actor: string;
  /** The person, when it is one: kept as author. */
  readonly user?: number | undefined;
  /** The connection it came by. */
  readonly via?: number | undefined;
  /** The same key, written again, changes nothing and answers with the same record. */
  readonly key?: string | undefined;
  /** Change the record only while it is at one of these versions: `Stale` otherwise. */
  readonly versions?: readonly string[] | undefined;
  /**
   * Of a manager limited to their own records or those of their group: the users whose records they see, themselves among them.
   * Everything else is not there for them. Without it, everything is.
   */
  readonly sees?: readonly number[] | undefined;
  /** Do not wait for the disk: see `TransactionOptions`. For the port, whose delivery commits durably afterwards in the same database. */
  readonly relaxed?: boolean | undefined;
  readonly home: Home;
}

/** How what people type is read: a phone without a country code, a sum without a currency, a moment without an offset (in UTC where no zone is told). */
export type Home = Pick<Workspace, "country" | "currency"> & Partial<Pick<Workspace, "timeZone">>;

/** Who reads. */
export type Reader = Pick<By, "sees">;

/** The kinds of records that have custom fields, tags and a timeline. */
export const entities = ["contact", "company", "deal"] as const;
export type Entity = (typeof entities)[number];

/** What a note, a task or a line of the timeline belongs to. */
export type Target = { readonly contact: number } | { readonly company: number } | { readonly deal: number };
