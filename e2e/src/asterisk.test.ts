import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type AsteriskStandin, startAsterisk } from "@svyazka/asterisk/standin";
import { afterAll, beforeAll, expect, it } from "vitest";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { type Added, addCompany, addLine, type CallShape, type Company } from "../testkit/telephony.ts";

/** Somebody's CRM that knows Gravitel and nothing of us. */
const heard: Record<string, string>[] = [];
const outsideCrm = createServer((request, response) => void hear(request, response));
async function hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const fields = Object.fromEntries(new URLSearchParams(body));
  heard.push(fields);
  // As real ones do: names without quotes.
  response.end(fields["cmd"] === "contact" ? "{contact_name:'ООО Ромашка', responsible:'102'}" : "");
}

const dataDir = makeDataDir();
let hub: HubProcess;
let far: AsteriskStandin;
let company: Company;
let exchange: Added;
let users: Record<string, number>;
beforeAll(async () => {
  await new Promise<void>((resolve) => outsideCrm.listen(0, "127.0.0.1", resolve));
  far = await startAsterisk();
  hub = await startHubProcess({ dataDir });
  company = await addCompany(hub, "exchange");
  exchange = await hub.command<Added>(
    ...["connection", "add", "asterisk", "-w", company.subdomain, "--allow-private-addresses"],
    ...["--set", `url=${far.url}`, "--set", "username=svyazka", "--set", "password=secret", "--set", "ring_seconds=5"],
    ...["--set", "accounts=101:Иван Петров:ivan@example.com,102:Анна Смирнова:anna@example.com"],
  );
  const client = api(hub, company.token);
  users = {};
  for (const [account, email] of [
    ["101", "ivan@example.com"],
    ["102", "anna@example.com"],
  ] as const)
    users[account] = (
      await client.send<{ id: number }>("POST", "/users", { name: account, email, password: "пароль-менеджера", role: "manager" })
    ).id;
  await hub.command("connection", "match-users", String(exchange.id), "-w", company.subdomain);
  // It listens anew, with what is mapped now.
  await until(async () => far.asked.filter((one) => one === "GET /bridges").length >= 2);
});
afterAll(async () => {
  await hub.stop();
  await far.close();
  outsideCrm.close();
  removeDataDir(dataDir);
});

const calls = () => api(hub, company.token).all<CallShape>("/calls");
const rung = () => far.asked.filter((one) => one.startsWith("POST /channels ")).map((one) => one.replace("POST /channels ", ""));

it("a client's call rings whoever is responsible, is logged with its recording, kept by the hub", async () => {
  await api(hub, company.token).send("POST", "/contacts", {
    name: "Мария",
    phones: [{ value: "+79101234567" }],
    responsible: users["102"],
  });
  far.phones.set("PJSIP/102", { answersAfterMs: 50 });
  far.call({ from: "79101234567", hangsUpAfterMs: 1_200 });
  const call = await until(
    async () => (await calls()).find(({ state, recordings }) => state === "over" && recordings.some(({ kept }) => kept)),
    20,
  );
  expect(call).toMatchObject({ direction: "in", outcome: "answered", responsible: users["102"], contact: { name: "Мария" } });
  expect(rung()).toEqual(["PJSIP/102"]);
  expect((await (await fetch(call.recordings[0]?.url ?? "")).text()).slice(0, 4)).toBe("RIFF");
});

it("a click rings the employee, then the client", async () => {
  far.phones.set("PJSIP/101", { answersAfterMs: 20 });
  far.phones.set("PJSIP/79101234567@trunk", { answersAfterMs: 20, hangsUpAfterMs: 200 });
  const before = rung().length;
  await api(hub, company.token).send("POST", "/calls", { phone: "+7 910 123-45-67", responsible: users["101"] });
  const call = await until(async () => (await calls()).find(({ direction, state }) => direction === "out" && state === "over"), 20);
  expect(call).toMatchObject({ outcome: "answered", responsible: users["101"] });
  expect(rung().slice(before)).toEqual(["PJSIP/101", "PJSIP/79101234567@trunk"]);
});

it("somebody's CRM attached to it as to a Gravitel is asked whom to ring, and told of the call", async () => {
  const pbx = await addLine(hub, company, { side: "pbx", engine: "asterisk" });
  const login = await fetch(pbx.urls["login"] ?? "", {
    method: "POST",
    body: new URLSearchParams({
      ...{
        login: pbx.secrets["admin_login"] ?? "",
        password: pbx.secrets["admin_password"] ?? "",
        crm_code: "theirs",
        crm_token: "t0",
        self_map: "1",
      },
      url: `http://127.0.0.1:${(outsideCrm.address() as AddressInfo).port}/crm_integration.php`,
    }),
  });
  const { token } = (await login.json()) as { token: string };
  far.phones.set("PJSIP/102", { answersAfterMs: 20, hangsUpAfterMs: 100 });
  const before = rung().length;
  far.call({ from: "79990000001" });
  await until(async () => heard.some(({ cmd }) => cmd === "history"), 20);
  expect(rung().slice(before)).toEqual(["PJSIP/102"]);
  expect(heard.map(({ cmd, type }) => [cmd, type].join(" ").trim())).toEqual([
    "contact",
    "event INCOMING",
    "event ACCEPTED",
    "event COMPLETED",
    "history in",
  ]);
  expect(heard.at(-1)).toMatchObject({ phone: "79990000001", user: "102", crm_token: "t0", diversion: "78001234567" });
  const made = await fetch(pbx.urls["api"] ?? "", {
    method: "POST",
    body: new URLSearchParams({ cmd: "makeCall", phone: "79101234567", user: "101", token }),
  });
  expect([made.status, await made.text()]).toEqual([200, ""]);
  await until(async () => rung().length >= before + 3);
  expect(rung().slice(before + 1)).toEqual(["PJSIP/101", "PJSIP/79101234567@trunk"]);
});

it("a hub that is killed in the middle of a call goes on with it, and ends its account once", { timeout: 60_000 }, async () => {
  const looks = () => far.asked.filter((one) => one === "GET /bridges").length;
  await until(async () => (await calls()).every(({ state }) => state === "over") && far.channels().length === 0, 20);
  const before = await calls();
  far.phones.set("PJSIP/102", { answersAfterMs: 20 });
  const channel = far.call({ from: "79101234567" });
  await until(async () => (await calls()).some(({ state }) => state === "talking"), 20);
  const looked = looks();
  const port = Number(new URL(hub.url).port);
  await hub.kill();
  hub = await startHubProcess({ dataDir, port });
  await until(async () => looks() > looked, 30);
  expect(far.channels()).toContain(channel);
  far.hangUp(channel);
  await until(async () => (await calls()).every(({ state }) => state === "over"), 30);
  const fresh = (await calls()).filter(({ id }) => !before.some((old) => old.id === id));
  expect(fresh).toMatchObject([{ direction: "in", outcome: "answered", responsible: users["102"] }]);
  await until(async () => far.channels().length === 0);
});
