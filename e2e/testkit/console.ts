import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";

/** The console in a real browser: who looks at it, and what went wrong while they did. */

export const artefacts = fileURLToPath(new URL("../../artefacts/", import.meta.url));
mkdirSync(artefacts, { recursive: true });

export interface Viewer {
  readonly language?: "ru" | "en";
  readonly width?: number;
  readonly scheme?: "light" | "dark";
}

export interface ConsolePage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained about so far, and takes it off the list. */
  complaints(): string[];
  signIn(email: string, password: string): Promise<void>;
  /** Goes to an address and waits until nothing more is asked for. */
  visit(path: string): Promise<void>;
  screenshot(name: string): Promise<void>;
  /** What WCAG 2.2 AA forbids, one line for each. */
  barriers(): Promise<string[]>;
  close(): Promise<void>;
}

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export async function openConsole(
  browser: Browser,
  url: string,
  { language = "ru", width = 1360, scheme = "light" }: Viewer = {},
): Promise<ConsolePage> {
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 844 : 850 },
    locale: language === "ru" ? "ru-RU" : "en-GB",
    timezoneId: "Europe/Moscow",
    colorScheme: scheme,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  let complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
  return {
    page,
    context,
    complaints() {
      const said = complaints;
      complaints = [];
      return said;
    },
    async signIn(email, password) {
      await page.goto(`${url}/sign-in`);
      await page.getByLabel(/^(Почта|E-mail)$/).fill(email);
      await page.getByLabel(/^(Пароль|Password)$/).fill(password);
      await page.getByRole("button", { name: /^(Войти|Sign in)$/ }).click();
      await page.waitForURL((address) => !address.pathname.startsWith("/sign-in"));
      // Asking who is here before the sign-in is answered with 401, and a browser says so.
      complaints = complaints.filter((text) => !text.includes("401"));
    },
    async visit(path) {
      await page.goto(url + path);
      await page.locator("h1").first().waitFor();
      await page.waitForLoadState("load");
      await page.locator(".mantine-Loader-root").first().waitFor({ state: "detached" });
    },
    async screenshot(name) {
      await page.screenshot({ path: `${artefacts}${name}.png` });
    },
    async barriers() {
      const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
      return violations.flatMap(({ id, nodes }) =>
        nodes
          .slice(0, 4)
          .map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary?.split("\n")[1]?.trim() ?? ""}`),
      );
    },
    close: () => context.close(),
  };
}
