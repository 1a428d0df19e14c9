import type { BaseStandin } from "@svyazka/onec/standin";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AmoStandIn, startAmo } from "../../vendors/amocrm/src/standin.ts";
import { type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { type Accounts, addAccounts, approve, retryNow, settled, startBase } from "../testkit/onec.ts";

/** 1C speaks as it always has, to the number of its account at amoCRM, and what it tells is kept there: also while amoCRM is down. */

const dataDir = makeDataDir();
let hub: HubProcess;
let amo: AmoStandIn;
let accounts: Accounts;
let base: BaseStandin;
/** The stage of a lead that is paid. */
let paidStage: number;
const manager = 2_772_377;

beforeAll(async () => {
  amo = await startAmo();
  await person("POST", "companies/custom_fields", [{ type: "text", name: "ИНН", code: "INN" }]);
  hub = await startHubProcess({ dataDir });
  const key = String(amo.state.info.id);
  const made = await addAccounts(hub, "romashka", { key });
  accounts = { ...made, key };
  const { client } = accounts;
  const [own] = (await client.all<{ id: number; vendor: string }>("/connections")).filter(({ vendor }) => vendor === "crm");
  await client.send("DELETE", `/connections/${own?.id}`);
  await hub.command(
    ...["connection", "add", "amocrm", "--workspace", "romashka", "--allow-private-addresses", "--set", "side=account"],
    ...["--set", `domain=${amo.url}`, "--set", `long_lived_token=${amo.longLivedToken()}`, "--set", "requests_per_second=0"],
  );
  await until(async () => amo.state.webhooks.length === 1);
  const statuses = amo.state.pipelines[0]?._embedded.statuses ?? [];
  const [first = 0, second = 0] = statuses.filter(({ type, id }) => type === 0 && id > 143).map(({ id }) => id);
  paidStage = second;
  await client.send("PATCH", `/connections/${accounts.door.id}`, {
    settings: { new_order_stage: String(first), stage_payment: String(second), stage_cancel_order: "143" },
  });
  base = await startBase(accounts, { idBase: "1" });
  expect((await base.register(accounts.base)).reply).toMatchObject({ success: true });
  await approve(accounts, "1");
}, 60_000);
afterAll(async () => {
  if (process.env["SHOW"]) console.log(hub.output());
  await hub.stop();
  await base.close();
  await amo.stop();
  removeDataDir(dataDir);
});

/** Somebody works in amoCRM. */
async function person(method: string, path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${amo.url}/api/v4/${path}`, {
    method,
    headers: { authorization: `Bearer ${amo.longLivedToken()}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(201);
}

const counts = () => ({ companies: amo.state.companies.size, contacts: amo.state.contacts.size, leads: amo.state.leads.size });
const notesOn = (lead: number) =>
  [...amo.state.notes.values()].filter(({ entity_id }) => entity_id === lead).map(({ params }) => String(params?.["text"] ?? ""));

it("fields and people of amoCRM are told to 1C", async () => {
  await until(async () => base.state.rows.some(({ entity_name, amo_id }) => entity_name === "Сотрудник" && amo_id === String(manager)));
  await until(async () => base.state.rows.some(({ entity_name, amo_name }) => entity_name === "Компания" && amo_name === "ИНН"));
});

it("a company, a contact and an order become one each, however often they are told", async () => {
  base.switches.duplicatePosts = true;
  const firm = await base.tellCompany({ name: "ООО Ромашка", inn: "7707083893", responsible: String(manager) });
  const who = await base.tellContact({ name: "Анна", phone: "8 910 123-45-67", email: "anna@x.example" });
  const { crmId: companyId = "" } = firm.counterparty;
  const { crmId: contactId = "" } = who.counterparty;
  expect([firm.twin?.body, who.twin?.body]).toEqual([firm.body, who.body]);
  const sale = await base.tellOrder({ sum: "1500.50", companyId, contactId, responsible: String(manager) });
  expect(sale.twin?.body).toBe(sale.body);
  base.switches.duplicatePosts = false;
  await base.tellCompany({ id_1c: firm.counterparty.id_1c });
  expect(counts()).toEqual({ companies: 1, contacts: 1, leads: 1 });
  const company = amo.state.companies.get(Number(companyId));
  expect(company).toMatchObject({ name: "ООО Ромашка", responsible_user_id: manager });
  expect(JSON.stringify(company?.custom_fields_values)).toContain("7707083893");
  expect(JSON.stringify(amo.state.contacts.get(Number(contactId))?.custom_fields_values)).toContain("+79101234567");
  expect(amo.state.leads.get(Number(sale.order.dealId))?.responsible_user_id).toBe(manager);
});

it("somebody whom amoCRM has by phone is found there, and another with the same phone is made beside", async () => {
  const before = counts();
  const known = await base.tellContact({ name: "Анна П.", phone: "+79101234567" });
  const again = await base.tellContact({ id_1c: known.counterparty.id_1c });
  expect([known.status, again.body]).toEqual([200, known.body]);
  expect(counts()).toEqual({ ...before, contacts: 2 });
});

it("an event moves the lead, and is written into it", async () => {
  const sale = await base.tellOrder({ sum: "100" });
  const lead = Number(sale.order.dealId);
  expect((await base.tellEvent({ event: "payment", id_1c: sale.order.id_1c, sum: "100", debt: "0", document: "ПКО 1" })).status).toBe(200);
  await until(async () => amo.state.leads.get(lead)?.status_id === paidStage);
  await until(async () => notesOn(lead).some((text) => text.includes("ПКО 1")));
});

it("while amoCRM is down a question says when to come back, and no second record appears; an event is taken, and delivered later", async () => {
  const sale = await base.tellOrder({ sum: "200" });
  const lead = Number(sale.order.dealId);
  const before = counts();
  amo.switches.down = true;
  const asked = await base.tellCompany({ name: "ООО Лютик", inn: "5001007322" });
  expect([asked.status, asked.reply]).toMatchObject([503, { success: false, code: "busy" }]);
  const raw = await fetch(`${accounts.base}/sync/clients_companies`, {
    method: "POST",
    body: JSON.stringify({ key: accounts.key, id_base: "1", id_1c: asked.counterparty.id_1c, name: "ООО Лютик", inn: "5001007322" }),
  });
  expect([raw.status, Number(raw.headers.get("retry-after")) > 0]).toEqual([503, true]);
  const told = await base.tellEvent({ event: "payment", id_1c: sale.order.id_1c, sum: "200", debt: "0", document: "ПКО 2" });
  expect([told.status, told.reply]).toMatchObject([200, { success: true, data: lead }]);
  expect(notesOn(lead)).toEqual([]);
  amo.switches.down = false;
  await until(async () => {
    await retryNow(accounts);
    return notesOn(lead).length === 1 && amo.state.leads.get(lead)?.status_id === paidStage;
  }, 60);
  for (let n = 0; n < 2; n++) expect((await base.tellCompany({ id_1c: asked.counterparty.id_1c })).status).toBe(200);
  await settled(accounts);
  expect(counts()).toEqual({ ...before, companies: before.companies + 1 });
  expect(notesOn(lead)).toHaveLength(1);
});

it("answers of amoCRM that are lost make no second record", async () => {
  const before = counts();
  amo.switches.loseAnswers = 2;
  const first = await base.tellContact({ name: "Мария", phone: "+79101234599" });
  const { id_1c } = first.counterparty;
  await until(async () => (await base.tellContact({ id_1c })).status === 200, 60);
  const order = (await base.tellOrder({ sum: "300" })).order;
  amo.switches.loseAnswers = 1;
  await until(async () => (await base.tellOrder({ id_1c: order.id_1c, sum: "301" })).status === 200, 60);
  expect(counts()).toEqual({ ...before, contacts: before.contacts + 1, leads: before.leads + 1 });
});

it("what 1C has told is not sent back to it when amoCRM tells of it", async () => {
  await amo.settled();
  await settled(accounts);
  expect(base.requests.filter(({ type }) => type.startsWith("new_"))).toEqual([]);
});
