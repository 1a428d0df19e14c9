import { type BookEntry, type BookKind, markOwn, type Phone, readEmail, type ToldRecord } from "@svyazka/core";
import type { Item, ObjectName } from "../protocol.ts";
import { changedAt, type Ground, recordName } from "./ground.ts";
import { tellingNumbers } from "./people.ts";

/** What is remembered of our own writes. */

/** When the portal tells of it, it is no news. */
export async function noteOwn({ kit }: Ground, of: ObjectName, item: Item): Promise<void> {
  const at = changedAt(item);
  const named = recordName(of, item.id);
  if (at !== undefined) await markOwn(kit, { ...named, at });
  if (of === "contact" || of === "company") await kit.store.put("lately", `${named.kind} ${named.id}`, kit.now().getTime(), { days: 1 });
}

/** So soon after our own write an event is its echo, most likely. */
const echoMs = 15_000;

/** Events do not say when the record was changed: whoever asked the portal after each of our own writes would ask twice for everything. What else changed meanwhile is found when it is asked for changes. */
export async function isEcho({ kit }: Pick<Ground, "kit">, { kind, id, change, at }: ToldRecord): Promise<boolean> {
  if (at !== undefined || change === "deleted") return false;
  const written = await kit.store.get<number>("lately", `${kind} ${id}`);
  return written !== undefined && kit.now().getTime() - written < echoMs;
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
