import type { Route } from "@svyazka/contract";
import * as contract from "@svyazka/contract";
import type { WorkspaceId } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestHub, testHub } from "../testkit/hub.ts";

/** What finds the workspace in the first place: names, ids and hashes only. */
const referenceTables = ["hub.door", "hub.installation", "hub.login", "hub.migration", "hub.session", "hub.workspace"];
const routes = Object.values(contract as Record<string, unknown>).filter(
  (value): value is Route => typeof value === "object" && value !== null && "scope" in value && "path" in value && "summary" in value,
);
const marker = "ТАЙНА-БЕТЫ";

let hub: TestHub;
let alpha: { id: number; api_token: string };
let beta: { id: number; api_token: string };
/** Ids of beta's records, by the collection they are in. */
const foreign: Record<string, string | number> = {};

const post = async (path: string, body: unknown): Promise<number> => {
  const { status, body: made, text } = await hub.call("POST", path, { token: beta.api_token, body });
  expect(status, `${path} ${text}`).toBe(201);
  return (made as { id: number }).id;
};

beforeAll(async () => {
  hub = await testHub();
  alpha = await hub.addWorkspace("alpha");
  beta = await hub.addWorkspace("beta");
  const { body: connection } = await hub.call("POST", "/connections", { token: beta.api_token, body: { vendor: "fivecrm", name: marker } });
  const { id, secrets } = connection as { id: number; secrets: { public_token: string } };
  foreign["connections"] = id;
  await hub.call("POST", `/in/${secrets.public_token}/ctm/form/send`, {
    body: { name: marker, phone: "+79101234567", description: marker },
  });
  const done = async () =>
    ((await hub.call("GET", "/deliveries?state=done", { token: beta.api_token })).body as { items: unknown[] }).items.length === 1;
  for (let tries = 0; tries < 200 && !(await done()); tries++) await new Promise((resolve) => setTimeout(resolve, 25));
  const first = async (path: string): Promise<string> =>
    ((await hub.call("GET", path, { token: beta.api_token })).body as { items: { id: string }[] }).items[0]?.id ?? "";
  foreign["journal"] = await first("/journal");
  foreign["deliveries"] = await first("/deliveries");
  for (const collection of ["contacts", "deals", "notes", "pipelines", "task-types", "loss-reasons", "groups", "users", "fields", "tokens"])
    foreign[collection] = await first(`/${collection}`);
  const [call] = await hub.test.database.in(beta.id as WorkspaceId).query<{ id: number }>({
    text: "insert into crm.call (workspace, key, direction, phone, state, started_at) values ($1, 'call', 'in', $2, 'ringing', now()) returning id",
    values: [beta.id, marker],
  });
  foreign["calls"] = call?.id ?? 0;
  const [conversation] = await hub.test.database.in(beta.id as WorkspaceId).query<{ id: number }>({
    text: "insert into crm.conversation (workspace, channel, network, client) values ($1, 1, 'chat', jsonb_build_object('external', null, 'name', $2::text)) returning id",
    values: [beta.id, marker],
  });
  foreign["conversations"] = conversation?.id ?? 0;
  const [message] = await hub.test.database.in(beta.id as WorkspaceId).query<{ id: number }>({
    text: "insert into crm.message (workspace, conversation, channel, direction, origin, kind, text, state) values ($1, $2, 1, 'out', 'robot', 'text', $3, 'failed') returning id",
    values: [beta.id, conversation?.id, marker],
  });
  foreign["messages"] = message?.id ?? 0;
  foreign["quick-replies"] = await post("/quick-replies", { title: marker, text: marker });
  foreign["channels"] = foreign["connections"] ?? 0;
  await hub.call("POST", "/deliveries/bulk", {
    token: beta.api_token,
    body: { action: "skip", filter: { state: "failed", cause: marker } },
  });
  await hub.call("POST", "/users", { token: beta.api_token, body: { name: marker, email: "invited@beta.example", role: "manager" } });
  foreign["invitations"] = await first("/invitations");
  foreign["jobs"] = await first("/jobs");
  foreign["companies"] = await post("/companies", { name: marker });
  foreign["tasks"] = await post("/tasks", { title: marker });
  foreign["views"] = await post("/views", { name: marker, entity: "deal", shared: true });
  const double = await hub.call("POST", `/companies/${foreign["companies"]}/merge`, {
    token: beta.api_token,
    body: { from: [await post("/companies", { name: marker })] },
  });
  foreign["merges"] = (double.body as { merge: number }).merge;
  const table = await fetch(`${hub.url}/hub/v1/imports`, {
    method: "POST",
    headers: { authorization: `Bearer ${beta.api_token}`, "content-type": "text/csv" },
    body: `Имя\n${marker}`,
  });
  foreign["imports"] = ((await table.json()) as { id: number }).id;
  foreign["sources"] = await post("/sources", { name: marker });
  foreign["tags"] = await post("/tags", { name: marker, entity: "deal" });
  const pipeline = (await hub.call("GET", `/pipelines/${foreign["pipelines"]}`, { token: beta.api_token })).body as {
    stages?: { id: number }[];
  };
  foreign["stages"] = pipeline.stages?.[0]?.id ?? 0;
});
afterAll(() => hub.close());

describe("every table", () => {
  it("but the reference tables is bound by row-level security, for its owner too", async () => {
    const { rows } = await hub.test.owner.query(
      `select n.nspname || '.' || c.relname as name, c.relrowsecurity and c.relforcerowsecurity as bound,
         exists (select from pg_policy p where p.polrelid = c.oid) as policy
       from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('hub', 'crm') and c.relkind in ('r', 'p') order by 1`,
    );
    expect(rows.filter((row) => !row.bound).map((row) => row.name)).toEqual(referenceTables);
    expect(rows.filter((row) => row.bound && !row.policy)).toEqual([]);
    expect(rows.length).toBeGreaterThan(25);
  });

  it("leads its primary key and every unique index with the workspace", async () => {
    const { rows } = await hub.test.owner.query(
      `select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
       where n.nspname in ('hub', 'crm') and i.indisunique and a.attname <> 'workspace' and n.nspname || '.' || c.relname <> all($1)`,
      [referenceTables],
    );
    expect(rows).toEqual([]);
  });

  it("shows nothing of another workspace, and takes nothing for it", async () => {
    const { rows: tables } = await hub.test.owner.query<{ name: string }>(
      `select table_schema || '.' || table_name as name from information_schema.columns where table_schema in ('hub', 'crm') and column_name = 'workspace'
       and table_schema || '.' || table_name <> all($1) order by 1`,
      [referenceTables],
    );
    const inAlpha = hub.test.database.in(alpha.id as WorkspaceId);
    let seenAsBeta = 0;
    for (const { name } of tables) {
      const count = `select count(*) as n from ${name} where workspace = ${beta.id}`;
      expect(await inAlpha.query({ text: count }), name).toEqual([{ n: 0 }]);
      seenAsBeta += (await hub.test.database.in(beta.id as WorkspaceId).query<{ n: number }>({ text: count }))[0]?.n ?? 0;
      const moved = inAlpha.query({ text: `update ${name} set workspace = ${beta.id} where workspace = ${alpha.id}` });
      await moved.then(
        async () =>
          expect(await inAlpha.query({ text: `select 1 from ${name} where workspace = ${alpha.id}` }), `${name} let rows go`).toEqual([]),
        (error: Error) => expect(error.message, name).toMatch(/row-level security|foreign key|permission denied/),
      );
    }
    expect(seenAsBeta).toBeGreaterThan(30);
  });
});

describe("every route", () => {
  it("of the contract is served, and asks for credentials unless it is open to all", async () => {
    for (const route of routes) {
      const { status } = await hub.call(route.method, fill(route), { ...(route.body !== undefined && { body: sample(route.body) }) });
      if (route.scope === "public") expect(status, route.id).not.toBe(404);
      else expect(status, route.id).toBe(401);
    }
    expect(routes.length).toBeGreaterThan(60);
  });

  it("that names a record answers 403 or 404 for one of another workspace", async () => {
    const named = routes.filter((route) => route.path.includes(":id") && route.scope !== "operator");
    for (const route of named) {
      const collection = route.path.split("/")[1] ?? "";
      expect(foreign[collection], `no ${collection} to try ${route.id} with`).toBeTruthy();
      const body = route.body === undefined ? undefined : sample(route.body);
      const { status, text } = await hub.call(route.method, fill(route), { token: alpha.api_token, ...(body !== undefined && { body }) });
      expect([403, 404], `${route.id}: ${status} ${text}`).toContain(status);
    }
    expect(named.length).toBeGreaterThan(30);
  });

  it("that lists shows nothing of another workspace", async () => {
    const lists = routes.filter(
      (route) => route.method === "GET" && !route.path.includes(":") && route.scope !== "operator" && route.id !== "live",
    );
    for (const route of lists) {
      const { status, text } = await hub.call("GET", route.path, { token: alpha.api_token });
      expect([200, 422], `${route.id}: ${text}`).toContain(status);
      expect(text, route.id).not.toContain(marker);
    }
    expect((await hub.call("GET", "/phones/+79101234567", { token: alpha.api_token })).text).not.toContain(marker);
    expect((await hub.call("GET", "/phones/+79101234567", { token: beta.api_token })).text).toContain(marker);
  });

  it("for the operator is closed to everybody else", async () => {
    for (const route of routes.filter((one) => one.scope === "operator")) {
      const { status } = await hub.call(route.method, route.path, {
        token: alpha.api_token,
        ...(route.body !== undefined && { body: sample(route.body) }),
      });
      expect(status, route.id).toBe(403);
    }
  });

  it("takes its workspace from the token, whatever the header says", async () => {
    const { text } = await hub.call("GET", "/contacts", { token: alpha.api_token, headers: { "svyazka-workspace": "beta" } });
    expect(text).not.toContain(marker);
  });
});

/** The path with beta's ids in it. */
function fill(route: Route): string {
  const collection = route.path.split("/")[1] ?? "";
  return route.path
    .replace(":id", String(foreign[collection] ?? 1))
    .replace(":kind", "field")
    .replace(":move", "019abcde-0000-7000-8000-000000000000")
    .replace(":name", "public_token")
    .replace(":stage", String(foreign["stages"]))
    .replace(":phone", "79101234567")
    .replace(":version", "1")
    .replace(":where", "1")
    .replace(":decision", "1")
    .replace(/:entity/, "deal");
}

interface Schema {
  readonly type?: string;
  readonly properties?: Record<string, Schema>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly format?: string;
}

/** The least that a schema takes. */
function sample(schema: unknown): unknown {
  const {
    type,
    properties = {},
    required = [],
    anyOf,
    enum: options,
    const: only,
    minLength = 1,
    minItems = 0,
    items,
    minimum = 1,
    pattern,
    format,
  } = schema as Schema;
  if (only !== undefined) return only;
  if (options) return options[0];
  if (anyOf) return sample(anyOf[0]);
  if (type === "object") return Object.fromEntries(required.map((name) => [name, sample(properties[name])]));
  if (type === "array") return Array.from({ length: minItems }, () => sample(items));
  if (type === "integer" || type === "number") return minimum;
  if (type === "boolean") return true;
  if (format === "date-time") return "2026-01-01T00:00:00Z";
  if (format === "uuid") return "01a20248-3af9-71ec-a91d-58be96bee4db";
  if (pattern?.includes("@")) return "a@example.com";
  return "x".repeat(Math.max(minLength, 1));
}
