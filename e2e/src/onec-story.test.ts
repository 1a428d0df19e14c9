import type { BaseStandin } from "@svyazka/onec/standin";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import {
  type Accounts,
  addAccounts,
  approve,
  inWindows1251,
  type NamedStages,
  type Relay,
  retryNow,
  settled,
  setUpOrders,
  startBase,
  startRelay,
  withTrailingCommas,
} from "../testkit/onec.ts";

/** A company's sale from its first word in 1C to the last payment, told over and over with something going wrong in the middle: it ends the same. */

const dataDir = makeDataDir();
let hub: HubProcess;
beforeAll(async () => {
  hub = await startHubProcess({ dataDir });
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

interface Story {
  readonly accounts: Accounts;
  readonly base: BaseStandin;
  readonly stages: NamedStages;
}
interface Trouble {
  readonly name: string;
  /** Of the workspace. */
  readonly id: string;
  /** How bodies are written on their way. */
  readonly rewrite?: (body: string) => string | Buffer;
  /** From the first word on. */
  before?(base: BaseStandin): void;
  /** While the order is brought to 1C: moves the deal, and answers when 1C has the order. */
  ordering?(story: Story, move: () => Promise<unknown>): Promise<void>;
  /** After 1C has told of money. */
  telling?(story: Story): Promise<void>;
}

const troubles: readonly Trouble[] = [
  { name: "when all is well", id: "calm" },
  {
    name: "with the base closed in the middle",
    id: "closed",
    async ordering({ base, accounts }, move) {
      base.switches.closed = true;
      await move();
      await until(async () => base.requests.some(({ type, status }) => status === 403 && type.startsWith("new_")));
      expect(base.state.orders).toEqual([]);
      base.switches.closed = false;
      await until(async () => {
        await retryNow(accounts);
        return base.state.orders.length > 0;
      }, 60);
    },
  },
  {
    name: "with kill -9 of the hub while a careless 1C makes the order, and after it told of money",
    id: "killed",
    async ordering({ base, accounts }, move) {
      base.switches.slowMs = 700;
      base.switches.forgetful = true;
      await move();
      await until(async () => base.requests.some(({ type }) => type === "new_order"));
      await killAndStart();
      base.switches.slowMs = 0;
      await until(async () => base.state.orders.length > 0);
      await until(async () => {
        await retryNow(accounts);
        return (await accounts.client.all<{ text: string }>("/notes")).some(({ text }) => text.includes("создан заказ"));
      }, 60);
      // It was asked what it has of this deal, and not to make it again.
      expect(base.requests.filter(({ type }) => type === "get_orders").length).toBeGreaterThan(0);
    },
    telling: killAndStart,
  },
  {
    name: "with every call sent twice at once",
    id: "twice",
    before: ({ switches }) => {
      switches.duplicatePosts = true;
    },
  },
  {
    name: "with byte order marks, printed sums and trailing commas",
    id: "marks",
    rewrite: withTrailingCommas,
    before: ({ switches }) => Object.assign(switches, { bom: true, printedSums: true }),
  },
  {
    name: "with bodies in windows-1251",
    id: "old",
    rewrite: inWindows1251,
    before: ({ switches }) => {
      switches.printedSums = true;
    },
  },
];

interface Record {
  readonly id: number;
  readonly name: string;
}
interface Deal extends Record {
  readonly stage: number;
  readonly state: string;
  readonly fields: Readonly<{ [code: string]: unknown }>;
}
interface Task {
  readonly title: string;
  readonly done: boolean;
  readonly due: string;
}

let open: (BaseStandin | Relay)[] = [];
afterEach(async () => {
  for (const one of open) await one.close();
  open = [];
});

describe("one company, contact, deal and order, and each thing said once", () => {
  it.each(troubles)("$name", { timeout: 180_000 }, async (trouble) => {
    const accounts = await addAccounts(hub, trouble.id);
    const { client } = accounts;
    const stages = await setUpOrders(accounts);
    const store = await client.send<Record>("POST", "/fields", { entity: "company", name: "Склад", type: "text", code: "store" });
    const base = await startBase(accounts, { idBase: "УТ 11", login: "Обмен", password: "пароль-обмена" });
    open.push(base);
    const relay = trouble.rewrite && (await startRelay(accounts.base, trouble.rewrite));
    if (relay) open.push(relay);
    const story = { accounts, base, stages };
    trouble.before?.(base);

    // It presents itself by the key alone, and is not taken at its word.
    expect((await base.register(relay?.url ?? accounts.base)).reply).toMatchObject({ success: true });
    expect((await base.checkActive()).reply).toMatchObject({ success: true, data: true });
    const early = await base.tellCompany({ name: "ООО «Ромашка»", inn: "7707083893" });
    expect([early.status, early.reply]).toMatchObject([403, { success: false, error: expect.stringContaining("ждёт подтверждения") }]);
    expect([await client.all("/companies"), base.requests]).toEqual([[], []]);

    // A person lets it in: it is asked for its version, and told fields and people.
    await approve(accounts, "УТ 11", { order_stages: [String(stages["order"])] });
    await until(async () => base.requests.some(({ type, status }) => type === "get_handlers_version" && status === 200));
    await until(async () => base.state.rows.some(({ entity_name }) => entity_name === "Сотрудник"));
    expect(base.state.rows).toContainEqual({ amo_name: "Склад", amo_id: String(store.id), entity_name: "Компания" });
    expect((await base.saveFields("companies", { [`p_${store.id}`]: null })).reply).toMatchObject({ success: true, data: null });

    // Clients come from 1C, and are not sent back there.
    const { id_1c } = early.counterparty;
    const firm = await base.tellCompany({ id_1c, fields: { [`p_${store.id}`]: "Тверь" } });
    const person = await base.tellContact({ name: "Анна Ёлкина", phone: "8 (910) 123-45-67", email: "anna@romashka.example" });
    for (const { body, twin } of [firm, person]) expect(twin?.body ?? body).toBe(body);
    const [company, contact] = [Number(firm.counterparty.crmId), Number(person.counterparty.crmId)];
    expect(await client.all("/companies")).toMatchObject([
      { id: company, name: "ООО «Ромашка»", inn: "7707083893", fields: { store: "Тверь" } },
    ]);
    expect(await client.all("/contacts")).toMatchObject([{ id: contact, full_name: "Анна Ёлкина", phones: [{ e164: "+79101234567" }] }]);
    await settled(accounts);
    const asked = (type: string) => base.requests.filter((request) => request.type === type).length;
    expect([asked("new_lead"), asked("new_order")]).toEqual([0, 0]);

    // The deal reaches the chosen stage: 1C has one order of it.
    const deal = await client.send<Deal>("POST", "/deals", { name: "Ромашки оптом", company, contacts: [{ id: contact }], sum: "1500.50" });
    await settled(accounts);
    expect(base.state.orders).toEqual([]);
    const move = () => client.send("PATCH", `/deals/${deal.id}`, { stage: stages["order"] });
    if (trouble.ordering) await trouble.ordering(story, move);
    else await move();
    const order = await until(async () => base.state.orders[0]);
    const both = [early.counterparty.id_1c, person.counterparty.id_1c].toSorted();
    expect([order.name, order.clients.toSorted()]).toEqual(["Ромашки оптом", both]);
    await settled(accounts);

    // Money and goods move the deal, and money that stays away is somebody's task.
    const notes = async () => (await client.all<{ text: string }>(`/notes?deal=${deal.id}`)).map(({ text }) => text.split("\n")[0]);
    const tasks = () => client.all<Task>(`/tasks?deal=${deal.id}`);
    const dealNow = () => client.get<Deal>(`/deals/${deal.id}`);
    const steps = (words: string) => until(async () => (await notes()).some((text) => text?.startsWith(words)));
    const money = { id_1c: order.id_1c, dealId: String(deal.id) };
    expect((await base.tellEvent({ ...money, event: "part_payment", sum: "1000.50", debt: "500", document: "ПКО 1" })).status).toBe(200);
    await trouble.telling?.(story);
    await steps("Заказ оплачен частично: 1000.5");
    await settled(accounts);
    expect(await dealNow()).toMatchObject({ stage: stages["advance"], fields: { paid: 1000.5, debt: 500 } });
    expect(await tasks()).toMatchObject([{ title: expect.stringContaining("500"), done: false }]);
    expect((await base.tellEvent({ ...money, event: "payment", sum: "500", debt: "0", document: "ПКО 2" })).status).toBe(200);
    await trouble.telling?.(story);
    await steps("Заказ оплачен: 500");
    await settled(accounts);
    expect(await dealNow()).toMatchObject({ stage: stages["paid"], fields: { paid: 1500.5, debt: 0 } });
    expect(await tasks()).toMatchObject([{ done: true }]);
    // Documents are posted anew: the same words are the same event.
    for (let n = 0; n < 2; n++) await base.tellEvent({ ...money, event: "shipment", sum: "1500.50", document: "РН 1" });
    await steps("Заказ отгружен");
    await settled(accounts);
    expect(await dealNow()).toMatchObject({ stage: stages["sent"], fields: { shipped: 1500.5 } });

    // What is over stays over, and what happens afterwards is written down.
    await base.tellEvent({ ...money, event: "cancel_order", document: "Отмена 1" });
    await steps("Заказ аннулирован");
    await settled(accounts);
    expect(await dealNow()).toMatchObject({ stage: stages["lost"], state: "lost" });
    await base.tellEvent({ ...money, event: "payment", sum: "1", document: "ПКО 3" });
    await steps("Заказ оплачен: 1 ");
    await settled(accounts);
    expect(await dealNow()).toMatchObject({ state: "lost" });

    // A change in the CRM goes there once, and is nothing new when 1C tells it again.
    await client.send("PATCH", `/companies/${company}`, { name: "ООО «Лютик»" });
    await until(async () => base.state.counterparties.find((one) => one.id_1c === id_1c)?.name === "ООО «Лютик»");
    await base.tellCompany({ id_1c });
    await settled(accounts);

    expect((await notes()).toSorted()).toEqual([
      ...[expect.stringMatching(/^В бухгалтерии создан заказ/), expect.stringMatching(/^Заказ аннулирован/)],
      ...[expect.stringMatching(/^Заказ оплачен частично: 1000.50? /), expect.stringMatching(/^Заказ оплачен: 1 /)],
      ...[expect.stringMatching(/^Заказ оплачен: 500 /), expect.stringMatching(/^Заказ отгружен: 1500.50? /)],
    ]);
    const counts = await Promise.all(["/companies", "/contacts", "/deals"].map(async (path) => (await client.all(path)).length));
    expect([...counts, base.state.timesMade(String(deal.id)), base.state.orders.length]).toEqual([1, 1, 1, 1, 1]);
    expect(base.state.counterparties.map(({ kind, name }) => [kind, name])).toEqual([
      ["company", "ООО «Лютик»"],
      ["contact", "Анна Ёлкина"],
    ]);
    expect(await client.all("/deliveries?state=failed")).toEqual([]);
  });
});

it("clients that 1C has never heard of go there before their order does", async () => {
  const accounts = await addAccounts(hub, "strangers");
  const { client } = accounts;
  const stages = await setUpOrders(accounts);
  const base = await startBase(accounts);
  open.push(base);
  await base.register(accounts.secretBase);
  await approve(accounts, base.idBase, { order_stages: [String(stages["order"])] });
  const company = await client.send<Record>("POST", "/companies", { name: "ИП Иванов", inn: "500100732259" });
  const contact = await client.send<Record>("POST", "/contacts", { name: "Иван", phones: [{ value: "+79101234568" }] });
  await settled(accounts);
  expect(base.requests.filter(({ type }) => type === "new_lead")).toEqual([]);
  const draft = { name: "Сделка", company: company.id, contacts: [{ id: contact.id }], stage: stages["order"] };
  const deal = await client.send<Record>("POST", "/deals", draft);
  await until(async () => base.state.orders.length === 1);
  await settled(accounts);
  const bodies = base.requests.filter(({ type }) => type.startsWith("new_")).map(({ type, body }) => ({ type, ...JSON.parse(body) }));
  expect(bodies.map(({ type }) => type)).toEqual(["new_lead", "new_lead", "new_order"]);
  const [firm, person] = base.state.counterparties;
  expect(bodies[2]).toMatchObject({
    ...{ key: Number(accounts.key), id: deal.id, name: "Сделка" },
    clients: { company: { id: company.id, id_1c: firm?.id_1c, inn: "500100732259" }, contact: { id: contact.id, id_1c: person?.id_1c } },
  });
  expect(base.state.counterparties).toHaveLength(2);
});
