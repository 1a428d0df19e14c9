import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AmoStandIn, startAmo } from "../../vendors/amocrm/src/standin.ts";
import { openBrowser } from "../testkit/browser.ts";
import { type ConsolePage, openConsole, type Viewer } from "../testkit/console.ts";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { type Integration, registerIntegration } from "../testkit/integration.ts";

/** An integrator connects an account at amoCRM, lets a program in that was written for it, and takes it out again. */

const password = "correct horse";
let dataDir: string;
let hub: HubProcess;
let browser: Browser;
let standin: AmoStandIn;
let call: ReturnType<typeof api>;
let oleg: ConsolePage;
let integration: Integration;

beforeAll(async () => {
  dataDir = makeDataDir();
  [hub, browser, standin] = await Promise.all([startHubProcess({ dataDir }), openBrowser(), startAmo()]);
  const { api_token } = await hub.command<{ api_token: string }>(
    ...["workspace", "create", "--name", "Ромашка", "--subdomain", "romashka"],
    ...["--admin-email", "oleg@romashka.example", "--admin-password", password],
  );
  call = api(hub, api_token);
  integration = await registerIntegration(hub, "romashka");
  oleg = await openConsole(browser, hub.url);
  await oleg.signIn("oleg@romashka.example", password);
}, 90_000);

afterAll(async () => {
  if (process.env["SHOW"]) console.log(hub.output());
  await browser?.close();
  await hub?.stop();
  await standin?.stop();
  removeDataDir(dataDir);
});

/** The option of a choice, by what people read. */
async function choose(field: string, option: string): Promise<void> {
  await oleg.page
    .getByRole("combobox", { name: field })
    .or(oleg.page.getByRole("textbox", { name: field }))
    .first()
    .click();
  await oleg.page.getByRole("option", { name: option }).click();
}

it("is asked for what belongs to the chosen side and way of signing in, and for nothing else", async () => {
  const { page } = oleg;
  await oleg.visit("/connections/new/amocrm");
  await choose("Сторона", "Аккаунт amoCRM — CRM, в которую мы пишем");
  await page.getByLabel("Адрес аккаунта").waitFor();
  expect(await page.getByLabel("Долгосрочный токен").count()).toBe(1);
  expect(await page.getByLabel("ID интеграции").count()).toBe(0);
  expect(await page.getByLabel("Картинка").count()).toBe(0);
  await choose("Как войти", "Согласие администратора (OAuth)");
  await page.getByLabel("ID интеграции").waitFor();
  expect(await page.getByLabel("Долгосрочный токен").count()).toBe(0);
  await choose("Сторона", "Программа для amoCRM работает с нашей CRM");
  expect(await page.getByLabel("ID интеграции").count()).toBe(0);
  expect(await oleg.barriers()).toEqual([]);
  expect(oleg.complaints()).toEqual([]);
}, 60_000);

it("sees what an account is doing: how many are in the address book, and in words what is wrong", async () => {
  const { id } = await hub.command<{ id: number }>(
    ...["connection", "add", "amocrm", "--workspace", "romashka", "--name", "Наш amoCRM", "--allow-private-addresses"],
    ...["--set", "side=account", "--set", `domain=${standin.url}`, "--set", `long_lived_token=${standin.longLivedToken()}`],
    ...["--set", "requests_per_second=0"],
  );
  await until(
    async () =>
      (await call.get<{ activity: { address_book: { whole: boolean } | null } }>(`/connections/${id}`)).activity.address_book?.whole,
  );
  await oleg.visit(`/connections/${id}`);
  await oleg.page.getByText(/Телефонная книга: контактов 0/).waitFor();
  await oleg.page.getByText("hook_secret").waitFor();
  expect(await oleg.page.getByText("client_secret").count()).toBe(0);
  await oleg.page.getByRole("tab", { name: "Этапы" }).click();
  await oleg.page.getByText("Переговоры").first().waitFor();
  expect(await oleg.barriers()).toEqual([]);
  standin.switches.down = true;
  await call.send("POST", `/connections/${id}/check`);
  await oleg.visit(`/connections/${id}`);
  await oleg.page.getByText(/503/).first().waitFor();
  await oleg.screenshot("amocrm-account-ru-1360-light");
  expect(oleg.complaints()).toEqual([]);
}, 60_000);

it("lets a program in by hand, sees by whose word it works, and takes it out again", async () => {
  const { page } = oleg;
  await oleg.visit(`/connections/${integration.id}?tab=access`);
  const table = page.getByRole("table", { name: "Кто дал доступ" });
  await table.waitFor();
  const before = await table.getByRole("row").count();
  await page.getByLabel("Токен на столько дней").fill("30");
  await page.getByRole("button", { name: "Дать доступ" }).click();
  const token = page.getByText("long_lived_token");
  await token.waitFor();
  await until(async () => (await table.getByRole("row").count()) > before);
  expect(await oleg.barriers()).toEqual([]);
  const answers = async (): Promise<number> =>
    (await fetch(`${integration.urls.api}/api/v4/account`, { headers: { authorization: `Bearer ${integration.long_lived_token}` } }))
      .status;
  expect(await answers()).toBe(200);
  for (let left = await table.getByRole("row").count(); left > 0; left--) {
    await table.getByRole("button", { name: "Отозвать" }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "Отозвать" }).click();
    await until(
      async () =>
        (await table
          .getByRole("row")
          .count()
          .catch(() => 0)) < left,
    );
  }
  await page.getByText("Доступа пока никто не дал").waitFor();
  await until(async () => (await answers()) === 401);
  expect(oleg.complaints()).toEqual([]);
}, 60_000);

it.each<Viewer>([
  { language: "en", width: 390, scheme: "dark" },
  { language: "ru", width: 390, scheme: "light" },
])(
  "is open to all on $width pixels in $language",
  async (viewer) => {
    const other = await openConsole(browser, hub.url, viewer);
    await other.signIn("oleg@romashka.example", password);
    await call.send("POST", `/connections/${integration.id}/grants`, {});
    for (const path of [`/connections/${integration.id}?tab=access`, "/connections/new/amocrm", `/connections/${integration.id}`]) {
      await other.visit(path);
      expect([path, await other.barriers()]).toEqual([path, []]);
      expect([path, await other.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")]).toEqual([path, false]);
    }
    await other.screenshot(`amocrm-program-${viewer.language}-390-${viewer.scheme}`);
    expect(other.complaints()).toEqual([]);
    await other.close();
  },
  60_000,
);
