import { createDefaults, createUser } from "@svyazka/crm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiOnTrial, workspaceOnTrial as workspace } from "../../../testkit/crm-api.ts";
import { testDatabase } from "../../../testkit/database.ts";

const test = await testDatabase();
afterAll(() => test.close());
const ask = apiOnTrial(test.database, workspace);
const sql = test.database.in(workspace.id);
let [anna, boris] = [0, 0];
let pipeline: { id: number; stages: { id: number; kind: string }[] };
const stage = (n: number): number => pipeline.stages[n]?.id ?? 0;
const day = 86_400_000;
const start = Date.parse("2026-03-02T00:00:00Z");
const at = (days: number): Date => new Date(start + days * day);
const range = `from=${at(0).toISOString()}&to=${at(30).toISOString()}`;

/** A deal as it went: made on a day, in a stage from a day on. */
async function deal(
  made: number,
  moves: readonly (readonly [stage: number, on: number])[],
  more: object = {},
  times: { by?: number } = {},
): Promise<number> {
  const { body } = await ask("POST", "/deals", { stage: stage(0), pipeline: pipeline.id, ...more });
  for (const [to] of moves) await ask("PATCH", `/deals/${body.id}`, { stage: stage(to) });
  const { rows } = await test.owner.query<{ id: string }>("select id from crm.timeline where deal = $1 and kind = 'stage' order by id", [
    body.id,
  ]);
  for (const [index, [to, on]] of moves.entries()) {
    await test.owner.query("update crm.timeline set at = $2 where id = $1", [rows[index]?.id, at(on)]);
    const closes = ["won", "lost"].includes(pipeline.stages[to]?.kind ?? "");
    if (closes) await test.owner.query("update crm.deal set closed_at = $2 where id = $1", [body.id, at(on)]);
  }
  await test.owner.query("update crm.deal set created_at = $2, created_by = $3 where id = $1", [body.id, at(made), times.by ?? null]);
  return body.id;
}
const get = async (path: string, as = {}) => {
  const { status, body } = await ask("GET", path, undefined, as);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
};

beforeAll(async () => {
  await createDefaults(sql, workspace);
  anna = (await createUser(sql, { name: "Анна", role: "manager" })).id;
  boris = (await createUser(sql, { name: "Борис", role: "manager" })).id;
  const { body } = await ask("POST", "/pipelines", {
    name: "Отчётная",
    stages: [{ name: "Новая" }, { name: "Договор" }, { name: "Оплата" }, { name: "Успех", kind: "won" }, { name: "Отказ", kind: "lost" }],
  });
  pipeline = body;
});

describe("the funnel", () => {
  it("counts who entered, reached and is in each stage, with conversion and the median of days in it", async () => {
    await deal(
      0,
      [
        [1, 2],
        [2, 6],
        [3, 7],
      ],
      { responsible: anna },
    );
    await deal(
      0,
      [
        [1, 4],
        [4, 5],
      ],
      { responsible: anna },
    );
    await deal(1, [], { responsible: boris });
    await deal(1, [[2, 2]], { responsible: boris });
    await deal(-5, [[3, 1]]);
    const deleted = await deal(1, []);
    await ask("DELETE", `/deals/${deleted}`);
    const funnel = await get(`/reports/funnel?${range}&pipeline=${pipeline.id}`);
    expect(funnel).toMatchObject({ pipeline: pipeline.id, deals: 4, time_zone: "Europe/Moscow", from: at(0).toISOString() });
    expect(funnel.stages.map(({ median_days, ...counts }: { median_days: number }) => counts)).toEqual([
      { stage: stage(0), entered: 4, reached: 4, now: 1, conversion: 1 },
      { stage: stage(1), entered: 2, reached: 3, now: 0, conversion: 0.75 },
      { stage: stage(2), entered: 2, reached: 2, now: 1, conversion: 0.5 },
      { stage: stage(3), entered: 1, reached: 1, now: 1, conversion: 0.25 },
      { stage: stage(4), entered: 1, reached: 1, now: 1, conversion: 0.25 },
    ]);
    // Stays of 4 days and 1 day in the second stage.
    expect(funnel.stages[1].median_days).toBeCloseTo(2.5);
    expect((await get(`/reports/funnel?${range}&pipeline=${pipeline.id}&responsible=${anna}`)).deals).toBe(2);
    expect((await get(`/reports/funnel?${range}&pipeline=${pipeline.id}&responsible=${anna},${boris}`)).deals).toBe(4);
    expect((await get(`/reports/funnel?${range}&pipeline=${pipeline.id}`, { own: boris })).deals).toBe(2);
    expect((await get("/reports/funnel")).pipeline).not.toBe(pipeline.id);
    expect((await ask("GET", `/reports/funnel?from=${at(2).toISOString()}&to=${at(1).toISOString()}`)).status).toBe(422);
    expect((await ask("GET", "/reports/funnel?pipeline=999999")).status).toBe(404);
  });
});

describe("the report of sources", () => {
  it("counts deals, wins and what they came to by source, and by marks of the first or the last visit", async () => {
    const from = `from=${at(100).toISOString()}&to=${at(130).toISOString()}`;
    const { body: source } = await ask("POST", "/sources", { name: "Сайт" });
    const attribution = (first: string, last: string) => ({
      first: { source: first, campaign: "весна" },
      last: { source: last },
      tracking: {},
    });
    await deal(101, [[3, 102]], { source: source.id, sum: "100", attribution: attribution("yandex", "vk") });
    await deal(101, [[3, 102]], { source: source.id, sum: "50.50", currency: "USD", attribution: attribution("yandex", "yandex") });
    await deal(101, [[4, 102]], { source: source.id });
    await deal(101, [], { responsible: anna });
    const bySource = await get(`/reports/sources?${from}`);
    expect(bySource.lines).toEqual([
      {
        ...{ source: source.id, value: "Сайт", deals: 3, won: 2, lost: 1, conversion: 2 / 3 },
        sums_won: [
          { currency: "RUB", sum: "100.00" },
          { currency: "USD", sum: "50.50" },
        ],
      },
      { source: null, value: null, deals: 1, won: 0, lost: 0, conversion: 0, sums_won: [] },
    ]);
    const values = async (query: string) =>
      (await get(`/reports/sources?${from}&${query}`)).lines.map(({ value, deals }: { value: string; deals: number }) => [value, deals]);
    expect(await values("by=utm_source&touch=first")).toEqual([
      ["yandex", 2],
      [null, 2],
    ]);
    expect(await values("by=utm_source&touch=last")).toEqual(
      expect.arrayContaining([
        ["vk", 1],
        ["yandex", 1],
        [null, 2],
      ]),
    );
    expect(await values("by=utm_campaign&touch=last")).toEqual([
      ["весна", 2],
      [null, 2],
    ]);
    expect((await get(`/reports/sources?${from}`, { own: anna })).lines).toMatchObject([{ deals: 1 }]);
  });
});

describe("the report of calls", () => {
  it("counts by hour of the day where the company is, by weekday and by person", async () => {
    const from = `from=${at(200).toISOString()}&to=${at(230).toISOString()}`;
    let n = 0;
    const call = (on: number, direction: string, outcome: string, user: number | null, talk: number | null) =>
      sql.query({
        text: `insert into crm.call (workspace, key, direction, phone, state, outcome, answered, started_at, responsible, talk_seconds)
               values ($1, $2, $3, 'x', 'over', $4, $5, $6, $7, $8)`,
        values: [workspace.id, `report ${n++}`, direction, outcome, outcome === "answered", at(on), user, talk],
      });
    // 2026-09-18 is a Friday; 22:30 in London is half past one on Saturday in Moscow.
    await call(200 + 22.5 / 24, "in", "answered", anna, 60);
    await call(200 + 22.6 / 24, "in", "missed", null, null);
    await call(200 + 6 / 24, "out", "answered", anna, 30);
    await call(200 + 6 / 24, "out", "busy", boris, null);
    const report = await get(`/reports/calls?${from}`);
    expect(report.total).toEqual({ in: 2, out: 2, answered: 2, missed: 1, talk_seconds: 90 });
    expect(report.hours).toEqual([
      { weekday: 5, hour: 9, in: 0, out: 2, answered: 1, missed: 0, talk_seconds: 30 },
      { weekday: 6, hour: 1, in: 2, out: 0, answered: 1, missed: 1, talk_seconds: 60 },
    ]);
    expect(report.people).toEqual([
      { user: anna, in: 1, out: 1, answered: 2, missed: 0, talk_seconds: 90 },
      { user: boris, in: 0, out: 1, answered: 0, missed: 0, talk_seconds: 0 },
      { user: null, in: 1, out: 0, answered: 0, missed: 1, talk_seconds: 0 },
    ]);
    expect((await get(`/reports/calls?${from}&time_zone=Europe/London`)).hours.map(({ weekday }: { weekday: number }) => weekday)).toEqual([
      5, 5,
    ]);
    expect((await get(`/reports/calls?${from}`, { own: boris })).total).toMatchObject({ in: 0, out: 1 });
    expect((await get(`/reports/calls?${from}&responsible=${anna}`)).total).toMatchObject({ in: 1, out: 1 });
  });
});

describe("the report of response times", () => {
  const from = `from=${at(300).toISOString()}&to=${at(330).toISOString()}`;
  const line = async (deal: number, on: number, actor: string, kind = "note") =>
    sql.query({
      text: "insert into crm.timeline (workspace, deal, at, kind, actor) values ($1, $2, $3, $4, $5)",
      values: [workspace.id, deal, at(on), kind, actor],
    });
  let n = 0;
  const call = async (on: number, direction: string, more: { deal?: number; contact?: number; e164?: string; by?: number }) =>
    sql.query({
      text: `insert into crm.call (workspace, key, direction, phone, e164, state, outcome, started_at, deal, contact, responsible)
             values ($1, $2, $3, 'x', $4, 'over', $5, $6, $7, $8, $9)`,
      values: [
        ...[workspace.id, `response ${n++}`, direction, more.e164 ?? null, direction === "in" ? "missed" : "answered"],
        ...[at(on), more.deal ?? null, more.contact ?? null, more.by ?? null],
      ],
    });

  it("measures from a deal that no person made to the first thing a person does about it", async () => {
    const { body: contact } = await ask("POST", "/contacts", { name: "x" });
    const [one, two, three, alone] = [
      await deal(300, []),
      await deal(300, []),
      await deal(300, [], { contacts: [{ id: contact.id }] }),
      await deal(300, [], { responsible: boris }),
    ];
    await deal(300, [], {}, { by: anna });
    await line(one, 300.5, "connection:1");
    await line(one, 301, `user:${anna}`);
    await line(one, 302, `user:${boris}`);
    await call(303, "out", { deal: two, by: boris });
    await line(two, 304, `user:${anna}`, "stage");
    await call(300.1, "out", { contact: contact.id, by: anna });
    await line(alone, 301, `user:${anna}`, "tags");
    const report = await get(`/reports/response-time?${from}`);
    expect(report).toMatchObject({ asked: 4, unanswered: 1, median_seconds: 86_400 });
    expect(report.p90_seconds).toBeCloseTo(86_400 * 2.6);
    expect(report.people).toEqual(
      expect.arrayContaining([
        { user: anna, asked: 2, unanswered: 0, median_seconds: expect.closeTo(86_400 * 0.55), p90_seconds: expect.closeTo(86_400 * 0.91) },
        { user: boris, asked: 2, unanswered: 1, median_seconds: 3 * 86_400, p90_seconds: 3 * 86_400 },
      ]),
    );
    expect(await get(`/reports/response-time?${from}`, { own: boris })).toMatchObject({ asked: 1, unanswered: 1, median_seconds: null });
    expect(three).toBeGreaterThan(0);
  });

  it("measures from a missed call to the call back", async () => {
    await call(310, "in", { e164: "+79160000001" });
    await call(310.5, "out", { e164: "+79160000001", by: anna });
    await call(311, "in", { e164: "+79160000002", by: boris });
    const report = await get(`/reports/response-time?${from}&since=missed_calls`);
    expect(report).toMatchObject({ asked: 2, unanswered: 1, median_seconds: 43_200 });
    expect(report.people).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ user: anna, unanswered: 0 }),
        expect.objectContaining({ user: boris, unanswered: 1 }),
      ]),
    );
  });
});

describe("the report of outcomes", () => {
  it("tells what was won and lost by month and by reason, with sums and the median of days it took", async () => {
    const from = `from=${at(400).toISOString()}&to=${at(460).toISOString()}&pipeline=${pipeline.id}`;
    const { body: reason } = await ask("POST", "/loss-reasons", { name: "Дорого" });
    await deal(390, [[3, 400]], { sum: "100", responsible: anna });
    await deal(398, [[3, 402]], { sum: "20" });
    const lost = await deal(400, [[4, 440]], { sum: "5" });
    await ask("PATCH", `/deals/${lost}`, { loss_reason: reason.id });
    await deal(400, [[4, 440]], {});
    await deal(400, [[3, 500]], { sum: "9" });
    const report = await get(`/reports/outcomes?${from}`);
    const rub = (sum: string) => [{ currency: "RUB", sum }];
    expect(report.total).toMatchObject({ won: 2, lost: 2, sums_won: rub("120.00"), sums_lost: rub("5.00"), median_days: 25 });
    const month = (days: number) => `${at(days).toISOString().slice(0, 7)}-01`;
    expect(report.periods).toMatchObject([
      { period: month(400), won: 2, lost: 0, sums_won: rub("120.00"), sums_lost: [], median_days: 7 },
      { period: month(440), won: 0, lost: 2, sums_won: [], sums_lost: rub("5.00"), median_days: 40 },
    ]);
    expect(report.reasons).toEqual(
      expect.arrayContaining([
        { loss_reason: reason.id, count: 1, sums: rub("5.00") },
        { loss_reason: null, count: 1, sums: [] },
      ]),
    );
    expect((await get(`/reports/outcomes?${from}&period=day`)).periods).toHaveLength(3);
    expect((await get(`/reports/outcomes?${from}`, { own: anna })).total).toMatchObject({ won: 1, lost: 0 });
    expect(await get("/reports/outcomes?from=2001-01-01T00:00:00Z&to=2001-02-01T00:00:00Z")).toMatchObject({
      ...{ total: { won: 0, lost: 0, median_days: null }, periods: [], reasons: [] },
    });
  });
});
