import { setTimeout as sleep } from "node:timers/promises";
import type { WorkspaceId } from "@svyazka/core";
import { phoneLookup } from "@svyazka/crm";
import type { Pool } from "@svyazka/server/db/pool.ts";
import { get, load, post } from "./load.ts";
import { access, command, type Server, type Site, startBare } from "./processes.ts";
import type { Figure } from "./table.ts";

interface Line {
  readonly id: number;
  readonly secrets: Readonly<Record<string, string>>;
  readonly urls: Readonly<Record<string, string>>;
}

const addLine = (hub: Server, subdomain: string, ...settings: string[]): Line =>
  command<Line>(
    hub,
    ...["connection", "add", "vats", "-w", subdomain, "--allow-private-addresses"],
    ...settings.flatMap((setting) => ["--set", setting]),
  );

const push = (line: Line, fields: Readonly<Record<string, string>>): string =>
  post(`/in/${line.id}/crm_integration.php`, new URLSearchParams({ ...fields, crm_token: line.secrets["crm_token"] ?? "" }).toString());

const milliseconds = ({ p50Ms, p99Ms }: { p50Ms: number; p99Ms: number }): string =>
  `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;

/** "Who is calling?", asked by a PBX at 50 connections in a workspace of a million contacts: alone, and while accounts of calls come in. */
export async function measureContact(hub: Server, databaseUrl: string, site: Site, contacts: number, seconds: number): Promise<Figure[]> {
  const line = addLine(hub, "lookup", "unknown_caller=nothing", "missed_task_minutes=0");
  const bare = await startBare(databaseUrl, String(site.workspace.id), phoneLookup);
  const digits = () => `7${9_000_000_000 + Math.floor(Math.random() * contacts)}`;
  let asked = 0;
  let told = 0;
  const ask = (time: number) =>
    load({
      url: hub.url,
      connections: 50,
      seconds: time,
      request: () => push(line, { cmd: "contact", phone: digits(), callid: `c${asked++}` }),
    });
  // Ten senders, one push in 50 ms each: 200 a second.
  const tell = (time: number) =>
    load({
      url: hub.url,
      connections: 10,
      seconds: time,
      everyMs: 50,
      request: () => push(line, { cmd: "history", type: "in", phone: digits(), user: "ivan", callid: `h${told++}`, duration: "60" }),
    });
  try {
    const ofBare = (time: number) => load({ url: bare.url, connections: 50, seconds: time, request: () => get(`/${digits()}`) });
    await ofBare(2);
    await ask(2);
    const limit = await ofBare(seconds);
    const alone = await ask(seconds);
    // The limit of the second figure works beside the same pushes: they take their share of the cores from whoever answers.
    const [besideLimit] = await Promise.all([ofBare(seconds), tell(seconds)]);
    const [beside, pushes] = await Promise.all([ask(seconds), tell(seconds)]);
    const figure = (what: string, measured: typeof alone, bound: typeof alone): Figure => ({
      what: `${what}, ${contacts.toLocaleString("en")} contacts, 50 connections`,
      value: `${milliseconds(measured)}, ${measured.perSecond.toFixed(0)}/s`,
      limit: `${milliseconds(bound)}, ${bound.perSecond.toFixed(0)}/s`,
      ratio: `${(measured.p99Ms / bound.p99Ms).toFixed(2)} (p99)`,
      goal: "p99 ratio at most 3",
    });
    return [
      figure("A PBX asks who is calling", alone, limit),
      figure(`The same while ${pushes.perSecond.toFixed(0)} accounts of calls a second come in`, beside, besideLimit),
    ];
  } finally {
    await bare.stop();
  }
}

/** From a push of INCOMING to the card on the open page of the person whose phone rings. */
export async function measureCard(hub: Server, calls: number): Promise<Figure[]> {
  const workspace = command<{ api_token: string }>(
    hub,
    ...[
      "workspace",
      "create",
      "--name",
      "Cards",
      "--subdomain",
      "cards",
      "--admin-email",
      "admin@cards.example",
      "--admin-password",
      "password-of-bench",
    ],
  );
  const line = addLine(hub, "cards", "unknown_caller=nothing");
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(`${hub.url}/hub/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${workspace.api_token}`, "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const { items } = (await (await call("GET", "/users")).json()) as { items: { id: number }[] };
  await call("PUT", `/connections/${line.id}/mappings/user`, { items: [{ theirs: "ivan", ours: String(items[0]?.id) }] });
  const signedIn = await fetch(`${hub.url}/hub/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "admin@cards.example", password: "password-of-bench" }),
  });
  const leave = new AbortController();
  const page = await fetch(`${hub.url}/hub/v1/live`, {
    headers: { cookie: signedIn.headers.get("set-cookie")?.split(";")[0] ?? "" },
    signal: leave.signal,
  });
  const sent = new Map<string, number>();
  const waits: number[] = [];
  const read = async () => {
    for await (const chunk of page.body ?? []) {
      for (const [, id = ""] of Buffer.from(chunk as Uint8Array)
        .toString("utf8")
        .matchAll(/"key":"\d+:(card-\d+)"/g)) {
        const at = sent.get(id);
        if (at !== undefined) waits.push(performance.now() - at);
        sent.delete(id);
      }
    }
  };
  read().catch(() => {});
  let count = 0;
  const ring = (amount: number) =>
    load({
      ...{ url: hub.url, connections: 4, requests: amount, everyMs: 20 },
      request: () => {
        const id = `card-${count++}`;
        sent.set(id, performance.now());
        return push(line, { cmd: "event", type: "INCOMING", phone: `7${9_200_000_000 + count}`, user: "ivan", callid: id });
      },
    });
  await ring(200);
  await sleep(500);
  waits.length = 0;
  await ring(calls);
  await sleep(1_000);
  leave.abort();
  if (waits.length !== calls) throw new Error(`${calls} calls rang and ${waits.length} cards came`);
  waits.sort((one, other) => one - other);
  const at = (share: number): string => (waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0).toFixed(1);
  return [
    {
      what: "From a push to the card on an open page, 200 calls a second",
      value: `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
      limit: "—",
      ratio: "—",
      goal: "at most 1 s",
    },
  ];
}

/** A thousand played calls at once, from our PBX side to our CRM side, over HTTP: each must be one call, told once. */
export async function measureThousandCalls(hub: Server, pool: Pool, calls: number): Promise<Figure[]> {
  for (const name of ["exchange", "office"])
    command(
      hub,
      ...[
        "workspace",
        "create",
        "--name",
        name,
        "--subdomain",
        name,
        "--admin-email",
        `admin@${name}.example`,
        "--admin-password",
        "password-of-bench",
      ],
    );
  const office = addLine(hub, "office", "dialect=classic", "unknown_caller=nothing", "missed_task_minutes=0", "recording_days=0");
  const exchange = addLine(
    hub,
    "exchange",
    ...["side=pbx", "dialect=classic", `crm_url=${office.urls["inbound"]}`, `crm_key=${office.secrets["crm_token"]}`],
  );
  const [{ id } = { id: 0 }] = await pool.reference.query<{ id: WorkspaceId }>({
    text: "select id from hub.workspace where subdomain = 'office'",
  });
  const sql = pool.in(id as WorkspaceId);
  const { token, url } = access(hub);
  const talkSeconds = 2;
  const started = performance.now();
  let next = 0;
  const player = async () => {
    while (next < calls) {
      const n = next++;
      const answer = await fetch(`${url}/hub/v1/connections/${exchange.id}/rehearsal`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "svyazka-workspace": "exchange", "content-type": "application/json" },
        body: JSON.stringify({ from: `7${9_300_000_000 + n}`, account: "ivan", answer_after_seconds: 1, talk_seconds: talkSeconds }),
      });
      if (answer.status !== 202) throw new Error(`a call could not be played: ${answer.status} ${await answer.text()}`);
    }
  };
  await Promise.all(Array.from({ length: 50 }, player));
  const begun = (performance.now() - started) / 1000;
  const count = async () =>
    (
      await sql.query<{ over: number; all: number }>({
        text: "select count(*) filter (where state = 'over') as over, count(*) as all from crm.call where workspace = $1",
        values: [id],
      })
    )[0];
  while (((await count())?.over ?? 0) < calls && performance.now() - started < 300_000) await sleep(100);
  const seconds = (performance.now() - started) / 1000;
  await sleep(2_000);
  const total = await count();
  const [told] = await sql.query<{ fresh: number; repeated: number }>({
    text: `select count(*) filter (where outcome = 'accepted') as fresh, count(*) filter (where outcome = 'repeated') as repeated
           from hub.journal where workspace = $1 and convert_from(body, 'utf8') like '%cmd=history%'`,
    values: [id],
  });
  if (total?.all !== calls || total.over !== calls)
    throw new Error(`${calls} calls were played, ${total?.all} came, ${total?.over} are over`);
  return [
    {
      what: `${calls.toLocaleString("en")} calls at once through the served PBX side`,
      value: `${total.over} calls, each once; ${told?.fresh} accounts told, ${told?.repeated} repeated; begun in ${begun.toFixed(1)} s, all over after ${seconds.toFixed(1)} s`,
      limit: `${(begun + 1 + talkSeconds).toFixed(1)} s, were telling free`,
      ratio: (seconds / (begun + 1 + talkSeconds)).toFixed(2),
      goal: "every account exactly once",
    },
  ];
}
