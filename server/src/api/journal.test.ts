import type { WorkspaceId } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type TestHub, testHub } from "../../testkit/hub.ts";

let hub: TestHub;
let token: string;
let workspace: WorkspaceId;
let site: { id: number; secrets: { public_token: string } };
let crm: number;
beforeAll(async () => {
  hub = await testHub();
  const made = await hub.addWorkspace("romashka");
  [token, workspace] = [made.api_token, made.id as WorkspaceId];
  site = (await ask("POST", "/connections", { vendor: "fivecrm", name: "Сайт" })).body;
  crm = (await ask("GET", "/connections?vendor=crm")).body.items[0].id;
});
afterAll(() => hub.close());

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
const ask = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: any; text: string }> =>
  hub.call(method, path, { token, ...(body !== undefined && { body }) });
const send = (fields: Record<string, string>) => hub.call("POST", `/in/${site.secrets.public_token}/ctm/form/send`, { body: fields });
const settled = () => vi.waitFor(async () => expect((await ask("GET", "/deliveries?state=waiting")).body.items).toEqual([]), 15_000);
const search = async (query: Record<string, string | number>) => {
  const { status, body } = await ask(
    "GET",
    `/journal?${new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))}`,
  );
  expect(status).toBe(200);
  return body;
};
const newest = async () => (await search({ limit: 1 })).items[0];

describe("searching the journal", () => {
  let iris: { id: string; events: string[] };
  beforeAll(async () => {
    await send({ name: "Ирис", phone: "8 (910) 555-44-33", description: "Хочу Балкон под ключ" });
    iris = await newest();
    await send({ name: "Роза", phone: "+79102223344", description: "Окна 50% дешевле" });
    await hub.call("POST", `/in/${site.secrets.public_token}/generic`, { body: { unknown_name: "12" } });
    // In windows-1251, of which nothing could be made.
    await fetch(`${hub.url}/in/${site.secrets.public_token}/ctm/form/send`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ comment_of_nobody: "Тюльпан ЖЁЛТЫЙ" }),
    });
    await settled();
  });

  it("finds a phone in any spelling", async () => {
    for (const q of ["+7 910 555 44 33", "89105554433", "(910) 555-44-33", "5554433"])
      expect(
        (await search({ q })).items.map((line: { id: string }) => line.id),
        q,
      ).toEqual([iris.id]);
  });

  it("finds words in any case, in what came and in what became of it, and signs that mean something to the database", async () => {
    const found = async (q: string) => (await search({ q })).items.length;
    expect([
      await found("балкон под"),
      await found("ТЮЛЬПАН"),
      await found("50% деш"),
      await found("50_ деш"),
      await found("ctm/form/send"),
    ]).toEqual([1, 1, 1, 0, 3]);
  });

  it("finds by the id of a line, an event or a delivery, and by a record that was touched", async () => {
    const { body: story } = await ask("GET", `/journal/${iris.id}`);
    const [delivery] = story.deliveries;
    for (const q of [iris.id, iris.events[0], delivery.id, `deal:${delivery.records.deal}`, `contact:${delivery.records.contact}`])
      expect(
        (await search({ q })).items.map((line: { id: string }) => line.id),
        q,
      ).toEqual([iris.id]);
    expect((await search({ q: "deal:999999" })).items).toEqual([]);
    expect((await search({ q: "01a20248-3af9-71ec-a91d-58be96bee4db" })).items).toEqual([]);
  });

  it("filters by connection, outcome, time, and by what has become of the deliveries", async () => {
    expect((await search({ connection: crm })).items).toEqual([]);
    expect((await search({ connection: site.id, outcome: "malformed" })).items.length).toBe(1);
    const held = await search({ state: "held" });
    expect(held.items).toMatchObject([{ types: ["lead.submitted"], deliveries: { held: 1, done: 0 } }]);
    expect((await search({ state: "held", q: "балкон" })).items).toEqual([]);
    expect((await search({ state: "failed" })).items).toEqual([]);
    expect((await search({ received_to: "2020-01-01T00:00:00Z" })).items).toEqual([]);
    expect((await search({ received_from: "2020-01-01T00:00:00Z", q: "балкон" })).items.length).toBe(1);
    const first = await search({ limit: 2 });
    const second = await search({ limit: 2, cursor: first.next_cursor });
    expect([first.items.length, second.items.length, second.next_cursor]).toEqual([2, 2, null]);
  });

  it("is never a reason to fail, whatever is typed", async () => {
    for (const q of [
      "\\",
      "%",
      "'",
      "(",
      "+",
      "a\0b",
      "\ud800",
      "[[:alpha:]",
      "8 (((( 9",
      "$1",
      "deal:",
      "deal:\u0000x",
      "1".repeat(200),
      "(((((((1-2-3-4-5",
    ])
      expect((await ask("GET", `/journal?q=${encodeURIComponent(q.toWellFormed())}`)).status, q).toBe(200);
    for (const query of ["cursor=x", "received_from=yesterday", "outcome=odd", "state=done", "q="])
      expect((await ask("GET", `/journal?${query}`)).status, query).toBe(422);
    expect((await ask("GET", "/journal?cursor=ffffffff-ffff-ffff-ffff-ffffffffffff&received_to=9999-12-31T23:59:59Z")).status).toBe(200);
  });

  it("answers quickly for a rare text among many lines, with how far it came, and finds it by going on", async () => {
    await hub.test.database.in(workspace).query({
      text: `insert into hub.journal (workspace, id, connection, received_at, method, path, prefix, query, headers, body, ip, outcome, status)
             select $1, (lpad(to_hex((extract(epoch from now()) * 1000)::bigint - 200000000 + n * 1000::bigint), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid, $2,
               now() - interval '200000 seconds' + n * interval '1 second', 'POST', '/ctm/form/send', '', '', '{}',
               convert_to(repeat('Обычная заявка без слова. ', 20) || case when n = 7 then 'Эдельвейс' else '' end, 'UTF8'), '', 'ignored', 200
             from generate_series(1, 120000) n`,
      values: [workspace, site.id],
    });
    let cursor: string | undefined;
    let asked = 0;
    const found: string[] = [];
    const moments: string[] = [];
    do {
      const started = performance.now();
      const page = await search({ q: "эдельвейс", ...(cursor !== undefined && { cursor }) });
      expect(performance.now() - started).toBeLessThan(5_000);
      found.push(...page.items.map((line: { id: string }) => line.id));
      if (page.searched_until !== null) moments.push(page.searched_until);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined && ++asked < 100);
    expect(found.length).toBe(1);
    expect(moments.length).toBeGreaterThan(0);
    expect(moments).toEqual(moments.toSorted().reverse());
  });
});

describe("the story of a request", () => {
  it("has its facts, what was done about each with every attempt, names, and what came before and after about the same person", async () => {
    await send({ name: "Вера", phone: "+79107770011", description: "Первая" });
    await send({ name: "Вера", phone: "+79107770011", description: "Вторая" });
    await send({ name: "Вера", phone: "+79107770011", description: "Третья" });
    await settled();
    const lines = (await search({ q: "79107770011" })).items;
    const { body } = await ask("GET", `/journal/${lines[1].id}`);
    expect(body).toMatchObject({
      connection_name: "Сайт",
      vendor: "fivecrm",
      facts: [{ id: lines[1].events[0], type: "lead.submitted", data: { text: "Вторая" } }],
      deliveries: [
        {
          flow: "take-lead",
          flow_title: { ru: "Принять заявку" },
          target_name: "Встроенная CRM",
          state: "done",
          attempts_made: [{ number: 1, outcome: "done" }],
        },
      ],
      earlier: [{ id: lines[2].id, type: "lead.submitted", outcome: "accepted" }],
      later: [{ id: lines[0].id }],
    });
  });
});

describe("a preview", () => {
  it("says what a request would become today, beside what it became, and stores nothing", async () => {
    await send({ name: "Нина", phone: "+79108880022", description: "Окна", colour_of_frame: "белые" });
    await settled();
    const line = await newest();
    const same = (await ask("POST", `/journal/${line.id}/preview`)).body;
    expect(same).toMatchObject({
      outcome: "accepted",
      detail: null,
      changes: [],
      now: [{ type: "lead.submitted", hold: null, deliveries: [{ flow: "take-lead", target: crm }] }],
    });
    await ask("PUT", `/connections/${site.id}/mappings/field`, { items: [{ theirs: "colour_of_frame", ours: "colour" }] });
    const counts = () =>
      hub.test.owner.query(
        "select (select count(*) from hub.event) as events, (select count(*) from hub.journal) as lines, (select count(*) from hub.delivery) as deliveries",
      );
    const before = (await counts()).rows;
    const { body } = await ask("POST", `/journal/${line.id}/preview`);
    expect((await counts()).rows).toEqual(before);
    expect(body.changes).toContainEqual({ path: "0.data.fields.colour", before: null, now: "белые" });
    expect(body.before[0].data.fields).toEqual({});
    await ask("PUT", `/connections/${site.id}/mappings/field`, { items: [] });
  });

  it("of what cannot be understood says why", async () => {
    const [line] = (await search({ outcome: "malformed", limit: 1 })).items;
    expect((await ask("POST", `/journal/${line.id}/preview`)).body).toMatchObject({
      outcome: "malformed",
      now: [],
      before: [],
      detail: expect.any(String),
    });
  });
});

describe("many deliveries at once", () => {
  const fail = async (names: readonly string[]) => {
    await ask("PATCH", `/connections/${site.id}`, { settings: { pipeline: "987654" } });
    for (const [index, name] of names.entries()) await send({ name, phone: `+7910999${String(1000 + index)}` });
    await vi.waitFor(async () => expect((await ask("GET", "/deliveries?state=failed")).body.items.length).toBe(names.length), 15_000);
  };

  it("are told by what they have in common, tried again when it is mended, and done", async () => {
    await fail(["Один", "Два", "Три"]);
    const [cause, ...others] = (await ask("GET", "/deliveries/causes")).body.items;
    expect(others).toEqual([]);
    expect(cause).toMatchObject({ state: "failed", flow: "take-lead", target: crm, count: 3, target_name: "Встроенная CRM" });
    expect(cause.cause).not.toContain("987654");
    expect(cause.example).toContain("987654");
    expect(cause.deliveries.length).toBe(3);
    await ask("PATCH", `/connections/${site.id}`, { settings: { pipeline: "" } });
    for (const line of (await search({ state: "failed" })).items) await ask("POST", `/journal/${line.id}/replay`);
    await settled();
    expect((await ask("GET", "/deliveries/causes")).body.items).toEqual([]);
  });

  it("are skipped by their cause, and others stay", async () => {
    await fail(["Четыре", "Пять"]);
    const [cause] = (await ask("GET", "/deliveries/causes")).body.items;
    const filter = { state: "failed", flow: "take-lead", target: crm, cause: cause.cause };
    const none = await ask("POST", "/deliveries/bulk", { action: "skip", filter: { ...filter, cause: "something else" } });
    expect(none.body).toMatchObject({ state: "done", total: 0, changed: 0 });
    const { status, body } = await ask("POST", "/deliveries/bulk", { action: "skip", filter });
    expect([status, body]).toEqual([202, expect.objectContaining({ state: "done", total: 2, done: 2, changed: 2, error: null })]);
    expect((await ask("GET", `/jobs/${body.id}`)).body).toEqual(body);
    expect((await ask("GET", "/deliveries?state=skipped")).body.items.length).toBe(2);
    // By their ids, and again.
    const ids = cause.deliveries;
    expect((await ask("POST", "/deliveries/bulk", { action: "skip", ids })).body).toMatchObject({ total: 2, changed: 0 });
    await ask("PATCH", `/connections/${site.id}`, { settings: { pipeline: "" } });
    expect((await ask("POST", "/deliveries/bulk", { action: "retry", ids })).body).toMatchObject({ total: 2, changed: 2 });
    await settled();
    const { rows } = await hub.test.owner.query("select coalesce(sum(pending), 0)::int as pending from hub.lane");
    expect(rows).toEqual([{ pending: 0 }]);
    expect((await ask("POST", "/deliveries/bulk", { action: "skip" })).status).toBe(422);
    expect((await ask("POST", "/deliveries/bulk", { action: "skip", ids, filter })).status).toBe(422);
  });

  it("go on by themselves when there are very many, and stop when they are told to", async () => {
    const sql = hub.test.database.in(workspace);
    await sql.query({
      text: `with made as (select gen_random_uuid() as event, gen_random_uuid() as id, n from generate_series(1, 20000) n), events as (
               insert into hub.event (workspace, id, connection, journal, type, subject, data)
               select $1, event, $2, event, 'task.submitted', 'many ' || n, '{}' from made
             ) insert into hub.delivery (workspace, id, event, flow, target, lane, seq, state, detail)
             select $1, (lpad(to_hex((extract(epoch from now()) * 1000)::bigint - 200000000 + n), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid, event, 'add-task', $3, 'many ' || n, 1, 'failed', 'Far away ' || n from made`,
      values: [workspace, site.id, crm],
    });
    // One in the middle is held, so that the job is still there to be told, however fast the machine is.
    await hub.test.owner.query("begin");
    await hub.test.owner.query("select from hub.delivery where lane = 'many 1100' for update");
    const { body } = await ask("POST", "/deliveries/bulk", { action: "skip", filter: { state: "failed", cause: "Far away …" } });
    expect(body).toMatchObject({ state: "running", total: 20_000 });
    expect((await ask("POST", `/jobs/${body.id}/cancel`)).body).toMatchObject({ state: "cancelled" });
    await hub.test.owner.query("commit");
    const after = await vi.waitFor(async () => {
      const job = (await ask("GET", `/jobs/${body.id}`)).body;
      expect(job).toMatchObject({ state: "cancelled", done: 1200 });
      return job;
    });
    const { rows } = await hub.test.owner.query(
      "select count(*)::int as n from hub.delivery where lane like 'many %' and state = 'skipped'",
    );
    expect(rows[0].n).toBe(after.changed);
    // A job that its process left in the middle is taken up by another.
    await sql.query({
      text: "update hub.job set state = 'running', finished_at = null, leased_until = '-infinity' where workspace = $1 and id = $2",
      values: [workspace, body.id],
    });
    await vi.waitFor(
      async () => expect((await ask("GET", `/jobs/${body.id}`)).body).toMatchObject({ state: "done", done: 20_000, changed: 20_000 }),
      { timeout: 60_000, interval: 500 },
    );
  }, 90_000);
});
