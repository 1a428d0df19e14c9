import type { IncomingMessage, ServerResponse } from "node:http";
import { type Params, Refusal } from "../call.ts";
import { paramOf, textOf } from "../params.ts";
import { methodOf } from "./batch.ts";
import { readAll, readParams } from "./body.ts";
import { answerMethod, type Caller, type Desk } from "./dispatch.ts";
import { type Fault, pageOfFault, refusalOf } from "./faults.ts";
import type { Bucket } from "./limits.ts";
import { html, json, problem, type Reply } from "./reply.ts";
import type { SignIn } from "./sign-in.ts";

/** Where requests come in: the REST of both contexts, and the authorisation server. */
export interface Door extends Desk {
  readonly signIn: SignIn;
  readonly bucket: Bucket;
  /** The secret of the administrator's incoming webhook; undefined when it was revoked. */
  webhookSecret(): string | undefined;
  /** Where the application's settings send people back to; undefined when they say nothing. */
  returnAddress(): string | undefined;
  note(request: SeenRequest): void;
  /** A file that was sent to an address given for it; answers undefined for another address. */
  takeUpload(token: string, params: Params): Reply | undefined;
}

export interface SeenRequest {
  /** Milliseconds. */
  readonly at: number;
  /** Lower case. */
  readonly method: string;
  readonly params: Record<string, unknown>;
  readonly context: "webhook" | "app";
  readonly status: number;
  readonly error?: string;
}

export async function serve(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readAll(request);
  const { pathname, search } = new URL(request.url ?? "/", "http://portal");
  const params = await readParams(request, search.slice(1), body);
  const path = pathname.replace(/\/{2,}/g, "/");
  if (path.startsWith("/oauth/")) return send(response, answerOauth(door, path, params));
  if (path.startsWith("/upload/")) return send(response, door.takeUpload(path.slice("/upload/".length), params) ?? html(404, "Not Found"));
  if (path.startsWith("/file/")) return sendFile(door, response, Number(path.split("/")[2]));
  const asked = readPath(path);
  if (!asked) return send(response, html(404, "Not Found"));
  await serveRest(door, request, response, asked, params);
}

/** A file of a chat: whoever has its address may have it. */
function sendFile(door: Door, response: ServerResponse, id: number): void {
  const file = door.portal.state.files.get(id);
  if (!file) {
    send(response, html(404, "Not Found"));
    return;
  }
  response.writeHead(200, { "content-type": file.type || "application/octet-stream" });
  response.end(file.bytes);
}

interface Asked {
  readonly method: string;
  readonly webhook: { readonly userId: number; readonly secret: string } | undefined;
}

/** `/rest/1/secret/method` or `/rest/method`. */
function readPath(path: string): Asked | undefined {
  const parts = path.split("/").filter(Boolean);
  if (parts[0] !== "rest") return undefined;
  if (parts.length === 2) return { method: methodOf(parts[1] ?? ""), webhook: undefined };
  if (parts.length === 4) return { method: methodOf(parts[3] ?? ""), webhook: { userId: Number(parts[1]), secret: parts[2] ?? "" } };
  return undefined;
}

async function serveRest(door: Door, request: IncomingMessage, response: ServerResponse, asked: Asked, params: Params): Promise<void> {
  const at = door.portal.now();
  const fault = door.faults.take(asked.method);
  const note = (reply: { readonly status: number }, error?: string): void =>
    door.note({
      ...{ at, method: asked.method, params: withoutAuth(params), context: asked.webhook ? "webhook" : "app", status: reply.status },
      ...(error === undefined ? {} : { error }),
    });
  if (fault?.kind === "timeout_before") {
    note({ status: 0 });
    request.socket.destroy();
    return;
  }
  if (fault?.kind === "slow") await new Promise((resolve) => setTimeout(resolve, fault.ms ?? 50));
  const { reply, error } = await answerRest(door, request, asked, params, fault);
  if (fault?.kind === "timeout_after") {
    note({ status: 0 });
    request.socket.destroy();
    return;
  }
  note(reply, error);
  send(response, reply);
}

async function answerRest(door: Door, request: IncomingMessage, asked: Asked, params: Params, fault: Fault | undefined) {
  try {
    const page = fault && pageOfFault(fault, door.portal.url());
    if (page) return { reply: page, error: fault.kind };
    const resetAt = door.operating.resetAt();
    if (fault?.kind === "operation_time_limit" && fault.ms !== undefined) door.operating.block(asked.method, door.portal.now() + fault.ms);
    const refusal = fault && refusalOf(fault, door.operating.blockedUntil(asked.method) ?? resetAt);
    if (refusal) throw refusal;
    if (!door.bucket.drop()) throw new Refusal(503, "QUERY_LIMIT_EXCEEDED", "Too many requests");
    const caller = callerOf(door, request, asked, params);
    return { reply: json(200, await answerMethod(door, caller, asked.method, params)), error: undefined };
  } catch (error) {
    if (error instanceof Refusal) return { reply: problem(error.status, error.error, error.description, error.more), error: error.error };
    return { reply: problem(500, "INTERNAL_SERVER_ERROR", String(error)), error: "INTERNAL_SERVER_ERROR" };
  }
}

/** Throws `Refusal` for a key that opens nothing. */
function callerOf(door: Door, request: IncomingMessage, asked: Asked, params: Params): Caller {
  const { users } = door.portal.state;
  if (asked.webhook) {
    const user = users.get(asked.webhook.userId);
    const secret = door.webhookSecret();
    if (!user || asked.webhook.userId !== 1 || secret === undefined || secret !== asked.webhook.secret)
      throw new Refusal(401, "NO_AUTH_FOUND", "Wrong authorization data");
    return { user, context: "webhook" };
  }
  const token = textOf(paramOf({ params }, "auth")) || /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (!token) throw new Refusal(401, "NO_AUTH_FOUND", "Wrong authorization data");
  const user = users.get(door.signIn.userOf(token));
  if (!user?.ACTIVE) throw new Refusal(401, "NO_AUTH_FOUND", "Wrong authorization data");
  return { user, context: "app" };
}

const withoutAuth = (params: Params): Record<string, unknown> =>
  Object.fromEntries(Object.entries(params).filter(([name]) => name.toLowerCase() !== "auth"));

function answerOauth(door: Door, path: string, params: Params): Reply {
  if (path === "/oauth/token/" || path === "/oauth/token") {
    const fault = door.faults.take("oauth.token", true);
    if (fault?.kind === "access_denied") return problem(403, "PAYMENT_REQUIRED", "Payment required");
    if (fault) return pageOfFault(fault, door.portal.url()) ?? problem(500, "INTERNAL_SERVER_ERROR", "Internal server error");
    return door.signIn.answerToken(params);
  }
  if (path !== "/oauth/authorize/" && path !== "/oauth/authorize") return html(404, "Not Found");
  return consent(door, params);
}

/** The administrator agrees at once. The return address is the application's; where its settings say none, it may be named. */
function consent(door: Door, params: Params): Reply {
  const back = door.returnAddress() ?? textOf(params["redirect_uri"]);
  if (params["client_id"] !== door.portal.app.clientId || !URL.canParse(back)) return html(400, "invalid_request");
  const url = new URL(back);
  const { host } = new URL(door.portal.url());
  const told = { code: door.signIn.code(1), state: textOf(params["state"]), domain: host, member_id: door.portal.memberId };
  for (const [name, value] of Object.entries({ ...told, scope: "crm", server_domain: host })) url.searchParams.set(name, value);
  return html(302, "Found", { location: url.href });
}

export function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, headers);
  response.end(body);
}
