import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestHub, testHub } from "../../testkit/hub.ts";

let hub: TestHub;
let token: string;
let anna: { id: number; cookie: string };
let admin: string;
beforeAll(async () => {
  hub = await testHub();
  token = (await hub.addWorkspace("romashka")).api_token;
  const { body } = await hub.call("POST", "/users", {
    token,
    body: { name: "Аня", email: "anna@example.com", role: "read-only", password: "password of anna" },
  });
  anna = { id: (body as { id: number }).id, cookie: await signIn("anna@example.com", "password of anna") };
  admin = await signIn("admin@romashka.example", "password of romashka");
});
afterAll(() => hub.close());

const signIn = async (email: string, password: string): Promise<string> =>
  (await hub.call("POST", "/session", { body: { email, password } })).headers.get("set-cookie")?.split(";")[0] ?? "";
const as = (cookie: string, body?: unknown) => ({ headers: { cookie }, ...(body !== undefined && { body }) });
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
const ask = async (method: string, path: string, options: object): Promise<{ status: number; body: any; text: string }> =>
  hub.call(method, path, options);

describe("a person who signed in", () => {
  it("is told who they are, where, and what this hub is", async () => {
    const { body } = await ask("GET", "/session", as(anna.cookie));
    expect(body).toMatchObject({
      name: `user:${anna.id}`,
      user: { name: "Аня", preferences: {} },
      workspace: { subdomain: "romashka", country: "RU", time_zone: "Europe/Moscow", language: "ru", currency: "RUB" },
      hub: { version: expect.stringMatching(/^\d+\.\d+\.\d+/), public_url: hub.url },
      scopes: ["crm:read"],
    });
  });

  it("changes their own name, phone, language and picture, and nothing that is an administrator's to change", async () => {
    const { status, body } = await ask(
      "PATCH",
      "/session/profile",
      as(anna.cookie, { name: "Анна", phone: "8 (910) 123-45-67", language: "en", avatar: "https://example.com/anna.png" }),
    );
    expect(status).toBe(200);
    expect(body.user).toMatchObject({ name: "Анна", phone: "+79101234567", language: "en", avatar: "https://example.com/anna.png" });
    expect((await ask("PATCH", "/session/profile", as(anna.cookie, { phone: "204" }))).body.user.phone).toBe("204");
    const wrong = await ask("PATCH", "/session/profile", as(anna.cookie, { phone: "call me" }));
    expect([wrong.status, wrong.body.errors.phone[0]]).toEqual([422, expect.stringContaining("call me")]);
    const more = await ask("PATCH", "/session/profile", as(anna.cookie, { role: "administrator" }));
    expect([more.status, Object.keys(more.body.errors)]).toEqual([422, ["role"]]);
    expect((await ask("PATCH", "/session/profile", { token, body: { name: "x" } })).status).toBe(403);
  });

  it("keeps preferences: what is given is put, null takes away, two pages do not overwrite each other", async () => {
    const put = (preferences: object) => ask("PATCH", "/session/profile", as(anna.cookie, { preferences }));
    await Promise.all([put({ theme: "dark" }), put({ density: "small" }), put({ board: { pipeline: 1, columns: [2, 3] } })]);
    expect((await ask("GET", "/session", as(anna.cookie))).body.user.preferences).toEqual({
      theme: "dark",
      density: "small",
      board: { pipeline: 1, columns: [2, 3] },
    });
    expect((await put({ theme: null, odd: "a\0b\ud800" })).body.user.preferences).toEqual({
      density: "small",
      board: { pipeline: 1, columns: [2, 3] },
      odd: expect.any(String),
    });
    const large = await put({ large: "я".repeat(8_200) });
    expect([large.status, large.body.errors.preferences[0]]).toEqual([422, expect.stringContaining("16384")]);
    expect((await ask("GET", "/session", as(admin))).body.user.preferences).toEqual({});
    expect((await ask("GET", `/users/${anna.id}`, { token })).text).not.toContain("density");
  });
});

describe("a phone in the browser", () => {
  const phone = { server: "wss://pbx.example.com:8089/ws", uri: "sip:201@pbx.example.com", ice_servers: ["stun:stun.example.com:3478"] };

  it("is set up by its owner, who alone is told the password", async () => {
    expect((await ask("GET", "/session/softphone", as(anna.cookie))).body).toEqual({ softphone: null });
    const { status, body } = await ask(
      "PUT",
      "/session/softphone",
      as(anna.cookie, { ...phone, password: "secret of 201", line: "+78001234567" }),
    );
    expect(status).toBe(200);
    expect(body.softphone).toEqual({
      ...{ enabled: true, login: null, display_name: null, line: "+78001234567" },
      ...phone,
      password: "secret of 201",
    });
    // Without one, the password stays.
    await ask("PUT", "/session/softphone", as(anna.cookie, { ...phone, enabled: false }));
    expect((await ask("GET", "/session/softphone", as(anna.cookie))).body.softphone).toMatchObject({
      enabled: false,
      password: "secret of 201",
    });
    const seen = await ask("GET", `/users/${anna.id}/softphone`, { token });
    expect(seen.body.softphone).toMatchObject({ uri: phone.uri, has_password: true });
    expect(seen.text).not.toContain("secret of 201");
    const { rows } = await hub.test.owner.query("select softphone, softphone_password from hub.person where user_id = $1", [anna.id]);
    expect(JSON.stringify(rows)).not.toContain("secret of 201");
  });

  it("is set up by an administrator for somebody else, and by nobody else", async () => {
    const { body, text } = await ask(
      "PUT",
      `/users/${anna.id}/softphone`,
      as(admin, { ...phone, uri: "sip:202@pbx.example.com", password: "new one" }),
    );
    expect(body.softphone).toMatchObject({ uri: "sip:202@pbx.example.com", has_password: true });
    expect(text).not.toContain("new one");
    expect((await ask("GET", "/session/softphone", as(anna.cookie))).body.softphone).toMatchObject({ password: "new one" });
    expect((await ask("GET", `/users/${anna.id}/softphone`, as(anna.cookie))).status).toBe(403);
    expect((await ask("PUT", "/users/999999/softphone", as(admin, phone))).status).toBe(404);
    expect((await ask("GET", "/session/softphone", { token })).body).toEqual({ softphone: null });
  });

  it("with wrong addresses is refused in words beside each field", async () => {
    const { status, body } = await ask(
      "PUT",
      "/session/softphone",
      as(anna.cookie, { server: "ws://pbx.example.com/ws", uri: "201", ice_servers: ["stun:ok.example.com", "http://no"] }),
    );
    expect(status).toBe(422);
    expect(body.errors).toEqual({
      server: [expect.stringContaining("wss://")],
      uri: [expect.stringContaining("sip:")],
      ice_servers: [expect.stringContaining("http://no")],
    });
    expect((await ask("PUT", "/session/softphone", as(anna.cookie, { ...phone, server: "wss://u:p@pbx.example.com" }))).status).toBe(422);
    expect((await ask("PUT", "/session/softphone", as(anna.cookie, { ...phone, server: "ws://127.0.0.1:8088/ws" }))).status).toBe(200);
  });

  it("is taken away", async () => {
    expect((await ask("DELETE", "/session/softphone", as(anna.cookie))).status).toBe(204);
    expect((await ask("GET", "/session/softphone", as(anna.cookie))).body).toEqual({ softphone: null });
    expect((await ask("GET", `/users/${anna.id}/softphone`, { token })).body).toEqual({ softphone: null });
  });
});
