import type { Kit, StopSignal } from "@svyazka/core";
import type { Amo } from "../client.ts";
import type { Integration as Account } from "../settings.ts";
import { companyEntry, contactEntry } from "./people.ts";
import type { Setups } from "./setup.ts";

/** The first filling of the address book: everybody who is in the account, page by page. */

const kinds = ["contacts", "companies"] as const;
type Kind = (typeof kinds)[number];

interface Place {
  /** The next page to be read. */
  readonly page: number;
  readonly done: number;
  readonly isWhole: boolean;
}
const start: Place = { page: 1, done: 0, isWhole: false };

export interface Load {
  /** Reads on from where it stopped. Resolves when all is read, or the signal says stop. */
  run(signal: Pick<StopSignal, "aborted">): Promise<void>;
  isWhole(): Promise<boolean>;
  /** How many have been read so far. */
  state(): Promise<{ readonly contacts: number; readonly companies: number; readonly isWhole: boolean }>;
}

export function loadOf(account: Account, amo: Amo, kit: Kit, setups: Setups): Load {
  const { store, book } = kit;
  const { workspace, settings } = account;
  let isWhole = false;
  const placeOf = async (kind: Kind): Promise<Place> => (await store.get<Place>("load", kind)) ?? start;

  async function readPage(kind: Kind, page: number) {
    // By id: those who are added meanwhile come last, and are not missed.
    const query = { order: { id: "asc" } } as const;
    if (kind === "contacts") {
      const { items, hasMore } = await amo.contacts.page(query, page);
      return { entries: items.map((contact) => contactEntry(contact, workspace)), hasMore };
    }
    const setup = await setups.get();
    const { items, hasMore } = await amo.companies.page(query, page);
    return { entries: items.map((company) => companyEntry(company, setup, workspace, settings.inn_field)), hasMore };
  }

  async function runOne(kind: Kind, signal: Pick<StopSignal, "aborted">): Promise<void> {
    let place = await placeOf(kind);
    // Whoever was deleted since has drawn the rest forward, over the edge of the page: one page back.
    let page = Math.max(1, place.page - 1);
    while (!place.isWhole && !signal.aborted) {
      const { entries, hasMore } = await readPage(kind, page);
      await book.save(entries);
      place = { page: page + 1, done: Math.max(place.done, (page - 1) * pageSize + entries.length), isWhole: !hasMore };
      await store.put("load", kind, place);
      page++;
    }
  }

  return {
    async run(signal) {
      for (const kind of kinds) await runOne(kind, signal);
    },
    async isWhole() {
      isWhole ||= (await Promise.all(kinds.map(placeOf))).every((place) => place.isWhole);
      return isWhole;
    },
    async state() {
      const [contacts, companies] = await Promise.all([placeOf("contacts"), placeOf("companies")]);
      return { contacts: contacts.done, companies: companies.done, isWhole: contacts.isWhole && companies.isWhole };
    },
  };
}

const pageSize = 250;
