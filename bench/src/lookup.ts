import { phoneLookup } from "@svyazka/crm";
import type pg from "pg";
import { get, load } from "./load.ts";
import { addSite, type Server, type Site, startBare } from "./processes.ts";
import type { Figure } from "./table.ts";

/** "Who is this phone" through the API at 50 connections, against a bare handler that runs the same SELECT. */
export async function measureLookup(
  hub: Server,
  database: { url: string; client: pg.Client },
  contacts: number,
  seconds: number,
): Promise<{ figures: Figure[]; site: Site }> {
  const site = addSite(hub, "lookup");
  const { id, api_token } = site.workspace;
  await fill(database.client, id, contacts);
  const bare = await startBare(database.url, String(id), phoneLookup);
  const digits = () => `7${9_000_000_000 + Math.floor(Math.random() * contacts)}`;
  try {
    const ask = {
      bare: (time: number) => load({ url: bare.url, connections: 50, seconds: time, request: () => get(`/${digits()}`) }),
      hub: (time: number) =>
        load({ url: hub.url, connections: 50, seconds: time, request: () => get(`/hub/v1/phones/%2B${digits()}`, api_token) }),
    };
    await ask.bare(2);
    await ask.hub(2);
    const limit = await ask.bare(seconds);
    const measured = await ask.hub(seconds);
    if (measured.statuses.size !== 1 || !measured.statuses.has(200))
      throw new Error(`Not every question was answered: ${JSON.stringify([...measured.statuses])}`);
    const figures = [
      {
        what: `Who is this phone, ${contacts.toLocaleString("en")} contacts, 50 connections`,
        value: `p50 ${measured.p50Ms.toFixed(1)} ms, p99 ${measured.p99Ms.toFixed(1)} ms, ${measured.perSecond.toFixed(0)}/s`,
        limit: `p50 ${limit.p50Ms.toFixed(1)} ms, p99 ${limit.p99Ms.toFixed(1)} ms, ${limit.perSecond.toFixed(0)}/s`,
        ratio: `${(measured.p99Ms / limit.p99Ms).toFixed(2)} (p99)`,
        goal: "p99 ratio at most 3",
      },
    ];
    return { figures, site };
  } finally {
    await bare.stop();
  }
}

async function fill(client: pg.Client, workspace: number, contacts: number): Promise<void> {
  await client.query(`set svyazka.workspace = '${workspace}'`);
  await client.query({
    text: `with made as (
             insert into crm.contact (workspace, name) select $1, 'Person ' || n from generate_series(0, $2 - 1) n returning id)
           insert into crm.channel (workspace, contact, kind, label, value, e164, last10, position)
           select $1, id, 'phone', 'work', '+7' || (9000000000 + n), '+7' || (9000000000 + n), (9000000000 + n)::text, 0
           from (select id, row_number() over (order by id) - 1 as n from made) numbered`,
    values: [workspace, contacts],
  });
  await client.query("vacuum analyze crm.contact");
  await client.query("vacuum analyze crm.channel");
}
