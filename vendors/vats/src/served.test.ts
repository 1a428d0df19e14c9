import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type CallFeed, type Kit, Refused, type ToldCall, Unavailable } from "@svyazka/core";
import { type MemoryKit, memoryKit } from "@svyazka/core/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ask, lineWith, localFetch, requestOf } from "../testkit/line.ts";
import { vats } from "./adapter.ts";
import { makePbx } from "./client.ts";
import type { Fields } from "./protocol.ts";
import type { Line } from "./settings.ts";

/** A CRM that is attached: what it heard, and what it says. */
const heard: Fields[] = [];
let answer: { status: number; body: string } = { status: 200, body: "" };
const crm = createServer((request, response) => void hear(request, response));
async function hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const fields = Object.fromEntries(new URLSearchParams(body));
  heard.push(fields);
  const users = '{"users":[{"id":23,"name":"Петров Иван"},{"id":"anna","name":""}]}';
  response.writeHead(answer.status, { "content-type": "application/json" }).end(fields["cmd"] === "users" ? users : answer.body);
}
let url = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => crm.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(crm.address() as AddressInfo).port}/crm_integration.php`;
});
afterAll(() => void crm.close());

let kit: MemoryKit;
beforeEach(() => {
  heard.length = 0;
  answer = { status: 200, body: "" };
  kit = memoryKit({ fetch: localFetch, now: () => new Date(), publicUrl: () => "https://hub.example" });
});

const pbx = (settings: Partial<Line["settings"]> = {}, rest: object = {}) =>
  lineWith({ settings: { side: "pbx", ...settings }, userMapping: {}, ...rest });
const login = (fields: Record<string, string> = {}, line = pbx()) =>
  ask(
    line,
    requestOf("/sys/api_login.wcgp", { login: "admin", password: "pass", crm_code: "mycrm", crm_token: "t0", url, ...fields }),
    kit,
  );
const command = (fields: Record<string, string>, line = pbx()) => ask(line, requestOf("/sys/crm_api.wcgp", fields), kit);
const tokenOf = async (fields: Record<string, string> = {}, line = pbx()): Promise<string> =>
  (JSON.parse((await login(fields, line)).reply.body) as { token: string }).token;
const feedOf = (line: Line, with_: Kit = kit): CallFeed => {
  const feed = vats.connect?.(line, with_).callFeed;
  if (!feed) throw new Error("a PBX tells of its calls");
  return feed;
};
const until = async (is: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 200 && !is(); tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(is()).toBe(true);
};

describe("login", () => {
  it("gives a token that opens everything else, and the door", async () => {
    const token = await tokenOf();
    expect(token).toMatch(/^[\da-f-]{36}$/);
    expect(kit.doors.has(token)).toBe(true);
    expect((await command({ cmd: "accounts", token })).reply).toMatchObject({ status: 200 });
  });

  it("that is wrong is refused in the seed's bytes", async () => {
    for (const fields of [{ password: "wrong" }, { password: "" }, { login: "other" }])
      expect((await login(fields)).reply).toMatchObject({ status: 401, body: '{"error":"Autorization failed"}' });
  });

  it.each(["crm_code", "crm_token", "url"])("without %s is a wrong request", async (name) => {
    expect((await login({ [name]: "" })).reply).toMatchObject({ status: 400, body: '{"error":"Invalid parameters"}' });
  });

  it.each(["javascript:alert(1)", "crm.ru", "file:///etc/passwd"])("with the address %s is a wrong request", async (wrong) => {
    expect((await login({ url: wrong })).reply.status).toBe(400);
  });

  it("again gives a new token, and the one before works for a while", async () => {
    const before = await tokenOf();
    const after = await tokenOf();
    expect(after).not.toBe(before);
    for (const token of [before, after]) expect((await command({ cmd: "accounts", token })).reply.status).toBe(200);
    expect(kit.doors.get(before)).toBe(600);
    expect((await command({ cmd: "accounts", token: "wrong" })).reply).toMatchObject({ status: 401, body: '{"error":"Invalid token"}' });
  });

  it("without a login shows a person a page, lets the CRM in, and leads back", async () => {
    const bare = { crm_code: "my<crm>", crm_token: "t0", url };
    const pageOf = (fields: Record<string, string>) => ask(pbx(), requestOf("/sys/api_login.wcgp", fields), kit);
    expect((await pageOf(bare)).reply.status).toBe(400);
    for (const name of ["redirect_url", "redirect_uri"]) {
      const { reply } = await pageOf({ ...bare, [name]: "https://crm.ru/done?a=1&b=2" });
      expect(reply).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
      expect(reply.body).toContain('name="redirect_url" value="https://crm.ru/done?a=1&#38;b=2"');
      expect(reply.body).not.toContain("<crm>");
    }
    const consent = { ...bare, redirect_url: "https://crm.ru/done", consent: "yes", login: "admin" };
    expect((await pageOf({ ...consent, password: "wrong" })).reply).toMatchObject({
      status: 401,
      body: expect.stringContaining("Неверный логин"),
    });
    const { reply } = await pageOf({ ...consent, password: "pass" });
    expect(reply.body).toContain('href="https://crm.ru/done"');
    const token = /<code>([\da-f-]{36})<\/code>/.exec(reply.body)?.[1] ?? "";
    expect((await command({ cmd: "accounts", token })).reply.status).toBe(200);
  });
});

describe("commands", () => {
  it("list accounts: two names in the seed, more later", async () => {
    const token = await tokenOf();
    expect(JSON.parse((await command({ cmd: "accounts", token })).reply.body)).toContainEqual({ name: "ivan", realName: "Иван Петров" });
    const classic = pbx({ dialect: "classic" });
    expect(JSON.parse((await command({ cmd: "ACCOUNTS", token: "api-key" }, classic)).reply.body)).toContainEqual({
      name: "ivan",
      realName: "Иван Петров",
      ext: "101",
    });
  });

  it("make a call: empty in the seed, one key later, and the engine rings", async () => {
    const token = await tokenOf({ self_map: "" });
    expect((await command({ cmd: "makeCall", phone: "79101234567", user: "ivan", token })).reply).toMatchObject({ status: 200, body: "" });
    const classic = pbx({ dialect: "classic" });
    const { reply } = await command({ cmd: "makecall", phone: "+7 910 123-45-67", user: "101", token: "api-key" }, classic);
    expect(Object.keys(JSON.parse(reply.body) as object)).toEqual(["uuid"]);
    expect(await kit.store.list("call")).toHaveLength(2);
  });

  it.each([
    [{ cmd: "makeCall", phone: "79101234567" }],
    [{ cmd: "makeCall", user: "ivan" }],
    [{ cmd: "makeCall", phone: "79101234567", user: "nobody" }],
    [{ cmd: "makeCall", phone: "x", user: "ivan" }],
    [{ cmd: "groups" }],
    [{ cmd: "__proto__" }],
    [{}],
  ])("%j is a wrong request in the seed", async (fields) => {
    const token = await tokenOf();
    expect((await command({ token, ...fields })).reply).toMatchObject({ status: 400, body: '{"error":"Invalid parameters"}' });
  });

  it("say in the later dialects what is wrong", async () => {
    expect((await command({ cmd: "set_dnd", token: "api-key" }, pbx({ dialect: "classic" }))).reply.body).toBe(
      '{"error":"Invalid parameters: [user, state]"}',
    );
  });

  it("keep a phone quiet that does not want to be disturbed", async () => {
    const line = pbx({ dialect: "classic" });
    await command({ cmd: "set_dnd", user: "ivan", state: "true", token: "api-key" }, line);
    expect((await command({ cmd: "get_dnd", user: "ivan", token: "api-key" }, line)).reply.body).toBe('{"state":true}');
    await vats.connect?.(line, kit).rehearsal?.play({ from: "79101234567", answerAfterSeconds: 0, talkSeconds: 0 });
    expect(
      kit.facts
        .filter(({ type }) => type === "call.ringing")
        .map(({ data }) => (data as { employee: { account: string } }).employee.account),
    ).toEqual(["anna", "petr"]);
  });
});

describe("a served PBX and our own client", () => {
  it.each(["classic", "v1"] as const)("speak %s with each other", async (dialect) => {
    const line = pbx({ dialect });
    const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://x");
      const isJson = request.headers["content-type"]?.includes("json");
      const form = isJson ? (JSON.parse(body) as Record<string, string>) : Object.fromEntries(new URLSearchParams(body));
      const asked = requestOf(pathname, form, {
        method: request.method ?? "GET",
        query: Object.fromEntries(searchParams),
        headers: request.headers as Record<string, string>,
      });
      const { reply } = await ask(line, asked, kit);
      response.writeHead(reply.status, reply.headers).end(reply.body);
    };
    const door = createServer((request, response) => void serve(request, response));
    await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
    try {
      const client = makePbx({ domain: `http://127.0.0.1:${(door.address() as AddressInfo).port}`, dialect, send: localFetch });
      expect((await client.accounts("api-key")).map(({ name }) => name)).toEqual(["ivan", "anna", "petr"]);
      expect(await client.makeCall("api-key", { user: "ivan", phone: "79101234567" })).toMatch(/^[\da-f-]{36}$/);
      expect(await client.groups("api-key")).toMatchObject([{ id: "all", realName: "Все сотрудники" }]);
      await client.setDnd("api-key", "ivan", true);
      expect(await client.hasDnd("api-key", "ivan")).toBe(true);
      expect(await client.isSubscribed("api-key", "ivan", "all")).toBe(false);
      await feedOf(line).tell({ what: "finished", call: finished });
      const { lines } = await client.history("api-key", new Date("2026-03-02T00:00:00Z"), new Date("2026-03-03T00:00:00Z"));
      expect(lines).toMatchObject([{ uid: "c1", outcome: "answered", talkSeconds: 60, waitSeconds: 5, account: "ivan" }]);
      await expect(client.accounts("wrong")).rejects.toThrow("Invalid token");
    } finally {
      door.close();
    }
  });
});

const call = {
  call: "c1",
  direction: "in" as const,
  client: { typed: "79101234567", e164: "+79101234567" },
  line: "78001234567",
  employee: { account: "ivan", extension: "101" },
};
const handling = { unknownCaller: "deal" as const, responsible: [], missedTaskMinutes: 60, recordingDays: 0 };
const finished = {
  ...{ ...call, outcome: "answered" as const, startedAt: "2026-03-02T10:00:00.000Z", waitSeconds: 5, talkSeconds: 60, durationSeconds: 65 },
  ...{ recordings: ["https://a.example/1", "https://a.example/2"], handling },
};

describe("an attached CRM", () => {
  const all: readonly ToldCall[] = [
    { what: "ringing", call },
    { what: "answered", call },
    { what: "ended", call: { ...call, how: "completed" } },
    { what: "finished", call: finished },
    { what: "rated", call: { call: "c1", rating: 5 } },
  ];

  it("hears of every call in the seed's words, of its own users where we map", async () => {
    const line = pbx();
    await login({}, line);
    await until(() => heard.some(({ cmd }) => cmd === "users"));
    await until(() => heard.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    heard.length = 0;
    for (const one of all) await feedOf(line).tell(one);
    expect(heard).toEqual([
      { cmd: "event", type: "INCOMING", phone: "79101234567", callid: "c1", user: "23", diversion: "78001234567", crm_token: "t0" },
      { cmd: "event", type: "ACCEPTED", phone: "79101234567", callid: "c1", user: "23", diversion: "78001234567", crm_token: "t0" },
      { cmd: "event", type: "COMPLETED", phone: "79101234567", callid: "c1", user: "23", diversion: "78001234567", crm_token: "t0" },
      {
        ...{ cmd: "history", type: "in", phone: "79101234567", callid: "c1", user: "23", diversion: "78001234567", crm_token: "t0" },
        ...{ duration: "65", link: "https://a.example/1|https://a.example/2" },
      },
    ]);
  });

  it("hears of accounts under self_map, and of outgoing calls not at all in the seed", async () => {
    const line = pbx();
    await login({ self_map: "true" }, line);
    await feedOf(line).tell({ what: "ringing", call });
    await feedOf(line).tell({ what: "ringing", call: { ...call, direction: "out" } });
    expect(heard.map(({ user }) => user)).toEqual(["ivan"]);
  });

  it("whose address was typed in hears in the later dialects", async () => {
    const line = lineWith({ settings: { side: "pbx", dialect: "v1", crm_url: url }, secrets: { crm_key: "k" } });
    for (const one of all) await feedOf(line).tell(one);
    expect(heard.map(({ cmd, crm_token }) => [cmd, crm_token])).toEqual(
      ["event", "event", "event", "history", "rating"].map((cmd) => [cmd, "k"]),
    );
    expect(heard[3]).toMatchObject({ status: "Success", start: "20260302T100000Z", wait: "5", duration: "60" });
  });

  it("that is away is told later, one that says no is not told again", async () => {
    const line = pbx();
    await login({ self_map: "1" }, line);
    answer = { status: 503, body: "<html>" };
    await expect(feedOf(line).tell({ what: "finished", call: finished })).rejects.toThrow(Unavailable);
    answer = { status: 401, body: '{ error: "Invalid token" }' };
    await expect(feedOf(line).tell({ what: "finished", call: finished })).rejects.toThrow(Refused);
    answer = { status: 200, body: "" };
    await feedOf(line).tell({ what: "finished", call: finished });
    await feedOf(line).tell({ what: "finished", call: finished });
    expect(heard.filter(({ cmd }) => cmd === "history")).toHaveLength(3);
  });

  it("says who is calling and whom to ring; when it does not, the call goes on", async () => {
    const line = pbx();
    await login({ self_map: "1" }, line);
    const asked = { call: "c1", client: call.client, line: "78001234567" };
    answer = { status: 200, body: "{contact_name:'ООО Ромашка', responsible:'anna'}" };
    expect(await feedOf(line).ask(asked)).toEqual({ name: "ООО Ромашка", account: "anna" });
    answer = { status: 200, body: '{"contact_name":"X","responsible":103}' };
    expect(await feedOf(line).ask(asked)).toEqual({ name: "X", account: "petr" });
    answer = { status: 500, body: "" };
    expect(await feedOf(line).ask(asked)).toEqual({});
    expect(await feedOf(pbx(), memoryKit()).ask(asked)).toBeUndefined();
    expect(heard.at(-1)).toEqual({ cmd: "contact", phone: "79101234567", callid: "c1", crm_token: "t0" });
  });

  it("is nobody when nobody has logged in", async () => {
    expect(await feedOf(pbx()).tell({ what: "ringing", call })).toBe(false);
  });
});

describe("the simulated engine", () => {
  const play = (script: object, line = pbx()) => vats.connect?.(line, kit).rehearsal?.play({ from: "79101234567", ...script });
  const types = () => kit.facts.map(({ type }) => type);

  it("plays an answered call: everybody rings, one answers, a recording that is a sound", async () => {
    await play({ answerAfterSeconds: 0, talkSeconds: 0.05 });
    await until(() => types().includes("call.recorded"));
    expect(types()).toEqual([
      "call.ringing",
      "call.ringing",
      "call.ringing",
      "call.answered",
      "call.ended",
      "call.ended",
      "call.ended",
      "call.finished",
      "call.recorded",
    ]);
    const account = kit.facts.find(({ type }) => type === "call.finished");
    const { recordings } = (account?.data ?? { recordings: [] }) as unknown as { recordings: string[] };
    const path = new URL(recordings[0] ?? "").pathname.replace("/in/5", "");
    const { reply } = await ask(pbx(), requestOf(path, {}, { method: "GET" }));
    expect([reply.status, Buffer.from(reply.bytes ?? []).toString("latin1", 0, 4)]).toEqual([200, "RIFF"]);
    expect(await kit.store.list("call")).toEqual([]);
  });

  it("rings the person the call is routed to", async () => {
    kit = memoryKit({ now: () => new Date(), publicUrl: () => "https://hub.example", routes: () => ({ account: "petr" }) });
    await play({ answerAfterSeconds: 0, talkSeconds: 0 });
    await until(() => types().includes("call.finished"));
    expect(kit.facts[0]?.data).toMatchObject({ employee: { account: "petr", extension: "103" } });
    expect(types().filter((type) => type === "call.ringing")).toHaveLength(1);
  });

  it("plays a call that nobody takes", async () => {
    await play({ patienceSeconds: 0.05 });
    await until(() => types().includes("call.finished"));
    expect(kit.facts.at(-1)?.data).toMatchObject({ outcome: "missed", recordings: [] });
  });

  it("refuses an account that is not there", async () => {
    await expect(play({ account: "nobody" })).rejects.toThrow(Refused);
  });

  it("ends the account of a call that was broken off, as far as it had come, and of no other", async () => {
    const stop = new AbortController();
    const old = { direction: "in", client: call.client, startedAt: "2026-03-02T10:00:00.000Z", until: "2026-03-02T10:00:20.000Z" };
    await kit.store.put("call", "c1", { ...old, call: "c1" });
    await kit.store.put("call", "c2", { ...old, call: "c2", answered: { account: "ivan", at: "2026-03-02T10:00:05.000Z" } });
    await kit.store.put("call", "c3", { ...old, call: "c3", until: new Date(Date.now() + 60_000).toISOString() });
    const watching = vats.listen?.(pbx(), kit, stop.signal);
    await until(() => types().filter((type) => type === "call.finished").length === 2);
    stop.abort();
    await watching;
    expect(kit.facts.filter(({ type }) => type === "call.finished").map(({ data }) => data)).toMatchObject([
      { call: "c1", outcome: "missed" },
      { call: "c2", outcome: "answered", talkSeconds: 20 },
    ]);
    expect((await kit.store.list("call")).map(({ id }) => id)).toEqual(["c3"]);
  });
});
