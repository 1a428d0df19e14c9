import type { Phone } from "@svyazka/core";
import { type BookEntry, type BookKind, markOwn, readEmail } from "@svyazka/core";
import type { Item, ObjectName } from "../protocol.ts";
import { changedAt, type Ground, recordName } from "./ground.ts";
import { tellingNumbers } from "./people.ts";

/** What is remembered of our own writes. */

/** When the portal tells of it, it is no news. */
export async function noteOwn({ kit }: Ground, of: ObjectName, item: Item): Promise<void> {
  const at = changedAt(item);
  if (at !== undefined) await markOwn(kit, { ...recordName(of, item.id), at });
}

/** Puts whom we have just made into the book, with the phones and e-mails that were given: the answer need not have them. */
export async function bookWritten(
  ground: Ground,
  kind: BookKind,
  made: Item,
  entry: BookEntry,
  { phones, emails }: { readonly phones: readonly Phone[]; readonly emails: readonly string[] },
): Promise<void> {
  const { book } = ground.kit;
  await noteOwn(ground, kind, made);
  await book.save([
    {
      ...entry,
      phones: tellingNumbers(phones),
      emails: emails.flatMap((email) => readEmail(email) ?? []),
      // Whatever the portal tells of it from now on is later, whosever clock is right.
      changedAt: new Date(0),
    },
  ]);
  await book.touch(kind, entry.id);
}
