import { type ConnectionId, Invalid, NotFound, type OwnCrm } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../../server/testkit/database.ts";
import { workspaceOf } from "../../testkit/trial.ts";
import { createDefaults, createUser, getCall, readTimeline } from "../index.ts";
import { ownCrm } from "./own-crm.ts";

describe("notes and calls", async () => {
  const test = await testDatabase();
  afterAll(() => test.close());
  const home = workspaceOf(1);
  const sql = test.database.in(home.id);
  const lend = (user?: number) =>
    ownCrm(sql, { home, connection: 7 as ConnectionId, user, recordingUrl: ({ url, file }) => (file ? `https://hub/${file}` : url) });
  let crm: OwnCrm;
  let deal: number;
  let contact: number;
  let company: number;
  beforeAll(async () => {
    await createDefaults(sql, home);
    crm = await lend();
    contact = await crm.contacts.create({ name: "Иван" });
    company = await crm.companies.create({ name: "ООО Ромашка" });
    deal = await crm.deals.create({ name: "Окна", contacts: [{ id: contact }], company });
  });
  let count = 0;
  const call = (rest: object = {}) =>
    crm.calls.save({ key: `amo ${++count}`, direction: "in", phone: "+79101234567", talkSeconds: 30, ...rest });

  it("share one space of ids and one order", async () => {
    const note = await crm.notes.create({ on: { deal }, text: "Примечание" });
    const spoken = await call({ deal, contact, responsible: undefined, params: { source: "pbx" } });
    const text = await crm.notes.create({ on: { deal }, kind: "sms_out", text: "Придём завтра", params: { phone: "+79101234567" } });
    expect([note, spoken, text]).toEqual([...new Set([note, spoken, text])].sort((one, other) => one - other));
    const { items, isMore } = await crm.notes.list({ on: "deal", records: [deal], limit: 2, sort: "id" });
    expect(isMore).toBe(true);
    expect(items).toMatchObject([
      { id: note, kind: "common", text: "Примечание", params: null, call: null },
      {
        id: spoken,
        kind: "call_in",
        text: "",
        deal,
        contact,
        params: { source: "pbx" },
        call: { direction: "in", e164: "+79101234567", outcome: "answered", talkSeconds: 30, startedAt: expect.any(Date) },
      },
    ]);
    const ids = async (filter: object) => (await crm.notes.list({ limit: 10, ...filter })).items.map(({ id }) => id);
    expect(await ids({ on: "deal" })).toEqual([text, spoken, note]);
    expect(await ids({ on: "contact", records: [contact] })).toEqual([spoken]);
    expect(await ids({ on: "deal", kinds: ["sms_out", "sms_in"] })).toEqual([text]);
    expect(await ids({ kinds: ["call_in"] })).toEqual([spoken]);
    expect(await ids({ kinds: ["call_out"] })).toEqual([]);
    expect(await ids({ kinds: ["common", "call_in"] })).toEqual([spoken, note]);
    expect(await ids({ sort: "updated_at", ids: [note, spoken] })).toEqual([note, spoken]);
    expect(await crm.notes.get(spoken)).toMatchObject({ id: spoken, kind: "call_in" });
    await expect(crm.notes.create({ id: spoken, on: { deal }, text: "Занято" })).rejects.toThrow(Invalid);
    await expect(call({ id: note })).rejects.toThrow(Invalid);
  });

  it("of a kind of their own keep what programs need, and can be changed", async () => {
    const id = await crm.notes.create({ on: { contact }, kind: "geolocation", text: "Здесь", params: { latitude: "55.7" } });
    await crm.notes.update(id, { text: "Там", params: { latitude: "59.9", nested: [1] } });
    expect(await crm.notes.get(id)).toMatchObject({ kind: "geolocation", text: "Там", params: { latitude: "59.9", nested: [1] } });
    await crm.notes.remove(id);
    await expect(crm.notes.get(id)).rejects.toThrow(NotFound);
    await crm.notes.restore(id);
    await expect(crm.notes.create({ on: { contact }, kind: "call_in", text: "" })).rejects.toThrow(Invalid);
    await expect(crm.notes.create({ on: { contact }, kind: "Вид", text: "" })).rejects.toThrow(Invalid);
  });

  it("of a call are one record however often it is told, with its stamps, and stand on a company, too", async () => {
    const createdAt = new Date("2019-05-06T07:08:09Z");
    const user = (await createUser(sql, { name: "Анна", role: "manager" })).id;
    const first = await crm.calls.save({
      key: "once",
      direction: "out",
      phone: "вн. 12",
      company,
      createdAt,
      startedAt: createdAt,
      createdBy: user,
    });
    const recordings = [{ url: "https://pbx/1.mp3", file: "1.mp3" }, { url: "https://pbx/2.mp3" }];
    const again = await crm.calls.save({
      key: "once",
      direction: "out",
      phone: "вн. 12",
      responsible: user,
      recordings,
      params: { result: "ok" },
    });
    expect(again).toBe(first);
    expect(await crm.notes.get(first)).toMatchObject({
      ...{ company, kind: "call_out", createdAt, createdBy: user, params: { result: "ok" } },
      call: { responsible: user, outcome: "unavailable", startedAt: createdAt, recordings: ["https://hub/1.mp3", "https://pbx/2.mp3"] },
    });
    expect((await readTimeline(sql, "company", company, { limit: 10, kinds: ["call"] }, {})).items).toMatchObject([
      { at: createdAt, call: { id: first } },
    ]);
    expect((await getCall(sql, first)).about).toMatchObject({ entity: "company", id: company });
    await test.owner.query("update crm.call set former_id = 123456 where id = $1", [first]);
    expect((await getCall(sql, 123_456)).id).toBe(first);
    await crm.calls.update(first, { params: { result: "later" }, updatedAt: createdAt });
    expect(await crm.notes.get(first)).toMatchObject({ params: { result: "later" }, updatedAt: createdAt });
    await expect(crm.calls.update(999_999, { params: null })).rejects.toThrow(NotFound);
    await expect(call({ deal: 999_999 })).rejects.toThrow(Invalid);
  });

  it("are seen by a limited manager where the record is theirs, or the call", async () => {
    const limited = await createUser(sql, { name: "Борис", role: "manager", recordAccess: "own" });
    const theirs = await lend(limited.id);
    const own = await theirs.deals.create({ name: "Моя" });
    const note = await theirs.notes.create({ on: { deal: own }, text: "Моё" });
    const spoken = await call({ responsible: limited.id });
    await call({ deal });
    expect((await theirs.notes.list({ limit: 10 })).items.map(({ id }) => id)).toEqual([spoken, note]);
    await expect(theirs.calls.save({ key: "no", direction: "in", phone: "1", deal })).rejects.toThrow(NotFound);
  });

  it("are read in order by their indexes, however many there are", async () => {
    await test.owner.query(`insert into crm.note (workspace, contact, text) select 1, ${contact}, 'x' from generate_series(1, 20000)`);
    await test.owner.query(
      "insert into crm.call (workspace, key, direction, phone, state, outcome, started_at) select 1, 'many ' || n, 'in', '1', 'over', 'missed', now() from generate_series(1, 20000) n",
    );
    await test.owner.query("analyze crm.note; analyze crm.call");
    let plan = "";
    const explaining = {
      ...sql,
      workspace: sql.workspace,
      transaction: sql.transaction.bind(sql),
      query: async (statement: Parameters<typeof sql.query>[0]) => {
        const rows = await sql.query<Record<string, string>>({ ...statement, text: `explain ${statement.text}` });
        plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
        return sql.query(statement);
      },
    } as typeof sql;
    const explained = await ownCrm(explaining, { home, connection: 7 as ConnectionId });
    for (const sort of ["-id", "updated_at"]) {
      expect((await explained.notes.list({ limit: 250, skip: 500, sort })).items).toHaveLength(250);
      expect(plan).toMatch(/Merge Append/);
      expect(plan).not.toMatch(/Seq Scan/);
    }
  });
});
