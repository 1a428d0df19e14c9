import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ExchangeFailed, type ExchangeOptions, exchangeWith, readExchange } from "../../vendors/onec/src/commerceml/index.ts";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { type Added, addCompany } from "../testkit/telephony.ts";

/** 1C without any handler: it exchanges orders with us as it would with a shop. Source: vendors/onec/fixtures/commerceml */

const fixtures = new URL("../../vendors/onec/fixtures/commerceml/", import.meta.url);
const files = readdirSync(fixtures)
  .filter((name) => /^(contragents|documents)___/.test(name))
  .map((name) => ({ name, bytes: readFileSync(new URL(name, fixtures)) }));

interface Deal {
  readonly id: number;
  readonly name: string;
  readonly sum: string | null;
  readonly stage: number;
  readonly company: number | null;
}

const dataDir = makeDataDir();
let hub: HubProcess;
let crm: ReturnType<typeof api>;
let door: Added;
let stages: { readonly id: number; readonly name: string; readonly kind: string }[];
beforeAll(async () => {
  hub = await startHubProcess({ dataDir });
  const company = await addCompany(hub, "exchange");
  crm = api(hub, company.token);
  const {
    items: [pipeline],
  } = await crm.get<{ items: { stages: typeof stages }[] }>("/pipelines");
  stages = pipeline?.stages ?? [];
  const open = stages.filter(({ kind }) => kind === "open");
  door = await hub.command<Added>(
    ...["connection", "add", "onec", "--workspace", "exchange", "--set", `stage_part_payment=${open[1]?.id}`],
    ...["--set", `stage_part_shipment=${open[2]?.id}`],
  );
}, 60_000);
afterAll(async () => {
  await hub.stop();
  removeDataDir(dataDir);
});

const exchange = (given: typeof files, options: Partial<ExchangeOptions> = {}) =>
  exchangeWith(
    door.urls["exchange"] ?? "",
    { login: door.secrets["basic_login"] ?? "", password: door.secrets["basic_password"] ?? "", version: "2.08", ...options },
    given,
    fetch,
  );
const idle = () => until(async () => (await crm.all("/deliveries?state=waiting")).length === 0);
const notesOf = (deal: number) => crm.all<{ text: string }>(`/notes?deal=${deal}`);

it("refuses a wrong password in words that 1C shows, and a cookie that it never gave", async () => {
  await expect(exchange([], { password: "не тот" })).rejects.toThrow(ExchangeFailed);
  await expect(exchange([], { password: "не тот" })).rejects.toThrow("Неверный логин или пароль");
  const answer = await fetch(`${door.urls["exchange"]}?type=sale&mode=init`, { headers: { cookie: "svyazka_1c=0123" } });
  expect([answer.status, new TextDecoder("windows-1251").decode(await answer.arrayBuffer())]).toEqual([
    200,
    expect.stringMatching(/^failure\nСеанс обмена/),
  ]);
});

it("takes counterparties, an order, its payment and its shipment, in an archive sent piece by piece, and none of them twice", async () => {
  for (const options of [{ chunkBytes: 700 }, {}, { zip: false }]) await exchange(files, options);
  await idle();
  const companies = await crm.all<{ id: number; name: string; inn: string }>("/companies?inn=7707083893");
  expect(companies).toHaveLength(1);
  const deals = await crm.all<Deal>("/deals");
  expect(deals).toEqual([
    expect.objectContaining({ sum: "12500.50", company: companies[0]?.id, name: expect.stringContaining("0000-000123") }),
  ]);
  const [deal] = deals;
  const notes = await notesOf(deal?.id ?? 0);
  expect(notes.filter(({ text }) => text.includes("оплачен частично"))).toHaveLength(1);
  // One that was never posted is nothing; when it is, its order is known by the number in its words.
  expect(notes.filter(({ text }) => text.includes("отгружен"))).toEqual([]);
  const posted = Buffer.from(
    (files.find(({ name }) => name.startsWith("documents"))?.bytes.toString("utf8") ?? "").replace(
      /(Отпуск товара.*Проведен<\/Наименование>\s*<Значение>)false(.*<Значение>)true/s,
      "$1true$2false",
    ),
  );
  for (let times = 0; times < 2; times++) await exchange([{ name: "documents___4.xml", bytes: posted }]);
  await idle();
  expect((await notesOf(deal?.id ?? 0)).map(({ text }) => text).filter((text) => text.startsWith("Заказ отгружен"))).toHaveLength(1);
});

it("gives a deal that reached its stage to 1C, until 1C has said that it has it, and knows it when it comes back", async () => {
  const won = stages.find(({ kind }) => kind === "won")?.id;
  const base = (await crm.all<{ id: number; name: string }>("/connections")).find(({ name }) => name === "1С: site");
  await crm.send("PATCH", `/connections/${base?.id}`, { settings: { order_stages: [String(won)] } });
  const client = await crm.send<{ id: number }>("POST", "/companies", { name: "ООО Лютик", inn: "7736050003" });
  const deal = await crm.send<Deal>("POST", "/deals", { name: "Кресла", sum: "1500.00", company: client.id });
  await crm.send("PATCH", `/deals/${deal.id}`, { stage: won });
  const orders = await until(async () => {
    const { orders: bytes } = await exchange([]);
    const { documents } = readExchange(bytes ?? new Uint8Array());
    return documents.length > 0 && documents;
  });
  expect(orders).toEqual([
    expect.objectContaining({
      id: `deal-${deal.id}`,
      sum: "1500.00",
      counterparty: expect.objectContaining({ name: "ООО Лютик", inn: "7736050003" }),
    }),
  ]);
  // It said `success`: there is nothing new.
  expect(readExchange((await exchange([])).orders ?? new Uint8Array()).documents).toEqual([]);
  const back = `<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.08"><Документ><Ид>deal-${deal.id}</Ид><Номер>${deal.id}</Номер>
    <ХозОперация>Заказ товара</ХозОперация><Валюта>RUB</Валюта><Сумма>1600</Сумма><ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Номер по 1С</Наименование>
    <Значение>УТ-7</Значение></ЗначениеРеквизита></ЗначенияРеквизитов></Документ></КоммерческаяИнформация>`;
  await exchange([{ name: "documents___1.xml", bytes: Buffer.from(back) }]);
  expect(await crm.get<Deal>(`/deals/${deal.id}`)).toMatchObject({ sum: "1600.00", stage: won });
  expect((await crm.all<Deal>("/deals")).filter(({ company }) => company === client.id)).toHaveLength(1);
});

it("takes the old style in windows-1251, whole with its last chunk", async () => {
  const before = (await crm.all("/deals")).length;
  const orders = { name: "orders.xml", bytes: readFileSync(new URL("orders-2.04.xml", fixtures)) };
  const login = { login: door.secrets["basic_login"] ?? "", password: door.secrets["basic_password"] ?? "" };
  await exchangeWith(door.urls["exchange"] ?? "", { ...login, zip: false }, [orders], fetch);
  await exchangeWith(door.urls["exchange"] ?? "", login, [orders], fetch);
  const documents = readExchange(orders.bytes).documents.filter(({ kind }) => kind === "order");
  expect((await crm.all("/deals")).length - before).toBe(documents.length);
});

it("goes on after the hub was killed in the middle: everything is there once", async () => {
  const counterparties = Array.from({ length: 300 }, (_, number) => {
    const id = `${String(number).padStart(8, "0")}-0000-4000-8000-000000000000`;
    return `<Контрагент><Ид>${id}</Ид><Наименование>Убитый ${number}</Наименование><ОфициальноеНаименование>ООО Убитый ${number}</ОфициальноеНаименование></Контрагент>`;
  });
  const bytes = Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.08"><Контрагенты>${counterparties.join("")}</Контрагенты></КоммерческаяИнформация>`,
  );
  const file = { name: "contragents___2.xml", bytes };
  const port = Number(new URL(hub.url).port);
  const first = exchange([file]).catch((error: unknown) => error);
  await until(async () => (await crm.all<{ name: string }>("/companies")).some(({ name }) => name.startsWith("Убитый")));
  await hub.kill();
  expect(await first).toBeInstanceOf(Error);
  hub = await startHubProcess({ dataDir, port });
  await exchange([file]);
  const names = (await crm.all<{ name: string }>("/companies")).map(({ name }) => name).filter((name) => name.startsWith("Убитый"));
  expect([names.length, new Set(names).size]).toEqual([300, 300]);
}, 60_000);

it("answers a broken file in words, and keeps what stood before the break", async () => {
  const whole = files.find(({ name }) => name.startsWith("documents"))?.bytes ?? Buffer.alloc(0);
  await expect(exchange([{ name: "documents___3.xml", bytes: whole.subarray(0, whole.length - 400) }], { zip: false })).rejects.toThrow(
    ExchangeFailed,
  );
});
