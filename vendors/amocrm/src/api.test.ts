import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AmoStandIn, startAmo } from "./standin.ts";

/** amoCRM's API, over an account in memory. What our own CRM answers in its place is tested again over the hub. */
let amo: AmoStandIn;
let token: string;
beforeAll(async () => {
  amo = await startAmo();
});
beforeEach(() => {
  token = amo.longLivedToken();
});
afterAll(() => amo.stop());

interface Answer {
  readonly status: number;
  readonly type: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was answered
  readonly body: any;
}

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(`${amo.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, type: answer.headers.get("content-type"), body: text === "" ? undefined : JSON.parse(text) };
}

const made = async (path: string, items: unknown): Promise<number[]> => {
  const { body, status } = await call("POST", path, items);
  expect([status, body]).toEqual([200, body]);
  return (Object.values(body._embedded)[0] as { id: number }[]).map(({ id }) => id);
};

describe("a list", () => {
  it("goes by pages, whose addresses are whole and keep the rest of the query", async () => {
    await made("/api/v4/leads", [{ name: "Один" }, { name: "Два" }, { name: "Три" }]);
    const first = await call("GET", "/api/v4/leads?limit=2&order[id]=asc");
    expect(first.type).toBe("application/hal+json");
    expect(first.body._page).toBe(1);
    expect(first.body._links.prev).toBeUndefined();
    const next = first.body._links.next.href as string;
    expect(next.startsWith(`${amo.url}/api/v4/leads?`)).toBe(true);
    const second = await call("GET", next.slice(amo.url.length));
    expect(second.body._page).toBe(2);
    expect(Object.keys(second.body._links)).toContain("prev");
    expect(second.body._embedded.leads[0].id).toBeGreaterThan(first.body._embedded.leads[1].id);
    expect((await call("GET", "/api/v4/leads?limit=2&page=50")).status).toBe(204);
  });

  it("takes filters in every spelling of brackets, and refuses one it does not know", async () => {
    const ids = await made("/api/v4/leads", [
      { name: "Фильтр", price: 10 },
      { name: "Фильтр", price: 90 },
    ]);
    for (const filter of [`filter[id]=${ids[0]}`, `filter[id][]=${ids[0]}`, `filter[id][0]=${ids[0]}`, `filter%5Bid%5D%5B%5D=${ids[0]}`])
      expect((await call("GET", `/api/v4/leads?${filter}`)).body._embedded.leads.map((lead: { id: number }) => lead.id)).toEqual([ids[0]]);
    expect((await call("GET", `/api/v4/leads?filter[id]=${ids.join(",")}`)).body._embedded.leads).toHaveLength(2);
    expect((await call("GET", "/api/v4/leads?filter[name]=Фильтр&filter[price][from]=50")).body._embedded.leads).toHaveLength(1);
    const refused = await call("GET", "/api/v4/leads?filter[colour]=red");
    expect(refused.status).toBe(400);
    expect(refused.type).toBe("application/problem+json");
    expect(refused.body["validation-errors"][0].errors[0]).toMatchObject({ code: "FieldNotExpected", path: "filter.colour" });
    expect((await call("GET", "/api/v4/leads?limit=251")).status).toBe(400);
  });
});

describe("a batch", () => {
  it("echoes request_id, as a string, or the place", async () => {
    const { body } = await call("POST", "/api/v4/contacts", [
      { name: "А", request_id: 7 },
      { first_name: "Б", last_name: "В" },
    ]);
    expect(body._embedded.contacts.map((one: { request_id: unknown }) => one.request_id)).toEqual(["7", "1"]);
    const one = await call("GET", `/api/v4/contacts/${body._embedded.contacts[1].id}`);
    expect(one.body.name).toBe("Б В");
  });

  it("is all or nothing, and names each item that is wrong", async () => {
    const before = amo.state.leads.size;
    const { status, body } = await call("POST", "/api/v4/leads", [
      { name: "Верная" },
      { name: 5, request_id: "x" },
      { wrong: 1 },
      { custom_fields_values: [{ field_id: 1, values: [{ value: "?" }] }] },
    ]);
    expect(status).toBe(400);
    expect(
      body["validation-errors"].map((item: { request_id: string; errors: { path: string; code: string }[] }) => [
        item.request_id,
        item.errors[0]?.code,
        item.errors[0]?.path,
      ]),
    ).toEqual([
      ["x", "InvalidType", "name"],
      ["2", "FieldNotExpected", "wrong"],
      ["3", "NotSupportedChoice", "custom_fields_values.0.field_id"],
    ]);
    expect(amo.state.leads.size).toBe(before);
  });

  it("takes 250 items, and no more", async () => {
    const items = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `Сделка ${index}` }));
    expect((await call("POST", "/api/v4/leads", items(250))).status).toBe(200);
    expect((await call("POST", "/api/v4/leads", items(251))).body["validation-errors"][0].errors[0].code).toBe("TooManyItems");
    expect((await call("POST", "/api/v4/leads", [])).status).toBe(400);
  });

  it("changes what is given, and refuses what is not there", async () => {
    const [id = 0] = await made("/api/v4/leads", [{ name: "До", price: 100 }]);
    const changed = await call("PATCH", "/api/v4/leads", [{ id, name: "После" }]);
    expect(changed.body._embedded.leads[0]).toMatchObject({ id, request_id: "0" });
    expect((await call("GET", `/api/v4/leads/${id}`)).body).toMatchObject({ name: "После", price: 100 });
    expect((await call("PATCH", "/api/v4/leads", [{ id: 1, name: "Нет" }])).status).toBe(400);
    expect((await call("PATCH", "/api/v4/leads/1", { name: "Нет" })).status).toBe(404);
    expect((await call("GET", "/api/v4/leads/1")).status).toBe(204);
  });
});

describe("a lead", () => {
  it("is won in any pipeline by 142, and tells when it was closed", async () => {
    const [id = 0] = await made("/api/v4/leads", [{ name: "Выиграна" }]);
    await call("PATCH", `/api/v4/leads/${id}`, { status_id: 142 });
    const { body } = await call("GET", `/api/v4/leads/${id}`);
    expect(body.status_id).toBe(142);
    expect(body.closed_at).toBeGreaterThan(0);
  });

  it("comes with its contact and company in one piece", async () => {
    const { body } = await call("POST", "/api/v4/leads/complex", [
      {
        name: "Сложная",
        price: 500,
        _embedded: {
          tags: [{ name: "сайт" }],
          contacts: [
            { first_name: "Ольга", custom_fields_values: [{ field_code: "PHONE", values: [{ value: "+79161234567", enum_code: "MOB" }] }] },
          ],
          companies: [{ name: "ООО Ромашка" }],
        },
      },
    ]);
    expect(Object.keys(body[0])).toEqual(["id", "contact_id", "company_id", "request_id", "merged"]);
    const lead = await call("GET", `/api/v4/leads/${body[0].id}?with=contacts`);
    expect(lead.body._embedded).toMatchObject({
      contacts: [{ id: body[0].contact_id, is_main: true }],
      companies: [{ id: body[0].company_id }],
      tags: [{ name: "сайт" }],
    });
    const found = await call("GET", "/api/v4/contacts?query=9161234567&with=leads");
    expect(found.body._embedded.contacts[0]._embedded.leads).toEqual([{ id: body[0].id }]);
    const call_ = await call("POST", "/api/v4/calls", [{ direction: "inbound", duration: 30, source: "test", phone: "8 916 123-45-67" }]);
    expect(call_.body._embedded.calls[0]).toMatchObject({ entity_id: body[0].id, entity_type: "lead" });
    expect((await call("POST", "/api/v4/calls", [{ direction: "inbound", duration: 1, source: "x", phone: "+70000000000" }])).status).toBe(
      400,
    );
  });
});

describe("custom fields", () => {
  it("are addressed by id or code, and options by id, code or text", async () => {
    const [tariff = 0, , start = 0] = [384_555, 0, 3_845_550];
    const [id = 0] = await made("/api/v4/leads", [{ custom_fields_values: [{ field_id: tariff, values: [{ value: "Старт" }] }] }]);
    const read = async () => (await call("GET", `/api/v4/leads/${id}`)).body.custom_fields_values;
    expect((await read())[0].values).toEqual([{ value: "Старт", enum_id: start, enum_code: null }]);
    await call("PATCH", `/api/v4/leads/${id}`, { custom_fields_values: [{ field_id: tariff, values: [{ enum_id: start + 1 }] }] });
    expect((await read())[0].values[0].value).toBe("Бизнес");
    await call("PATCH", `/api/v4/leads/${id}`, { custom_fields_values: [{ field_id: tariff, values: null }] });
    expect(await read()).toBeNull();
    const wrong = await call("PATCH", `/api/v4/leads/${id}`, { custom_fields_values: [{ field_id: tariff, values: [{ enum_id: 1 }] }] });
    expect(wrong.body["validation-errors"][0].errors[0].path).toBe("custom_fields_values.0.values.0.enum_id");
  });
});

describe("API v2", () => {
  it("takes forms with brackets, tells what failed, and does the rest", async () => {
    const form = new URLSearchParams({
      "add[0][name]": "Форма",
      "add[0][sale]": "300",
      "add[0][request_id]": "5",
      "add[1][name]": "Нет",
      "add[1][status_id]": "1",
    });
    const { status, body } = await call("POST", "/api/v2/leads", form.toString(), { "content-type": "application/x-www-form-urlencoded" });
    expect(status).toBe(200);
    expect(body._embedded.items).toMatchObject([{ request_id: 5 }]);
    expect(body._embedded.errors.add).toHaveLength(1);
    const { id } = body._embedded.items[0];
    expect((await call("GET", `/api/v2/leads?id=${id}`)).body._embedded.items[0]).toMatchObject({
      name: "Форма",
      sale: 300,
      tags: {},
      company: {},
    });
    const late = await call("POST", "/api/v2/leads", { update: [{ id, name: "Старо", updated_at: 1 }] });
    expect(late.body.errors.update[String(id)]).toMatch(/^Last modified date is older/);
  });
});

describe("whatever else comes", () => {
  it("is answered in the API's own shape", async () => {
    expect((await call("GET", "/api/v4/nothing")).status).toBe(404);
    expect((await call("DELETE", "/api/v4/leads")).status).toBe(405);
    expect((await call("POST", "/api/v4/leads", "{")).body).toMatchObject({ status: 400, title: "Bad Request" });
    for (const body of [null, 5, "x", [null], [[]], [{ _embedded: 5 }], [{ custom_fields_values: [5] }], { name: "\0" }]) {
      const answer = await call("POST", "/api/v4/leads", body === "x" ? '"x"' : JSON.stringify(body));
      expect([body, answer.status, answer.type]).toEqual([body, 400, "application/problem+json"]);
    }
    token = "nobody's";
    expect(await call("GET", "/api/v4/account")).toMatchObject({
      status: 401,
      body: { title: "Unauthorized", detail: "Неверный логин или пароль" },
    });
  });
});

describe("tokens", () => {
  const exchange = async (more: Record<string, string>, asForm = false) => {
    const { clientId: client_id, clientSecret: client_secret, redirectUri: redirect_uri } = amo.credentials;
    const sent = { client_id, client_secret, redirect_uri, ...more };
    const body = asForm ? new URLSearchParams(sent).toString() : JSON.stringify(sent);
    return call("POST", "/oauth2/access_token", body, {
      "content-type": asForm ? "application/x-www-form-urlencoded" : "application/json",
    });
  };

  it("are given for a code once, and renewed once, as JSON and as a form", async () => {
    const code = amo.code();
    const first = await exchange({ grant_type: "authorization_code", code });
    expect(first.body).toMatchObject({ token_type: "Bearer", expires_in: 86_400 });
    expect(first.body.access_token.split(".")).toHaveLength(3);
    expect((await exchange({ grant_type: "authorization_code", code })).status).toBe(400);
    const { refresh_token } = first.body;
    const second = await exchange({ grant_type: "refresh_token", refresh_token }, true);
    expect(second.status).toBe(200);
    token = second.body.access_token;
    expect((await call("GET", "/api/v4/account")).status).toBe(200);
    const again = await exchange({ grant_type: "refresh_token", refresh_token });
    expect(again).toMatchObject({ status: 401, body: { hint: "Token has been revoked" } });
    expect((await exchange({ grant_type: "refresh_token", refresh_token: "x", client_secret: "wrong" })).status).toBe(401);
    expect((await exchange({ grant_type: "password" })).status).toBe(400);
    amo.revoke();
    expect((await call("GET", "/api/v4/account")).status).toBe(401);
  });
});

describe("webhooks", () => {
  it("are subscribed to, told, and left again", async () => {
    const subscribed = await call("POST", "/api/v4/webhooks", { destination: `${amo.url}/nobody/`, settings: ["status_lead", "add_lead"] });
    expect(subscribed.status).toBe(201);
    expect(subscribed.body.settings).toEqual(["status_lead", "add_lead"]);
    const [id = 0] = await made("/api/v4/leads", [{ name: "Хук" }]);
    await call("PATCH", `/api/v4/leads/${id}`, { status_id: 143 });
    await amo.settled();
    expect(amo.hooks.map(({ body }) => new URLSearchParams(body).keys().next().value)).toEqual([
      "leads[add][0][id]",
      "leads[status][0][id]",
    ]);
    expect((await call("POST", "/api/v4/webhooks", { destination: "ftp://x", settings: ["add_lead"] })).status).toBe(400);
    expect((await call("POST", "/api/v4/webhooks", { destination: "https://x/", settings: ["add_everything"] })).status).toBe(400);
    expect((await call("DELETE", "/api/v4/webhooks", { destination: `${amo.url}/nobody/` })).status).toBe(204);
    expect((await call("GET", "/api/v4/webhooks")).status).toBe(204);
  });
});
