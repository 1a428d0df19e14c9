import { setTimeout as sleep } from "node:timers/promises";
import { startPbx } from "@svyazka/vats/standin";
import { afterAll, beforeAll, expect, it } from "vitest";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { type Added, addCompany, addLine, type CallShape, type Company } from "../testkit/telephony.ts";

const dataDir = makeDataDir();
let hub: HubProcess;
let company: Company;
beforeAll(async () => {
  hub = await startHubProcess({ dataDir });
  company = await addCompany(hub, "calls");
});
afterAll(async () => {
  await hub.stop();
  removeDataDir(dataDir);
});

async function killAndStart(): Promise<void> {
  const port = Number(new URL(hub.url).port);
  await hub.kill();
  hub = await startHubProcess({ dataDir, port });
}

/** As a PBX tells: 200 is acknowledged; anything else, or no answer, is not. */
async function tell(line: Added, fields: Readonly<Record<string, string>>): Promise<boolean> {
  try {
    const answer = await fetch(`${hub.url}/in/${line.id}/crm_integration.php`, {
      method: "POST",
      body: new URLSearchParams({ ...fields, crm_token: line.secrets["crm_token"] ?? "" }),
      signal: AbortSignal.timeout(5_000),
    });
    await answer.text();
    return answer.status === 200;
  } catch {
    return false;
  }
}

const calls = () => api(hub, company.token).all<CallShape & { call?: string }>("/calls");
const settled = () =>
  until(async () => (await api(hub, company.token).get<{ items: unknown[] }>("/deliveries?state=waiting&limit=1")).items.length === 0, 60);
const phone = (n: number): string => String(79_100_000_000 + n);

it("kill -9 between INCOMING and history: no call is lost or doubled", { timeout: 120_000 }, async () => {
  const line = await addLine(hub, company, { unknown_caller: "nothing", missed_task_minutes: "0" });
  const rang: number[] = [];
  for (let n = 0; n < 60; n++)
    if (await tell(line, { cmd: "event", type: "INCOMING", phone: phone(n), user: "ivan", callid: `kill-${n}` })) rang.push(n);
  await killAndStart();
  for (const n of rang) {
    if (n % 3 === 0) await tell(line, { cmd: "event", type: "ACCEPTED", phone: phone(n), user: "ivan", callid: `kill-${n}` });
    await tell(line, { cmd: "history", type: "in", phone: phone(n), user: "ivan", callid: `kill-${n}`, duration: "30" });
  }
  await settled();
  const all = await calls();
  expect(rang.length).toBe(60);
  expect(all.map((call) => call.phone).sort()).toEqual(rang.map(phone).sort());
  expect(all.filter(({ outcome }) => outcome === "answered")).toHaveLength(20);
  expect(all.filter(({ outcome }) => outcome === "missed")).toHaveLength(40);
});

it("kill -9 during history pushes, ten times: every one answered 200 is a call exactly once", { timeout: 180_000 }, async () => {
  const line = await addLine(hub, company, { unknown_caller: "deal", missed_task_minutes: "60" });
  const before = new Set((await calls()).map(({ id }) => id));
  const taken = new Set<string>();
  let sent = 0;
  let stopping = false;
  const sender = async () => {
    while (!stopping) {
      const number = phone(1_000 + sent++);
      const isTaken = await tell(line, {
        cmd: "history",
        type: "in",
        phone: number,
        user: "ivan",
        callid: `push-${number}`,
        duration: "9",
      });
      if (isTaken) taken.add(number);
      else await sleep(20);
    }
  };
  const senders = Array.from({ length: 4 }, sender);
  for (let round = 0; round < 10; round++) {
    const enough = taken.size + 40;
    await until(async () => taken.size >= enough, 30);
    await killAndStart();
  }
  await sleep(200);
  stopping = true;
  await Promise.all(senders);
  await settled();
  const made = (await calls()).filter(({ id }) => !before.has(id));
  const phones = made.map((call) => call.phone);
  const lost = [...taken].filter((number) => !phones.includes(number));
  console.log(
    `kill -9 during history: 10 rounds, ${taken.size} answered 200, ${made.length} calls, ${lost.length} lost, ${phones.length - new Set(phones).size} doubled`,
  );
  expect(lost).toEqual([]);
  expect(new Set(phones).size).toBe(phones.length);
  // Each stranger is one contact, one deal and one task.
  const tasks = (await api(hub, company.token).all<{ title: string }>("/tasks")).map(({ title }) => title);
  expect(new Set(tasks).size).toBe(tasks.length);
  expect(tasks.length).toBe(made.length);
  expect((await api(hub, company.token).all("/deals")).length).toBe(made.length);
});

it("a day of calls told to nobody comes back when the hub does, once, beside what had been told", { timeout: 120_000 }, async () => {
  const pbx = await startPbx({ dialect: "classic", accounts: [{ name: "ivan", realName: "" }] });
  try {
    const line = await addLine(hub, company, {
      dialect: "classic",
      domain: pbx.url,
      pbx_token: "key",
      unknown_caller: "nothing",
      missed_task_minutes: "0",
    });
    const day = 86_400_000;
    const at = (n: number) => new Date(Date.now() - day + (n + 1) * 600_000);
    const before = new Set((await calls()).map(({ id }) => id));
    for (let n = 0; n < 100; n++) {
      pbx.lines.push({
        ...{
          uid: `day-${n}`,
          direction: "in",
          outcome: n % 4 === 0 ? "missed" : "answered",
          client: phone(5_000 + n),
          account: "ivan",
          via: "78001234567",
        },
        ...{ start: at(n), waitSeconds: 5, talkSeconds: n % 4 === 0 ? 0 : 60 },
      });
    }
    // Some had been told of before the hub went down.
    for (let n = 0; n < 10; n++)
      await tell(line, {
        cmd: "history",
        type: "in",
        phone: phone(5_000 + n),
        user: "ivan",
        callid: `day-${n}`,
        duration: "65",
        status: n % 4 === 0 ? "Missed" : "Success",
      });
    await killAndStart();
    await until(async () => (await calls()).filter(({ id }) => !before.has(id)).length >= 100, 60);
    await settled();
    // Read when nothing changes any more: a call whose time becomes known moves to another page.
    const made = (await calls()).filter(({ id }) => !before.has(id));
    expect(made).toHaveLength(100);
    expect(made.filter(({ outcome }) => outcome === "missed")).toHaveLength(25);
    const again = await hub.command<{ facts: number; fresh: number }>("connection", "poll", String(line.id), "-w", "calls", "--days", "2");
    expect(again).toEqual({ facts: 100, fresh: 0 });
  } finally {
    await pbx.close();
  }
});
