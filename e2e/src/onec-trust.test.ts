import type { BaseStandin } from "@svyazka/onec/standin";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { type Accounts, addAccounts, approve, baseConnection, send, settled, startBase } from "../testkit/onec.ts";

/** Only a number guards most calls of 1C: nothing is sent anywhere that a person has not agreed to, and no company sees another's. */

const dataDir = makeDataDir();
let hub: HubProcess;
beforeAll(async () => {
  hub = await startHubProcess({ dataDir });
});
afterAll(async () => {
  await hub.stop();
  removeDataDir(dataDir);
});
let open: BaseStandin[] = [];
afterEach(async () => {
  for (const base of open) await base.close();
  open = [];
});
const baseOf = async (accounts: Accounts, options: Parameters<typeof startBase>[1] = {}): Promise<BaseStandin> => {
  const base = await startBase(accounts, options);
  open.push(base);
  return base;
};
const check = (accounts: Accounts, id: number) => accounts.client.send<{ ok: boolean }>("POST", `/connections/${id}/check`);

describe("the address of a base", () => {
  it("that nobody has agreed to is asked nothing, and its base is told why it is refused", async () => {
    const accounts = await addAccounts(hub, "pending");
    const base = await baseOf(accounts);
    for (let n = 0; n < 3; n++) expect((await base.register(accounts.base)).status).toBe(200);
    for (const told of [
      await base.tellContact({ name: "Я" }),
      await base.tellOrder({ sum: "1" }),
      await base.getVersion(),
      await base.getHandlers(),
    ])
      expect([told.status, told.reply]).toMatchObject([403, { success: false, code: "not_approved" }]);
    expect(await base.tellEvent({ event: "payment", id_1c: "x" })).toMatchObject({ status: 403 });
    expect(await baseConnection(accounts, base.idBase)).toMatchObject({ state: "disabled", settings: { pending: true } });
    expect((await accounts.client.all("/connections?vendor=onec")).length).toBe(2);
    const unknown = await baseOf(accounts, { idBase: "2" });
    await unknown.register(`${accounts.base}/nowhere`).catch(() => undefined);
    const stranger = await send(`${accounts.base}/sync/clients_contacts`, { key: accounts.key, id_base: "2", name: "Я" });
    expect([stranger.status, stranger.json.error]).toEqual([403, expect.stringContaining("/sync/base")]);
    expect(base.requests).toEqual([]);
  });

  it("that has been agreed to stays in use when somebody who knows the key tells another; by the secret address it changes at once", async () => {
    const accounts = await addAccounts(hub, "moving");
    const mine = await baseOf(accounts, { password: "старый" });
    await mine.register(accounts.base);
    const id = await approve(accounts, mine.idBase);
    await until(async () => mine.requests.some(({ type, status }) => type === "get_handlers_version" && status === 200));
    const theirs = await baseOf(accounts, { password: "чужой" });
    expect((await theirs.register(accounts.base)).reply).toMatchObject({ success: true, data: null });
    const asked = mine.requests.length;
    expect(await check(accounts, id)).toMatchObject({ ok: true });
    expect(mine.requests.length).toBeGreaterThan(asked);
    expect(theirs.requests).toEqual([]);
    expect((await baseConnection(accounts, mine.idBase))?.settings["web_address"]).toBe(mine.url);
    // The base goes on telling meanwhile.
    expect((await mine.tellContact({ name: "Анна" })).status).toBe(200);
    // Whoever has the secret address is believed.
    expect((await theirs.register(accounts.secretBase)).reply).toMatchObject({ success: true, data: null });
    expect((await baseConnection(accounts, mine.idBase))?.settings["web_address"]).toBe(theirs.url);
    expect(await check(accounts, id)).toMatchObject({ ok: true });
    expect(theirs.requests.length).toBeGreaterThan(0);
    expect((await accounts.client.all("/connections?vendor=onec")).length).toBe(2);
  });

  it("cannot be told without end by somebody who has only guessed the key", async () => {
    const accounts = await addAccounts(hub, "flooded");
    const told = { key: accounts.key, web_address: "http://127.0.0.1:9/x", url_address: "x", param1: "a", param2: "b" };
    const register = async (at: string, id_base: string) => (await send(`${at}/sync/base`, { ...told, id_base })).status;
    const statuses = [];
    for (let n = 0; n < 30; n++) statuses.push(await register(accounts.base, `base-${n}`));
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 200), ...Array.from({ length: 10 }, () => 403)]);
    expect(await register(accounts.base, "base-3")).toBe(200);
    expect(await register(accounts.secretBase, "base-99")).toBe(200);
  });

  it("with the login of the hub is believed, too", async () => {
    const accounts = await addAccounts(hub, "login");
    const base = await baseOf(accounts);
    const { basic_login: login = "", basic_password: password = "" } = accounts.door.secrets;
    await base.register(accounts.base, { login, password });
    expect((await base.tellContact({ name: "Анна" })).status).toBe(200);
    await base.register(accounts.base, { login, password: "не тот" });
    expect((await base.tellContact({ name: "Борис" })).status).toBe(401);
  });

  it("needs no person where the company has said so", async () => {
    const accounts = await addAccounts(hub, "closed-network", { approve: "auto" });
    const base = await baseOf(accounts);
    await base.register(accounts.base);
    expect((await base.tellContact({ name: "Анна" })).status).toBe(200);
  });

  it("of a base that a person has switched off stays off, however the base presents itself", async () => {
    const accounts = await addAccounts(hub, "switched");
    const base = await baseOf(accounts);
    await base.register(accounts.base);
    const id = await approve(accounts, base.idBase);
    expect((await base.tellContact({ name: "Анна" })).status).toBe(200);
    await accounts.client.send("PATCH", `/connections/${id}`, { state: "disabled" });
    const other = await baseOf(accounts, { password: "другой" });
    for (const at of [accounts.base, accounts.secretBase]) {
      expect((await other.register(at)).status).toBe(403);
      expect((await base.register(at)).status).toBe(403);
    }
    expect(await base.tellContact({ name: "Борис" })).toMatchObject({ status: 403 });
    expect(await baseConnection(accounts, base.idBase)).toMatchObject({ id, state: "disabled", settings: { web_address: base.url } });
  });
});

describe("two companies in one hub", () => {
  it("know nothing of each other, although their bases and records have the same ids", async () => {
    const [one, two] = [await addAccounts(hub, "one"), await addAccounts(hub, "two")];
    const bases = [await baseOf(one), await baseOf(two)] as const;
    await bases[0].register(one.secretBase);
    await bases[1].register(two.secretBase);
    const id_1c = "00000000-0000-4000-8000-000000000001";
    const tell = (accounts: Accounts, path: string, body: object) =>
      send(accounts.base + path, { key: accounts.key, id_base: bases[0].idBase, ...body });
    // Only one of them has anything.
    const made = await tell(one, "/sync/clients_companies", { id_1c, name: "ООО Первая", inn: "7707083893" });
    const order = await tell(one, "/sync/leads", { id_1c, order_number: "1", company_id: made.json.data });
    await tell(one, "/sync/leads_save_fields", { p_1: null });
    await send(
      `${one.base}/update_handlers/set_handlers`,
      { key: one.key, id_base: "1", handlers: "первая" },
      { authorization: one.basic },
    );
    // The other asks with the very same ids.
    expect((await tell(two, "/sync/process_event", { id_1c, event_name: "payment" })).status).toBe(404);
    expect((await tell(two, "/sync/process_event", { id: order.json.data + 1_000, event_name: "payment" })).status).toBe(404);
    expect((await tell(two, "/update_handlers/get_actual_handlers", {})).json.data).toEqual({ version: 0, handlers: null });
    const other = await tell(two, "/sync/clients_companies", { id_1c, name: "ООО Вторая", inn: "7707083893", id: made.json.data });
    expect(await two.client.all("/companies")).toMatchObject([{ id: other.json.data, name: "ООО Вторая" }]);
    expect(await one.client.all("/companies")).toMatchObject([{ id: made.json.data, name: "ООО Первая" }]);
    expect(await two.client.all("/deals")).toEqual([]);
    // The login and the secret address of one are nothing at the other.
    const own = { key: two.key, id_base: "1", handlers: "чужая" };
    expect((await send(`${two.base}/update_handlers/set_handlers`, own, { authorization: one.basic })).status).toBe(401);
    const crossed = await send(`${one.secretBase}/sync/clients_companies`, { key: two.key, id_base: "1", name: "Чужая" });
    expect([crossed.status, crossed.json.success]).toEqual([400, false]);
    await settled(one);
    await settled(two);
    expect(bases.map(({ requests }) => requests.filter(({ status }) => status !== 200))).toEqual([[], []]);
    const journal = JSON.stringify(await two.client.all("/journal"));
    expect(journal).not.toContain("Первая");
  });

  it("cannot take each other's number as a key of their own", async () => {
    const [one, two] = [await addAccounts(hub, "first"), await addAccounts(hub, "second", { key: "28805383" })];
    const change = await two.client.call("PATCH", `/connections/${two.door.id}`, { settings: { key: one.key } });
    expect(change.status).toBe(422);
    const third = await addAccounts(hub, "third", { key: "28805383" });
    // Whoever had it first keeps it.
    await send(`${two.base}/sync/clients_contacts`, { key: "28805383", id_base: "1", name: "Я" });
    const lines = (accounts: Accounts) => accounts.client.all<{ path: string }>("/journal");
    expect((await lines(two)).map(({ path }) => path)).toEqual(["/sync/clients_contacts"]);
    expect(await lines(third)).toEqual([]);
  });
});
