import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isObject, type Json } from "./protocol.ts";
import { type Account, makeAccount, type NewAccount } from "./standin/accounts.ts";
import { type HookLine, makeHooks, type Post } from "./standin/hooks.ts";
import { makeMedia } from "./standin/media.ts";
import { answer, isWrite, type Scene } from "./standin/methods.ts";
import { noTrouble, type Switches } from "./standin/switches.ts";
import { makeTalk, type SentMessage, type Talk } from "./standin/talk.ts";

export type { Account, NewAccount, Way } from "./standin/accounts.ts";
export type { HookLine } from "./standin/hooks.ts";
export type { Switches } from "./standin/switches.ts";
export type { Said, SentMessage, Written } from "./standin/talk.ts";

export interface StandinOptions {
  readonly accounts?: readonly NewAccount[];
  readonly switches?: Partial<Switches>;
  readonly port?: number;
}

/** An account, and what its owner does with the phone in hand. */
export type StandinAccount = Account & {
  /** The QR code is scanned, or the code is entered: the account is ready. */
  scan(): void;
};

export interface TouchApiStandin extends Omit<Talk, "take"> {
  /** `…/api`: what a client takes for `url`. */
  readonly url: string;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly switches: Switches;
  /** What was asked of it, in order. */
  readonly requests: readonly { readonly method: string; readonly body: Json }[];
  /** What was told to webhooks, in order. */
  readonly hooks: readonly HookLine[];
  readonly sent: readonly SentMessage[];
  add(account?: NewAccount): StandinAccount;
  /** Answers the address of a file, as hooks carry it. */
  putMedia(bytes: Uint8Array, type: string): string;
  /** Resolves when every hook has been heard or given up. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const mostRequests = 10_000;
const mostBytes = 1_048_576;
const hookSeconds = 10;

/** Touch-API in memory and over real HTTP on 127.0.0.1: for tests and for trying a hub without an account. */
export async function startTouchApi({ accounts: first = [], switches: set = {}, port = 0 }: StandinOptions = {}): Promise<TouchApiStandin> {
  const accounts = new Map<string, Account>();
  const switches: Switches = { ...noTrouble(), ...set };
  const requests: { method: string; body: Json }[] = [];
  const post: Post = async (url, body) => {
    const signal = AbortSignal.any([AbortSignal.timeout(hookSeconds * 1_000), stopping.signal]);
    const reply = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body, signal });
    await reply.arrayBuffer();
    return reply.status;
  };
  const stopping = new AbortController();
  const hooks = makeHooks(post, () => switches.duplicates);
  const talk = makeTalk(accounts, hooks, switches);
  const following = new Set<Promise<void>>();
  const scene: Scene = { accounts, talk, switches, sleep: (seconds) => pause(seconds * 1_000, stopping.signal) };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = URL.parse(request.url ?? "", "http://localhost")?.pathname ?? "";
    if (path.startsWith("/media/")) return sendFile(response, path);
    const body = await bodyOf(request);
    const method = /^\/api\/(\w+)$/.exec(path)?.[1] ?? "";
    if (requests.push({ method, body }) > mostRequests) requests.shift();
    if (switches.down !== false) return fail(response, switches.down);
    const answered = request.method === "POST" ? await answer(method, body, scene) : undefined;
    if (!answered) return send(response, 404, "text/html", page("404 Not Found"));
    if (switches.lostAnswers && isWrite(method)) response.destroy();
    else send(response, 200, "application/json", JSON.stringify(answered.body));
    follow(answered.after?.());
  };
  const follow = (after: Promise<void> | undefined): void => {
    if (!after) return;
    const done = after.finally(() => following.delete(done));
    following.add(done);
  };
  const sendFile = (response: ServerResponse, path: string): void => {
    const file = media.get(path);
    if (file) response.writeHead(200, { "content-type": file.type, "content-length": file.bytes.length }).end(file.bytes);
    else send(response, 404, "text/html", page("404 Not Found"));
  };
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const media = makeMedia(origin, () => switches.deadMediaAfterSeconds);

  const add = (one: NewAccount = {}): StandinAccount => {
    const account = makeAccount(one);
    accounts.set(account.key, account);
    return Object.assign(account, {
      scan: () => {
        if (account.way === "off") throw new Error("there is nothing to scan: the account is off");
        account.way = "ready";
      },
    });
  };
  for (const one of first) add(one);

  const { take: _take, ...talking } = talk;
  return {
    ...talking,
    ...{ url: `${origin}/api`, accounts, switches, requests, hooks: hooks.lines, add, putMedia: media.put },
    async settled() {
      do await Promise.all([...following, hooks.settled()]);
      while (following.size > 0);
    },
    close: () =>
      new Promise((resolve) => {
        stopping.abort();
        hooks.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An object, whatever came. */
async function bodyOf(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > mostBytes) throw new Error("too large");
    chunks.push(chunk as Buffer);
  }
  try {
    const json: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    return isObject(json) ? json : {};
  } catch {
    return {};
  }
}

function fail(response: ServerResponse, how: Exclude<Switches["down"], false>): void {
  if (how === "reset") response.destroy();
  else if (how === "500") send(response, 500, "application/json", JSON.stringify({ status: "error", error: "Internal error" }));
  else if (how === "429") send(response, 429, "text/plain", "Too many requests", { "retry-after": "7" });
  else send(response, 200, "text/html", page("Maintenance"));
}

function send(response: ServerResponse, status: number, type: string, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": `${type}; charset=utf-8`, ...headers });
  response.end(body);
}

const page = (title: string): string =>
  `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;

/** Ends early when the server is closed. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
