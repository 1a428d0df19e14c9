import { startStandinBase } from "@svyazka/onec/standin";
import pg from "pg";
import { load, post } from "./load.ts";
import { command, pssMib, type Server } from "./processes.ts";
import type { Figure } from "./table.ts";

/** 1C from both sides: counterparties call by call, as a base tells them for the first time and again, and orders brought to a base that loses every tenth answer. */

interface Door {
  readonly id: number;
  readonly secrets: Readonly<Record<string, string>>;
}

interface Scale {
  readonly counterparties: number;
  /** At fifty a second. */
  readonly orders: number;
}

const connections = 8;

export async function measureOnec(hub: Server, url: string, { counterparties, orders }: Scale): Promise<Figure[]> {
  const workspace = command<{ id: number; api_token: string }>(
    hub,
    ...[
      "workspace",
      "create",
      "--name",
      "1C",
      "--subdomain",
      "onec",
      "--admin-email",
      "onec@example.com",
      "--admin-password",
      "bench password",
    ],
  );
  const door = command<Door>(hub, "connection", "add", "onec", "--workspace", "onec", "--set", "approve=auto");
  const commits = await insertsPerSecond(url);
  const before = pssMib(hub.pid);
  const tell = (index: number): string => {
    const number = String(index).padStart(7, "0");
    const call = { key: workspace.id, id_base: 1, id_1c: `bench-${number}`, name: `ООО Контрагент ${number}`, inn: innOf(index) };
    return post(`/in/${door.secrets["path_secret"]}/sync/clients_companies`, JSON.stringify(call));
  };
  const figures: Figure[] = [];
  for (const [what, goal] of [
    [`${counterparties.toLocaleString("en")} counterparties of 1C, call by call from ${connections} connections`, "at least 0.4"],
    ["The same counterparties told again: nothing has changed", "faster"],
  ] as const) {
    const measured = await load({ url: hub.url, connections, requests: counterparties, request: tell });
    if (measured.statuses.size !== 1 || !measured.statuses.has(200))
      throw new Error(`Not every call was answered: ${JSON.stringify([...measured.statuses])}`);
    figures.push({
      what,
      value: `${measured.perSecond.toFixed(0)}/s, p99 ${measured.p99Ms.toFixed(1)} ms, PSS ${before.toFixed(0)} → ${pssMib(hub.pid).toFixed(0)} MiB`,
      limit: `${commits.toFixed(0)}/s one-row INSERTs, each committed`,
      ratio: (measured.perSecond / commits).toFixed(2),
      goal,
    });
  }
  const api = caller(hub, workspace.api_token);
  figures.push(await measureOrders(hub, api, workspace.id, door, orders));
  return figures;
}

/** What the disk and PostgreSQL can do: as many connections, a row each time. */
async function insertsPerSecond(url: string): Promise<number> {
  const clients = await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    }),
  );
  const [first] = clients;
  await first?.query("create table if not exists public.one_row (id bigint generated always as identity primary key, body text)");
  const seconds = 4;
  const deadline = performance.now() + seconds * 1000;
  let done = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < deadline) {
        await client.query({ name: "one-row", text: "insert into public.one_row (body) values ($1)", values: ["x".repeat(200)] });
        done++;
      }
    }),
  );
  await first?.query("drop table public.one_row");
  await Promise.all(clients.map((client) => client.end()));
  return done / seconds;
}

type Call = (method: string, path: string, body?: unknown) => Promise<unknown>;

const caller =
  (hub: Server, token: string): Call =>
  async (method, path, body) => {
    const answer = await fetch(`${hub.url}/hub/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };

const perSecond = 50;
const lostEvery = 10;

async function measureOrders(hub: Server, api: Call, key: number, door: Door, orders: number): Promise<Figure> {
  const base = await startStandinBase({ key: String(key), idBase: "orders" });
  base.switches.failRate = lostEvery;
  const { items: pipelines } = (await api("GET", "/pipelines")) as { items: { stages: { id: number; kind: string }[] }[] };
  const won = pipelines[0]?.stages.find(({ kind }) => kind === "won")?.id;
  await base.register(`${hub.url}/in/${door.secrets["path_secret"]}`);
  const { items } = (await api("GET", "/connections?limit=250")) as { items: { id: number; settings: Record<string, unknown> }[] };
  const connection = items.find(({ settings }) => settings["id_base"] === "orders")?.id;
  await api("PATCH", `/connections/${connection}`, { settings: { order_stages: [String(won)], sessions: 4, clients: "none" } });
  const client = (await api("POST", "/companies", { name: "ООО Заказчик", inn: "7707083893" })) as { id: number };
  const deals: number[] = [];
  for (let made = 0; made < orders; made++)
    deals.push(((await api("POST", "/deals", { name: `Заказ ${made}`, company: client.id })) as { id: number }).id);
  const started = performance.now();
  await Promise.all(
    deals.map(async (deal, index) => {
      await new Promise((resolve) => setTimeout(resolve, (index * 1000) / perSecond));
      await api("PATCH", `/deals/${deal}`, { stage: won });
    }),
  );
  const told = performance.now();
  const isThere = (deal: number): boolean => base.state.timesMade(String(deal)) > 0;
  const deadline = told + 600_000;
  while (!deals.every(isThere)) {
    if (performance.now() > deadline) throw new Error(`${deals.filter((deal) => !isThere(deal)).length} orders have not arrived`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const done = performance.now();
  const twice = deals.filter((deal) => base.state.timesMade(String(deal)) !== 1).length;
  const lost = base.requests.filter(({ status }) => status === 0).length;
  await base.close();
  return {
    what: `${orders.toLocaleString("en")} deals at ${perSecond}/s become orders in a base that loses every tenth answer, over 4 sessions`,
    value: `all once (${twice} twice), ${lost} answers lost, the last one ${((done - told) / 1000).toFixed(1)} s after its deal`,
    limit: `${perSecond}/s asked for`,
    ratio: (orders / ((done - started) / 1000) / perSecond).toFixed(2),
    goal: "all once",
  };
}

/** A valid one of ten digits. */
function innOf(index: number): string {
  const digits = [..."77", ...String(index).padStart(7, "0")].map(Number);
  const weights = [2, 4, 10, 3, 5, 9, 4, 6, 8];
  const sum = weights.reduce((total, weight, place) => total + weight * (digits[place] ?? 0), 0);
  return `${digits.join("")}${(sum % 11) % 10}`;
}
