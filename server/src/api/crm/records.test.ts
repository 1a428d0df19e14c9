import { setTimeout as sleep } from "node:timers/promises";
import { createDefaults, createField, createUser } from "@svyazka/crm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiOnTrial, workspaceOnTrial as workspace } from "../../../testkit/crm-api.ts";
import { testDatabase } from "../../../testkit/database.ts";

const test = await testDatabase();
afterAll(() => test.close());
const ask = apiOnTrial(test.database, workspace);
const sql = test.database.in(workspace.id);
let user = 0;
beforeAll(async () => {
  await createDefaults(sql, workspace);
  user = (await createUser(sql, { name: "Мария", role: "manager" })).id;
  await createField(sql, {
    entity: "contact",
    code: "size",
    name: "Размер",
    type: "select",
    options: [{ value: "Малый" }, { value: "Большой", code: "L" }],
  });
  await createField(sql, { entity: "contact", code: "limit", name: "Лимит", type: "money" });
});

describe("contacts", () => {
  it("keeps everything that is given, and answers it", async () => {
    const sent = {
      ...{ name: "Анна", surname: "Петрова", middlename: "Игоревна", position: "Директор", website: "example.com", responsible: user },
      phones: [{ value: "8 (910) 123-45-67 доб. 12", label: "mobile" }, { value: "123" }],
      emails: [{ value: "Anna@Example.com" }],
      messengers: [{ network: "telegram", value: "@anna" }],
      tags: ["VIP", "Москва"],
      fields: { city: "Москва", size: "L", limit: { sum: "100.50", currency: "USD" } },
      attribution: { first: { source: "yandex" }, tracking: { yclid: "1" } },
    };
    const { status, body } = await ask("POST", "/contacts", sent);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...sent,
      full_name: "Анна Игоревна Петрова",
      phones: [
        { value: "8 (910) 123-45-67 доб. 12", label: "mobile", e164: "+79101234567", ext: "12", toll_free: false },
        { value: "123", label: "work", e164: null },
      ],
      fields: { city: "Москва", size: "Большой", limit: { sum: "100.50", currency: "USD" } },
      tags: ["VIP", "Москва"],
      created_by: null,
      deleted_at: null,
    });
    expect((await ask("GET", `/contacts/${body.id}`)).body).toEqual(body);
  });

  it("changes only what is given, and writes the old and the new into the timeline", async () => {
    const { body: made } = await ask("POST", "/contacts", {
      name: "Борис",
      phones: [{ value: "+79101110001" }],
      tags: ["старый"],
      fields: { city: "Тверь" },
    });
    const change = { surname: "Иванов", phones: [{ value: "+79101110002" }], tags: ["новый"], fields: { city: null, size: "Малый" } };
    const { body } = await ask("PATCH", `/contacts/${made.id}`, change);
    expect(body).toMatchObject({ name: "Борис", surname: "Иванов", tags: ["новый"], fields: { size: "Малый" } });
    expect(body.fields).not.toHaveProperty("city");
    expect(body.phones).toMatchObject([{ e164: "+79101110002" }]);
    const { body: timeline } = await ask("GET", `/contacts/${made.id}/timeline`);
    expect(timeline.items.map((entry: { kind: string }) => entry.kind)).toEqual(["tags", "changed", "created"]);
    expect(timeline.items[1]).toMatchObject({
      actor: "token:1",
      what: { changes: { surname: { old: "", new: "Иванов" }, "fields.city": { old: "Тверь", new: null } } },
    });
    expect(timeline.items[0].what).toEqual({ added: ["новый"], removed: ["старый"] });
    const before = (await ask("GET", `/contacts/${made.id}`)).body.updated_at;
    await ask("PATCH", `/contacts/${made.id}`, { surname: "Иванов" });
    expect((await ask("GET", `/contacts/${made.id}`)).body.updated_at).toBe(before);
  });

  it("names what is wrong with a request", async () => {
    const wrong = { phone: "1" };
    expect(await ask("POST", "/contacts", wrong)).toMatchObject({
      status: 422,
      body: { errors: { phone: ["is not a field of this request"] } },
    });
    const values = { phones: [{ value: "нет" }], emails: [{ value: "нет" }], fields: { size: "огромный", nothing: "x" } };
    const { status, body } = await ask("POST", "/contacts", values);
    expect(status).toBe(422);
    expect(Object.keys(body.errors).sort()).toEqual(["emails.0.value", "fields.nothing", "fields.size", "phones.0.value"]);
    expect(await ask("POST", "/contacts", { company: 77777, responsible: 88888 })).toMatchObject({
      status: 422,
      body: { errors: { company: ["there is no company 77777"], responsible: ["there is no user 88888"] } },
    });
    const { body: made } = await ask("POST", "/contacts", {});
    expect(await ask("PATCH", `/contacts/${made.id}`, { company: 77777 })).toMatchObject({
      status: 422,
      body: { errors: { company: ["there is no company 77777"] } },
    });
  });

  it("refuses what the database cannot store before it gets there", async () => {
    expect(await ask("POST", "/contacts", { name: "a\u0000b" })).toMatchObject({
      status: 422,
      body: { errors: { name: ["must not hold the character U+0000"] } },
    });
    expect(await ask("GET", "/contacts?tag=%00a")).toMatchObject({ status: 422 });
    expect(await ask("GET", "/contacts/9007199254740993")).toMatchObject({ status: 422 });
    expect(await ask("GET", "/contacts?ids=9999999999999999")).toMatchObject({ status: 200, body: { items: [] } });
    expect(await ask("GET", "/contacts?created_from=0000-01-01T00:00:00Z")).toMatchObject({
      status: 422,
      body: { errors: { created_from: [expect.any(String)] } },
    });
    const { body } = await ask("POST", "/contacts", { name: "half \ud83d", attribution: { tracking: { x: "\ud83d" } } });
    expect(body.name).toBe("half \ufffd");
    expect(await ask("GET", "/contacts?cursor=nonsense")).toMatchObject({
      status: 422,
      body: { errors: { cursor: [expect.any(String)] } },
    });
  });

  it("makes nothing new when a request is sent again with its key", async () => {
    const [one, two] = [
      await ask("POST", "/contacts", { name: "Раз" }, { key: "k1" }),
      await ask("POST", "/contacts", { name: "Раз" }, { key: "k1" }),
    ];
    expect(two.body).toEqual(one.body);
    const group = [
      await ask("POST", "/groups", { name: "Отдел" }, { key: "k1" }),
      await ask("POST", "/groups", { name: "Отдел" }, { key: "k1" }),
    ];
    expect(group[1]).toEqual(group[0]);
  });

  it("finds by phone in any spelling, by e-mail in any case, by tag, and by who is responsible", async () => {
    const { body } = await ask("POST", "/contacts", {
      name: "Вера",
      phones: [{ value: "+7 912 000-11-22" }],
      emails: [{ value: "Vera@Example.com" }],
      tags: ["Ищем"],
      responsible: user,
    });
    for (const filter of ["phone=89120001122", "phone=9120001122", "email=vera@example.COM", "tag=ищем"]) {
      expect(
        (await ask("GET", `/contacts?${filter}`)).body.items.map((item: { id: number }) => item.id),
        filter,
      ).toEqual([body.id]);
    }
    expect((await ask("GET", `/contacts?responsible=${user}&limit=250`)).body.items.map((item: { id: number }) => item.id)).toContain(
      body.id,
    );
    expect((await ask("GET", `/contacts?responsible=${user + 1}`)).body.items).toEqual([]);
  });

  it("pages through a list in every order without losing or repeating anybody", async () => {
    for (let made = 0; made < 7; made++) await ask("POST", "/contacts", { name: `Страница ${made}`, tags: ["страницы"] });
    for (const sort of ["id", "-id", "created_at", "-created_at", "updated_at", "-updated_at"]) {
      const ids: number[] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const { body } = await ask("GET", `/contacts?tag=страницы&limit=3&sort=${sort}${cursor && `&cursor=${cursor}`}`);
        ids.push(...body.items.map((item: { id: number }) => item.id));
        cursor = body.next_cursor;
      }
      expect(new Set(ids).size, sort).toBe(7);
      const sorted = [...ids].sort((one, other) => (sort.startsWith("-") ? other - one : one - other));
      expect(ids, sort).toEqual(sorted);
    }
  });

  it("puts a contact away, and shows it only to who asks for deleted ones", async () => {
    const { body } = await ask("POST", "/contacts", { name: "Лишний", phones: [{ value: "+79130000001" }] });
    expect(await ask("DELETE", `/contacts/${body.id}`)).toMatchObject({ status: 204 });
    expect(await ask("GET", `/contacts/${body.id}`)).toMatchObject({ status: 404 });
    expect(await ask("DELETE", `/contacts/${body.id}`)).toMatchObject({ status: 404 });
    expect((await ask("GET", `/contacts?ids=${body.id}`)).body.items).toEqual([]);
    expect((await ask("GET", `/contacts?ids=${body.id}&deleted=true`)).body.items).toMatchObject([
      { id: body.id, deleted_at: expect.any(String) },
    ]);
    expect((await ask("GET", "/phones/+79130000001")).body.items).toEqual([]);
  });
});

describe("the change feed", () => {
  it("tells every change once settled, in order, and deletions to who asks for them", async () => {
    const since = new Date().toISOString();
    const { body: one } = await ask("POST", "/contacts", { name: "Первый" });
    const { body: other } = await ask("POST", "/contacts", { name: "Второй" });
    await ask("PATCH", `/contacts/${one.id}`, { name: "Первый опять" });
    await ask("DELETE", `/contacts/${other.id}`);
    await sleep(1100);
    const feed = async (more = "") =>
      (await ask("GET", `/contacts?updated_since=${since}${more}`)).body.items.map((item: { id: number }) => item.id);
    expect(await feed()).toEqual([one.id]);
    expect(await feed("&deleted=true")).toEqual([one.id, other.id]);
    expect(await ask("GET", `/contacts?updated_since=${since}&sort=id`)).toMatchObject({
      status: 422,
      body: { errors: { sort: [expect.any(String)] } },
    });
  });

  it("waits for a transaction that is still open", async () => {
    const since = new Date().toISOString();
    const feed = async () => (await ask("GET", `/contacts?updated_since=${since}`)).body.items.map((item: { name: string }) => item.name);
    await test.owner.query("begin");
    await test.owner.query("insert into crm.contact (workspace, name) values (1, 'медленный')");
    await ask("POST", "/contacts", { name: "быстрый" });
    await sleep(1100);
    expect(await feed()).toEqual([]);
    await test.owner.query("commit");
    expect(await feed()).toEqual(["медленный", "быстрый"]);
  });
});

describe("companies and deals", () => {
  it("keeps a company with its numbers, and refuses numbers that cannot be", async () => {
    const { body } = await ask("POST", "/companies", {
      name: "ООО Ромашка",
      inn: "7701234567",
      kpp: "770101001",
      phones: [{ value: "8 800 333-72-27" }],
    });
    expect(body).toMatchObject({ name: "ООО Ромашка", inn: "7701234567", kpp: "770101001", phones: [{ toll_free: true }] });
    expect((await ask("GET", "/companies?inn=7701234567")).body.items).toMatchObject([{ id: body.id }]);
    expect(await ask("POST", "/companies", { inn: "12" })).toMatchObject({ status: 422 });
    expect((await ask("PATCH", `/companies/${body.id}`, { kpp: null, website: "romashka.ru" })).body).toMatchObject({
      kpp: null,
      website: "romashka.ru",
      inn: "7701234567",
    });
  });

  it("moves a deal through its pipeline, closes it, and opens it again", async () => {
    const [pipeline] = (await ask("GET", "/pipelines")).body.items;
    const stage = (kind: string) => pipeline.stages.find((each: { kind: string }) => each.kind === kind).id;
    const { body: reason } = await ask("POST", "/loss-reasons", { name: "Дорого" });
    const { body: contact } = await ask("POST", "/contacts", { name: "Покупатель" });
    const { body: deal } = await ask("POST", "/deals", { name: "Окна", sum: "10000.5", contacts: [{ id: contact.id }] });
    expect(deal).toMatchObject({
      sum: "10000.50",
      currency: "RUB",
      state: "incoming",
      stage: stage("incoming"),
      contacts: [{ id: contact.id, is_main: true }],
      closed_at: null,
    });
    const { body: lost } = await ask("PATCH", `/deals/${deal.id}`, { stage: stage("lost"), loss_reason: reason.id });
    expect(lost).toMatchObject({ state: "lost", loss_reason: reason.id, closed_at: expect.any(String) });
    expect((await ask("GET", "/deals?state=closed")).body.items).toMatchObject([{ id: deal.id }]);
    const { body: again } = await ask("PATCH", `/deals/${deal.id}`, { stage: stage("open"), sum: null });
    expect(again).toMatchObject({ state: "open", loss_reason: null, closed_at: null, sum: null });
    const { body: timeline } = await ask("GET", `/contacts/${contact.id}/timeline?limit=2`);
    expect(timeline.items).toMatchObject([
      { kind: "changed", deal: deal.id },
      { kind: "stage", what: { old: { stage: stage("lost") }, new: { stage: stage("open") } } },
    ]);
    const rest = (await ask("GET", `/contacts/${contact.id}/timeline?cursor=${timeline.next_cursor}`)).body.items;
    expect(rest.map((entry: { kind: string }) => entry.kind)).toEqual(["changed", "stage", "created", "created"]);
    expect((await ask("GET", `/deals?contact=${contact.id}&stage=${stage("open")}`)).body.items).toHaveLength(1);
    expect(await ask("PATCH", `/deals/${deal.id}`, { stage: 99999 })).toMatchObject({
      status: 422,
      body: { errors: { stage: ["there is no stage 99999"] } },
    });
    expect(await ask("POST", "/deals", { contacts: [{ id: 99999 }] })).toMatchObject({
      status: 422,
      body: { errors: { contacts: [expect.any(String)] } },
    });
  });

  it("keeps one main contact", async () => {
    const ids = await Promise.all(["Один", "Два"].map(async (name) => (await ask("POST", "/contacts", { name })).body.id as number));
    const { body } = await ask("POST", "/deals", { contacts: ids.map((id) => ({ id })) });
    expect(body.contacts).toEqual([
      { id: ids[0], is_main: true },
      { id: ids[1], is_main: false },
    ]);
    const { body: turned } = await ask("PATCH", `/deals/${body.id}`, { contacts: [{ id: ids[0] }, { id: ids[1], is_main: true }] });
    expect(turned.contacts[0]).toEqual({ id: ids[1], is_main: true });
    expect((await ask("PATCH", `/deals/${body.id}`, { contacts: [] })).body.contacts).toEqual([]);
  });
});
