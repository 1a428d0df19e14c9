import { createHmac, timingSafeEqual } from "node:crypto";

/** OAuth 2.0 as amoCRM does it. Source: https://www.amocrm.ru/developers/content/oauth/oauth, and what real answers hold. */

export const codeSeconds = 20 * 60;
export const accessSeconds = 86_400;
/** Three months from when it was given. */
export const refreshSeconds = 92 * 86_400;

export interface Credentials {
  /** UUID of the integration. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** As registered, character for character. */
  readonly redirectUri: string;
}

export type Grant =
  | { readonly type: "authorization_code"; readonly code: string }
  | { readonly type: "refresh_token"; readonly refreshToken: string };

/** The body of `POST /oauth2/access_token`: JSON or a form, the names are the same. */
export const writeTokenRequest = ({ clientId, clientSecret, redirectUri }: Credentials, grant: Grant): Record<string, string> => ({
  client_id: clientId,
  client_secret: clientSecret,
  grant_type: grant.type,
  ...(grant.type === "authorization_code" ? { code: grant.code } : { refresh_token: grant.refreshToken }),
  redirect_uri: redirectUri,
});

/** Undefined names what is missing or wrong. */
export function readTokenRequest(
  sent: Readonly<Record<string, string | undefined>>,
): { readonly credentials: Credentials; readonly grant: Grant } | { readonly wrong: string } {
  const { client_id, client_secret, redirect_uri, grant_type, code, refresh_token } = sent;
  for (const [name, value] of Object.entries({ client_id, client_secret, redirect_uri, grant_type })) if (!value) return { wrong: name };
  const credentials = { clientId: client_id ?? "", clientSecret: client_secret ?? "", redirectUri: redirect_uri ?? "" };
  if (grant_type === "authorization_code") {
    return code ? { credentials, grant: { type: grant_type, code } } : { wrong: "code" };
  }
  if (grant_type !== "refresh_token") return { wrong: "grant_type" };
  return refresh_token ? { credentials, grant: { type: grant_type, refreshToken: refresh_token } } : { wrong: "refresh_token" };
}

/** The answer of the token endpoint. */
export interface TokenAnswer {
  readonly token_type: "Bearer";
  /** Seconds. */
  readonly expires_in: number;
  readonly server_time: number;
  readonly access_token: string;
  readonly refresh_token: string;
}

/** Undefined when it is no such answer. */
export function readTokenAnswer(json: unknown): TokenAnswer | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const { access_token, refresh_token, expires_in, server_time } = json as Record<string, unknown>;
  if (typeof access_token !== "string" || typeof refresh_token !== "string" || !Number.isFinite(Number(expires_in))) return undefined;
  return { token_type: "Bearer", access_token, refresh_token, expires_in: Number(expires_in), server_time: Number(server_time ?? 0) };
}

/** What an access token says of itself. Clients read it and check no signature. */
export interface Claims {
  /** Client id. */
  readonly aud: string;
  readonly jti: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  /** The user's id. */
  readonly sub: string;
  readonly account_id: number;
  readonly base_domain: string;
  readonly api_domain: string;
  readonly scopes: readonly string[];
  readonly version: string;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const sign = (text: string, secret: string): string => createHmac("sha256", secret).update(text).digest("base64url");

export function writeJwt(claims: Readonly<Record<string, unknown>> | Claims, secret: string): string {
  const text = `${encode({ typ: "JWT", alg: "HS256" })}.${encode(claims)}`;
  return `${text}.${sign(text, secret)}`;
}

/** The claims of a JWT, unchecked; undefined when it is none. */
export function readJwt(token: string): Readonly<Record<string, unknown>> | undefined {
  const parts = token.split(".");
  if (parts.length !== 3) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString());
    return typeof claims === "object" && claims !== null ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether this secret has signed it (HS256). */
export function isSignedBy(token: string, secret: string): boolean {
  const at = token.lastIndexOf(".");
  return at > 0 && sameText(token.slice(at + 1), sign(token.slice(0, at), secret));
}

/** What comes with the call to an integration's disabling hook: hex HMAC-SHA256 of `client_id|account_id`, the client secret its key. */
export const disableSignature = (clientId: string, accountId: number, clientSecret: string): string =>
  createHmac("sha256", clientSecret).update(`${clientId}|${accountId}`).digest("hex");

/** In constant time. */
export function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
