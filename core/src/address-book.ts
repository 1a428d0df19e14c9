import type { Caller } from "./telephony.ts";
import type { RecordId } from "./words.ts";

/** Who is in a CRM that is elsewhere, as one connection last saw it: our own copy, found in milliseconds, whatever that CRM is doing. */
export interface AddressBook {
  /** Each takes the place of the entry of its kind and id, unless that one is of a later change. */
  save(entries: readonly BookEntry[]): Promise<void>;
  remove(kind: BookKind, ids: readonly RecordId[]): Promise<void>;
  get(kind: BookKind, id: RecordId): Promise<BookEntry | undefined>;
  /** Those that have any of these, by phone before by e-mail, then those that somebody dealt with last. `limit` at most. */
  find(by: BookSearch): Promise<readonly BookHit[]>;
  /** Somebody has just dealt with it. */
  touch(kind: BookKind, id: RecordId): Promise<void>;
}

export type BookKind = "contact" | "company";

export interface BookEntry {
  readonly kind: BookKind;
  readonly id: RecordId;
  readonly name: string;
  /** E.164; free lines are left out: they tell nobody. */
  readonly phones: readonly string[];
  /** Lower case. */
  readonly emails: readonly string[];
  /** Of a company. */
  readonly inn?: string;
  /** Of a contact. */
  readonly company?: RecordId;
  readonly responsible?: RecordId;
  /** When it last changed over there. */
  readonly changedAt: Date;
}

export interface BookSearch {
  readonly kind: BookKind;
  readonly phones?: readonly string[];
  readonly emails?: readonly string[];
  /** The whole name, in any case. With `inn`, both have to be right. */
  readonly name?: string;
  readonly inn?: string;
  readonly limit: number;
}

export interface BookHit extends BookEntry {
  readonly matchedBy: "phone" | "email" | "name";
}

/** How far the first filling of a book has come. */
export interface BookState {
  readonly contacts: number;
  readonly companies: number;
  /** Everybody was read once; from then on changes are followed. */
  readonly isWhole: boolean;
}

/** Whoever has this phone, in a CRM whose book this is: a person before a company. */
export async function callerIn(book: AddressBook, e164: string): Promise<Caller | undefined> {
  for (const kind of ["contact", "company"] as const) {
    const [hit] = await book.find({ kind, phones: [e164], limit: 1 });
    if (hit)
      return {
        name: hit.name,
        ...(kind === "contact" && { contact: hit.id }),
        ...(hit.responsible !== undefined && { responsible: hit.responsible }),
      };
  }
  return undefined;
}
