import { type BaseStandin, startStandinBase } from "@svyazka/onec/standin";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openBrowser } from "../testkit/browser.ts";
import { type ConsolePage, openConsole, type Viewer } from "../testkit/console.ts";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess } from "../testkit/hub.ts";

/** A person lets a base of 1C in, hands out packages of handlers, and reads the documents of a deal while the base is open and when it is shut. */

interface Door {
  readonly id: number;
  readonly urls: { readonly base: string; readonly secret_base: string };
  readonly secrets: { readonly basic_login: string; readonly basic_password: string };
}

const password = "correct horse";
let dataDir: string;
let hub: HubProcess;
let browser: Browser;
let base: BaseStandin;
let call: ReturnType<typeof api>;
let door: Door;
let deal: number;
let oleg: ConsolePage;

beforeAll(async () => {
  dataDir = makeDataDir();
  [hub, browser] = await Promise.all([startHubProcess({ dataDir }), openBrowser()]);
  const { id, api_token } = await hub.command<{ id: number; api_token: string }>(
    ...["workspace", "create", "--name", "Ромашка", "--subdomain", "romashka"],
    ...["--admin-email", "oleg@romashka.example", "--admin-password", password],
  );
  call = api(hub, api_token);
  door = await call.send<Door>("POST", "/connections", { vendor: "onec", name: "Приём из 1С" });
  deal = (await call.send<{ id: number }>("POST", "/deals", { name: "Поставка станков", sum: "120000.00" })).id;
  base = await startStandinBase({ key: String(id), idBase: "buh" });
  oleg = await openConsole(browser, hub.url);
  await oleg.signIn("oleg@romashka.example", password);
}, 90_000);

afterAll(async () => {
  if (process.env["SHOW"]) console.log(hub.output());
  await browser?.close();
  await hub?.stop();
  await base?.close();
  removeDataDir(dataDir);
});

const fits = (looking: ConsolePage) => looking.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth");
async function mustBeFine(looking: ConsolePage): Promise<void> {
  expect(await looking.barriers()).toEqual([]);
  expect(await fits(looking)).toBe(true);
  expect(looking.complaints()).toEqual([]);
}
const baseConnection = async (): Promise<{ id: number; state: string } | undefined> =>
  (await call.all<{ id: number; state: string; settings: { id_base?: string } }>("/connections")).find(
    ({ settings }) => settings.id_base === "buh",
  );

it("sees in the list that a base waits, and lets it in", async () => {
  const { page } = oleg;
  expect((await base.register(door.urls.base)).reply?.success).toBe(true);
  await oleg.visit("/connections");
  await mustBeFine(oleg);
  await page.getByRole("link", { name: "Ждут решения: 1" }).click();
  await page.getByRole("tab", { name: /Ждут решения\s*1/, selected: true }).waitFor();
  const card = page.getByRole("region", { name: "Новая база 1С: buh" });
  await card.getByText(base.url).waitFor();
  await mustBeFine(oleg);
  await oleg.screenshot("accounting-decision");
  await card.getByRole("button", { name: "Подтвердить" }).click();
  await page.getByText("Решать пока нечего").waitFor();
  expect((await baseConnection())?.state).toBe("active");
  expect((await base.tellContact({ name: "Иванов", phone: "+79101234567" })).reply?.success).toBe(true);
  await mustBeFine(oleg);
}, 60_000);

it("publishes an old package again, and pins a base to one", async () => {
  const { page } = oleg;
  const { basic_login: login, basic_password } = door.secrets;
  for (const code of ["первый", "второй"]) await base.setHandlers({ code }, { login, password: basic_password });
  await oleg.visit(`/connections/${door.id}?tab=packages`);
  const versions = page.getByRole("table", { name: "Пакеты" });
  await versions.getByText("новейший").waitFor();
  await mustBeFine(oleg);
  await versions.getByRole("button", { name: "Опубликовать снова: 1" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Опубликовать снова" }).click();
  await versions.getByRole("row").nth(3).waitFor();
  expect(await base.getHandlers()).toMatchObject({ version: "3", handlers: { code: "первый" } });
  await page.getByRole("combobox", { name: /^Версия: / }).click();
  await page.getByRole("option", { name: "2", exact: true }).click();
  const installed = page.getByRole("table", { name: "У кого какой" });
  const cells = installed.getByRole("row").nth(1).getByRole("cell");
  await expect.poll(() => cells.nth(2).textContent()).toBe("2");
  expect(await base.getVersion()).toMatchObject({ version: "2" });
  await installed.getByText("Не актуален").waitFor({ timeout: 30_000 });
  await mustBeFine(oleg);
  await oleg.screenshot("accounting-packages");
}, 60_000);

it("chooses the stages at which an order is made, by their names", async () => {
  const { page } = oleg;
  const found = await baseConnection();
  await oleg.visit(`/connections/${found?.id}?tab=settings`);
  await page.getByRole("combobox", { name: /^Создать заказ/ }).click();
  await page.getByRole("option").first().click();
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: /^Ответственный/ }).waitFor();
  await mustBeFine(oleg);
  await page.getByRole("button", { name: "Сохранить" }).click();
  await page.getByText("Сохранено").waitFor();
  const { settings } = await call.get<{ settings: { order_stages: string[] } }>(`/connections/${found?.id}`);
  expect(settings.order_stages).toHaveLength(1);
  await oleg.visit(`/connections/${found?.id}`);
  await mustBeFine(oleg);
}, 60_000);

it("reads the documents of a deal in 1C as they are now, and as they were when the base is shut", async () => {
  const { page } = oleg;
  await base.tellOrder({ dealId: String(deal), sum: "120000" });
  base.state.orders.push({
    ...{ id_1c: "x", number: "Р-2", name: "", clients: [], saved: 1 },
    dealId: String(deal),
    link: "e1c://server/base#e1cib",
  });
  await oleg.visit(`/deals/${deal}`);
  const documents = page.getByRole("region", { name: "Документы" });
  const link = documents.getByRole("link", { name: /Заказ клиента УТ-000001/ });
  await link.waitFor();
  expect([await link.getAttribute("target"), await link.getAttribute("rel")]).toEqual(["_blank", "noopener noreferrer"]);
  expect(await documents.getByRole("link").count()).toBe(1);
  await documents.getByRole("button", { name: /Скопировать/ }).waitFor();
  expect(await documents.getByText("Сейчас не отвечает").count()).toBe(0);
  await mustBeFine(oleg);
  base.switches.closed = true;
  await documents.getByRole("button", { name: "Спросить снова" }).click();
  await documents.getByText(/Сейчас не отвечает: .*Ведутся технические работы/).waitFor();
  expect(await link.count()).toBe(1);
  await mustBeFine(oleg);
  await oleg.screenshot("accounting-documents");
}, 60_000);

it("does not hold up the card of a deal while the base thinks", async () => {
  const { page } = oleg;
  base.switches.slowMs = 3_000;
  await page.goto(`${hub.url}/deals/${deal}`);
  await page.getByTestId("timeline").waitFor({ timeout: 2_500 });
  const documents = page.getByRole("region", { name: "Документы" });
  await documents.waitFor();
  expect(await documents.getByRole("link").count()).toBe(0);
  base.switches.slowMs = 0;
  await documents.getByRole("link").waitFor();
  oleg.complaints();
}, 60_000);

it("is told the same in English, on a phone, in the dark", async () => {
  const [person] = await call.all<{ id: number }>("/users?active=true");
  await call.send("PATCH", `/users/${person?.id}`, { language: "en" });
  const stranger = await startStandinBase({ key: base.key, idBase: "trade" });
  await stranger.register(door.urls.base);
  const english: Viewer = { language: "en", width: 390, scheme: "dark" };
  const anna = await openConsole(browser, hub.url, english);
  try {
    await anna.signIn("oleg@romashka.example", password);
    const { page } = anna;
    await anna.visit(`/connections/${door.id}?tab=decisions`);
    await page.getByRole("region").getByRole("button").first().waitFor();
    await mustBeFine(anna);
    await page.getByRole("tab", { name: "Packages" }).click();
    await page.getByText("Always the newest").or(page.getByText("Who has which")).first().waitFor();
    await mustBeFine(anna);
    await anna.visit(`/deals/${deal}`);
    await page
      .getByRole("region", { name: "Documents" })
      .getByText(/As of .* Does not answer now/)
      .waitFor();
    await mustBeFine(anna);
  } finally {
    await anna.close();
    await stranger.close();
  }
}, 60_000);
