import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser } from "../testkit/browser.ts";
import { type ConsolePage, openConsole } from "../testkit/console.ts";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { type SipRelay, startSipRelay } from "../testkit/sip-relay.ts";

/** Calls as they are seen in the console: the card while it rings, a click that calls, and a phone in the page. */

const password = "correct horse";
let dataDir: string;
let hub: HubProcess;
let browser: Browser;
let relay: SipRelay;
let call: ReturnType<typeof api>;
let irina: ConsolePage;
let petr: ConsolePage;
let line: number;

beforeAll(async () => {
  dataDir = makeDataDir();
  [hub, browser, relay] = await Promise.all([
    startHubProcess({ dataDir }),
    openBrowser({ microphone: true }),
    startSipRelay({ "101": "irina-secret", "102": "petr-secret" }),
  ]);
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
  const second = await call.send<{ id: number }>("POST", "/users", {
    name: "Пётр Лебедев",
    email: "petr@romashka.example",
    role: "manager",
    password,
  });
  const { id } = await call.send<{ id: number }>("POST", "/connections", {
    vendor: "vats",
    settings: { side: "pbx", engine: "simulated", accounts: ["irina:Ирина:101", "petr:Пётр:102"] },
  });
  line = id;
  await call.send("PUT", `/connections/${id}/mappings/user`, {
    items: [
      { theirs: "irina", ours: "1" },
      { theirs: "petr", ours: String(second.id) },
    ],
  });
  irina = await openConsole(browser, hub.url);
  petr = await openConsole(browser, hub.url);
  await irina.signIn("irina@romashka.example", password);
  await petr.signIn("petr@romashka.example", password);
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await relay?.close();
  await hub?.stop();
  removeDataDir(dataDir);
});

describe("while the phone rings", () => {
  it("the card appears on the screen of whose phone it is, and makes a deal in one click", async () => {
    await call.send("POST", `/connections/${line}/rehearsal`, {
      from: "+79101112233",
      account: "irina",
      answer_after_seconds: 4,
      talk_seconds: 20,
    });
    const card = irina.page.getByTestId("call-card");
    await card.getByText("Звонит", { exact: true }).waitFor();
    await card.getByText("+7 910 111-22-33").first().waitFor();
    expect(await petr.page.getByTestId("call-card").count()).toBe(0);
    expect(await irina.barriers()).toEqual([]);
    await card.getByText("Разговор").waitFor();
    await card.getByRole("button", { name: "Создать сделку" }).click();
    await irina.page.waitForURL(/\/deals\/\d+/);
    expect(irina.complaints()).toEqual([]);
  });

  it("the next time it says who it is", async () => {
    await call.send("POST", "/contacts", { name: "Анна", surname: "Ким", phones: [{ value: "+79105556677" }] });
    await call.send("POST", `/connections/${line}/rehearsal`, { from: "+79105556677", account: "petr", patience_seconds: 3 });
    await petr.page.getByTestId("call-card").getByText("Анна Ким").waitFor();
    await petr.page.getByTestId("call-card").waitFor({ state: "detached" });
  });

  it("a call that nobody took waits in the list of those to return", async () => {
    await petr.visit("/calls?show=unreturned");
    await petr.page.getByRole("link", { name: "Анна Ким" }).waitFor();
    expect(await petr.barriers()).toEqual([]);
  });
});

describe("a click on a number", () => {
  it("rings one's own phone, and then the client's", async () => {
    await petr.page
      .getByRole("button", { name: /Позвонить \+7 910 555-66-77/ })
      .first()
      .click();
    await petr.page.getByText(/Звонит ваш телефон/).waitFor();
    await until(async () => {
      const { items } = await call.get<{ items: { direction: string; e164: string }[] }>("/calls?direction=out");
      return items.some(({ e164 }) => e164 === "+79105556677");
    });
  });
});

describe("a phone in the page", () => {
  const setUp = async (who: ConsolePage, extension: string, secret: string): Promise<void> => {
    await who.visit("/profile");
    await who.page.getByLabel("Сервер", { exact: true }).fill(relay.url);
    await who.page.getByLabel("SIP-адрес").fill(`sip:${extension}@relay.example`);
    await who.page.locator("form").filter({ hasText: "SIP-адрес" }).getByLabel("Пароль").fill(secret);
    await who.page.locator("form").filter({ hasText: "SIP-адрес" }).getByRole("button", { name: "Сохранить" }).click();
    await who.page.getByRole("button", { name: "Телефон готов" }).waitFor();
  };

  it("registers at the exchange with its password", async () => {
    await setUp(irina, "101", "irina-secret");
    await setUp(petr, "102", "petr-secret");
    expect(await irina.barriers()).toEqual([]);
  });

  it("calls, rings, answers, holds, mutes, presses keys and hangs up", async () => {
    await irina.page.getByRole("button", { name: "Телефон готов" }).click();
    await irina.page.getByLabel("Номер", { exact: true }).fill("102");
    await irina.page.getByRole("button", { name: "Позвонить", exact: true }).click();
    const theirs = petr.page.getByTestId("softphone-call");
    await theirs.getByText("Входящий звонок").waitFor();
    expect(await petr.barriers()).toEqual([]);
    await theirs.getByRole("button", { name: "Ответить" }).click();
    const ours = irina.page.getByTestId("softphone-call");
    await ours.getByText(/Разговор 0:0\d/).waitFor();
    await theirs.getByText(/Разговор 0:0\d/).waitFor();

    await ours.getByRole("button", { name: "Удержать" }).click();
    await ours.getByText("На удержании").waitFor();
    await ours.getByRole("button", { name: "Продолжить" }).click();
    await ours.getByText(/Разговор/).waitFor();
    await ours.getByRole("button", { name: "Выключить микрофон" }).click();
    await ours.getByRole("button", { name: "Включить микрофон" }).waitFor();
    await ours.getByRole("button", { name: "Клавиши" }).click();
    await ours.getByRole("button", { name: "5", exact: true }).click();
    await until(async () => relay.requests.some((request) => request.startsWith("INFO")));

    await theirs.getByRole("button", { name: "Положить трубку" }).click();
    await theirs.waitFor({ state: "detached" });
    await ours.waitFor({ state: "detached" });
  });

  it("hands a call over to another number", async () => {
    await petr.page.getByRole("button", { name: "Телефон готов" }).click();
    await petr.page.getByLabel("Номер", { exact: true }).fill("101");
    await petr.page.getByRole("button", { name: "Позвонить", exact: true }).click();
    await irina.page.getByTestId("softphone-call").getByRole("button", { name: "Ответить" }).click();
    const panel = irina.page.getByTestId("softphone-call");
    await panel.getByRole("button", { name: "Перевести" }).first().click();
    await panel.getByLabel("На какой номер").fill("103");
    await panel.getByRole("button", { name: "Перевести" }).last().click();
    await until(async () => relay.transfers.some((to) => to.startsWith("sip:103@")));
    await panel.getByRole("button", { name: "Положить трубку" }).click();
  });
});
