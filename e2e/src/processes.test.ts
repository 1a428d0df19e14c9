import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startAsterisk } from "@svyazka/asterisk/standin";
import { afterAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../server/testkit/database.ts";
import { addSite, api, type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { openPage } from "../testkit/live.ts";
import { FormLoad } from "../testkit/load.ts";
import { addCompany, addLine, type CallShape } from "../testkit/telephony.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

describe("several processes on one database", () => {
  it("share the work: one takes requests, others deliver, and a worker that dies is replaced within 15 seconds", {
    timeout: 120_000,
  }, async () => {
    const test = await testDatabase();
    const dataDir = makeDataDir();
    const hubs: HubProcess[] = [];
    try {
      const start = async (role: "web" | "worker") => {
        const hub = await startHubProcess({ dataDir, databaseUrl: test.url, role });
        hubs.push(hub);
        return hub;
      };
      const web = await start("web");
      const site = await addSite(web, "split", "repeat=new");
      const client = api(web, site.workspace.api_token);
      const send = async (name: string) =>
        (await fetch(`${web.url}/ctm/form/send`, { method: "POST", body: new URLSearchParams({ public_token: site.publicToken, name }) }))
          .status;
      expect(await send("before any worker")).toBe(200);
      const worker = await start("worker");
      await until(async () => (await client.get<{ items: unknown[] }>("/deals")).items.length === 1);
      // Killed in the middle of its work.
      const load = new FormLoad(() => web.url, site.publicToken, 8).start();
      await until(async () => load.answers.length > 150);
      await worker.kill();
      const sent = (await load.stop()).filter((answer) => answer.status === 200).length;
      const killed = Date.now();
      await start("worker");
      await until(async () => (await client.get<{ items: unknown[] }>("/deliveries?state=waiting&limit=1")).items.length === 0, 40);
      expect((await client.all<unknown>("/deals")).length).toBe(sent + 1);
      // What the dead one held was taken over when its lease ended; the backlog itself takes what it takes.
      const { rows } = await test.owner.query<{ late: number }>(
        "select extract(epoch from max(finished_at) - to_timestamp($1 / 1000.0))::float8 as late from hub.delivery",
        [killed],
      );
      console.log(`${sent} forms; everything done ${rows[0]?.late.toFixed(1)} s after the worker was killed`);
    } finally {
      for (const hub of hubs) await hub.kill();
      removeDataDir(dataDir);
      await test.close();
    }
  });
});

describe("telephony on several processes", () => {
  it("a played call whose process dies is ended by another; a card reaches a page that another process has open; Asterisk is listened to by one", {
    timeout: 120_000,
  }, async () => {
    const test = await testDatabase();
    const dataDir = makeDataDir();
    const far = await startAsterisk();
    const hubs: HubProcess[] = [];
    try {
      const start = async (role: "web" | "worker") => {
        const hub = await startHubProcess({ dataDir, databaseUrl: test.url, role });
        hubs.push(hub);
        return hub;
      };
      const [one, other] = [await start("web"), await start("worker")];
      await start("worker");
      // The last to take requests is the one that the command line speaks to.
      const web = await start("web");
      const company = await addCompany(web, "several");
      const line = await addLine(web, company, { side: "pbx", accounts: "admin:admin@several.example:101" });
      await web.command("connection", "match-users", String(line.id), "-w", company.subdomain);
      await web.command(
        ...["connection", "add", "asterisk", "-w", company.subdomain, "--allow-private-addresses"],
        ...["--set", `url=${far.url}`, "--set", "username=svyazka", "--set", "password=secret"],
      );
      await until(async () => far.listeners === 1);
      const page = await openPage(one, "admin@several.example", "пароль-для-проверки");
      await web.command("call", "simulate", "--connection", String(line.id), "--from", "79101234567", "--answer-after", "1", "--talk", "3");
      await until(async () => page.news.some(({ news }) => news.type === "call.ringing"));
      page.close();
      const calls = () => api(one, company.token).all<CallShape>("/calls");
      await until(async () => (await calls()).some(({ state }) => state === "talking"));
      await web.kill();
      const call = await until(async () => (await calls()).find(({ state }) => state === "over"), 40);
      expect(call).toMatchObject({ outcome: "answered", direction: "in" });
      expect((await calls()).length).toBe(1);
      expect(far.listeners).toBe(1);
      // Another one listens when this one is gone.
      const looks = far.asked.filter((asked) => asked === "GET /bridges").length;
      await other.kill();
      for (const hub of hubs.slice(2, 3)) await hub.stop();
      await start("worker");
      await until(async () => far.listeners === 1 && far.asked.filter((asked) => asked === "GET /bridges").length > looks, 40);
    } finally {
      for (const hub of hubs) await hub.kill();
      await far.close();
      removeDataDir(dataDir);
      await test.close();
    }
  });
});

describe("a hub that is asked to stop", () => {
  const dataDir = makeDataDir();
  afterAll(() => removeDataDir(dataDir));

  it("finishes what it has taken, answers nobody falsely, and ends cleanly within seconds", { timeout: 60_000 }, async () => {
    let hub = await startHubProcess({ dataDir });
    const site = await addSite(hub, "drain", "repeat=new");
    const load = new FormLoad(() => hub.url, site.publicToken, 8).start();
    await until(async () => load.answers.length > 100);
    const started = Date.now();
    expect(await hub.stop()).toBe(0);
    expect(Date.now() - started).toBeLessThan(10_000);
    const answers = await load.stop();
    hub = await startHubProcess({ dataDir });
    const client = api(hub, site.workspace.api_token);
    await until(async () => (await client.get<{ items: unknown[] }>("/deliveries?state=waiting&limit=1")).items.length === 0);
    expect((await client.all<unknown>("/deals")).length).toBe(answers.filter((answer) => answer.status === 200).length);
    await hub.stop();
  });

  it("leaves no PostgreSQL behind", async () => {
    const { stdout } = await run("ps", ["-eo", "args"]);
    expect(stdout.split("\n").filter((line) => line.includes(`${dataDir}/postgres`))).toEqual([]);
  });
});

describe("a start that cannot work", () => {
  const start = (environment: Record<string, string>, ...args: string[]) => {
    const { DATABASE_URL: _, ...inherited } = process.env;
    return run(process.execPath, ["server/src/main.ts", ...args], {
      cwd: root,
      env: { ...inherited, DATA_DIR: "/tmp/svyazka-never", ...environment },
      timeout: 60_000,
    }).then(
      () => ({ code: 0, stderr: "" }),
      (error: { code: number; stderr: string }) => ({ code: error.code, stderr: error.stderr }),
    );
  };

  it("says in a sentence which value is wrong", async () => {
    for (const [environment, args, words] of [
      [{ PORT: "http" }, [], /PORT must be a whole number from 0 to 65535, not "http"/],
      [{}, ["--port", "99999"], /--port must be a whole number/],
      [{}, ["--role", "boss"], /--role must be one of all, web, worker/],
      [{}, ["--prot", "1"], /Unknown option '--prot'/],
      [{ DATABASE_URL: "mysql://x" }, [], /DATABASE_URL must be an address that starts with postgres:/],
      [{ DATABASE_URL: "postgres://127.0.0.1:1/none" }, [], /DATABASE_URL does not work/],
      [{ MASTER_KEY: "short" }, [], /MASTER_KEY must be 32 bytes in base64/],
    ] as const) {
      const { code, stderr } = await start(environment, ...args);
      expect(stderr, JSON.stringify([environment, args])).toMatch(words);
      expect(stderr).not.toMatch(/\n\s+at /);
      expect(code).toBe(1);
    }
  });

  it("is refused, in words, while another hub runs on the same data", { timeout: 60_000 }, async () => {
    const dataDir = makeDataDir();
    const hub = await startHubProcess({ dataDir });
    const { code, stderr } = await start({ DATA_DIR: dataDir, PORT: "0" });
    expect(stderr).toMatch(/Another hub is running on/);
    expect(code).toBe(1);
    expect((await fetch(`${hub.url}/health/ready`)).status).toBe(200);
    await hub.stop();
    removeDataDir(dataDir);
  });
});
