import { type ConnectionId, Forbidden, Invalid, NotFound, type OwnCrm } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../../server/testkit/database.ts";
import { workspaceOf } from "../../testkit/trial.ts";
import { createDefaults, createUser, getContact, updateContact } from "../index.ts";
import { ownCrm } from "./own-crm.ts";

describe("fields", async () => {
  const test = await testDatabase();
  afterAll(() => test.close());
  const home = workspaceOf(1);
  const sql = test.database.in(home.id);
  const lend = (user?: number) => ownCrm(sql, { home, connection: 7 as ConnectionId, user });
  let crm: OwnCrm;
  beforeAll(async () => {
    await createDefaults(sql, home);
    crm = await lend();
  });

  it("keep what a served API says of them", async () => {
    const field = await crm.fields.create({
      entity: "deal",
      code: "when",
      name: "Когда",
      type: "moment",
      served: { type: "date_time", group: "default" },
    });
    expect(field.served).toEqual({ type: "date_time", group: "default" });
    expect((await crm.fields.update(field.id, { name: "Начало" })).served).toEqual({ type: "date_time", group: "default" });
    expect((await crm.fields.update(field.id, { served: null })).served).toBeNull();
  });

  it("hold moments and objects, by id", async () => {
    const when = await crm.fields.create({ entity: "deal", name: "Встреча", type: "moment" });
    const what = await crm.fields.create({ entity: "deal", name: "Юрлицо", type: "object" });
    const values = { [when.id]: "2026-12-31T15:00:00+03:00", [what.id]: { json: { name: "ООО", vat_id: "7788888888" } } };
    const deal = await crm.deals.create({ values });
    expect((await crm.deals.get(deal)).values).toEqual({ ...values, [when.id]: "2026-12-31T12:00:00.000Z" });
    await crm.deals.update(deal, { values: { [what.id]: null } });
    expect((await crm.deals.get(deal)).values).toEqual({ [when.id]: "2026-12-31T12:00:00.000Z" });
    await expect(crm.deals.update(deal, { values: { [when.id]: "завтра", 999999: 1 } })).rejects.toThrow(
      new Invalid({
        [`values.${when.id}`]: ["must be a moment: 2026-12-31T15:00:00Z"],
        "values.999999": ["there is no custom field with this id"],
      }),
    );
  });

  it("may bring their ids and those of their options", async () => {
    const field = await crm.fields.create({
      ...{ id: 660_009, entity: "contact", name: "Опыт", type: "select" },
      options: [{ id: 748_081, value: "Есть" }, { value: "Нет" }],
    });
    expect(field).toMatchObject({ id: 660_009, code: "field_660009", options: [{ id: 748_081, value: "Есть" }, { value: "Нет" }] });
    expect((await crm.fields.create({ entity: "contact", name: "Потом", type: "text" })).id).toBeGreaterThan(660_009);
    await expect(crm.fields.create({ id: 660_009, entity: "deal", name: "Занято", type: "text" })).rejects.toThrow(Invalid);
    const taken = { entity: "deal", name: "Занято", type: "select", options: [{ id: 748_081, value: "Есть" }] } as const;
    await expect(crm.fields.create(taken)).rejects.toThrow(new Invalid({ options: ["748081 is taken"] }));
  });

  it("that every record has by itself get ids on first use, from the same numbers", async () => {
    const wanted = [
      { code: "PHONE", name: "Телефон", options: [{ code: "WORK" }, { code: "MOB" }] },
      { code: "POSITION", name: "Должность", served: { sort: 5 } },
    ];
    const [one, two] = await Promise.all([crm.fields.known("contact", wanted), crm.fields.known("contact", wanted)]);
    expect(one).toEqual(two);
    expect(one).toMatchObject([
      { entity: "contact", code: "PHONE", name: "Телефон", served: null, options: [{ code: "WORK" }, { code: "MOB" }] },
      { code: "POSITION", served: { sort: 5 }, options: [] },
    ]);
    const [phone] = one ?? [];
    const more = await crm.fields.known("contact", [{ code: "PHONE", name: "Иначе", options: [{ code: "WORK" }, { code: "FAX" }] }]);
    expect(more[0]).toMatchObject({ id: phone?.id, name: "Телефон", options: [...(phone?.options ?? []), { code: "FAX" }] });
    await crm.fields.updateKnown(phone?.id ?? 0, { name: "Тел.", served: { group: 1 } });
    expect((await crm.fields.known("contact", wanted))[0]).toMatchObject({ name: "Тел.", served: { group: 1 } });
    await expect(crm.fields.updateKnown(999_999, { name: "x" })).rejects.toThrow(NotFound);
    const brought = await crm.fields.known("company", [
      { id: 384_533, code: "PHONE", name: "Телефон", options: [{ id: 1_748_081, code: "WORK" }] },
    ]);
    expect(brought).toMatchObject([{ id: 384_533, options: [{ id: 1_748_081 }] }]);
    await expect(crm.fields.create({ id: 384_533, entity: "deal", name: "Занято", type: "text" })).rejects.toThrow(Invalid);
    const { id } = await crm.fields.create({ entity: "deal", name: "Ещё", type: "text" });
    expect([phone?.id, 384_533]).not.toContain(id);
  });

  it("are changed by administrators and connections, and read by everybody", async () => {
    const manager = await lend((await createUser(sql, { name: "Анна", role: "manager" })).id);
    await expect(manager.fields.create({ entity: "deal", name: "Нет", type: "text" })).rejects.toThrow(Forbidden);
    expect((await manager.fields.list({ entity: "contact" })).length).toBeGreaterThan(0);
    expect((await manager.fields.known("contact", [{ code: "IM", name: "Мгн. сообщения" }])).at(-1)).toMatchObject({ code: "IM" });
    const admin = await lend((await createUser(sql, { name: "Ольга", role: "administrator" })).id);
    expect((await admin.fields.create({ entity: "deal", name: "Да", type: "text" })).name).toBe("Да");
  });

  it("of phones keep the label of a served API while the phone keeps its own", async () => {
    const id = await crm.contacts.create({
      phones: [
        { value: "+7 910 123-45-67", label: "work", servedLabel: "WORKDD" },
        { value: "+7 910 765-43-21", label: "other", servedLabel: "FAX" },
      ],
      emails: [{ value: "a@example.com", servedLabel: "PRIV" }],
    });
    const labels = async () => {
      const { phones, emails } = await crm.contacts.get(id);
      return [...phones, ...emails].map(({ servedLabel }) => servedLabel);
    };
    expect(await labels()).toEqual(["WORKDD", "FAX", "PRIV"]);
    // As the console writes them: all of them, without what it does not know.
    const { phones } = await getContact(sql, id);
    const [first, second] = phones;
    if (!first || !second) throw new Error("two phones were given");
    const typed = [
      { value: "8 (910) 123-45-67", label: first.label },
      { value: second.value, label: "home" as const },
      { value: "+79109999999" },
    ];
    await updateContact(sql, id, { phones: typed }, { actor: "operator", home });
    expect(await labels()).toEqual(["WORKDD", null, null, "PRIV"]);
  });
});
