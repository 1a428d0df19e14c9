import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openBrowser, type PageServer, servePages } from "../testkit/browser.ts";
import { type ConsolePage, openConsole } from "../testkit/console.ts";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess } from "../testkit/hub.ts";

/** An integrator's day: connect a site, see a lead come in and where it went, break the mapping, see it fail in words, mend it and replay. */

const password = "correct horse";
let dataDir: string;
let hub: HubProcess;
let browser: Browser;
let site: PageServer;
let call: ReturnType<typeof api>;
let oleg: ConsolePage;
let form = "";

beforeAll(async () => {
  dataDir = makeDataDir();
  [hub, browser, site] = await Promise.all([startHubProcess({ dataDir }), openBrowser(), servePages()]);
  const { api_token } = await hub.command<{ api_token: string }>(
    ...[
      "workspace",
      "create",
      "--name",
      "Ромашка",
      "--subdomain",
      "romashka",
      "--admin-email",
      "oleg@romashka.example",
      "--admin-password",
      password,
    ],
  );
  call = api(hub, api_token);
  oleg = await openConsole(browser, hub.url);
  await oleg.signIn("oleg@romashka.example", password);
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await site?.close();
  await hub?.stop();
  removeDataDir(dataDir);
});

/** Sooner only robots send a form. */
const personMs = 2_300;

/** Somebody fills the form in on the site, as it was pasted there. */
async function visit(fields: Readonly<Record<string, string>>): Promise<void> {
  const visitor = await (await browser.newContext()).newPage();
  await visitor.goto(site.url);
  for (const [name, value] of Object.entries(fields)) await visitor.fill(`[name=${name}]`, value);
  await visitor.check("[name=consent]");
  await visitor.waitForTimeout(personMs);
  await Promise.all([visitor.waitForResponse((response) => response.url().includes("/ctm/form/send")), visitor.click("button")]);
  await visitor.context().close();
}

it("chooses what to connect, tries it before it is saved, and is given the exact texts", async () => {
  const { page } = oleg;
  await oleg.visit("/connections");
  await page.getByRole("link", { name: "Добавить подключение" }).first().click();
  await page.getByRole("link", { name: /Выбрать: Заявки с сайта/ }).click();
  await page.getByLabel("Название").fill("Сайт okna.example");
  await page.getByRole("button", { name: "Проверить" }).click();
  await page.getByText("Работает").waitFor();
  await page.getByRole("button", { name: "Добавить" }).click();
  await page.getByText("Вставьте эти тексты").waitFor();
  const pasted = page.getByLabel("Форма на сайт", { exact: true });
  form = (await pasted.textContent()) ?? "";
  const script =
    (await page
      .getByLabel(/Код на сайт/)
      .first()
      .textContent()) ?? "";
  expect(form).toContain("<form");
  // One field more than the example has, as on real sites.
  site.put("/", { html: `<meta charset="utf-8">${form.replace("<button", '<input name="okno_tip"><button')}${script}` });
  expect(await oleg.barriers()).toEqual([]);
  expect(oleg.complaints()).toEqual([]);
});

it("tries the form where it stands, before it is on any site", async () => {
  const { page } = oleg;
  await page.getByRole("button", { name: "Посмотреть и попробовать" }).click();
  const preview = page.frameLocator("iframe");
  await preview.locator("[name=name]").fill("Проба Пробная");
  await preview.locator("[name=phone]").fill("8 910 000-00-01");
  await preview.locator("[name=consent]").check();
  await page.waitForTimeout(personMs);
  await preview.locator("button").click();
  await expect.poll(async () => (await call.get<{ items: unknown[] }>("/deals")).items.length, { timeout: 10_000 }).toBe(1);
  await page.keyboard.press("Escape");
});

it("sees a lead from another site, its request in the journal, and the deal it became", async () => {
  const { page } = oleg;
  await visit({ name: "Анна Ким", phone: "8 910 123-45-67", description: "Три окна", okno_tip: "ПВХ" });
  await oleg.visit("/journal?q=%2B79101234567");
  await page.getByRole("table").getByRole("link").first().click();
  await page.getByRole("heading", { name: /POST .*form/ }).waitFor();
  await page.getByText("Анна Ким").first().waitFor();
  await page.locator("[data-delivery=take-lead]").getByText("Сделана").waitFor();
  expect(await oleg.barriers()).toEqual([]);
  await page.getByRole("link", { name: /^Сделка #/ }).click();
  await page.getByText("Анна Ким").first().waitFor();
  expect(oleg.complaints()).toEqual([]);
});

it("breaks the mapping, sees it fail in words, mends it, and replays", async () => {
  const { page } = oleg;
  const field = await call.send<{ id: number }>("POST", "/fields", { entity: "deal", name: "Вид окна", type: "text", code: "window" });
  const [connection] = (await call.get<{ items: { id: number; vendor: string }[] }>("/connections?vendor=fivecrm")).items;
  await oleg.visit(`/connections/${connection?.id}?tab=fields`);
  await page.getByLabel("У нас: okno_tip").first().click();
  await page.getByRole("option", { name: /Вид окна/ }).click();
  await page.getByRole("button", { name: "Сохранить" }).click();
  await page.getByText("Сохранено").waitFor();
  expect(await oleg.barriers()).toEqual([]);

  await call.send("DELETE", `/fields/${field.id}`);
  await visit({ name: "Пётр Орлов", phone: "8 910 765-43-21", description: "Дверь", okno_tip: "Дерево" });
  await oleg.visit("/deliveries");
  await page
    .getByText(/okno_tip/)
    .first()
    .waitFor();
  expect(await oleg.barriers()).toEqual([]);
  await oleg.visit(`/connections/${connection?.id}?tab=fields`);
  await page.getByText("Такого у нас больше нет").waitFor();

  await call.send("POST", "/fields", { entity: "deal", name: "Вид окна", type: "text", code: "window" });
  await oleg.visit("/journal?state=failed");
  await page.getByRole("table").getByRole("link").first().click();
  await page.locator("[data-delivery=take-lead]").getByText("Не удалась").waitFor();
  await page.locator("[data-delivery=take-lead]").getByRole("button", { name: "Повторить" }).click();
  await page.locator("[data-delivery=take-lead]").getByText("Сделана").waitFor();
  await page.getByRole("link", { name: /^Сделка #/ }).click();
  await page.getByText("Дерево").first().waitFor();
  expect(oleg.complaints()).toEqual([]);
});
