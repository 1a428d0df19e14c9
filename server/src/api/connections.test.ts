import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type TestHub, testHub } from "../../testkit/hub.ts";

let hub: TestHub;
let token: string;
let far: Server;
let address: string;
/** What the far side was asked, and how it answers. */
const asked: string[] = [];
let status = 200;
beforeAll(async () => {
  hub = await testHub();
  token = (await hub.addWorkspace("romashka")).api_token;
  far = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (status === 0) return;
    response.writeHead(status, { "content-type": "application/json" }).end(request.url?.includes("/endpoints") ? "[]" : "{}");
  });
  await new Promise<void>((resolve) => far.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(far.address() as AddressInfo).port}`;
});
afterAll(async () => {
  far.closeAllConnections();
  far.close();
  await hub.close();
});

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
const ask = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: any; text: string }> =>
  hub.call(method, path, { token, ...(body !== undefined && { body }) });

describe("vendors", () => {
  it("say in both languages what they are, what they can do, and all that a form needs", async () => {
    const { items } = (await ask("GET", "/vendors")).body;
    for (const vendor of items)
      expect(
        [vendor.about.ru, vendor.about.en].every((text) => text.length > 10),
        vendor.id,
      ).toBe(true);
    const of = (id: string) => items.find((vendor: { id: string }) => vendor.id === id);
    expect(of("fivecrm")).toMatchObject({ docs: "docs/fivecrm.md", abilities: ["receives", "serves"], maps_fields: true });
    expect(of("onec")).toMatchObject({ abilities: ["receives", "serves", "listens", "accounting"], maps_fields: false });
    expect(of("asterisk").abilities).toEqual(["listens", "telephony"]);
    expect(of("vats").abilities).toEqual(["receives", "serves", "listens", "polled", "telephony", "rehearsal", "call_feed"]);
    expect(of("crm")).toMatchObject({ docs: null, abilities: ["listens", "crm", "call_desk", "phone_book"] });
    const setting = (id: string, name: string) => of(id).settings.find((one: { name: string }) => one.name === name);
    expect(setting("fivecrm", "public_token")).toMatchObject({ secret: { generated: true, door: true, kept: false, public: true } });
    expect(setting("fivecrm", "country")).toMatchObject({
      pattern: "^[A-Z]{2}$",
      placeholder: "RU",
      advanced: true,
      group: { en: "What becomes of a lead" },
    });
    expect(setting("fivecrm", "repeat_days")).toMatchObject({
      min: 1,
      max: 3650,
      default: 30,
      when: { setting: "repeat", is: ["append", "reopen"] },
    });
    expect(setting("fivecrm", "responsible")).toMatchObject({ type: "list", picks: "user" });
    expect(setting("asterisk", "url")).toMatchObject({ required: true, placeholder: "http://127.0.0.1:8088" });
  });
});

describe("settings that are tried", () => {
  const draft = () => ({
    vendor: "asterisk",
    settings: { url: address, username: "svyazka", password: "long-random" },
    allow_private_addresses: true,
  });

  it("and are right answer so, and nothing of them is stored", async () => {
    asked.length = 0;
    const before = (await ask("GET", "/connections")).body.items.length;
    expect((await ask("POST", "/connections/check", draft())).body).toEqual({ ok: true, message: "OK", errors: {} });
    expect(asked.length).toBeGreaterThan(0);
    expect((await ask("GET", "/connections")).body.items.length).toBe(before);
    const { rows } = await hub.test.owner.query("select (select count(*) from hub.kept) + (select count(*) from hub.pace) as n");
    expect(rows).toEqual([{ n: 0 }]);
  });

  it("and are wrong name each field, before anybody is asked", async () => {
    asked.length = 0;
    const { body } = await ask("POST", "/connections/check", {
      vendor: "asterisk",
      settings: { url: "nowhere", ring_seconds: 1000, colour: "red" },
    });
    expect(body.ok).toBe(false);
    expect(Object.keys(body.errors).sort()).toEqual(["colour", "password", "ring_seconds", "url", "username"]);
    expect(asked).toEqual([]);
    expect((await ask("POST", "/connections/check", { vendor: "nobody" })).status).toBe(422);
  });

  it("and are refused there say why, without the secret", async () => {
    status = 401;
    const { body, text } = await ask("POST", "/connections/check", draft());
    status = 200;
    expect(body).toMatchObject({ ok: false, message: expect.stringContaining("does not let us in") });
    expect(text).not.toContain("long-random");
    const guarded = await ask("POST", "/connections/check", { ...draft(), allow_private_addresses: false });
    expect(guarded.body).toMatchObject({ ok: false, message: expect.stringContaining("private address") });
  });

  it("of a connection that is there need no secret to be typed again", async () => {
    const { id } = (await ask("POST", "/connections", draft())).body;
    const tried = await ask("POST", "/connections/check", { vendor: "asterisk", connection: id, settings: { ring_seconds: 20 } });
    expect(tried.body).toMatchObject({ ok: true });
    expect((await ask("POST", "/connections/check", { vendor: "vats", connection: id })).status).toBe(404);
    await ask("DELETE", `/connections/${id}`);
  });

  it("leave nothing behind at a PBX that would be told where to push", async () => {
    asked.length = 0;
    status = 401;
    const { body } = await ask("POST", "/connections/check", {
      vendor: "vats",
      settings: { side: "crm", dialect: "seed", domain: address, login: "admin", password: "of the pbx" },
      allow_private_addresses: true,
    });
    status = 200;
    expect(body).toEqual({ ok: true, message: "OK", errors: {} });
    expect(asked.join()).not.toContain("api_login");
  });

  it("get an answer from us when the other side gives none", { timeout: 25_000 }, async () => {
    status = 0;
    const started = Date.now();
    const { body } = await ask("POST", "/connections/check", draft());
    status = 200;
    expect(body).toMatchObject({ ok: false });
    expect(Date.now() - started).toBeLessThan(20_000);
  });
});

describe("a connection", () => {
  it("shows what it has been doing, and the exact texts to paste, without a secret that is shown but once", async () => {
    const { body: made } = await ask("POST", "/connections", { vendor: "fivecrm", name: "Сайт" });
    const { id, secrets } = made;
    expect(made.paste[0].text).toBe(`<script async src="${hub.url}/in/${secrets.public_token}/form.js"></script>`);
    expect(made.activity).toMatchObject({ last_request_at: null, requests_today: 0, listening: null, polled_at: null, last_error: null });
    await hub.call("POST", `/in/${secrets.public_token}/ctm/form/send`, { body: { name: "Пётр", phone: "+79101234567" } });
    await hub.call("POST", `/in/${secrets.public_token}/generic`, { body: { unknown_name: "12" } });
    await vi.waitFor(async () => {
      const { body } = await ask("GET", `/connections/${id}`);
      expect(body.activity).toMatchObject({ requests_today: 2, waiting: 0, held: 1, failed: 0 });
    }, 10_000);
    const { body, text } = await ask("GET", `/connections/${id}`);
    expect(Date.now() - Date.parse(body.activity.last_event_at)).toBeLessThan(60_000);
    expect(body).toMatchObject({
      abilities: ["receives", "serves"],
      secrets_set: expect.arrayContaining(["public_token", "secret_token"]),
    });
    expect(text).toContain(secrets.public_token);
    expect(text).not.toContain(secrets.secret_token);
    expect(text).not.toContain(secrets.signing_key);
    // The CRM that the held one waits to go to knows of it as well.
    const crm = (await ask("GET", "/connections?vendor=crm")).body.items[0];
    expect(crm).toMatchObject({ activity: { held: 1, requests_today: 0 }, abilities: ["crm", "call_desk", "phone_book"] });
  });

  it("shows a secret in its texts this once, when it has just been made", async () => {
    const settings = { side: "crm", dialect: "classic" };
    const { body: made } = await ask("POST", "/connections", { vendor: "vats", settings });
    const texts = (shape: { paste: { text: string }[] }) => shape.paste.map(({ text }) => text);
    expect(texts(made)).toEqual([made.urls.inbound, made.secrets.crm_token]);
    const { body: later } = await ask("GET", `/connections/${made.id}`);
    expect(texts(later)[1]).toBe("{crm_token}");
    expect(later.abilities).toEqual(["receives", "serves", "polled"]);
    expect(later.activity.listening).toBeNull();
    const { body: rotated } = await ask("POST", `/connections/${made.id}/secrets/crm_token/rotate`, {});
    expect(texts(rotated)).toEqual([made.urls.inbound, rotated.secrets.crm_token]);
    expect(rotated.secrets.crm_token).not.toBe(made.secrets.crm_token);
  });

  it("whose socket breaks off says why", async () => {
    const { body } = await ask("POST", "/connections", {
      vendor: "asterisk",
      settings: { url: address, username: "svyazka", password: "long-random" },
      allow_private_addresses: true,
    });
    await vi.waitFor(async () => {
      const { body: now } = await ask("GET", `/connections/${body.id}`);
      expect(now.activity).toMatchObject({ listening: true, last_error: expect.any(String) });
    }, 15_000);
  });
});
