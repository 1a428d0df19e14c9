import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addSite, api, type HubProcess, removeDataDir, type Site, startHubProcess, until } from "../testkit/hub.ts";

/** https://help.5crm.ru/api-dlya-integratorov/, called as a client written for that page would, and what became of every call. */

interface Contact {
  readonly id: number;
  readonly name: string;
  readonly surname: string;
  readonly middlename: string;
  readonly position: string | null;
  readonly website: string | null;
  readonly responsible: number | null;
  readonly company: number | null;
  readonly phones: readonly { readonly value: string; readonly e164: string | null }[];
  readonly emails: readonly { readonly value: string }[];
  readonly fields: Readonly<Record<string, string>>;
  readonly attribution: unknown;
  readonly created_by: number | null;
}
interface Deal {
  readonly id: number;
  readonly name: string;
  readonly sum: string | null;
  readonly currency: string;
  readonly pipeline: number;
  readonly stage: number;
  readonly responsible: number | null;
  readonly source: number | null;
  readonly fields: Readonly<Record<string, string>>;
  readonly attribution: { readonly last?: Record<string, string>; readonly visitor?: string; readonly tracking: Record<string, string> };
}
interface Task {
  readonly id: number;
  readonly title: string;
  readonly text: string | null;
  readonly due: string | null;
  readonly type: number | null;
  readonly estimate_minutes: number | null;
  readonly responsible: number | null;
}
interface JournalLine {
  readonly id: string;
  readonly connection: number;
  readonly received_at: string;
  readonly method: string;
  readonly path: string;
  readonly outcome: string;
  readonly detail: string | null;
  readonly status: number;
}
interface JournalEntry extends JournalLine {
  readonly prefix: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly body_base64: string | null;
  readonly deliveries: readonly { readonly id: string; readonly state: string; readonly records: Record<string, string> | null }[];
}
interface Delivery {
  readonly id: string;
  readonly state: string;
  readonly subject: string;
  readonly detail: string | null;
}

let hub: HubProcess;
let site: Site;
let crm: ReturnType<typeof api>;
let admin: number;
let funnel: { readonly id: number; readonly stages: readonly { readonly id: number; readonly name: string }[] };

beforeAll(async () => {
  hub = await startHubProcess();
  // Every lead is a deal of its own here: what a repeat makes of an open deal is another test's matter.
  site = await addSite(hub, "daisy", "repeat=new");
  crm = api(hub, site.workspace.api_token);
  admin = (await crm.all<{ id: number }>("/users"))[0]?.id ?? 0;
  funnel = (await crm.get<{ items: (typeof funnel)[] }>("/pipelines")).items[0] ?? funnel;
  expect((await crm.call("POST", "/fields", { entity: "deal", name: "Кастомное поле 1", type: "text", code: "f_1" })).status).toBe(201);
  // The hub's own copy of the CRM's lists follows.
  await until(async () => (await (await fetch(`${hub.url}/public/deal/get-custom-fields?${tokenPair()}`)).text()).includes("f_1"));
});
afterAll(async () => {
  await hub.stop();
  removeDataDir(hub.dataDir);
});

const done = '{"ans":"true"}';
const tokenPair = () => `public_token=${site.publicToken}`;

let people = 0;
/** A phone nobody had before. */
const newPhone = () => `+7910${String(1_000_000 + ++people)}`;

type Fields = Readonly<Record<string, string>>;
const post = (path: string, body: Fields | NonNullable<RequestInit["body"]>, headers: Fields = {}) =>
  fetch(hub.url + path, {
    method: "POST",
    headers,
    body:
      typeof body === "string" || body instanceof Uint8Array || body instanceof FormData
        ? body
        : new URLSearchParams(body as Record<string, string>),
  });

/** A connection of the same workspace with settings of its own. */
async function addForm(settings: Readonly<Record<string, unknown>> = {}): Promise<{ id: number; token: string; secrets: Fields }> {
  const { status, body } = await crm.call("POST", "/connections", { vendor: "fivecrm", settings: { repeat: "new", ...settings } });
  expect(status).toBe(201);
  return { id: body.id, token: body.secrets.public_token, secrets: body.secrets };
}

const settled = () => until(async () => (await crm.get<{ items: unknown[] }>("/deliveries?state=waiting&limit=1")).items.length === 0);
const contactsOf = (phone: string) => crm.all<Contact>(`/contacts?phone=${encodeURIComponent(phone)}`);
async function dealsOf(phone: string): Promise<Deal[]> {
  const deals = await Promise.all((await contactsOf(phone)).map(({ id }) => crm.all<Deal>(`/deals?contact=${id}`)));
  return deals.flat();
}
const onlyDealOf = (phone: string) =>
  until(async () => {
    const [deal, ...others] = await dealsOf(phone);
    expect(others).toEqual([]);
    return deal;
  });
const notesOf = async (deal: Deal) => (await crm.all<{ text: string }>(`/notes?deal=${deal.id}`)).map(({ text }) => text).join("\n");
/** The newest lines of the journal, from this moment of the test on. */
async function journalSince(last: string | undefined, connection?: number): Promise<JournalLine[]> {
  const lines = await crm.all<JournalLine>(`/journal${connection === undefined ? "" : `?connection=${connection}`}`);
  const at = lines.findIndex(({ id }) => id === last);
  return at === -1 ? lines : lines.slice(0, at);
}
const lastLine = async () => (await crm.get<{ items: JournalLine[] }>("/journal?limit=1")).items[0]?.id;

interface ErrorAnswer {
  readonly ans: string;
  readonly error: string;
  readonly message: string;
  readonly errors?: Readonly<Record<string, readonly string[]>>;
}
/** `{"ans":"false","error":…,"message":…}`, and nothing but what is documented. */
async function expectRefusal(answer: Response, status: number, error: string): Promise<ErrorAnswer> {
  const body = (await answer.json()) as ErrorAnswer;
  expect([answer.status, body.error]).toEqual([status, error]);
  expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(body).toEqual({
    ans: "false",
    error,
    message: expect.stringMatching(/[а-я]/),
    ...(body.errors && { errors: expect.any(Object) }),
  });
  return body;
}

// ── Every endpoint of the page, at every address, in every kind of body ─────────────────────────────────────────────

const addresses: readonly (readonly [string, () => { prefix: string; token: Fields }])[] = [
  ["the root", () => ({ prefix: "", token: { public_token: site.publicToken } })],
  ["/crm/api_new/public/", () => ({ prefix: "/crm/api_new/public", token: { public_token: site.publicToken } })],
  ["/in/<number of the connection>/", () => ({ prefix: `/in/${site.connection}`, token: { public_token: site.publicToken } })],
  ["/in/<public_token>/", () => ({ prefix: `/in/${site.publicToken}`, token: {} })],
];

const multipart = (fields: Fields): FormData => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
};
type Kind = (path: string, fields: Fields) => Promise<Response>;
const postKinds: Readonly<Record<string, Kind>> = {
  "POST urlencoded": (path, fields) => post(path, fields),
  "POST multipart": (path, fields) => post(path, multipart(fields)),
  "POST JSON": (path, fields) => post(path, JSON.stringify(fields), { "content-type": "application/json" }),
  "POST JSON as text/plain": (path, fields) => post(path, JSON.stringify(fields), { "content-type": "text/plain;charset=UTF-8" }),
  "POST with everything in the query": (path, fields) => post(`${path}?${new URLSearchParams(fields)}`, ""),
};
const formKinds: Readonly<Record<string, Kind>> = {
  ...postKinds,
  GET: (path, fields) => fetch(`${hub.url}${path}?${new URLSearchParams(fields)}`),
};

describe.each(addresses)("at %s", (_, address) => {
  it.each(Object.entries(formKinds))("ctm/form/send by %s makes a person and a deal of every documented field", async (_kind, send) => {
    const { prefix, token } = address();
    const phone = newPhone();
    const answer = await send(`${prefix}/ctm/form/send`, {
      ...token,
      url: "https://example.ru/okna?x=1",
      email: `ivan${phone.slice(-7)}@example.ru`,
      phone,
      name: "Иван",
      utm_source: "yandex",
      utm_campaign: "окна",
      utm_medium: "cpc",
      utm_term: "купить окна",
      utm_content: "b1",
      sum: "10000",
      description: "Пластиковые окна, 2 шт.",
      guid: "g-1",
      gaid: "111.222",
      f_1: "белые",
    });
    expect([answer.status, await answer.text()]).toEqual([200, done]);
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    const deal = await onlyDealOf(phone);
    const [contact] = await contactsOf(phone);
    expect(contact).toMatchObject({
      name: "Иван",
      phones: [{ e164: phone }],
      emails: [{ value: `ivan${phone.slice(-7)}@example.ru` }],
      responsible: null,
    });
    expect(deal).toMatchObject({
      name: "Заявка: example.ru",
      sum: "10000.00",
      currency: "RUB",
      pipeline: funnel.id,
      stage: funnel.stages[0]?.id,
      fields: { f_1: "белые" },
    });
    expect(deal.attribution).toEqual({
      last: {
        source: "yandex",
        medium: "cpc",
        campaign: "окна",
        content: "b1",
        term: "купить окна",
        url: "https://example.ru/okna?x=1",
      },
      visitor: "g-1",
      tracking: { gaid: "111.222" },
    });
    await until(async () => (await notesOf(deal)).includes("Пластиковые окна, 2 шт."));
  });

  it("ctm/form/send answers a script tag with a call of its function", async () => {
    const { prefix, token } = address();
    const phone = newPhone();
    const query = new URLSearchParams({ ...token, phone, callback: "callback_001", utm_source: "vk" });
    const answer = await fetch(`${hub.url}${prefix}/ctm/form/send?${query}`);
    expect([answer.status, await answer.text()]).toEqual([200, '/**/callback_001({"ans":"true"});']);
    expect(answer.headers.get("content-type")).toBe("application/javascript; charset=utf-8");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect((await onlyDealOf(phone)).attribution.last).toEqual({ source: "vk" });
  });

  it.each(Object.entries(postKinds))("public/deal/add by %s makes the deal as asked", async (_kind, send) => {
    const { prefix, token } = address();
    const phone = newPhone();
    const stage = funnel.stages[2]?.id ?? 0;
    const answer = await send(`${prefix}/public/deal/add`, {
      ...token,
      stage_id: String(stage),
      funnel_id: String(funnel.id),
      author_id: String(admin),
      manager_id: String(admin),
      status_id: "1",
      type_id: "2",
      source_id: "3",
      name: "Окна",
      sum: "12500",
      sum_original: "15000",
      description: "Два окна",
      utm_source: "google",
      utm_medium: "cpc",
      utm_campaign: "c",
      utm_content: "d",
      utm_term: "t",
      website: "example.ru",
      comment: "Звонить вечером",
      gaid: "1.2",
      email: `petr${phone.slice(-7)}@example.ru`,
      phone,
      client_name: "Пётр",
      f_1: "красные",
      f_2: "без поля",
    });
    expect([answer.status, await answer.text()]).toEqual([200, done]);
    const deal = await onlyDealOf(phone);
    expect(deal).toMatchObject({ name: "Окна", sum: "12500.00", pipeline: funnel.id, stage, responsible: admin, source: null });
    expect(deal.fields).toEqual({ f_1: "красные" });
    expect(deal.attribution).toEqual({
      last: { source: "google", medium: "cpc", campaign: "c", content: "d", term: "t" },
      tracking: { gaid: "1.2" },
    });
    expect((await contactsOf(phone))[0]).toMatchObject({ name: "Пётр", emails: [{ value: `petr${phone.slice(-7)}@example.ru` }] });
    // What the CRM has no field for is for people to read.
    const note = await until(() => notesOf(deal));
    for (const words of [
      "Два окна",
      "15000",
      "status_id: 1",
      "type_id: 2",
      "source_id: 3",
      "website: example.ru",
      "comment: Звонить вечером",
    ])
      expect(note).toContain(words);
    expect(note).toContain("f_2: без поля");
  });

  it("public/deal/get-custom-fields answers as on the page, to the byte", async () => {
    const { prefix, token } = address();
    const answer = await fetch(`${hub.url}${prefix}/public/deal/get-custom-fields?${new URLSearchParams(token)}`);
    expect([answer.status, await answer.text()]).toEqual([
      200,
      '{"ans":"true","fields":[{"type":"text","name":"Кастомное поле 1","field":"f_1"}]}',
    ]);
  });

  it.each(Object.entries(postKinds))("public/contact/add by %s makes a contact of every documented field", async (_kind, send) => {
    const { prefix, token } = address();
    const [phone, second] = [newPhone(), newPhone()];
    const details = {
      fax: "8 495 000-00-00",
      skype: "anna.skype",
      icq: "123456",
      age: "33",
      vk: "vk.com/anna",
      fb: "fb.com/anna",
      linkedin: "in/anna",
      map_position: "55.75,37.61",
      country: "Россия",
      city: "Тверь",
      address: "Советская, 1",
      metro: "Нет",
    };
    const answer = await send(`${prefix}/public/contact/add`, {
      ...token,
      name: "Анна",
      surname: "Петрова",
      middlename: "Ильинична",
      phone,
      phone_second: second,
      email: `anna${phone.slice(-7)}@example.ru`,
      email_second: `anna2${phone.slice(-7)}@example.ru`,
      position: "Директор",
      website: "https://anna.example",
      manager_id: String(admin),
      author_id: String(admin),
      utm_source: "s",
      utm_campaign: "c",
      utm_medium: "m",
      utm_content: "o",
      utm_term: "t",
      gaid: "5.6",
      guid: "g-2",
      ...details,
    });
    expect([answer.status, await answer.text()]).toEqual([200, done]);
    const [contact] = await until(async () => {
      const found = await contactsOf(phone);
      return found.length > 0 && found;
    });
    expect(contact).toMatchObject({
      name: "Анна",
      surname: "Петрова",
      middlename: "Ильинична",
      phones: [{ e164: phone }, { e164: second }],
      emails: [{ value: `anna${phone.slice(-7)}@example.ru` }, { value: `anna2${phone.slice(-7)}@example.ru` }],
      position: "Директор",
      website: "https://anna.example",
      responsible: admin,
      attribution: {
        last: { source: "s", campaign: "c", medium: "m", content: "o", term: "t" },
        visitor: "g-2",
        tracking: { gaid: "5.6" },
      },
    });
    const told = JSON.stringify([contact, await crm.get(`/contacts/${contact?.id}/timeline`)]);
    for (const value of Object.values(details)) expect(told).toContain(value);
    expect(await dealsOf(phone)).toEqual([]);
  });

  it.each(Object.entries(postKinds))("public/company/add by %s makes a company", async (kind, send) => {
    const { prefix, token } = address();
    const phone = newPhone();
    const name = `ООО Ромашка ${prefix} ${kind}`;
    const answer = await send(`${prefix}/public/company/add`, {
      ...token,
      name,
      phone,
      email: "info@daisy.example",
      city: "Тверь",
      website: "https://daisy.example",
      manager_id: String(admin),
      author_id: String(admin),
    });
    expect([answer.status, await answer.text()]).toEqual([200, done]);
    const [company] = await until(async () => {
      const found = await crm.all<{ id: number }>(`/companies?phone=${encodeURIComponent(phone)}`);
      return found.length > 0 && found;
    });
    expect(company).toMatchObject({
      name,
      phones: [{ e164: phone }],
      emails: [{ value: "info@daisy.example" }],
      website: "https://daisy.example",
      responsible: admin,
    });
    expect(JSON.stringify([company, await crm.get(`/companies/${company?.id}/timeline`)])).toContain("Тверь");
  });

  it.each(Object.entries(postKinds))("public/task/add by %s makes a task that is due when the page says", async (kind, send) => {
    const { prefix, token } = address();
    const name = `Позвонить ${prefix} ${kind}`;
    const answer = await send(`${prefix}/public/task/add`, {
      ...token,
      manager_id: String(admin),
      author_id: String(admin),
      type_id: "1",
      status_id: "4",
      priority_id: "5",
      name,
      description: "Спросить о размерах",
      date_expired: "31.01.2027 18:00",
      estimate_day: "1",
      estimate_hour: "2",
      estimate_minute: "15",
    });
    expect([answer.status, await answer.text()]).toEqual([200, done]);
    const task = await until(async () => (await crm.all<Task>("/tasks")).find(({ title }) => title === name));
    expect(task).toMatchObject({ type: 1, responsible: admin, estimate_minutes: 1440 + 120 + 15 });
    expect(new Date(task.due ?? "").toISOString()).toBe("2027-01-31T15:00:00.000Z");
    for (const words of ["Спросить о размерах", "status_id: 4", "priority_id: 5"]) expect(task.text).toContain(words);
  });

  it("public/managers/get without the secret token is refused in the documented shape, with it answers the users", async () => {
    const { prefix, token } = address();
    const get = (further: Fields, headers: Fields = {}) =>
      fetch(`${hub.url}${prefix}/public/managers/get?${new URLSearchParams({ ...token, ...further })}`, { headers });
    await expectRefusal(await get({}), 401, "secret_token_invalid");
    await expectRefusal(await get({ secret_token: "wrong" }), 401, "secret_token_invalid");
    await expectRefusal(await get({ secret_token: site.publicToken }), 401, "secret_token_invalid");
    const managers = {
      ans: "true",
      managers: [{ id: admin, name: "admin@daisy.example", phone: "", email: "admin@daisy.example", ava: "" }],
    };
    for (const answer of [
      await get({ secret_token: site.secretToken }),
      await get({ private_token: site.secretToken }),
      await get({}, { "x-secret-token": site.secretToken }),
    ]) {
      expect([answer.status, await answer.text()]).toEqual([200, JSON.stringify(managers)]);
      // No page may read it, not by fetch and not by a script tag.
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    }
    const byScript = await get({ secret_token: site.secretToken, callback: "cb" });
    expect([byScript.headers.get("content-type"), await byScript.json()]).toEqual(["application/json; charset=utf-8", managers]);
  });

  it("public/funnels/get answers the funnels with their stages in order, to the byte", async () => {
    const { prefix, token } = address();
    const answer = await fetch(`${hub.url}${prefix}/public/funnels/get?${new URLSearchParams(token)}`);
    const stages = funnel.stages.map(({ id, name }, index) => `{"id":${id},"name":"${name}","order":${index + 1}}`);
    expect([answer.status, await answer.text()]).toEqual([
      200,
      `{"ans":"true","funnels":[{"id":${funnel.id},"name":"Воронка","is_default":"true","stages":[${stages.join(",")}]}]}`,
    ]);
  });

  it("a method the page does not name is refused with those it does", async () => {
    const { prefix, token } = address();
    const query = new URLSearchParams(token).toString();
    for (const [method, path, allow] of [
      ["GET", "public/deal/add", "POST, OPTIONS"],
      ["GET", "public/contact/add", "POST, OPTIONS"],
      ["GET", "public/task/add", "POST, OPTIONS"],
      ["GET", "public/company/add", "POST, OPTIONS"],
      ["POST", "public/funnels/get", "GET, OPTIONS"],
      ["POST", "public/managers/get", "GET, OPTIONS"],
      ["POST", "public/deal/get-custom-fields", "GET, OPTIONS"],
      ["PUT", "ctm/form/send", "POST, GET, OPTIONS"],
      ["DELETE", "ctm/form/send", "POST, GET, OPTIONS"],
      ["PATCH", "public/deal/add", "POST, OPTIONS"],
    ]) {
      const answer = await fetch(`${hub.url}${prefix}/${path}?${query}`, { method: method ?? "" });
      expect(answer.headers.get("allow")).toBe(allow);
      await expectRefusal(answer, 405, "method_not_allowed");
    }
  });
});

it("the PHP client that was found in the wild gets its lead through, marks, callback and all", async () => {
  const phone = newPhone();
  const fields: Record<string, string> = {
    public_token: site.publicToken,
    url: "example.ru",
    name: "Иван",
    phone,
    email: "",
    description: "",
    callback: "callback_001",
    utm_source: "ya",
    utm_5crm: "метка",
    keyword: "окна",
    guid: "abc",
  };
  for (let number = 0; number < 50; number++) fields[`f_${number}`] = number < 2 ? `значение ${number}` : "";
  const answer = await post("/crm/api_new/public/ctm/form/send", multipart(fields));
  expect([answer.status, await answer.text()]).toEqual([200, '/**/callback_001({"ans":"true"});']);
  const deal = await onlyDealOf(phone);
  expect(deal.fields).toEqual({ f_1: "значение 1" });
  expect(deal.attribution).toMatchObject({ visitor: "abc", tracking: { utm_5crm: "метка", keyword: "окна" } });
  await until(async () => (await notesOf(deal)).includes("f_0: значение 0"));
});

describe("what is wrong is said", () => {
  it("without a token, and with one that nobody has", async () => {
    await expectRefusal(await post("/ctm/form/send", { name: "Иван" }), 401, "public_token_required");
    await expectRefusal(await post("/public/deal/add", { name: "Иван", public_token: "x" }), 401, "public_token_invalid");
    await expectRefusal(await post(`/in/${"x".repeat(32)}/ctm/form/send`, { name: "Иван" }), 401, "public_token_invalid");
    await expectRefusal(await post(`/in/${site.connection + 1000}/ctm/form/send`, { name: "Иван" }), 401, "public_token_required");
    // The number of one connection with the token of another.
    const other = await addForm();
    const crossed = await post(`/in/${other.id}/ctm/form/send`, { name: "Иван", public_token: site.publicToken });
    await expectRefusal(crossed, 401, "public_token_invalid");
  });

  it("every wrong field of a program at once, and nothing is made", async () => {
    const before = await crm.all("/deals");
    const { errors } = await expectRefusal(
      await post(`/public/deal/add?${tokenPair()}`, {
        name: "я".repeat(256),
        sum: "много",
        description: "я".repeat(501),
        stage_id: "99999",
        manager_id: "99999",
        f_50: "я".repeat(256),
      }),
      422,
      "validation_failed",
    );
    expect(Object.keys(errors ?? {}).sort()).toEqual(["description", "f_50", "manager_id", "name", "stage_id", "sum"]);
    expect(errors?.["name"]).toEqual(["Поле name не может быть длиннее 255 символов."]);
    expect(errors?.["sum"]).toEqual(["Поле sum должно быть целым числом."]);
    await settled();
    expect(await crm.all("/deals")).toEqual(before);
  });

  it("a form is never lost for its length: it is cut, and the journal has all of it", async () => {
    const phone = newPhone();
    const before = await lastLine();
    const answer = await post(`/ctm/form/send?${tokenPair()}`, {
      phone,
      name: "Я".repeat(300),
      description: "о".repeat(600),
      sum: "10 000 ₽",
    });
    expect(await answer.text()).toBe(done);
    const deal = await onlyDealOf(phone);
    expect(deal.sum).toBe("10000.00");
    expect((await contactsOf(phone))[0]?.name).toBe("Я".repeat(255));
    const [line] = await journalSince(before);
    const entry = await crm.get<JournalEntry>(`/journal/${line?.id}`);
    expect(new URLSearchParams(entry.body ?? "").get("name")).toBe("Я".repeat(300));
    expect(await until(() => notesOf(deal))).toContain("обрезано до 255");
  });

  it("a form with nobody to answer, a callback that is no name, and a body too large", async () => {
    const { errors } = await expectRefusal(await post(`/ctm/form/send?${tokenPair()}`, { utm_source: "x" }), 422, "validation_failed");
    expect(Object.keys(errors ?? {})).toEqual(["phone"]);
    await expectRefusal(await fetch(`${hub.url}/ctm/form/send?${tokenPair()}&name=x&callback=alert(1)//`), 422, "validation_failed");
    await expectRefusal(await post(`/ctm/form/send?${tokenPair()}`, { name: "x".repeat(300_000) }), 413, "too_large");
    await expectRefusal(await fetch(`${hub.url}/in/${site.publicToken}/ctm/form/sent`, { method: "POST" }), 404, "not_found");
  });

  it("a script tag is told with status 200, because it cannot read another", async () => {
    const answer = await fetch(`${hub.url}/ctm/form/send?public_token=x&name=y&callback=cb`);
    expect(answer.status).toBe(200);
    const [, json] = /^\/\*\*\/cb\((.*)\);$/.exec(await answer.text()) ?? [];
    expect(JSON.parse(json ?? "")).toMatchObject({ ans: "false", error: "public_token_invalid" });
  });
});

// ── Repeats ─────────────────────────────────────────────────────────────────────────────────────────────────────────

describe("a repeat", () => {
  it("fifty times at once, as a nervous double click, is one deal, and every sender hears success", async () => {
    const phone = newPhone();
    const body = { public_token: site.publicToken, phone, name: "Нервный", description: "Двойной щелчок" };
    const answers = await Promise.all(Array.from({ length: 50 }, () => post("/ctm/form/send", body)));
    expect(new Set(await Promise.all(answers.map(async (answer) => `${answer.status} ${await answer.text()}`)))).toEqual(
      new Set([`200 ${done}`]),
    );
    await settled();
    expect(await dealsOf(phone)).toHaveLength(1);
    expect(await contactsOf(phone)).toHaveLength(1);
    const lines = (await crm.all<Delivery>("/deliveries")).filter(({ subject }) => subject === `phone:${phone}`);
    expect(lines.map(({ state }) => state)).toEqual(["done"]);
  });

  it.each([
    ["the header Idempotency-Key", (key: string, fields: Fields) => post("/ctm/form/send", fields, { "idempotency-key": key })],
    ["the field _request_id", (key: string, fields: Fields) => post("/ctm/form/send", { ...fields, _request_id: key })],
  ])("known by %s is one deal whatever else it says, at once and later", async (_, send) => {
    const phone = newPhone();
    const key = `key ${phone}`;
    const fields = (text: string) => ({ public_token: site.publicToken, phone, description: text });
    const together = await Promise.all(Array.from({ length: 10 }, (__, number) => send(key, fields(`раз ${number}`))));
    expect(together.map(({ status }) => status)).toEqual(Array(10).fill(200));
    await settled();
    expect(await (await send(key, fields("позже"))).text()).toBe(done);
    await settled();
    expect(await dealsOf(phone)).toHaveLength(1);
    // Another id is another lead.
    await send(`${key} 2`, fields("раз 0"));
    await settled();
    expect(await dealsOf(phone)).toHaveLength(2);
    // An id that is none must not stand for everyone.
    await send("undefined", fields("без номера"));
    await send("undefined", fields("тоже без номера"));
    await settled();
    expect(await dealsOf(phone)).toHaveLength(4);
  });

  it("with the same fields is one deal, however spelled, ordered and sent; with other fields it is another", async () => {
    const phone = newPhone();
    const spelled = `8 (${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8, 10)}-${phone.slice(10)}`;
    const token = { public_token: site.publicToken };
    await post("/ctm/form/send", { ...token, phone, name: "Пётр  Ильич", email: `P${phone.slice(-7)}@Example.ru` });
    await post("/ctm/form/send", multipart({ email: `p${phone.slice(-7)}@example.ru`, name: " Пётр Ильич", phone: spelled, ...token }));
    await fetch(
      `${hub.url}/crm/api_new/public/ctm/form/send?${new URLSearchParams({ ...token, phone: spelled, name: "Пётр Ильич", email: `p${phone.slice(-7)}@example.ru` })}`,
    );
    await settled();
    expect(await dealsOf(phone)).toHaveLength(1);
    await post("/ctm/form/send", { ...token, phone, name: "Пётр Ильич", description: "Ещё вопрос" });
    await settled();
    expect(await dealsOf(phone)).toHaveLength(2);
    expect(await contactsOf(phone)).toHaveLength(1);
  });

  it("of a program's deal is one deal, too", async () => {
    const phone = newPhone();
    const body = { public_token: site.publicToken, phone, name: "Сделка программы", sum: "5" };
    await Promise.all(Array.from({ length: 10 }, () => post("/public/deal/add", body)));
    await settled();
    expect(await dealsOf(phone)).toHaveLength(1);
  });
});

// ── The door ────────────────────────────────────────────────────────────────────────────────────────────────────────

describe("the door of a connection", () => {
  it("is shut by disable, open again by enable, and gone after remove", async () => {
    const form = await addForm();
    const knock = () => post(`/in/${form.token}/ctm/form/send`, { phone: newPhone() });
    expect((await knock()).status).toBe(200);
    const command = (verb: string) => hub.command("connection", verb, String(form.id), "--workspace", "daisy");
    expect(await command("disable")).toMatchObject({ id: form.id, state: "disabled" });
    await expectRefusal(await knock(), 403, "disabled");
    await expectRefusal(await fetch(`${hub.url}/public/funnels/get?public_token=${form.token}`), 403, "disabled");
    expect(await command("enable")).toMatchObject({ id: form.id, state: "active" });
    expect((await knock()).status).toBe(200);
    expect(await command("remove")).toEqual({ ok: true });
    await expectRefusal(await knock(), 410, "removed");
    await expectRefusal(await post("/ctm/form/send", { phone: newPhone(), public_token: form.token }), 410, "removed");
  });

  it("has two valid tokens after a rotation, until the old one's time is up", async () => {
    const form = await addForm();
    const knock = async (token: string) => (await post("/ctm/form/send", { phone: newPhone(), public_token: token })).status;
    const { secrets } = await hub.command<{ secrets: Record<string, string> }>(
      "connection",
      "rotate",
      String(form.id),
      "public_token",
      "--workspace",
      "daisy",
    );
    const second = secrets["public_token"] ?? "";
    expect(second).not.toBe(form.token);
    expect([await knock(form.token), await knock(second)]).toEqual([200, 200]);
    const { body } = await crm.call("POST", `/connections/${form.id}/secrets/public_token/rotate`, { keep_hours: 0 });
    const third = body.secrets.public_token as string;
    await until(async () => (await knock(second)) === 401);
    expect([await knock(form.token), await knock(third)]).toEqual([200, 200]);
  });

  it("counts leads per address and per phone, and says when to come again", async () => {
    const form = await addForm({ rate_per_ip: 3 });
    const send = (further: Fields = {}) => post(`/in/${form.token}/ctm/form/send`, { phone: newPhone(), ...further });
    expect([(await send()).status, (await send()).status, (await send()).status]).toEqual([200, 200, 200]);
    const refused = await send();
    const seconds = Number(refused.headers.get("retry-after"));
    expect(Number.isInteger(seconds) && seconds >= 1 && seconds <= 60).toBe(true);
    expect(refused.headers.get("access-control-expose-headers")).toContain("Retry-After");
    await expectRefusal(refused, 429, "too_many_requests");
    // Lists are no leads; neither is the script of the page.
    expect((await fetch(`${hub.url}/in/${form.token}/public/funnels/get`)).status).toBe(200);
    expect((await fetch(`${hub.url}/in/${form.token}/form.js`)).status).toBe(200);
    const byScript = await send({ callback: "cb" });
    expect([byScript.status, await byScript.text()]).toEqual([200, expect.stringContaining('"error":"too_many_requests"')]);

    const perPhone = await addForm({ rate_per_phone: 1 });
    const phone = newPhone();
    const once = (description: string, number: string) => post(`/in/${perPhone.token}/ctm/form/send`, { phone: number, description });
    expect((await once("a", phone)).status).toBe(200);
    expect((await once("b", `8${phone.slice(2)}`)).status).toBe(429);
    expect((await once("b", newPhone())).status).toBe(200);
  });

  it("lets pages of any site ask before they post, but never for the users", async () => {
    const ask = (path: string) =>
      fetch(hub.url + path, {
        method: "OPTIONS",
        headers: {
          origin: "https://example.ru",
          "access-control-request-method": "POST",
          "access-control-request-headers": "content-type, idempotency-key",
        },
      });
    for (const path of ["/ctm/form/send", "/crm/api_new/public/ctm/form/send", `/in/${site.publicToken}/ctm/form/send`]) {
      const { status, headers } = await ask(path);
      expect(status).toBe(204);
      expect(headers.get("access-control-allow-origin")).toBe("*");
      expect(headers.get("access-control-allow-methods")).toBe("POST, GET, OPTIONS");
      expect(headers.get("access-control-allow-headers")?.toLowerCase()).toContain("content-type, idempotency-key");
      expect(Number(headers.get("access-control-max-age"))).toBeGreaterThan(0);
      expect(headers.get("access-control-allow-credentials")).toBeNull();
    }
    expect((await ask("/public/funnels/get")).headers.get("access-control-allow-origin")).toBe("*");
    for (const path of ["/public/managers/get", "/public/deal/add"]) {
      const { status, headers } = await ask(path);
      expect([status, headers.get("access-control-allow-origin")]).toEqual([204, null]);
    }
  });

  it("makes nothing of HEAD, nor of a browser that prefetches", async () => {
    const phone = newPhone();
    const before = await lastLine();
    const address = `${hub.url}/ctm/form/send?${tokenPair()}&phone=${encodeURIComponent(phone)}`;
    const head = await fetch(address, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([405, ""]);
    for (const [name, value] of [
      ["purpose", "prefetch"],
      ["sec-purpose", "prefetch;prerender"],
      ["x-moz", "prefetch"],
    ] as const)
      await expectRefusal(await fetch(address, { headers: { [name]: value } }), 403, "prefetch_refused");
    expect(await journalSince(before)).toEqual([]);
    expect(await contactsOf(phone)).toEqual([]);
    // The same address, followed by a person.
    expect(await (await fetch(address)).text()).toBe(done);
    await onlyDealOf(phone);
  });

  it("refuses another site's page when the owner listed his own, and its lead can still be taken in from the journal", async () => {
    const form = await addForm({ origins: ["https://example.ru"] });
    const phone = newPhone();
    const send = (origin?: string) => post(`/in/${form.token}/ctm/form/send`, { phone }, origin === undefined ? {} : { origin });
    await expectRefusal(await send("https://thief.example"), 403, "origin_not_allowed");
    await settled();
    expect(await contactsOf(phone)).toEqual([]);
    const [line] = await journalSince(undefined, form.id);
    expect(line).toMatchObject({ outcome: "ignored", status: 403, detail: expect.stringContaining("thief.example") });
    await crm.call("PATCH", `/connections/${form.id}`, { settings: { origins: ["https://example.ru", "thief.example"] } });
    const replayed = await hub.command("journal", "replay", line?.id ?? "", "--workspace", "daisy");
    expect(replayed).toMatchObject({ outcome: "accepted", events: [expect.any(String)] });
    await onlyDealOf(phone);
    expect((await send("https://example.ru")).status).toBe(200);
  });
});

// ── Charsets ────────────────────────────────────────────────────────────────────────────────────────────────────────

describe("windows-1251, as old Russian sites send it", () => {
  const table = new Map(
    Array.from(new TextDecoder("windows-1251").decode(Uint8Array.from({ length: 256 }, (_, byte) => byte)), (character, byte) => [
      character,
      byte,
    ]),
  );
  const bytes = (text: string) => Buffer.from(Array.from(text, (character) => table.get(character) ?? 63));
  const escaped = (text: string) => [...bytes(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const name = "Иван Ёлкин";
  const urlencoded = "application/x-www-form-urlencoded";

  it.each([
    [
      "said in the content type",
      (phone: string) =>
        post(`/ctm/form/send?${tokenPair()}`, `phone=${phone}&name=${escaped(name)}`, {
          "content-type": `${urlencoded}; charset=windows-1251`,
        }),
    ],
    [
      "said in _charset_",
      (phone: string) =>
        post(`/ctm/form/send?${tokenPair()}`, `_charset_=windows-1251&phone=${phone}&name=${escaped(name)}`, {
          "content-type": urlencoded,
        }),
    ],
    [
      "unsaid",
      (phone: string) => post(`/ctm/form/send?${tokenPair()}`, `phone=${phone}&name=${escaped(name)}`, { "content-type": urlencoded }),
    ],
    ["unsaid, in a query", (phone: string) => fetch(`${hub.url}/ctm/form/send?${tokenPair()}&phone=${phone}&name=${escaped(name)}`)],
    [
      "as bytes without escapes",
      (phone: string) =>
        post(`/ctm/form/send?${tokenPair()}`, Buffer.concat([Buffer.from(`phone=${phone}&name=`), bytes(name)]), {
          "content-type": urlencoded,
        }),
    ],
    [
      "in multipart",
      (phone: string) => {
        const part = (field: string, value: Buffer) => [
          Buffer.from(`--b\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n`),
          value,
          Buffer.from("\r\n"),
        ];
        const body = Buffer.concat([...part("phone", Buffer.from(phone)), ...part("name", bytes(name)), Buffer.from("--b--\r\n")]);
        return post(`/ctm/form/send?${tokenPair()}`, body, { "content-type": "multipart/form-data; boundary=b" });
      },
    ],
  ])("%s, is read", async (_, send) => {
    const phone = newPhone().slice(1);
    expect(await (await send(phone)).text()).toBe(done);
    await onlyDealOf(`+${phone}`);
    expect((await contactsOf(`+${phone}`))[0]?.name).toBe(name);
  });
});

// ── Other senders ───────────────────────────────────────────────────────────────────────────────────────────────────

describe("forms of others", () => {
  it("Tilda: the probe makes nothing, a form is a deal, its second try is not another", async () => {
    const form = await addForm();
    const address = `/in/${form.token}/tilda`;
    const probe = await post(address, { test: "test" });
    expect([probe.status, await probe.text()]).toEqual([200, "ok"]);
    expect((await journalSince(undefined, form.id))[0]).toMatchObject({ outcome: "ignored", detail: "test request" });
    const phone = newPhone();
    const body = {
      Name: "Мария",
      Phone: phone,
      Input_textarea: "Хочу букет",
      tranid: `1:${phone}`,
      formid: "form1",
      formname: "Букеты",
      utm_source: "tg",
      COOKIES: "_ga=GA1.2.333.444; other=1",
    };
    for (let attempt = 0; attempt < 3; attempt++) expect(await (await post(address, body)).text()).toBe("ok");
    const deal = await onlyDealOf(phone);
    await settled();
    expect(await dealsOf(phone)).toHaveLength(1);
    expect(deal).toMatchObject({ name: "Заявка: Букеты", attribution: { last: { source: "tg" }, tracking: { gaid: "333.444" } } });
    expect((await contactsOf(phone))[0]?.name).toBe("Мария");
    expect(await until(() => notesOf(deal))).toContain("Хочу букет");
    // Someone opens the address to see whether it works.
    const visit = await fetch(hub.url + address);
    expect([visit.status, visit.headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
  });

  it("VK: confirms, checks its key, makes a deal of a lead form once, and answers ok to everything else", async () => {
    const form = await addForm({ vk_confirmation: "a1b2c3", vk_secret: "vk-secret-word" });
    const call = (body: object) => post(`/in/${form.token}/vk`, JSON.stringify(body), { "content-type": "application/json" });
    const secret = { group_id: 7, secret: "vk-secret-word" };
    expect(await (await call({ type: "confirmation", ...secret })).text()).toBe("a1b2c3");
    expect((await call({ type: "confirmation", group_id: 7, secret: "guess" })).status).toBe(401);
    expect(await (await call({ type: "message_new", ...secret, object: {} })).text()).toBe("ok");
    const phone = newPhone();
    const lead = {
      type: "lead_forms_new",
      ...secret,
      object: {
        lead_id: 5,
        user_id: 100,
        form_id: 3,
        form_name: "Скидка",
        ad_id: 9,
        answers: [
          { key: "first_name", question: "Имя", answer: "Олег" },
          { key: "phone_number", question: "Телефон", answer: phone },
          { key: "custom_0", question: "Что интересует?", answer: ["Окна", "Двери"] },
        ],
      },
    };
    for (let attempt = 0; attempt < 2; attempt++) expect(await (await call(lead)).text()).toBe("ok");
    const deal = await onlyDealOf(phone);
    await settled();
    expect(await dealsOf(phone)).toHaveLength(1);
    expect((await contactsOf(phone))[0]?.name).toBe("Олег");
    expect(await until(() => notesOf(deal))).toContain("Окна, Двери");
  });

  it("Google Ads: checks the key, ignores a test, makes a deal of a lead once", async () => {
    const form = await addForm({ google_key: "google-secret-word" });
    const call = (body: object) => post(`/in/${form.token}/google`, JSON.stringify(body), { "content-type": "application/json" });
    const phone = newPhone();
    const lead = {
      lead_id: `L${phone}`,
      api_version: "1.0",
      form_id: 40,
      campaign_id: 41,
      gcl_id: "gclid-1",
      google_key: "google-secret-word",
      user_column_data: [
        { column_id: "FULL_NAME", column_name: "Full Name", string_value: "Ольга Ли" },
        { column_id: "PHONE_NUMBER", column_name: "User Phone", string_value: phone },
        { column_id: "EMAIL", string_value: `olga${phone.slice(-7)}@example.ru` },
      ],
      something_new: { of: "theirs" },
    };
    expect((await call({ ...lead, google_key: "guess" })).status).toBe(401);
    const test = await call({ ...lead, is_test: true });
    expect([test.status, await test.text()]).toEqual([200, "{}"]);
    await settled();
    expect(await contactsOf(phone)).toEqual([]);
    for (let attempt = 0; attempt < 2; attempt++) expect((await call(lead)).status).toBe(200);
    const deal = await onlyDealOf(phone);
    await settled();
    expect(await dealsOf(phone)).toHaveLength(1);
    expect(deal.attribution.tracking).toMatchObject({ gclid: "gclid-1" });
    expect((await contactsOf(phone))[0]).toMatchObject({ name: "Ольга Ли", emails: [{ value: `olga${phone.slice(-7)}@example.ru` }] });
  });

  it("any other form: nested or flat, in Russian or English", async () => {
    const [one, two, three] = [newPhone(), newPhone(), newPhone()];
    const address = `/in/${site.publicToken}/generic`;
    await post(address, {
      "fields[name][value]": "Елена",
      "fields[tel][value]": one,
      "fields[msg][title]": "Сообщение",
      "fields[msg][value]": "Привет",
    });
    await post(address, { "Ваше имя": "Юрий", Телефон: two, Комментарий: "Перезвоните" });
    await post(
      `/in/${site.publicToken}`,
      JSON.stringify({
        form: {
          fields: [
            { label: "Phone", value: three },
            { label: "Name", value: "Zoe" },
          ],
        },
      }),
      {
        "content-type": "application/json",
      },
    );
    for (const [phone, name] of [
      [one, "Елена"],
      [two, "Юрий"],
      [three, "Zoe"],
    ] as const) {
      await onlyDealOf(phone);
      expect((await contactsOf(phone))[0]?.name).toBe(name);
    }
  });

  it("whose names nobody understands is held, and becomes a deal once its fields are mapped and it is replayed", async () => {
    const form = await addForm();
    const phone = newPhone();
    await post(`/in/${form.token}/generic`, { q7: phone.slice(2), q8: "Тимур" });
    const [line] = await journalSince(undefined, form.id);
    const entry = await crm.get<JournalEntry>(`/journal/${line?.id}`);
    expect(entry.deliveries.map(({ state }) => state)).toEqual(["held"]);
    const items = [
      { theirs: "q7", ours: "phone" },
      { theirs: "q8", ours: "name" },
    ];
    expect((await crm.call("PUT", `/connections/${form.id}/mappings/field`, { items })).status).toBe(200);
    await hub.command("journal", "replay", entry.id, "--workspace", "daisy");
    await settled();
    expect(await dealsOf(phone)).toHaveLength(1);
    expect((await contactsOf(phone))[0]?.name).toBe("Тимур");
  });
});

// ── Spam and secrets ────────────────────────────────────────────────────────────────────────────────────────────────

it("spam is answered as success and held; a person lets it through, or lets it go", async () => {
  const [good, bad] = [newPhone(), newPhone()];
  for (const phone of [good, bad])
    expect(await (await post(`/ctm/form/send?${tokenPair()}`, { phone, name: "Посетите https://casino.example" })).text()).toBe(done);
  await settled();
  const held = await hub.command<Delivery[]>("delivery", "list", "--state", "held", "--workspace", "daisy");
  const of = (phone: string) => held.find(({ subject }) => subject === `phone:${phone}`);
  expect(of(good)).toMatchObject({ state: "held", detail: "ссылка вместо имени" });
  expect(await contactsOf(good)).toEqual([]);
  expect(await hub.command("delivery", "retry", of(good)?.id ?? "", "--workspace", "daisy")).toMatchObject({ id: of(good)?.id });
  await onlyDealOf(good);
  expect(await hub.command("delivery", "skip", of(bad)?.id ?? "", "--workspace", "daisy")).toMatchObject({ state: "skipped" });
  await settled();
  expect(await contactsOf(bad)).toEqual([]);
});

it("no secret ever stands in the journal, wherever it was sent", async () => {
  const form = await addForm({ vk_secret: "vk-very-secret", google_key: "google-very-secret" });
  const secret = form.secrets["secret_token"] ?? "";
  expect(secret).toMatch(/^.{20,}$/);
  const query = `public_token=${form.token}`;
  await fetch(`${hub.url}/public/managers/get?${query}&secret_token=${secret}`);
  await fetch(`${hub.url}/public/managers/get?${query}`, { headers: { "x-secret-token": secret } });
  await post("/ctm/form/send", { public_token: form.token, secret_token: secret, phone: newPhone(), description: `мой ключ ${secret}` });
  await post(`/ctm/form/send?${query}`, multipart({ phone: newPhone(), private_token: secret }));
  await post(`/ctm/form/send?${query}`, JSON.stringify({ phone: newPhone(), secret_token: secret }), {
    cookie: `a=${secret}`,
    authorization: `Bearer ${secret}`,
  });
  await post(`/in/${form.token}/vk`, JSON.stringify({ type: "confirmation", secret: "vk-very-secret" }), {
    "content-type": "application/json",
  });
  await post(`/in/${form.token}/google`, JSON.stringify({ is_test: true, google_key: "google-very-secret" }), {
    "content-type": "application/json",
  });
  await settled();
  const lines = await journalSince(undefined, form.id);
  expect(lines.length).toBe(7);
  const entries = await Promise.all(lines.map(({ id }) => crm.get<JournalEntry>(`/journal/${id}`)));
  const deliveries = await Promise.all(entries.flatMap((entry) => entry.deliveries.map(({ id }) => crm.get(`/deliveries/${id}`))));
  expect(deliveries.length).toBe(3);
  // The address of an intake has the token in it: the journal knows the connection by its number.
  expect(new Set(entries.map(({ prefix }) => prefix))).toEqual(new Set(["", `/in/${form.id}`]));
  for (const text of [JSON.stringify(entries), hub.output()]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain("very-secret");
    expect(text).not.toContain(form.secrets["signing_key"]);
  }
});

// ── The command line ────────────────────────────────────────────────────────────────────────────────────────────────

describe("the command line", () => {
  const inDaisy = ["--workspace", "daisy"] as const;

  it("makes a workspace with a number and a token that opens it", async () => {
    const made = await hub.command<Site["workspace"]>(
      ...["workspace", "create", "--name", "Вторая", "--subdomain", "second"],
      ...["--admin-email", "b@second.example", "--admin-password", "пароль второй"],
      ...["--country", "BY", "--time-zone", "Europe/Minsk", "--language", "ru", "--currency", "BYN"],
    );
    expect(made).toMatchObject({ id: expect.any(Number), api_token: expect.stringMatching(/^.{20,}$/) });
    expect(Number.isInteger(made.id)).toBe(true);
    // Another company sees nothing of the first.
    expect(await api(hub, made.api_token).all("/deals")).toEqual([]);
    expect((await hub.command<{ subdomain: string }[]>("workspace", "list")).map(({ subdomain }) => subdomain).sort()).toEqual([
      "daisy",
      "second",
    ]);
  });

  it("adds, lists and checks a connection, and shows its secrets once", async () => {
    const made = await hub.command<{ id: number; secrets: Record<string, string>; urls: Record<string, string>; settings: object }>(
      ...["connection", "add", "fivecrm", "--name", "Ещё сайт", "--set", "rate_per_ip=5", "--set", "russian_form=true", ...inDaisy],
    );
    expect(Object.keys(made.secrets).sort()).toEqual(["public_token", "secret_token", "signing_key"]);
    expect(made.urls["form_send"]).toBe(`${hub.url}/in/${made.secrets["public_token"]}/ctm/form/send`);
    expect(made.settings).toMatchObject({ rate_per_ip: 5, russian_form: true });
    const listed = await hub.command<{ id: number; name: string; state: string }[]>("connection", "list", ...inDaisy);
    expect(listed.find(({ id }) => id === made.id)).toMatchObject({ vendor: "fivecrm", name: "Ещё сайт", state: "active" });
    expect(JSON.stringify(listed)).not.toContain(made.secrets["secret_token"]);
    expect(await hub.command("connection", "check", String(made.id), ...inDaisy)).toMatchObject({ ok: true });
    await expect(hub.command("connection", "add", "fivecrm", "--set", "rate_per_ip=often", ...inDaisy)).rejects.toThrow(/rate_per_ip/);
    await expect(hub.command("connection", "add", "nobody", ...inDaisy)).rejects.toThrow(/there is no vendor "nobody"/);
    await expect(hub.command("connection", "list", "--workspace", "nowhere")).rejects.toThrow(/nowhere/);
  });

  it("lists, shows and replays the journal", async () => {
    const form = await addForm();
    const phone = newPhone();
    await post(`/in/${form.token}/ctm/form/send`, { phone, name: "Из журнала" });
    const lines = await hub.command<JournalLine[]>("journal", "list", "--connection", String(form.id), ...inDaisy);
    expect(lines).toEqual([
      expect.objectContaining({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        connection: form.id,
        received_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        method: "POST",
        path: "/ctm/form/send",
        outcome: "accepted",
      }),
    ]);
    const id = lines[0]?.id ?? "";
    const shown = await hub.command<JournalEntry>("journal", "show", id, ...inDaisy);
    expect(new URLSearchParams(shown.body ?? "").get("phone")).toBe(phone);
    await onlyDealOf(phone);
    // What is known already is not made again.
    expect(await hub.command("journal", "replay", id, ...inDaisy)).toMatchObject({ outcome: "repeated" });
    await settled();
    expect(await dealsOf(phone)).toHaveLength(1);
    expect((await hub.command<JournalLine[]>("journal", "list", "--outcome", "malformed", "--limit", "1", ...inDaisy)).length).toBe(1);
  });

  it("lists deliveries by state and by the record they touched", async () => {
    const phone = newPhone();
    await post(`/ctm/form/send?${tokenPair()}`, { phone });
    const deal = await onlyDealOf(phone);
    const [found, ...others] = await until(async () => {
      const list = await hub.command<Delivery[]>("delivery", "list", "--record", `deal:${deal.id}`, ...inDaisy);
      return list.length > 0 && list;
    });
    expect(others).toEqual([]);
    expect(found).toMatchObject({ state: "done", subject: `phone:${phone}`, flow: "take-lead", attempts: 1 });
    expect(await hub.command<Delivery[]>("delivery", "list", "--state", "failed", ...inDaisy)).toEqual([]);
    await expect(hub.command("delivery", "retry", found?.id ?? "", ...inDaisy)).rejects.toThrow(/is done/);
  });

  it("makes a token with few rights, and revokes it at once", async () => {
    const made = await hub.command<{ id: number; api_token: string }>(
      "token",
      "create",
      "--name",
      "Отчёт",
      "--scopes",
      "crm:read",
      ...inDaisy,
    );
    const reader = api(hub, made.api_token);
    expect((await reader.call("GET", "/deals?limit=1")).status).toBe(200);
    expect((await reader.call("POST", "/contacts", { name: "Нельзя" })).status).toBe(403);
    expect(await hub.command("token", "revoke", String(made.id), ...inDaisy)).toEqual({ ok: true });
    expect((await reader.call("GET", "/deals?limit=1")).status).toBe(401);
  });

  it("adds and lists people, and the public API names those who work there", async () => {
    const made = await hub.command<{ id: number }>(
      ...[
        "user",
        "add",
        "--name",
        "Ivanov",
        "--email",
        "test@example.com",
        "--password",
        "пароль Иванова",
        "--phone",
        "+79000000000",
        ...inDaisy,
      ],
    );
    expect(await hub.command<{ name: string }[]>("user", "list", ...inDaisy)).toEqual([
      expect.objectContaining({ id: admin, role: "administrator" }),
      expect.objectContaining({ id: made.id, name: "Ivanov", email: "test@example.com", role: "manager", active: true }),
    ]);
    const managers = await until(async () => {
      const answer = await fetch(`${hub.url}/public/managers/get?${tokenPair()}&secret_token=${site.secretToken}`);
      const body = (await answer.json()) as { managers: { name: string }[] };
      return body.managers.length === 2 && body.managers;
    });
    // As on the page: the phone in digits.
    expect(managers[1]).toEqual({ id: made.id, name: "Ivanov", phone: "79000000000", email: "test@example.com", ava: "" });
  });

  it("says that all is well, after all of this", async () => {
    await settled();
    const { ok, findings } = await hub.command<{ ok: boolean; findings: { ok: boolean; message: string }[] }>("doctor");
    expect(findings.filter((finding) => !finding.ok)).toEqual([]);
    expect(ok).toBe(true);
    const metrics = await (await fetch(`${hub.url}/metrics`)).text();
    expect(metrics.split("\n").filter((line) => /^svyazka_bugs_total.* [^0]/.test(line))).toEqual([]);
  });
});
