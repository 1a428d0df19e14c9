import { expect, it } from "vitest";
import { memoryKit } from "../../testkit/index.ts";
import type { BookEntry } from "../address-book.ts";
import { Conflict, Refused } from "../errors.ts";
import { gone, missing } from "./gone.ts";

it("has whoever writes look anew for what is in the book and not there any more", async () => {
  const kit = memoryKit();
  const anna: BookEntry = { kind: "contact", id: "5", name: "Анна", phones: [], emails: [], changedAt: new Date(0) };
  await kit.book.save([anna, { ...anna, id: "6" }]);
  expect([await missing(kit.book, "contact", "5"), await missing(kit.book, "contact", "5")].map((error) => error.constructor)).toEqual([
    Conflict,
    Refused,
  ]);
  expect([await gone(kit.book, "contact", "6"), await kit.book.get("contact", "6")]).toEqual([expect.any(Conflict), undefined]);
});
