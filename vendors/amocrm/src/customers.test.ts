import { afterAll, beforeAll, expect, it } from "vitest";
import { type AmoStandIn, startAmo } from "./standin.ts";

/** Customers, in an account that has none: what there is to read is nothing, and nothing can be made. */

let amo: AmoStandIn;
let token: string;
beforeAll(async () => {
  amo = await startAmo();
  token = amo.longLivedToken();
});
afterAll(() => amo.stop());

// biome-ignore lint/suspicious/noExplicitAny: whatever was answered
async function call(method: string, path: string, body?: unknown, as = token): Promise<{ status: number; type: string | null; body: any }> {
  const answer = await fetch(`${amo.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${as}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, type: answer.headers.get("content-type"), body: text === "" ? undefined : JSON.parse(text) };
}

it("there are none", async () => {
  expect((await call("GET", "/api/v4/account")).body.customers_mode).toBe("unavailable");
  for (const path of [
    ...["", "/1", "/custom_fields", "/segments/custom_fields", "/tags", "/notes", "/1/notes", "/transactions", "/1/transactions"],
    "?limit=250&with=contacts&filter[id][]=1&order[id]=asc",
  ])
    expect([path, (await call("GET", `/api/v4/customers${path}`)).status]).toEqual([path, 204]);
  expect((await call("GET", "/api/v4/customers/1/links")).status).toBe(404);
});

it("none can be made, and there are no statuses or segments, as the documents say of an account without them", async () => {
  const refused: [string, string, unknown?][] = [
    ["POST", "", [{ name: "Покупатель" }]],
    ["PATCH", "/1", { name: "Покупатель" }],
    ["POST", "/1/notes", [{ note_type: "common", params: { text: "x" } }]],
    ["POST", "/1/transactions", [{ price: 1 }]],
    ["POST", "/1/link", [{ to_entity_id: 1, to_entity_type: "contacts" }]],
    ["POST", "/custom_fields", [{ name: "x", type: "text" }]],
    ["GET", "/statuses"],
    ["GET", "/statuses/1"],
    ["POST", "/statuses", [{ name: "x", sort: 1 }]],
    ["GET", "/segments"],
    ["DELETE", "/segments/1"],
  ];
  for (const [method, path, body] of refused) {
    const { status, type, body: problem } = await call(method, `/api/v4/customers${path}`, body);
    expect([method, path, status, type, problem?.status]).toEqual([method, path, 422, "application/problem+json", 422]);
  }
});

it("the tariff does not let them be switched on", async () => {
  const mode = (body: unknown, as?: string) => call("PATCH", "/api/v4/customers/mode", body, as);
  expect((await mode({ mode: "segments", is_enabled: true })).status).toBe(402);
  expect(await mode({ mode: "segments", is_enabled: false })).toMatchObject({ status: 200, body: { mode: "segments", is_enabled: false } });
  expect((await mode({ mode: "dynamic", is_enabled: true })).body["validation-errors"][0].errors[0].path).toBe("mode");
  expect((await mode({ mode: "segments" })).status).toBe(400);
  expect((await mode({ mode: "segments", is_enabled: true }, amo.longLivedToken(2_772_377))).status).toBe(403);
});

it("what makes no sense is refused all the same", async () => {
  for (const query of ["limit=251", "filter[colour]=red", "order[name]=asc", "page=x"])
    expect([query, (await call("GET", `/api/v4/customers?${query}`)).status]).toEqual([query, 400]);
  const [lead] = (await call("POST", "/api/v4/leads", [{ name: "x" }])).body._embedded.leads;
  const linked = await call("POST", `/api/v4/leads/${lead.id}/link`, [{ to_entity_id: 1, to_entity_type: "customers" }]);
  expect([linked.status, linked.body["validation-errors"][0].errors[0].code]).toEqual([400, "NotSupportedChoice"]);
  expect((await call("PUT", "/api/v4/customers")).status).toBe(405);
});
