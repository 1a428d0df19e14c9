import { type BaseStandin, type BaseStandinOptions, startStandinBase } from "@svyazka/onec/standin";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type TestHub, testHub } from "../../server/testkit/hub.ts";

/** What a person decides about 1C, packages for it and its documents, by `/hub/v1` and against a base that speaks as the document says. */

let hub: TestHub;
let token: string;
let company: string;
/** Where 1C calls us. */
let door: { id: number; urls: { base: string; secret_base: string }; secrets: { basic_login: string; basic_password: string } };
let users = 0;
const opened: BaseStandin[] = [];

beforeAll(async () => {
  hub = await testHub();
  const made = await hub.addWorkspace("romashka");
  [token, company] = [made.api_token, String(made.id)];
  door = (await ask("POST", "/connections", { vendor: "onec", name: "Приём" })).body;
});
afterAll(async () => {
  for (const base of opened) await base.close();
  await hub.close();
});

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
const ask = async (method: string, path: string, body?: unknown, by: object = { token }): Promise<{ status: number; body: any }> =>
  hub.call(method, path, { ...by, ...(body !== undefined && { body }) });

async function openBase(options: BaseStandinOptions): Promise<BaseStandin> {
  const base = await startStandinBase({ key: company, ...options });
  opened.push(base);
  return base;
}
const basic = () => ({ login: door.secrets.basic_login, password: door.secrets.basic_password });
const decisions = async () => (await ask("GET", `/connections/${door.id}/decisions`)).body.items;
const decide = (decision: string, choice: string) =>
  ask("POST", `/connections/${door.id}/decisions/${encodeURIComponent(decision)}`, { choice });
const connectionOf = async (id: string) =>
  (await ask("GET", "/connections?limit=250")).body.items.find(
    ({ settings }: { settings: { id_base?: string } }) => settings.id_base === id,
  );
const lastAudit = async (action: string) => (await ask("GET", `/audit?action=${action}&limit=1`)).body.items[0];

async function manager(record_access: "own" | "all") {
  const email = `manager${++users}@romashka.example`;
  await ask("POST", "/users", { name: "Менеджер", email, role: "manager", password: "password of manager", record_access });
  const { headers } = await hub.call("POST", "/session", { body: { email, password: "password of manager" } });
  return { headers: { cookie: headers.get("set-cookie")?.split(";")[0] ?? "" } };
}

describe("a connection that asks people to decide", () => {
  it("says so among its abilities, and one that does not is told apart", async () => {
    expect((await ask("GET", `/connections/${door.id}`)).body.abilities).toEqual(["receives", "serves", "decides", "packages"]);
    const { id } = (await ask("POST", "/connections", { vendor: "fivecrm" })).body;
    for (const path of ["decisions", "packages"]) expect((await ask("GET", `/connections/${id}/${path}`)).status).toBe(422);
    expect((await ask("GET", "/connections/99999/decisions")).status).toBe(404);
  });

  it("asks about a base that came without the secret address; approved, it works", async () => {
    const base = await openBase({ idBase: "buh" });
    expect((await base.register(door.urls.base)).reply?.success).toBe(true);
    const told = await base.tellContact({ name: "Иванов", phone: "+79101234567" });
    expect(told.body).toContain("ждёт подтверждения");
    const [decision] = await decisions();
    expect(decision).toMatchObject({
      title: "Новая база 1С: buh",
      text: expect.stringContaining(base.url),
      choices: [
        { id: "approve", title: "Подтвердить" },
        { id: "refuse", title: "Отклонить" },
      ],
    });
    const wrong = await decide(decision.id, "perhaps");
    expect([wrong.status, Object.keys(wrong.body.errors)]).toEqual([422, ["choice"]]);
    expect((await decide(decision.id, "approve")).status).toBe(204);
    expect(await decisions()).toEqual([]);
    expect((await decide(decision.id, "approve")).status).toBe(404);
    expect(await connectionOf("buh")).toMatchObject({ state: "active", abilities: ["listens", "accounting"] });
    expect((await base.tellContact({ name: "Иванов", phone: "+79101234567" })).reply?.success).toBe(true);
  });

  it("shows what was decided, and by whom, in the audit", async () => {
    expect(await lastAudit("decide")).toMatchObject({ status: 404, params: { id: door.id }, given: { choice: "approve" } });
    const { items } = (await ask("GET", "/audit?action=decide&outcome=done")).body;
    expect(items).toMatchObject([{ actor: expect.stringMatching(/^token:/), params: { decision: expect.stringMatching(/^base /) } }]);
  });

  it("forgets a base that is refused", async () => {
    const base = await openBase({ idBase: "чужая" });
    await base.register(door.urls.base);
    const [{ id }] = await decisions();
    expect((await decide(id, "refuse")).status).toBe(204);
    expect(await connectionOf("чужая")).toBeUndefined();
    expect((await base.tellContact({ name: "Иванов" })).body).toContain("не зарегистрирована");
  });

  it("keeps the old address of a base until the new one is approved", async () => {
    const old = (await connectionOf("buh")).settings.web_address;
    const moved = await openBase({ idBase: "buh" });
    await moved.register(door.urls.base);
    expect((await connectionOf("buh")).settings.web_address).toBe(old);
    const [{ id, title, text }] = await decisions();
    expect([title, text]).toEqual(["База 1С buh меняет адрес", expect.stringContaining(moved.url)]);
    await decide(id, "approve");
    expect((await connectionOf("buh")).settings.web_address).toBe(moved.url);
    expect(await decisions()).toEqual([]);
  });

  it("asks which record a counterparty is when several could be; its id is told at once", async () => {
    const phones = [{ value: "+79109998877" }];
    const ids: number[] = [];
    for (const name of ["Пётр", "Пётр Петров"]) ids.push((await ask("POST", "/contacts", { name, phones })).body.id);
    const base = opened.at(-1);
    const told = await base?.tellContact({ name: "Петров П.", phone: "+79109998877" });
    expect(told?.counterparty.crmId).toBe(String(ids[0]));
    const [decision] = await decisions();
    expect(decision.choices.map(({ id }: { id: string }) => id)).toEqual(["keep", String(ids[1])]);
    expect((await decide(decision.id, String(ids[0]))).status).toBe(422);
    expect((await decide(decision.id, String(ids[1]))).status).toBe(204);
    expect(await decisions()).toEqual([]);
  });

  it("is decided about only by those who may change connections", async () => {
    const one = await manager("all");
    for (const path of ["decisions", "packages"])
      expect((await ask("GET", `/connections/${door.id}/${path}`, undefined, one)).status).toBe(403);
    const { api_token } = (await ask("POST", "/tokens", { name: "reader", scopes: ["hub:read"] })).body;
    const reads = { token: api_token };
    expect((await ask("GET", `/connections/${door.id}/decisions`, undefined, reads)).status).toBe(200);
    expect((await ask("POST", `/connections/${door.id}/decisions/base%201`, { choice: "approve" }, reads)).status).toBe(403);
    expect((await ask("POST", `/connections/${door.id}/packages/1/publish`, {}, reads)).status).toBe(403);
    expect((await ask("PUT", `/connections/${door.id}/packages/pins/buh`, { version: null }, reads)).status).toBe(403);
  });
});

describe("packages", () => {
  const packages = async () => (await ask("GET", `/connections/${door.id}/packages`)).body;

  it("are listed the newest first, with who has which", async () => {
    const base = await openBase({ idBase: "склад", version: 1 });
    await base.register(door.urls.secret_base);
    expect(await packages()).toMatchObject({ items: [], installed: [{ where: "buh" }, { where: "склад", due: null, is_current: true }] });
    await base.setHandlers({ code: "первый" }, basic());
    await base.setHandlers({ code: "второй" }, basic());
    const { items, installed } = await packages();
    expect(items).toMatchObject([
      { version: 2, sha256: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: expect.any(Number), author: "base склад", note: null },
      { version: 1 },
    ]);
    expect(installed[1]).toEqual({
      ...{ where: "склад", name: "1С: склад", version: expect.toBeOneOf([null, "1"]), pinned: null, due: 2, is_current: false },
    });
  });

  it("are published again under a new number, with the same content", async () => {
    expect((await ask("POST", `/connections/${door.id}/packages/1/publish`)).body).toEqual({ version: 3 });
    const { items } = await packages();
    expect(items.map(({ version, sha256 }: { version: number; sha256: string }) => [version, sha256 === items[2].sha256])).toEqual([
      [3, true],
      [2, false],
      [1, true],
    ]);
    expect(await opened.at(-1)?.getHandlers()).toMatchObject({ version: "3", handlers: { code: "первый" } });
    expect((await ask("POST", `/connections/${door.id}/packages/9/publish`)).status).toBe(404);
    expect(await lastAudit("publishPackage")).toMatchObject({ params: { id: door.id, version: 9 }, status: 404 });
  });

  it("can be pinned for one base, and let go", async () => {
    const pin = (where: string, version: unknown) =>
      ask("PUT", `/connections/${door.id}/packages/pins/${encodeURIComponent(where)}`, { version });
    const base = opened.at(-1);
    expect((await pin("склад", 2)).status).toBe(204);
    expect(await lastAudit("pinPackage")).toMatchObject({ params: { where: "склад" }, given: { version: 2 }, outcome: "done" });
    expect((await packages()).installed[1]).toMatchObject({ pinned: 2, due: 2 });
    expect(await base?.getVersion()).toMatchObject({ version: "2" });
    expect((await pin("склад", null)).status).toBe(204);
    expect((await packages()).installed[1]).toMatchObject({ pinned: null, due: 3 });
    expect([(await pin("склад", 77)).status, (await pin("нет такой", 1)).status, (await pin("склад", "x")).status]).toEqual([
      404, 404, 422,
    ]);
  });
});

describe("documents of a deal", () => {
  let base: BaseStandin;
  let deal: number;
  const documents = async (by?: object) => (await ask("GET", `/deals/${deal}/documents`, undefined, by)).body.items;
  const ofBase = async (by?: object) => (await documents(by)).find(({ name }: { name: string }) => name === "1С: торговля");

  beforeAll(async () => {
    deal = (await ask("POST", "/deals", { name: "Поставка" })).body.id;
    base = await openBase({ idBase: "торговля" });
    await base.register(door.urls.secret_base);
  });
  afterEach(() => {
    base.switches.closed = false;
    base.switches.slowMs = 0;
  });

  it("are none, and say so, while the base has never answered", async () => {
    base.switches.closed = true;
    expect(await ofBase()).toMatchObject({ at: null, is_live: false, documents: [] });
    const { id } = await connectionOf("торговля");
    await ask("POST", `/connections/${id}/check`);
    expect(await ofBase()).toMatchObject({ at: null, why: expect.stringContaining("Ведутся технические работы") });
  });

  it("are asked now, from every base that is switched on; only links for browsers open", async () => {
    await base.tellOrder({ dealId: String(deal), sum: "1200" });
    base.state.orders.push(
      ...["javascript:alert(1)", "e1c://server/base#e1cib/data/x", "не ссылка"].map((link, n) => ({
        ...{ id_1c: `x${n}`, number: `X-${n}`, link, name: "", clients: [], saved: 1, dealId: String(deal) },
      })),
    );
    expect(await ofBase()).toMatchObject({
      is_live: true,
      why: null,
      documents: [{ title: "Заказ клиента УТ-000001", opens: true }, ...others],
    });
    const stranger = await openBase({ idBase: "не впущена" });
    await stranger.register(door.urls.base);
    expect((await documents()).map(({ name }: { name: string }) => name)).not.toContain("1С: не впущена");
    expect(stranger.requests).toEqual([]);
  });
  const others = [{ opens: false }, { opens: false }, { opens: false }];

  it("are those of before while the base is closed, with the reason in words", async () => {
    const { at } = await ofBase();
    base.switches.closed = true;
    expect(await ofBase()).toMatchObject({
      ...{ at, is_live: false, why: expect.stringContaining("Ведутся технические работы") },
      documents: [{ title: "Заказ клиента УТ-000001" }, ...others],
    });
  });

  it("are those of before when the base takes too long, and nobody waits longer than eight seconds", { timeout: 15_000 }, async () => {
    base.switches.slowMs = 30_000;
    const started = Date.now();
    expect(await ofBase()).toMatchObject({ is_live: false, why: expect.any(String), documents: [{ opens: true }, ...others] });
    expect(Date.now() - started).toBeLessThan(8_500);
  });

  it("are shown to those who see the deal, and to nobody else", async () => {
    expect(await ofBase(await manager("all"))).toMatchObject({ is_live: true });
    const asked = base.requests.length;
    expect((await ask("GET", `/deals/${deal}/documents`, undefined, await manager("own"))).status).toBe(404);
    expect((await ask("GET", "/deals/99999/documents")).status).toBe(404);
    expect((await ask("GET", `/deals/${deal}/documents`, undefined, {})).status).toBe(401);
    expect(base.requests.length).toBe(asked);
  });

  it("are none where there is no accounting", async () => {
    const { api_token } = await hub.addWorkspace("vasilyok");
    const { id } = (await ask("POST", "/deals", { name: "Сделка" }, { token: api_token })).body;
    expect((await ask("GET", `/deals/${id}/documents`, undefined, { token: api_token })).body).toEqual({ items: [], next_cursor: null });
  });
});
