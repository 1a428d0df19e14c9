import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Account,
  apiPath,
  type Dialect,
  type Fields,
  type Group,
  type HistoryLine,
  invalidParameters,
  invalidToken,
  keyHeader,
  type Login,
  loginFailed,
  loginPath,
  type Push,
  readLogin,
  readSwitch,
  readTime,
  restPath,
  writeAccounts,
  writeDnd,
  writeGroups,
  writeHistoryCsv,
  writeHistoryJson,
  writeInvalidParameters,
  writeMakeCall,
  writeMessage,
  writePush,
  writeRestUsers,
  writeSubscription,
  writeToken,
} from "./protocol.ts";

/** How a PBX in trouble answers, in place of everything else. */
export type Fault = "moved" | "html error" | "html page" | "bad detail" | "slow" | undefined;

export interface PbxStandin {
  readonly url: string;
  /** What CRMs asked, in order: `makeCall`, `GET /users`. */
  readonly asked: readonly { readonly what: string; readonly fields: Fields }[];
  /** Whoever logged in last. */
  readonly login: Login | undefined;
  readonly lines: HistoryLine[];
  fault: Fault;
  /** Makes every token given out so far worthless. */
  forgetTokens(): void;
  /** Tells a CRM of something, as a PBX of this dialect does. */
  push(push: Push, to: { readonly url: string; readonly crmToken: string }): Promise<{ readonly status: number; readonly body: string }>;
  close(): Promise<void>;
}

export interface PbxStandinOptions {
  readonly dialect: Dialect;
  readonly admin?: { readonly login: string; readonly password: string };
  /** The key that is made in the cabinet. */
  readonly key?: string;
  readonly accounts?: readonly Account[];
  readonly groups?: readonly Group[];
}

/** A PBX over real HTTP, in memory: for tests and for trying a CRM without one. */
export async function startPbx({
  dialect,
  admin = { login: "admin", password: "pass" },
  key = "key",
  accounts = [],
  groups = [],
}: PbxStandinOptions): Promise<PbxStandin> {
  const asked: { what: string; fields: Fields }[] = [];
  const lines: HistoryLine[] = [];
  const switches = new Map<string, boolean>();
  let tokens = new Set<string>();
  let login: Login | undefined;
  const state: { fault: Fault } = { fault: undefined };

  const answerLogin = (fields: Fields): Answer => {
    const read = readLogin(fields);
    if ("wrong" in read) return { status: 400, body: invalidParameters };
    if (read.login !== admin.login || read.password !== admin.password) return { status: 401, body: loginFailed };
    login = read;
    const token = randomUUID();
    tokens.add(token);
    return { status: 200, body: writeToken(token) };
  };

  const answerCommand = (fields: Fields): Answer => {
    const cmd = (fields["cmd"] ?? "").toLowerCase();
    if (!(tokens.has(fields["token"] ?? "") || (dialect !== "seed" && fields["token"] === key))) return { status: 401, body: invalidToken };
    const user = fields["user"] ?? "";
    const missing = (...names: string[]) => names.filter((name) => !fields[name]);
    const wrong = { makecall: missing("phone", "user"), set_dnd: missing("user", "state"), get_dnd: missing("user") }[cmd] ?? [];
    // A live PBX names what is missing after the seed's words.
    if (wrong.length > 0) return { status: 400, body: writeInvalidParameters(dialect === "seed" ? [] : wrong) };
    const known = accounts.some(({ name }) => name.split("@")[0] === user);
    switch (cmd) {
      case "makecall":
        // A live PBX refuses a leading plus.
        if (!known || !/^\d+$/.test(fields["phone"] ?? "")) return { status: 400, body: invalidParameters };
        return { status: 200, body: writeMakeCall(dialect, randomUUID()) };
      case "accounts":
        return { status: 200, body: writeAccounts(dialect, accounts) };
    }
    if (dialect === "seed") return { status: 400, body: invalidParameters };
    switch (cmd) {
      case "groups":
        return { status: 200, body: writeGroups(groups) };
      case "history":
        return { status: 200, body: writeHistoryCsv(between(lines, fields)) };
      case "set_dnd":
        switches.set(`dnd ${user}`, readSwitch(fields["state"]) === true);
        return { status: 200, body: "" };
      case "get_dnd":
        return { status: 200, body: writeDnd(switches.get(`dnd ${user}`) === true) };
      case "subscribeoncalls":
        switches.set(`subscription ${user}`, readSwitch(fields["status"]) === true);
        return { status: 200, body: "OK" };
      case "subscriptionstatus":
        return { status: 200, body: writeSubscription(switches.get(`subscription ${user}`) === true) };
      default:
        return { status: 400, body: writeInvalidParameters(["cmd"]) };
    }
  };

  const answerRest = (method: string, path: string, fields: Fields, given: string | undefined): Answer => {
    if (given !== key) return { status: 401, body: writeMessage("Invalid token") };
    if (path === "/users") return { status: 200, body: writeRestUsers(accounts) };
    if (path === "/groups") return { status: 200, body: JSON.stringify(groups.map(({ id, realName }) => ({ id, name: realName }))) };
    if (path === "/history/json") return { status: 200, body: writeHistoryJson(between(lines, fields)) };
    if (path === "/makecall") {
      const isKnown = accounts.some(({ name }) => name === fields["user"]);
      return isKnown && fields["phone"]
        ? { status: 200, body: writeMakeCall(dialect, randomUUID()) }
        : { status: 400, body: writeMessage("Invalid parameters") };
    }
    const [, user = "", what = ""] = /^\/users\/([^/]+)\/(dnd|subscription)$/.exec(path) ?? [];
    if (what === "") return { status: 404, body: writeMessage("Not found") };
    if (method !== "GET") switches.set(`${what} ${user}`, method === "POST");
    return { status: 200, body: (what === "dnd" ? writeDnd : writeSubscription)(switches.get(`${what} ${user}`) === true) };
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, fields } = await readRequest(request);
    const isRest = pathname.startsWith(restPath);
    asked.push({
      what: isRest ? `${request.method} ${pathname.slice(restPath.length)}` : pathname === loginPath ? "login" : (fields["cmd"] ?? ""),
      fields,
    });
    if (await faulty(state.fault, response)) return;
    const header = request.headers[keyHeader];
    const answer = isRest
      ? answerRest(request.method ?? "GET", pathname.slice(restPath.length), fields, Array.isArray(header) ? header[0] : header)
      : pathname === loginPath
        ? answerLogin(fields)
        : pathname === apiPath
          ? answerCommand(fields)
          : { status: 404, body: "" };
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    lines,
    get login() {
      return login;
    },
    get fault() {
      return state.fault;
    },
    set fault(fault) {
      state.fault = fault;
    },
    forgetTokens() {
      tokens = new Set();
    },
    async push(push, { url, crmToken }) {
      const body = new URLSearchParams({ ...writePush(push, { dialect, links: "join" }), crm_token: crmToken });
      const answer = await fetch(url, { method: "POST", body });
      return { status: answer.status, body: await answer.text() };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function readRequest(request: IncomingMessage): Promise<{ pathname: string; fields: Fields }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString("utf8");
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://pbx");
  const sent = request.headers["content-type"]?.includes("json")
    ? (JSON.parse(body || "{}") as Fields)
    : Object.fromEntries(new URLSearchParams(body));
  return { pathname, fields: { ...Object.fromEntries(searchParams), ...sent } };
}

const slowMs = 400;

async function faulty(fault: Fault, response: ServerResponse): Promise<boolean> {
  if (fault === undefined) return false;
  if (fault === "slow") {
    await new Promise((resolve) => setTimeout(resolve, slowMs));
    return false;
  }
  const answers = {
    moved: () => response.writeHead(301, { location: "https://example.com/" }).end(),
    "html error": () => response.writeHead(502, { "content-type": "text/html" }).end("<html><h1>Bad Gateway</h1></html>"),
    "html page": () => response.writeHead(200, { "content-type": "text/html" }).end("<html>Service</html>"),
    "bad detail": () => response.writeHead(400, { "content-type": "application/json" }).end('{"error":"Invalid parameters: [cmd]"}'),
  };
  answers[fault]();
  return true;
}

function between(lines: readonly HistoryLine[], { start = "", end = "" }: Fields): HistoryLine[] {
  const [since, until] = [readTime(start), readTime(end)];
  return lines.filter((line) => (!since || line.start >= since) && (!until || line.start <= until));
}
