import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startBitrix24 } from "../vendors/bitrix24/src/standin.ts";
import { openBrowser } from "./testkit/browser.ts";
import { openConsole } from "./testkit/console.ts";
import { openDemo } from "./testkit/demo.ts";
import { type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "./testkit/hub.ts";

/** `npm run screenshots [-- names]`: the pictures of `docs/screenshots/`, from a hub with the demo in it; with names, only those. */
const wanted = process.argv.slice(2);
const folder = fileURLToPath(new URL("../docs/screenshots/", import.meta.url));
mkdirSync(folder, { recursive: true });
const dataDir = makeDataDir();
const hub = await startHubProcess({ dataDir });
const browser = await openBrowser();
try {
  for (const language of ["ru", "en"] as const) {
    const demo = await openDemo(hub, language);
    const { items: users } = await demo.call.get<{ items: { id: number; email: string | null }[] }>("/users");
    const user = users.find(({ email }) => email === demo.email);
    const talk = await talkTo(hub, demo, language);
    const { phones } = await demo.call.get<{ phones: { e164: string | null }[] }>(`/contacts/${demo.contact}`);
    for (const [size, width] of [
      ["wide", 1360],
      ["phone", 390],
    ] as const) {
      for (const scheme of ["light", "dark"] as const) {
        const { page, ...console_ } = await openConsole(browser, hub.url, { language, width, scheme });
        const shoot = async (name: string): Promise<void> => {
          if (wanted.length > 0 && !wanted.includes(name)) return;
          await page.screenshot({ path: `${folder}${name}-${language}-${size}-${scheme}.png` });
        };
        await page.goto(`${hub.url}/setup#code`);
        await page.locator("h1").waitFor();
        await shoot("setup");
        await console_.signIn(demo.email, demo.password);
        await console_.visit("/start");
        await shoot("start");
        await console_.visit("/deals?layout=board");
        await page.locator("article[data-deal]").first().waitFor();
        await shoot("board");
        await demo.call.send("POST", `/connections/${demo.line}/rehearsal`, {
          ...{ from: phones[0]?.e164 ?? "+79101234567", account: `user${user?.id}`, patience_seconds: 4 },
        });
        await page.getByTestId("call-card").waitFor();
        await shoot("call");
        await page.getByTestId("call-card").waitFor({ state: "detached" });
        await console_.visit(`/deals/${demo.deal}`);
        await page.getByTestId("timeline").waitFor();
        await shoot("card");
        await console_.visit(`/inbox/${talk}`);
        await page.waitForTimeout(800);
        await shoot("inbox");
        await console_.visit(`/journal/${demo.request}`);
        await shoot("journal");
        await console_.visit("/reports?days=182&tab=outcomes");
        await page.waitForTimeout(800);
        await shoot("reports");
        await console_.close();
      }
    }
    await showPortal(language, demo);
  }
} finally {
  await browser.close();
  await hub.stop();
  removeDataDir(dataDir);
}

/** A portal of Bitrix24 beside our own CRM: its page, and where a channel goes. */
async function showPortal(language: "ru" | "en", demo: Awaited<ReturnType<typeof openDemo>>): Promise<void> {
  const portal = await startBitrix24();
  try {
    const { id } = await demo.call.send<{ id: number }>("POST", "/connections", {
      ...{ vendor: "bitrix24", name: language === "ru" ? "Портал" : "Portal", allow_private_addresses: true },
      settings: { domain: portal.url, webhook: portal.webhook },
    });
    for (const [size, width] of [
      ["wide", 1360],
      ["phone", 390],
    ] as const)
      for (const scheme of ["light", "dark"] as const) {
        const { page, ...console_ } = await openConsole(browser, hub.url, { language, width, scheme });
        await console_.signIn(demo.email, demo.password);
        for (const [name, path] of [
          ["portal", `/connections/${id}`],
          ["new-portal", "/connections/new/bitrix24"],
          ["routes", "/routes"],
        ] as const) {
          if (wanted.length > 0 && !wanted.includes(name)) continue;
          await console_.visit(path);
          await page.screenshot({ path: `${folder}${name}-${language}-${size}-${scheme}.png` });
        }
        await console_.close();
      }
    await demo.call.send("DELETE", `/connections/${id}`);
  } finally {
    await portal.stop();
  }
}

/** Some who write to the company, and what one of them is answered. Answers that conversation. */
async function talkTo(hub: HubProcess, demo: Awaited<ReturnType<typeof openDemo>>, language: "ru" | "en"): Promise<number> {
  const words = {
    ru: {
      people: ["Ольга Белова", "Тимур", "Семён Ким", "Мария Климова"],
      asks: ["Здравствуйте! Нужна доставка в субботу", "Пришлите договор, пожалуйста", "Спасибо!", "Добрый день. Сколько стоит замер?"],
    },
    en: {
      people: ["Olivia Bell", "Tim", "Simon Kim", "Mary Climes"],
      asks: [
        "Hello! I need it delivered on Saturday",
        "Please send me the contract",
        "Thank you!",
        "Good morning. What does a survey cost?",
      ],
    },
  }[language];
  const answers = {
    ru: ["Добрый день, Мария! Замер бесплатный, если вы закажете у нас", "Когда вам удобно?"],
    en: ["Good morning, Mary! It costs nothing if you order from us", "When would it suit you?"],
  }[language];
  const { urls } = await hub.command<{ urls: { webhook: string } }>(
    ...["connection", "add", "touchapi", "--workspace", `demo-${language}`, "--name", "WhatsApp"],
    ...["--set", "source=whatsapp", "--set", `login=shop-${language}`, "--set", "is_rehearsal=true"],
  );
  const write = async (index: number, text: string, name = words.people[index]): Promise<void> => {
    const from = `7903111000${index}`;
    const hook = {
      hook_type: "message",
      source: "whatsapp",
      login: `shop-${language}`,
      thread: `${from}@c.us`,
      from,
      item: `${index} ${text}`,
      text,
      pushname: name,
      outgoing: false,
    };
    await fetch(urls.webhook, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(hook) });
  };
  for (const [index, text] of words.asks.entries()) await write(index, text);
  const found = await until(async () => {
    const { items } = await demo.call.get<{ items: { id: number; deal: number | null; client: { name: string } }[] }>("/conversations");
    return items.find(({ client, deal }) => client.name === words.people[3] && deal !== null);
  });
  for (const text of answers) await demo.call.send("POST", `/conversations/${found.id}/messages`, { text });
  await until(async () =>
    (await demo.call.get<{ items: { state: string }[] }>(`/conversations/${found.id}/messages`)).items.every(
      ({ state }) => state === "read" || state === "delivered",
    ),
  );
  return found.id;
}
