import type { BookEntry, BookKind, BookState } from "../address-book.ts";
import type { Kit, StopSignal } from "../kit.ts";

/** The first filling of an address book: everybody who is in a CRM elsewhere, page by page. */

export interface BookPage<P> {
  readonly entries: readonly BookEntry[];
  /** Where the next page begins: its number, or the last id of this one. Absent when this was the last. */
  readonly next?: P;
  /** How many have been read with it, from the beginning. Counted, unless told. */
  readonly done?: number;
}

export interface BookLoad<P> {
  readonly kit: Pick<Kit, "store" | "book">;
  /** In this order. */
  readonly kinds: readonly BookKind[];
  /** From the beginning, without a place. Order by id: those who are added meanwhile come last, and are not missed. */
  readPage(kind: BookKind, place: P | undefined): Promise<BookPage<P>>;
  /** Where to read on after a stop. Pages that are numbered move when somebody is deleted: then one page back. */
  resumeAt?(place: P): P;
}

export interface Load {
  /** Reads on from where it stopped. Resolves when all is read, or the signal says stop. */
  run(signal: Pick<StopSignal, "aborted">): Promise<void>;
  isWhole(): Promise<boolean>;
  /** How many have been read so far. */
  state(): Promise<BookState>;
}

interface Place<P> {
  readonly next?: P;
  readonly done: number;
  readonly isWhole: boolean;
}

const start = { done: 0, isWhole: false } as const;
const counted = { contact: "contacts", company: "companies" } as const satisfies Record<BookKind, keyof BookState>;

/** `P` is plain JSON: it is kept between runs. */
export function loadOf<P extends number | string>({ kit, kinds, readPage, resumeAt = (place) => place }: BookLoad<P>): Load {
  const { store, book } = kit;
  let isWhole = false;
  const placeOf = async (kind: BookKind): Promise<Place<P>> => (await store.get<Place<P>>("load", counted[kind])) ?? start;

  async function runOne(kind: BookKind, signal: Pick<StopSignal, "aborted">): Promise<void> {
    let place = await placeOf(kind);
    let at = place.next === undefined ? undefined : resumeAt(place.next);
    while (!place.isWhole && !signal.aborted) {
      const { entries, next, done = place.done + entries.length } = await readPage(kind, at);
      await book.save(entries);
      place = { done: Math.max(place.done, done), isWhole: next === undefined, ...(next !== undefined && { next }) };
      await store.put("load", counted[kind], place);
      at = next;
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
      const places = await Promise.all(kinds.map(async (kind) => [kind, await placeOf(kind)] as const));
      const done = (kind: BookKind): number => places.find(([one]) => one === kind)?.[1].done ?? 0;
      return { contacts: done("contact"), companies: done("company"), isWhole: places.every(([, place]) => place.isWhole) };
    },
  };
}
