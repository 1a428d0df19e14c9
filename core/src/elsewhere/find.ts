import type { AddressBook } from "../address-book.ts";
import type { Crm } from "../ports.ts";
import type { Load } from "./load.ts";

/** Whoever is looked for is found in our own book; until that is whole, whoever is not in it may still be over there. */

const mostHits = 10;

export interface FindOptions<By> {
  readonly book: Pick<AddressBook, "find">;
  readonly load: Pick<Load, "isWhole">;
  /** Asks the far side, and writes into the book whom it names. Whether that may be anybody who is looked for. */
  lookThere(by: By): Promise<boolean>;
}

type ContactBy = Parameters<Crm["findContact"]>[0];
type CompanyBy = Parameters<Crm["findCompany"]>[0];

export const findContactIn =
  ({ book, load, lookThere }: FindOptions<ContactBy>): Crm["findContact"] =>
  async (by) => {
    const { phones, emails } = by;
    if (phones.length + emails.length === 0) return [];
    const find = () => book.find({ kind: "contact", phones, emails: emails.map((email) => email.toLowerCase()), limit: mostHits });
    const hits = await find();
    const found = hits.length > 0 || (await load.isWhole()) || !(await lookThere(by)) ? hits : await find();
    return found.map(({ id, name, phones, emails, responsible, matchedBy }) => ({
      ...{ id, name, phones, emails, matchedBy: matchedBy === "phone" ? "phone" : "email" },
      ...(responsible !== undefined && { responsible }),
    }));
  };

export const findCompanyIn =
  ({ book, load, lookThere }: FindOptions<CompanyBy>): Crm["findCompany"] =>
  async (by) => {
    const { name, inn } = by;
    if (!name && !inn) return [];
    const find = () => book.find({ kind: "company", ...(name && { name }), ...(inn && { inn }), limit: mostHits });
    const hits = await find();
    const found = hits.length > 0 || (await load.isWhole()) || !(await lookThere(by)) ? hits : await find();
    return found.map(({ id }) => ({ id }));
  };
