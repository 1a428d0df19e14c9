import { beforeEach, expect, it } from "vitest";
import { memoryKit } from "../../testkit/index.ts";
import type { BookEntry } from "../address-book.ts";
import type { ConnectionId } from "../words.ts";
import { followerOf, isOwn, markOwn, toldDraft } from "./told.ts";

const at = "2026-11-30T12:00:00+03:00";
let kit: ReturnType<typeof memoryKit>;
let there: BookEntry[];
beforeEach(() => {
  kit = memoryKit();
  there = [];
});
const anna: BookEntry = { kind: "contact", id: "5", name: "Анна", phones: ["+79101234567"], emails: [], changedAt: new Date(at) };
const follower = () =>
  followerOf({
    ...{ connection: 3 as ConnectionId, kit, me: async () => "1" },
    entryOf: async (kind, id) => there.find((entry) => entry.kind === kind && entry.id === id),
  });

it("has one key for one change, whoever tells of it, and for a while where nobody says when", () => {
  const told = { kind: "deal", id: "5", change: "changed", at } as const;
  expect(toldDraft(told)).toEqual({ type: "record.told", key: `deal 5 ${at}`, subject: "deal 5", data: told });
  expect(toldDraft({ ...told, change: "deleted" })).toMatchObject({ key: "deal 5 deleted", keySeconds: 3600 });
  const { at: _, ...timeless } = told;
  expect(toldDraft(timeless)).toMatchObject({ key: "deal 5 ", keySeconds: 3600 });
});

it("knows its own writes by kind, id and moment, and takes another's in the same moment for news", async () => {
  await markOwn(kit, { kind: "contact", id: "5", at });
  const own = (told: object, me?: string) => isOwn(kit, { kind: "contact", id: "5", at, ...told }, me);
  expect([await own({}), await own({ by: "1" }, "1"), await own({}, "1"), await own({ by: "2" })]).toEqual([true, true, true, true]);
  expect([await own({ by: "2" }, "1"), await own({ kind: "deal" }), await own({ id: "6" })]).toEqual([false, false, false]);
  expect(await isOwn(kit, { kind: "contact", id: "5" }, "1")).toBe(false);
});

it("keeps the book by what is told of people and companies", async () => {
  there = [anna];
  const follow = (told: object) => follower().follow({ kind: "contact", id: "5", change: "changed", at, ...told });
  expect([follower().of, await follow({ kind: "deal" }), await follow({})]).toEqual([
    "3",
    { what: "nothing" },
    { what: "kept", name: "Анна" },
  ]);
  expect(await kit.book.get("contact", "5")).toMatchObject({ name: "Анна" });
  await markOwn(kit, { kind: "contact", id: "5", at });
  expect([await follow({ by: "1" }), await follow({ by: "1", change: "deleted" })]).toEqual([
    { what: "own" },
    { what: "kept", name: "Анна" },
  ]);
  there = [];
  expect([await follow({ change: "deleted" }), await kit.book.get("contact", "5")]).toEqual([{ what: "gone" }, undefined]);
});
