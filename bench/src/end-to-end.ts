import { readPhones, type WorkspaceId } from "@svyazka/core";
import { loneKit } from "@svyazka/core/testkit";
import { builtinCrm } from "@svyazka/crm";
import type { Pool } from "@svyazka/server/db/pool.ts";
import { load, post } from "./load.ts";
import { addSite, type Server, type Site, startHub } from "./processes.ts";
import type { Figure } from "./table.ts";

/** From the first form sent to the last deal made, per second. */
export async function measureEndToEnd(hub: Server, pool: Pool, forms: number): Promise<Figure[]> {
  const site = addSite(hub, "endtoend");
  await formsToDeals([hub], site, pool, Math.min(forms, 500), 5_000_000);
  const measured = await formsToDeals([hub], site, pool, forms, 0);
  const limit = await dealsByPort(pool, site.workspace.id as WorkspaceId, forms);
  return [
    {
      what: "Forms to finished deals, end to end, one process",
      value: `${measured.toFixed(0)}/s`,
      limit: `${limit.toFixed(0)}/s by the CRM's port alone`,
      ratio: (measured / limit).toFixed(2),
      goal: "at least 400/s",
    },
  ];
}

/** The same with one, two and four processes on one database. */
export async function measureScaling(databaseUrl: string, dataDir: string, pool: Pool, forms: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  let alone = 0;
  for (const count of [1, 2, 4]) {
    const hubs = [await startHub(dataDir, { DATABASE_URL: databaseUrl })];
    const [first] = hubs;
    if (!first) throw new Error("no hub");
    const site = addSite(first, `scale${count}`);
    // Every process of one hub has the same key: here, by the same directory.
    while (hubs.length < count) hubs.push(await startHub(dataDir, { DATABASE_URL: databaseUrl }));
    await formsToDeals(hubs, site, pool, Math.min(forms, 500), 5_000_000);
    const measured = await formsToDeals(hubs, site, pool, forms, 0);
    if (count === 1) alone = measured;
    figures.push({
      what: `Forms to finished deals, ${count} ${count === 1 ? "process" : "processes"} on one database`,
      value: `${measured.toFixed(0)}/s`,
      limit: `${alone.toFixed(0)}/s with one`,
      ratio: (measured / alone).toFixed(2),
      goal: "—",
    });
    for (const hub of hubs) await hub.stop();
  }
  return figures;
}

export async function formsToDeals(hubs: readonly Server[], site: Site, pool: Pool, forms: number, offset: number): Promise<number> {
  const sql = pool.in(site.workspace.id as WorkspaceId);
  const busy = async (): Promise<boolean> =>
    (await sql.query({ name: "busy", text: "select from hub.lane where workspace = $1 and pending > 0 limit 1", values: [sql.workspace] }))
      .length > 0;
  const started = performance.now();
  const share = Math.ceil(forms / hubs.length);
  await Promise.all(
    hubs.map((hub, index) =>
      load({
        url: hub.url,
        connections: Math.max(2, Math.floor(16 / hubs.length)),
        requests: share,
        request: (n) => {
          const person = offset + index * share + n;
          return post(
            "/ctm/form/send",
            `public_token=${site.token}&name=Person+${person}&phone=%2B7${9_100_000_000 + person}&description=Please+call+me+back`,
          );
        },
      }),
    ),
  );
  while (await busy()) await new Promise((resolve) => setTimeout(resolve, 20));
  return (share * hubs.length) / ((performance.now() - started) / 1000);
}

/** What the flow asks of the CRM for a new person, without the hub around it. */
async function dealsByPort(pool: Pool, workspace: WorkspaceId, count: number): Promise<number> {
  const vendor = builtinCrm({ database: pool, snapshots: async () => new Map(), tell: () => Promise.resolve() });
  const place = {
    id: workspace,
    subdomain: "endtoend",
    name: "Bench",
    country: "RU",
    timeZone: "Europe/Moscow",
    language: "ru",
    currency: "RUB",
  } as const;
  const connection = {
    id: 0 as never,
    name: "",
    workspace: place,
    settings: {},
    secrets: {},
    directory: { users: [], pipelines: [], fields: { contact: [], company: [], deal: [] }, taskTypes: [], sources: [] },
    fieldMapping: {},
    userMapping: {},
    stageMapping: {},
  };
  const crm = vendor.connect?.(connection, loneKit).crm;
  if (!crm) throw new Error("the built-in CRM must offer its port");
  let next = 0;
  const started = performance.now();
  const one = async () => {
    while (next < count) {
      const n = next++;
      const phones = readPhones(`+7${9_110_000_000 + n}`, "RU");
      await crm.findContact({ phones: phones.flatMap((phone) => phone.e164 ?? []), emails: [] });
      const contact = await crm.saveContact({ key: `bench:${n}:contact`, name: `Person ${n}`, phones, emails: [] });
      const deal = await crm.saveDeal({ key: `bench:${n}:deal`, name: "Deal", contact: contact.id });
      await crm.addEntry({ kind: "note", key: `bench:${n}:note`, on: { deal: deal.id }, text: "Please call me back" });
    }
  };
  await Promise.all(Array.from({ length: 32 }, one));
  return count / ((performance.now() - started) / 1000);
}
