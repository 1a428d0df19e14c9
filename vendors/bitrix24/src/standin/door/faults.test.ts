import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, read } from "../../../testkit/ask.ts";
import { type Bitrix24Standin, startBitrix24 } from "../../standin.ts";

let portal: Bitrix24Standin;
let clock = Date.UTC(2026, 10, 30, 12);
const start = async (options: object = {}): Promise<void> => {
  portal = await startBitrix24({ now: () => clock, ...options });
};
beforeEach(() => start());
afterEach(() => portal.stop());

const current = () => ask(portal.webhook, "user.current");
const add = () => ask(portal.webhook, "crm.item.add", { entityTypeId: 2 });

describe("a fault", () => {
  it.each([
    ["query_limit", 503, "QUERY_LIMIT_EXCEEDED"],
    ["overload", 503, "OVERLOAD_LIMIT"],
    ["internal", 500, "INTERNAL_SERVER_ERROR"],
    ["operation_time_limit", 429, "OPERATION_TIME_LIMIT"],
    ["empty_error", 400, ""],
    ["access_denied", 403, "ACCESS_DENIED"],
    ["portal_deleted", 500, "PORTAL_DELETED"],
    ["no_auth_found", 401, "NO_AUTH_FOUND"],
  ] as const)("%s is answered once, and then all is well", async (kind, status, error) => {
    portal.faults.add({ kind, description: "Why" });
    expect(await current()).toMatchObject({ status, error, body: { error_description: "Why" } });
    expect((await current()).status).toBe(200);
    expect(portal.requests[0]).toMatchObject({ status, error });
  });

  it("meets one method so often, and others never", async () => {
    portal.faults.add({ kind: "internal", method: "crm.item.add", times: 2 });
    expect((await current()).status).toBe(200);
    expect([(await add()).status, (await add()).status, (await add()).status]).toEqual([500, 500, 200]);
  });

  it("meets a command within a batch by its name", async () => {
    portal.faults.add({ kind: "operation_time_limit", method: "crm.item.add" });
    const { result } = await ask(portal.webhook, "batch", { cmd: { a: "crm.item.add?entityTypeId=2", b: "user.current" } });
    expect(result).toMatchObject({ result: { b: { ID: "1" } }, result_error: { a: { error: "OPERATION_TIME_LIMIT" } } });
  });

  it("may be a page instead of JSON, or a way to the login", async () => {
    portal.faults.add({ kind: "html" });
    portal.faults.add({ kind: "redirect_login" });
    const page = await fetch(`${portal.webhook}user.current`);
    expect([page.status, page.headers.get("content-type")]).toEqual([502, "text/html; charset=utf-8"]);
    const away = await fetch(`${portal.webhook}user.current`, { redirect: "manual" });
    expect([away.status, away.headers.get("location")]).toEqual([302, `${portal.url}/auth/?login=yes`]);
  });

  it("may take the answer away after the work was done, or before", async () => {
    portal.faults.add({ kind: "timeout_after", method: "crm.item.add" });
    await expect(add()).rejects.toThrow();
    expect(portal.state.deals.size).toBe(1);
    portal.faults.add({ kind: "timeout_before", method: "crm.item.add" });
    await expect(add()).rejects.toThrow();
    expect(portal.state.deals.size).toBe(1);
  });

  it("is forgotten when all are cleared", async () => {
    portal.faults.add({ kind: "internal", times: 9 });
    portal.faults.clear();
    expect((await current()).status).toBe(200);
  });

  it("of the authorisation server is a payment that did not come", async () => {
    portal.faults.add({ kind: "access_denied", method: "oauth.token" });
    const { clientId: client_id, clientSecret: client_secret } = portal.app;
    const body = new URLSearchParams({
      client_id,
      client_secret,
      grant_type: "refresh_token",
      refresh_token: portal.tokens().refresh_token,
    });
    expect(await read(await fetch(`${portal.url}/oauth/token/`, { method: "POST", body }))).toMatchObject({
      status: 403,
      error: "PAYMENT_REQUIRED",
    });
  });
});

it("blocks a method that has worked too long until its hours begin anew, and others not", async () => {
  portal.faults.add({ kind: "operation_time_limit", method: "crm.item.add", ms: 60_000 });
  expect((await add()).body).toMatchObject({ error: "OPERATION_TIME_LIMIT", time: { operating_reset_at: clock / 1000 + 60 } });
  expect((await add()).status).toBe(429);
  expect((await current()).status).toBe(200);
  clock += 60_000;
  expect((await add()).status).toBe(200);
});

it("adds up how long a method has worked", async () => {
  const first = (await current()).body.time.operating;
  expect((await current()).body.time.operating).toBeGreaterThan(first);
});

describe("the leaky bucket", () => {
  it("overflows at its capacity, counts a batch once, and drains with time", async () => {
    await portal.stop();
    await start({ limits: { capacity: 2, perSecond: 1 } });
    expect((await ask(portal.webhook, "batch", { cmd: ["user.current", "user.current", "user.current"] })).status).toBe(200);
    expect((await current()).status).toBe(200);
    expect(await current()).toMatchObject({ status: 503, error: "QUERY_LIMIT_EXCEEDED" });
    clock += 1000;
    expect((await current()).status).toBe(200);
  });

  it("is not there in a box, which may also lack the universal methods", async () => {
    await portal.stop();
    await start({ isBox: true, hasItems: false, limits: { capacity: 1 } });
    expect([(await current()).status, (await current()).status]).toEqual([200, 200]);
    expect(await add()).toMatchObject({ status: 404, error: "ERROR_METHOD_NOT_FOUND" });
    expect((await ask(portal.webhook, "crm.deal.add", { fields: {} })).result).toEqual(expect.any(Number));
  });
});
