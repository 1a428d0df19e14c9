import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Message } from "@grammyjs/types";
import { type BotState, newBot } from "./standin/bot.ts";
import { delivererOf } from "./standin/delivery.ts";
import { answerMethod, type SentByBot } from "./standin/methods.ts";
import { edit, react, type Said, type Someone, say, setBlocked } from "./standin/people.ts";
import { waitForUpdates } from "./standin/updates.ts";
import { type Answer, readBytes, readCall, refuse, writeAnswer } from "./standin/wire.ts";

export type { SentByBot } from "./standin/methods.ts";
export type { Said, Someone } from "./standin/people.ts";

/** A bot that @BotFather has made. */
export interface StandinBot {
  readonly token: string;
  readonly id: number;
  readonly username: string;
  /** What people do; each is an update for the bot. */
  say(said: Said): Message;
  edit(from: Someone, messageId: number, text: string): void;
  react(from: Someone, messageId: number, emoji: string | null): void;
  /** From now on the bot may not write to them. */
  block(from: Someone): void;
  unblock(from: Someone): void;
  /** Updates that nobody has taken. */
  readonly pending: number;
  /** The token is worth nothing from now on: answers the new one, as @BotFather does. */
  revoke(): string;
}

/** How Telegram is in trouble; each holds until it is set back. */
export interface Switches {
  /** Answers 429, to wait so many seconds. */
  floodSeconds: number | undefined;
  /** Answers 502, with a page. */
  down: boolean;
  /** Does what it is asked for, and breaks the line before it answers. */
  lostAnswers: boolean;
}

export interface TelegramStandin {
  readonly url: string;
  readonly switches: Switches;
  /** What went out, of all bots, in order. */
  readonly sent: readonly SentByBot[];
  /** Names of methods as they were asked for, in order, whatever became of them. */
  readonly asked: readonly string[];
  addBot(bot?: { readonly token?: string; readonly username?: string; readonly name?: string }): StandinBot;
  /** Every update that is for a webhook was taken, or given up. */
  settled(): Promise<void>;
  /** Nobody listens at its address until it is back; what is kept stays. */
  away(): Promise<void>;
  back(): Promise<void>;
  close(): Promise<void>;
}

/** What is remembered at most. */
const mostRemembered = 10_000;

/** Telegram over real HTTP, in memory: bots, people who write to them, webhooks and long polls. */
export async function startTelegram(): Promise<TelegramStandin> {
  const bots = new Map<string, BotState>();
  const sent: SentByBot[] = [];
  const asked: string[] = [];
  const switches: Switches = { floodSeconds: undefined, down: false, lostAnswers: false };
  let isClosed = false;
  const deliverer = delivererOf(() => isClosed);
  const remember = <T>(list: T[], one: T): void => {
    list.push(one);
    if (list.length > mostRemembered) list.shift();
  };

  async function answer(bot: BotState | undefined, method: string, url: URL, request: IncomingMessage, gone: AbortSignal): Promise<Answer> {
    const bytes = await readBytes(request);
    if (!bytes) return refuse(413, "Request Entity Too Large");
    if (!bot) return refuse(401, "Unauthorized");
    if (switches.floodSeconds !== undefined)
      return {
        code: 429,
        description: `Too Many Requests: retry after ${switches.floodSeconds}`,
        retryAfterSeconds: switches.floodSeconds,
      };
    const call = await readCall(method, url.searchParams, request.headers["content-type"] ?? "", bytes).catch(() => undefined);
    if (!call) return refuse(400, "Bad Request: can't parse the request");
    if (call.method === "getupdates") return waitForUpdates(bot, call, gone);
    return answerMethod(bot, call, {
      sent: (one) => remember(sent, one),
      changed() {
        bot.poll?.end("replaced");
        deliverer.wake(bot);
      },
    });
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://telegram");
    const [, isFile, token = "", rest = ""] = /^\/(file\/)?bot([^/]+)\/(.+)$/.exec(url.pathname) ?? [];
    if (isFile) return serveFile(bots.get(token), decodeURIComponent(rest), response);
    remember(asked, rest);
    if (switches.down) {
      request.resume();
      response.writeHead(502, { "content-type": "text/html" }).end("<html><head><title>502 Bad Gateway</title></head></html>");
      return;
    }
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const { status, body } = writeAnswer(
      token === "" ? refuse(404, "Not Found") : await answer(bots.get(token), rest, url, request, gone.signal),
    );
    if (switches.lostAnswers) response.destroy();
    else if (!response.destroyed) response.writeHead(status, { "content-type": "application/json" }).end(body);
  }
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  async function away(): Promise<void> {
    for (const bot of bots.values()) bot.poll?.end("woken");
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  return {
    url: `http://127.0.0.1:${port}`,
    ...{ switches, sent, asked },
    addBot(options = {}) {
      const id = 110_201_500 + bots.size;
      const { token = `${id}:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDs${bots.size}`, username = `shop${bots.size}_bot`, name = "Shop" } = options;
      const bot = newBot(id, token, username, name);
      bots.set(token, bot);
      return botFace(bot, {
        wake: () => deliverer.wake(bot),
        revoke() {
          bots.delete(bot.token);
          bot.token = `${id}:AAG${randomBytes(24).toString("base64url")}`;
          bots.set(bot.token, bot);
          bot.poll?.end("woken");
          return bot.token;
        },
      });
    },
    settled: () => deliverer.settled(),
    away,
    back: () => listen(port),
    async close() {
      isClosed = true;
      if (server.listening) await away();
      await deliverer.settled();
    },
  };
}

function botFace(bot: BotState, on: { wake(): void; revoke(): string }): StandinBot {
  const and = <T>(result: T): T => {
    on.wake();
    return result;
  };
  return {
    ...{ id: bot.user.id, username: bot.user.username ?? "" },
    get token() {
      return bot.token;
    },
    say: (said) => and(say(bot, said)),
    edit: (from, messageId, text) => and(edit(bot, from, messageId, text)),
    react: (from, messageId, emoji) => and(react(bot, from, messageId, emoji)),
    block: (from) => and(setBlocked(bot, from, true)),
    unblock: (from) => and(setBlocked(bot, from, false)),
    get pending() {
      return bot.queue.length;
    },
    revoke: on.revoke,
  };
}

function serveFile(bot: BotState | undefined, path: string, response: ServerResponse): void {
  const file = bot && [...bot.files.values()].find((one) => one.path === path);
  if (file) response.writeHead(200, { "content-type": "application/octet-stream", "content-length": file.bytes.length }).end(file.bytes);
  else response.writeHead(404, { "content-type": "application/json" }).end(writeAnswer(refuse(404, "Not Found: file not found")).body);
}
