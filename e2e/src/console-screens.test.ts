import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser } from "../testkit/browser.ts";
import { openConsole, type Viewer } from "../testkit/console.ts";
import { type DemoCompany, openDemo } from "../testkit/demo.ts";
import { type HubProcess, makeDataDir, removeDataDir, startHubProcess } from "../testkit/hub.ts";

/** Every screen with half a year of a company in it: nothing is said in the browser's console, nothing stands in anybody's way (WCAG 2.2 AA), no text runs out of a phone. */

let dataDir: string;
let hub: HubProcess;
let browser: Browser;
const demos = new Map<string, DemoCompany>();

beforeAll(async () => {
  dataDir = makeDataDir();
  [hub, browser] = await Promise.all([startHubProcess({ dataDir }), openBrowser()]);
  for (const language of ["ru", "en"] as const) demos.set(language, await openDemo(hub, language));
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  removeDataDir(dataDir);
});

const screens = (demo: DemoCompany): Readonly<Record<string, string>> => ({
  board: "/deals?layout=board",
  list: "/deals?layout=list",
  deal: `/deals/${demo.deal}`,
  contacts: "/contacts",
  contact: `/contacts/${demo.contact}`,
  companies: "/companies",
  tasks: "/tasks?whose=everybody",
  calls: "/calls",
  inbox: "/inbox",
  funnel: "/reports?days=182",
  sources: "/reports?days=182&tab=sources",
  "call-report": "/reports?days=182&tab=calls",
  response: "/reports?days=182&tab=response",
  outcomes: "/reports?days=182&tab=outcomes",
  import: "/import",
  duplicates: "/duplicates",
  bin: "/trash",
  connections: "/connections",
  gallery: "/connections/new",
  "new-connection": "/connections/new/fivecrm",
  connection: `/connections/${demo.line}`,
  "connection-people": `/connections/${demo.line}?tab=users`,
  routes: "/routes",
  journal: "/journal",
  request: `/journal/${demo.request}`,
  deliveries: "/deliveries",
  company: "/settings/company",
  people: "/settings/people",
  pipelines: "/settings/pipelines",
  fields: "/settings/fields",
  lists: "/settings/lists",
  tokens: "/settings/tokens",
  audit: "/settings/audit",
  system: "/settings/system",
  profile: "/profile",
  start: "/start",
});

/** Two see everything; the others what is used all day. */
const viewers: readonly (Viewer & { readonly only?: readonly string[] })[] = [
  { language: "ru", width: 1360, scheme: "light" },
  { language: "en", width: 390, scheme: "dark" },
  { language: "en", width: 1360, scheme: "dark", only: ["board", "list", "deal", "tasks", "calls", "connection", "journal", "request"] },
  {
    language: "ru",
    width: 390,
    scheme: "light",
    only: ["board", "deal", "contacts", "tasks", "calls", "funnel", "connections", "journal"],
  },
];

describe.each(viewers)("for somebody who reads $language on $width pixels in $scheme", (viewer) => {
  it("each screen opens, is quiet and is open to all", { timeout: 180_000 }, async () => {
    const demo = demos.get(viewer.language ?? "ru");
    if (!demo) throw new Error("there is no demo");
    const console_ = await openConsole(browser, hub.url, viewer);
    await console_.signIn(demo.email, demo.password);
    const found: string[] = [];
    for (const [name, path] of Object.entries(screens(demo))) {
      if (viewer.only && !viewer.only.includes(name)) continue;
      await console_.visit(path);
      await console_.screenshot(`${name}-${viewer.language}-${viewer.width}-${viewer.scheme}`);
      found.push(...(await console_.barriers()).map((barrier) => `${path}: ${barrier}`));
      found.push(...console_.complaints().map((complaint) => `${path}: ${complaint}`));
      // What is wider than the window must scroll by itself.
      const wide = await console_.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1");
      if (wide) found.push(`${path}: the page is wider than the window`);
    }
    await console_.close();
    expect(found).toEqual([]);
  });
});
