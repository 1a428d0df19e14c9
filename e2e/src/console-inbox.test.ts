import { startWhatsApp, type WhatsAppStandin } from "@svyazka/cloudapi/standin";
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser } from "../testkit/browser.ts";
import { type ConsolePage, openConsole, type Viewer } from "../testkit/console.ts";
import { type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { addMessengers, conversationsOf, idle, type Messengers, messagesOf } from "../testkit/messengers.ts";
import { gradient, hum } from "../testkit/pictures.ts";
import type { Added } from "../testkit/telephony.ts";

/** Conversations in the console: a client writes on a phone, and two people answer from their pages. */

const dataDir = makeDataDir();
const password = "correct horse";
const key = "whatsapp:79000000001";
const mary = "79031110001";
let hub: HubProcess;
let browser: Browser;
let shop: Messengers;
let account: Added;
let whatsapp: WhatsAppStandin;
let irina: ConsolePage;
let petr: ConsolePage;
let id = 0;

beforeAll(async () => {
  [hub, browser] = await Promise.all([startHubProcess({ dataDir }), openBrowser()]);
  shop = await addMessengers(hub, "shop");
  account = await shop.addAccount({ login: "79000000001", phone: "79000000001" });
  await shop.client.send("PATCH", `/connections/${account.id}`, { name: "WhatsApp продаж" });
  for (const [name, email, language] of [
    ["Ирина Соколова", "irina@shop.example", "ru"],
    ["Пётр Лебедев", "petr@shop.example", "ru"],
    ["Irene Falcon", "irene@shop.example", "en"],
  ])
    await shop.client.send("POST", "/users", { name, email, language, role: "administrator", password });
  irina = await openConsole(browser, hub.url);
  petr = await openConsole(browser, hub.url);
  await irina.signIn("irina@shop.example", password);
  await petr.signIn("petr@shop.example", password);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await shop?.touch.close();
  await whatsapp?.close();
  await hub?.stop();
  removeDataDir(dataDir);
});

const field = ({ page }: ConsolePage): Locator => page.getByRole("textbox", { name: "Сообщение" });
const bubble = ({ page }: ConsolePage, text: string): Locator => page.locator("article").filter({ hasText: text });
const line = ({ page }: ConsolePage, name: string): Locator => page.locator("[data-conversation]").filter({ hasText: name });
const box = ({ page }: ConsolePage): Locator => page.getByRole("region", { name: "Переписка" });
const say = (text: string, more: Partial<Parameters<typeof shop.touch.say>[1]> = {}) =>
  shop.touch.say(key, { from: mary, name: "Мария Климова", text, ...more });
const sentTimes = (text: string): number => shop.touch.sent.filter((one) => one.text === text).length;

describe("what a client writes", () => {
  it("appears in the list, in the menu and in the title by itself", async () => {
    await irina.visit("/inbox");
    await irina.page.getByRole("heading", { name: "Диалогов пока нет" }).waitFor();
    await petr.visit("/deals");
    await say("Здравствуйте! Видела на https://example.com/balcony. Сколько стоит?");
    await line(irina, "Мария Климова").getByText("1 новое сообщение").waitFor({ state: "attached" });
    await petr.page.getByTestId("unread").getByText("1").waitFor();
    await until(async () => (await petr.page.title()).startsWith("(1) "));
    id = (await conversationsOf(shop.client))[0]?.id ?? 0;
  });

  it("is read for everybody when one of us looks at it, with a line above what was new", async () => {
    await line(irina, "Мария Климова").click();
    await irina.page.waitForURL(`**/inbox/${id}*`);
    await irina.page.getByTestId("unread-line").waitFor();
    const link = bubble(irina, "Сколько стоит?").getByRole("link");
    expect([await link.getAttribute("href"), await link.getAttribute("rel")]).toEqual([
      "https://example.com/balcony",
      "noreferrer noopener nofollow",
    ]);
    await petr.page.getByTestId("unread").waitFor({ state: "detached" });
    await until(async () => !(await petr.page.title()).startsWith("("));
  });

  it("has its pictures, sounds and files, and a warning beside what may hold a program", async () => {
    const media = (bytes: Buffer, type: string) => shop.touch.putMedia(bytes, type);
    await say("Фото", { content: [{ type: "image", src: media(gradient(320, 200), "image/png") }] });
    await say("", { content: [{ type: "audio", src: media(hum(2), "audio/wav") }] });
    await say("Файлы", {
      content: [
        { type: "file", filename: "план квартиры.txt", src: media(Buffer.from("план"), "text/plain") },
        {
          type: "file",
          filename: "замер.exe",
          src: media(Buffer.concat([Buffer.from("MZ"), Buffer.alloc(2000)]), "application/octet-stream"),
        },
      ],
    });
    const picture = bubble(irina, "Фото").locator("img");
    await until(async () => (await picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth)) === 320);
    await irina.page.locator("article audio").waitFor();
    const files = bubble(irina, "Файлы");
    await files.getByRole("link", { name: "план квартиры.txt" }).waitFor();
    await files.getByText("Внутри может быть программа").waitFor();
    await bubble(irina, "Фото")
      .getByRole("button", { name: /Открыть целиком/ })
      .click();
    await irina.page.getByRole("dialog").getByRole("link", { name: "Скачать" }).waitFor();
    await irina.page.keyboard.press("Escape");
    await irina.page.getByRole("dialog").waitFor({ state: "detached" });
  });

  it("is quoted, thought something of and written on the phone: each is seen", async () => {
    const item = await say("Первый вопрос");
    await say("А это ответ на него", { replyTo: item });
    await shop.touch.react(key, item, "👍");
    await shop.touch.echo(key, { to: mary, text: "Отвечаю с телефона" });
    await bubble(irina, "А это ответ")
      .getByRole("button", { name: /Первый вопрос/ })
      .waitFor();
    await bubble(irina, "Первый вопрос").first().getByText("👍").waitFor();
    await bubble(irina, "Отвечаю с телефона").getByText("с телефона", { exact: true }).waitFor();
  });
});

describe("what we write", () => {
  it("is there at once, goes out once however often Enter is pressed, and says how far it has come", async () => {
    shop.touch.switches.autoStatuses = true;
    await field(irina).fill("Тысяча рублей за метр");
    for (let times = 0; times < 3; times++) await field(irina).press("Enter");
    await bubble(irina, "Тысяча рублей за метр").getByTitle("Прочитано").waitFor();
    await idle(shop.client);
    expect([sentTimes("Тысяча рублей за метр"), await bubble(irina, "Тысяча рублей за метр").count()]).toEqual([1, 1]);
    shop.touch.switches.autoStatuses = false;
    expect(await field(irina).inputValue()).toBe("");
    await field(irina).fill("Строка");
    await field(irina).press("Shift+Enter");
    await field(irina).pressSequentially("и ещё одна");
    await irina.page.getByRole("button", { name: "Отправить", exact: true }).dblclick();
    await until(async () => sentTimes("Строка\nи ещё одна") === 1);
    await bubble(irina, "и ещё одна").getByTitle("Отправлено").waitFor();
    expect(await bubble(irina, "и ещё одна").count()).toBe(1);
  });

  it("answers the very message that was meant", async () => {
    await bubble(irina, "Сколько стоит?").hover();
    await bubble(irina, "Сколько стоит?").getByRole("button", { name: "Что сделать с сообщением" }).click();
    await irina.page.getByRole("menuitem", { name: "Ответить" }).click();
    await field(irina).fill("С установкой дороже");
    await field(irina).press("Enter");
    await bubble(irina, "С установкой дороже")
      .getByRole("button", { name: /Сколько стоит/ })
      .waitFor();
    await until(async () => shop.touch.sent.find(({ text }) => text === "С установкой дороже")?.replyTo !== undefined);
  });

  it("takes files along that were chosen, pasted or dropped", async () => {
    const { page } = irina;
    const named = (name: string) => ({ name, mimeType: "image/png", buffer: gradient(60, 40) });
    await page.locator("input[type=file]").setInputFiles([named("план.png")]);
    const bring = (event: "paste" | "drop", name: string) =>
      page.evaluate(`(() => {
        const bytes = Uint8Array.from(atob("${gradient(50, 50).toString("base64")}"), (letter) => letter.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], ${JSON.stringify(name)}, { type: "image/png" }));
        const options = { bubbles: true, cancelable: true, clipboardData: data, dataTransfer: data };
        document.querySelector("textarea").dispatchEvent(new (${event === "paste" ? "ClipboardEvent" : "DragEvent"})("${event}", options));
      })()`);
    await bring("paste", "вставлен.png");
    await bring("drop", "брошен.png");
    const attached = page.getByRole("list", { name: "Приложить файлы" });
    await until(async () => (await attached.getByText(/\d Б|КБ/).count()) === 3);
    await attached.getByRole("button", { name: "Убрать вставлен.png" }).click();
    await field(irina).fill("Вот план");
    await field(irina).press("Enter");
    await until(async () => {
      const names = shop.touch.sent.flatMap(({ content = [] }) => content.map(({ filename }) => filename));
      return names.includes("план.png") && names.includes("брошен.png") && !names.includes("вставлен.png");
    });
    await until(async () => (await bubble(irina, "Вот план").locator("img").count()) === 2);
    expect(await bubble(irina, "Вот план").count()).toBe(1);
  });

  it("says in words why it has failed, or that nobody knows, and is sent again when a person says so", async () => {
    shop.touch.switches.blocked = true;
    await field(irina).fill("Не дойдёт");
    await field(irina).press("Enter");
    await bubble(irina, "Не дойдёт").getByText("Не доставлено", { exact: true }).last().waitFor();
    Object.assign(shop.touch.switches, { blocked: false, lostAnswers: true, echoes: false });
    await field(irina).fill("Дойдёт ли");
    await field(irina).press("Enter");
    await bubble(irina, "Дойдёт ли").getByText("Неизвестно, дошло ли", { exact: true }).last().waitFor({ timeout: 30_000 });
    expect(await irina.barriers()).toEqual([]);
    Object.assign(shop.touch.switches, { lostAnswers: false, echoes: true });
    await bubble(irina, "Не дойдёт").getByRole("button", { name: "Отправить снова" }).click();
    await bubble(irina, "Не дойдёт").getByTitle("Отправлено").waitFor();
  });

  it("waits while the hub is away, also over a reload, and goes out once", async () => {
    const { page } = irina;
    await page.route("**/messages", (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
    await field(irina).fill("Написано без связи");
    await field(irina).press("Enter");
    await page.getByTestId("unsent").getByTitle("Передаётся хабу").waitFor();
    await page.reload();
    await page.getByTestId("unsent").getByText("Написано без связи").waitFor();
    await page.unroute("**/messages");
    await bubble(irina, "Написано без связи").getByTitle("Отправлено").waitFor();
    await page.getByTestId("unsent").waitFor({ state: "detached" });
    await idle(shop.client);
    expect([sentTimes("Написано без связи"), await bubble(irina, "Написано без связи").count()]).toEqual([1, 1]);
    irina.complaints();
  });

  it("is not lost when the hub refuses it", async () => {
    const { page } = irina;
    const problem = { status: 422, contentType: "application/problem+json", body: JSON.stringify({ detail: "канал удалён", errors: {} }) };
    await page.route("**/messages", (route) => (route.request().method() === "POST" ? route.fulfill(problem) : route.continue()));
    await field(irina).fill("Не примут");
    await field(irina).press("Enter");
    await page.getByTestId("unsent").getByText("канал удалён").waitFor();
    expect(await irina.barriers()).toEqual([]);
    await page.unroute("**/messages");
    await page.getByRole("button", { name: "Вернуть в поле" }).click();
    expect(await field(irina).inputValue()).toBe("Не примут");
    irina.complaints();
  });

  it("is kept as a draft while one looks elsewhere", async () => {
    await irina.visit("/inbox");
    await line(irina, "Мария Климова").getByText("Черновик:").waitFor();
    await line(irina, "Мария Климова").click();
    expect(await field(irina).inputValue()).toBe("Не примут");
    await field(irina).fill("");
  });

  it("begins with an answer that is kept, found by its name", async () => {
    const { page } = irina;
    await page.getByRole("button", { name: "Быстрые ответы", exact: true }).click();
    await page.getByRole("button", { name: "Добавить ответ" }).click();
    for (const [name, text] of [
      ["Адрес", "Мы на Лесной, 5"],
      ["Прайс", "Добрый день, {name}! Прайс на сайте."],
    ] as const) {
      if (name === "Прайс") await page.getByRole("button", { name: "Добавить ответ" }).click();
      await page.getByLabel("Название").fill(name);
      await page.getByLabel("Текст").fill(text);
      await page.getByRole("dialog").getByRole("button", { name: "Сохранить" }).click();
      await page.getByRole("dialog").getByText(text).waitFor();
    }
    expect(await irina.barriers()).toEqual([]);
    await page.keyboard.press("Escape");
    await field(irina).fill("/пра");
    await page.getByRole("option", { name: /Прайс/ }).waitFor();
    expect(await page.getByRole("option").count()).toBe(1);
    await field(irina).press("Enter");
    expect(await field(irina).inputValue()).toBe("Добрый день, Мария Климова! Прайс на сайте.");
    await field(irina).fill("");
    expect(irina.complaints()).toEqual([]);
  });
});

describe("a long conversation", () => {
  it("is read backwards without a jump, and a quotation leads to what it quotes", async () => {
    for (let count = 1; count <= 120; count++) await say(`Долгий разговор ${count}`);
    const long = (count: number) =>
      irina.page.locator("article").filter({ has: irina.page.getByText(`Долгий разговор ${count}`, { exact: true }) });
    // One chat's messages are kept one after another.
    await long(120).waitFor({ timeout: 40_000 });
    await until(async () => (await conversationsOf(shop.client)).every(({ unread }) => unread === 0));
    await irina.page.reload();
    await long(120).waitFor();
    expect(await long(30).count()).toBe(0);
    await box(irina).evaluate((node) => (node.scrollTop = 300));
    const top = async (): Promise<number> => Math.round((await long(80).boundingBox())?.y ?? 0);
    const before = await top();
    await until(async () => (await long(30).count()) === 1);
    // What was in sight is in sight still, though fifty messages have come in above it.
    expect(Math.abs((await top()) - before)).toBeLessThan(3);
    expect(await box(irina).evaluate((node) => node.scrollTop)).toBeGreaterThan(1000);
    await irina.page.getByRole("button", { name: "К последнему сообщению" }).click();
    await until(async () => box(irina).evaluate((node) => node.scrollHeight - node.clientHeight - node.scrollTop < 5));
    await say("Ещё одно", { replyTo: (await itemOf("Первый вопрос")) ?? "" });
    await bubble(irina, "Ещё одно")
      .getByRole("button", { name: /Первый вопрос|Более раннее/ })
      .click();
    await irina.page.locator("article[data-lit]").filter({ hasText: "Первый вопрос" }).waitFor();
  }, 90_000);

  const itemOf = async (text: string): Promise<string | undefined> =>
    [...shop.touch.accounts.values()].flatMap(({ messages }) => messages).find((one) => one["text"] === text)?.["item"] as
      | string
      | undefined;
});

describe("several of us", () => {
  it("see who is writing", async () => {
    await petr.visit(`/inbox/${id}`);
    await irina.visit(`/inbox/${id}`);
    await field(petr).pressSequentially("Сейчас отвечу");
    await irina.page.getByText("Пётр Лебедев пишет…").waitFor();
    await irina.page.getByText("Пётр Лебедев пишет…").waitFor({ state: "detached" });
    await field(petr).fill("");
  });

  it("take a conversation, give it to another or to nobody", async () => {
    await shop.touch.say(key, { from: "79031110002", name: "Олег", text: "Есть кто?" });
    await line(petr, "Олег").click();
    await petr.page.getByRole("button", { name: "Взять себе" }).click();
    await line(irina, "Олег").getByText("Пётр Лебедев").waitFor();
    await petr.page
      .getByRole("button", { name: /Кто отвечает: Пётр/ })
      .first()
      .click();
    await petr.page.getByRole("option", { name: "Ирина Соколова" }).click();
    await line(petr, "Олег").getByText("Ирина Соколова").waitFor();
    await petr.page.getByText("Мои", { exact: true }).click();
    await petr.page.waitForURL(/whose=mine/);
    await line(petr, "Олег").waitFor({ state: "detached" });
  });

  it("close it: it leaves the open ones, and is found among the closed", async () => {
    await irina.visit("/inbox?whose=mine");
    await line(irina, "Олег").click();
    await irina.page.getByRole("button", { name: "Закрыть", exact: true }).click();
    await line(irina, "Олег").waitFor({ state: "detached" });
    await irina.page.getByRole("button", { name: "Отбор" }).click();
    await irina.page.getByRole("combobox", { name: "Состояние" }).click();
    await irina.page.getByRole("option", { name: "Закрытые", exact: true }).click();
    await line(irina, "Олег").getByText("закрыт").waitFor();
    await irina.page.keyboard.press("Escape");
    await irina.page.getByRole("button", { name: "Открыть снова" }).click();
    await line(irina, "Олег").waitFor({ state: "detached" });
  });

  it("go by keys alone: to the search, into what it found, from line to line, and in", async () => {
    const { page } = irina;
    await irina.visit("/inbox");
    await line(irina, "Олег").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("Олег");
    await line(irina, "Мария").waitFor({ state: "detached" });
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Олег" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.press("Escape");
    await line(irina, "Мария").waitFor();
    await line(irina, "Олег").focus();
    const focused = () => page.evaluate("document.activeElement?.getAttribute('data-conversation')");
    const first = await focused();
    await page.keyboard.press("j");
    const second = await focused();
    await page.keyboard.press("k");
    expect([await focused(), second === first]).toEqual([first, false]);
    expect(irina.complaints()).toEqual([]);
  });
});

describe("the page of a contact", () => {
  it("writes first, and shows what is written beside what happened", async () => {
    const { page } = irina;
    const contact = await shop.client.send<{ id: number }>("POST", "/contacts", {
      name: "Новый клиент",
      phones: [{ value: "+79032220009" }],
    });
    await irina.visit(`/contacts/${contact.id}`);
    await page.getByRole("button", { name: "Написать" }).click();
    await page.getByRole("menuitem", { name: /WhatsApp продаж/ }).waitFor();
    expect(await irina.barriers()).toEqual([]);
    await page.getByRole("menuitem", { name: /WhatsApp продаж/ }).click();
    await page.getByText("Пока ничего не сказано").waitFor();
    await field(irina).fill("Здравствуйте, это Ромашка");
    await field(irina).press("Enter");
    await bubble(irina, "это Ромашка").getByTitle("Отправлено").waitFor();
    await page.getByRole("tab", { name: "Что было" }).click();
    await page.getByTestId("timeline").waitFor();
    await page.getByRole("tab", { name: /Переписка/ }).click();
    await bubble(irina, "это Ромашка").waitFor();
    expect(await irina.barriers()).toEqual([]);
    expect(irina.complaints()).toEqual([]);
  });
});

describe("a channel that lets strangers be written to by templates only", () => {
  it("says so, shows what the client gets, and opens when they answer", async () => {
    const { page } = irina;
    whatsapp = await startWhatsApp({ token: "EAAJB-token-of-the-number", appSecret: "secret-of-the-app" });
    const approved = { language: "ru", category: "UTILITY", status: "APPROVED" };
    whatsapp.templates.push(
      { ...approved, name: "order", components: [{ type: "BODY", text: "{{client}}, заказ {{number}} готов" }] },
      { ...approved, name: "old", status: "REJECTED", components: [{ type: "BODY", text: "…" }] },
    );
    const channel = await shop.client.send<Added>("POST", "/connections", {
      ...{ vendor: "cloudapi", name: "WhatsApp справок", allow_private_addresses: true },
      settings: {
        ...{ phone_number_id: whatsapp.phoneNumberId, waba_id: whatsapp.wabaId, address: whatsapp.url },
        ...{ access_token: whatsapp.token, app_secret: whatsapp.appSecret },
      },
    });
    await whatsapp.subscribe(channel.urls["webhook"] ?? "", channel.secrets["verify_token"] ?? "");
    const contact = await shop.client.send<{ id: number }>("POST", "/contacts", { name: "Иван", phones: [{ value: "+79167654321" }] });
    await irina.visit(`/contacts/${contact.id}`);
    await page.getByRole("button", { name: "Написать" }).click();
    await page.getByRole("menuitem", { name: /WhatsApp справок/ }).click();
    await page.getByText(/Клиент ещё не писал/).waitFor();
    expect(await field(irina).count()).toBe(0);
    await page.getByRole("button", { name: "Выбрать шаблон" }).click();
    await page.getByText("не одобрен").waitFor();
    await page.getByRole("button", { name: /^order/ }).click();
    expect(await page.getByLabel("Пропуск {{client}}").inputValue()).toBe("Иван");
    await page.getByLabel("Пропуск {{number}}").fill("15");
    await page.getByRole("dialog").getByText("Иван, заказ 15 готов").waitFor();
    expect(await irina.barriers()).toEqual([]);
    await irina.screenshot("inbox-template");
    await page.getByRole("dialog").getByRole("button", { name: "Отправить" }).click();
    await bubble(irina, "Иван, заказ 15 готов")
      .getByTitle(/Отправлено|Доставлено|Прочитано/)
      .waitFor();
    expect(JSON.stringify(whatsapp.sent.at(-1)?.body)).toContain('"parameter_name":"number","text":"15"');
    whatsapp.say({ from: { phone: "79167654321", name: "Иван" }, text: "Уже еду" });
    await bubble(irina, "Уже еду").waitFor();
    await field(irina).waitFor();
    expect(irina.complaints()).toEqual([]);
  });
});

describe("an account of a messenger", () => {
  it("is signed in by a picture on its connection's page, and says how it is doing", async () => {
    const { page } = irina;
    const standing = shop.touch.accounts.get(key);
    if (!standing) throw new Error("there is no account");
    standing.way = "qr";
    await irina.visit(`/connections/${account.id}`);
    const panel = page.getByRole("region", { name: "Аккаунт мессенджера" });
    await panel.getByText("Ждёт телефон").waitFor();
    await panel.getByRole("img", { name: /читает телефон/ }).waitFor();
    expect(await irina.barriers()).toEqual([]);
    await irina.screenshot("inbox-account-qr");
    standing.way = "ready";
    await panel.getByText("Вход выполнен").waitFor();
    await page.getByRole("region", { name: "Сообщения" }).getByText("Последнее от клиента").waitFor();
    expect(irina.complaints()).toEqual([]);
  });
});

const viewers: readonly Viewer[] = [
  { language: "ru", width: 1280, scheme: "light" },
  { language: "en", width: 1280, scheme: "dark" },
  { language: "ru", width: 900, scheme: "dark" },
  { language: "en", width: 390, scheme: "light" },
  { language: "ru", width: 390, scheme: "dark" },
];

describe.each(viewers)("for somebody who reads $language on $width pixels in $scheme", (viewer) => {
  it("the screens of conversations are quiet, open to all and no wider than the window", { timeout: 60_000 }, async () => {
    const someone = await openConsole(browser, hub.url, viewer);
    await someone.signIn(viewer.language === "en" ? "irene@shop.example" : "petr@shop.example", password);
    const [first] = (await conversationsOf(shop.client)).filter((one) => one.id === id);
    const screens = {
      list: "/inbox",
      talk: `/inbox/${id}`,
      about: `/inbox/${id}?about=true`,
      deal: `/deals/${first?.deal}?talk=latest`,
      connection: `/connections/${account.id}`,
    };
    const found: string[] = [];
    for (const [name, path] of Object.entries(screens)) {
      await someone.visit(path);
      await someone.screenshot(`inbox-${name}-${viewer.language}-${viewer.width}-${viewer.scheme}`);
      found.push(...(await someone.barriers()).map((barrier) => `${path}: ${barrier}`));
      found.push(...someone.complaints().map((complaint) => `${path}: ${complaint}`));
      if (await someone.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")) found.push(`${path}: too wide`);
    }
    if (viewer.width === 390) {
      await someone.visit(`/inbox/${id}`);
      await someone.page.getByRole("button", { name: /^(К списку|Back to the list)$/ }).click();
      await someone.page.waitForURL(/\/inbox(\?|$)/);
      await someone.page.locator("[data-conversation]").first().waitFor();
    }
    await someone.close();
    expect(found).toEqual([]);
  });
});

it("no message was lost or doubled on all these ways", async () => {
  await idle(shop.client);
  const messages = await messagesOf(shop.client, id);
  const ours = messages.filter(({ direction, text }) => direction === "out" && text !== "").map(({ text }) => text);
  expect(ours.length).toBe(new Set(ours).size);
});
