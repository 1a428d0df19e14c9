import { Halted, type OwnTarget, Refused } from "@svyazka/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startPair } from "../../testkit/amo.ts";
import { departed, growOld } from "../../testkit/odd-account.ts";
import { keptRun, type OurCrm, ourCrms } from "../../testkit/our-crm.ts";
import { AmoUnavailable, overFetch, type Send } from "../client.ts";
import { moveIn } from "./in.ts";
import { moveOf } from "./move.ts";
import { moveOut } from "./out.ts";

describe("our CRM that moves out", () => {
  let crms: Awaited<ReturnType<typeof ourCrms>>;
  let ours: OurCrm;
  const standins: { stop(): Promise<void> }[] = [];
  const pair = async (send?: Send) => {
    const made = await startPair(send ? { send } : {});
    standins.push(made.standin);
    return made;
  };
  beforeAll(async () => {
    crms = await ourCrms();
    ours = await crms.make();
    await fill(ours);
  });
  afterEach(async () => {
    await Promise.all(standins.splice(0).map((one) => one.stop()));
  });
  afterAll(() => crms.close());
  const all = { leads: 60, contacts: 70, companies: 20, tasks: 60, notes: 135, elements: 120, goods: 20 };
  const sizes = ({ state }: Awaited<ReturnType<typeof pair>>["standin"]) => ({
    ...{ leads: state.leads.size, contacts: state.contacts.size, companies: state.companies.size },
    ...{ tasks: state.tasks.size, notes: state.notes.size, elements: state.elements.size },
    goods: state.links.filter(({ to_entity_type }) => to_entity_type === "catalog_elements").length,
  });
  const differences = (run: ReturnType<typeof keptRun>) => run.found().filter(({ what }) => what !== "left");

  it("is there as a whole, and nothing differs", async () => {
    const { amo, standin } = await pair();
    const run = keptRun();
    await moveOut(amo, ours.kit, ours.workspace, run);
    expect(differences(run)).toEqual([]);
    expect(sizes(standin)).toEqual(all);
    // What nobody could carry over is told, and how much of it there is.
    expect(run.found().map(({ what, kind, id, count }) => [what, kind, id, count])).toEqual([
      ["left", "note", "shared calls", 5],
      ["left", "deal", "sums", 1],
      ["left", "task", "no time", 1],
    ]);
    // Done again, it makes nothing; compared alone, it is the same.
    const writes = () => standin.requests.filter(({ method, path }) => method === "POST" && !path.includes("tags")).length;
    const before = writes();
    const again = keptRun();
    await moveOut(amo, ours.kit, ours.workspace, again);
    await standin.settled();
    expect([differences(again), writes() - before, sizes(standin)]).toEqual([[], 0, all]);
    await amo.leads.update([...standin.state.leads.keys()][0] ?? 0, { price: 1 });
    const compared = keptRun();
    await moveOf(amo, ours.kit, ours.workspace).compare(compared);
    expect(differences(compared)).toMatchObject([
      { what: "differs", kind: "deal", member: "updated_at" },
      { what: "differs", kind: "deal", member: "price", there: "1", here: "0" },
    ]);
  });

  it("goes on where it was broken off, by a process that died or an answer that was lost, and makes nothing twice", async () => {
    const fresh = await crms.make();
    await fill(fresh);
    const real = overFetch(fetch);
    let count = 0;
    // Every other write of records is done, and its answer lost.
    const lossy: Send = async (request) => {
      const answer = await real(request);
      const isWrite = request.method === "POST" && /\/(leads|contacts|companies|tasks|notes|elements)$/.test(new URL(request.url).pathname);
      if (isWrite && ++count % 2 === 1) throw new Error("connection reset");
      return answer;
    };
    const { amo, standin } = await pair(lossy);
    let steps = 0;
    const run = keptRun(() => {
      if (++steps % 2 === 0 && steps < 30) throw new Halted("the process has died");
    });
    const troubles: unknown[] = [];
    for (let tries = 0; tries < 100; tries++) {
      try {
        await moveOut(amo, fresh.kit, fresh.workspace, run);
        break;
      } catch (error) {
        troubles.push(error);
      }
    }
    expect(troubles.filter((error) => error instanceof AmoUnavailable).length).toBeGreaterThan(5);
    expect(troubles.filter((error) => error instanceof Halted).length).toBeGreaterThan(5);
    expect(troubles.every((error) => error instanceof Halted || error instanceof AmoUnavailable)).toBe(true);
    expect(differences(run)).toEqual([]);
    expect(sizes(standin)).toEqual(all);
  });

  it("is refused where records are already", async () => {
    const { amo, standin } = await pair();
    await amo.contacts.create({ name: "Здешний" });
    const fresh = await crms.make();
    await expect(moveOut(amo, fresh.kit, fresh.workspace, keptRun())).rejects.toThrow(Refused);
    expect(standin.state.contacts.size).toBe(1);
  });

  it("tells what amoCRM does not take, and makes the rest", async () => {
    const odd = await crms.make();
    const old = await pair();
    growOld(old.standin.state);
    await moveIn(old.amo, odd.kit, odd.workspace, keptRun(), false);
    const { amo, standin } = await pair();
    const run = keptRun();
    await moveOut(amo, odd.kit, odd.workspace, run);
    expect(sizes(standin)).toEqual({ leads: 30, contacts: 60, companies: 30, tasks: 60, notes: 320, elements: 300, goods: 6 });
    const told = differences(run).map(({ what, kind, id, member }) => [what, kind, id, member]);
    expect(told).toEqual(
      expect.arrayContaining([
        ["only_here", "user", String(departed), undefined],
        ["refused", "field", "700017", undefined],
        ["only_here", "field", "700017", undefined],
        ["refused", "note", "7002009", "params.signature"],
      ]),
    );
    // Nothing else of any record than values of that field, of options that were deleted, and notes of kinds that only amoCRM makes.
    const members = new Set(differences(run).flatMap(({ what, kind, member }) => (what === "differs" ? [`${kind} ${member}`] : [])));
    expect(
      [...members].filter((one) => !/^(field|stage) |^note (note_type|params\.)|custom_fields_values\.(700008|700017)$/.test(one)),
    ).toEqual([]);
  });
});

/** Ordinary content, all of which an account can hold. */
async function fill({ crm }: OurCrm): Promise<void> {
  const admin = await crm.users.create({ name: "Администратор", email: "admin@romashka.example", role: "administrator" });
  const manager = await crm.users.create({ name: "Менеджер", email: "manager@romashka.example", role: "manager" });
  const tariff = await crm.fields.create({
    ...{ entity: "deal", name: "Тариф", type: "select", position: 55 },
    options: [{ value: "Старт" }, { value: "Бизнес" }],
  });
  await crm.fields.create({ entity: "deal", name: "Дата поставки", type: "date", position: 53 });
  const area = await crm.fields.create({ entity: "deal", name: "Площадь", type: "number" });
  for (const { id, name } of await crm.groups.list()) if (name !== "Отдел продаж") await crm.groups.remove(id);
  for (const { id, name } of await crm.lossReasons.list()) if (name !== "Слишком дорого") await crm.lossReasons.remove(id);
  for (const { id, code } of await crm.taskTypes.list()) if (code === "email") await crm.taskTypes.remove(id);
  for (const { id } of await crm.groups.list()) await crm.groups.remove(id);
  for (const { stages, id: own } of await crm.pipelines.list())
    for (const { id, kind } of stages) if (kind === "open") await crm.pipelines.updateStage(own, id, { colour: "#d6eaff" });
  const service = await crm.pipelines.create({
    ...{ name: "Сервис", position: 20 },
    stages: [
      { name: "Заявка", colour: "#fffeb2", position: 20 },
      { name: "Ремонт", colour: "#d6eaff", position: 30 },
      { name: "Готово", kind: "won" },
      { name: "Отказ", kind: "lost" },
    ],
  });
  const main = (await crm.pipelines.list()).find(({ isDefault }) => isDefault);
  const stages = [...(main?.stages.filter(({ kind }) => kind !== "incoming") ?? []), ...service.stages];
  const [reason] = await crm.lossReasons.list();
  const [call] = await crm.taskTypes.list();
  const moment = (place: number) => new Date(1_600_000_000_000 + place * 61_000);
  const stamps = (place: number) => ({
    ...{ createdAt: moment(place), updatedAt: moment(place + 5), createdBy: [admin.id, manager.id, null][place % 3] ?? null },
    updatedBy: place % 2 === 0 ? admin.id : manager.id,
  });
  const companies: number[] = [];
  for (let place = 0; place < 20; place++)
    companies.push(
      await crm.companies.create({
        name: `ООО ${place}`,
        responsible: manager.id,
        phones: [{ value: `+7 495 ${1_000_000 + place}` }],
        ...stamps(place),
      }),
    );
  const contacts: number[] = [];
  for (let place = 0; place < 70; place++)
    contacts.push(
      await crm.contacts.create({
        ...{ name: "Иван", surname: `Петров${place}`, responsible: admin.id, company: place % 3 === 0 ? companies[place % 20] : null },
        ...{ phones: [{ value: `+7 910 ${1_000_000 + place}`, label: "mobile" }], emails: [{ value: `p${place}@example.com` }] },
        ...{ position: "капитан", tags: place % 4 === 0 ? [{ name: "VIP" }] : [], ...stamps(place) },
      }),
    );
  const catalog = await crm.catalogs.create({ name: "Окна", position: 10 });
  const price = await crm.catalogFields.create(catalog, { name: "Цена", type: "money", position: 1 });
  const elements: number[] = [];
  for (let place = 0; place < 120; place++)
    elements.push(
      await crm.elements.create(catalog, { name: `Окно ${place}`, values: { [price.id]: { minor: place * 100, currency: "RUB" } } }),
    );
  for (let place = 0; place < 60; place++) {
    const stage = stages[place % stages.length];
    const deal = await crm.deals.create({
      ...{ name: `Сделка ${place}`, sum: { minor: place * 100_000 + (place === 1 ? 50 : 0), currency: "RUB" }, responsible: manager.id },
      ...{ pipeline: stage?.pipeline, stage: stage?.id, company: place % 5 === 0 ? companies[place % 20] : null },
      ...(stage?.kind === "lost" && { lossReason: reason?.id }),
      ...((stage?.kind === "lost" || stage?.kind === "won") && { closedAt: moment(place + 3) }),
      contacts: [{ id: contacts[place] ?? 0 }, { id: contacts[place + 10] ?? 0, isMain: place % 2 === 0 }],
      tags: place % 3 === 0 ? [{ name: "повтор" }] : [],
      values: { [tariff.id]: tariff.options[place % 2]?.id ?? null, [area.id]: place + 0.5 },
      ...stamps(place),
    });
    if (place % 3 === 0) {
      await crm.dealElements.put(deal, elements[place] ?? 0, { quantity: place + 1, priceField: price.id });
      const { updatedAt, updatedBy } = stamps(place);
      await crm.deals.update(deal, { updatedAt, updatedBy });
    }
    const on: OwnTarget = place % 2 === 0 ? { deal } : { contact: contacts[place] ?? 0 };
    await crm.tasks.create({
      on,
      title: `Задача ${place}`,
      type: call?.id,
      due: place === 9 ? null : moment(place + 100),
      responsible: manager.id,
      done: place % 4 === 0,
      result: place % 4 === 0 ? "Да" : null,
      ...stamps(place),
    });
    await crm.notes.create({ on, text: `Примечание ${place}`, ...stamps(place) });
    await crm.notes.create({ on: { deal }, text: `Ещё одно ${place}`, ...stamps(place) });
    if (place % 4 === 0)
      await crm.calls.save({
        ...{
          key: `uniq:call${place}`,
          direction: place % 8 === 0 ? "in" : "out",
          phone: `+7910${1_000_000 + place}`,
          startedAt: moment(place),
          deal,
        },
        ...{ talkSeconds: place, durationSeconds: place, responsible: manager.id, ...stamps(place) },
        ...(place % 12 === 0 && { contact: contacts[place] }),
        recordings: [{ url: `https://pbx.example/${place}.mp3` }],
      });
  }
}
