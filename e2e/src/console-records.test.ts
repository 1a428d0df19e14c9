import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser } from "../testkit/browser.ts";
import { type ConsolePage, openConsole } from "../testkit/console.ts";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";

/** What people do with records: bring a table, make duplicates one and think better of it, put away and bring back; and what they may not see. */

const password = "correct horse";
let dataDir: string;
let hub: HubProcess;
let browser: Browser;
let irina: ConsolePage;
let call: ReturnType<typeof api>;

beforeAll(async () => {
  dataDir = makeDataDir();
  [hub, browser] = await Promise.all([startHubProcess({ dataDir }), openBrowser()]);
  const { api_token } = await hub.command<{ api_token: string }>(
    ...[
      "workspace",
      "create",
      "--name",
      "Ромашка",
      "--subdomain",
      "romashka",
      "--admin-email",
      "irina@romashka.example",
      "--admin-password",
      password,
    ],
  );
  call = api(hub, api_token);
  irina = await openConsole(browser, hub.url);
  await irina.signIn("irina@romashka.example", password);
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  removeDataDir(dataDir);
});

describe("a table", () => {
  it("is brought, matched by itself, and shows what it would become and what is wrong", async () => {
    const { page } = irina;
    const file = join(dataDir, "клиенты.csv");
    writeFileSync(
      file,
      [
        "ФИО;Телефон;E-mail;Сделка;Сумма",
        "Анна Ким;8 910 123-45-67;anna@mail.example;Окна;54000",
        "Пётр Орлов;+79031112233;;Двери;двадцать",
        "Анна Ким;89101234567;;;",
      ].join("\n"),
    );
    await irina.visit("/import");
    await page.getByLabel("Выберите таблицу").setInputFiles(file);
    await page.waitForURL(/\/import\/\d+/);
    await page.getByRole("combobox", { name: "Станет: Телефон" }).or(page.getByLabel("Станет: Телефон")).first().waitFor();
    await until(async () => (await page.getByLabel("Станет: Телефон").first().inputValue()) === "Телефон");
    await page
      .getByText("Анна, Ким")
      .or(page.getByText(/Анна Ким/))
      .first()
      .waitFor();
    await page
      .getByText(/Сумма: /)
      .first()
      .waitFor();
    expect(await irina.barriers()).toEqual([]);
  });

  it("is loaded with a report for each row", async () => {
    const { page } = irina;
    await page.getByRole("button", { name: "Начать" }).click();
    await page.getByText("Готово").first().waitFor();
    const rows = page.getByRole("row");
    await rows.filter({ hasText: "Создано" }).first().waitFor();
    expect(await irina.barriers()).toEqual([]);
    const { items } = await call.get<{ items: { full_name: string }[] }>("/contacts");
    expect(items.filter(({ full_name }) => full_name === "Анна Ким")).toHaveLength(1);
    expect(irina.complaints()).toEqual([]);
  });

  it("goes out again with the same people", async () => {
    const { page } = irina;
    await irina.visit("/contacts");
    await page.getByRole("button", { name: "Ещё" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "Выгрузить CSV" }).click()]);
    const text = await (await download.createReadStream()).toArray();
    expect(Buffer.concat(text).toString("utf8")).toContain("Анна");

    await irina.visit("/deals");
    await page.getByRole("button", { name: "Ещё" }).click();
    const [deals] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "Выгрузить CSV" }).click()]);
    expect(Buffer.concat(await (await deals.createReadStream()).toArray()).toString("utf8")).toContain("Окна");
  });
});

describe("duplicates", () => {
  it("become one, and are apart again", async () => {
    const { page } = irina;
    const one = await call.send<{ id: number }>("POST", "/contacts", {
      name: "Мария Лебедева",
      phones: [{ value: "+79167770001" }],
      position: "Директор",
    });
    const two = await call.send<{ id: number }>("POST", "/contacts", {
      name: "Маша",
      phones: [{ value: "8 916 777-00-01" }],
      emails: [{ value: "m@mail.example" }],
    });
    await call.send("POST", "/deals", { name: "Сделка Маши", contacts: [{ id: two.id }] });
    await irina.visit("/duplicates");
    const group = page.getByTestId("duplicates").filter({ hasText: "Маша" });
    await group.getByRole("button", { name: "Объединить" }).click();
    const form = page.getByRole("dialog");
    await form.getByText("Где они различаются").waitFor();
    expect(await irina.barriers()).toEqual([]);
    await form.getByRole("button", { name: "Объединить" }).click();
    await page.getByText("Теперь это одна запись").waitFor();
    await until(async () => (await call.get<{ items: unknown[] }>(`/deals?contact=${one.id}`)).items.length === 1);

    await page.getByRole("button", { name: "Отменить" }).first().click();
    await page.getByText("Снова по отдельности").waitFor();
    await until(async () => (await call.get<{ items: unknown[] }>(`/deals?contact=${two.id}`)).items.length === 1);
    expect(irina.complaints()).toEqual([]);
  });
});

describe("the bin", () => {
  it("takes a contact and gives it back", async () => {
    const { page } = irina;
    const { id } = await call.send<{ id: number }>("POST", "/contacts", { name: "Лишний человек" });
    await irina.visit(`/contacts/${id}`);
    await page.getByRole("button", { name: "Действия" }).click();
    await page.getByRole("menuitem", { name: "Удалить" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Удалить" }).click();
    await page.waitForURL("**/contacts*");
    await irina.visit("/trash?entity=contact");
    await page.getByText("Лишний человек").waitFor();
    await page.getByRole("button", { name: "Восстановить" }).click();
    await page.getByText("Корзина пуста").waitFor();
    expect((await call.get<{ deleted_at: string | null }>(`/contacts/${id}`)).deleted_at).toBeNull();
  });
});

describe("a saved view and many at once", () => {
  it("keeps the filters under a name, and moves the chosen deals together", async () => {
    const { page } = irina;
    await irina.visit("/deals?layout=list&state=open");
    await page.getByRole("button", { name: "Представления" }).click();
    await page.getByRole("menuitem", { name: "Сохранить как представление" }).click();
    await page.getByLabel("Название").fill("Открытые");
    await page.getByRole("button", { name: "Сохранить" }).click();
    await page.getByText("Представление сохранено").waitFor();
    await page.getByRole("checkbox", { name: "Все" }).check();
    await page.getByRole("button", { name: "Сменить этап" }).click();
    await page.getByRole("menuitem", { name: "Переговоры" }).click();
    await until(async () => {
      const { items } = await call.get<{ items: { stage: number }[] }>("/deals?state=open");
      return items.length > 0 && new Set(items.map(({ stage }) => stage)).size === 1;
    });
    // A menu that is closing is nobody's any more, and not yet gone.
    await page.getByRole("menu").waitFor({ state: "hidden" });
    expect(await irina.barriers()).toEqual([]);
    expect(irina.complaints()).toEqual([]);
  });
});

describe("somebody who sees only their own", () => {
  it("finds nothing of the others, is shown no hub, and is told so by the server", async () => {
    await call.send("POST", "/users", { name: "Пётр", email: "petr@romashka.example", role: "manager", record_access: "own", password });
    const petr = await openConsole(browser, hub.url);
    await petr.signIn("petr@romashka.example", password);
    await petr.visit("/contacts");
    await petr.page.getByText("Контактов пока нет").waitFor();
    expect(await petr.page.getByRole("link", { name: "Журнал" }).count()).toBe(0);
    expect(await petr.page.evaluate("fetch('/hub/v1/journal').then((answer) => answer.status)")).toBe(403);
    expect(await petr.page.evaluate("fetch('/hub/v1/contacts/1').then((answer) => answer.status)")).toBe(404);
    await petr.page.goto(`${hub.url}/contacts/1`);
    await petr.page.getByRole("alert").waitFor();
    await petr.close();
  });

  it("somebody who only looks is offered nothing to change", async () => {
    await call.send("POST", "/users", { name: "Ольга", email: "olga@romashka.example", role: "read-only", password });
    const olga = await openConsole(browser, hub.url, { language: "en" });
    await olga.signIn("olga@romashka.example", password);
    await olga.visit("/deals");
    expect(await olga.page.getByRole("button", { name: /Новая сделка|New deal/ }).count()).toBe(0);
    expect(await olga.page.getByRole("button", { name: /^(Переместить|Move)/ }).count()).toBe(0);
    await olga.close();
  });
});

describe("what is typed", () => {
  it("stays with its record, keeps its cents, and lets the next field have the focus", async () => {
    const { page } = irina;
    const one = await call.send<{ id: number }>("POST", "/deals", { name: "Первая сделка" });
    const two = await call.send<{ id: number }>("POST", "/deals", { name: "Вторая сделка" });
    await irina.visit(`/deals/${two.id}`);
    await irina.visit("/deals?layout=list");
    await page.getByRole("link", { name: "Первая сделка" }).click();
    await page.getByRole("heading", { name: "Первая сделка" }).waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "Вторая сделка" }).click();
    await page.getByRole("heading", { name: "Вторая сделка" }).waitFor();
    await page.locator("textarea:visible").first().fill("О второй");
    // Both deals are known to the page by now, so that nothing is waited for between them.
    await page.evaluate(`history.pushState({}, "", "/deals/${one.id}"); dispatchEvent(new PopStateEvent("popstate"))`);
    await page.getByRole("heading", { name: "Первая сделка" }).waitFor();
    expect(await page.locator("textarea:visible").first().inputValue()).toBe("");

    await page.getByRole("button", { name: "Изменить: Сумма" }).click();
    await page.keyboard.type("1050,25");
    await page.keyboard.press("Tab");
    await until(async () => (await call.get<{ sum: string | null }>(`/deals/${one.id}`)).sum === "1050.25");
    await page.getByRole("button", { name: "Изменить: Сумма" }).getByText("1 050,25").waitFor();
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).not.toBe("Изменить: Сумма");
    expect(irina.complaints()).toEqual([]);
  });

  it("stays when the session ends, and the page says what to do", async () => {
    const { page, context } = irina;
    const { id } = await call.send<{ id: number }>("POST", "/deals", { name: "Третья сделка" });
    await irina.visit(`/deals/${id}`);
    await page.locator("textarea:visible").first().fill("Не потерять");
    await context.clearCookies();
    await page.getByRole("button", { name: "Добавить примечание" }).click();
    await page.getByRole("alert").filter({ hasText: "Сеанс закончился" }).waitFor();
    expect(await page.locator("textarea:visible").first().inputValue()).toBe("Не потерять");
    irina.complaints();
  });
});
