import { type Door, type DoorProblem, type InboundRequest, Intruder, Malformed, type Received, type Reply } from "@svyazka/core";
import { secretTokenHeader, verifySecretToken } from "../protocol.ts";
import type { BotConnection } from "../settings.ts";
import { hookPath } from "./bot.ts";
import { factsOf } from "./updates.ts";

/** How updates come in by a webhook. Telegram looks at the status alone, and brings an update again until it is 2xx. */

export const door: Door = {
  routes: [{ methods: ["POST"], path: hookPath, inboundOnly: true }],
  bodyLimit: 1_048_576,
  // The address alone names the bot.
  token: () => undefined,
  refuse,
};

/** Throws `Intruder` for whoever does not know the secret, `Malformed` for a body that is no JSON. */
export function receiveUpdate(request: InboundRequest, { secrets }: BotConnection): Received {
  if (!verifySecretToken(request.headers[secretTokenHeader], secrets.secret_token ?? ""))
    throw new Intruder("the secret token is another one");
  if (request.json === undefined) throw new Malformed("The body is not JSON");
  return { ...factsOf(request.json), reply: reply(200, { ok: true }) };
}

const statuses: Readonly<Record<DoorProblem["kind"], number>> = {
  ...{ no_token: 401, unknown_token: 401, wrong_token: 401, disabled: 410, removed: 410, not_found: 404, method_not_allowed: 405 },
  ...{ too_large: 413, malformed: 400, rate_limited: 429, busy: 429, unavailable: 503, internal: 503 },
};

function refuse(problem: DoorProblem): Reply {
  const words = problem.kind === "malformed" ? problem.message : problem.kind.replaceAll("_", " ");
  return reply(
    statuses[problem.kind],
    { ok: false, description: words },
    "retryAfterSeconds" in problem ? problem.retryAfterSeconds : undefined,
  );
}

const reply = (status: number, body: object, retryAfterSeconds?: number): Reply => ({
  status,
  headers: {
    "content-type": "application/json; charset=utf-8",
    ...(retryAfterSeconds !== undefined && { "retry-after": String(retryAfterSeconds) }),
  },
  body: JSON.stringify(body),
});
