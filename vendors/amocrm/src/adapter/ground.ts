import { type AddressBook, type BookKind, Conflict, type Kit, type RecordId, Refused } from "@svyazka/core";
import { type Amo, AmoNotFound } from "../client.ts";
import type { Integration as Account } from "../settings.ts";
import { idOf } from "./once.ts";
import type { Setup, Setups } from "./setup.ts";

/** What all of the adapter stands on: one account, its client, what the hub lends, and what the account is made of. */
export interface Ground {
  readonly account: Account;
  readonly amo: Amo;
  readonly kit: Kit;
  readonly setups: Setups;
}

/** Now, in Unix seconds. */
export const secondsNow = ({ kit }: Pick<Ground, "kit">): number => Math.floor(kit.now().getTime() / 1000);

/**
 * A user of ours as amoCRM numbers them. Where this account is the CRM that everybody is named by, both are one; otherwise as a person mapped them: whoever
 * is mapped to nobody is left out.
 */
export function userThere({ account }: Pick<Ground, "account">, user: RecordId | undefined): number | undefined {
  if (user === undefined) return undefined;
  if (isHome(account)) return idOf("user", user);
  const mapped = Object.entries(account.userMapping).find(([, ours]) => ours === user)?.[0];
  return mapped === undefined ? undefined : Number(mapped);
}

/** A stage of ours, by the same rule. */
export function stageThere({ account }: Pick<Ground, "account">, stage: RecordId | undefined): RecordId | undefined {
  if (stage === undefined || isHome(account)) return stage;
  return Object.entries(account.stageMapping).find(([, ours]) => ours === stage)?.[0];
}

export const isHome = ({ home, id }: Account): boolean => home === undefined || home === id;

/** Throws `Refused` for somebody who does not work there: amoCRM itself would take the token's user in their place. */
export async function checkUser({ setups }: Ground, name: string, user: number | undefined): Promise<void> {
  if (user === undefined) return;
  const found = await setups.find((setup) => (setup.users.length === 0 ? true : setup.users.find(({ id }) => id === user)));
  if (!found) throw new Refused(`there is no ${name} ${user} in the account`);
}

/**
 * What became of a record that amoCRM does not know: when our book had it, it was deleted there meanwhile, and whoever looks again finds better; otherwise there
 * never was one.
 */
export async function missing(book: AddressBook, kind: BookKind, id: RecordId, error: unknown): Promise<unknown> {
  if (!(error instanceof AmoNotFound)) return error;
  return (await book.get(kind, id)) ? gone(book, kind, id) : new Refused(`there is no ${kind} ${id}`);
}

/** Out of the book: whoever tries again at once looks anew. */
export async function gone(book: AddressBook, kind: BookKind, id: RecordId): Promise<Conflict> {
  await book.remove(kind, [id]);
  return new Conflict(`the ${kind} ${id} has been deleted in amoCRM`);
}

/** We wrote this ourselves: when amoCRM tells of it, it is no news. Source: webhooks and lists tell the second of each change. */
export const markOwn = ({ kit }: Pick<Ground, "kit">, kind: string, id: RecordId | number, at: number): Promise<void> =>
  kit.store.put("own", `${kind} ${id} ${at}`, true, { days: 2 });

export const isOwn = async (
  { kit }: Pick<Ground, "kit">,
  kind: string,
  id: RecordId,
  at: number,
  by: string | undefined,
  { me }: Setup,
): Promise<boolean> => (by === undefined || by === String(me)) && (await kit.store.get("own", `${kind} ${id} ${at}`)) === true;
