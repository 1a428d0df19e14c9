import {
  type AddressBook,
  type BookKind,
  isHome,
  type Kit,
  markOwn as markOwnText,
  missing as missingElsewhere,
  type RecordId,
  Refused,
  stageThere as stageElsewhere,
  userThere as userElsewhere,
} from "@svyazka/core";
import { type Amo, AmoNotFound } from "../client.ts";
import type { Integration as Account } from "../settings.ts";
import { idOf } from "./once.ts";
import type { Setups } from "./setup.ts";

/** What all of the adapter stands on: one account, its client, what the hub lends, and what the account is made of. */
export interface Ground {
  readonly account: Account;
  readonly amo: Amo;
  readonly kit: Kit;
  readonly setups: Setups;
}

/** Now, in Unix seconds. */
export const secondsNow = ({ kit }: Pick<Ground, "kit">): number => Math.floor(kit.now().getTime() / 1000);

/** A user of ours as amoCRM numbers them. Whoever is mapped to nobody is left out. */
export function userThere({ account }: Pick<Ground, "account">, user: RecordId | undefined): number | undefined {
  const there = userElsewhere(account, user);
  if (there === undefined) return undefined;
  return isHome(account) ? idOf("user", there) : Number(there);
}

export const stageThere = ({ account }: Pick<Ground, "account">, stage: RecordId | undefined): RecordId | undefined =>
  stageElsewhere(account, stage);

/** Throws `Refused` for somebody who does not work there: amoCRM itself would take the token's user in their place. */
export async function checkUser({ setups }: Ground, name: string, user: number | undefined): Promise<void> {
  if (user === undefined) return;
  const found = await setups.find((setup) => (setup.users.length === 0 ? true : setup.users.find(({ id }) => id === user)));
  if (!found) throw new Refused(`there is no ${name} ${user} in the account`);
}

/** What to throw in place of what amoCRM says of a record that it does not know. */
export const missing = async (book: AddressBook, kind: BookKind, id: RecordId, error: unknown): Promise<unknown> =>
  error instanceof AmoNotFound ? missingElsewhere(book, kind, id) : error;

/** We wrote this ourselves. `at`: Unix seconds, as webhooks and lists tell of each change. */
export const markOwn = ({ kit }: Pick<Ground, "kit">, kind: string, id: RecordId | number, at: number): Promise<void> =>
  markOwnText(kit, { kind, id: String(id), at: momentText(at) });

/** As facts have it. */
export const momentText = (seconds: number): string => new Date(seconds * 1000).toISOString();
