import type { CallDraft, ConnectionId } from "@svyazka/core";
import { createDefaults, createUser, crmPort, endForgottenCalls } from "@svyazka/crm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiOnTrial, workspaceOnTrial as workspace } from "../../../testkit/crm-api.ts";
import { testDatabase } from "../../../testkit/database.ts";

const test = await testDatabase();
afterAll(() => test.close());
const ask = apiOnTrial(test.database, workspace);
const sql = test.database.in(workspace.id);
const crm = crmPort(sql, { workspace, connection: 1 as ConnectionId });
let me = 0;
let somebody = 0;
beforeAll(async () => {
  await createDefaults(sql, workspace);
  me = (await createUser(sql, { name: "Мария", role: "manager", recordAccess: "own" })).id;
  somebody = (await createUser(sql, { name: "Пётр", role: "manager" })).id;
});

let count = 0;
const at = (minutes: number): Date => new Date(Date.UTC(2026, 2, 2, 10, minutes));
const save = async (rest: Partial<CallDraft> & { minutes: number }) => {
  const { minutes, ...draft } = rest;
  const call = await crm.saveCall({
    ...{
      key: `1:${++count}`,
      direction: "in",
      client: { typed: "79101234567", e164: "+79101234567" },
      state: "over",
      startedAt: at(minutes),
    },
    ...draft,
  });
  return Number(call.id);
};
const ids = (answered: { body: { items: { id: number }[] } }): number[] => answered.body.items.map((item) => item.id);

describe("calls", () => {
  it("are listed the latest first, page by page, and by everything that is known of them", async () => {
    const client = { typed: "79100000001", e164: "+79100000001" };
    const person = await crm.saveContact({ key: "p", name: "Анна", phones: [client], emails: [] });
    const first = await save({
      minutes: 1,
      client,
      outcome: "answered",
      contact: person.id,
      employee: { account: "petr", user: String(somebody) },
    });
    const second = await save({ minutes: 3, client, direction: "out", outcome: "busy" });
    const third = await save({ minutes: 2, client, state: "ringing" });
    const list = `/calls?phone=${encodeURIComponent("8 910 000-00-01")}`;
    expect(ids(await ask("GET", list))).toEqual([second, third, first]);
    const page = await ask("GET", `${list}&limit=2`);
    expect(ids(page)).toEqual([second, third]);
    expect(ids(await ask("GET", `${list}&limit=2&cursor=${page.body.next_cursor}`))).toEqual([first]);
    for (const [filter, expected] of [
      ["direction=out", [second]],
      ["outcome=answered", [first]],
      ["state=ringing", [third]],
      [`responsible=${somebody}`, [first]],
      [`contact=${person.id}`, [first]],
      [`started_from=${at(3).toISOString()}`, [second]],
      [`started_to=${at(2).toISOString()}`, [first]],
      ["connection=2", []],
      ["sort=started_at", [first, third, second]],
    ] as const)
      expect(ids(await ask("GET", `${list}&${filter}`)), filter).toEqual(expected);
    expect((await ask("GET", `/calls/${first}`)).body).toMatchObject({
      ...{
        id: first,
        phone: "79100000001",
        e164: "+79100000001",
        outcome: "answered",
        state: "over",
        account: "petr",
        responsible: somebody,
      },
      ...{ contact: { id: Number(person.id), name: "Анна" }, deal: null, connection: 1, started_at: at(1).toISOString() },
    });
    // In the order of what happened, not of when it was told.
    expect((await ask("GET", `/contacts/${person.id}/timeline`)).body.items).toMatchObject([
      { kind: "created" },
      { kind: "call", call: { id: first, outcome: "answered", direction: "in", responsible: somebody } },
    ]);
  });

  it("that were missed and not returned are those people still wait for: the latest of each", async () => {
    const of = (number: string) => ({ client: { typed: number, e164: `+${number}` } });
    const wanted = async () => ids(await ask("GET", "/calls?unreturned=true"));
    await save({ minutes: 10, ...of("79100000002"), outcome: "missed" });
    const last = await save({ minutes: 12, ...of("79100000002"), outcome: "missed" });
    const other = await save({ minutes: 11, ...of("79100000003"), outcome: "missed" });
    await save({ minutes: 13, client: { typed: "anonymous" }, outcome: "missed" });
    expect(await wanted()).toEqual([last, other]);
    await save({ minutes: 14, ...of("79100000003"), direction: "out", outcome: "busy" });
    expect(await wanted()).toEqual([last, other]);
    await save({ minutes: 15, ...of("79100000003"), direction: "out", outcome: "answered" });
    expect(await wanted()).toEqual([last]);
  });

  it("show a manager limited to their own what they took and what their people did", async () => {
    const mine = await crm.saveContact({ key: "mine", name: "Своя", phones: [], emails: [], responsible: String(me) });
    const taken = await save({ minutes: 21, employee: { account: "maria", user: String(me) } });
    const ofMine = await save({ minutes: 22, contact: mine.id });
    const others = await save({ minutes: 23, employee: { account: "petr", user: String(somebody) } });
    const list = await ask("GET", `/calls?started_from=${at(20).toISOString()}`, undefined, { own: me });
    expect(ids(list)).toEqual([ofMine, taken]);
    expect((await ask("GET", `/calls/${taken}`, undefined, { own: me })).status).toBe(200);
    expect((await ask("GET", `/calls/${others}`, undefined, { own: me })).status).toBe(404);
  });

  it("that nobody tells the end of are ended after a while, and still take what comes later", async () => {
    const client = { typed: "79100000009", e164: "+79100000009" };
    const key = "1:forgotten";
    const id = await save({ minutes: 30, key, client, state: "ringing" });
    expect(await endForgottenCalls(sql)).toBe(0);
    await test.owner.query("set svyazka.workspace = '1'");
    await test.owner.query("update crm.call set updated_at = now() - interval '7 hours' where id = $1", [id]);
    expect(await endForgottenCalls(sql)).toBe(1);
    expect((await ask("GET", `/calls/${id}`)).body).toMatchObject({ state: "over", outcome: "missed" });
    await save({ minutes: 30, key, client, outcome: "answered", talkSeconds: 5 });
    expect((await ask("GET", `/calls/${id}`)).body).toMatchObject({ outcome: "answered", talk_seconds: 5 });
  });

  it("are found by no number that is none", async () => {
    expect(ids(await ask("GET", "/calls?phone=anonymous"))).toEqual([]);
  });
});
