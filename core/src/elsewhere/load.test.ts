import { beforeEach, expect, it } from "vitest";
import { memoryKit } from "../../testkit/index.ts";
import type { BookEntry, BookKind } from "../address-book.ts";
import { loadOf } from "./load.ts";

let kit: ReturnType<typeof memoryKit>;
let asked: (readonly [BookKind, string | undefined])[];
beforeEach(() => {
  kit = memoryKit();
  asked = [];
});

const entryOf = (kind: BookKind, id: number): BookEntry => ({
  ...{ kind, id: String(id), name: `${kind} ${id}`, phones: [], emails: [], changedAt: new Date(0) },
});
/** By the last id of each page, two at a time; after so many pages somebody says stop. */
const load = (ids: Readonly<Record<BookKind, readonly number[]>>) =>
  loadOf<string>({
    ...{ kit, kinds: ["contact", "company"] },
    async readPage(kind, after) {
      asked.push([kind, after]);
      const page = ids[kind].filter((id) => id > Number(after ?? 0)).slice(0, 2);
      const last = page.at(-1);
      return { entries: page.map((id) => entryOf(kind, id)), ...(page.length === 2 && { next: String(last) }) };
    },
  });
const everybody = { contact: [1, 2, 5], company: [4] };
const stopAfter = (pages: number) => ({
  get aborted() {
    return asked.length >= pages;
  },
});

it("reads everybody, page by page, and says how far it has come", async () => {
  const filling = load(everybody);
  expect([await filling.isWhole(), await filling.state()]).toEqual([false, { contacts: 0, companies: 0, isWhole: false }]);
  await filling.run({ aborted: false });
  expect(asked).toEqual([
    ["contact", undefined],
    ["contact", "2"],
    ["company", undefined],
  ]);
  expect([await filling.isWhole(), await filling.state()]).toEqual([true, { contacts: 3, companies: 1, isWhole: true }]);
  expect([await kit.book.get("contact", "5"), await kit.book.get("company", "4")]).toEqual([entryOf("contact", 5), entryOf("company", 4)]);
});

it("reads on from where it stopped, and nothing once all is read", async () => {
  await load(everybody).run(stopAfter(1));
  expect(await load(everybody).state()).toEqual({ contacts: 2, companies: 0, isWhole: false });
  asked = [];
  await load(everybody).run({ aborted: false });
  await load(everybody).run({ aborted: false });
  expect(asked).toEqual([
    ["contact", "2"],
    ["company", undefined],
  ]);
  expect(await load(everybody).isWhole()).toBe(true);
});

it("goes back where pages move, and counts nobody twice", async () => {
  const pages: number[] = [];
  const numbered = () =>
    loadOf<number>({
      ...{ kit, kinds: ["contact"] },
      async readPage(kind, page = 1) {
        pages.push(page);
        return { entries: [entryOf(kind, page)], done: page, ...(page < 4 && { next: page + 1 }) };
      },
      resumeAt: (page) => Math.max(1, page - 1),
    });
  await numbered().run({
    get aborted() {
      return pages.length >= 2;
    },
  });
  await numbered().run({ aborted: false });
  expect([pages, await numbered().state()]).toEqual([[1, 2, 2, 3, 4], { contacts: 4, companies: 0, isWhole: true }]);
});
