import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openBrowser, type PageServer, servePages } from "../testkit/browser.ts";
import { type HubProcess, makeDataDir, removeDataDir, startHubProcess } from "../testkit/hub.ts";
import { type Added, addCompany, addLine } from "../testkit/telephony.ts";

const dataDir = makeDataDir();
let hub: HubProcess;
let browser: Browser;
let crm: PageServer;
let pbx: Added;
beforeAll(async () => {
  hub = await startHubProcess({ dataDir });
  browser = await openBrowser();
  crm = await servePages();
  pbx = await addLine(hub, await addCompany(hub, "consent"), { side: "pbx", admin_password: "пароль АТС" });
});
afterAll(async () => {
  await browser.close();
  await crm.close();
  await hub.stop();
  removeDataDir(dataDir);
});

/** The seed: without a login, a person signs in, and is led back to `redirect_url` when all is set up. */
it("a person lets a CRM in, gets the key, and comes back to the CRM", async () => {
  crm.put("/done", { html: "<h1>Подключено</h1>" });
  const fields = {
    crm_code: "mycrm",
    crm_token: "t0",
    url: `${crm.url}/crm_integration.php`,
    redirect_url: `${crm.url}/done`,
    self_map: "1",
  };
  const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
  crm.put("/settings", {
    html: `<form method="post" action="${pbx.urls["login"]}">${inputs.join("")}<button>Подключить АТС</button></form>`,
  });
  const page = await browser.newPage();
  const failures: string[] = [];
  page.on("console", (message) => message.type() === "error" && failures.push(message.text()));
  await page.goto(`${crm.url}/settings`);
  await page.getByRole("button").click();
  expect(await page.getByRole("heading").textContent()).toBe("Подключение CRM к АТС");
  expect(await page.locator("main").textContent()).toContain("mycrm");
  await page.getByLabel("Логин администратора АТС").fill(pbx.secrets["admin_login"] ?? "");
  await page.getByLabel("Пароль").fill("не тот");
  await page.getByRole("button", { name: "Разрешить" }).click();
  expect(await page.getByRole("alert").textContent()).toContain("Неверный логин или пароль");
  await page.getByLabel("Логин администратора АТС").fill(pbx.secrets["admin_login"] ?? "");
  await page.getByLabel("Пароль").fill("пароль АТС");
  await page.getByRole("button", { name: "Разрешить" }).click();
  const token = (await page.locator("code").textContent()) ?? "";
  const accounts = await fetch(pbx.urls["api"] ?? "", { method: "POST", body: new URLSearchParams({ cmd: "accounts", token }) });
  expect(accounts.status).toBe(200);
  await page.getByRole("link", { name: "Вернуться в CRM" }).click();
  expect(new URL(page.url()).pathname).toBe("/done");
  // The answer to a wrong password is a 401, which a browser notes by itself.
  expect(failures.filter((text) => !text.includes("401"))).toEqual([]);
  await page.close();
});
