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
const ask = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: any; text: string }> =>
  hub.call(method, path, { token, ...(body !== undefined && { body }) });
const signIn = async (email: string, password: string) => {
  const { status, headers } = await hub.call("POST", "/session", { body: { email, password } });
  return { status, cookie: headers.get("set-cookie")?.split(";")[0] ?? "" };
};
const accept = async (url: string, password = "a new password"): Promise<number> =>
  (await hub.call("POST", "/invitations/accept", { body: { code: url.split("#")[1], password } })).status;
const add = async (name: string, rest: object = {}) =>
  (await ask("POST", "/users", { name, email: `${name}@example.com`, role: "manager", ...rest })).body;

it("an invitation is seen until it is used, is sent again with a new link, and withdrawn", async () => {
  const anna = await add("anna");
  const boris = await add("boris");
  const { items } = (await ask("GET", "/invitations")).body;
  expect(items).toMatchObject([
    {
      kind: "invitation",
      user: boris.id,
      user_name: "boris",
      email: "boris@example.com",
      expired: false,
      created_by: expect.stringMatching(/^token:/),
    },
    { user: anna.id },
  ]);
  const { body: renewed } = await ask("POST", `/invitations/${items[1].id}/renew`);
  expect(Date.parse(renewed.expires_at) - Date.now()).toBeGreaterThan(6 * 86_400_000);
  expect([await accept(anna.invitation_url), await accept(renewed.url), await accept(renewed.url)]).toEqual([403, 200, 403]);
  expect((await ask("DELETE", `/invitations/${items[0].id}`)).status).toBe(204);
  expect(await accept(boris.invitation_url)).toBe(403);
  expect((await ask("GET", "/invitations")).body.items).toEqual([]);
  expect((await ask("DELETE", `/invitations/${items[0].id}`)).status).toBe(404);
  expect((await ask("POST", `/invitations/${items[1].id}/renew`)).status).toBe(404);
  expect((await ask("GET", "/audit")).text).not.toContain(renewed.url.split("#")[1]);
});

it("a password is reset by a link of a day: sessions end when it is used, the old password is good until then", async () => {
  const vera = await add("vera", { password: "first password" });
  const before = await signIn("vera@example.com", "first password");
  const { body: first } = await ask("POST", `/users/${vera.id}/password-reset`);
  const { body: second } = await ask("POST", `/users/${vera.id}/password-reset`);
  expect(Date.parse(second.expires_at) - Date.now()).toBeLessThan(25 * 3_600_000);
  expect((await ask("GET", "/invitations")).body.items).toMatchObject([{ kind: "reset", user: vera.id }]);
  expect((await hub.call("GET", "/session", { headers: { cookie: before.cookie } })).status).toBe(200);
  expect([await accept(first.url), await accept(second.url, "second password")]).toEqual([403, 200]);
  expect((await hub.call("GET", "/session", { headers: { cookie: before.cookie } })).status).toBe(401);
  expect([
    (await signIn("vera@example.com", "first password")).status,
    (await signIn("vera@example.com", "second password")).status,
  ]).toEqual([401, 200]);
});

it("whoever is switched off has no link that is worth anything, and is given none", async () => {
  const gleb = await add("gleb");
  await ask("PATCH", `/users/${gleb.id}`, { active: false });
  expect(await accept(gleb.invitation_url)).toBe(403);
  expect((await ask("POST", `/users/${gleb.id}/password-reset`)).status).toBe(422);
  await ask("PATCH", `/users/${gleb.id}`, { active: true });
  expect(await accept(gleb.invitation_url)).toBe(403);
  expect((await ask("POST", "/users/999999/password-reset")).status).toBe(404);
});

it("a link that is out of date says so in the list", async () => {
  const dasha = await add("dasha");
  await hub.test.owner.query("update hub.invitation set expires_at = now() - interval '1 minute' where user_id = $1", [dasha.id]);
  expect((await ask("GET", "/invitations")).body.items).toMatchObject([{ user: dasha.id, expired: true }]);
  expect(await accept(dasha.invitation_url)).toBe(403);
});
