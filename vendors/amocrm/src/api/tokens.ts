import { type Credentials, problemType, readTokenRequest, sameText, type TokenAnswer, writeGrantProblem } from "../protocol.ts";
import type { ApiReply } from "./http.ts";

/** One integration's tokens, wherever they are kept. */
export interface Vault {
  readonly credentials: Credentials;
  /**
   * Gives a new pair for a code or a refresh token, which is worth nothing from then on: of two who show the same one, one gets a pair. Undefined when it is
   * unknown, used, expired or revoked.
   */
  exchange(kind: "code" | "refresh", secret: string): Promise<Omit<TokenAnswer, "token_type" | "server_time"> | undefined>;
}

/** `POST /oauth2/access_token`, as JSON or as a form. Every refusal has a hint: clients show it. `now` is Unix seconds. */
export async function answerToken(vault: Vault | undefined, body: string, contentType: string, now: number): Promise<ApiReply> {
  const read = readTokenRequest(sentIn(body, contentType));
  if ("wrong" in read) return refuse(400, `Check the \`${read.wrong}\` parameter`);
  const { credentials, grant } = read;
  const known = vault?.credentials;
  if (!vault || !known || !sameText(credentials.clientId, known.clientId) || !sameText(credentials.clientSecret, known.clientSecret))
    return refuse(401, "Client authentication failed", "client");
  if (credentials.redirectUri !== known.redirectUri)
    return refuse(400, "Check the `redirect_uri` parameter: it must be the registered one");
  const pair = await (grant.type === "authorization_code"
    ? vault.exchange("code", grant.code)
    : vault.exchange("refresh", grant.refreshToken));
  if (!pair)
    return grant.type === "authorization_code"
      ? refuse(400, "Authorization code has been used, has expired or is unknown")
      : refuse(401, "Token has been revoked");
  const answer: TokenAnswer = { token_type: "Bearer", ...pair, server_time: now };
  return { status: 200, headers: { "content-type": "application/json", "cache-control": "no-store" }, body: JSON.stringify(answer) };
}

/** The fields of a JSON body or of a form, whichever it is. */
export function sentIn(body: string, contentType: string): Record<string, string | undefined> {
  if (!contentType.includes("json") && !body.trimStart().startsWith("{")) return Object.fromEntries(new URLSearchParams(body));
  try {
    const json: unknown = JSON.parse(body);
    if (typeof json !== "object" || json === null) return {};
    return Object.fromEntries(Object.entries(json).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
  } catch {
    return {};
  }
}

const refuse = (status: 400 | 401, hint: string, what?: "client"): ApiReply => ({
  status,
  headers: { "content-type": problemType, "cache-control": "no-store" },
  body: JSON.stringify(writeGrantProblem(status, hint, what)),
});
