import type { AnyVendor, DemoRequest, Workspace, WorkspaceId } from "@svyazka/core";
import { loneKit } from "@svyazka/core/testkit";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type TestHub, testHub } from "../../testkit/hub.ts";
import { Registry } from "../connections/registry.ts";
import type { Hub } from "../hub.ts";
import * as vendorList from "../vendors.ts";
import { liveOnce, readDemo, startDemo } from "./demo.ts";

const vendors: readonly AnyVendor[] = Object.values(vendorList);
const tried = vendors.filter(({ demo }) => demo).length;
let hub: TestHub;
let alpha: { id: number; api_token: string };
let beta: { id: number; api_token: string };
/** Where nothing is ever done. */
let quiet: { id: number };
beforeAll(async () => {
  // The life of a demo goes on when the test says so.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  hub = await testHub();
  alpha = await hub.addWorkspace("alpha");
  beta = await hub.addWorkspace("beta");
  quiet = await hub.addWorkspace("quiet");
});
afterAll(async () => {
  await hub.close();
  vi.useRealTimers();
});

interface Started {
  readonly contacts: number;
  readonly deals: number;
  readonly connections: number[];
  readonly lives_until: string;
}
const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
  const answer = await hub.call(method, path, { token: alpha.api_token, ...(body && { body }) });
  expect(answer.status, answer.text).toBeLessThan(300);
  return answer.body as T;
};
const rows = async <T>(text: string): Promise<T[]> => (await hub.test.owner.query(text)).rows as T[];
const count = async (table: string, { id } = alpha): Promise<number> =>
  (await rows<{ n: number }>(`select count(*)::int as n from ${table} where workspace = ${id}`))[0]?.n ?? -1;
const counts = async (of = alpha): Promise<number[]> => {
  const found: number[] = [];
  for (const table of ["crm.deal", "crm.contact", "crm.call", "crm.user_account", "hub.connection", "hub.mapping"])
    found.push(await count(table, of));
  return found;
};

/** Everything there is of a workspace, in a few letters per table. */
async function everythingOf({ id }: { readonly id: number }): Promise<Record<string, string>> {
  const tables = await rows<{ name: string }>(
    `select table_schema || '.' || quote_ident(table_name) as name from information_schema.columns
     where table_schema in ('hub', 'crm') and column_name = 'workspace' and table_name in (select tablename from pg_tables)`,
  );
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await rows<{ sum: string }>(
      `select count(*) || md5(coalesce(string_agg(t::text, '' order by t::text), '')) as sum from ${name} t where workspace = ${id}`,
    );
    found[name] = row?.sum ?? "";
  }
  return found;
}

/** As another process sees it: the same database, its own memory. */
const anotherProcess = (of: readonly AnyVendor[] = vendors): Hub => {
  const byId = new Map(of.map((vendor) => [vendor.id, vendor]));
  return {
    ...{ pool: hub.test.database, keys: hub.keys, vendors: byId, log: { debug: () => {} } },
    registry: new Registry(hub.test.database, hub.keys, byId, () => loneKit),
  } as unknown as Hub;
};
const workspaceOf = async ({ id }: { readonly id: number }): Promise<Workspace> =>
  (await anotherProcess().registry.view(id as WorkspaceId)).workspace;
const letSomebodyCome = (of = alpha) =>
  hub.test.owner.query('update hub.installation set value = (value::jsonb || \'{"next": "2020-01-01T00:00:00Z"}\')::text where name = $1', [
    `demo:${of.id}`,
  ]);

describe("a start", () => {
  it("that fails half-way leaves nothing behind, and the next one begins anew", async () => {
    const sql = hub.test.database.in(beta.id as WorkspaceId);
    const workspace = await workspaceOf(beta);
    const before = await counts(beta);
    const broken = vendors.map((vendor, index) => ({
      ...vendor,
      demo: index === vendors.length - 1 ? { connection: () => expect.fail("this vendor cannot be tried") } : vendor.demo,
    }));
    await expect(startDemo(anotherProcess(broken as AnyVendor[]), sql, workspace, 1)).rejects.toThrow("cannot be tried");
    expect(await counts(beta)).toEqual(before);
    expect(await readDemo(anotherProcess(), workspace.id)).toBeUndefined();
  });

  it("fills once, however many press at once and whatever fails when it is done", async () => {
    const own = anotherProcess();
    const pool = Object.assign(Object.create(hub.test.database) as typeof hub.test.database, {});
    Object.defineProperty(pool, "reference", { get: () => ({ query: () => Promise.reject(new Error("no statistics today")) }) });
    const sql = hub.test.database.in(beta.id as WorkspaceId);
    const workspace = await workspaceOf(beta);
    await expect(startDemo({ ...own, pool }, sql, workspace, 1)).rejects.toThrow("no statistics today");
    const filled = await counts(beta);
    const again = await Promise.all([1, 2, 3].map(() => startDemo(anotherProcess(), sql, workspace, 1)));
    for (const { deals, connections } of again) expect([deals, connections.length]).toEqual([0, tried]);
    expect(await counts(beta)).toEqual(filled);
    await hub.call("DELETE", "/demo", { token: beta.api_token });
  });

  it("puts half a year into its own workspace, maps the people of each PBX, and touches no other", async () => {
    const other = await everythingOf(quiet);
    const started = await ask<Started>("POST", "/demo", { hours: 2 });
    expect(started.deals).toBeGreaterThan(300);
    expect(await count("crm.deal")).toBe(started.deals);
    expect(await count("crm.contact")).toBe(started.contacts);
    expect(Math.abs(Date.parse(started.lives_until) - Date.now() - 2 * 3_600_000)).toBeLessThan(60_000);
    const connections = await rows<{ id: number; vendor: string; state: string }>(
      `select id, vendor, state from hub.connection where workspace = ${alpha.id} and vendor <> 'crm' order by id`,
    );
    expect(connections.map(({ id }) => Number(id))).toEqual(started.connections);
    const people = (await ask<{ items: { id: number; name: string }[] }>("GET", "/users?active=true")).items.map(({ id, name }) => ({
      id: String(id),
      name,
    }));
    for (const { id, vendor, state } of connections) {
      const wanted = vendors.find((one) => one.id === vendor)?.demo?.connection(people).users ?? {};
      const mapped = await rows<{ theirs: string; ours: string }>(
        `select theirs, ours from hub.mapping where workspace = ${alpha.id} and connection = ${id} and kind = 'user'`,
      );
      expect(Object.fromEntries(mapped.map(({ theirs, ours }) => [theirs, ours]))).toEqual(wanted);
      expect(state).toBe("active");
    }
    expect(await everythingOf(quiet)).toEqual(other);
  });

  it("once more only lets the life go on", async () => {
    const before = await counts();
    const again = await ask<Started>("POST", "/demo", { hours: 5 });
    expect([again.deals, again.contacts]).toEqual([0, 0]);
    expect(again.connections).toHaveLength(tried);
    expect(await counts()).toEqual(before);
    expect((await ask<Started>("GET", "/demo")).lives_until).toBe(again.lives_until);
  });
});

describe("the life of a demo", () => {
  it("is lived by one of two processes, and not before its time", async () => {
    const knocks: DemoRequest[] = [];
    const knock = async (request: DemoRequest) => knocks.push(request);
    const processes = [anotherProcess(), anotherProcess()];
    for (let round = 1; round <= 8; round++) {
      await letSomebodyCome();
      await Promise.all(processes.map((own) => liveOnce(own, knock, () => 0)));
      expect(knocks).toHaveLength(round);
      await Promise.all(processes.map((own) => liveOnce(own, knock, () => 0)));
      expect(knocks, "the next is not due yet").toHaveLength(round);
    }
  });

  it("goes on in one workspace when it cannot in another", async () => {
    await hub.call("POST", "/demo", { token: beta.api_token, body: {} });
    let knocks = 0;
    for (const of of [alpha, beta]) await letSomebodyCome(of);
    const knock = () => (knocks++ === 0 ? Promise.reject(new Error("nobody opens")) : Promise.resolve());
    await liveOnce(anotherProcess(), knock, () => 0);
    expect(knocks).toBe(2);
    await hub.call("DELETE", "/demo", { token: beta.api_token });
  });

  it("makes a form a deal and a call a call, through the hub's own door", async () => {
    const [deals, calls] = [await count("crm.deal"), await count("crm.call")];
    const forms = () =>
      rows<{ outcome: string }>(`select outcome from hub.journal where workspace = ${alpha.id} and method = 'POST' and path like '%form%'`);
    let came = { form: false, call: false };
    for (let round = 0; round < 40 && !(came.form && came.call); round++) {
      await letSomebodyCome();
      vi.advanceTimersByTime(20_000);
      await new Promise((resolve) => setTimeout(resolve, 250));
      came = { form: (await forms()).length > 0, call: (await count("crm.call")) > calls };
    }
    expect(came).toEqual({ form: true, call: true });
    await expect.poll(() => count("crm.deal"), { timeout: 10_000 }).toBeGreaterThan(deals);
    for (const { outcome } of await forms()) expect(outcome).toBe("accepted");
  });

  it("is over when it is stopped, and when its hours are", async () => {
    let knocks = 0;
    const live = async () => {
      await letSomebodyCome();
      await liveOnce(
        anotherProcess(),
        async () => knocks++,
        () => 0,
      );
      return knocks;
    };
    const before = await live();
    expect(before).toBe(1);
    await hub.call("DELETE", "/demo", { token: alpha.api_token });
    expect((await ask<Started>("GET", "/demo")).lives_until).toBeNull();
    expect(await live()).toBe(1);
    await ask("POST", "/demo", { hours: 1 });
    expect(await live()).toBe(2);
    await hub.test.owner.query(
      'update hub.installation set value = (value::jsonb || \'{"until": "2020-01-01T00:00:00Z"}\')::text where name = $1',
      [`demo:${alpha.id}`],
    );
    expect(await live()).toBe(2);
    expect((await hub.call("DELETE", "/demo", { token: beta.api_token })).status).toBe(204);
  });
});
