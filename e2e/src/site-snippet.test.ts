import { gzipSync } from "node:zlib";
import type { Browser, BrowserContext, Page, Route } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, type PageServer, servePages } from "../testkit/browser.ts";
import { addSite, api, type HubProcess, removeDataDir, type Site, startHubProcess, until } from "../testkit/hub.ts";

/** «Код на сайт» in a real browser: pages of one origin, the hub at another. */

interface Deal {
  readonly id: number;
  readonly attribution: { readonly first?: object; readonly last?: object; readonly visitor?: string; readonly tracking: object };
}
interface Delivery {
  readonly id: string;
  readonly state: string;
  readonly subject: string;
  readonly detail: string | null;
}

let hub: HubProcess;
let site: Site;
let crm: ReturnType<typeof api>;
let pages: PageServer;
let browser: Browser;
let context: BrowserContext | undefined;

beforeAll(async () => {
  [hub, pages, browser] = await Promise.all([startHubProcess(), servePages(), openBrowser()]);
  site = await addSite(hub, "shop", "repeat=new", "spam_check=false");
  crm = api(hub, site.workspace.api_token);
  const guarded = await crm.call("POST", "/connections", { vendor: "fivecrm", settings: { repeat: "new" } });
  pages.put("/", { html: pageWith(form()) });
  pages.put("/guarded", { html: pageWith(form(), guarded.body.urls.snippet_html) });
});
afterEach(async () => {
  await context?.close();
  context = undefined;
});
afterAll(async () => {
  await browser?.close();
  await pages?.close();
  await hub?.stop();
  if (hub) removeDataDir(hub.dataDir);
});

const snippet = () => site.urls["snippet_html"] ?? "";
const form = (attributes = "", inner = "") => `<form id="order" data-svyazka data-thanks="Спасибо, перезвоним!" ${attributes}>
  <input name="name" placeholder="Имя">
  <input name="phone" type="tel" placeholder="Телефон">
  <textarea name="description"></textarea>
  <input type="hidden" name="utm_source">
  <label><input type="checkbox" name="consent" value="1"> Согласен на обработку данных</label>
  ${inner}
  <button>Отправить</button>
</form>`;
const pageWith = (body: string, head = snippet()) =>
  `<!doctype html><html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Магазин</title>${head}</head><body>${body}</body></html>`;

let people = 0;
const newPhone = () => `+7911${String(1_000_000 + ++people)}`;

/** What is done to a page before it is opened. */
type Prepare = (page: Page) => Promise<unknown>;
interface Visit {
  readonly page: Page;
  readonly errors: string[];
}
/** A new visitor, who opens a page and waits until the script has taken its forms. */
async function visit(path = "/", options: Parameters<Browser["newContext"]>[0] & { prepare?: Prepare } = {}): Promise<Visit> {
  const { prepare, ...rest } = options;
  context = await browser.newContext(rest);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await prepare?.(page);
  await page.goto(pages.url + path);
  await comes(page, "window.svyazka && document.querySelector('form [aria-hidden]')");
  return { page, errors };
}
/** By asking again and again from here: a strict page forbids its own visitors to poll. */
const comes = (page: Page, expression: string) => until(async () => Boolean(await page.evaluate(expression)));
/** Where the hub looks for robots, a form that was filled in less than two seconds is one's. */
const shownLongEnough = (page: Page) => comes(page, "performance.now() > 3100");

async function fill(page: Page, phone: string, name = "Вера"): Promise<void> {
  await page.fill("[name=name]", name);
  await page.fill("[name=phone]", phone);
  await page.fill("[name=description]", "Букет роз");
}
const message = (page: Page) => page.locator("[data-svyazka-message]");

const settled = () => until(async () => (await crm.get<{ items: unknown[] }>("/deliveries?state=waiting&limit=1")).items.length === 0);
async function dealsOf(phone: string): Promise<Deal[]> {
  await settled();
  const contacts = await crm.all<{ id: number }>(`/contacts?phone=${encodeURIComponent(phone)}`);
  return (await Promise.all(contacts.map(({ id }) => crm.all<Deal>(`/deals?contact=${id}`)))).flat();
}
const deliveriesOf = async (phone: string) =>
  (await crm.all<Delivery>("/deliveries")).filter(({ subject }) => subject === `phone:${phone}`);
/** What the browser asked of the form's address. */
function watchSends(page: Page): string[] {
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/ctm/form/send")) sent.push(`${request.method()} ${request.resourceType()}`);
  });
  return sent;
}

describe("a form on somebody's page", () => {
  it("sends one lead with marks and visitor on a double click, and thanks", async () => {
    const phone = newPhone();
    const { page, errors } = await visit(
      "/guarded?utm_source=yandex&utm_medium=cpc&utm_campaign=%D1%80%D0%BE%D0%B7%D1%8B&utm_content=b1&utm_term=t&yclid=77",
    );
    const sent = watchSends(page);
    expect(await page.inputValue("[name=utm_source]")).toBe("yandex");
    await fill(page, phone);
    await page.check("[name=consent]");
    await shownLongEnough(page);
    await page.dblclick("button");
    await message(page).waitFor();
    expect(await message(page).textContent()).toBe("Спасибо, перезвоним!");
    expect(await page.inputValue("[name=phone]")).toBe("");
    expect(page.url()).toContain("utm_source=yandex");

    const cookies = await context?.cookies();
    const guid = cookies?.find(({ name }) => name === "_five_crm_guid")?.value;
    expect(guid).toMatch(/^[0-9a-f]{32}$/);
    const deals = await dealsOf(phone);
    expect(deals).toHaveLength(1);
    const url = `${pages.url}/guarded?utm_source=yandex&utm_medium=cpc&utm_campaign=%D1%80%D0%BE%D0%B7%D1%8B&utm_content=b1&utm_term=t&yclid=77`;
    const touch = { source: "yandex", medium: "cpc", campaign: "розы", content: "b1", term: "t", url };
    expect(deals[0]?.attribution).toMatchObject({ last: touch, first: touch, visitor: guid, tracking: { yclid: "77" } });
    expect((await deliveriesOf(phone)).map(({ state }) => state)).toEqual(["done"]);
    expect(sent).toEqual(["POST fetch"]);
    // Consent is kept with the lead, with the tick as it was.
    const [delivery] = await deliveriesOf(phone);
    expect(await crm.get(`/deliveries/${delivery?.id}`)).toMatchObject({
      data: { consent: { ticks: { consent: true } }, form: { id: "order" } },
    });
    expect(errors).toEqual([]);
  });

  it("keeps the last marked visit for 90 days, the first one apart, and the visitor for a year", async () => {
    const phone = newPhone();
    const { page } = await visit("/?utm_source=first&gclid=G1");
    const jar = async () => new Map((await context?.cookies())?.map((cookie) => [cookie.name, cookie]));
    const before = await jar();
    const days = (name: string) => Math.round(((before.get(name)?.expires ?? 0) - Date.now() / 1000) / 86_400);
    expect([days("_five_crm_utm_source"), days("_five_crm_gclid"), days("_five_crm_first"), days("_five_crm_guid")]).toEqual([
      90, 90, 90, 365,
    ]);
    expect(before.get("_five_crm_guid")).toMatchObject({ domain: "localhost", path: "/", sameSite: "Lax" });
    // Another mark takes the place of the last one, with its click; typing the address leaves it.
    await page.goto(`${pages.url}/?utm_source=second&utm_medium=email`);
    await page.goto(pages.url);
    await comes(page, "document.querySelector('form [aria-hidden]')");
    const after = await jar();
    expect(after.get("_five_crm_guid")?.value).toBe(before.get("_five_crm_guid")?.value);
    expect([after.get("_five_crm_utm_source")?.value, after.get("_five_crm_utm_medium")?.value, after.has("_five_crm_gclid")]).toEqual([
      "second",
      "email",
      false,
    ]);
    await fill(page, phone);
    await page.click("button");
    await message(page).waitFor();
    expect((await dealsOf(phone))[0]?.attribution).toMatchObject({
      first: { source: "first", url: `${pages.url}/?utm_source=first&gclid=G1` },
      last: { source: "second", medium: "email" },
      visitor: before.get("_five_crm_guid")?.value,
    });
  });

  it("locks its button until there is an answer, and a second press meanwhile sends nothing", async () => {
    const phone = newPhone();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { page } = await visit("/", {
      prepare: (page) =>
        page.route("**/ctm/form/send", async (route: Route) => {
          await held;
          await route.continue();
        }),
    });
    const sent = watchSends(page);
    await fill(page, phone);
    const button = page.locator("form button");
    await button.click();
    await until(async () => sent.length === 1);
    expect(await button.isDisabled()).toBe(true);
    await page.focus("[name=phone]");
    await page.keyboard.press("Enter");
    await page.evaluate("document.querySelector('form').requestSubmit()");
    release();
    await message(page).waitFor();
    expect(await button.isEnabled()).toBe(true);
    expect(sent).toEqual(["POST fetch"]);
    expect(await dealsOf(phone)).toHaveLength(1);
  });

  it("shows what the hub says is wrong, keeps what was typed, and sends the mended form", async () => {
    const { page } = await visit();
    await page.click("button");
    await message(page).waitFor();
    expect(await message(page).textContent()).toBe("Нужно хотя бы одно из полей: name, phone, email, description.");
    expect(await page.locator("form button").isEnabled()).toBe(true);
    const phone = newPhone();
    await fill(page, phone);
    await page.click("button");
    await page.locator("[data-svyazka-message]", { hasText: "Спасибо" }).waitFor();
    expect(await page.locator("[data-svyazka-message]").count()).toBe(1);
    expect(await dealsOf(phone)).toHaveLength(1);
  });

  it("tells the page's own script, which may show what it likes, and lets it send without a form", async () => {
    const phone = newPhone();
    const { page } = await visit();
    await page.evaluate(`
      window.told = [];
      document.addEventListener("svyazka:sent", (event) => {
        event.preventDefault();
        told.push("sent " + event.detail.name);
      });
    `);
    await fill(page, phone);
    await page.click("button");
    await comes(page, "told.length === 1");
    expect(await page.evaluate("told")).toEqual(["sent Вера"]);
    expect(await message(page).count()).toBe(0);
    const other = newPhone();
    const answer = await page.evaluate(`svyazka.send({ name: "Без формы", phone: "${other}" })`);
    expect(answer).toEqual({ ans: "true" });
    expect(await dealsOf(phone)).toHaveLength(1);
    expect(await dealsOf(other)).toHaveLength(1);
  });

  it("works on a telephone 360 px wide, and takes no room there", async () => {
    const phone = newPhone();
    const { page } = await visit("/", { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true });
    const width = await page.evaluate("document.documentElement.scrollWidth");
    expect(width).toBeLessThanOrEqual(360);
    await fill(page, phone);
    const button = page.locator("form button");
    expect(await button.boundingBox()).toMatchObject({ x: expect.any(Number), width: expect.any(Number) });
    await button.tap();
    await message(page).waitFor();
    const box = await message(page).boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= 360).toBe(true);
    expect(await dealsOf(phone)).toHaveLength(1);
  });
});

describe("when the straight way is barred", () => {
  it.each<[string, Prepare]>([
    ["a blocker stops fetch", (page) => page.route("**/ctm/form/send", (route) => route.abort("blockedbyclient"))],
    [
      "the hub answers 503",
      (page) =>
        page.route("**/ctm/form/send", (route) =>
          route.fulfill({ status: 503, json: { ans: "false" }, headers: { "access-control-allow-origin": "*" } }),
        ),
    ],
  ])("%s: the lead goes by a script tag, once", async (_, prepare) => {
    const phone = newPhone();
    const { page, errors } = await visit("/?utm_source=jsonp", { prepare });
    const sent = watchSends(page);
    await fill(page, phone);
    await page.click("button");
    await message(page).waitFor();
    expect(await message(page).textContent()).toBe("Спасибо, перезвоним!");
    expect(sent).toEqual(["POST fetch", "GET script"]);
    const deals = await dealsOf(phone);
    expect(deals.map(({ attribution }) => attribution.last)).toEqual([expect.objectContaining({ source: "jsonp" })]);
    // Nothing of it stays in the page.
    expect(await page.evaluate("[document.querySelectorAll('script[src*=callback]').length, Object.keys(svyazka)]")).toEqual([0, ["send"]]);
    expect(errors).toEqual([]);
  });

  it("an answer that got lost on its way: the second way brings the same lead, and it stays one", async () => {
    const phone = newPhone();
    const { page } = await visit("/", {
      prepare: (page) =>
        page.route("**/ctm/form/send", async (route) => {
          await route.fetch();
          await route.abort("connectionreset");
        }),
    });
    await fill(page, phone);
    await page.click("button");
    await message(page).waitFor();
    expect(await message(page).textContent()).toBe("Спасибо, перезвоним!");
    expect(await dealsOf(phone)).toHaveLength(1);
    expect(await crm.all(`/journal?connection=${site.connection}&outcome=repeated`)).not.toEqual([]);
  });

  it("both ways barred: it says so, keeps what was typed, and a second try is the same lead", async () => {
    const phone = newPhone();
    const { page } = await visit("/", {
      prepare: (page) => page.route("**/ctm/form/send**", (route) => route.abort("internetdisconnected")),
    });
    await fill(page, phone);
    await page.click("button");
    await message(page).waitFor();
    expect(await message(page).textContent()).toBe("Не получилось отправить. Попробуйте ещё раз.");
    expect(await page.inputValue("[name=phone]")).toBe(phone);
    await page.unroute("**/ctm/form/send**");
    await page.click("button");
    await page.locator("[data-svyazka-message]", { hasText: "Спасибо" }).waitFor();
    expect(await dealsOf(phone)).toHaveLength(1);
  });

  it("the script itself is barred: the form posts as any form does", async () => {
    const phone = newPhone();
    pages.put("/plain", { html: pageWith(form(`action="${site.urls["form_send"]}" method="post"`), "") });
    context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${pages.url}/plain`);
    await fill(page, phone);
    await page.click("button");
    await page.waitForURL("**/ctm/form/send");
    expect(await page.textContent("body")).toContain('{"ans":"true"}');
    expect(await dealsOf(phone)).toHaveLength(1);
  });
});

describe("robots", () => {
  it("that fill in the field people do not see are thanked, and their lead is held", async () => {
    const phone = newPhone();
    const { page } = await visit("/guarded");
    const trap = page.locator("form input[aria-hidden]");
    // Out of sight, out of the order of keys, and no browser fills it by itself.
    const seen = await page.evaluate(
      "(({ tabIndex, autocomplete, ...trap }) => [tabIndex, autocomplete])(document.querySelector('form [aria-hidden]'))",
    );
    expect([seen, ((await trap.boundingBox())?.x ?? 0) < -1000]).toEqual([[-1, "off"], true]);
    await fill(page, phone);
    await page.evaluate("document.querySelector('form [aria-hidden]').value = 'http://spam.example'");
    await shownLongEnough(page);
    await page.click("button");
    await message(page).waitFor();
    expect(await message(page).textContent()).toBe("Спасибо, перезвоним!");
    expect(await dealsOf(phone)).toEqual([]);
    expect(await deliveriesOf(phone)).toMatchObject([{ state: "held", detail: "заполнено поле-ловушка" }]);
  });

  it("that need no time to fill a form are held, too", async () => {
    const phone = newPhone();
    const { page } = await visit("/guarded");
    await page.evaluate(`
      document.querySelector("[name=phone]").value = "${phone}";
      document.querySelector("form").requestSubmit();
    `);
    await message(page).waitFor();
    expect(await deliveriesOf(phone)).toMatchObject([{ state: "held", detail: "форма заполнена быстрее чем за 2 секунды" }]);
  });
});

describe("the page around it", () => {
  it.each([
    [
      "with connect-src",
      (origin: string) => `default-src 'none'; script-src ${origin}; connect-src ${origin}; form-action 'none'`,
      ["POST fetch"],
    ],
    [
      "without connect-src, by a script tag",
      (origin: string) => `default-src 'none'; script-src ${origin}; form-action 'none'`,
      ["POST fetch", "GET script"],
    ],
  ])("may have a strict Content-Security-Policy, %s", async (_, policy, _ways) => {
    const phone = newPhone();
    const origin = new URL(hub.url).origin;
    pages.put("/strict", { html: pageWith(form()), headers: { "content-security-policy": policy(origin) } });
    const violations: string[] = [];
    const { page } = await visit("/strict", {
      prepare: async (page) => {
        await page.exposeFunction("tellViolation", (directive: string) => violations.push(directive));
        await page.addInitScript(
          'document.addEventListener("securitypolicyviolation", (event) => tellViolation(event.effectiveDirective))',
        );
      },
    });
    await fill(page, phone);
    await page.click("button");
    await message(page).waitFor();
    expect(await message(page).textContent()).toBe("Спасибо, перезвоним!");
    expect(await dealsOf(phone)).toHaveLength(1);
    // No inline style, no eval, no frame: at most the fetch that was not allowed.
    expect(violations.filter((directive) => directive !== "connect-src")).toEqual([]);
    expect(violations.length).toBe(policy(origin).includes("connect-src") ? 0 : 1);
  });

  it("may have the script twice, and forms that are none of its business", async () => {
    const phone = newPhone();
    const others = `<form id="search" action="/found"><input name="q"><button id="find">Найти</button></form>
      <form id="login" action="/found"><input type="email" name="login_email"><input type="password" name="p"><button id="enter">Войти</button></form>`;
    pages.put("/found", { html: pageWith("<p>Найдено</p>", "") });
    pages.put("/twice", { html: pageWith(form() + others, snippet() + snippet().replace("<script", '<script data-forms="all"')) });
    const { page } = await visit("/twice");
    const sent = watchSends(page);
    await fill(page, phone);
    await page.click("#order button");
    await message(page).waitFor();
    expect(sent).toEqual(["POST fetch"]);
    expect(await dealsOf(phone)).toHaveLength(1);
    await page.click("#find");
    await page.waitForURL("**/found?*");
    await page.goBack();
    await page.click("#enter");
    await page.waitForURL("**/found?*");
    expect(sent).toEqual(["POST fetch"]);
  });

  it("may bring its form later, mark none, and name the fields as it likes", async () => {
    const phone = newPhone();
    pages.put("/late", { html: pageWith(form(), snippet().replace("<script", '<script data-forms="all"')) });
    const { page } = await visit("/late");
    await page.evaluate(`document.body.innerHTML = '<form><input type="tel" name="phone"><input name="name"><button>Жду</button></form>'`);
    await page.fill("[name=phone]", phone);
    await page.fill("[name=name]", "Позже");
    await page.click("button");
    await message(page).waitFor();
    expect(await message(page).textContent()).toBe("Спасибо! Заявка отправлена.");
    expect(await dealsOf(phone)).toHaveLength(1);
  });
});

it("the script weighs less than 4096 bytes on its way, is never cached, and is one only its connection has", async () => {
  const answer = await fetch(site.urls["snippet"] ?? "");
  const text = await answer.text();
  const bytes = gzipSync(text).length;
  console.log(`form.js: ${Buffer.byteLength(text)} bytes, ${bytes} gzipped`);
  expect(bytes).toBeLessThan(4096);
  expect(answer.headers.get("content-type")).toBe("application/javascript; charset=utf-8");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
  expect(text).toContain(site.publicToken);
  expect(text).not.toContain(site.secretToken);
  expect(text).not.toMatch(/\beval\(|innerHTML|new Function|document\.write/);
  expect((await fetch(`${hub.url}/in/${"x".repeat(32)}/form.js`)).status).toBe(401);
});
