import { type DirectoryUser, lastTenDigits, readEmail, type TelephonyUser } from "@svyazka/core";

export interface UserMatch {
  readonly account: string;
  readonly user: DirectoryUser;
  readonly by: "email" | "phone" | "name";
}

/**
 * Who the accounts of a PBX may be in the CRM: by e-mail, then by direct number or extension, then by name in any order of its words.
 * Only what tells one person and one account; nobody who is mapped already.
 */
export function matchUsers(
  accounts: readonly TelephonyUser[],
  users: readonly DirectoryUser[],
  mapped: Readonly<Record<string, string>>,
): readonly UserMatch[] {
  const matches: UserMatch[] = [];
  let freeUsers = users.filter((user) => user.active && !Object.values(mapped).includes(user.id));
  let freeAccounts = accounts.filter(({ account }) => mapped[account] === undefined);
  for (const by of ["email", "phone", "name"] as const) {
    const found = freeAccounts.flatMap((account): UserMatch[] => {
      const mark = markOf[by].account(account);
      if (mark === undefined) return [];
      const same = freeUsers.filter((user) => markOf[by].user(user) === mark);
      const rivals = freeAccounts.filter((other) => markOf[by].account(other) === mark);
      return same[0] && same.length === 1 && rivals.length === 1 ? [{ account: account.account, user: same[0], by }] : [];
    });
    matches.push(...found);
    freeUsers = freeUsers.filter((user) => !found.some((match) => match.user === user));
    freeAccounts = freeAccounts.filter(({ account }) => !found.some((match) => match.account === account));
  }
  return matches;
}

const markOf: Readonly<
  Record<UserMatch["by"], { account(of: TelephonyUser): string | undefined; user(of: DirectoryUser): string | undefined }>
> = {
  email: {
    account: ({ email }) => (email === undefined ? undefined : readEmail(email)),
    user: ({ email }) => (email === undefined ? undefined : readEmail(email)),
  },
  phone: { account: ({ phone, extension }) => digits(phone ?? extension), user: ({ phone }) => digits(phone) },
  name: { account: ({ name }) => words(name), user: ({ name }) => words(name) },
};

const digits = (text: string | undefined): string | undefined => (text === undefined || !/\d/.test(text) ? undefined : lastTenDigits(text));

const words = (name: string): string | undefined =>
  name.trim() === ""
    ? undefined
    : name
        .toLowerCase()
        .replaceAll("ё", "е")
        .split(/[\s.,]+/)
        .filter(Boolean)
        .sort()
        .join(" ");
