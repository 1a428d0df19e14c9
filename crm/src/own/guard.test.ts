import { type ConnectionId, Invalid, NotFound, type OwnCrm } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../../server/testkit/database.ts";
import { workspaceOf } from "../../testkit/trial.ts";
import { createDefaults } from "../index.ts";
import { ownCrm } from "./own-crm.ts";

describe("what cannot be kept", async () => {
  const test = await testDatabase();
  afterAll(() => test.close());
  const home = workspaceOf(1);
  let crm: OwnCrm;
  let deal: number;
  let text: number;
  beforeAll(async () => {
    const sql = test.database.in(home.id);
    await createDefaults(sql, home);
    crm = await ownCrm(sql, { home, connection: 7 as ConnectionId });
    deal = await crm.deals.create({ name: "Окна" });
    text = (await crm.fields.create({ entity: "deal", name: "Т", type: "text" })).id;
  });
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
  const list = (filter: object) => crm.deals.list({ limit: 1, ...filter });

  it.each<[string, () => Promise<unknown>, string]>([
    ["a NUL in a name", () => crm.deals.create({ name: "a\u0000b" }), "name"],
    ["a NUL in a value", () => crm.deals.create({ values: { [text]: "\u0000" } }), "values."],
    ["a NUL in a filter", () => list({ values: [{ field: text, any: ["\u0000"] }] }), "values.0.any.0"],
    ["a name without an end", () => crm.companies.create({ name: "ы".repeat(3_000) }), "name"],
    ["a text without an end", () => crm.notes.create({ on: { deal }, text: "x".repeat(70_000) }), "text"],
    ["a tag without an end", () => crm.deals.create({ tags: [{ name: "ы".repeat(3_000) }] }), "tags.0.name"],
    ["half an id", () => crm.deals.create({ responsible: 1.5 }), "responsible"],
    ["an id beyond all ids", () => list({ stages: [1e20] }), "stages.0"],
    ["no number", () => list({ sumFrom: Number.NaN }), "sumFrom"],
    ["a moment that is none", () => list({ createdFrom: new Date(Number.NaN) }), "createdFrom"],
    ["seconds beyond all calls", () => crm.calls.save({ key: "k", direction: "in", phone: "1", talkSeconds: 3e9 }), "talkSeconds"],
    ["a currency that is none", () => crm.deals.create({ sum: { minor: 1, currency: "roubles" } }), "sum.currency"],
    ["too deep a note", () => crm.notes.create({ on: { deal }, text: "", params: { deep: nested(5_000) } }), "params.deep."],
    [
      "too long a note",
      () => crm.notes.create({ on: { deal }, text: "", params: { a: "x".repeat(40_000), b: "x".repeat(40_000) } }),
      "params",
    ],
    ["ids without an end", () => list({ ids: Array.from({ length: 20_000 }, (_, index) => index) }), "ids"],
    ["a page before the first", () => list({ skip: -1 }), "skip"],
  ])("is refused in words: %s", async (_what, write, place) => {
    const error = await write().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(Invalid);
    expect(Object.keys((error as Invalid).fields)[0]).toMatch(new RegExp(`^${place.replaceAll(".", "\\.")}`));
  });

  it("is nobody's when it is an id that cannot be any", async () => {
    for (const id of [1e20, 1.5, Number.NaN, -1, 0]) {
      await expect(crm.deals.get(id)).rejects.toThrow(NotFound);
      await expect(crm.notes.update(id, { text: "x" })).rejects.toThrow(NotFound);
      await expect(crm.contacts.remove(id)).rejects.toThrow(NotFound);
    }
    await expect(crm.incoming.get("x\u0000")).rejects.toThrow(Invalid);
  });

  it("is mended where only half of a character is left", async () => {
    const id = await crm.deals.create({ name: "Окна \ud83d", values: { [text]: "\udc00" } });
    expect(await crm.deals.get(id)).toMatchObject({ name: "Окна \ufffd", values: { [text]: "\ufffd" } });
    const note = await crm.notes.create({ on: { deal: id }, text: "x", params: { "\ud83d": "\ud83d" } });
    expect((await crm.notes.get(note)).params).toEqual({ "\ufffd": "\ufffd" });
  });
});
