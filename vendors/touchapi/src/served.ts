import { type DoorProblem, type DoorRoute, type InboundRequest, Intruder, type RateLimit, type Received, type Reply } from "@svyazka/core";
import { isObject, readAccess, said, writeError, writeUnauthorized } from "./protocol.ts";
import { connectAccount } from "./served/connect.ts";
import { disableAccount } from "./served/disable.ts";
import { reply } from "./served/replies.ts";
import { tellStatus } from "./served/status.ts";
import type { TouchConnection } from "./settings.ts";

/** Where we answer as the connect service: `POST /crm/connect` of the document, and its neighbours. Each has a second name below `/int`. */

const connectPaths = ["/crm/connect", "/int/connect"];
const statusPaths = ["/crm/status", "/int/getCrmStatus"];
const disablePaths = ["/crm/disable", "/int/disable"];

export const serviceRoutes: readonly DoorRoute[] = [
  ...[...connectPaths, ...disablePaths].map((path) => ({ methods: ["POST"], path })),
  ...statusPaths.map((path) => ({ methods: ["GET"], path })),
];
export const servicePaths: ReadonlySet<string> = new Set(serviceRoutes.map(({ path }) => path));

export const tokenOf = ({ headers, query }: InboundRequest): string | undefined => readAccess(headers, query).key;

/** The account is asked first, which takes Touch-API up to half a minute. */
const withinMs = 100_000;

export function receiveService(request: InboundRequest, service: TouchConnection): Received {
  mustComeFrom(request, service);
  const { path } = request;
  const otherwise = refuse({ kind: "unavailable" }, request);
  if (statusPaths.includes(path)) return { answer: (kit) => tellStatus({ ...request.query }, kit), otherwise, withinMs, unrecorded: true };
  const fields = fieldsOf(request);
  if (fields === undefined) return { ignored: "not JSON", reply: reply(400, writeError(failed(path), ["The body must be a JSON object"])) };
  return disablePaths.includes(path)
    ? { answer: (kit) => disableAccount(fields, kit), otherwise, withinMs }
    : { answer: (kit) => connectAccount(fields, service, kit), otherwise, withinMs };
}

/** The key is good for the domains it was made for, and those below them. Throws `Intruder`. */
function mustComeFrom({ headers, query }: InboundRequest, { settings }: TouchConnection): void {
  const { refererHost } = readAccess(headers, query);
  const isAllowed = settings.domains.some((one) => {
    const domain = one
      .trim()
      .toLowerCase()
      .replace(/^https?:\/\//, "")
      .replace(/[/:].*$/, "")
      .replace(/^\*\./, "");
    return refererHost !== undefined && domain !== "" && (refererHost === domain || refererHost.endsWith(`.${domain}`));
  });
  if (!isAllowed) throw new Intruder(refererHost === undefined ? "there is no Referer" : `${refererHost} is none of the key's domains`);
}

/** JSON as documented; a form is taken, too. Parameters of the address are for the key and the referer. */
function fieldsOf({ json, form, unreadable }: InboundRequest): Readonly<Record<string, unknown>> | undefined {
  if (unreadable !== undefined) return undefined;
  if (json !== undefined) return isObject(json) ? json : undefined;
  return form;
}

const failed = (path: string): string =>
  statusPaths.includes(path) ? said.statusFailed : disablePaths.includes(path) ? said.disableFailed : said.connectFailed;

export const limits = (request: InboundRequest, { settings, secrets }: TouchConnection): readonly RateLimit[] =>
  // A hook that is not taken may never come again.
  settings.side === "service" && servicePaths.has(request.path) ? [{ name: "key", key: secrets.api_key, perMinute: 120 }] : [];

/** A refusal in the service's own shape; of a hook nobody documents one, so it gets the same. */
export function refuse(problem: DoorProblem, { path, method }: InboundRequest): Reply {
  const message = servicePaths.has(path) ? failed(path) : "Not taken";
  switch (problem.kind) {
    case "too_large":
      return reply(413, writeError(message, ["The body is larger than 1 MB"]));
    case "method_not_allowed":
      return reply(405, writeError(message, [`${method} is not allowed: use ${problem.allowed.join(", ")}`]), {
        allow: problem.allowed.join(", "),
      });
    case "rate_limited":
    case "busy":
      return reply(429, writeError(message, ["Too many requests"]), { "retry-after": String(problem.retryAfterSeconds) });
    case "unavailable":
    case "internal":
      return reply(503, writeError(message, ["The service is not available for a moment: repeat the same call"]), { "retry-after": "5" });
    case "malformed":
      return reply(400, writeError(message, [problem.message]));
    case "not_found":
      return reply(404, writeError(message, [`There is no ${method} ${path}`]));
    case "disabled":
    case "removed":
      return reply(
        servicePaths.has(path) ? 403 : 410,
        servicePaths.has(path) ? writeUnauthorized() : writeError(message, ["This account is switched off"]),
      );
    default:
      return reply(403, writeUnauthorized());
  }
}
