import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AmoStandIn, startAmo } from "../../vendors/amocrm/src/standin.ts";
import { type Bitrix24Standin, startBitrix24 } from "../../vendors/bitrix24/src/standin.ts";
import { openBrowser } from "../testkit/browser.ts";
import { type ConsolePage, openConsole, type Viewer } from "../testkit/console.ts";
import { addSite, api, type HubProcess, makeDataDir, removeDataDir, type Site, startHubProcess, until } from "../testkit/hub.ts";

/** An integrator connects a portal of Bitrix24 beside an account at amoCRM, and moves a channel from the one to the other while forms go on coming. */

const email = "admin@romashka.example";
const password = "пароль-для-проверки";
let dataDir: string;
let hub: HubProcess;
let browser: Browser;
let amo: AmoStandIn;
let portal: Bitrix24Standin;
let call: ReturnType<typeof api>;
let oleg: ConsolePage;
let site: Site;
let amoId: number;
let portalId: number;

beforeAll(async () => {
  dataDir = makeDataDir();
  [hub, browser, amo, portal] = await Promise.all([startHubProcess({ dataDir }), openBrowser(), startAmo(), startBitrix24()]);
  site = await addSite(hub, "romashka");
  call = api(hub, site.workspace.api_token);
  // The company works elsewhere: our own CRM is not used.
  const [own] = (await call.all<{ id: number; vendor: string }>("/connections")).filter(({ vendor }) => vendor === "crm");
  await call.send("DELETE", `/connections/${own?.id}`);
  amoId = await add("amocrm", "Наш amoCRM", {
    ...{ side: "account", domain: amo.url, long_lived_token: amo.longLivedToken(), requests_per_second: "0" },
  });
  oleg = await openConsole(browser, hub.url);
  await oleg.signIn(email, password);
}, 90_000);

afterAll(async () => {
  if (process.env["SHOW"]) console.log(hub.output());
  await browser?.close();
  await hub?.stop();
  await amo?.stop();
  await portal?.stop();
  removeDataDir(dataDir);
});

const add = async (vendor: string, name: string, settings: Readonly<Record<string, string>>): Promise<number> =>
  (
    await hub.command<{ id: number }>(
      ...["connection", "add", vendor, "--workspace", "romashka", "--name", name, "--allow-private-addresses"],
      ...Object.entries(settings).flatMap(([setting, value]) => ["--set", `${setting}=${value}`]),
    )
  ).id;

/** The option of a choice, by what people read. */
async function choose(field: string | RegExp, option: string): Promise<void> {
  await oleg.page
    .getByRole("combobox", { name: field })
    .or(oleg.page.getByRole("textbox", { name: field }))
    .first()
    .click();
  await oleg.page.getByRole("option", { name: option, exact: true }).click();
}

describe("an integrator who connects a portal", () => {
  it("is told before what a webhook cannot do, and asked for what belongs to the chosen way", async () => {
    const { page } = oleg;
    await oleg.visit("/connections/new/bitrix24");
    await page.getByLabel("Адрес портала").waitFor();
    expect(await page.getByLabel("Адрес вебхука").count()).toBe(1);
    await page.getByText(/звонки становятся комментариями/).waitFor();
    await choose("Как войти", "Локальное приложение");
    await page.getByLabel("Код приложения (client_id)").waitFor();
    expect(await page.getByLabel("Адрес вебхука").count()).toBe(0);
    expect(await oleg.barriers()).toEqual([]);
    await oleg.screenshot("bitrix24-new-ru-1360-light");
    expect(oleg.complaints()).toEqual([]);
  }, 60_000);

  it("sees of a webhook what it does not do, as it is set up, and in words what is wrong with it", async () => {
    const { page } = oleg;
    portalId = await add("bitrix24", "Битрикс24", { domain: portal.url, webhook: portal.webhook, plan: "box" });
    await oleg.visit(`/connections/${portalId}`);
    await page.getByText(/Как настроено, не умеет: показывать, кто звонит; показывать переписку/).waitFor();
    await page.getByText("Обработчик исходящего вебхука", { exact: false }).waitFor();
    expect(await oleg.barriers()).toEqual([]);
    portal.setScopes(["user"]);
    const { ok, message } = await call.send<{ ok: boolean; message: string }>("POST", `/connections/${portalId}/check`);
    expect([ok, message]).toEqual([false, expect.stringContaining("lacks permissions: crm")]);
    portal.setScopes(undefined);
    expect(await call.send("POST", `/connections/${portalId}/check`)).toMatchObject({ ok: true });
    expect(oleg.complaints()).toEqual([]);
  }, 60_000);

  it("makes an application of it: copies two addresses, opens it in the portal, and nothing is missing", async () => {
    const { page } = oleg;
    const { app } = portal;
    await call.send("PATCH", `/connections/${portalId}`, {
      settings: {
        sign_in: "application",
        client_id: app.clientId,
        client_secret: app.clientSecret,
        auth_server: portal.url,
        open_lines: true,
      },
    });
    await oleg.visit(`/connections/${portalId}`);
    await page.getByText("Путь вашего обработчика", { exact: false }).waitFor();
    const { paste } = await call.get<{ paste: { text: string }[] }>(`/connections/${portalId}`);
    const answer = await portal.openFrame(hub.url + new URL(paste[0]?.text ?? "").pathname);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("Связка подключена к этому порталу")]);
    expect(await call.send("POST", `/connections/${portalId}/check`)).toMatchObject({ ok: true });
    await oleg.visit(`/connections/${portalId}`);
    await page.getByText("показывает переписку").waitFor();
    expect(await page.getByText(/Как настроено, не умеет/).count()).toBe(0);
    await oleg.screenshot("bitrix24-application-ru-1360-light");
    expect(oleg.complaints()).toEqual([]);
  }, 60_000);
});

describe("a channel that is moved from one CRM to another", () => {
  let sent = 0;
  const phoneOf = (n: number): string => `+7912${String(1_000_000 + n)}`;
  async function sendForm(): Promise<void> {
    const n = sent++;
    const answer = await fetch(site.urls["form"] ?? `${hub.url}/ctm/form/send`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ public_token: site.publicToken, name: `Человек ${n}`, phone: phoneOf(n) }).toString(),
    });
    expect(answer.status).toBe(200);
  }
  /** The phone of each contact that is there. */
  const phonesOf = (contacts: Iterable<unknown>): string[] =>
    [...contacts].flatMap((one) => /\+7912\d{7}/.exec(JSON.stringify(one))?.[0] ?? []);
  const inAmo = (): string[] => phonesOf(amo.state.contacts.values());
  const inPortal = (): string[] => phonesOf(portal.state.contacts.values());

  it("loses nothing and doubles nothing, while forms go on coming", async () => {
    const { page } = oleg;
    await call.send("PUT", "/routes", {
      routes: (await call.get<{ routes: { source: number; flow: string; target: number; enabled: boolean }[] }>("/routes")).routes
        .filter(({ source, target }) => source === site.connection && target === portalId)
        .map((route) => ({ ...route, enabled: false })),
    });
    await oleg.visit("/routes");
    let isComing = true;
    const coming = (async () => {
      while (isComing) await Promise.all([sendForm(), new Promise((resolve) => setTimeout(resolve, 40))]);
    })();
    await until(async () => inAmo().length > 10);
    const way = page.getByRole("combobox", { name: /Куда идёт всё/ }).or(page.getByRole("textbox", { name: /Куда идёт всё/ }));
    expect(await way.first().inputValue()).toBe("Наш amoCRM");
    expect(await oleg.barriers()).toEqual([]);
    await choose(/Куда идёт всё/, "Битрикс24");
    await page.getByText(/Всё новое пойдёт только в «Битрикс24»/).waitFor();
    await oleg.screenshot("move-channel-ru-1360-light");
    await page.getByRole("button", { name: "Направить" }).click();
    await until(async () => inPortal().length > 30, 30);
    isComing = false;
    await coming;
    await until(async () => new Set([...inAmo(), ...inPortal()]).size === sent, 30);
    const everywhere = [...inAmo(), ...inPortal()];
    expect([everywhere.length, new Set(everywhere).size]).toEqual([sent, sent]);
    // Whoever came first went to the one, whoever came last to the other.
    expect(inAmo()).toContain(phoneOf(0));
    expect(inPortal()).toContain(phoneOf(sent - 1));
    expect(await way.first().inputValue()).toBe("Битрикс24");
    expect(oleg.complaints()).toEqual([]);
  }, 120_000);

  it("while the new CRM is down waits for it, and goes back in one step", async () => {
    await portal.down();
    const first = sent;
    for (let count = 0; count < 5; count++) await sendForm();
    const { routes } = await call.get<{ routes: { source: number; flow: string; target: number; enabled: boolean }[] }>("/routes");
    const mine = routes.filter(({ source, target }) => source === site.connection && (target === amoId || target === portalId));
    await call.send("PUT", "/routes", { routes: mine.map((route) => ({ ...route, enabled: route.target === amoId })) });
    for (let count = 0; count < 5; count++) await sendForm();
    await until(async () => inAmo().includes(phoneOf(sent - 1)));
    await portal.up();
    await call.send("POST", `/connections/${portalId}/check`);
    await until(async () => inPortal().includes(phoneOf(first + 4)), 30);
    const everywhere = [...inAmo(), ...inPortal()];
    expect([everywhere.length, new Set(everywhere).size]).toEqual([sent, sent]);
    expect(amoId).toBeGreaterThan(0);
  }, 60_000);
});

it.each<Viewer>([
  { language: "en", width: 390, scheme: "dark" },
  { language: "ru", width: 390, scheme: "light" },
  { language: "en", width: 1360, scheme: "dark" },
])(
  "is open to all on $width pixels in $language",
  async (viewer) => {
    const other = await openConsole(browser, hub.url, viewer);
    await other.signIn(email, password);
    for (const [name, path] of [
      ["routes", "/routes"],
      ["new", "/connections/new/bitrix24"],
      ["settings", `/connections/${portalId}?tab=settings`],
      ["page", `/connections/${portalId}`],
    ] as const) {
      await other.visit(path);
      expect([path, await other.barriers()]).toEqual([path, []]);
      expect([path, await other.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")]).toEqual([path, false]);
      await other.screenshot(`bitrix24-${name}-${viewer.language}-${viewer.width}-${viewer.scheme}`);
    }
    expect(other.complaints()).toEqual([]);
    await other.close();
  },
  60_000,
);
