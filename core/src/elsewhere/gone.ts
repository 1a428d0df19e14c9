import type { AddressBook, BookKind } from "../address-book.ts";
import { Conflict, Refused } from "../errors.ts";
import type { RecordId } from "../words.ts";

/** It has been deleted over there. Out of the book: whoever tries again at once looks anew. */
export async function gone(book: AddressBook, kind: BookKind, id: RecordId): Promise<Conflict> {
  await book.remove(kind, [id]);
  return new Conflict(`the ${kind} ${id} has been deleted in the CRM`);
}

/** What to throw of a record that the far side does not know: when our book had it, it was deleted there meanwhile; otherwise there never was one. */
export const missing = async (book: AddressBook, kind: BookKind, id: RecordId): Promise<Conflict | Refused> =>
  (await book.get(kind, id)) ? gone(book, kind, id) : new Refused(`there is no ${kind} ${id}`);
