import { type ConnectionId, emptyDirectory, type Fetch, type Kit, Unavailable, type WorkspaceId } from "@svyazka/core";
import { type AccountingOnTrial, accountingContract, memoryCrm, memoryKit } from "@svyazka/core/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { OneC } from "../settings.ts";
import { type BaseStandin, startStandinBase } from "../standin.ts";
import { connectBase } from "./base.ts";
import { secondsUntilOpen } from "./hours.ts";

/** The network of this machine, as the hub lends it. */
const localFetch: Fetch = async ({ method, url, headers, body }) => {
  try {
    const answer = await fetch(url, { method, ...(headers && { headers }), ...(body !== undefined && { body }), redirect: "manual" });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  } catch (error) {
    throw new Unavailable("nobody answers", { cause: error });
  }
};

const users = [{ id: "1", name: "Иван", active: true }];
const fields = { ...emptyDirectory.fields, company: [{ id: "55", code: "city", name: "Город", type: "text" as const }] };

function baseAt(standin: BaseStandin, settings: Partial<OneC["settings"]> = {}, password = standin.password): OneC {
  return {
    ...{ id: 7 as ConnectionId, name: "1С", fieldMapping: {}, userMapping: {}, stageMapping: {} },
    workspace: {
      ...{ id: Number(standin.key) as WorkspaceId, subdomain: "romashka", name: "Ромашка", country: "RU", timeZone: "Europe/Moscow" },
      ...{ language: "ru", currency: "RUB" },
    },
    directory: { ...emptyDirectory, users, fields },
    settings: {
      ...{ side: "base", approve: "person", open: true, basic: "optional", allowed_ips: [], per_minute: 0, late_days: 3, crm_wins: [] },
      ...{ id_base: standin.idBase, web_address: standin.url, login: standin.login, sessions: 1, clients: "all", order_stages: ["12"] },
      ...{ contact_key: "company", table_as: "row", pending: false },
      ...settings,
    } as OneC["settings"],
    secrets: { password, path_secret: "", basic_login: "", basic_password: "" },
  };
}

const kitOf = (rest: Partial<Kit> = {}): Kit => {
  const crm = memoryCrm({ directory: { users, fields } });
  return memoryKit({ fetch: localFetch, crm: async () => crm, ...rest });
};

accountingContract("a base of 1C", async (): Promise<AccountingOnTrial> => {
  const standin = await startStandinBase();
  let password = standin.password;
  let refuses = false;
  // Written with another password from one call to the next: a person in 1C changes it.
  const kit = kitOf({
    fetch: async (request) => (refuses ? { status: 400, headers: {}, body: "Не заполнен договор" } : localFetch(request)),
  });
  const accounting = () => connectBase(baseAt(standin, {}, password), kit).accounting;
  const now = () => {
    const port = accounting();
    if (!port) throw new Error("a base that can be called is an accounting");
    return port;
  };
  return {
    accounting: {
      wants: (change) => now().wants(change),
      keepClient: (client) => now().keepClient(client),
      keepOrder: (order) => now().keepOrder(order),
      documents: (deal, options) => now().documents(deal, options),
    },
    ordered: "12",
    client(kind, id) {
      const found = standin.state.counterparties.find((one) => one.kind === kind && one.crmId === id);
      return found && { id: found.id_1c, name: found.name, saved: found.saved };
    },
    orders: (deal) => standin.state.timesMade(deal),
    be(how) {
      standin.switches.closed = how === "shut";
      standin.switches.forgetful = how === "losing";
      standin.switches.failRate = how === "losing" ? 1 : 0;
      password = how === "strange" ? "не тот" : standin.password;
      refuses = how === "refusing";
    },
    close: () => standin.close(),
  };
});

describe("a base of 1C", () => {
  let standin: BaseStandin;
  beforeAll(async () => {
    standin = await startStandinBase();
  });
  afterAll(() => standin.close());
  beforeEach(() => {
    Object.assign(standin.switches, { closed: false, forgetful: false, failRate: 0 });
  });
  const company = (id: string, fields: Readonly<Record<string, string>> = {}) => ({
    kind: "company" as const,
    record: { id, name: "ООО Ромашка", phones: [], emails: [], inn: "7707083893", fields },
  });

  it("is told the fields that it has declared, and hears of no other", async () => {
    const kit = kitOf();
    await kit.store.put("declared", "company", { fields: ["55"], keys: { p_55: null } });
    await connectBase(baseAt(standin), kit).accounting?.keepClient(company("41", { city: "Тверь", secret: "нет" }));
    const { body } = standin.requests.at(-1) ?? { body: "" };
    expect(JSON.parse(body)).toMatchObject({
      type: "new_lead",
      clients: { company: { id: 41, inn: "7707083893", p_55: "Тверь", responsible_user_id: 1 } },
    });
    expect(body).not.toContain("secret");
  });

  it("adopts the order that a careless handler made before its answer was lost", async () => {
    const kit = kitOf();
    const port = connectBase(baseAt(standin), kit).accounting;
    const { record } = company("42");
    await port?.keepClient({ kind: "company", record });
    const order = {
      deal: { id: "90", name: "Заказ", pipeline: "1", stage: "12", state: "open" as const, company: "42", fields: {} },
      company: record,
    };
    Object.assign(standin.switches, { forgetful: true, failRate: 1 });
    await expect(port?.keepOrder(order)).rejects.toThrow();
    standin.switches.failRate = 0;
    const made = await port?.keepOrder(order);
    expect(standin.state.orders.filter(({ dealId }) => dealId === "90").map(({ id_1c }) => id_1c)).toEqual([made?.id]);
  });

  it("sends only those who are linked already, unless told otherwise; an order brings its clients all the same", async () => {
    const kit = kitOf();
    const port = connectBase(baseAt(standin, { clients: "linked" }), kit).accounting;
    expect(await port?.keepClient(company("43"))).toEqual({ what: "unwanted" });
    const deal = { id: "91", name: "Заказ", pipeline: "1", stage: "12", state: "open" as const, company: "43", fields: {} };
    expect(await port?.keepOrder({ deal, company: company("43").record })).toMatchObject({ what: "made" });
    expect(await port?.keepClient({ ...company("43"), record: { ...company("43").record, name: "ООО Лютик" } })).toMatchObject({
      what: "updated",
    });
  });

  it("is left alone outside of its hours, until it opens", async () => {
    const kit = kitOf({ now: () => new Date("2026-03-02T19:30:00Z") });
    const port = connectBase(baseAt(standin, { open_from: "08:00", open_until: "20:00" }), kit).accounting;
    const before = standin.requests.length;
    await expect(port?.keepClient(company("44"))).rejects.toMatchObject({ name: "Closed", retryAfterSeconds: 9.5 * 3_600 });
    expect(standin.requests).toHaveLength(before);
    expect(secondsUntilOpen(new Date("2026-03-02T19:30:00Z"), "22:00", "06:00", "Europe/Moscow")).toBe(0);
    expect(secondsUntilOpen(new Date("2026-03-02T09:00:00Z"), "22:00", "06:00", "Europe/Moscow")).toBe(10 * 3_600);
    expect(secondsUntilOpen(new Date(), undefined, "06:00", "Europe/Moscow")).toBe(0);
  });

  it("is asked by the key that it knows, where that is not the number of the company", async () => {
    await connectBase(baseAt(standin, { known_key: "21234439" }), kitOf())
      .check?.()
      .catch(() => undefined);
    expect(JSON.parse(standin.requests.at(-1)?.body ?? "{}")).toMatchObject({ key: 21234439 });
    await connectBase(baseAt(standin), kitOf()).check?.();
    expect(JSON.parse(standin.requests.at(-1)?.body ?? "{}")).toMatchObject({ key: Number(standin.key) });
  });

  it("that only speaks by itself is told nothing", () => {
    expect(connectBase(baseAt(standin, { web_address: "" }), kitOf()).accounting).toBeUndefined();
  });
});
