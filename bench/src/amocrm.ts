import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileTokens, longLived, makeAmo, memoryTokens, overFetch } from "@svyazka/amocrm";
import { startAmo } from "@svyazka/amocrm/standin";
import type pg from "pg";
import { get, load } from "./load.ts";
import { command, root, type Server, startBareList } from "./processes.ts";
import type { Figure } from "./table.ts";

/** amoCRM from both sides: the API that we serve, and the client that loads an account. The workspace is that of the search, with its people. */

const subdomain = "search";
const picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=";

interface Program {
  readonly long_lived_token: string;
  readonly urls: { readonly api: string };
}

export async function measureAmocrm(
  hub: Server,
  database: { readonly url: string; readonly client: pg.Client },
  { deals, loaded, seconds }: { readonly deals: number; readonly loaded: number; readonly seconds: number },
): Promise<Figure[]> {
  const image = join(hub.dataDir, "picture.png");
  writeFileSync(image, Buffer.from(picture, "base64"));
  const program = command<Program>(
    hub,
    ...["integration", "create", "--workspace", subdomain, "--name", "Bench", "--redirect-uri", "https://example.com/callback"],
    ...["--picture", image, "--long-lived", "--set", "requests_per_second=0"],
  );
  const workspace = await fillDeals(database.client, deals);
  return [
    ...(await measureLists(hub, database, workspace, program, deals, seconds)),
    await measureBatches(hub, program, seconds),
    await measureFirstLoad(hub, program, loaded),
    await measurePace(hub),
    await measureRefresh(),
  ];
}

/** Deals of the people there are, each with one or two of them and every third with a tag. */
async function fillDeals(client: pg.Client, deals: number): Promise<number> {
  const { rows } = await client.query<{ id: number }>("select id from hub.workspace where subdomain = $1", [subdomain]);
  const workspace = Number(rows[0]?.id);
  await client.query(`set svyazka.workspace = '${workspace}'`);
  await client.query({
    text: `with place as (
             select p.id as pipeline, array_agg(s.id order by s.position, s.id) as stages from crm.pipeline p join crm.stage s on s.workspace = $1 and s.pipeline = p.id
             where p.workspace = $1 and p.is_default and s.kind in ('open', 'won') group by p.id
           ), people as (select array_agg(id) as ids from (select id from crm.contact where workspace = $1 order by id limit 200000) first),
           made as (
             insert into crm.deal (workspace, name, sum_minor, currency, pipeline, stage)
             select $1, 'Заявка ' || n, (random() * 10000000)::int, 'RUB', pipeline, stages[1 + n % (cardinality(stages) - 1)] from generate_series(1, $2::int) n, place returning id
           ), numbered as (select id, row_number() over () as n from made)
           insert into crm.deal_contact (workspace, deal, contact, is_main)
           select $1, numbered.id, ids[1 + (n * 7 + k) % cardinality(ids)], k = 0 from numbered, people, generate_series(0, (n % 2)::int) k`,
    values: [workspace, deals],
  });
  for (const table of ["deal", "deal_contact", "contact", "channel", "word"]) await client.query(`vacuum analyze crm.${table}`);
  return workspace;
}

/** What a program would write by hand for the same rows. */
const leadsText = `
  select d.id, d.name, d.sum_minor, d.responsible, d.stage, d.pipeline, d.loss_reason, d.source, d.created_by, d.updated_by, d.created_at, d.updated_at, d.closed_at, d.fields, d.company,
    (select coalesce(json_agg(json_build_object('id', contact, 'is_main', is_main) order by is_main desc, contact), '[]') from crm.deal_contact where workspace = $1 and deal = d.id) as contacts,
    (select coalesce(json_agg(json_build_object('id', t.id, 'name', t.name)), '[]') from crm.tagged g join crm.tag t on t.workspace = $1 and t.id = g.tag where g.workspace = $1 and g.entity = 'deal' and g.record = d.id) as tags,
    (select min(due) from crm.task where workspace = $1 and deal = d.id and done_at is null and deleted_at is null) as closest
  from (select * from crm.deal where workspace = $1 and deleted_at is null order by id limit 250 offset (($2::int) - 1) * 250) d order by d.id`;
const contactsText = `
  select c.*, (select json_agg(ch.*) from crm.channel ch where ch.workspace = $1 and ch.contact = c.id) as channels
  from crm.contact c where c.workspace = $1 and c.deleted_at is null
    and c.id in (select contact from crm.channel where workspace = $1 and last10 = $2) order by c.id desc limit 50`;

async function measureLists(
  hub: Server,
  { url, client }: { readonly url: string; readonly client: pg.Client },
  workspace: number,
  { long_lived_token: token }: Program,
  deals: number,
  seconds: number,
): Promise<Figure[]> {
  const { rows } = await client.query<{ last10: string }>(
    "select last10 from crm.channel where workspace = $1 and last10 is not null order by id limit 5000",
    [workspace],
  );
  const phone = (index: number): string => rows[index % rows.length]?.last10 ?? "";
  const page = (index: number): number => 1 + (index % 20);
  const kinds = [
    {
      what: `GET /api/v4/leads?limit=250&with=contacts of ${deals.toLocaleString("en")} deals, one after the other`,
      text: leadsText,
      bare: (index: number) => get(`/${page(index)}`),
      served: (index: number) => get(`/api/v4/leads?limit=250&with=contacts&page=${page(index)}`, token),
    },
    {
      what: "GET /api/v4/contacts?query=<phone>, one after the other",
      text: contactsText,
      bare: (index: number) => get(`/${phone(index)}`),
      served: (index: number) => get(`/api/v4/contacts?query=${phone(index)}`, token),
    },
  ];
  const figures: Figure[] = [];
  for (const { what, text, bare, served } of kinds) {
    const limit = await startBareList(url, String(workspace), text);
    try {
      const ask = (server: Server, request: (index: number) => string, time: number) =>
        load({ url: server.url, connections: 1, seconds: time, request });
      await ask(limit, bare, 1);
      await ask(hub, served, 1);
      const floor = await ask(limit, bare, seconds);
      const measured = await ask(hub, served, seconds);
      if (measured.statuses.size !== 1 || !measured.statuses.has(200))
        throw new Error(`Not every question was answered: ${JSON.stringify([...measured.statuses])}`);
      figures.push({
        what,
        value: `p50 ${measured.p50Ms.toFixed(1)} ms, p99 ${measured.p99Ms.toFixed(1)} ms, ${measured.perSecond.toFixed(0)}/s`,
        limit: `p50 ${floor.p50Ms.toFixed(1)} ms, p99 ${floor.p99Ms.toFixed(1)} ms, ${floor.perSecond.toFixed(0)}/s: one SELECT`,
        ratio: `${(measured.p50Ms / floor.p50Ms).toFixed(2)} (p50)`,
        goal: "at most 2.5",
      });
    } finally {
      await limit.stop();
    }
  }
  return figures;
}

async function measureBatches(hub: Server, { long_lived_token: token }: Program, seconds: number): Promise<Figure> {
  const body = JSON.stringify(Array.from({ length: 50 }, (_, place) => ({ name: `Пакет ${place}`, price: 1000 + place })));
  const request = () =>
    `POST /api/v4/leads HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const ask = (time: number) => load({ url: hub.url, connections: 2, seconds: time, request });
  await ask(1);
  const measured = await ask(seconds);
  if (!measured.statuses.has(200) || measured.statuses.size !== 1)
    throw new Error(`Not every batch was taken: ${JSON.stringify([...measured.statuses])}`);
  return {
    what: "POST /api/v4/leads, 50 leads in a batch, 2 connections",
    value: `p50 ${measured.p50Ms.toFixed(0)} ms a batch, ${(measured.perSecond * 50).toFixed(0)} leads/s`,
    ...{ limit: "—", ratio: "—", goal: "—" },
  };
}

/** From adding the connection to so many people in the address book; the limit reads the same pages and keeps nothing. */
async function measureFirstLoad(hub: Server, { long_lived_token: token, urls }: Program, loaded: number): Promise<Figure> {
  const amo = makeAmo({
    domain: urls.api,
    tokens: memoryTokens(longLived(token)),
    send: overFetch(fetch),
    limiter: { take: async () => {} },
  });
  const began = performance.now();
  let read = 0;
  for await (const { items } of amo.contacts.pages()) {
    read += items.length;
    if (read >= loaded) break;
  }
  const limit = read / ((performance.now() - began) / 1000);
  const far = command<{ api_token: string }>(
    hub,
    ...[
      "workspace",
      "create",
      "--name",
      "Far",
      "--subdomain",
      "far",
      "--admin-email",
      "a@far.example",
      "--admin-password",
      "password-of-bench",
    ],
  );
  const started = performance.now();
  const { id } = command<{ id: number }>(
    hub,
    ...["connection", "add", "amocrm", "-w", "far", "--allow-private-addresses", "--set", "side=account", "--set", `domain=${urls.api}`],
    ...["--set", `long_lived_token=${token}`, "--set", "requests_per_second=0"],
  );
  let known = 0;
  while (known < loaded) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const answer = await fetch(`${hub.url}/hub/v1/connections/${id}`, { headers: { authorization: `Bearer ${far.api_token}` } });
    known = ((await answer.json()) as { activity?: { address_book?: { contacts: number } } }).activity?.address_book?.contacts ?? 0;
    if (performance.now() - started > 600_000) throw new Error(`only ${known} people after ten minutes`);
  }
  const perSecond = known / ((performance.now() - started) / 1000);
  command(hub, "connection", "remove", String(id), "-w", "far");
  return {
    what: `First load of ${loaded.toLocaleString("en")} contacts into the address book, no limit on requests`,
    value: `${perSecond.toFixed(0)} contacts/s`,
    limit: `${limit.toFixed(0)}/s read by the client and kept nowhere`,
    ratio: (perSecond / limit).toFixed(2),
    goal: "—",
  };
}

/** A hundred pages from an account that allows seven requests a second: how many are refused, and how much of what is allowed is used. */
async function measurePace(hub: Server): Promise<Figure> {
  const standin = await startAmo();
  try {
    const amo = makeAmo({
      domain: standin.url,
      tokens: memoryTokens(longLived(standin.longLivedToken())),
      send: overFetch(fetch),
      limiter: { take: async () => {} },
    });
    await amo.contacts.createMany(Array.from({ length: 40_000 }, (_, place) => ({ name: `Человек ${place}` })));
    standin.switches.perSecond = 7;
    const before = standin.requests.length;
    const { id } = command<{ id: number }>(
      hub,
      ...[
        "connection",
        "add",
        "amocrm",
        "-w",
        "far",
        "--allow-private-addresses",
        "--set",
        "side=account",
        "--set",
        `domain=${standin.url}`,
      ],
      ...["--set", `long_lived_token=${standin.longLivedToken()}`],
    );
    const asked = () => standin.requests.slice(before);
    while (asked().length < 10) await new Promise((resolve) => setTimeout(resolve, 20));
    const [first, started] = [asked().length, performance.now()];
    while (asked().length < first + 120) await new Promise((resolve) => setTimeout(resolve, 20));
    const perSecond = (asked().length - first) / ((performance.now() - started) / 1000);
    const refused = asked().filter(({ status }) => status === 429).length;
    command(hub, "connection", "remove", String(id), "-w", "far");
    return {
      what: "Requests to an account that allows 7 a second",
      value: `${perSecond.toFixed(2)}/s, ${refused} answers of 429`,
      limit: "7/s",
      ratio: (perSecond / 7).toFixed(2),
      goal: "at least 0.95, and no 429",
    };
  } finally {
    await standin.stop();
  }
}

/** Sixteen processes with one pair of tokens that has just expired. */
async function measureRefresh(): Promise<Figure> {
  const standin = await startAmo();
  const directory = mkdtempSync(join(tmpdir(), "svyazka-bench-tokens-"));
  try {
    const path = join(directory, "tokens.json");
    const tokens = fileTokens(path);
    await makeAmo({ domain: standin.url, credentials: standin.credentials, tokens, send: overFetch(fetch) }).begin(standin.code());
    await tokens.exclusively(async (current, save) => {
      if (current) await save({ ...current, expiresAt: 0 });
    });
    const before = standin.tokensGiven();
    const startAt = Date.now() + 8_000;
    const processes = Array.from({ length: 16 }, () =>
      spawn(
        process.execPath,
        ["vendors/amocrm/testkit/renew-process.ts", standin.url, path, JSON.stringify(standin.credentials), String(startAt)],
        {
          ...{ cwd: root, stdio: ["ignore", "ignore", "inherit"] as const },
        },
      ),
    );
    const ended = await Promise.all(processes.map((child) => once(child, "exit")));
    const failed = ended.filter(([code]) => code !== 0).length;
    return {
      what: "Tokens renewed by 16 processes at once",
      value: `${standin.tokensGiven() - before} renewal, ${16 - failed} of 16 processes answered, ${Date.now() - startAt} ms`,
      ...{ limit: "1", ratio: "—", goal: "exactly one renewal" },
    };
  } finally {
    await standin.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
