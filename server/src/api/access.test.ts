import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestHub, testHub } from "../../testkit/hub.ts";

let hub: TestHub;
let token: string;
beforeAll(async () => {
  hub = await testHub();
  token = (await hub.addWorkspace("romashka")).api_token;
});
afterAll(() => hub.close());

const signIn = async (email: string, password: string) => {
  const answer = await hub.call("POST", "/session", { body: { email, password } });
  return { ...answer, cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "" };
};
const as = (cookie: string) => ({ headers: { cookie } });

describe("a person", () => {
  it("signs in with e-mail and password, is known by a cookie that scripts cannot read, and signs out", async () => {
    const { status, cookie, headers, body } = await signIn("ADMIN@romashka.example", "password of romashka");
    expect(status).toBe(200);
    expect(body).toMatchObject({ user: { role: "administrator" }, workspace: { subdomain: "romashka" } });
    expect(headers.get("set-cookie")).toMatch(/HttpOnly/i);
    expect(headers.get("set-cookie")).toMatch(/SameSite=Lax/i);
    expect((await hub.call("GET", "/session", as(cookie))).body).toMatchObject({ user: { email: "admin@romashka.example" } });
    expect((await hub.call("DELETE", "/session", as(cookie))).status).toBe(204);
    expect((await hub.call("GET", "/session", as(cookie))).status).toBe(401);
  });

  it("with a wrong password or an unknown e-mail is told the same", async () => {
    const wrong = await signIn("admin@romashka.example", "not the password");
    const unknown = await signIn("nobody@romashka.example", "not the password");
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect((wrong.body as { detail: string }).detail).toBe((unknown.body as { detail: string }).detail);
    expect(wrong.cookie).toBe("");
  });

  it("is invited, chooses a password once, and may do what the role allows", async () => {
    const { body } = await hub.call("POST", "/users", { token, body: { name: "Аня", email: "anna@example.com", role: "read-only" } });
    const code = (body as { invitation_url: string }).invitation_url.split("#")[1] ?? "";
    const accepted = await hub.call("POST", "/invitations/accept", { body: { code, password: "a new password" } });
    expect(accepted.status).toBe(200);
    const cookie = accepted.headers.get("set-cookie")?.split(";")[0] ?? "";
    expect((await hub.call("POST", "/invitations/accept", { body: { code, password: "another password" } })).status).toBe(403);
    expect((await hub.call("GET", "/contacts", as(cookie))).status).toBe(200);
    expect((await hub.call("POST", "/contacts", { ...as(cookie), body: { name: "x" } })).status).toBe(403);
    expect((await hub.call("GET", "/connections", as(cookie))).status).toBe(403);
    expect((await hub.call("GET", "/workspaces", as(cookie))).status).toBe(403);
  });

  it("changes the password: other sessions end, this one goes on", async () => {
    await hub.call("POST", "/users", {
      token,
      body: { name: "Борис", email: "boris@example.com", role: "manager", password: "first password" },
    });
    const here = await signIn("boris@example.com", "first password");
    const there = await signIn("boris@example.com", "first password");
    expect(
      (await hub.call("PUT", "/session/password", { ...as(here.cookie), body: { current: "wrong", password: "second password" } })).status,
    ).toBe(422);
    expect(
      (await hub.call("PUT", "/session/password", { ...as(here.cookie), body: { current: "first password", password: "second password" } }))
        .status,
    ).toBe(204);
    expect((await hub.call("GET", "/session", as(here.cookie))).status).toBe(200);
    expect((await hub.call("GET", "/session", as(there.cookie))).status).toBe(401);
    expect((await signIn("boris@example.com", "first password")).status).toBe(401);
    expect((await signIn("boris@example.com", "second password")).status).toBe(200);
  });

  it("who is switched off is out at once", async () => {
    const { body } = await hub.call("POST", "/users", {
      token,
      body: { name: "Вера", email: "vera@example.com", role: "manager", password: "password of vera" },
    });
    const { cookie } = await signIn("vera@example.com", "password of vera");
    await hub.call("PATCH", `/users/${(body as { id: number }).id}`, { token, body: { active: false } });
    expect((await hub.call("GET", "/contacts", as(cookie))).status).toBe(401);
    expect((await signIn("vera@example.com", "password of vera")).status).toBe(401);
  });

  it("cannot be made to act by another site", async () => {
    const { cookie } = await signIn("admin@romashka.example", "password of romashka");
    const forged = await hub.call("POST", "/contacts", { body: { name: "forged" }, headers: { cookie, origin: "https://evil.example" } });
    expect(forged.status).toBe(403);
    const form = await fetch(`${hub.url}/hub/v1/contacts`, {
      method: "POST",
      headers: { cookie, "content-type": "text/plain" },
      body: '{"name":"forged"}',
    });
    expect(form.status).toBe(415);
  });

  it("who guesses is made to wait", async () => {
    const statuses: number[] = [];
    for (let tries = 0; tries < 12; tries++) statuses.push((await signIn("guessed@example.com", `guess number ${tries}`)).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    const { status, headers } = await signIn("guessed@example.com", "one more guess");
    expect(status).toBe(429);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("a token", () => {
  it("may do what its scopes say, gives no more than it has, and is worth nothing once revoked", async () => {
    const { body } = await hub.call("POST", "/tokens", { token, body: { name: "reader", scopes: ["crm:read", "hub:write"] } });
    const { id, api_token } = body as { id: number; api_token: string };
    expect((await hub.call("GET", "/contacts", { token: api_token })).status).toBe(200);
    expect((await hub.call("POST", "/contacts", { token: api_token, body: { name: "x" } })).status).toBe(403);
    expect((await hub.call("POST", "/tokens", { token: api_token, body: { name: "greedy", scopes: ["crm:write"] } })).status).toBe(422);
    await hub.call("DELETE", `/tokens/${id}`, { token });
    await expect.poll(async () => (await hub.call("GET", "/contacts", { token: api_token })).status).toBe(401);
  });

  it("that is made up is refused, of whatever shape", async () => {
    for (const made of ["x", "svz_1_", "svz_1_aaaa", "svz_999999999999999_a", "svo_aaaa", "svz_1_' or 1=1"])
      expect((await hub.call("GET", "/contacts", { token: made })).status, made).toBe(401);
    expect((await hub.call("GET", "/contacts", { headers: { authorization: "Basic eDp5" } })).status).toBe(401);
  });
});

describe("an Idempotency-Key", () => {
  const create = (name: string, key: string) =>
    hub.call("POST", "/contacts", { token, body: { name }, headers: { "idempotency-key": key } });

  it("makes one record of a request that is sent many times, at once or later", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => create("Один", "once")));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(
      new Set(answers.some((answer) => answer.status === 409) ? [201, 409] : [201]),
    );
    const later = await create("Один", "once");
    expect(later.status).toBe(201);
    const ids = new Set([...answers, later].filter((answer) => answer.status === 201).map((answer) => (answer.body as { id: number }).id));
    expect(ids.size).toBe(1);
    const { rows } = await hub.test.owner.query("select count(*)::int as n from crm.contact where name = 'Один'");
    expect(rows).toEqual([{ n: 1 }]);
  });

  it("cannot be used for another request, and is free again when the first was refused", async () => {
    await create("Два", "two");
    expect((await create("Три", "two")).status).toBe(422);
    expect((await hub.call("POST", "/contacts", { token, body: { nonsense: 1 }, headers: { "idempotency-key": "free" } })).status).toBe(
      422,
    );
    expect((await create("Четыре", "free")).status).toBe(201);
  });
});

describe("an error", () => {
  it("is a problem of RFC 9457 that names what to mend", async () => {
    const { status, headers, body } = await hub.call("POST", "/workspaces", {
      token: hub.operatorToken,
      body: { name: "x", subdomain: "Ромашка", admin_email: "no", admin_password: "1", extra: true },
    });
    expect(status).toBe(422);
    expect(headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(Object.keys((body as { errors: object }).errors).sort()).toEqual(["admin_email", "admin_password", "extra", "subdomain"]);
  });

  it("never is a 500 for broken JSON, a wrong type, a NUL or a number beyond all bounds", async () => {
    const raw = (body: string, type = "application/json") =>
      fetch(`${hub.url}/hub/v1/contacts`, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": type }, body });
    const statuses = await Promise.all([
      raw("{").then((answer) => answer.status),
      raw('"text"').then((answer) => answer.status),
      raw("[".repeat(100_000)).then((answer) => answer.status),
      raw('{"name":"a\\u0000b"}').then((answer) => answer.status),
      raw('{"__proto__":{"x":1},"name":"p"}').then((answer) => answer.status),
      raw(JSON.stringify({ name: "x".repeat(2_000_000) })).then((answer) => answer.status),
      hub.call("GET", "/contacts/99999999999999999999", { token }).then((answer) => answer.status),
      hub.call("GET", "/contacts?limit=100000", { token }).then((answer) => answer.status),
      hub.call("GET", "/contacts?cursor=%00", { token }).then((answer) => answer.status),
      hub.call("GET", "/journal?cursor=nonsense", { token }).then((answer) => answer.status),
      hub.call("GET", "/deliveries?record=deal:%27", { token }).then((answer) => answer.status),
    ]);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
  });
});

describe("the description", () => {
  it("is OpenAPI 3.1, with every operation named once, and is rendered at /docs", async () => {
    const description = (await (await fetch(`${hub.url}/docs/json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { operationId?: string }>>;
    };
    expect(description.openapi).toMatch(/^3\.1/);
    const operations = Object.values(description.paths).flatMap((path) => Object.values(path).map((operation) => operation.operationId));
    expect(operations).not.toContain(undefined);
    expect(new Set(operations).size).toBe(operations.length);
    expect(operations.length).toBeGreaterThan(60);
    expect((await fetch(`${hub.url}/docs/`)).status).toBe(200);
  });
});
