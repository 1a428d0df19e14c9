import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { openPage, type Page } from "../testkit/live.ts";
import { addCompany, addLine, type CallShape, type Company, type Dialect, type Linked, link } from "../testkit/telephony.ts";

const dataDir = makeDataDir();
let hub: HubProcess;
beforeAll(async () => {
  hub = await startHubProcess({ dataDir });
});
afterAll(async () => {
  await hub.stop();
  removeDataDir(dataDir);
});

/** One hub against the other, through nothing but the protocol. */
describe.each<Dialect>(["seed", "classic", "v1"])("a PBX and a CRM that speak %s", (dialect) => {
  let linked: Linked;
  let crm: ReturnType<typeof api>;
  let ivan: Page;
  let anna: Page;
  const known = { phone: "+79101234567", name: "Мария Клиентова" };
  beforeAll(async () => {
    linked = await link(hub, dialect);
    crm = api(hub, linked.crm.token);
    await crm.send("POST", "/contacts", { name: known.name, phones: [{ value: known.phone }], responsible: linked.users["ivan"] });
    ivan = await openPage(hub, `ivan@${linked.crm.subdomain}.example`, "пароль-менеджера");
    anna = await openPage(hub, `anna@${linked.crm.subdomain}.example`, "пароль-менеджера");
  });
  afterAll(() => {
    ivan.close();
    anna.close();
  });

  const simulate = (...args: string[]) =>
    hub.command<{ call: string }>("call", "simulate", "--connection", String(linked.pbxLine.id), ...args);
  const calls = (filter = "") => crm.all<CallShape>(`/calls${filter}`);
  const callOf = (phone: string, is: (call: CallShape) => boolean = ({ state }) => state === "over") =>
    until(async () => (await calls(`?phone=${encodeURIComponent(phone)}`)).find(is), 20);
  const cards = (page: Page, phone: string) =>
    page.news.filter(({ news }) => news.type === "call.ringing" && JSON.stringify(news).includes(phone));

  it("finds who works at the PBX, and maps them by name", async () => {
    const { matched } = await hub.command<{ matched: { account: string; user: string }[] }>(
      ...["connection", "match-users", String(linked.crmLine.id), "-w", linked.crm.subdomain],
    );
    expect(matched.map(({ account, user }) => [account, Number(user)])).toEqual([
      ["ivan", linked.users["ivan"]],
      ["anna", linked.users["anna"]],
    ]);
  });

  it("rings the person whose client it is, shows the card there alone, and logs the call with its recording", async () => {
    await simulate("--from", "79101234567", "--answer-after", "0.3", "--talk", "1");
    const call = await callOf(known.phone, ({ state, recordings }) => state === "over" && recordings.some(({ kept }) => kept));
    expect(call).toMatchObject({ direction: "in", outcome: "answered", responsible: linked.users["ivan"], contact: { name: known.name } });
    expect([call.talk_seconds, call.duration_seconds].some((seconds) => seconds !== null && seconds >= 1)).toBe(true);
    expect(cards(ivan, known.phone)).toMatchObject([{ news: { caller: { name: known.name, responsible: linked.users["ivan"] } } }]);
    expect(cards(anna, known.phone)).toHaveLength(0);
    await until(async () => ivan.news.some(({ news }) => news.type === "call.gone" && news["because"] === "answered"));
    const sound = await fetch(call.recordings[0]?.url ?? "", { headers: { range: "bytes=0-3" } });
    expect([sound.status, sound.headers.get("content-type"), await sound.text()]).toEqual([206, "audio/wav", "RIFF"]);
    expect(await calls()).toHaveLength(1);
  });

  it("makes a deal of a stranger who was missed, and a task to call back", async () => {
    await simulate("--from", "79990000001", "--patience", "0.3");
    const call = await callOf("+79990000001", ({ deal, state }) => deal !== null && state === "over");
    expect(call).toMatchObject({ direction: "in", outcome: "missed", contact: expect.anything() });
    const [task] = await until(async () => {
      const tasks = (await crm.all<{ id: number; title: string; deal: number; done: boolean }>("/tasks?done=false")).filter(
        ({ deal }) => deal === call.deal,
      );
      return tasks.length > 0 && tasks;
    });
    expect(task?.title).toContain("+79990000001");
    expect((await calls("?unreturned=true")).map(({ id }) => id)).toEqual([call.id]);
    expect(cards(ivan, "79990000001").length + cards(anna, "79990000001").length).toBe(2);
  });

  it("calls back on a click: the employee first; the task closes by itself where the dialect tells of outgoing calls", async () => {
    const [missed] = await calls("?unreturned=true");
    const started = await crm.send<{ account: string }>("POST", "/calls", { phone: "8 999 000-00-01", responsible: linked.users["anna"] });
    expect(started.account).toBe("anna");
    const call = await callOf("+79990000001", ({ direction, state }) => direction === "out" && state === "over");
    expect(call).toMatchObject({ outcome: "answered", responsible: linked.users["anna"], contact: missed?.contact });
    await until(async () => (await calls("?unreturned=true")).length === 0);
    await until(async () => (await crm.all<{ deal: number }>("/tasks?done=false")).every(({ deal }) => deal !== missed?.deal));
  });

  it("shows each call once in the journal's two ends, without a secret", async () => {
    const journal = JSON.stringify(await crm.all("/journal"));
    for (const secret of [...Object.values(linked.crmLine.secrets), ...Object.values(linked.pbxLine.secrets)])
      expect(journal).not.toContain(secret);
    expect(journal).toContain("/crm_integration.php");
    expect(await calls()).toHaveLength(3);
  });
});

/** The seed's samples over HTTP as it prints them, tokens and all, at the literal paths. */
describe("the seed's own requests", () => {
  let company: Company;
  beforeAll(async () => {
    company = await addCompany(hub, "literal");
    await addLine(hub, company, { crm_token: "76fsd7tfs-fhjdgfdjsfsk-hfgsdguuuwoeiwey1111" });
    await addLine(hub, company, { side: "pbx", admin_login: "admin", admin_password: "pass", accounts: "user:Сотрудник:101" });
  });

  const sample = (name: string): { path: string; fields: Record<string, string> } => {
    const text = readFileSync(new URL(`../../vendors/vats/fixtures/seed/${name}.request.txt`, import.meta.url), "utf8");
    const lines = text.split("\n").filter((line) => /^\w+=/.test(line));
    const path = /https:\/\/[^/\s]+(\/\S+)/.exec(text)?.[1] ?? "";
    return { path, fields: Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)])) };
  };
  const ask = async ({ path, fields }: ReturnType<typeof sample>, change: Record<string, string> = {}) => {
    const answer = await fetch(hub.url + path, { method: "POST", body: new URLSearchParams({ ...fields, ...change }) });
    return [answer.status, await answer.text()] as const;
  };
  const token = "76fsd7tfs-fhjdgfdjsfsk-hfgsdguuuwoeiwey1111";

  it("of the PBX: users, contact, event, history", async () => {
    const [status, users] = await ask(sample("users"));
    expect([status, Object.keys(JSON.parse(users) as object)]).toEqual([200, ["users"]]);
    // The sample's own token has two letters less than everywhere else.
    expect(await ask(sample("contact"))).toEqual([401, '{"error":"Invalid token"}']);
    expect(await ask(sample("contact"), { crm_token: token })).toEqual([200, "{}"]);
    for (const type of ["INCOMING", "ACCEPTED", "COMPLETED", "CANCELLED"]) expect(await ask(sample("event"), { type })).toEqual([200, ""]);
    expect(await ask(sample("event"))).toEqual([400, '{"error":"Invalid parameters"}']);
    expect(await ask(sample("history"), { type: "in" })).toEqual([401, '{"error":"Invalid token"}']);
    for (let times = 0; times < 3; times++) expect(await ask(sample("history"), { type: "in", crm_token: token })).toEqual([200, ""]);
    const calls = await until(async () => {
      const found = await api(hub, company.token).all<CallShape>("/calls");
      return found.length === 2 && found.every(({ state }) => state !== "ringing") && found;
    });
    expect(calls.map(({ phone, outcome }) => [phone, outcome])).toEqual(expect.arrayContaining([["79101234567", "answered"]]));
  });

  it("of the CRM: api_login, accounts, makeCall", async () => {
    const [status, body] = await ask(sample("login"));
    expect([status, body]).toEqual([200, expect.stringMatching(/^\{"token":"[\da-f-]{36}"\}$/)]);
    const given = (JSON.parse(body) as { token: string }).token;
    expect(await ask(sample("accounts"), { token: given })).toEqual([200, '[{"name":"user","realName":"Сотрудник"}]']);
    expect(await ask(sample("make-call"), { token: given })).toEqual([200, ""]);
    expect(await ask(sample("accounts"))).toEqual([401, '{"error":"Invalid token"}']);
    // Neither what was given out nor what the CRM showed is to be read in the journal.
    const journal = JSON.stringify(
      await Promise.all(
        (await api(hub, company.token).all<{ id: string }>("/journal")).map(({ id }) => api(hub, company.token).get(`/journal/${id}`)),
      ),
    );
    expect(journal).toContain("api_login.wcgp");
    for (const secret of [given, token, "password=pass&", sample("login").fields["crm_token"] ?? ""]) expect(journal).not.toContain(secret);
    expect(await ask(sample("login"), { password: "wrong" })).toEqual([401, '{"error":"Autorization failed"}']);
    expect(await ask(sample("login"), { url: "" })).toEqual([400, '{"error":"Invalid parameters"}']);
  });

  it("too large, of a wrong method, or to nobody, are refused in its shape", async () => {
    const large = await fetch(`${hub.url}/crm_integration.php`, {
      method: "POST",
      body: new URLSearchParams({ crm_token: token, cmd: "history", link: "x".repeat(10_485_760) }),
    });
    expect([large.status, await large.text()]).toEqual([400, '{"error":"Invalid parameters"}']);
    const put = await fetch(`${hub.url}/crm_integration.php`, { method: "PUT", body: "cmd=users" });
    expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, POST"]);
    const get = await fetch(`${hub.url}/crm_integration.php?cmd=USERS&crm_token=${token}`);
    expect(get.status).toBe(200);
    const json = await fetch(`${hub.url}/crm_integration.php`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ cmd: "users", crm_token: token }),
    });
    expect(json.status).toBe(200);
  });
});
