import { type BookPage, type Kit, type Load, loadOf } from "@svyazka/core";
import type { Amo } from "../client.ts";
import type { Integration as Account } from "../settings.ts";
import { companyEntry, contactEntry } from "./people.ts";
import type { Setups } from "./setup.ts";

const pageSize = 250;
/** By id: those who are added meanwhile come last, and are not missed. */
const query = { order: { id: "asc" } } as const;

/** Everybody who is in the account, page by page, into the address book. */
export function loadIn(account: Account, amo: Amo, kit: Kit, setups: Setups): Load {
  const { workspace, settings } = account;
  return loadOf<number>({
    ...{ kit, kinds: ["contact", "company"] },
    async readPage(kind, page = 1): Promise<BookPage<number>> {
      if (kind === "contact") {
        const { items, hasMore } = await amo.contacts.page(query, page);
        return pageOf(
          page,
          items.map((contact) => contactEntry(contact, workspace)),
          hasMore,
        );
      }
      const setup = await setups.get();
      const { items, hasMore } = await amo.companies.page(query, page);
      return pageOf(
        page,
        items.map((company) => companyEntry(company, setup, workspace, settings.inn_field)),
        hasMore,
      );
    },
    // Whoever was deleted since has drawn the rest forward, over the edge of the page: one page back.
    resumeAt: (page) => Math.max(1, page - 1),
  });
}

const pageOf = (page: number, entries: BookPage<number>["entries"], hasMore: boolean): BookPage<number> => ({
  ...{ entries, done: (page - 1) * pageSize + entries.length },
  ...(hasMore && { next: page + 1 }),
});
