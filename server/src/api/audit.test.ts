import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestHub, testHub } from "../../testkit/hub.ts";

let hub: TestHub;
let token: string;
beforeAll(async () => {
  hub = await testHub();
  token = (await hub.addWorkspace("romashka")).api_token;
});
afterAll(() => hub.close());

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
type Answered = { status: number; body: any; text: string; headers: Headers };
const ask = async (method: string, path: string, body?: unknown, options: object = { token }): Promise<Answered> =>
  hub.call(method, path, { ...options, ...(body !== undefined && { body }) });
const audit = async (query = "") => (await ask("GET", `/audit${query}`)).body.items;
const signIn = async (email: string, password: string) =>
  (await ask("POST", "/session", { email, password }, {})).headers.get("set-cookie")?.split(";")[0] ?? "";

it("tells of sign-ins, and of those that failed, as whom they were tried", async () => {
  await signIn("admin@romashka.example", "wrong password");
  await signIn("nobody@romashka.example", "wrong password");
  await signIn("admin@romashka.example", "password of romashka");
  expect(await audit("?action=signIn")).toMatchObject([
    { actor: expect.stringMatching(/^user:/), outcome: "done", status: 200, ip: "127.0.0.1", user_name: "admin@romashka.example" },
    { actor: "nobody", outcome: "refused", status: 401, user_name: "admin@romashka.example" },
  ]);
  expect(await audit("?action=createWorkspace")).toMatchObject([{ actor: "operator", given: { subdomain: "romashka" } }]);
});

it("tells who changed what, with the values that say so, and never a secret", async () => {
  const admin = await signIn("admin@romashka.example", "password of romashka");
  const as = { headers: { cookie: admin } };
  const { body: user } = await ask(
    "POST",
    "/users",
    { name: "Аня", email: "anna@example.com", role: "manager", password: "S3cretPassword" },
    as,
  );
  await ask("PATCH", `/users/${user.id}`, { role: "administrator" }, as);
  await ask("PATCH", `/users/${user.id}`, { email: "admin@romashka.example" }, as);
  const { body: pbx } = await ask(
    "POST",
    "/connections",
    { vendor: "vats", settings: { side: "crm", domain: "pbx.example.com", pbx_token: "S3cretKey" } },
    as,
  );
  const { body: made } = await ask("POST", "/tokens", { name: "reader", scopes: ["crm:read"] }, as);
  const { body: rotated } = await ask("POST", `/connections/${pbx.id}/secrets/crm_token/rotate`, {}, as);
  await ask("PUT", "/session/softphone", { server: "wss://pbx.example.com/ws", uri: "sip:1@pbx.example.com", password: "S3cretPhone" }, as);
  const { items, text } = { items: await audit(), text: (await ask("GET", "/audit")).text };
  expect(items.slice(0, 7)).toMatchObject([
    { action: "setOwnSoftphone", members: ["server", "uri", "password", "enabled"], given: { enabled: true } },
    { action: "rotateSecret", params: { id: pbx.id, name: "crm_token" } },
    { action: "createToken", given: { name: "reader", scopes: ["crm:read"] } },
    {
      action: "addConnection",
      members: ["vendor", "settings.side", "settings.domain", "settings.pbx_token"],
      given: { vendor: "vats" },
      status: 201,
    },
    { action: "changeUser", params: { id: user.id }, outcome: "refused", status: 422, detail: expect.stringContaining("email") },
    { action: "changeUser", params: { id: user.id }, given: { role: "administrator" }, outcome: "done" },
    { action: "addUser", given: { name: "Аня", email: "anna@example.com", role: "manager" } },
  ]);
  for (const secret of ["S3cret", made.api_token, rotated.secrets.crm_token, pbx.secrets.crm_token]) expect(text).not.toContain(secret);
});

it("tells of settings of the CRM, and not of records or of what only looks", async () => {
  const before = (await audit()).length;
  const { body: source } = await ask("POST", "/sources", { name: "Выставка" });
  const { body: deal } = await ask("POST", "/deals", { name: "Окна" });
  await ask("PATCH", `/deals/${deal.id}`, { name: "Двери" });
  await ask("GET", "/connections");
  await ask("PATCH", "/workspace", { name: "Ромашка" });
  const items = await audit();
  expect(items.length).toBe(before + 2);
  expect(items.slice(0, 2)).toMatchObject([
    { action: "changeWorkspace", actor: expect.stringMatching(/^token:/) },
    { given: { name: "Выставка" } },
  ]);
  expect(source.id).toBeGreaterThan(0);
});

it("is filtered, read in pages, and shown to administrators only", async () => {
  expect((await audit("?outcome=refused")).every(({ status }: { status: number }) => status >= 400 && status < 500)).toBe(true);
  expect(await audit("?to=2020-01-01T00:00:00Z")).toEqual([]);
  const [user] = await audit("?action=addUser");
  const target = (await audit("?action=changeUser"))[0].params.id;
  expect((await audit(`?target=${target}&action=changeUser,removeUser`)).length).toBe(2);
  expect((await audit(`?user=${user.user}`)).length).toBeGreaterThan(5);
  const page = (await ask("GET", "/audit?limit=2")).body;
  const next = (await ask("GET", `/audit?limit=2&cursor=${page.next_cursor}`)).body;
  expect(new Set([...page.items, ...next.items].map(({ id }: { id: string }) => id)).size).toBe(4);
  await ask("POST", "/users", { name: "Ира", email: "ira@example.com", role: "manager", password: "password of ira" });
  const cookie = await signIn("ira@example.com", "password of ira");
  expect((await ask("GET", "/audit", undefined, { headers: { cookie } })).status).toBe(403);
});

it("cannot be rewritten by the hub itself", async () => {
  await expect(
    hub.test.database.in(1 as never).query({ text: "update hub.audit set actor = 'nobody' where workspace = 1" }),
  ).rejects.toThrow(/permission denied/);
});
