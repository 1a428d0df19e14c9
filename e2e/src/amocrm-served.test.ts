import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess } from "../testkit/hub.ts";

/** Our CRM answers as amoCRM: programs that were written for it notice nothing. */

interface Integration {
  readonly id: number;
  readonly client_id: string;
  readonly client_secret: string;
  readonly code: string;
  readonly long_lived_token: string;
  readonly urls: { readonly api: string; readonly authorize: string; readonly token: string };
}
interface Answer {
  readonly status: number;
  readonly type: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was answered
  readonly body: any;
}

const dataDir = makeDataDir();
const picture = join(dataDir, "picture.png");
const redirect = "https://example.com/callback";
let hub: HubProcess;
let integration: Integration;
let token: string;
let crm: ReturnType<typeof api>;

beforeAll(async () => {
  hub = await startHubProcess({ dataDir });
  writeFileSync(
    picture,
    Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=", "base64"),
  );
  crm = api(hub, await company("romashka"));
  integration = await register("romashka");
  token = integration.long_lived_token;
}, 60_000);
afterAll(async () => {
  if (process.env["SHOW"]) console.log(hub.output());
  await hub.stop();
  removeDataDir(dataDir);
});

async function company(subdomain: string): Promise<string> {
  const { api_token } = await hub.command<{ api_token: string }>(
    ...["workspace", "create", "--name", "Ромашка", "--subdomain", subdomain],
    ...["--admin-email", `admin@${subdomain}.example`, "--admin-password", "пароль-для-проверки"],
  );
  return api_token;
}

const register = (workspace: string, ...more: string[]): Promise<Integration> =>
  hub.command<Integration>(
    ...["integration", "create", "--workspace", workspace, "--name", "Телефония", "--redirect-uri", redirect, "--picture", picture],
    ...["--long-lived", "--set", "requests_per_second=0", ...more],
  );

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(`${integration.urls.api}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    redirect: "manual",
  });
  const text = await answer.text();
  const type = answer.headers.get("content-type");
  return { status: answer.status, type, body: text === "" ? undefined : type?.includes("json") ? JSON.parse(text) : text };
}

const made = async (path: string, items: unknown): Promise<number[]> => {
  const { body, status } = await call("POST", path, items);
  expect([status, body]).toEqual([200, body]);
  return (Object.values(body._embedded)[0] as { id: number }[]).map(({ id }) => id);
};

describe("an integration", () => {
  it("is refused without one of its fields, and without a picture", async () => {
    const all = { description: "Звонки", redirect_uri: redirect, picture: "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==" };
    for (const name of Object.keys(all)) {
      const settings = Object.fromEntries(Object.entries(all).filter(([one]) => one !== name));
      const refused = await crm.call("POST", "/integrations", { name: "Без поля", settings });
      expect([name, refused.status, Object.keys(refused.body.errors)]).toEqual([name, 422, [name]]);
    }
    expect(
      (await crm.call("POST", "/integrations", { name: "Вся", settings: { ...all, picture: "https://example.com/x.png" } })).status,
    ).toBe(422);
    expect((await crm.call("POST", "/integrations", { name: "Вся", settings: all })).status).toBe(201);
  });

  it("gets tokens for its code once, and new ones for a refresh token once", async () => {
    const { client_id, client_secret } = integration;
    const sent = { client_id, client_secret, redirect_uri: redirect };
    const exchange = (more: object) => call("POST", "/oauth2/access_token", { ...sent, ...more });
    const first = await exchange({ grant_type: "authorization_code", code: integration.code });
    expect([first.status, first.body]).toMatchObject([200, { token_type: "Bearer", expires_in: 86_400 }]);
    expect((await exchange({ grant_type: "authorization_code", code: integration.code })).status).toBe(400);
    const form = new URLSearchParams({ ...sent, grant_type: "refresh_token", refresh_token: first.body.refresh_token });
    const second = await call("POST", "/oauth2/access_token", form.toString(), { "content-type": "application/x-www-form-urlencoded" });
    expect(second.status).toBe(200);
    const again = await exchange({ grant_type: "refresh_token", refresh_token: first.body.refresh_token });
    expect(again).toMatchObject({ status: 401, type: "application/problem+json", body: { hint: "Token has been revoked" } });
    const claims = JSON.parse(Buffer.from(second.body.access_token.split(".")[1], "base64url").toString());
    expect(claims).toMatchObject({ aud: client_id, exp: expect.any(Number), account_id: expect.any(Number) });
    expect((await call("GET", "/api/v4/account", undefined, { authorization: `Bearer ${second.body.access_token}` })).status).toBe(200);

    const { items } = await crm.get<{ items: { id: string }[] }>(`/connections/${integration.id}/grants`);
    for (const { id } of items.filter((_, index) => index > 0)) await crm.call("DELETE", `/connections/${integration.id}/grants/${id}`);
    const all = await Promise.all(
      [token, first.body.access_token, second.body.access_token].map((one) =>
        call("GET", "/api/v4/account", undefined, { authorization: `Bearer ${one}` }),
      ),
    );
    expect(all.map(({ status }) => status).sort()).toContain(401);
    const { long_lived_token } = (
      await crm.send<{ issued: { long_lived_token: string } }>("POST", `/connections/${integration.id}/grants`, { long_lived_days: 30 })
    ).issued;
    token = long_lived_token;
    expect((await call("GET", "/api/v4/account")).status).toBe(200);
  });

  it("is let in on a page, by an administrator who signs in there", async () => {
    expect(integration.urls.authorize).toBe(`${hub.url}/oauth?client_id=${integration.client_id}`);
    const page = await call("GET", `/oauth?client_id=${integration.client_id}&state=abc&mode=popup`);
    expect(page.status).toBe(200);
    expect(page.body).toContain("Телефония");
    const decide = (form: Record<string, string>) =>
      fetch(`${integration.urls.api}/oauth?client_id=${integration.client_id}`, {
        method: "POST",
        redirect: "manual",
        body: new URLSearchParams({ state: "abc", ...form }),
      });
    const refused = await decide({ decision: "refuse" });
    expect([refused.status, refused.headers.get("location")]).toEqual([302, `${redirect}?error=access_denied&state=abc`]);
    const wrong = await decide({ decision: "allow", email: "admin@romashka.example", password: "не тот" });
    expect([wrong.status, (await wrong.text()).includes("Неверная почта или пароль")]).toEqual([400, true]);
    const allowed = await decide({ decision: "allow", email: "admin@romashka.example", password: "пароль-для-проверки" });
    const back = new URL(allowed.headers.get("location") ?? "");
    expect(allowed.status).toBe(302);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ state: "abc", referer: new URL(hub.url).host, platform: "1" });
    const { client_id, client_secret } = integration;
    const exchanged = await call("POST", "/oauth2/access_token", {
      ...{ client_id, client_secret, redirect_uri: redirect, grant_type: "authorization_code", code: back.searchParams.get("code") },
    });
    expect(exchanged.status).toBe(200);
    expect((await call("GET", "/oauth?client_id=nobody")).status).toBe(404);
  });
});

describe("API v4", () => {
  it("tells of the account what clients cannot do without", async () => {
    const { body, type } = await call("GET", "/api/v4/account?with=amojo_id,task_types,users_groups,datetime_settings");
    expect(type).toBe("application/hal+json");
    for (const name of ["created_at", "created_by", "updated_at", "updated_by", "currency", "mobile_feature_version", "country"])
      expect(Object.keys(body)).toContain(name);
    expect(body).toMatchObject({ subdomain: "romashka", currency: "RUB", amojo_id: expect.any(String) });
    expect(body._embedded.task_types.map(({ id }: { id: number }) => id)).toEqual(expect.arrayContaining([1, 2]));
  });

  it("keeps a lead with its people in one truth with the hub's own API", async () => {
    const { body } = await call("POST", "/api/v4/leads/complex", [
      {
        name: "Кофемашина",
        price: 45000,
        _embedded: {
          tags: [{ name: "сайт" }],
          contacts: [
            {
              first_name: "Ольга",
              last_name: "Ромашкина",
              custom_fields_values: [
                { field_code: "PHONE", values: [{ value: "8 (916) 123-45-67", enum_code: "MOB" }] },
                { field_code: "EMAIL", values: [{ value: "olga@example.com" }] },
                { field_code: "POSITION", values: [{ value: "Директор" }] },
              ],
            },
          ],
          companies: [{ name: "ООО Ромашка", custom_fields_values: [{ field_code: "ADDRESS", values: [{ value: "Москва" }] }] }],
        },
      },
    ]);
    const [{ id, contact_id, company_id }] = body;
    const deal = await crm.get<{ name: string; sum: string; contacts: { id: number }[] }>(`/deals/${id}`);
    expect(deal).toMatchObject({ name: "Кофемашина", sum: "45000.00" });
    expect(await crm.get(`/contacts/${contact_id}`)).toMatchObject({
      ...{ name: "Ольга", surname: "Ромашкина", position: "Директор" },
      phones: [{ value: "8 (916) 123-45-67", e164: "+79161234567", label: "mobile" }],
    });
    await crm.send("PATCH", `/deals/${id}`, { sum: "50000" });
    const lead = await call("GET", `/api/v4/leads/${id}?with=contacts`);
    expect(lead.body).toMatchObject({
      price: 50000,
      _embedded: { contacts: [{ id: contact_id, is_main: true }], companies: [{ id: company_id }], tags: [{ name: "сайт" }] },
    });
    const contact = await call("GET", "/api/v4/contacts?query=9161234567&with=leads");
    expect(contact.body._embedded.contacts[0]).toMatchObject({ id: contact_id, name: "Ольга Ромашкина", _embedded: { leads: [{ id }] } });
    const fields = contact.body._embedded.contacts[0].custom_fields_values as { field_code: string; values: { enum_code: string }[] }[];
    expect(fields.map(({ field_code }) => field_code)).toEqual(["POSITION", "PHONE", "EMAIL"]);
    expect(fields[1]?.values[0]?.enum_code).toBe("MOB");
  });

  it("moves a lead through its pipeline, and back to the feed of events", async () => {
    const { body: pipelines } = await call("GET", "/api/v4/leads/pipelines");
    const [pipeline] = pipelines._embedded.pipelines;
    const statuses = pipeline._embedded.statuses as { id: number; type: number }[];
    expect(statuses.at(0)?.type).toBe(1);
    expect(statuses.slice(-2).map(({ id }) => id)).toEqual([142, 143]);
    const [id = 0] = await made("/api/v4/leads", [{ name: "Путь", pipeline_id: pipeline.id, status_id: statuses[1]?.id }]);
    await call("PATCH", "/api/v4/leads", [{ id, status_id: 142 }]);
    expect((await call("GET", `/api/v4/leads/${id}`)).body).toMatchObject({ status_id: 142, closed_at: expect.any(Number) });
    expect(
      (await call("GET", `/api/v4/leads?filter[statuses][0][pipeline_id]=${pipeline.id}&filter[statuses][0][status_id]=142`)).body._embedded
        .leads,
    ).toHaveLength(1);
    const events = await call("GET", `/api/v4/events?filter[entity]=lead&filter[entity_id]=${id}&filter[type]=lead_status_changed`);
    expect(events.body._embedded.events[0].value_after).toEqual([{ lead_status: { id: 142, pipeline_id: pipeline.id } }]);
  });

  it("keeps tasks, notes and calls", async () => {
    const [id = 0] = await made("/api/v4/leads", [{ name: "Звонки" }]);
    const [task = 0] = await made("/api/v4/tasks", [
      { text: "Перезвонить", complete_till: 1_900_000_000, entity_id: id, entity_type: "leads", task_type_id: 1 },
    ]);
    expect((await call("GET", `/api/v4/leads/${id}`)).body.closest_task_at).toBe(1_900_000_000);
    await call("PATCH", `/api/v4/tasks/${task}`, { is_completed: true, result: { text: "Договорились" } });
    expect((await call("GET", `/api/v4/tasks/${task}`)).body).toMatchObject({
      is_completed: true,
      result: { text: "Договорились" },
      task_type_id: 1,
    });
    const notes = await made(`/api/v4/leads/${id}/notes`, [
      { note_type: "common", params: { text: "Позвонил" } },
      { note_type: "service_message", params: { service: "Сайт", text: "Оплата" } },
      {
        note_type: "call_in",
        params: { uniq: "abc", duration: 60, source: "pbx", phone: "+79161234567", link: "https://example.com/1.mp3" },
      },
    ]);
    expect(new Set(notes).size).toBe(3);
    const read = (await call("GET", `/api/v4/leads/${id}/notes`)).body._embedded.notes as {
      note_type: string;
      params: Record<string, unknown>;
    }[];
    expect(read.map(({ note_type }) => note_type).sort()).toEqual(["call_in", "common", "service_message"]);
    expect(read.find(({ note_type }) => note_type === "call_in")?.params).toMatchObject({
      uniq: "abc",
      duration: 60,
      phone: "+79161234567",
      link: "https://example.com/1.mp3",
      source: "pbx",
    });
    const refused = await call("POST", `/api/v4/leads/${id}/notes`, [
      { note_type: "call_in", params: { duration: 1, source: "x", phone: "1", link: null } },
    ]);
    expect(refused.body["validation-errors"][0].errors[0]).toMatchObject({ code: "NotNullable", path: "params.link" });
  });

  it("makes fields and writes their values", async () => {
    const { body } = await call("POST", "/api/v4/leads/custom_fields", [
      { name: "Тариф", type: "select", enums: [{ value: "Старт" }, { value: "Бизнес" }] },
      { name: "Поставка", type: "date" },
      { name: "Оплачено", type: "checkbox" },
      { name: "Заметка", type: "textarea" },
      { name: "Юрлицо", type: "legal_entity" },
    ]);
    const fields = body._embedded.custom_fields as { id: number; type: string; enums: { id: number }[] | null }[];
    expect(fields.map(({ type }) => type)).toEqual(["select", "date", "checkbox", "textarea", "legal_entity"]);
    const [tariff, supply, paid, note, entity] = fields;
    const day = 1_767_214_800; // 2026-01-01 00:00 in Moscow
    const [id = 0] = await made("/api/v4/leads", [
      {
        custom_fields_values: [
          { field_id: tariff?.id, values: [{ value: "Бизнес" }] },
          { field_id: supply?.id, values: [{ value: day }] },
          { field_id: paid?.id, values: [{ value: true }] },
          { field_id: note?.id, values: [{ value: "Строка\nдругая" }] },
          { field_id: entity?.id, values: [{ value: { name: "ООО", vat_id: "7707083893" } }] },
        ],
      },
    ]);
    const { custom_fields_values: values } = (await call("GET", `/api/v4/leads/${id}`)).body;
    expect(values.map(({ values }: { values: { value: unknown }[] }) => values[0]?.value)).toEqual([
      "Бизнес",
      day,
      true,
      "Строка\nдругая",
      { name: "ООО", vat_id: "7707083893" },
    ]);
    expect(
      (await call("GET", `/api/v4/leads?filter[custom_fields_values][${tariff?.id}][]=${tariff?.enums?.[1]?.id}`)).body._embedded.leads,
    ).toHaveLength(1);
    expect(
      (
        await call(
          "GET",
          `/api/v4/leads?filter[custom_fields_values][${supply?.id}][from]=${day}&filter[custom_fields_values][${supply?.id}][to]=${day}`,
        )
      ).body._embedded.leads,
    ).toHaveLength(1);
  });

  it("takes what nobody has taken yet, and lets it be accepted or declined", async () => {
    const form = { form_id: "1", form_name: "Заявка", form_page: "https://example.com", form_sent_at: 1_700_000_000 };
    const item = (name: string) => ({
      source_uid: name,
      source_name: "Сайт",
      metadata: form,
      _embedded: { leads: [{ name }], contacts: [{ name: "Пётр" }] },
    });
    const { body } = await call("POST", "/api/v4/leads/unsorted/forms", [item("Первая"), item("Вторая")]);
    const [first, second] = body._embedded.unsorted as { uid: string; _embedded: { leads: { id: number }[] } }[];
    expect((await call("GET", "/api/v4/leads/unsorted")).body._embedded.unsorted).toHaveLength(2);
    expect((await call("POST", `/api/v4/leads/unsorted/${first?.uid}/accept`)).status).toBe(200);
    expect((await call("DELETE", `/api/v4/leads/unsorted/${second?.uid}/decline`)).status).toBe(200);
    expect((await call("GET", `/api/v4/leads/${second?._embedded.leads[0]?.id}`)).status).toBe(204);
    expect((await call("GET", "/api/v4/leads/unsorted/summary")).body).toMatchObject({ total: 2, accepted: 1, declined: 1 });
  });

  it("refuses in its own shape, and never in any other", async () => {
    const [id = 0] = await made("/api/v4/leads", [{ name: "Плохое" }]);
    const wrong: [string, string, unknown][] = [
      ["POST", "/api/v4/leads", [{ price: "много" }]],
      ["POST", "/api/v4/leads", [{ status_id: 999_999 }]],
      ["POST", "/api/v4/leads", [{ responsible_user_id: 999_999 }]],
      ["POST", "/api/v4/leads", Array.from({ length: 251 }, () => ({}))],
      ["POST", "/api/v4/leads", "{"],
      ["PATCH", `/api/v4/leads/${id}`, { loss_reason_id: 999_999 }],
      ["PATCH", `/api/v4/leads/${id}`, { _embedded: { contacts: [{ id: 999_999 }] } }],
      ["POST", "/api/v4/tasks", [{ text: "x" }]],
      ["POST", "/api/v4/tasks", [{ text: "x", complete_till: 1, entity_id: 999_999, entity_type: "leads" }]],
      ["POST", "/api/v4/contacts", [{ custom_fields_values: [{ field_code: "PHONE", values: [{ value: "без цифр" }] }] }]],
      ["POST", `/api/v4/leads/${id}/link`, [{ to_entity_id: 999_999, to_entity_type: "contacts" }]],
      ["POST", "/api/v4/leads/999999/notes", [{ note_type: "common", params: { text: "x" } }]],
      ["GET", "/api/v4/leads?filter[nothing]=1", undefined],
      ["GET", "/api/v4/leads?order[name]=asc", undefined],
      ["GET", "/api/v4/leads?limit=1000", undefined],
      ["GET", `/api/v4/leads?page=99999999999999999999`, undefined],
      ["GET", "/api/v4/nothing", undefined],
      ["DELETE", "/api/v4/leads", undefined],
    ];
    for (const [method, path, body] of wrong) {
      const answer = await call(method, path, body);
      expect([method, path, body, answer.status >= 400 && answer.status < 500, answer.type]).toEqual([
        method,
        path,
        body,
        true,
        "application/problem+json",
      ]);
    }
    const before = token;
    token = `${token.slice(0, -2)}xx`;
    expect(await call("GET", "/api/v4/account")).toMatchObject({
      status: 401,
      type: "application/problem+json",
      body: { title: "Unauthorized" },
    });
    token = before;
  });

  it("has no customers, and says so", async () => {
    expect((await call("GET", "/api/v4/account")).body.customers_mode).toBe("unavailable");
    expect((await call("GET", "/api/v4/customers?with=contacts")).status).toBe(204);
    for (const [method, path] of [
      ["GET", "/api/v4/customers/statuses"],
      ["POST", "/api/v4/customers"],
    ] as const)
      expect(await call(method, path, method === "POST" ? [{ name: "x" }] : undefined)).toMatchObject({
        ...{ status: 422, type: "application/problem+json", body: { title: "Unprocessable Entity", status: 422 } },
      });
  });

  it("shows a workspace nothing of another", async () => {
    const [id = 0] = await made("/api/v4/contacts", [{ name: "Чужая" }]);
    await company("drugaya");
    const other = await register("drugaya");
    const asOther = { authorization: `Bearer ${other.long_lived_token}` };
    expect((await call("GET", `/api/v4/contacts/${id}`, undefined, asOther)).status).toBe(204);
    expect((await call("PATCH", `/api/v4/contacts/${id}`, { name: "Украдена" }, asOther)).status).toBe(404);
    expect((await call("GET", "/api/v4/contacts", undefined, asOther)).status).toBe(204);
  });
});

describe("API v2", () => {
  it("answers the shapes of the seed", async () => {
    const [id = 0] = await made("/api/v4/contacts", [
      { name: "Тест Тестов Тестович", custom_fields_values: [{ field_code: "PHONE", values: [{ value: "+72323324234" }] }] },
    ]);
    const contact = await call("GET", `/api/v2/contacts?id=${id}`);
    expect(contact.body._links).toEqual({ self: { href: `/api/v2/contacts?id=${id}`, method: "get" } });
    expect(contact.body._embedded.items[0]).toMatchObject({
      name: "Тест Тестов Тестович",
      first_name: "",
      last_name: "",
      company: {},
      leads: {},
      tags: {},
      customers: {},
    });
    expect(contact.body._embedded.items[0].custom_fields[0]).toMatchObject({
      code: "PHONE",
      is_system: true,
      values: [{ value: "+72323324234", enum: expect.any(Number) }],
    });
    const pipelines = await call("GET", "/api/v2/pipelines");
    const [pipeline] = Object.values(pipelines.body._embedded.items) as { id: number; statuses: Record<string, object> }[];
    expect(pipeline?.statuses["142"]).toEqual({ id: 142, name: expect.any(String), color: "#CCFF66", sort: 10000, is_editable: false });
    const written = await call("POST", "/api/v2/leads", { add: [{ name: "Старая", sale: 100, contacts_id: String(id) }] });
    const lead = await call("GET", `/api/v2/leads?id=${written.body._embedded.items[0].id}`);
    expect(lead.body._embedded.items[0]).toMatchObject({ sale: 100, main_contact: { id } });
  });
});
