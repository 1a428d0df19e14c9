import type { Door, DoorProblem, InboundRequest, Reply } from "@svyazka/core";
import {
  apiPath,
  type Fields,
  invalidParameters,
  invalidToken,
  keyHeader,
  loginFailed,
  loginPath,
  restPath,
  writeInvalidParameters,
  writeMessage,
} from "./protocol.ts";

/** The one address that a PBX calls, as the seed writes it. */
export const endpointPath = "/crm_integration.php";
export const recordsPath = "/records";

/** Form, JSON and query in any mix; what stands in the body comes first. */
export const sentBy = ({ query, form, text, headers }: InboundRequest): Fields => {
  const isBare = Object.keys(form).length === 0 && text.includes("=") && !headers["content-type"]?.includes("json");
  // A body without a content type is tried as a form.
  return { ...query, ...(isBare ? Object.fromEntries(new URLSearchParams(text)) : {}), ...form };
};

export const isRest = ({ path }: InboundRequest): boolean => path.startsWith(`${restPath}/`);

export const door: Door = {
  routes: [
    { methods: ["GET", "POST"], path: endpointPath },
    { methods: ["GET", "POST"], path: loginPath },
    { methods: ["GET", "POST"], path: apiPath },
    { methods: ["GET", "POST", "DELETE"], path: `${restPath}/*` },
    { methods: ["GET", "HEAD"], path: `${recordsPath}/*`, inboundOnly: true },
  ],
  bodyLimit: 1_048_576,
  token(request) {
    const sent = sentBy(request);
    if (request.path === endpointPath) return sent["crm_token"];
    if (request.path === loginPath) return sent["login"];
    return isRest(request) ? (request.headers[keyHeader] ?? sent["crm_token"]) : sent["token"];
  },
  // Tokens that were given out at a login, and the CRM's own, are no settings of ours.
  secrets: (request) => ["token", "crm_token", "password"].flatMap((name) => sentBy(request)[name] ?? []),
  // The page on which a person signs in, and recordings, whose addresses cannot be guessed.
  isOpen: (request) => request.path.startsWith(`${recordsPath}/`) || (request.path === loginPath && sentBy(request)["login"] === undefined),
  refuse: (problem, request) => (isRest(request) ? refuseRest(problem) : refuse(problem, request)),
};

export const reply = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body,
});

const statusOf: Readonly<Record<DoorProblem["kind"], number>> = {
  no_token: 401,
  unknown_token: 401,
  wrong_token: 401,
  disabled: 401,
  removed: 401,
  malformed: 400,
  // The documents know 400 and 401 only: what is too large is a wrong parameter.
  too_large: 400,
  not_found: 404,
  method_not_allowed: 405,
  rate_limited: 429,
  busy: 503,
  unavailable: 503,
  internal: 503,
};

/** The seed knows two refusals; anything else is said with the status and the nearest of its words. */
function refuse(problem: DoorProblem, request: InboundRequest): Reply {
  const status = statusOf[problem.kind];
  const headers = extraHeaders(problem);
  if (status === 401) {
    // A login without a password, or without anything, is a wrong request before it is a wrong login.
    if (request.path !== loginPath) return reply(401, invalidToken);
    return problem.kind === "no_token" ? reply(400, invalidParameters) : reply(401, loginFailed);
  }
  if (problem.kind === "malformed") return reply(400, writeInvalidParameters(Object.keys(problem.fields)));
  if (problem.kind === "too_large") return reply(400, invalidParameters);
  if (status === 503) return reply(503, '{"error":"Service unavailable"}', headers);
  if (status === 429) return reply(429, '{"error":"Too many requests"}', headers);
  if (status === 405) return reply(405, '{"error":"Method not allowed"}', headers);
  return reply(404, '{"error":"Not found"}');
}

function refuseRest(problem: DoorProblem): Reply {
  const words: Readonly<Record<number, string>> = {
    400: "Invalid parameters",
    401: "Invalid token",
    404: "Not found",
    405: "Method not allowed",
    429: "Too many requests",
  };
  const status = statusOf[problem.kind];
  const detail =
    problem.kind === "malformed" && Object.keys(problem.fields).length > 0 ? `: ${Object.keys(problem.fields).join(", ")}` : "";
  return reply(status, writeMessage(`${words[status] ?? "Service unavailable"}${detail}`), extraHeaders(problem));
}

const extraHeaders = (problem: DoorProblem): Record<string, string> => ({
  ...("allowed" in problem && { allow: problem.allowed.join(", ") }),
  ...("retryAfterSeconds" in problem && { "retry-after": String(problem.retryAfterSeconds) }),
  ...(problem.kind === "unavailable" && { "retry-after": "5" }),
});
