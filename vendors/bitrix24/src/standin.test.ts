import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, askApp, read } from "../testkit/ask.ts";
import { type Bitrix24Standin, startBitrix24 } from "./standin.ts";

let portal: Bitrix24Standin;
let clock = Date.UTC(2026, 10, 30, 12);

beforeEach(async () => {
  portal = await startBitrix24({ now: () => clock });
});
afterEach(() => portal.stop());

describe("how a request may be written", () => {
  const filter = { entityTypeId: 2, filter: { ">=opportunity": 100 }, select: ["id", "title"] };

  beforeEach(async () => {
    await ask(portal.webhook, "crm.item.add", { entityTypeId: 2, fields: { title: "Small", opportunity: 5 } });
    await ask(portal.webhook, "crm.item.add", { entityTypeId: 2, fields: { title: "Large", opportunity: 500 } });
  });

  it("is JSON, a form, a query or multipart, and all are answered the same", async () => {
    const pairs = { entityTypeId: "2", "filter[>=opportunity]": "100", "select[]": "title" };
    const form = new FormData();
    for (const [name, value] of Object.entries(pairs)) form.append(name, value);
    const query = new URLSearchParams(pairs);
    const address = `${portal.webhook}crm.item.list`;
    const answers = [
      await ask(portal.webhook, "crm.item.list", filter),
      await read(await fetch(`${address}?${query}`)),
      await read(await fetch(address, { method: "POST", body: query })),
      await read(await fetch(address, { method: "POST", body: form })),
    ];
    for (const { result } of answers) expect(result.items).toEqual([{ id: expect.any(Number), title: "Large" }]);
  });

  it("names parameters in any case, ends in .json, and has slashes too many", async () => {
    const { result } = await ask(portal.webhook, "/crm.item.list.json", { ENTITYTYPEID: 2, FILTER: { title: "Small" }, Select: ["title"] });
    expect(result.items).toEqual([{ id: expect.any(Number), title: "Small" }]);
  });

  it("is answered with slashes and quotes escaped, as PHP escapes them", async () => {
    const { text, result } = await ask(portal.webhook, "crm.item.add", { entityTypeId: 2, fields: { title: 'a/b "c" \\' } });
    expect(text).toContain(String.raw`a\/b \u0022c\u0022 \\`);
    expect(result.item.title).toBe('a/b "c" \\');
  });

  it("is answered with the time it took, and when the method's hours begin anew", async () => {
    const { body } = await ask(portal.webhook, "server.time");
    expect(body).toMatchObject({
      result: "2026-11-30T15:00:00+03:00",
      time: { operating: expect.any(Number), operating_reset_at: clock / 1000 + 600 },
    });
  });
});

describe("who may come in", () => {
  it("is a webhook with the right secret", async () => {
    expect((await ask(portal.webhook, "user.current")).result.ID).toBe("1");
    expect(await ask(`${portal.url}/rest/1/wrong/`, "user.current")).toMatchObject({ status: 401, error: "NO_AUTH_FOUND" });
    portal.revokeWebhook();
    expect(await ask(portal.webhook, "user.current")).toMatchObject({ status: 401, error: "NO_AUTH_FOUND" });
  });

  it("is an application whose token is not an hour old", async () => {
    const auth = portal.tokens(7).access_token;
    expect((await ask(`${portal.url}/rest/`, "user.current", { auth })).result.ID).toBe("7");
    clock += 3_600_000;
    expect(await ask(`${portal.url}/rest/`, "user.current", { auth })).toMatchObject({ status: 401, error: "expired_token" });
    expect(await ask(`${portal.url}/rest/`, "user.current", { auth: "made up" })).toMatchObject({ status: 401, error: "NO_AUTH_FOUND" });
  });

  it("buys a pair of tokens with a code once, within half a minute", async () => {
    const code = portal.authorize();
    expect(await buy({ grant_type: "authorization_code", code })).toMatchObject({
      status: 200,
      body: { member_id: portal.memberId, user_id: 1 },
    });
    expect(await buy({ grant_type: "authorization_code", code })).toMatchObject({ status: 400, error: "invalid_grant" });
    const late = portal.authorize();
    clock += 30_000;
    expect(await buy({ grant_type: "authorization_code", code: late })).toMatchObject({ status: 400, error: "invalid_grant" });
  });

  it("is sent back from the consent with a code and what it came with, to where the application's settings say", async () => {
    portal.returnTo("https://hub.example.com/back?kept=1");
    const asked = `${portal.url}/oauth/authorize/?${new URLSearchParams({ client_id: portal.app.clientId, state: "s1" })}`;
    const answer = await fetch(asked, { redirect: "manual" });
    const back = new URL(answer.headers.get("location") ?? "");
    expect(back.href).toMatch(/^https:\/\/hub\.example\.com\/back\?kept=1&/);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ state: "s1", domain: portal.host, member_id: portal.memberId });
    expect(await buy({ grant_type: "authorization_code", code: back.searchParams.get("code") ?? "" })).toMatchObject({ status: 200 });
    expect((await fetch(`${portal.url}/oauth/authorize/?client_id=other`, { redirect: "manual" })).status).toBe(400);
  });

  it("renews a pair with a refresh token that is dead from then on", async () => {
    const { refresh_token } = portal.tokens();
    const { body } = await buy({ grant_type: "refresh_token", refresh_token });
    expect((await ask(body.client_endpoint, "user.current", { auth: body.access_token })).status).toBe(200);
    expect(await buy({ grant_type: "refresh_token", refresh_token })).toMatchObject({ error: "invalid_grant" });
    expect(await buy({ grant_type: "refresh_token", refresh_token: body.refresh_token })).toMatchObject({ status: 200 });
    expect(portal.tokensGiven()).toBe(2);
  });

  it("is nobody with a wrong secret of the application, and nobody once it was removed", async () => {
    const { access_token, refresh_token } = portal.tokens();
    expect(await buy({ grant_type: "refresh_token", refresh_token, client_secret: "wrong" })).toMatchObject({ error: "invalid_client" });
    portal.revokeApp();
    expect(await buy({ grant_type: "refresh_token", refresh_token })).toMatchObject({ error: "invalid_grant" });
    expect(await ask(`${portal.url}/rest/`, "user.current", { auth: access_token })).toMatchObject({
      status: 401,
      error: "authorization_error",
    });
  });

  it("is refused what its scopes do not name, and what is for applications alone", async () => {
    portal.setScopes(["crm"]);
    expect(await ask(portal.webhook, "user.get")).toMatchObject({ status: 403, error: "insufficient_scope" });
    expect((await ask(portal.webhook, "scope")).result).toEqual(["crm"]);
    expect(await ask(portal.webhook, "event.get")).toMatchObject({ status: 403, error: "WRONG_AUTH_TYPE" });
    expect(await askApp(portal, "event.get")).toMatchObject({ status: 200, result: [] });
  });

  it("asks in vain for what there is not", async () => {
    expect(await ask(portal.webhook, "crm.nothing")).toMatchObject({ status: 404, error: "ERROR_METHOD_NOT_FOUND" });
  });

  const buy = async (params: Record<string, string>) => {
    const { clientId: client_id, clientSecret: client_secret } = portal.app;
    return read(
      await fetch(`${portal.url}/oauth/token/`, { method: "POST", body: new URLSearchParams({ client_id, client_secret, ...params }) }),
    );
  };
});

describe("where the portal is", () => {
  it("may change: the old address answers 302 with the new one", async () => {
    const before = portal.webhook;
    const { url } = await portal.rename();
    const answer = await fetch(`${before}user.current`, { method: "POST", redirect: "manual" });
    expect(answer.status).toBe(302);
    expect(answer.headers.get("location")).toBe(`${portal.webhook}user.current`);
    expect(portal.url).toBe(url);
    expect((await ask(portal.webhook, "user.current")).status).toBe(200);
  });

  it("may be out of reach, and come back to the same address", async () => {
    const { webhook } = portal;
    await portal.down();
    await expect(ask(webhook, "user.current")).rejects.toThrow();
    await portal.up();
    expect((await ask(webhook, "user.current")).status).toBe(200);
  });
});

it("keeps what it was asked, without the key, and counts commands inside batches too", async () => {
  await askApp(portal, "batch", { cmd: { a: "user.current", b: "user.current" } });
  await ask(portal.webhook, "crm.item.get", { entityTypeId: 2, id: 1 });
  expect(portal.requests).toMatchObject([
    { method: "batch", context: "app", status: 200, params: { cmd: { a: "user.current" } } },
    { method: "crm.item.get", context: "webhook", status: 400, error: "NOT_FOUND" },
  ]);
  expect(portal.requests[0]?.params).not.toHaveProperty("auth");
  expect(portal.count("user.current")).toBe(2);
});
