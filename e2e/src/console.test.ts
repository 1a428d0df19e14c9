import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, type PageServer, servePages } from "../testkit/browser.ts";
import { type ConsolePage, openConsole } from "../testkit/console.ts";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";

/** The console as a person meets it: from the set-up link of an empty hub to a day's work. One hub, one company, step by step. */

const person = { email: "irina@romashka.example", password: "correct horse" };
let dataDir: string;
let hub: HubProcess;
let browser: Browser;
let site: PageServer;
let irina: ConsolePage;
let call: ReturnType<typeof api>;

beforeAll(async () => {
  dataDir = makeDataDir();
  [hub, browser, site] = await Promise.all([startHubProcess({ dataDir }), openBrowser(), servePages()]);
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await site?.close();
  await hub?.stop();
  removeDataDir(dataDir);
});

const setupLink = (): string => /http:\/\/\S+\/setup#\S+/.exec(hub.output())?.[0] ?? "";
const column = (name: string) => irina.page.getByTestId("board").getByRole("region", { name: new RegExp(`^${name}`) });

describe("the first run", () => {
  it("says beside each field what is missing, and keeps what was typed", async () => {
    irina = await openConsole(browser, hub.url);
    const { page } = irina;
    await page.goto(setupLink());
    await page.getByLabel("Компания", { exact: true }).fill("Ромашка");
    await page.getByRole("button", { name: "Создать" }).click();
    await page.getByText("Это не похоже на почту").waitFor();
    expect(await page.getByLabel("Компания", { exact: true }).inputValue()).toBe("Ромашка");
    expect(await page.getByLabel("Короткое имя латиницей").inputValue()).toBe("romashka");
    expect(await irina.barriers()).toEqual([]);
  });

  it("leads from the link to a company whose administrator is signed in", async () => {
    const { page } = irina;
    await page.getByLabel("Ваше имя").fill("Ирина Соколова");
    await page.getByLabel("Ваша почта").fill(person.email);
    await page.getByLabel("Пароль, не короче 8 знаков").fill(person.password);
    await page.getByRole("button", { name: "Создать" }).click();
    await page.waitForURL("**/start");
    await page.getByRole("heading", { name: "Начнём" }).waitFor();
  });

  it("takes three steps: the company, the people, the first connection", async () => {
    const { page } = irina;
    expect(await irina.barriers()).toEqual([]);
    await page.getByRole("button", { name: "Дальше" }).click();
    await page.getByLabel("Имя", { exact: true }).fill("Пётр Лебедев");
    await page.getByLabel("Почта", { exact: true }).fill("petr@romashka.example");
    await page.getByRole("button", { name: "Добавить", exact: true }).click();
    const link = await page.getByText("/invitation#").textContent();
    await page.getByRole("button", { name: "Дальше" }).click();
    await page.getByRole("link", { name: /Заявки с сайта/ }).waitFor();
    expect(await irina.barriers()).toEqual([]);
    await page.getByRole("button", { name: "К сделкам" }).click();
    await page.waitForURL("**/deals*");
    expect(irina.complaints()).toEqual([]);

    const petr = await openConsole(browser, hub.url);
    await petr.page.goto(link ?? "");
    await petr.page.getByLabel("Пароль, не короче 8 знаков").fill("another horse");
    await petr.page.getByRole("button", { name: "Войти" }).click();
    await petr.page.waitForURL("**/deals*");
    expect(await petr.page.getByRole("link", { name: "Журнал" }).count()).toBe(0);
    await petr.close();
  });
});

describe("a lead", () => {
  it("from a form on another site appears on the board without loading the page again", async () => {
    const { page } = irina;
    const token = await page.evaluate(async () => {
      const answer = await fetch("/hub/v1/tokens", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: "Тест", scopes: ["crm:read", "crm:write", "hub:read", "hub:write"] }),
      });
      return ((await answer.json()) as { api_token: string }).api_token;
    });
    call = api(hub, token);
    const connection = await call.send<{ id: number; secrets: { public_token: string } }>("POST", "/connections", { vendor: "fivecrm" });
    site.put("/", {
      html: `<form method="post" action="${hub.url}/ctm/form/send" target="away"><input type="hidden" name="public_token" value="${connection.secrets.public_token}">
        <input name="name"><input name="phone"><input name="description"><button>Отправить</button></form><iframe name="away"></iframe>`,
    });
    const visitor = await (await browser.newContext()).newPage();
    await visitor.goto(site.url);
    await visitor.fill("[name=name]", "Анна Петрова");
    await visitor.fill("[name=phone]", "8 910 123-45-67");
    await visitor.fill("[name=description]", "Три окна, пожалуйста");
    await visitor.click("button");

    await column("Неразобранное").getByText("Анна Петрова").first().waitFor();
    await until(async () => (await column("Неразобранное").getByTestId("stage-count").textContent()) === "1");
    await visitor.context().close();
  });

  it("is dragged to another stage, and stays there", async () => {
    const { page } = irina;
    // What is on its way when a page is loaded again is broken off.
    const saved = page.waitForResponse((response) => response.request().method() === "PATCH");
    await column("Неразобранное").locator("article").dragTo(column("Переговоры"));
    await saved;
    await column("Переговоры").locator("article").waitFor();
    await until(async () => (await column("Неразобранное").getByTestId("stage-count").textContent()) === "0");
    await page.reload();
    await column("Переговоры").locator("article").waitFor();
    expect(await irina.barriers()).toEqual([]);
    expect(irina.complaints()).toEqual([]);
  });

  it("goes on by keys alone", async () => {
    const { page } = irina;
    await column("Переговоры").locator("[data-card]").focus();
    await page.keyboard.press("Shift+ArrowRight");
    await column("Принимают решение").locator("article").waitFor();
  });

  it("is found by part of its phone, with a typo, and in the wrong layout", async () => {
    const { page } = irina;
    for (const typed of ["12345", "Питрова", "gtnhjdf"]) {
      await page.keyboard.press("Control+k");
      await page.getByPlaceholder(/Имя, телефон/).fill(typed);
      await page
        .getByRole("option", { name: /Анна Петрова.*Контакт/ })
        .or(page.getByRole("button", { name: /Анна Петрова/ }))
        .first()
        .waitFor();
      await page.keyboard.press("Escape");
    }
  });
});

describe("the page of a deal", () => {
  it("is edited field by field, and takes notes and tasks", async () => {
    const { page } = irina;
    await page.getByTestId("board").locator("[data-card]").first().click();
    await page.getByRole("button", { name: "Изменить: Сумма" }).click();
    await page.keyboard.type("54000");
    await page.keyboard.press("Enter");
    await page.getByText("54 000").first().waitFor();
    await page.getByPlaceholder("Напишите примечание…").fill("Замер в субботу");
    await page.getByRole("button", { name: "Добавить примечание" }).click();
    await page.getByTestId("timeline").getByText("Замер в субботу").waitFor();
    expect(await irina.barriers()).toEqual([]);
    expect(irina.complaints()).toEqual([]);
  });

  it("shows what a colleague changes, and overwrites nothing unseen", async () => {
    const { page } = irina;
    const id = Number(/deals\/(\d+)/.exec(page.url())?.[1]);
    await page.getByRole("button", { name: "Изменить: Сумма" }).click();
    await call.send("PATCH", `/deals/${id}`, { sum: "70000" });
    await page.getByRole("textbox", { name: "Сумма" }).fill("60000");
    await page.keyboard.press("Enter");
    await page.getByText("Пока вы правили, это изменили").waitFor();
    await page.getByText(/теперь:.*70\s000/).waitFor();
    await page.getByRole("button", { name: "Взять новое" }).click();
    await page.getByText("70 000").first().waitFor();

    await call.send("PATCH", `/deals/${id}`, { name: "Окна на дачу" });
    await page.getByRole("heading", { name: "Окна на дачу" }).waitFor();
    irina.complaints();
  });
});

describe("a lost connection", () => {
  it("is said, what was typed is kept, and it is sent when the hub is back", async () => {
    const { page } = irina;
    await irina.context.setOffline(true);
    await page.getByPlaceholder("Напишите примечание…").fill("Написано без связи");
    await page.getByRole("button", { name: "Добавить примечание" }).click();
    await page.getByText("Хаб не отвечает").waitFor();
    expect(await page.getByPlaceholder("Напишите примечание…").inputValue()).toBe("Написано без связи");
    await irina.context.setOffline(false);
    await page.getByTestId("timeline").getByText("Написано без связи").waitFor();
    expect(await page.getByTestId("timeline").getByText("Написано без связи").count()).toBe(1);
    irina.complaints();
  });
});

describe("a session that has ended", () => {
  it("leads to the sign-in, and back to where one was", async () => {
    const { page } = irina;
    await irina.visit("/tasks");
    await page.evaluate("fetch('/hub/v1/session', { method: 'DELETE' })");
    await page.getByRole("link", { name: "Контакты" }).click();
    await page.waitForURL("**/sign-in?to=*");
    await page.getByLabel("Почта", { exact: true }).fill(person.email);
    await page.getByLabel("Пароль", { exact: true }).fill(person.password);
    await page.getByRole("button", { name: "Войти" }).click();
    await page.waitForURL("**/contacts*");
    await page.getByRole("heading", { name: "Контакты" }).waitFor();
  });
});
