import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import {
  addSite,
  api,
  type HubProcess,
  makeDataDir,
  postgresPid,
  removeDataDir,
  type Site,
  startHubProcess,
  until,
} from "../testkit/hub.ts";
import { type Answer, FormLoad } from "../testkit/load.ts";

const rounds = 20;

interface Deal {
  readonly id: number;
  readonly contacts?: readonly { readonly id: number }[];
}
interface Contact {
  readonly id: number;
  readonly name: string;
}

/** How many times each name became a contact, and how many deals there are. */
async function countDeals(hub: HubProcess, site: Site): Promise<{ contacts: Map<string, number>; deals: number }> {
  const client = api(hub, site.workspace.api_token);
  const names = (await client.all<Contact>("/contacts")).map((contact) => contact.name);
  const contacts = new Map<string, number>();
  for (const name of names) contacts.set(name, (contacts.get(name) ?? 0) + 1);
  return { contacts, deals: (await client.all<Deal>("/deals")).length };
}

const settled = (hub: HubProcess, site: Site) =>
  until(
    async () =>
      (await api(hub, site.workspace.api_token).get<{ items: unknown[] }>("/deliveries?state=waiting&limit=1")).items.length === 0,
    60,
  );

const accepted = (answers: readonly Answer[]): string[] => answers.filter((answer) => answer.status === 200).map((answer) => answer.name);

describe("kill -9 of the hub under form load", () => {
  const dataDir = makeDataDir();
  let hub: HubProcess;
  afterAll(async () => {
    await hub.stop();
    removeDataDir(dataDir);
  });

  it(`${rounds} times: every request answered 200 is a deal exactly once`, { timeout: 300_000 }, async () => {
    hub = await startHubProcess({ dataDir });
    // Every form is a person and a deal of its own.
    const site = await addSite(hub, "survivor", "repeat=new", "spam_check=false");
    const load = new FormLoad(() => hub.url, site.publicToken, 8).start();
    for (let round = 0; round < rounds; round++) {
      const enough = accepted(load.answers).length + 30 + Math.random() * 30;
      await until(async () => accepted(load.answers).length >= enough, 20);
      const port = Number(new URL(hub.url).port);
      await hub.kill();
      hub = await startHubProcess({ dataDir, port });
    }
    await sleep(300);
    const answers = await load.stop();
    await settled(hub, site);
    const sent = accepted(answers);
    const { contacts, deals } = await countDeals(hub, site);
    const lost = sent.filter((name) => !contacts.has(name));
    const doubled = [...contacts].filter(([, times]) => times > 1);
    console.log(
      `kill -9 of the hub: ${rounds} rounds, ${sent.length} answered 200, ${deals} deals, ${lost.length} lost, ${doubled.length} doubled, ${answers.length - sent.length} not acknowledged`,
    );
    expect(sent.length).toBeGreaterThan(500);
    expect(lost).toEqual([]);
    expect(doubled).toEqual([]);
    // A request that was stored and whose answer was cut off became a deal too, once.
    expect(deals).toBe(contacts.size);
    expect(deals).toBeLessThanOrEqual(answers.length);
    expect(answers.filter(({ status }) => status !== undefined && status !== 200 && status !== 503)).toEqual([]);
  });
});

describe("kill -9 of postgres under form load", () => {
  const dataDir = makeDataDir();
  let hub: HubProcess;
  afterAll(async () => {
    await hub.stop();
    removeDataDir(dataDir);
  });

  it("the hub recovers by itself; senders get 503 meanwhile and never a false 200", { timeout: 120_000 }, async () => {
    hub = await startHubProcess({ dataDir });
    const site = await addSite(hub, "survivor", "repeat=new", "spam_check=false");
    const load = new FormLoad(() => hub.url, site.publicToken, 8).start();
    for (let round = 0; round < 5; round++) {
      await sleep(800);
      process.kill(postgresPid(dataDir), "SIGKILL");
      await until(async () => (await fetch(`${hub.url}/health/ready`)).status === 200, 30);
    }
    await sleep(500);
    const answers = await load.stop();
    await settled(hub, site);
    const { contacts, deals } = await countDeals(hub, site);
    const sent = accepted(answers);
    const refused = answers.filter((answer) => answer.status === 503).length;
    console.log(`kill -9 of postgres: 5 rounds, ${sent.length} answered 200, ${refused} answered 503, ${deals} deals`);
    expect(sent.filter((name) => contacts.get(name) !== 1)).toEqual([]);
    expect(refused).toBeGreaterThan(0);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200, 503]));
  });

  it("both killed at once: the next start recovers without a hand's help", { timeout: 60_000 }, async () => {
    const postgres = postgresPid(dataDir);
    process.kill(hub.pid, "SIGKILL");
    process.kill(postgres, "SIGKILL");
    await hub.kill();
    hub = await startHubProcess({ dataDir });
    expect((await fetch(`${hub.url}/health/ready`)).status).toBe(200);
  });
});
