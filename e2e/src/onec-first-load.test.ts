import { afterAll, beforeAll, expect, it } from "vitest";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { type Added, addCompany, type Company } from "../testkit/telephony.ts";

/** The counterparties and orders of a base come by a table first, with its own ids: what it tells of them afterwards finds them. */

const dataDir = makeDataDir();
let hub: HubProcess;
let company: Company;
let key: number;
let crm: ReturnType<typeof api>;
let door: Added;
let base: number;
beforeAll(async () => {
  hub = await startHubProcess({ dataDir });
  company = await addCompany(hub, "first-load");
  crm = api(hub, company.token);
  door = await hub.command<Added>("connection", "add", "onec", "--workspace", "first-load", "--set", "approve=auto");
  key = (await crm.get<{ id: number }>("/workspace")).id;
  // A base that only speaks is there from its first call on.
  await call("/update_handlers/get_actual_version", {});
  const { items } = await crm.get<{ items: { id: number; settings: Readonly<Record<string, unknown>> }[] }>("/connections");
  base = items.find(({ settings }) => settings["id_base"] === "1")?.id ?? 0;
}, 60_000);
afterAll(async () => {
  await hub.stop();
  removeDataDir(dataDir);
});

async function call(path: string, body: object): Promise<{ success: boolean; data: unknown; error: string | null }> {
  const answer = await fetch(`${door.urls["secret_base"]}${path}`, { method: "POST", body: JSON.stringify({ key, id_base: 1, ...body }) });
  return (await answer.json()) as Awaited<ReturnType<typeof call>>;
}

async function importTable(text: string, settings: object): Promise<{ id: number; created: number; updated: number; failed: number }> {
  const answer = await fetch(`${hub.url}/hub/v1/imports?name=1c.csv`, {
    method: "POST",
    headers: { authorization: `Bearer ${company.token}`, "content-type": "text/csv" },
    body: text,
  });
  const { id } = (await answer.json()) as { id: number };
  const now = () => crm.get<{ state: string; progress: { created: number; updated: number; failed: number } }>(`/imports/${id}`);
  await until(async () => (await now()).state === "new");
  await crm.send("PATCH", `/imports/${id}`, settings);
  await crm.send("POST", `/imports/${id}/run`);
  await until(async () => (await now()).state === "done");
  return { id, ...(await now()).progress };
}

const columns = ["company.external", "company.name", "company.inn", "deal.external", "deal.name", "deal.sum"];
const table = [
  "ид;Наименование;ИНН;Заказ;Название;Сумма",
  "k-1;ООО Ромашка;7707083893;o-1;Заказ УТ-1;1000,50",
  "k-2;ООО Ромашка, филиал;7707083893;o-2;Заказ УТ-2;2000",
].join("\n");

it("finds by 1C's own ids what a table has brought, and keeps branches of one taxpayer apart", async () => {
  expect(await importTable(table, { columns, connection: base })).toMatchObject({ created: 2, failed: 0 });
  const companies = await crm.all<{ id: number; name: string }>("/companies?inn=7707083893");
  expect(companies).toHaveLength(2);
  const branch = companies.find(({ name }) => name.endsWith("филиал"))?.id;
  expect(await call("/sync/clients_companies", { id_1c: "k-2", name: "ООО Ромашка, филиал", inn: "7707083893" })).toMatchObject({
    data: branch,
  });
  const deals = await crm.all<{ id: number; name: string }>("/deals");
  const first = deals.find(({ name }) => name === "Заказ УТ-1")?.id;
  expect(await call("/sync/process_event", { event_name: "payment", id_1c: "o-1", sum: "1000.50", debt_sum: 0 })).toMatchObject({
    data: first,
  });
  expect([(await crm.all("/companies")).length, (await crm.all("/deals")).length]).toEqual([2, 2]);
});

it("brings the same table again without doubling anybody", async () => {
  expect(await importTable(table.replace("филиал", "филиал Тверь"), { columns, connection: base, duplicates: "update" })).toMatchObject({
    created: 0,
    updated: 2,
  });
  expect((await crm.all<{ name: string }>("/companies")).map(({ name }) => name).sort()).toEqual([
    "ООО Ромашка",
    "ООО Ромашка, филиал Тверь",
  ]);
});

it("says that it must know whose ids they are", async () => {
  expect(await importTable(table, { columns })).toMatchObject({ created: 0, failed: 2 });
});
