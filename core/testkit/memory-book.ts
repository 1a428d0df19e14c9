import type { AddressBook, BookEntry, BookHit } from "../src/address-book.ts";

/** An address book in memory, for tests of one vendor. */
export function memoryBook(): AddressBook {
  const kept = new Map<string, BookEntry>();
  /** Those that somebody dealt with last come first. */
  const touched = new Map<string, number>();
  let touches = 0;
  return {
    async save(entries) {
      for (const entry of entries) {
        const place = `${entry.kind} ${entry.id}`;
        const known = kept.get(place);
        if (!known || known.changedAt <= entry.changedAt) kept.set(place, structuredClone(entry));
      }
    },
    async remove(kind, ids) {
      for (const id of ids) kept.delete(`${kind} ${id}`);
    },
    get: async (kind, id) => kept.get(`${kind} ${id}`),
    async find({ kind, phones = [], emails = [], name, inn, limit }) {
      const hits = [...kept.values()].flatMap((entry): BookHit[] => {
        if (entry.kind !== kind) return [];
        if (entry.phones.some((phone) => phones.includes(phone))) return [{ ...entry, matchedBy: "phone" }];
        if (entry.emails.some((email) => emails.includes(email))) return [{ ...entry, matchedBy: "email" }];
        const isNamed = name === undefined || entry.name.toLowerCase() === name.toLowerCase();
        const isAsked = name !== undefined || inn !== undefined;
        return isAsked && isNamed && (inn === undefined || entry.inn === inn) ? [{ ...entry, matchedBy: "name" }] : [];
      });
      const last = ({ id }: BookHit): number => touched.get(`${kind} ${id}`) ?? 0;
      const rank = { phone: 0, email: 1, name: 2 };
      return hits.sort((one, other) => rank[one.matchedBy] - rank[other.matchedBy] || last(other) - last(one)).slice(0, limit);
    },
    async touch(kind, id) {
      touched.set(`${kind} ${id}`, ++touches);
    },
  };
}
