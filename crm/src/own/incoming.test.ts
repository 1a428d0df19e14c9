import { type ConnectionId, Invalid, NotFound, type OwnCrm } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../../server/testkit/database.ts";
import { workspaceOf } from "../../testkit/trial.ts";
import { createDefaults, createUser } from "../index.ts";
import { ownCrm } from "./own-crm.ts";

describe("deals that nobody has taken yet", async () => {
  const test = await testDatabase();
  afterAll(() => test.close());
  const home = workspaceOf(1);
  const sql = test.database.in(home.id);
  let crm: OwnCrm;
  let anna: number;
  let stages: { incoming: number; open: number; second: number; lost: number };
  let pipeline: number;
  beforeAll(async () => {
    await createDefaults(sql, home);
    anna = (await createUser(sql, { name: "Анна", role: "manager" })).id;
    crm = await ownCrm(sql, { home, connection: 7 as ConnectionId });
    const [first] = await crm.pipelines.list();
    const [incoming, open, second] = first?.stages ?? [];
    pipeline = first?.id ?? 0;
    stages = { incoming: incoming?.id ?? 0, open: open?.id ?? 0, second: second?.id ?? 0, lost: first?.stages.at(-1)?.id ?? 0 };
  });
  let count = 0;
  const make = async (rest: object = {}) => {
    const contact = await crm.contacts.create({ name: "Иван" });
    const deal = await crm.deals.create({ stage: stages.incoming, contacts: [{ id: contact }] });
    const uid = `${++count}`.padStart(60, "a");
    await crm.incoming.create({ uid, deal, contact, category: "sip", sourceName: "АТС", metadata: { from: "79101234567" }, ...rest });
    return { uid, deal, contact };
  };
  const uids = async (filter: object = {}) => (await crm.incoming.list({ limit: 50, ...filter })).items.map(({ uid }) => uid);

  it("are listed with where they came from, whoever made them", async () => {
    const createdAt = new Date("2020-01-01T00:00:00Z");
    const { uid, deal, contact } = await make({ sourceUid: "pbx-1", createdAt });
    expect(await crm.incoming.get(uid)).toEqual({
      ...{
        uid,
        deal,
        contact,
        company: null,
        category: "sip",
        sourceUid: "pbx-1",
        sourceName: "АТС",
        pipeline,
        metadata: { from: "79101234567" },
      },
      ...{ createdAt, updatedAt: createdAt, resolvedAt: null, outcome: null, resolvedBy: null },
    });
    // One that came by a form of ours, of which nothing else is known.
    const site = await crm.sources.create({ name: "Сайт" });
    const own = await crm.deals.create({ stage: stages.incoming, contacts: [{ id: contact }], source: site.id });
    const [item] = (await crm.incoming.list({ limit: 1, categories: ["forms"] })).items;
    expect(item).toMatchObject({ uid: expect.stringMatching(/^[0-9a-f]{60}$/), deal: own, contact, sourceName: "Сайт", pipeline });
    expect(await uids()).toEqual([item?.uid, uid]);
    expect(await uids({ sort: "created_at", limit: 1 })).toEqual([uid]);
    expect(await uids({ uids: [uid] })).toEqual([uid]);
    expect(await uids({ uids: [item?.uid ?? ""] })).toEqual([item?.uid]);
    expect(await uids({ createdFrom: createdAt, createdTo: new Date("2020-01-01T00:00:01Z") })).toEqual([uid]);
    expect(await uids({ pipelines: [999_999] })).toEqual([]);
    await expect(crm.incoming.get("нет")).rejects.toThrow(NotFound);
    await expect(crm.incoming.create({ uid, deal: own, category: "sip" })).rejects.toThrow(Invalid);
    const elsewhere = await crm.deals.create({ stage: stages.open });
    await expect(crm.incoming.create({ uid: "x", deal: elsewhere, category: "sip" })).rejects.toThrow(Invalid);
    expect(await crm.incoming.accept(item?.uid ?? "", { responsible: anna })).toMatchObject({
      uid: item?.uid,
      outcome: "accepted",
      deal: own,
    });
    expect(await crm.incoming.get(item?.uid ?? "")).toMatchObject({ outcome: "accepted" });
  });

  it("are accepted into a stage, by somebody; once", async () => {
    const { uid, deal, contact } = await make();
    expect(await crm.incoming.accept(uid, { stage: stages.second, responsible: anna })).toMatchObject({
      ...{ uid, outcome: "accepted", resolvedAt: expect.any(Date), resolvedBy: null },
    });
    expect(await crm.deals.get(deal)).toMatchObject({ stage: stages.second, responsible: anna });
    expect(await crm.contacts.get(contact)).toMatchObject({ responsible: anna });
    await expect(crm.incoming.accept(uid, {})).rejects.toThrow(NotFound);
    await expect(crm.incoming.decline(uid)).rejects.toThrow(NotFound);
    expect(await uids()).not.toContain(uid);
    const other = await make();
    await expect(crm.incoming.accept(other.uid, { stage: stages.incoming })).rejects.toThrow(Invalid);
    await crm.incoming.accept(other.uid, {});
    expect(await crm.deals.get(other.deal)).toMatchObject({ stage: stages.open });
  });

  it("are declined into the bin, with those made with them that nothing else has, and wait again when they are restored", async () => {
    const lone = await make();
    const shared = await make();
    await crm.deals.create({ stage: stages.open, contacts: [{ id: shared.contact }] });
    expect(await crm.incoming.decline(lone.uid)).toMatchObject({ outcome: "declined" });
    await crm.incoming.decline(shared.uid);
    await expect(crm.deals.get(lone.deal)).rejects.toThrow(NotFound);
    await expect(crm.contacts.get(lone.contact)).rejects.toThrow(NotFound);
    await expect(crm.deals.get(shared.deal)).rejects.toThrow(NotFound);
    expect((await crm.contacts.get(shared.contact)).id).toBe(shared.contact);
    await crm.deals.restore(lone.deal);
    expect(await uids()).toContain(lone.uid);
  });

  it("count as accepted when they are moved on by hand, and as declined when they are put away", async () => {
    const [moved, gone] = [await make(), await make()];
    await crm.deals.update(moved.deal, { stage: stages.lost });
    await crm.deals.remove(gone.deal);
    expect((await crm.incoming.get(moved.uid)).outcome).toBe("accepted");
    expect((await crm.incoming.get(gone.uid)).outcome).toBe("declined");
  });

  it("are counted", async () => {
    const createdAt = new Date("2021-06-01T00:00:00Z");
    const [one, two] = [await make({ createdAt }), await make({ createdAt, category: "forms" }), await make({ createdAt })];
    await crm.incoming.accept(one.uid, {});
    await crm.incoming.decline(two.uid);
    expect(await crm.incoming.summary({ createdFrom: createdAt, createdTo: new Date("2021-06-02T00:00:00Z") })).toEqual({
      ...{ total: 3, accepted: 1, declined: 1, averageSeconds: expect.any(Number), categories: { sip: 2, forms: 1 } },
    });
    expect(await crm.incoming.summary({ uids: ["нет"] })).toEqual({
      total: 0,
      accepted: 0,
      declined: 0,
      averageSeconds: null,
      categories: {},
    });
  });

  it("go with their stage when it is removed", async () => {
    const made = await crm.pipelines.create({
      name: "Вторая",
      stages: [{ name: "Вход", kind: "incoming" }, { name: "Работа" }, { name: "Да", kind: "won" }, { name: "Нет", kind: "lost" }],
    });
    const [incoming, open] = made.stages;
    const deal = await crm.deals.create({ stage: incoming?.id ?? 0 });
    await crm.incoming.create({ uid: "second", deal, category: "sip" });
    await expect(crm.pipelines.removeStage(made.id, incoming?.id ?? 0)).rejects.toThrow(Invalid);
    await crm.pipelines.removeStage(made.id, incoming?.id ?? 0, { moveDealsTo: open?.id ?? 0 });
    expect(await crm.deals.get(deal)).toMatchObject({ stage: open?.id, version: "2" });
    expect((await crm.incoming.get("second")).outcome).toBe("accepted");
  });
});
