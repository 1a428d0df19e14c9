import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerApi } from "./api/api.ts";
import { answerChats, plain } from "./api/chats.ts";
import { type ApiReply, notFound, Refusal, reply } from "./api/http.ts";
import { answerToken, type Vault } from "./api/tokens.ts";
import {
  accessSeconds,
  type Credentials,
  chatsPath,
  codeSeconds,
  hookName,
  isSignedChat,
  refreshSeconds,
  unauthorized,
  writeHook,
  writeJwt,
  writeProblem,
} from "./protocol.ts";
import { memoryAccount } from "./standin/account.ts";
import { type Channel, memoryChats } from "./standin/chats.ts";
import { firstDay, type State, type Told } from "./standin/state.ts";

export type { State } from "./standin/state.ts";

/** What goes wrong, and how often. */
export interface Switches {
  /** Nobody answers: 503. */
  down: boolean;
  /** Every answer is an HTML page of the server in front. */
  html: boolean;
  /** So many requests from now on are answered 429. */
  storm: number;
  /** The address is banned: 403 with an HTML page. */
  banned: boolean;
  /** The limit: requests per second of the integration. 0 is none. */
  perSecond: number;
  /** Webhooks: one in so many is lost; each is sent twice. */
  loseHooks: number;
  doubleHooks: boolean;
  /** Answers take so long. */
  slowMs: number;
  /** So many writes from now on are done, and the line breaks before their answer comes. */
  loseAnswers: number;
}

export interface AmoStandIn {
  readonly url: string;
  readonly state: State;
  readonly credentials: Credentials;
  readonly switches: Switches;
  /** The one channel of chats, as amoCRM's support would have registered it. */
  readonly channel: Channel;
  /** Each request as it came: `GET /api/v4/leads`, and its status. */
  readonly requests: { readonly method: string; readonly path: string; readonly status: number }[];
  /** How often tokens were asked for. */
  tokensGiven(): number;
  /** A code such as a person's consent gives: good for 20 minutes, once. */
  code(userId?: number): string;
  /** A token that lasts for years. */
  longLivedToken(userId?: number): string;
  /** Ends every grant, as an administrator does who switches the integration off. */
  revoke(): void;
  /** What was sent to webhooks: `POST <destination>`, and what was answered. */
  readonly hooks: { readonly destination: string; readonly body: string; readonly status: number }[];
  /** Resolves when every webhook under way has been answered. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** amoCRM in memory, over real HTTP on 127.0.0.1. `now` is for tests that wait for no clock: milliseconds. */
export async function startAmo({
  port = 0,
  now = Date.now,
}: {
  readonly port?: number;
  readonly now?: () => number;
} = {}): Promise<AmoStandIn> {
  const seconds = (): number => Math.floor(now() / 1000);
  const state = firstDay(seconds());
  const credentials = {
    clientId: randomUUID(),
    clientSecret: randomBytes(32).toString("hex"),
    redirectUri: "https://example.com/callback",
  };
  const switches: Switches = {
    down: false,
    html: false,
    storm: 0,
    banned: false,
    perSecond: 0,
    loseHooks: 0,
    doubleHooks: false,
    slowMs: 0,
    loseAnswers: 0,
  };
  const channel = { channelId: randomUUID(), secret: randomBytes(20).toString("hex"), botId: randomUUID() };
  const tokens = tokensOf(credentials, state, seconds);
  const requests: { method: string; path: string; status: number }[] = [];
  const hooks: { destination: string; body: string; status: number }[] = [];
  const underWay = new Set<Promise<void>>();
  let told = 0;
  let lately: number[] = [];

  function tell(events: readonly Told[], url: string): void {
    const account = { id: state.info.id, subdomain: state.info.subdomain, self: url };
    for (const event of events) {
      const body = writeHook(event, account);
      for (const hook of state.webhooks.filter((one) => one.settings.includes(hookName(event)))) {
        if (switches.loseHooks > 0 && ++told % switches.loseHooks === 0) continue;
        for (let time = 0; time < (switches.doubleHooks ? 2 : 1); time++) {
          const sent: Promise<void> = send(hook.destination, body).then((status) => {
            hooks.push({ destination: hook.destination, body, status });
            underWay.delete(sent);
          });
          underWay.add(sent);
        }
      }
    }
  }

  async function answer(request: IncomingMessage, body: string, url: string): Promise<ApiReply> {
    const { pathname, search } = new URL(request.url ?? "/", url);
    const bad = badAnswer();
    if (bad) return bad;
    const contentType = request.headers["content-type"] ?? "";
    if (pathname === "/oauth2/access_token") return answerToken(tokens.vault, body, contentType, seconds());
    if (pathname.startsWith(chatsPath)) return answerChannel(request, pathname, search.slice(1), body);
    if (!pathname.startsWith("/api/")) return reply(writeProblem(404, `Cannot ${request.method} ${pathname}`));
    const userId = tokens.userOf(request.headers.authorization);
    if (userId === undefined) return reply(unauthorized);
    if (isTooFast()) return reply(writeProblem(429, "Too Many Requests"));
    const account = memoryAccount(state, userId, seconds, (events) => tell(events, url));
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    return answerApi(
      account,
      { method: request.method ?? "GET", path: pathname, query: search.slice(1), body, headers, origin: url },
      seconds(),
    );
  }

  async function answerChannel(request: IncomingMessage, path: string, query: string, body: string): Promise<ApiReply> {
    const { method = "GET", headers } = request;
    const names = (path.split("/")[4] ?? "").startsWith(channel.channelId);
    if (!names) return plain(notFound("There is no such channel"));
    const sent = headers as Record<string, string | undefined>;
    if (!isSignedChat({ method, path, body }, sent, channel.secret, seconds()))
      return plain(new Refusal(writeProblem(403, "The signature is not right")));
    return answerChats(memoryChats(state, channel, seconds), { method, path, query, body });
  }

  function badAnswer(): ApiReply | undefined {
    if (switches.down) return page(503, "Service Temporarily Unavailable");
    if (switches.banned) return page(403, "Forbidden");
    if (switches.html) return page(502, "Bad Gateway");
    if (switches.storm > 0) {
      switches.storm--;
      return page(429, "Too Many Requests");
    }
    return undefined;
  }

  function isTooFast(): boolean {
    if (switches.perSecond === 0) return false;
    const moment = Date.now();
    lately = [...lately.filter((at) => moment - at < 1000), moment];
    return lately.length > switches.perSecond;
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      setTimeout(() => {
        void answer(request, Buffer.concat(chunks).toString(), addressOf(server)).then(
          (given) => {
            const { pathname: path } = new URL(request.url ?? "/", "http://x");
            requests.push({ method: request.method ?? "", path, status: given.status });
            if (request.method !== "GET" && given.status < 300 && switches.loseAnswers > 0) {
              switches.loseAnswers--;
              response.destroy();
            } else write(response, given);
          },
          (error: unknown) => write(response, { status: 500, headers: { "content-type": "text/plain" }, body: String(error) }),
        );
      }, switches.slowMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    ...{ url: addressOf(server), state, credentials, channel, switches, requests, hooks },
    tokensGiven: tokens.given,
    code: tokens.code,
    longLivedToken: tokens.longLived,
    revoke: tokens.revoke,
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const page = (status: number, title: string): ApiReply => ({
  status,
  headers: { "content-type": "text/html" },
  body: `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
});

function write(response: ServerResponse, { status, headers, body }: ApiReply): void {
  response.writeHead(status, headers);
  response.end(body);
}

/** Answers in two seconds, or counts as no answer: 0. */
async function send(destination: string, body: string): Promise<number> {
  try {
    const answer = await fetch(destination, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "user-agent": "amoCRM-Webhooks/3.0",
        "x-amocrm-requestid": randomUUID(),
      },
      body,
      signal: AbortSignal.timeout(2_000),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}

function tokensOf(credentials: Credentials, state: State, now: () => number) {
  let given = 0;
  const open = { code: new Map<string, Grant>(), refresh: new Map<string, Grant>(), access: new Map<string, Grant>() };
  const issue = (userId: number, life = accessSeconds): string => {
    const token = writeJwt(
      {
        ...{ aud: credentials.clientId, jti: randomUUID(), iat: now(), nbf: now(), exp: now() + life, sub: String(userId), version: 2 },
        ...{ account_id: state.info.id, base_domain: "amocrm.ru", scopes: ["crm", "notifications"] },
      },
      credentials.clientSecret,
    );
    open.access.set(token, { userId, until: now() + life });
    return token;
  };
  const vault: Vault = {
    credentials,
    async exchange(kind, secret) {
      const grant = open[kind].get(secret);
      open[kind].delete(secret);
      if (!grant || grant.until <= now()) return undefined;
      given++;
      const refresh_token = `def502${randomBytes(40).toString("hex")}`;
      open.refresh.set(refresh_token, { userId: grant.userId, until: now() + refreshSeconds });
      return { expires_in: accessSeconds, access_token: issue(grant.userId), refresh_token };
    },
  };
  return {
    vault,
    given: () => given,
    code(userId = state.info.current_user_id): string {
      const code = `def502${randomBytes(20).toString("hex")}`;
      open.code.set(code, { userId, until: now() + codeSeconds });
      return code;
    },
    longLived: (userId = state.info.current_user_id): string => issue(userId, 5 * 365 * 86_400),
    revoke(): void {
      for (const grants of Object.values(open)) grants.clear();
    },
    userOf(header: string | undefined): number | undefined {
      const grant = open.access.get(/^Bearer (\S+)$/i.exec(header ?? "")?.[1] ?? "");
      return grant && grant.until > now() ? grant.userId : undefined;
    },
  };
}

interface Grant {
  readonly userId: number;
  /** Unix seconds. */
  readonly until: number;
}
