import { type ConnectionId, Invalid, type OwnCrm } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../../server/testkit/database.ts";
import { workspaceOf } from "../../testkit/trial.ts";
import { createDefaults } from "../index.ts";
import { ownCrm } from "./own-crm.ts";

describe("what a CRM is made of, brought along with its ids", async () => {
  const test = await testDatabase();
  afterAll(() => test.close());
  const home = workspaceOf(1);
  const sql = test.database.in(home.id);
  let crm: OwnCrm;
  beforeAll(async () => {
    await createDefaults(sql, home);
    crm = await ownCrm(sql, { home, connection: 7 as ConnectionId, user: undefined });
  });
  const ends = [
    { name: "Да", kind: "won" as const },
    { name: "Нет", kind: "lost" as const },
  ];

  it("keeps the ids of pipelines, stages, users, tags and short lists, and numbers later ones above them", async () => {
    const pipeline = await crm.pipelines.create({ id: 1_309_792, name: "Воронка", stages: [{ id: 21_234_445, name: "Лид" }, ...ends] });
    expect([pipeline.id, pipeline.stages[0]?.id]).toEqual([1_309_792, 21_234_445]);
    const stage = await crm.pipelines.createStage(pipeline.id, { id: 21_234_451, name: "Счёт" });
    const next = await crm.pipelines.createStage(pipeline.id, { name: "Позже" });
    expect([stage.id, next.id > 21_234_451]).toEqual([21_234_451, true]);
    const made = [
      await crm.users.create({ id: 2_772_376, name: "Анна", role: "manager" }),
      await crm.tags.create({ id: 300_001, entity: "deal", name: "срочно" }),
      await crm.lossReasons.create({ id: 4_203_748, name: "Дорого" }),
      await crm.taskTypes.create({ id: 50_001, name: "Замер" }),
      await crm.sources.create({ id: 60_001, name: "Сайт" }),
      await crm.groups.create({ id: 70_001, name: "Сервис" }),
    ];
    expect(made.map(({ id }) => id)).toEqual([2_772_376, 300_001, 4_203_748, 50_001, 60_001, 70_001]);
    expect((await crm.users.create({ name: "Олег", role: "manager" })).id).toBeGreaterThan(2_772_376);
    expect((await crm.tags.create({ id: 300_009, entity: "deal", name: "Срочно" })).id).toBe(300_001);
  });

  it("refuses an id that is taken, also by what was deleted, and one that cannot be", async () => {
    const { id } = await crm.lossReasons.create({ id: 5_000_001, name: "Было" });
    await crm.lossReasons.remove(id);
    await expect(crm.lossReasons.create({ id, name: "Снова" })).rejects.toThrow("5000001 is taken");
    await expect(crm.users.create({ id: 0, name: "Никто", role: "manager" })).rejects.toThrow(Invalid);
    const before = (await crm.pipelines.list()).length;
    const draft = { id: 1_400_000, name: "Вторая", stages: [{ id: 21_234_445, name: "Лид" }, ...ends] };
    await expect(crm.pipelines.create(draft)).rejects.toMatchObject({ fields: { stages: ["21234445 is taken"] } });
    expect(await crm.pipelines.list()).toHaveLength(before);
  });

  it("takes a new option of a field with its id, and takes it back after it was deleted", async () => {
    const field = await crm.fields.create({ entity: "deal", name: "Тариф", type: "select", options: [{ id: 900_001, value: "Старт" }] });
    const both = [
      { id: 900_001, value: "Старт" },
      { id: 900_002, value: "Бизнес", isNew: true },
    ];
    for (let time = 0; time < 2; time++) {
      const { options } = await crm.fields.update(field.id, { options: both });
      expect(options.map(({ id }) => id)).toEqual([900_001, 900_002]);
      expect((await crm.fields.update(field.id, { options: both.slice(0, 1) })).options).toHaveLength(1);
    }
    const other = await crm.fields.create({ entity: "deal", name: "Размер", type: "select", options: [{ value: "S" }] });
    await expect(
      crm.fields.update(other.id, { options: [...other.options, { id: 900_002, value: "Чужой", isNew: true }] }),
    ).rejects.toMatchObject({ fields: { options: ["900002 is taken"] } });
  });

  it("gives other ids to what every record has by itself, once they are forgotten", async () => {
    const phone = (id: number) => [{ id, code: "PHONE", name: "Телефон", options: [{ id: id + 1, code: "WORK" }] }];
    expect(await crm.fields.known("contact", phone(384_533))).toMatchObject([{ id: 384_533, options: [{ id: 384_534 }] }]);
    expect(await crm.fields.known("contact", phone(500_000))).toMatchObject([{ id: 384_533 }]);
    await crm.fields.forgetKnown("contact");
    expect(await crm.fields.known("contact", phone(500_000))).toMatchObject([{ id: 500_000, options: [{ id: 500_001 }] }]);
  });
});
