import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AmoHub, adminPassword, redirectUri, send, startAmoHub, startEar, type Workspace } from "../testkit/amo.ts";

/** How programs for amoCRM find their workspace, and hear that they are let in no longer. */

let amo: AmoHub;
let ear: Awaited<ReturnType<typeof startEar>>;
let romashka: Workspace;
let lilia: Workspace;
beforeAll(async () => {
  ear = await startEar();
  amo = await startAmoHub({ PUBLIC_URL: "https://hub.example", TRUST_PROXY: "loopback" });
  romashka = await amo.workspace("romashka", "--disable-uri", `${ear.url}/off?key=1`, "--allow-private-addresses");
  lilia = await amo.workspace("lilia");
}, 60_000);
afterAll(async () => {
  await amo.stop();
  await ear.stop();
});

describe("the host of a workspace", () => {
  it("answers for it, and addresses in answers begin with that host", async () => {
    const account = await romashka.call("GET", "/api/v4/account", undefined, { host: "romashka.hub.example" });
    expect(account.body).toMatchObject({ subdomain: "romashka", _links: { self: { href: "http://romashka.hub.example/api/v4/account" } } });
    const [id] = await romashka.made("/api/v4/leads", [{ name: "Одна" }, { name: "Другая" }]);
    const { body } = await romashka.call("GET", "/api/v4/leads?limit=1", undefined, { host: "romashka.hub.example" });
    expect(body._links.next.href).toBe("http://romashka.hub.example/api/v4/leads?limit=1&page=2");
    expect(body._embedded.leads[0]._links.self.href).toBe(`http://romashka.hub.example/api/v4/leads/${id}`);
  });

  it("does so below /in/<connection>, too", async () => {
    const path = `/in/${romashka.integration.id}/api/v4/account`;
    const account = await romashka.call("GET", path, undefined, { host: "romashka.hub.example" });
    expect(account.body._links.self.href).toBe(`http://romashka.hub.example${path}`);
    expect((await romashka.call("GET", path, undefined, { host: "lilia.hub.example" })).status).toBe(401);
  });

  it("knows nobody of another workspace", async () => {
    const host = "lilia.hub.example";
    expect(await romashka.call("GET", "/api/v4/account", undefined, { host })).toMatchObject({
      ...{ status: 401, type: "application/problem+json", body: { title: "Unauthorized", detail: "Неверный логин или пароль" } },
    });
    expect((await lilia.call("GET", "/api/v4/account", undefined, { host })).body.subdomain).toBe("lilia");
    const page = (host: string) =>
      send(`${amo.hub.url}/oauth?client_id=${romashka.integration.client_id}`, { method: "GET", headers: { host } });
    expect([(await page(host)).status, (await page("romashka.hub.example")).status]).toEqual([404, 200]);
    const { client_id, client_secret, code } = romashka.integration;
    const sent = JSON.stringify({ client_id, client_secret, code, grant_type: "authorization_code", redirect_uri: redirectUri });
    const exchange = (host: string) =>
      send(`${amo.hub.url}/oauth2/access_token`, { method: "POST", headers: { host, "content-type": "application/json" }, body: sent });
    expect([(await exchange(host)).status, (await exchange("romashka.hub.example")).status]).toEqual([401, 200]);
  });

  it("is told to a program that is let in there", async () => {
    const { client_id } = romashka.integration;
    const { status, headers } = await send(`${amo.hub.url}/oauth?client_id=${client_id}`, {
      method: "POST",
      headers: { host: "romashka.hub.example", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ decision: "allow", email: "admin@romashka.example", password: adminPassword }).toString(),
    });
    expect([status, new URL(String(headers["location"])).searchParams.get("referer")]).toEqual([302, "romashka.hub.example"]);
  });

  it("is not needed: the hub's own name, and names of no workspace, do as well", async () => {
    for (const host of ["hub.example", "www.hub.example", "127.0.0.1"])
      expect((await romashka.call("GET", "/api/v4/account", undefined, { host })).body).toMatchObject({ subdomain: "romashka" });
  });
});

describe("a program that is let in no longer", () => {
  beforeEach(() => {
    ear.heard.length = 0;
    ear.status = 200;
  });

  /** A GET with `account_id`, `client_uuid` and their signature. */
  function mustHaveHeard(times: number): void {
    const { client_id, client_secret } = romashka.integration;
    const signature = createHmac("sha256", client_secret).update(`${client_id}|${account}`).digest("hex");
    const query = new URLSearchParams({ key: "1", account_id: String(account), client_uuid: client_id, signature });
    expect(ear.heard.map(({ method, path }) => `${method} ${path}`)).toEqual(Array(times).fill(`GET /off?${query}`));
  }
  let account: number;
  const inJournal = async () =>
    (await romashka.hub.all<{ method: string; path: string; outcome: string; detail: string | null; status: number }>("/journal")).filter(
      ({ path }) => path.startsWith(ear.url),
    );

  it("hears of it when a grant is ended, and once for each", async () => {
    account = (await romashka.call("GET", "/api/v4/account")).body.id;
    const path = `/connections/${romashka.integration.id}/grants`;
    await romashka.hub.send("POST", path, { long_lived_days: 1 });
    const { items } = await romashka.hub.get<{ items: { id: string }[] }>(path);
    const last = items.at(-1)?.id;
    await romashka.hub.send("DELETE", `${path}/${last}`);
    await romashka.hub.send("DELETE", `${path}/${last}`);
    mustHaveHeard(1);
    const [line] = await inJournal();
    expect(line).toMatchObject({ method: "GET", outcome: "ignored", status: 200 });
    expect(line?.path).not.toContain(new URL(`http://x${ear.heard[0]?.path}`).searchParams.get("signature"));
  });

  it("hears of it when it is switched off; that its hook answers 500 holds nothing up, and is in the journal", async () => {
    ear.status = 500;
    await romashka.hub.send("PATCH", `/connections/${romashka.integration.id}`, { state: "disabled" });
    await romashka.hub.send("PATCH", `/connections/${romashka.integration.id}`, { state: "disabled" });
    expect((await romashka.call("GET", "/api/v4/account")).status).toBe(401);
    mustHaveHeard(1);
    const failed = (await inJournal()).filter(({ outcome }) => outcome === "failed");
    expect(failed).toMatchObject([{ status: 500, detail: "The far side was not told that it is let in no longer: it answers 500" }]);
    await romashka.hub.send("PATCH", `/connections/${romashka.integration.id}`, { state: "active" });
    expect(ear.heard).toHaveLength(1);
  });

  it("hears of it when it is removed", async () => {
    await romashka.hub.send("DELETE", `/connections/${romashka.integration.id}`);
    mustHaveHeard(1);
    expect((await romashka.call("GET", "/api/v4/account")).status).toBe(401);
  });
});
