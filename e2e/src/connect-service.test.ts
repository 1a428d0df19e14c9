import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { registerIntegration } from "../testkit/integration.ts";
import { type AmoDesk, addAmoDesk, addMessengers, type Messengers } from "../testkit/messengers.ts";
import { addCompany } from "../testkit/telephony.ts";

/** The connect service as a program written for the document calls it. Every request of the document is sent byte for byte. */

const dataDirs = [makeDataDir(), makeDataDir()] as const;
let near: HubProcess;
let far: HubProcess;
let shop: Messengers;
let desk: AmoDesk;
const fixture = (name: string): string => readFileSync(new URL(`../../vendors/touchapi/fixtures/seed/${name}`, import.meta.url), "utf8");
const sample = fixture("connect.required.request.txt");
const fullSample = fixture("connect.full.request.txt");

beforeAll(async () => {
  [near, far] = await Promise.all([startHubProcess({ dataDir: dataDirs[0] }), startHubProcess({ dataDir: dataDirs[1] })]);
  shop = await addMessengers(near, "shop");
  desk = await addAmoDesk(near, shop.company, far, "far");
  shop.touch.add({
    source: "whatsapp",
    login: "username",
    token: "uuid-token-format",
    phone: "79001112233",
    webhooks: ["https://other.example/hook"],
  });
}, 60_000);
afterAll(async () => {
  if (process.env["SHOW"]) console.log(near.output(), far.output());
  await shop.touch.close();
  await Promise.all([near.stop(), far.stop()]);
  for (const dataDir of dataDirs) removeDataDir(dataDir);
});

const request = (changes: Readonly<Record<string, unknown>> = {}) => ({
  ...JSON.parse(sample),
  crm_url: desk.host,
  crm_type: "amocrm",
  ...changes,
});
const unauthorized = { status: 403, body: { ok: false, message: "Unauthorized", errors: expect.arrayContaining([expect.any(String)]) } };
const hooks = () => [...shop.touch.accounts.values()].find(({ login }) => login === "username")?.webhooks ?? [];

describe("whoever has no right", () => {
  it("is told so in the shape of the document: no key, a wrong one, no referer, a foreign one", async () => {
    for (const headers of [
      { "x-api-key": undefined },
      { "x-api-key": "wrong" },
      { referer: undefined },
      { referer: "https://evil.example" },
      { referer: "https://notexample.com" },
      { referer: "https://example.com.evil.example" },
    ])
      expect(await shop.ask("POST", "/crm/connect", sample, headers), JSON.stringify(headers)).toMatchObject(unauthorized);
    expect(await shop.client.all("/connections?vendor=touchapi")).toHaveLength(1);
  });

  it("may bring both as parameters of the address, and from a subdomain", async () => {
    const query = `?key=${shop.apiKey}&referer=crm.example.com`;
    const answer = await shop.ask("GET", `/crm/status${query}&crm_url=${desk.host}&crm_type=amocrm`, undefined, {
      "x-api-key": undefined,
      referer: undefined,
    });
    expect(answer).toMatchObject({ status: 200, body: { ok: true, data: { crm_url: desk.host } } });
  });
});

describe("POST /crm/connect", () => {
  let binds: string[] = [];
  let uuid = "";

  it("connects the document's first example, and answers as documented", async () => {
    const answer = await shop.ask("POST", "/crm/connect", sample);
    expect(answer.type).toContain("application/json");
    expect(answer).toMatchObject({
      status: 200,
      body: {
        ok: true,
        message: "Vendors has been connected",
        data: { result: { webhook: { ok: true, added: true } }, binds: [expect.any(String), expect.any(String)] },
      },
    });
    const { additional } = answer.body.data;
    expect(additional.touchapi_info).toEqual({
      ...{ source: "whatsapp", login: "username", connected_phone: "79001112233", activated: true, state: true },
      step: { value: 5, message: "Ready" },
    });
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    for (const bind of answer.body.data.binds) expect(bind).toMatch(uuid);
    // domain.amocrm.ru is not connected to this hub: the source follows once it is.
    expect(additional.amocrm_source_created).toEqual({});
    expect(answer.body.data.result.source).toMatchObject({ ok: false, will_retry: true });
    expect(hooks()).toHaveLength(2);
    expect(hooks()[0]).toBe("https://other.example/hook");
    expect(hooks()[1]).toMatch(new RegExp(`^${near.url}/in/[\\w-]{20,}/touchapi/hook$`));
  });

  it("connects it to the CRM that is there: a source by the document's rule, once", async () => {
    const answer = await shop.ask("POST", "/crm/connect", request());
    expect(answer).toMatchObject({
      status: 200,
      body: { data: { result: { crm: { ok: true, state: "working" }, source: { ok: true, created: true } } } },
    });
    ({ binds } = answer.body.data);
    uuid = answer.body.data.result.account.uuid;
    expect(binds).toHaveLength(2);
    expect(answer.body.data.additional.amocrm_source_created).toMatchObject({
      created: true,
      name: "79001112233 (whatsapp)",
      external_id: uuid,
    });
    expect(await desk.there.all("/sources")).toEqual(expect.arrayContaining([expect.objectContaining({ name: "79001112233 (whatsapp)" })]));
  });

  it("makes nothing twice: called again, and by ten at once", async () => {
    const before = await desk.there.all("/sources");
    const answers = await Promise.all(Array.from({ length: 10 }, () => shop.ask("POST", "/crm/connect", request())));
    for (const { status, body } of answers)
      expect([status, body.data.binds, body.data.result.webhook]).toEqual([200, [], { ok: true, added: false }]);
    expect(await desk.there.all("/sources")).toHaveLength(before.length);
    expect(await shop.client.all("/connections?vendor=touchapi")).toHaveLength(2);
    expect(hooks()).toHaveLength(2);
  });

  it("makes nothing twice by the keys of two programs, and lets there be one main account", async () => {
    const { api_key: key } = await near.command<{ api_key: string }>(
      ...["token", "create", "--kind", "connect", "--domain", "other.example", "--workspace", "shop"],
      ...["--set", `address=${shop.touch.url}`, "--allow-private-addresses"],
    );
    const other = { "x-api-key": key, referer: "other.example" };
    for (const login of ["twice", "both"]) shop.touch.add({ source: "telegram", login, token: "token-of-both" });
    const ask = (login: string, by: object) =>
      shop.ask(
        "POST",
        "/crm/connect",
        request({ touchapi_source: "telegram", touchapi_login: login, touchapi_token: "token-of-both", touchapi_main: true }),
        by as Record<string, string>,
      );
    const answers = await Promise.all(["twice", "both"].flatMap((login) => [{}, other, {}, other].map((by) => ask(login, by))));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const accounts = await shop.client.all<{ id: number; settings: Record<string, unknown> }>("/connections?vendor=touchapi");
    const made = accounts.filter(({ settings }) => ["twice", "both"].includes(String(settings["login"])));
    expect(made.map(({ settings }) => settings["login"]).sort()).toEqual(["both", "twice"]);
    expect(made.filter(({ settings }) => settings["is_main"] === true)).toHaveLength(1);
    for (const { id } of made) await shop.client.call("DELETE", `/connections/${id}`);
    const [second] = accounts.filter(({ settings }) => JSON.stringify(settings["domains"]) === '["other.example"]');
    await shop.client.call("DELETE", `/connections/${second?.id}`);
  });

  it("takes the document's second example: the name it gives is the source's", async () => {
    const answer = await shop.ask("POST", "/crm/connect", { ...JSON.parse(fullSample), crm_url: `HTTP://${desk.host}/leads/` });
    expect(answer.status).toBe(200);
    expect(answer.body.data.additional.amocrm_source_created).toMatchObject({ created: false, name: "Имя аккаунта" });
    expect(await desk.there.all("/sources")).toEqual(expect.arrayContaining([expect.objectContaining({ name: "Имя аккаунта" })]));
    // What is not said leaves the name as it is.
    const again = await shop.ask("POST", "/crm/connect", request());
    expect(again.body.data.additional.amocrm_source_created).toMatchObject({ name: "Имя аккаунта" });
  });

  it("takes its conversations to the CRM that it is for, and from every other", async () => {
    const { sources, routes } = await shop.client.get<{
      sources: { id: number; name: string }[];
      routes: { source: number; flow: string; target: number; enabled: boolean }[];
    }>("/routes");
    const account = sources.find(({ name }) => name === "79001112233 (whatsapp)")?.id;
    const open = routes.filter(({ source, flow, target }) => source === account && target !== account && flow !== "send-message");
    expect(open.filter(({ enabled }) => enabled).map(({ target }) => target)).toEqual(
      open.filter(({ enabled }) => enabled).map(() => desk.account.id),
    );
    expect(open.some(({ flow, enabled }) => flow === "show-message" && enabled)).toBe(true);
    expect(open.filter(({ enabled }) => !enabled).map(({ flow }) => flow)).toContain("place-conversation");
  });

  it("moves the main account", async () => {
    shop.touch.add({ source: "telegram", login: "second", token: "second-token" });
    const second = request({ touchapi_source: "telegram", touchapi_login: "second", touchapi_token: "second-token", touchapi_main: true });
    expect((await shop.ask("POST", "/crm/connect", second)).body.data.additional.amocrm_source_created).toMatchObject({
      name: "second (telegram)",
    });
    const accounts = await shop.client.all<{ settings: Record<string, unknown> }>("/connections?vendor=touchapi");
    expect(accounts.filter(({ settings }) => settings["is_main"] === true).map(({ settings }) => settings["login"])).toEqual(["second"]);
  });

  it("asks for the type of a box, and takes it when it is told", async () => {
    const box = { crm_url: "crm.romashka.example:8443", crm_type: undefined };
    expect(await shop.ask("POST", "/crm/connect", request(box))).toMatchObject({
      status: 400,
      body: { ok: false, message: "Failed to connect vendors", errors: [expect.stringContaining("CRM type cannot be identified")] },
    });
    const answer = await shop.ask("POST", "/crm/connect", request({ ...box, crm_type: "bitrix24" }));
    expect(answer).toMatchObject({
      status: 200,
      body: { message: "Vendors has been connected", data: { binds: [expect.any(String), expect.any(String)] } },
    });
    expect(answer.body.data.additional).not.toHaveProperty("amocrm_source_created");
    expect(await shop.ask("GET", `/crm/status?crm_url=${box.crm_url}&crm_type=bitrix24`)).toMatchObject({
      status: 200,
      body: { data: { step: { value: 2 } } },
    });
  });

  it("says what is to be mended, and writes nothing: fields, tokens, addresses", async () => {
    const before = await shop.client.all("/connections?vendor=touchapi");
    const wrong: [Record<string, unknown> | string, RegExp][] = [
      [{}, /touchapi_source/],
      [request({ touchapi_token: "" }), /touchapi_token: Required/],
      [request({ touchapi_source: "   " }), /touchapi_source/],
      [request({ touchapi_source: "no such thing!" }), /touchapi_source/],
      [request({ touchapi_token: "wrong" }), /Touch-API/],
      [request({ touchapi_login: "nobody" }), /Touch-API/],
      [request({ touchapi_source: "fax" }), /Touch-API/],
      [request({ crm_type: "megaplan" }), /crm_type/],
      [request({ crm_url: "ftp://x.amocrm.ru" }), /crm_url/],
      [request({ crm_url: "не адрес вовсе" }), /crm_url/],
      [request({ crm_url: "http://user:pass@x.amocrm.ru" }), /crm_url/],
      [request({ touchapi_main: "perhaps" }), /touchapi_main/],
      [request({ touchapi_name: { a: 1 } }), /touchapi_name/],
      ["[]", /JSON object/],
      ["{", /JSON object/],
      ["null", /JSON object/],
    ];
    for (const [body, words] of wrong) {
      const answer = await shop.ask("POST", "/crm/connect", body);
      expect(answer, JSON.stringify(body)).toMatchObject({ status: 400, body: { ok: false, message: "Failed to connect vendors" } });
      expect(answer.body.errors.join("; "), JSON.stringify(body)).toMatch(words);
    }
    expect(await shop.client.all("/connections?vendor=touchapi")).toHaveLength(before.length);
    const huge = await shop.ask("POST", "/crm/connect", `{"touchapi_name":"${"x".repeat(2_000_000)}"}`);
    expect(huge).toMatchObject({ status: 413, body: { ok: false } });
    expect(await shop.ask("GET", "/crm/connect")).toMatchObject({ status: 405, body: { ok: false } });
  });

  it("reads addresses as people paste them, an IDN and an IP among them", async () => {
    for (const [url, name] of [
      ["https://Мой-CRM.РФ/", "xn----ltbcqnj.xn--p1ai"],
      ["192.168.1.20:8080", "192.168.1.20:8080"],
    ] as const) {
      const answer = await shop.ask("GET", `/crm/status?crm_type=bitrix24&crm_url=${encodeURIComponent(url)}`);
      expect([url, answer.status, answer.body.data.step.value]).toEqual([url, 200, 2]);
      expect(name).not.toBe("");
    }
  });

  it("connects the CRM itself, too, by a token that comes with the call", async () => {
    await addCompany(far, "third");
    const { long_lived_token: crm_token } = await registerIntegration(far, "third");
    const crm_url = desk.host.replace("127.0.0.1", "localhost");
    const answer = await shop.ask("POST", "/crm/connect", request({ crm_url: `http://${crm_url}`, crm_token }));
    expect(answer).toMatchObject({
      status: 200,
      body: { data: { result: { crm: { ok: true, state: "working" }, source: { ok: true, created: true } } } },
    });
    expect((await shop.ask("GET", `/crm/status?crm_url=${crm_url}&crm_type=amocrm`)).body.data.step.value).toBe(5);
    const { items } = await shop.client.get<{ items: { id: string }[] }>("/journal?limit=250");
    expect(JSON.stringify(await Promise.all(items.map(({ id }) => shop.client.get(`/journal/${id}`))))).not.toContain(crm_token);
  });

  it("comes again when Touch-API does not answer, and changes nothing meanwhile", async () => {
    shop.touch.switches.down = "500";
    const answer = await shop.ask("POST", "/crm/connect", request());
    shop.touch.switches.down = false;
    expect(answer).toMatchObject({ status: 503, body: { ok: false, message: "Failed to connect vendors" } });
  });

  it("keeps the token out of the journal", async () => {
    const { items } = await shop.client.get<{ items: { id: string; path: string }[] }>("/journal?limit=250");
    const lines = await Promise.all(items.map(({ id }) => shop.client.get(`/journal/${id}`)));
    expect(JSON.stringify(lines)).toContain("touchapi_token");
    expect(JSON.stringify(lines)).not.toMatch(/uuid-token-format|second-token/);
    expect(JSON.stringify(lines)).not.toContain(shop.apiKey);
  });

  describe("GET /crm/status and POST /crm/disable", () => {
    it("tell how far a CRM is, by either name", async () => {
      for (const path of ["/crm/status", "/int/getCrmStatus"])
        expect(await shop.ask("GET", `${path}?crm_url=${desk.host}&crm_type=amocrm`)).toMatchObject({
          status: 200,
          body: { ok: true, data: { crm_url: desk.host, step: { value: 5, description: expect.any(String) } } },
        });
      expect(await shop.ask("GET", "/crm/status")).toMatchObject({ status: 400, body: { ok: false } });
      await shop.client.send("PATCH", `/connections/${desk.account.id}`, { state: "disabled" });
      expect((await shop.ask("GET", `/crm/status?crm_url=${desk.host}&crm_type=amocrm`)).body.data.step.value).toBe(1);
      await shop.client.send("PATCH", `/connections/${desk.account.id}`, { state: "active" });
    });

    it("switch an account off: its links, its source, our webhook and nobody else's; connecting switches it on again", async () => {
      for (const [body, words] of [
        [{}, /required/],
        [{ uuid: "short" }, /36/],
        [{ uuid: "00000000-0000-4000-8000-000000000000" }, /no account/],
      ] as const) {
        const answer = await shop.ask("POST", "/crm/disable", body);
        expect([answer.body.ok, answer.body.errors.join("; ")]).toEqual([false, expect.stringMatching(words)]);
        expect([400, 404]).toContain(answer.status);
      }
      const answer = await shop.ask("POST", "/int/disable", { uuid });
      expect(answer).toMatchObject({ status: 200, body: { ok: true } });
      const [done] = answer.body.data;
      expect(done).toMatchObject({
        delete_webhook: true,
        delete_amocrm_sources: expect.arrayContaining([expect.objectContaining({ crm: desk.host, external_id: uuid, deleted: true })]),
      });
      expect(done.diabled_binds_count).toBeGreaterThanOrEqual(2);
      expect(hooks()).toEqual(["https://other.example/hook"]);
      expect((await desk.there.all<{ name: string }>("/sources")).map(({ name }) => name)).not.toContain("Имя аккаунта");
      const again = await shop.ask("POST", "/int/connect", request());
      expect(again.status).toBe(200);
      expect(again.body.data.binds).toEqual(binds);
      await until(async () => hooks().length === 2);
    });
  });
});
