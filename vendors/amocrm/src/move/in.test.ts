import { Halted, type MoveFinding, type MoveProgress, Refused } from "@svyazka/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startPair } from "../../testkit/amo.ts";
import { departed, growOld } from "../../testkit/odd-account.ts";
import { keptRun, type OurCrm, ourCrms } from "../../testkit/our-crm.ts";
import { AmoRateLimited, AmoUnavailable } from "../client.ts";
import { moveIn } from "./in.ts";

describe("an account that moves in", () => {
  let crms: Awaited<ReturnType<typeof ourCrms>>;
  const standins: { stop(): Promise<void> }[] = [];
  beforeAll(async () => {
    crms = await ourCrms();
  });
  afterEach(async () => {
    await Promise.all(standins.splice(0).map((one) => one.stop()));
  });
  afterAll(() => crms.close());

  async function old(many?: number) {
    const pair = await startPair();
    standins.push(pair.standin);
    growOld(pair.standin.state, many);
    return pair;
  }
  async function moved({ amo }: Awaited<ReturnType<typeof old>>, ours: OurCrm, run = keptRun(), intoFilled = false) {
    await moveIn(amo, ours.kit, ours.workspace, run, intoFilled);
    return run.found().filter(({ what }) => what !== "left");
  }
  const count = async ({ crm }: OurCrm) => ({
    deals: (await crm.deals.list({ limit: 500 })).items.length,
    contacts: (await crm.contacts.list({ limit: 500 })).items.length,
    companies: (await crm.companies.list({ limit: 500 })).items.length,
    tasks: (await crm.tasks.list({ limit: 500 })).items.length,
    notes: (await crm.notes.list({ limit: 500 })).items.length,
  });
  const all = { deals: 30, contacts: 60, companies: 30, tasks: 60, notes: 320 };
  /** No two options of a field are the same here, in any case of their letters. */
  const sameOption: MoveFinding = {
    ...{ what: "differs", kind: "field", id: "700018", member: "enums" },
    ...{ there: '[[800031,"А",null],[800032,"а",null]]', here: '[[800031,"А",null],[800032,"а (2)",null]]' },
  };

  it("is here as a whole, under its ids, and what differs is told", async () => {
    const ours = await crms.make();
    const run = keptRun();
    expect(await moved(await old(), ours, run)).toEqual([sameOption]);
    expect(await count(ours)).toEqual(all);
    expect(run.found().map(({ what, kind, id, count }) => [what, kind, id, count])).toEqual(
      expect.arrayContaining([
        ["left", "user", String(departed), 1],
        ["left", "other", "files", 2],
        ["left", "note", "responsible of notes of leads", 3],
      ]),
    );
  });

  it("brings what the documents do not tell of", async () => {
    const ours = await crms.make();
    const { crm } = ours;
    await moved(await old(), ours);
    const former = (await crm.users.list()).find(({ id }) => id === departed);
    expect(former).toMatchObject({ active: false, email: null });
    const paid = (await crm.fields.list({ entity: "deal" })).find(({ id }) => id === 700_008);
    expect(paid?.options.map(({ value }) => value)).toEqual(["Наличные", "Карта"]);
    const deal = await crm.deals.get(26_000_000);
    expect(deal.values).toMatchObject({ 700008: 800_013, 700017: { json: [{ value: { spin: ["up", "down"] } }] } });
    expect((await crm.notes.list({ on: "deal", records: [26_000_000], limit: 500 })).items).toHaveLength(300);
    expect((await crm.catalogs.list()).map(({ id, kind, position }) => [id, kind, position])).toEqual([[9_001, "products", 3]]);
    expect((await crm.elements.list({ limit: 500 })).items).toHaveLength(300);
    expect(await crm.dealElements.list([26_000_000])).toEqual([
      { deal: 26_000_000, element: 3_000_000, catalog: 9_001, quantity: 1.5, priceField: 710_001 },
    ]);
    // What a new workspace has by itself has given way.
    expect((await crm.pipelines.list()).map(({ id }) => id)).toEqual([1_309_792, 1_400_001]);
    expect((await crm.fields.list({ entity: "contact" })).map(({ code }) => code)).toEqual([]);
  });

  it("goes on where it was broken off, wherever that was, and makes nothing twice", async () => {
    const pair = await old();
    const whole = keptRun();
    await moved(pair, await crms.make(), whole);
    const ours = await crms.make();
    let runs = 0;
    // Each step is the last one of a process: one time after it was kept, the next time before.
    let isKept = false;
    const run = keptRun(() => {
      isKept = !isKept;
      if (runs < whole.progress.length * 2) throw new Halted("the process has died");
    });
    for (;;) {
      const lost = {
        ...run,
        get place() {
          return run.place;
        },
        keep: async (step: Parameters<typeof run.keep>[0]) => {
          if (runs % 2 === 1 && runs < whole.progress.length * 2) throw new Halted("before it was kept");
          await run.keep(step);
        },
      };
      runs++;
      const isOver = await moveIn(pair.amo, ours.kit, ours.workspace, lost, false).then(
        () => true,
        (error: unknown) => {
          if (error instanceof Halted) return false;
          throw error;
        },
      );
      if (isOver) break;
    }
    expect(runs).toBeGreaterThan(10);
    expect(run.found().filter(({ what }) => what !== "left")).toEqual([sameOption]);
    expect(await count(ours)).toEqual(all);
  });

  it("survives storms of refusals and pages of HTML: the run is tried again, and nothing is lost", async () => {
    const pair = await old();
    const ours = await crms.make();
    const { switches } = pair.standin;
    const troubles = [
      () => {
        switches.storm = 40;
      },
      () => {
        switches.html = true;
      },
      () => {
        switches.down = true;
      },
    ];
    const seen: unknown[] = [];
    const run = keptRun(({ kind }: MoveProgress) => {
      if (kind === "contact" || kind === "deal" || kind === "note") troubles.shift()?.();
    });
    for (let tries = 0; tries < 10; tries++) {
      try {
        await moveIn(pair.amo, ours.kit, ours.workspace, run, false);
        break;
      } catch (error) {
        seen.push(error);
        Object.assign(switches, { storm: 0, html: false, down: false });
      }
    }
    expect(seen.length).toBe(3);
    expect(seen.every((error) => error instanceof AmoRateLimited || error instanceof AmoUnavailable)).toBe(true);
    expect(run.found().filter(({ what }) => what !== "left")).toEqual([sameOption]);
    expect(await count(ours)).toEqual(all);
  });

  it("brings what has changed there since when it is run again, and keeps what has changed here", async () => {
    const pair = await old();
    const ours = await crms.make();
    await moved(pair, ours);
    const [there, here] = [26_000_014, 26_000_021];
    await pair.amo.leads.update(there, { price: 777 });
    await ours.crm.deals.update(here, { name: "Наша" });
    const found = await moved(pair, ours);
    expect((await ours.crm.deals.get(there)).sum).toEqual({ minor: 77_700, currency: "RUB" });
    expect((await ours.crm.deals.get(here)).name).toBe("Наша");
    expect(found.map(({ id, member }) => [id, member])).toEqual(
      expect.arrayContaining([
        [String(here), "name"],
        ["700018", "enums"],
      ]),
    );
    expect(found.every(({ id }) => id === String(here) || id === "700018")).toBe(true);
    expect(await count(ours)).toEqual(all);
  });

  it("is refused where there are records already, unless it is meant: then ids that are taken are told, and nothing is overwritten", async () => {
    const pair = await old();
    const ours = await crms.make();
    const own = await ours.crm.contacts.create({ id: 46_900_003, name: "Здешний" });
    const deal = await ours.crm.deals.create({ id: 26_000_007, name: "Здешняя" });
    await expect(moved(pair, ours)).rejects.toThrow(Refused);
    const found = await moved(pair, ours, keptRun(), true);
    expect([(await ours.crm.contacts.get(own)).name, (await ours.crm.deals.get(deal)).name]).toEqual(["Здешний", "Здешняя"]);
    const told = found.filter(({ member }) => member === "id").map(({ kind, id }) => [kind, id]);
    expect(told).toEqual(
      expect.arrayContaining([
        ["contact", "46900003"],
        ["deal", "26000007"],
      ]),
    );
    expect(found.filter(({ kind, what, member }) => kind === "deal" && (what !== "differs" || member !== "id"))).toEqual([]);
    expect(await count(ours)).toEqual({ ...all, contacts: 61, deals: 31 });
    expect(await moved(pair, ours, keptRun(), true)).toEqual(found);
    expect(await count(ours)).toEqual({ ...all, contacts: 61, deals: 31 });
  });

  it("knows people who work here by their e-mails, and lets in nobody who did not", async () => {
    const pair = await old(6);
    const ours = await crms.make();
    const here = await ours.crm.users.create({ name: "Мария", email: "Manager@romashka.example", role: "manager" });
    const found = await moved(pair, ours);
    expect(found).toContainEqual({ what: "differs", kind: "user", id: "2772377", member: "id", there: "2772377", here: String(here.id) });
    const { items } = await ours.crm.deals.list({ limit: 500, responsible: [here.id] });
    expect(items.length).toBeGreaterThan(0);
    expect((await ours.crm.users.list()).map(({ name, role, active }) => [name, role, active])).toEqual(
      expect.arrayContaining([
        ["Мария", "manager", true],
        ["Администратор", "administrator", true],
        ["Стажёр", "manager", false],
      ]),
    );
  });
});
