import { randomBytes } from "node:crypto";
import { Refusal } from "../call.ts";
import type { Portal } from "../portal.ts";
import { json, problem, type Reply } from "./reply.ts";

/** The authorisation server, and who a key belongs to: settings/oauth. */
export interface SignIn {
  /** A code good for 30 seconds, once. */
  code(userId: number): string;
  issue(userId: number): Tokens;
  /** Throws `Refusal` for a token that is unknown, too old, or of a removed application. */
  userOf(accessToken: string): number;
  answerToken(params: Readonly<Record<string, unknown>>): Reply;
  expire(): void;
  revoke(): void;
  /** How often the server gave tokens for a code or a refresh token. */
  given(): number;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  /** Unix seconds. */
  readonly expires: number;
}

interface Grant {
  readonly userId: number;
  /** Milliseconds. */
  until: number;
}

const codeMs = 30_000;
const accessMs = 3_600_000;
const refreshMs = 180 * 86_400_000;

export function startSignIn(portal: Portal): SignIn {
  const open = { code: new Map<string, Grant>(), refresh: new Map<string, Grant>(), access: new Map<string, Grant>() };
  const dead = new Set<string>();
  let given = 0;

  const grant = (kind: keyof typeof open, userId: number, life: number): string => {
    const secret = randomBytes(35).toString("hex");
    open[kind].set(secret, { userId, until: portal.now() + life });
    return secret;
  };
  const issue = (userId: number): Tokens => ({
    access_token: grant("access", userId, accessMs),
    refresh_token: grant("refresh", userId, refreshMs),
    expires: Math.floor((portal.now() + accessMs) / 1000),
  });

  function exchange(kind: "code" | "refresh", secret: string): Reply {
    const found = open[kind].get(secret);
    // A code is good once, and a refresh token replaces the one it was bought with.
    open[kind].delete(secret);
    if (!found || found.until <= portal.now()) return problem(400, "invalid_grant", "Invalid grant");
    given++;
    return json(200, tokenAnswer(portal, found.userId, issue(found.userId)));
  }

  return {
    code: (userId) => grant("code", userId, codeMs),
    issue,
    userOf(token) {
      if (dead.has(token)) throw new Refusal(401, "authorization_error", "Unable to authorize user");
      const found = open.access.get(token);
      if (!found) throw new Refusal(401, "NO_AUTH_FOUND", "Wrong authorization data");
      if (found.until <= portal.now()) throw new Refusal(401, "expired_token", "The access token provided has expired.");
      return found.userId;
    },
    answerToken(params) {
      const { grant_type, client_id, client_secret, code, refresh_token } = params;
      if (client_id !== portal.app.clientId || client_secret !== portal.app.clientSecret)
        return problem(401, "invalid_client", "Client ID or secret is wrong");
      if (grant_type === "authorization_code") return exchange("code", String(code));
      if (grant_type === "refresh_token") return exchange("refresh", String(refresh_token));
      return problem(400, "invalid_request", "Unknown grant_type");
    },
    expire() {
      for (const one of open.access.values()) one.until = 0;
    },
    revoke() {
      for (const token of open.access.keys()) dead.add(token);
      for (const grants of Object.values(open)) grants.clear();
    },
    given: () => given,
  };
}

/** `domain` is the authorisation server's, not the portal's. */
const tokenAnswer = (portal: Portal, userId: number, tokens: Tokens) => ({
  ...{ access_token: tokens.access_token, expires: tokens.expires, expires_in: accessMs / 1000, scope: scopeText(portal) },
  ...{
    domain: new URL(portal.url()).host,
    server_endpoint: `${portal.url()}/rest/`,
    status: "L",
    client_endpoint: `${portal.url()}/rest/`,
  },
  ...{ member_id: portal.memberId, user_id: userId, refresh_token: tokens.refresh_token },
});

export const allScopes = ["crm", "telephony", "imopenlines", "imconnector", "im", "user", "task", "placement", "entity", "disk"];

export const scopeText = (portal: Portal): string => (portal.scopes() ?? allScopes).join(",");
