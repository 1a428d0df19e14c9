import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium as driver } from "playwright-core";

const installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A microphone that hums by itself, and sound between pages of this machine. */
const humming = [
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  "--allow-loopback-in-peer-connection",
  "--disable-features=WebRtcHideLocalIpsWithMdns",
];

/** The machine's own browser, or the one that came with the packages. */
export async function openBrowser({ microphone = false } = {}): Promise<Browser> {
  const found = installed.find((path) => existsSync(path));
  const flags = [...quiet, ...(microphone ? humming : [])];
  if (found !== undefined) return driver.launch({ executablePath: found, args: flags });
  const { default: chromium } = await import("@sparticuz/chromium");
  // In a single process, the browser ends with the first of its windows that is closed.
  const args = chromium.args.filter((argument) => argument !== "--single-process" && argument !== "--no-zygote");
  return driver.launch({ executablePath: await chromium.executablePath(), args: [...args, ...flags] });
}

export interface Page {
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PageServer {
  /** At `localhost`, where a hub at 127.0.0.1 is another site. */
  readonly url: string;
  /** Serves this page at a path from now on. */
  put(path: string, page: Page): void;
  close(): Promise<void>;
}

/** Somebody's site: pages as they are given, and nothing else. */
export async function servePages(): Promise<PageServer> {
  const pages = new Map<string, Page>();
  const server: Server = createServer((request, response) => {
    const page = pages.get(new URL(request.url ?? "/", "http://localhost").pathname);
    if (!page) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...page.headers }).end(page.html);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    put: (path, page) => void pages.set(path, page),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
