import type { Door, DoorProblem, InboundRequest, Kit, RateLimit, Received, Reply } from "@svyazka/core";
import { Intruder, NotFound } from "@svyazka/core";
import { answerApi } from "./api/api.ts";
import { type ApiReply, reply } from "./api/http.ts";
import { answerToken, sentIn } from "./api/tokens.ts";
import { chatsPath, isSignedBy, readJwt, unauthorized, writeGrantProblem, writeProblem } from "./protocol.ts";
import { ownAccount } from "./served/account.ts";
import { asReply } from "./served/as-reply.ts";
import { channelIn, isChatPath, refuseChannel } from "./served/channel.ts";
import { showConsent, takeConsent } from "./served/consent.ts";
import { grantsOf } from "./served/grants.ts";
import { hooksOf } from "./served/hooks.ts";
import { remembered } from "./served/memory.ts";
import type { Integration } from "./settings.ts";

/** Where we answer as amoCRM: `/oauth` for people, `/oauth2/access_token` and `/api` for programs. */

const tokenPath = "/oauth2/access_token";
const consentPath = "/oauth";
const methods = ["GET", "POST", "PATCH", "PUT", "DELETE"];

/** How long a program waits for an answer. */
const withinMs = 30_000;

export const door: Door = {
  routes: [
    { methods: ["GET", "POST"], path: consentPath },
    { methods: ["POST"], path: tokenPath },
    { methods, path: "/api/v4/*" },
    { methods, path: "/api/v2/*" },
    { methods, path: `${chatsPath}/*` },
  ],
  bodyLimit: 4 * 1024 * 1024,
  token(request) {
    if (request.path === consentPath) return request.query["client_id"];
    if (request.path === tokenPath) return sentBy(request)["client_id"];
    if (isChatPath(request.path)) return channelIn(request.path);
    return bearerOf(request);
  },
  secrets: (request) => [bearerOf(request), ...secretsIn(sentBy(request))].filter((one) => one !== undefined),
  refuse: (problem, request) => asReply(refuse(problem, request)),
};

const bearerOf = ({ headers }: InboundRequest): string | undefined => /^Bearer\s+(\S+)$/i.exec(headers["authorization"] ?? "")?.[1];

/** A form is text in the charset of a browser; what is in it was read by its bytes. */
const bodyOf = ({ text, headers }: InboundRequest): string =>
  /x-www-form-urlencoded/i.test(headers["content-type"] ?? "") && !/^\s*\{/.test(text)
    ? Buffer.from(text, "latin1").toString("utf8")
    : text;

const sentBy = (request: InboundRequest): Record<string, string | undefined> =>
  request.path === tokenPath
    ? sentIn(bodyOf(request), request.headers["content-type"] ?? "")
    : request.path === consentPath
      ? { ...request.form }
      : {};

const secretsIn = ({ client_secret, code, refresh_token, password }: Record<string, string | undefined>) => [
  client_secret,
  code,
  refresh_token,
  password,
];

function refuse(problem: DoorProblem, request: InboundRequest): ApiReply {
  const isToken = request.path === tokenPath;
  switch (problem.kind) {
    case "too_large":
      return reply(writeProblem(413, "The body is larger than 4 MB"));
    case "method_not_allowed":
      return reply(writeProblem(405, `Method ${request.method} is not allowed`), { allow: problem.allowed.join(", ") });
    case "rate_limited":
    case "busy":
      return reply(writeProblem(429, "Too Many Requests"), { "retry-after": String(problem.retryAfterSeconds) });
    case "unavailable":
    case "internal":
      return reply(writeProblem(503, "The service is not available for a moment"), { "retry-after": "5" });
    case "malformed":
      return reply(writeProblem(400, problem.message));
    case "not_found":
      return reply(writeProblem(404, `Cannot ${request.method} ${request.path}`));
    default:
      if (isChatPath(request.path)) return refuseChannel(problem.kind);
      if (isToken) return reply(writeGrantProblem(401, "Client authentication failed", "client"));
      if (request.path === consentPath) return reply(writeProblem(404, "There is no integration with this client_id"));
      return reply(unauthorized);
  }
}

export const limits = (request: InboundRequest, { settings, secrets }: Integration): readonly RateLimit[] => {
  const perSecond = settings.requests_per_second;
  if (isChatPath(request.path)) return perSecond === 0 ? [] : [{ name: "channel", key: secrets.channel_id ?? "", perSecond }];
  if (request.path === consentPath || request.path === tokenPath) return [{ name: "ip", key: request.ip, perMinute: 120 }];
  return perSecond === 0 ? [] : [{ name: "integration", key: secrets.client_id ?? "", perSecond }];
};

export function receiveServed(request: InboundRequest, integration: Integration): Received {
  if (request.path === consentPath && request.method === "GET") return { page: showConsent(request, integration) };
  const otherwise = asReply(refuse({ kind: "unavailable" }, request));
  if (request.path === consentPath) return { answer: (kit) => takeConsent(request, integration, kit), otherwise, withinMs };
  if (request.path === tokenPath) return { answer: (kit) => giveToken(request, integration, kit), otherwise, withinMs };
  const user = userOf(request, integration);
  return {
    answer: (kit) => answerAs(user, request, integration, kit),
    otherwise,
    withinMs,
    ...(request.method === "GET" && { unrecorded: true as const }),
  };
}

const giveToken = async (request: InboundRequest, integration: Integration, kit: Kit): Promise<Reply> =>
  asReply(await answerToken(grantsOf(integration, kit), bodyOf(request), request.headers["content-type"] ?? "", unixTime(kit)));

const unixTime = (kit: Kit): number => Math.floor(kit.now().getTime() / 1000);

/** The door knows the token; whose it is, the token says itself, signed by us. Throws `Intruder`. */
function userOf(request: InboundRequest, { secrets }: Integration): number {
  const token = bearerOf(request) ?? "";
  const claims = readJwt(token);
  const user = Number(claims?.["sub"]);
  if (!claims || !Number.isSafeInteger(user) || !isSignedBy(token, secrets.client_secret ?? "")) throw new Intruder("not a token of ours");
  return user;
}

async function answerAs(user: number, request: InboundRequest, integration: Integration, kit: Kit): Promise<Reply> {
  const { workspace } = integration;
  try {
    const isReading = request.method === "GET";
    const acting = await actingUser(user, request, kit);
    // Who leaves, or is given other rights, changes how our CRM is set up: then this is forgotten.
    const crm = await (isReading ? remembered(kit, `user ${acting}`, () => kit.ownCrm(acting)) : kit.ownCrm(acting));
    const account = ownAccount(crm, workspace, kit, hooksOf(kit, workspace.id as number), isReading);
    const { method, path, headers, search = "" } = request;
    const asked = { method, path, query: search, body: bodyOf(request), headers, origin: request.origin ?? kit.publicUrl() };
    return asReply(await answerApi(account, asked, unixTime(kit)));
  } catch (error) {
    // The person whose token it is has left.
    if (error instanceof NotFound) return asReply(reply(unauthorized));
    throw error;
  }
}

/** `X-Context-User-ID`: an administrator's token in another person's name. */
async function actingUser(user: number, { headers }: InboundRequest, kit: Kit): Promise<number> {
  const named = headers["x-context-user-id"];
  if (named === undefined) return user;
  const { user: own } = await kit.ownCrm(user);
  if (own?.role !== "administrator" || !/^\d{1,15}$/.test(named)) throw new NotFound("user", named);
  return Number(named);
}
