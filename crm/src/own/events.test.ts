import type { ConnectionId, OwnCrm } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../../server/testkit/database.ts";
import { workspaceOf } from "../../testkit/trial.ts";
import { createDefaults, createUser } from "../index.ts";
import { ownCrm } from "./own-crm.ts";

describe("what happened, over all records", async () => {
  const test = await testDatabase();
  afterAll(() => test.close());
  const home = workspaceOf(1);
  const sql = test.database.in(home.id);
  const lend = (user?: number) => ownCrm(sql, { home, connection: 7 as ConnectionId, user });
  let crm: OwnCrm;
  let anna: OwnCrm;
  let deal: number;
  let theirs: number;
  beforeAll(async () => {
    await createDefaults(sql, home);
    crm = await lend();
    const manager = await createUser(sql, { name: "Анна", role: "manager", recordAccess: "own" });
    anna = await lend(manager.id);
    deal = await crm.deals.create({ name: "Окна" });
    theirs = await anna.deals.create({ name: "Двери" });
    await crm.deals.update(deal, { name: "Окна и двери" });
    await crm.deals.update(deal, { addTags: [{ name: "срочно" }] });
    await crm.tasks.create({ on: { deal }, title: "Позвонить" });
    await crm.contacts.create({ name: "Иван" });
  });

  it("is told the newest first, by pages", async () => {
    const first = await crm.events({ limit: 2 });
    expect([first.items.map(({ kind }) => kind), first.isMore]).toEqual([["created", "task"], true]);
    const rest = await crm.events({ limit: 10, skip: 2 });
    expect([rest.items.map(({ kind }) => kind), rest.isMore]).toEqual([["tags", "changed", "created", "created"], false]);
  });

  it("is found by its kind, its record, who did it, when, and what it changed", async () => {
    const kinds = async (filter: object) => (await crm.events({ limit: 50, ...filter })).items.map(({ kind }) => kind);
    expect(await kinds({ kinds: ["tags"] })).toEqual(["tags"]);
    expect(await kinds({ on: "contact" })).toEqual(["created"]);
    expect(await kinds({ on: "deal", records: [theirs] })).toEqual(["created"]);
    expect(await kinds({ actors: [anna.user?.id ?? 0] })).toEqual(["created"]);
    expect(await kinds({ actors: [null], kinds: ["created"] })).toEqual(["created", "created"]);
    expect(await kinds({ kinds: ["changed"], members: ["name"] })).toEqual(["changed"]);
    expect(await kinds({ kinds: ["changed"], members: ["sum"] })).toEqual([]);
    expect(await kinds({ to: new Date(0) })).toEqual([]);
  });

  it("is told only of what the reader sees", async () => {
    expect((await anna.events({ limit: 50 })).items.map((event) => event.deal)).toEqual([theirs]);
  });
});
