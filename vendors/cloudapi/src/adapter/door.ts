import { type Door, type DoorProblem, type InboundRequest, Intruder, Malformed, type Received, type Reply } from "@svyazka/core";
import { readChallenge, signatureHeader, verifySignature } from "../protocol.ts";
import type { NumberConnection } from "../settings.ts";
import { factsOf } from "./events.ts";
import { hookPath } from "./number.ts";

/** How hooks come in. Meta looks at the status alone, and brings a hook again until it is 200. */

export const door: Door = {
  routes: [{ methods: ["GET", "POST"], path: hookPath, inboundOnly: true }],
  // "Payloads can be up to 3 MB": webhooks overview.
  bodyLimit: 3_145_728,
  // The address alone names the number.
  token: () => undefined,
  refuse,
};

/** Throws `Intruder` for whoever does not know a secret, `Malformed` for a body that is no JSON. */
export function receiveHook(request: InboundRequest, { settings, secrets }: NumberConnection): Received {
  if (request.method === "GET") return answerChallenge(request, secrets.verify_token);
  if (!verifySignature(request.bytes ?? new Uint8Array(), request.headers[signatureHeader], secrets.app_secret))
    throw new Intruder("the signature is not that of the app's secret");
  if (request.json === undefined) throw new Malformed("The body is not JSON");
  return { ...factsOf(request.json, settings.phone_number_id), reply: reply(200, "") };
}

/** A person has just given Meta our address: it asks whether it is ours. */
function answerChallenge({ query }: InboundRequest, verifyToken: string): Received {
  const read = readChallenge(query, verifyToken);
  if (read.kind === "refused") throw new Intruder(read.why);
  return { ignored: "Meta asked whether this address is ours", reply: reply(200, read.answer) };
}

const statuses: Readonly<Record<DoorProblem["kind"], number>> = {
  ...{ no_token: 401, unknown_token: 401, wrong_token: 401, disabled: 410, removed: 410, not_found: 404, method_not_allowed: 405 },
  ...{ too_large: 413, malformed: 400, rate_limited: 429, busy: 429, unavailable: 503, internal: 503 },
};

function refuse(problem: DoorProblem): Reply {
  const words = problem.kind === "malformed" ? problem.message : problem.kind.replaceAll("_", " ");
  return reply(statuses[problem.kind], words, "retryAfterSeconds" in problem ? problem.retryAfterSeconds : undefined);
}

const reply = (status: number, body: string, retryAfterSeconds?: number): Reply => ({
  status,
  headers: {
    "content-type": "text/plain; charset=utf-8",
    ...(retryAfterSeconds !== undefined && { "retry-after": String(retryAfterSeconds) }),
  },
  body,
});
