import { readFile } from "node:fs/promises";
import type { Route } from "@svyazka/contract";
import * as contract from "@svyazka/contract";
import type { WorkspaceId } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestHub, testHub } from "../../../testkit/hub.ts";

/** Who may do what, by table: role × access × route, through sessions as people have them. */

let hub: TestHub;
let token: string;
const owners = ["self", "mate", "stranger"] as const;
type Owner = (typeof owners)[number];

const people = [
  { role: "administrator", access: "own", sees: ["self", "mate", "stranger"] },
  { role: "manager", access: "own", sees: ["self"] },
  { role: "manager", access: "group", sees: ["self", "mate"] },
  { role: "manager", access: "all", sees: ["self", "mate", "stranger"] },
  { role: "read-only", access: "own", sees: ["self"] },
  { role: "read-only", access: "group", sees: ["self", "mate"] },
  { role: "read-only", access: "all", sees: ["self", "mate", "stranger"] },
] as const;
type Person = (typeof people)[number];
const named = people.map((person) => [`${person.role} with access to ${person.access}`, person] as const);

interface Made {
  readonly contact: number;
  readonly company: number;
  readonly deal: number;
  readonly task: number;
  readonly note: number;
  readonly call: number;
}
interface Setting {
  readonly cookie: string;
  readonly user: number;
  readonly users: Record<Owner, number>;
  readonly of: Record<Owner, Made>;
}
const settings = new Map<Person, Setting>();

const post = async (path: string, body: object): Promise<number> => {
  const answer = await hub.call("POST", path, { token, body });
  expect(answer.status, `${path} ${answer.text}`).toBe(201);
  return (answer.body as { id: number }).id;
};
let phones = 0;
const marker = (owner: Owner) => `запись${owners.indexOf(owner)}`;

/** The records of one owner, each under a name that tells whose it is. */
async function records(workspace: number, owner: Owner, responsible: number): Promise<Made> {
  const phone = `+7901${String(1_000_000 + phones++)}`;
  const contact = await post("/contacts", { name: marker(owner), responsible, phones: [{ value: phone }] });
  const company = await post("/companies", { name: marker(owner), responsible });
  const deal = await post("/deals", { name: marker(owner), responsible });
  const task = await post("/tasks", { title: marker(owner), deal, responsible });
  const note = await post("/notes", { text: marker(owner), deal });
  const [call] = await hub.test.database.in(workspace as WorkspaceId).query<{ id: number }>({
    text: `insert into crm.call (workspace, key, direction, phone, e164, state, outcome, started_at, responsible, deal)
           values ($1, $2, 'in', $2, $2, 'over', 'missed', now(), $3, $4) returning id`,
    values: [workspace, phone, responsible, deal],
  });
  return { contact, company, deal, task, note, call: call?.id ?? 0 };
}

beforeAll(async () => {
  hub = await testHub();
  const workspace = await hub.addWorkspace("alpha");
  token = workspace.api_token;
  for (const [index, person] of people.entries()) {
    const group = await post("/groups", { name: `Отдел ${index}` });
    const user = async (name: string, more: object) =>
      post("/users", { name, email: `${name}${index}@example.com`, password: "a good password", role: "manager", ...more });
    const self = await user("self", { role: person.role, record_access: person.access, group });
    const users = { self, mate: await user("mate", { group }), stranger: await user("stranger", {}) };
    const answer = await hub.call("POST", "/session", { body: { email: `self${index}@example.com`, password: "a good password" } });
    settings.set(person, {
      cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "",
      user: self,
      users,
      of: {
        self: await records(workspace.id, "self", users.self),
        mate: await records(workspace.id, "mate", users.mate),
        stranger: await records(workspace.id, "stranger", users.stranger),
      },
    });
  }
});
afterAll(() => hub.close());

const collections = [
  ["/contacts", "contact"],
  ["/companies", "company"],
  ["/deals", "deal"],
  ["/tasks", "task"],
  ["/notes", "note"],
  ["/calls", "call"],
] as const;

describe.each(named)("%s", (_, person) => {
  const mayWrite = person.role !== "read-only";
  const sees = (owner: Owner): boolean => (person.sees as readonly Owner[]).includes(owner);
  const setting = (): Setting => {
    const found = settings.get(person);
    if (!found) throw new Error("no such person");
    return found;
  };
  const call = (method: string, path: string, body?: object) =>
    hub.call(method, path, { headers: { cookie: setting().cookie }, ...(body && { body }) });

  it("finds in every list and board the records of whom they may see, and of nobody else", async () => {
    for (const [path, kind] of [...collections, ["/deals/cards", "deal"] as const]) {
      const mine = owners.map((owner) => setting().of[owner][kind]);
      const { status, body, text } = await call("GET", `${path}?ids=${mine}`);
      expect(status, text).toBe(200);
      const found = (body as { items: { id: number }[] }).items.map(({ id }) => id);
      for (const owner of owners) expect(found.includes(setting().of[owner][kind]), `${path} of ${owner}`).toBe(sees(owner));
    }
    const { body } = await hub.call("GET", "/pipelines", { token });
    const pipeline = (body as { items: { id: number }[] }).items[0]?.id;
    const deals = owners.map((owner) => setting().of[owner].deal);
    const board = await call("GET", `/board?pipeline=${pipeline}&ids=${deals}`);
    const count = (board.body as { stages: { count: number }[] }).stages.reduce((sum, stage) => sum + stage.count, 0);
    expect(count).toBe(person.sees.length);
  });

  it("reads, one by one, what they may see, with its timeline and phone; for the rest there is nothing", async () => {
    for (const owner of owners) {
      const expected = sees(owner) ? 200 : 404;
      const made = setting().of[owner];
      for (const [path, kind] of collections)
        expect((await call("GET", `${path}/${made[kind]}`)).status, `${path} ${owner}`).toBe(expected);
      for (const [path, kind] of collections.slice(0, 3))
        expect((await call("GET", `${path}/${made[kind]}/timeline`)).status, `${path} ${owner}`).toBe(expected);
      const { body } = await hub.call("GET", `/contacts/${made.contact}`, { token });
      const phone = (body as { phones: { e164: string }[] }).phones[0]?.e164 ?? "";
      const owned = (await call("GET", `/phones/${encodeURIComponent(phone)}`)).body as { items: unknown[] };
      expect(owned.items.length, owner).toBe(sees(owner) ? 1 : 0);
      const { body: hits } = await call("GET", `/search?limit=50&q=${encodeURIComponent(phone)}`);
      const found = (hits as { items: { entity: string; id: number }[] }).items.filter((hit) => hit.entity === "contact");
      expect(
        found.map(({ id }) => id),
        owner,
      ).toEqual(sees(owner) ? [made.contact] : []);
    }
  });

  it("changes, with the right to write, what they may see, and nothing else", async () => {
    for (const owner of owners) {
      const made = setting().of[owner];
      const expected = !mayWrite ? 403 : sees(owner) ? 200 : 404;
      for (const [path, kind, body] of [
        ["/contacts", "contact", { position: "x" }],
        ["/companies", "company", { website: "x.example" }],
        ["/deals", "deal", { sum: "1" }],
        ["/tasks", "task", { text: "x" }],
        ["/notes", "note", { text: marker(owner) }],
      ] as const)
        expect((await call("PATCH", `${path}/${made[kind]}`, body)).status, `${path} ${owner}`).toBe(expected);
      expect((await call("POST", "/notes", { deal: made.deal, text: "x" })).status, owner).toBe(expected === 200 ? 201 : expected);
      expect((await call("POST", "/tasks", { deal: made.deal, title: "x" })).status, owner).toBe(expected === 200 ? 201 : expected);
      if (expected !== 200) expect((await call("DELETE", `/deals/${made.deal}`)).status, owner).toBe(expected);
    }
  });

  it("makes records of their own, and assigns them only to those whose records they see", async () => {
    const limited = person.access !== "all" && person.role !== "administrator";
    for (const path of ["/contacts", "/companies", "/deals", "/tasks"]) {
      const draft = path === "/tasks" ? { title: "новая" } : { name: "новая" };
      const made = await call("POST", path, draft);
      expect(made.status, path).toBe(mayWrite ? 201 : 403);
      if (!mayWrite) continue;
      const { id, responsible } = made.body as { id: number; responsible: number | null };
      if (limited) expect(responsible, path).toBe(setting().user);
      for (const owner of owners) {
        const may = sees(owner);
        expect((await call("POST", path, { ...draft, responsible: setting().users[owner] })).status, `${path} for ${owner}`).toBe(
          may ? 201 : 403,
        );
        expect((await call("PATCH", `${path}/${id}`, { responsible: setting().users[owner] })).status, `${path} to ${owner}`).toBe(
          may ? 200 : 403,
        );
      }
      expect((await call("PATCH", `${path}/${id}`, { responsible: null })).status, path).toBe(limited ? 403 : 200);
    }
  });

  it("cannot bring a strange record into sight by tying it to one of theirs", async () => {
    if (!mayWrite) return;
    const { self, stranger } = setting().of;
    const may = sees("stranger");
    for (const [path, id, tie] of [
      ["/deals", self.deal, { contacts: [{ id: stranger.contact }] }],
      ["/deals", self.deal, { company: stranger.company }],
      ["/contacts", self.contact, { company: stranger.company }],
    ] as const) {
      expect((await call("PATCH", `${path}/${id}`, tie)).status, `${path} ${JSON.stringify(tie)}`).toBe(may ? 200 : 422);
      expect((await call("POST", path, tie)).status, `${path} ${JSON.stringify(tie)}`).toBe(may ? 201 : 422);
    }
  });
});

describe("access of a user", () => {
  it("is answered in the old words too, and taken in them", async () => {
    const make = async (name: string, more: object) =>
      (await hub.call("POST", "/users", { token, body: { name, email: `${name}@example.com`, role: "manager", ...more } })).body;
    expect(await make("a", {})).toMatchObject({ record_access: "all", own_records_only: false });
    expect(await make("b", { own_records_only: true })).toMatchObject({ record_access: "own", own_records_only: true });
    expect(await make("c", { own_records_only: true, record_access: "group" })).toMatchObject({
      ...{ record_access: "group", own_records_only: false },
    });
    const { id } = (await make("d", { record_access: "own" })) as { id: number };
    const { body } = await hub.call("PATCH", `/users/${id}`, { token, body: { own_records_only: false } });
    expect(body).toMatchObject({ record_access: "all" });
  });
});

describe("what the CRM is made of", () => {
  const routes = Object.values(contract as Record<string, unknown>)
    .flatMap((value) => (typeof value === "object" && value !== null ? [value, ...Object.values(value)] : []))
    .filter((value): value is Route => typeof value === "object" && value !== null && "scope" in value && value.scope === "crm:setup");
  const table = routes.map((route) => [route.id, route] as const);
  const path = (route: Route): string => route.path.replaceAll(/:\w+/g, "999999");
  const person = (role: Person["role"]): string => settings.get(people.find((one) => one.role === role) as Person)?.cookie ?? "";
  const ask = (cookie: string, method: string, path: string, body?: object) =>
    hub.call(method, path, { headers: { cookie }, ...(body && { body }) });

  it("is pipelines, stages, fields, the lists that records choose from, and the names of tags", () => {
    const whole = ["Pipeline", "Stage", "Field", "Group", "LossReason", "Source", "TaskType"];
    expect(routes.map(({ id }) => id).sort()).toEqual(
      [...whole.flatMap((noun) => [`create${noun}`, `update${noun}`, `delete${noun}`]), "updateTag", "deleteTag"].sort(),
    );
  });

  it.each(table)("%s is an administrator's", async (_, route) => {
    const body = route.body ? {} : undefined;
    expect((await ask(person("administrator"), route.method, path(route), body)).status).not.toBe(403);
    for (const role of ["manager", "read-only"] as const) {
      const { status, body: problem } = await ask(person(role), route.method, path(route), body);
      expect({ status, problem }, role).toMatchObject({ status: 403, problem: { detail: "This needs the scope crm:setup" } });
    }
  });

  it("is read by everybody, and a manager makes a tag by naming it", async () => {
    for (const list of ["/pipelines", "/fields", "/groups", "/loss-reasons", "/sources", "/task-types", "/tags"])
      for (const role of ["administrator", "manager", "read-only"] as const)
        expect((await ask(person(role), "GET", list)).status, `${role} ${list}`).toBe(200);
    const deal = await ask(person("manager"), "POST", "/deals", { name: "Сделка", tags: ["названный"] });
    expect(deal).toMatchObject({ status: 201, body: { tags: ["названный"] } });
    expect((await ask(person("manager"), "POST", "/tags", { entity: "deal", name: "новый" })).status).toBe(201);
  });

  it("is what each person is told", async () => {
    const scopes = async (role: Person["role"]) => ((await ask(person(role), "GET", "/session")).body as { scopes: string[] }).scopes;
    expect(await scopes("administrator")).toContain("crm:setup");
    expect(await scopes("manager")).toEqual(["crm:read", "crm:write"]);
    expect(await scopes("read-only")).toEqual(["crm:read"]);
  });

  it("is still changed by tokens that could change it before the scope came", async () => {
    const makeToken = async (scopes: string[]) =>
      ((await hub.call("POST", "/tokens", { token, body: { name: "t", scopes } })).body as { api_token: string }).api_token;
    const writer = await makeToken(["crm:read", "crm:write"]);
    const reader = await makeToken(["crm:read"]);
    const migration = await readFile(new URL("../../../migrations/0008-crm-setup.sql", import.meta.url), "utf8");
    await hub.test.owner.query(migration);
    await hub.test.owner.query(migration);
    expect((await hub.call("POST", "/sources", { token: writer, body: { name: "Сайт" } })).status).toBe(201);
    expect((await hub.call("POST", "/sources", { token: reader, body: { name: "Сайт" } })).status).toBe(403);
    expect((await hub.call("POST", "/sources", { token: await makeToken(["crm:write"]), body: { name: "Сайт" } })).status).toBe(403);
    const { rows } = await hub.test.owner.query(
      "select 1 from hub.api_token where array_length(array_positions(scopes, 'crm:setup'), 1) > 1",
    );
    expect(rows).toEqual([]);
    const { rows: forced } = await hub.test.owner.query("select relforcerowsecurity from pg_class where oid = 'hub.api_token'::regclass");
    expect(forced).toEqual([{ relforcerowsecurity: true }]);
  });
});
