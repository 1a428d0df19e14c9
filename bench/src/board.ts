import { existsSync, statSync } from "node:fs";
import type { Workspace } from "@svyazka/core";
import { fillWithDemo } from "@svyazka/crm/demo";
import type { Pool } from "@svyazka/server/db/pool.ts";
import type { Page } from "playwright-core";
import { openBrowser } from "../../e2e/testkit/browser.ts";
import { addSite, root, type Server } from "./processes.ts";
import type { Figure } from "./table.ts";

const loads = 7;

/** The board in a real browser: how soon the first card is there, and whether it stutters while one drags and scrolls. */
export async function measureBoard(hub: Server, pool: Pool, deals: number): Promise<Figure[]> {
  const { workspace } = addSite(hub, "board");
  const home = {
    ...{ id: workspace.id, subdomain: "board", name: "Board", country: "RU", timeZone: "Europe/Moscow", language: "ru", currency: "RUB" },
  } as Workspace;
  const sql = pool.in(home.id);
  await fillWithDemo(sql, home, { now: new Date(), deals });
  await pool.reference.query({ text: "select hub.refresh_statistics()" });
  const browser = await openBrowser();
  try {
    const page = await (await browser.newContext({ viewport: { width: 1360, height: 850 }, locale: "ru-RU", bypassCSP: true })).newPage();
    const sent = new Set<string>();
    page.on("response", (response) => {
      const path = new URL(response.url()).pathname;
      if (path.startsWith("/console/")) sent.add(path);
    });
    await page.addInitScript(watchFor);
    await page.request.post(`${hub.url}/hub/v1/session`, {
      data: { email: "a@example.com", password: "password-of-bench", workspace: "board" },
    });
    await page.goto(`${hub.url}/deals`);
    await page.locator("article[data-deal]").first().waitFor();
    const bytes = [...sent].reduce((sum, path) => sum + compressed(path), 0);

    const board = await timeTo(page, `${hub.url}/deals`, "article[data-deal]");
    const empty = await timeTo(page, `${hub.url}/inbox`, "h3");
    await page.goto(`${hub.url}/deals`);
    await page.locator("article[data-deal]").first().waitFor();
    const idle = await frames(page, () => wander(page));
    const dragged = await frames(page, () => drag(page));
    const scrolled = await frames(page, () => scroll(page));
    const of = `a board of ${deals.toLocaleString("en")} deals`;
    return [
      figure(
        `First card of ${of} (median of ${loads} loads)`,
        `${board.toFixed(0)} ms`,
        `${empty.toFixed(0)} ms: an empty screen`,
        board / empty,
        "at most 2",
      ),
      smooth(`Frames while a card is dragged across ${of}`, dragged, idle),
      smooth(`Frames while a column of ${of} is scrolled`, scrolled, idle),
      {
        what: "First load of the console, gzipped",
        value: `${(bytes / 1000).toFixed(0)} KB`,
        limit: "—",
        ratio: "—",
        goal: "at most 300 KB",
      },
    ];
  } finally {
    await browser.close();
  }
}

const figure = (what: string, value: string, limit: string, ratio: number, goal: string): Figure => ({
  what,
  value,
  limit,
  ratio: ratio.toFixed(2),
  goal,
});

const smooth = (what: string, measured: readonly number[], idle: readonly number[]): Figure =>
  figure(
    what,
    `p95 ${at(measured, 0.95).toFixed(1)} ms, longest ${at(measured, 1).toFixed(0)} ms (${measured.length} frames)`,
    `p95 ${at(idle, 0.95).toFixed(1)} ms: only the pointer moves`,
    at(measured, 0.95) / at(idle, 0.95),
    "at most 2",
  );

const at = (values: readonly number[], share: number): number =>
  values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

/** Runs in the page, from its very beginning. */
const watchFor = `window.seen = {};
new MutationObserver(() => {
  for (const selector of ["article[data-deal]", "h3"]) if (!(selector in window.seen) && document.querySelector(selector)) {
    window.seen[selector] = undefined;
    requestAnimationFrame(() => setTimeout(() => (window.seen[selector] = performance.now())));
  }
}).observe(document, { childList: true, subtree: true });`;

/** From the navigation to the frame that shows it; the parts of the console are in the browser's cache by then. */
async function timeTo(page: Page, url: string, selector: string): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < loads; n++) {
    await page.goto(url);
    await page.waitForFunction(`window.seen[${JSON.stringify(selector)}] !== undefined`);
    times.push(Number(await page.evaluate(`window.seen[${JSON.stringify(selector)}]`)));
  }
  return at(
    times.sort((one, other) => one - other),
    0.5,
  );
}

/** The time between frames while something is done, sorted. */
async function frames(page: Page, act: () => Promise<void>): Promise<number[]> {
  await page.evaluate(`window.frames_ = []; window.running = true; (function tick(last) {
    requestAnimationFrame((now) => { if (last) window.frames_.push(now - last); if (window.running) tick(now); });
  })(0)`);
  await act();
  await page.evaluate("window.running = false");
  return ((await page.evaluate("window.frames_")) as number[]).sort((one, other) => one - other);
}

async function wander(page: Page): Promise<void> {
  for (let x = 0; x < 120; x++) await page.mouse.move(240 + x * 9, 80 + (x % 3));
}

async function drag(page: Page): Promise<void> {
  const card = await page.locator("article[data-deal]").first().boundingBox();
  if (!card) throw new Error("there is no card to drag");
  await page.mouse.move(card.x + 80, card.y + 60);
  await page.mouse.down();
  for (let step = 0; step < 120; step++) {
    await page.mouse.move(card.x + 80 + step * 8, card.y + 60 + Math.sin(step / 8) * 120);
    await page.waitForTimeout(16);
  }
  // Back to where it was: nothing is moved.
  await page.mouse.move(card.x + 82, card.y + 62);
  await page.mouse.up();
}

async function scroll(page: Page): Promise<void> {
  const column = await page.locator("[data-stage]").last().boundingBox();
  await page.mouse.move(Math.min((column?.x ?? 700) + 50, 1300), (column?.y ?? 300) + 200);
  for (let step = 0; step < 120; step++) await page.mouse.wheel(0, 240);
}

function compressed(path: string): number {
  const file = `${root}console/dist${path}`;
  return existsSync(`${file}.gz`) ? statSync(`${file}.gz`).size : existsSync(file) ? statSync(file).size : 0;
}
