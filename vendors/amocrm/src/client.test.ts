import { afterEach, describe, expect, it } from "vitest";
import { startPair } from "../testkit/amo.ts";
import { type AmoInvalid, type ContactDraft, fieldTexts, listed, withField, withoutRefused } from "./client.ts";
import { lost, won } from "./protocol.ts";
import type { AmoStandIn } from "./standin.ts";

const started: AmoStandIn[] = [];
afterEach(async () => {
  for (const standin of started.splice(0)) await standin.stop();
});
async function start() {
  const pair = await startPair();
  started.push(pair.standin);
  return pair;
}
const now = () => Math.floor(Date.now() / 1000);
const person = (name: string, phone: string): ContactDraft => withField({ name }, "PHONE", { value: phone, enum_code: "MOB" });

describe("people and deals", () => {
  it("a contact is found by the phone, however it is written, and by no other", async () => {
    const { amo } = await start();
    await amo.contacts.createMany([person("Иван", "+7 (910) 123-45-67"), person("Анна", "89101234567"), person("Пётр", "+79101234568")]);
    await amo.contacts.create({ name: "9101234567" });
    expect((await amo.contacts.findByPhone("79101234567")).map(({ name }) => name).sort()).toEqual(["Анна", "Иван"]);
    expect(await amo.contacts.findByPhone("no phone")).toEqual([]);
    expect(await amo.contacts.findByPhone("123")).toEqual([]);
  });

  it("are found by the e-mail, companies by the phone as well, the last changed first", async () => {
    const { amo } = await start();
    const mailed = (name: string, email: string, updated_at: number) =>
      withField({ name, updated_at }, "EMAIL", { value: email, enum_code: "WORK" });
    await amo.contacts.createMany([
      mailed("Старая", "anna@example.com", 1_700_000_000),
      mailed("Новая", "Anna@Example.com", 1_700_000_100),
      mailed("Чужая", "joanna@example.com", 1_700_000_200),
    ]);
    expect((await amo.contacts.findByEmail(" ANNA@example.com ")).map(({ name }) => name)).toEqual(["Новая", "Старая"]);
    expect(await amo.contacts.findByEmail(" ")).toEqual([]);
    await amo.companies.create(withField({ name: "ООО" }, "PHONE", { value: "8 (910) 123-45-67", enum_code: "WORK" }));
    expect((await amo.companies.findByPhone("+79101234567")).map(({ name }) => name)).toEqual(["ООО"]);
  });

  it("a lead is saved without the fields that are refused, and they are told", async () => {
    const { amo, standin } = await start();
    const draft = withField(withField({ name: "Заявка" }, 384_555, "Нет такого"), "UTM_SOURCE", "site");
    const error = await amo.leads.create(draft).catch((caught: unknown) => caught);
    const rest = withoutRefused(draft, error as AmoInvalid);
    expect(rest?.refused).toEqual([{ field_id: 384_555, values: [{ value: "Нет такого" }] }]);
    const { id } = await amo.leads.create(rest?.draft ?? {});
    expect(standin.state.leads.get(id)?.custom_fields_values?.map(({ field_code }) => field_code)).toEqual(["UTM_SOURCE"]);
    const other = await amo.leads.create({ ...draft, name: 5 as unknown as string }).catch((caught: unknown) => caught);
    expect(withoutRefused(draft, other as AmoInvalid)).toBeUndefined();
  });

  it("a lead comes with its contact and company in one piece", async () => {
    const { amo } = await start();
    const [made] = await amo.leads.createComplex([
      { name: "Сделка", price: 100, _embedded: { contacts: [person("Иван", "+79101234567")], companies: [{ name: "ООО" }] } },
    ]);
    if (!made?.isDone) throw new Error("it was not made");
    const lead = await amo.leads.get(made.value.id, ["contacts"]);
    expect(lead).toMatchObject({ name: "Сделка", price: 100, _embedded: { contacts: [{ id: made.value.contact_id, is_main: true }] } });
    const contact = await amo.contacts.get(made.value.contact_id ?? 0, ["leads"]);
    expect(fieldTexts(contact, "PHONE")).toEqual([{ value: "+79101234567", kind: "MOB" }]);
    expect(contact._embedded.leads).toEqual([expect.objectContaining({ id: lead.id })]);
    expect(await amo.companies.find(made.value.company_id ?? 0)).toMatchObject({ name: "ООО" });
  });

  it("a lead with a contact that is there already, and one that is wrong beside it", async () => {
    const { amo } = await start();
    const { id } = await amo.contacts.create({ name: "Иван" });
    const outcomes = await amo.leads.createComplex([
      { name: "one", _embedded: { contacts: [{ id }] } },
      { name: "two", status_id: 5 },
    ]);
    expect(outcomes).toMatchObject([
      { isDone: true, value: { contact_id: id } },
      { isDone: false, index: 1 },
    ]);
  });

  it("is changed, closed, and tagged", async () => {
    const { amo } = await start();
    const { id } = await amo.leads.create({ name: "Сделка", tags_to_add: [{ name: "новый" }] });
    await amo.leads.update(id, { status_id: won, tags_to_add: [{ name: "vip" }] });
    const lead = await amo.leads.get(id);
    expect(lead.closed_at).not.toBeNull();
    expect(lead._embedded.tags.map(({ name }) => name).sort()).toEqual(["vip", "новый"]);
    expect((await listed(amo.leads.tags.all())).map(({ name }) => name)).toEqual(expect.arrayContaining(["vip", "новый"]));
    const again = await amo.leads.tags.create({ name: "vip" });
    expect(again.id).toBe(lead._embedded.tags.find(({ name }) => name === "vip")?.id);
  });

  it("fields are defined, and their values filtered by", async () => {
    const { amo } = await start();
    const field = await amo.leads.fields.create({
      name: "Цвет",
      type: "select",
      enums: [
        { value: "red", sort: 1 },
        { value: "blue", sort: 2 },
      ],
    });
    const blue = field.enums?.find(({ value }) => value === "blue")?.id ?? 0;
    await amo.leads.createMany([withField({ name: "r" }, field.id, "red"), withField({ name: "b" }, field.id, { enum_id: blue })]);
    expect((await listed(amo.leads.all({ filter: { custom_fields_values: { [field.id]: blue } } }))).map(({ name }) => name)).toEqual([
      "b",
    ]);
    await amo.leads.fields.update(field.id, { name: "Оттенок" });
    expect((await listed(amo.leads.fields.all())).find(({ id }) => id === field.id)?.name).toBe("Оттенок");
    await amo.leads.fields.remove(field.id);
    expect(await amo.leads.fields.find(field.id)).toBeUndefined();
    await expect(amo.leads.fields.remove(field.id)).rejects.toMatchObject({ name: "AmoNotFound" });
    expect((await listed(amo.leads.fields.groups.all())).length).toBeGreaterThan(0);
  });

  it("are linked and unlinked", async () => {
    const { amo } = await start();
    const { id: lead } = await amo.leads.create({ name: "Сделка" });
    const { id: contact } = await amo.contacts.create({ name: "Иван" });
    await amo.leads.links.link(lead, [{ to_entity_id: contact, to_entity_type: "contacts" }]);
    expect(await amo.leads.links.of(lead)).toMatchObject([{ to_entity_id: contact, to_entity_type: "contacts" }]);
    expect(await amo.leads.links.ofMany([lead])).toMatchObject([{ entity_id: lead, to_entity_id: contact }]);
    await amo.leads.links.unlink(lead, [{ to_entity_id: contact, to_entity_type: "contacts" }]);
    expect(await amo.leads.links.of(lead)).toEqual([]);
    expect(await amo.leads.links.ofMany([])).toEqual([]);
  });
});

describe("what people do", () => {
  it("tasks are set, listed and completed", async () => {
    const { amo } = await start();
    const { id: lead } = await amo.leads.create({ name: "Сделка" });
    const { id } = await amo.tasks.create({ text: "Позвонить", complete_till: now() + 3600, entity_type: "leads", entity_id: lead });
    expect(await listed(amo.tasks.all({ filter: { is_completed: false, entity_type: "leads", entity_id: lead } }))).toMatchObject([
      { id, text: "Позвонить" },
    ]);
    await amo.tasks.complete(id, "Договорились");
    expect(await amo.tasks.get(id)).toMatchObject({ is_completed: true, result: { text: "Договорились" } });
  });

  it("notes of one record, of many, and their changes", async () => {
    const { amo } = await start();
    const { id: lead } = await amo.leads.create({ name: "Сделка" });
    const since = now() - 5;
    const { id } = await amo.leads.notes.on(lead).create({ note_type: "common", params: { text: "привет" } });
    const call = { uniq: "u1", duration: 5, source: "pbx", phone: "79101234567", call_status: 4 } as const;
    await amo.leads.notes.createMany([{ entity_id: lead, note_type: "call_in", params: call }]);
    expect((await listed(amo.leads.notes.on(lead).all())).map(({ note_type }) => note_type)).toEqual(["common", "call_in"]);
    expect(await listed(amo.leads.notes.all({ filter: { note_type: "call_in" } }))).toMatchObject([
      { params: { uniq: "u1", duration: 5 } },
    ]);
    await amo.leads.notes.update(id, { note_type: "common", params: { text: "пока" } });
    expect(await amo.leads.notes.get(id)).toMatchObject({ params: { text: "пока" } });
    expect(await listed(amo.leads.notes.changes(since))).toHaveLength(2);
  });

  it("calls go to whose phone it is; nobody's are told, alone and beside others", async () => {
    const { amo } = await start();
    const { id } = await amo.contacts.create(person("Иван", "+79101234567"));
    const call = { direction: "inbound", duration: 5, source: "pbx", uniq: "u", phone: "79101234567" } as const;
    const stranger = { ...call, phone: "79990000000" };
    expect(await amo.calls.createMany([stranger, call])).toMatchObject([
      { isDone: false, index: 0, error: { name: "AmoNotFound" } },
      { isDone: true, index: 1, value: { entity_id: id, entity_type: "contact" } },
    ]);
    expect(await amo.calls.createMany([stranger])).toMatchObject([{ isDone: false, error: { name: "AmoNotFound" } }]);
    await expect(amo.calls.create(stranger)).rejects.toMatchObject({ name: "AmoNotFound" });
    expect(await amo.calls.createMany([{ ...call, direction: "up" } as never, call])).toMatchObject([
      { isDone: false, error: { name: "AmoInvalid" } },
      { isDone: true },
    ]);
  });

  it("a card is shown for a call", async () => {
    const { amo, standin } = await start();
    const [user] = await listed(amo.users.all());
    await amo.calls.showCard("79101234567", [user?.id ?? 0]);
    await expect(amo.calls.showCard("79101234567", [1])).rejects.toMatchObject({ name: "AmoInvalid" });
    expect(standin.requests.at(-1)?.path).toBe("/api/v2/events/");
  });

  it("what nobody has taken is taken or declined", async () => {
    const { amo } = await start();
    const form = { form_id: "1", form_name: "Сайт", form_page: "https://example.com", form_sent_at: now() };
    const draft = (name: string) => ({
      source_uid: name,
      source_name: "Сайт",
      metadata: form,
      _embedded: { leads: [{ name }], contacts: [person(name, "+79101234567")] },
    });
    const outcomes = await amo.unsorted.forms.createMany([draft("a"), draft("b")]);
    const uids = outcomes.flatMap((outcome) => (outcome.isDone ? [outcome.value.uid] : []));
    expect(uids).toHaveLength(2);
    expect((await listed(amo.unsorted.all())).map(({ uid }) => uid).sort()).toEqual([...uids].sort());
    await amo.unsorted.accept(uids[0] ?? "");
    await amo.unsorted.decline(uids[1] ?? "");
    expect(await amo.unsorted.summary()).toMatchObject({ accepted: 1, declined: 1 });
    await expect(amo.unsorted.accept("no-such")).rejects.toMatchObject({ name: "AmoNotFound" });
    const sip = {
      from: "79101234567",
      phone: "78001234567",
      called_at: now(),
      duration: 5,
      link: "https://example.com/1.mp3",
      service_code: "pbx",
      uniq: "u",
    };
    expect(await amo.unsorted.sip.create({ source_uid: "s", source_name: "АТС", metadata: sip })).toMatchObject({
      uid: expect.any(String),
    });
  });
});

describe("an account", () => {
  it("tells of itself, its people, and how it is set up", async () => {
    const { amo, standin } = await start();
    const account = await amo.account.get(["users_groups", "task_types", "datetime_settings", "amojo_id"]);
    expect(account).toMatchObject({ id: standin.state.info.id, amojo_id: expect.any(String) });
    expect(account._embedded?.task_types?.length).toBeGreaterThan(0);
    expect(account._embedded?.datetime_settings?.timezone_offset).toMatch(/^[+-]\d\d:\d\d$/);
    const [user] = await listed(amo.users.all({ with: ["phone_number"] }));
    expect(await amo.users.get(user?.id ?? 0)).toMatchObject({ email: user?.email });
    expect(Array.isArray(await listed(amo.roles.all()))).toBe(true);
    expect(Array.isArray(await listed(amo.lossReasons.all()))).toBe(true);
  });

  it("pipelines and statuses are made, renamed and removed", async () => {
    const { amo } = await start();
    const pipeline = await amo.pipelines.create({
      name: "Вторая",
      sort: 20,
      is_main: false,
      is_unsorted_on: true,
      _embedded: { statuses: [{ name: "Первый", sort: 20, color: "#fffeb2" }] },
    });
    const statuses = amo.pipelines.statuses(pipeline.id);
    const made = await statuses.create({ name: "Второй", sort: 30, color: "#d6eaff" });
    await statuses.update(made.id, { name: "Третий" });
    const names = (await listed(statuses.all())).map(({ name, id }) => [id, name]);
    expect(names).toContainEqual([made.id, "Третий"]);
    expect(names.map(([id]) => id)).toEqual(expect.arrayContaining([won, lost]));
    await statuses.remove(made.id);
    await amo.pipelines.update(pipeline.id, { name: "Другая" });
    expect((await amo.pipelines.get(pipeline.id)).name).toBe("Другая");
    await amo.pipelines.remove(pipeline.id);
    expect((await listed(amo.pipelines.all())).map(({ id }) => id)).not.toContain(pipeline.id);
  });

  it("events tell what happened", async () => {
    const { amo } = await start();
    const { id } = await amo.leads.create({ name: "Сделка" });
    await amo.contacts.create({ name: "Иван" });
    const events = await listed(
      amo.events.all({ filter: { type: ["lead_added"], entity: "lead", entity_id: id, created_at: { from: now() - 60 } } }),
    );
    expect(events).toMatchObject([{ type: "lead_added", entity_id: id, entity_type: "lead" }]);
    expect((await amo.events.get(events[0]?.id ?? "")).type).toBe("lead_added");
    expect((await amo.events.types()).length).toBeGreaterThan(0);
  });

  it("sources and webhooks are kept", async () => {
    const { amo } = await start();
    const source = await amo.sources.create({ name: "Телефон", external_id: "phone-1" });
    await amo.sources.update(source.id, { name: "Другой" });
    expect(await listed(amo.sources.all({ filter: { external_id: "phone-1" } }))).toMatchObject([{ id: source.id, name: "Другой" }]);
    await amo.sources.remove(source.id);
    expect(await listed(amo.sources.all())).toEqual([]);
    const hook = await amo.webhooks.subscribe("https://example.com/hook", ["add_lead", "status_lead"]);
    await amo.webhooks.subscribe("https://example.com/hook", ["add_lead"]);
    expect(await listed(amo.webhooks.all())).toMatchObject([{ id: hook.id, settings: ["add_lead"] }]);
    await amo.webhooks.unsubscribe("https://example.com/hook");
    await amo.webhooks.unsubscribe("https://example.com/hook");
    expect(await listed(amo.webhooks.all())).toEqual([]);
  });

  it("anything else is asked for with the same token, pace and errors", async () => {
    const { amo } = await start();
    expect(await amo.ask({ method: "GET", path: "/api/v4/leads", query: { limit: 1 } })).toBeUndefined();
    await expect(amo.ask({ method: "GET", path: "/api/v4/no-such" })).rejects.toMatchObject({ name: "AmoNotFound" });
  });
});

describe("API v2", () => {
  it("is read by five hundred, in the old shapes", async () => {
    const { amo, standin } = await start();
    const { id } = await amo.contacts.create(person("Иван", "+79101234567"));
    await amo.leads.createMany(Array.from({ length: 510 }, (_, place) => ({ name: `${place}`, _embedded: { contacts: [{ id }] } })));
    standin.requests.length = 0;
    const leads = await listed(amo.old.leads());
    expect(leads).toHaveLength(510);
    expect(leads[0]).toMatchObject({ sale: 0, main_contact: { id }, closed_at: 0 });
    expect(standin.requests).toHaveLength(2);
    expect(await listed(amo.old.contacts({ id: [id] }))).toMatchObject([
      { custom_fields: [{ code: "PHONE", values: [{ value: "+79101234567" }] }] },
    ]);
    expect(await listed(amo.old.companies())).toEqual([]);
    expect(await listed(amo.old.leads({ id: [] }))).toEqual([]);
    expect(await listed(amo.old.leads({ modifiedSince: new Date(Date.now() + 3_600_000) }))).toEqual([]);
  });

  it("gives tasks, notes, the account, and pipelines with their statuses in order", async () => {
    const { amo } = await start();
    const { id } = await amo.leads.create({ name: "Сделка" });
    await amo.tasks.create({ text: "Позвонить", complete_till: now() + 3600, entity_type: "leads", entity_id: id });
    await amo.leads.notes.on(id).create({ note_type: "common", params: { text: "привет" } });
    expect(await listed(amo.old.tasks())).toMatchObject([{ element_id: id, element_type: 2, text: "Позвонить" }]);
    expect(await listed(amo.old.notes({ type: "lead", element_id: id }))).toMatchObject([{ note_type: 4, text: "привет" }]);
    expect(await amo.old.account(["users"])).toMatchObject({ subdomain: expect.any(String) });
    const [pipeline] = await amo.old.pipelines();
    const sorts = pipeline?.statuses.map(({ sort }) => sort) ?? [];
    expect(sorts).toEqual([...sorts].sort((one, other) => one - other));
    expect(pipeline?.statuses.map(({ id: status }) => status).slice(-2)).toEqual([won, lost]);
  });
});
