import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openBrowser } from "./testkit/browser.ts";
import { openConsole } from "./testkit/console.ts";
import { openDemo } from "./testkit/demo.ts";
import { makeDataDir, removeDataDir, startHubProcess } from "./testkit/hub.ts";

/** `npm run screenshots`: the pictures of `docs/screenshots/`, from a hub with the demo in it. */
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
    const { phones } = await demo.call.get<{ phones: { e164: string | null }[] }>(`/contacts/${demo.contact}`);
    for (const [size, width] of [
      ["wide", 1360],
      ["phone", 390],
    ] as const) {
      for (const scheme of ["light", "dark"] as const) {
        const { page, ...console_ } = await openConsole(browser, hub.url, { language, width, scheme });
        const shoot = async (name: string): Promise<void> => {
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
        await console_.visit(`/journal/${demo.request}`);
        await shoot("journal");
        await console_.visit("/reports?days=182&tab=outcomes");
        await page.waitForTimeout(800);
        await shoot("reports");
        await console_.close();
      }
    }
  }
} finally {
  await browser.close();
  await hub.stop();
  removeDataDir(dataDir);
}
