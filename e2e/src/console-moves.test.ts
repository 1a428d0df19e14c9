import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AmoStandIn, startAmo } from "../../vendors/amocrm/src/standin.ts";
import { growOld } from "../../vendors/amocrm/testkit/odd-account.ts";
import { openBrowser } from "../testkit/browser.ts";
import { type ConsolePage, openConsole } from "../testkit/console.ts";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess } from "../testkit/hub.ts";

/** A person moves a whole CRM in, on the page of its connection: what will happen, how far it is, what it has found; and the hub dies in the middle. */

const password = "correct horse";
let dataDir: string;
let hub: HubProcess;
let browser: Browser;
let standin: AmoStandIn;
let call: ReturnType<typeof api>;
let oleg: ConsolePage;
let path: string;

beforeAll(async () => {
  dataDir = makeDataDir();
  [hub, browser, standin] = await Promise.all([startHubProcess({ dataDir }), openBrowser(), startAmo()]);
  growOld(standin.state);
  const { api_token } = await hub.command<{ api_token: string }>(
    ...["workspace", "create", "--name", "Ромашка", "--subdomain", "romashka"],
    ...["--admin-email", "oleg@romashka.example", "--admin-password", password],
  );
  call = api(hub, api_token);
  const { id } = await hub.command<{ id: number }>(
    ...["connection", "add", "amocrm", "--workspace", "romashka", "--name", "Старая CRM", "--allow-private-addresses"],
    ...["--set", "side=account", "--set", `domain=${standin.url}`, "--set", `long_lived_token=${standin.longLivedToken()}`],
    ...["--set", "requests_per_second=0"],
  );
  path = `/connections/${id}?tab=move`;
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

it("is told what will happen, starts it, and sees how far it is", async () => {
  const { page } = oleg;
  standin.switches.slowMs = 600;
  await oleg.visit(path);
  await page.getByText(/с теми же id/).waitFor();
  expect(await oleg.barriers()).toEqual([]);
  await page.getByRole("button", { name: "Скопировать сюда" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Скопировать сюда" }).click();
  await page.getByText(/Копирование: /).waitFor({ timeout: 30_000 });
  expect(await oleg.barriers()).toEqual([]);
  expect(oleg.complaints()).toEqual([]);
}, 60_000);

it("goes on after the hub died in the middle, and shows what differs as a table", async () => {
  const { page } = oleg;
  const { port } = new URL(hub.url);
  await hub.kill();
  standin.switches.slowMs = 0;
  hub = await startHubProcess({ dataDir, port: Number(port) });
  await oleg.visit(path);
  await page.getByText("Закончен").waitFor({ timeout: 90_000 });
  await page.getByText("Расхождений: 1").waitFor();
  const table = page.getByRole("table");
  await table.getByText("enums").waitFor();
  expect(await table.getByText("Отличается").count()).toBe(1);
  await oleg.screenshot("moves-report");
  await page.getByLabel("Что", { exact: true }).first().click();
  await page.getByRole("option", { name: "Не переносится" }).click();
  await table.getByText(/Вложенные файлы остаются там/).waitFor();
  expect(await oleg.barriers()).toEqual([]);
  oleg.complaints();
  const counts = await Promise.all(["deals", "contacts", "companies", "tasks"].map(async (kind) => (await call.all(`/${kind}`)).length));
  expect(counts).toEqual([30, 60, 30, 60]);
}, 120_000);

it("waits while the other side is away, can be stopped, and is told in English on a phone", async () => {
  const [person] = await call.all<{ id: number; email: string }>("/users?active=true");
  await call.send("PATCH", `/users/${person?.id}`, { language: "en" });
  const anna = await openConsole(browser, hub.url, { language: "en", width: 390, scheme: "dark" });
  await anna.signIn("oleg@romashka.example", password);
  const { page } = anna;
  standin.switches.down = true;
  await anna.visit(path);
  await page.getByRole("radio", { name: "Compare" }).check();
  await page.getByRole("button", { name: "Compare now" }).click();
  await page.getByText("Waits").waitFor({ timeout: 30_000 });
  expect(await anna.barriers()).toEqual([]);
  expect(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")).toBe(true);
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByText("Stopped").waitFor();
  standin.switches.down = false;
  await page.getByRole("radio", { name: "Compare" }).check();
  await page.getByRole("button", { name: "Compare now" }).click();
  await expect.poll(() => page.getByText("Done").count(), { timeout: 60_000 }).toBe(2);
  await page.getByText("Differences: 1").first().waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")).toBe(true);
  expect(await anna.barriers()).toEqual([]);
  expect(anna.complaints()).toEqual([]);
  await anna.screenshot("moves-phone");
}, 120_000);
