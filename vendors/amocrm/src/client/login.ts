import { type Credentials, disableSignature, isSignedBy, readJwt, sameText } from "../protocol.ts";
import { isAmoHost } from "./hosts.ts";

/** How a person lets an integration in, and takes it out. Sources: oauth/step-by-step, oauth/oauth, oauth/disposable-tokens */

export interface AuthorizeOptions {
  readonly clientId: string;
  /** Comes back unchanged: bind it to the person's session, and compare it. */
  readonly state: string;
  /** `popup` sends the popup on to the redirect address; `post_message` tells the window that opened it. */
  readonly mode?: "popup" | "post_message";
  /** `https://www.amocrm.ru` unless told; abroad `https://www.kommo.com`. */
  readonly at?: string;
}

/** Where a person says yes. */
export const authorizeLink = ({ clientId, state, mode = "popup", at = "https://www.amocrm.ru" }: AuthorizeOptions): string =>
  `${at}/oauth?${new URLSearchParams({ client_id: clientId, state, mode }).toString()}`;

export type Consent =
  | {
      readonly isGiven: true;
      /** Good for 20 minutes, once: `makeAmo({ domain, … }).begin(code)`. */
      readonly code: string;
      /** The account's host; the code is exchanged there. One of amoCRM's own, or there is no consent. */
      readonly domain: string;
      readonly state: string | undefined;
      /** Installed from the marketplace: amoCRM's server has come, no person, and there is no `state`. */
      readonly isFromWidget: boolean;
    }
  | { readonly isGiven: false; readonly error: string; readonly state: string | undefined };

/** What came to the redirect address. Undefined when it is nothing of amoCRM's, or names a host that is not amoCRM's: the client secret would go there. */
export function readConsent(query: URLSearchParams): Consent | undefined {
  const state = query.get("state") ?? undefined;
  const error = query.get("error");
  if (error !== null) return { isGiven: false, error, state };
  const [code, domain] = [query.get("code"), query.get("referer")];
  if (!code || !domain || !isAmoHost(domain)) return undefined;
  return { isGiven: true, code, domain, state, isFromWidget: query.has("from_widget") };
}

/**
 * Who has switched the integration off, from the call to its disabling hook; undefined when the signature is not amoCRM's.
 * The documents name the parameter `client_uuid` in one place and `client_id` in another: both are read.
 */
export function readDisabling(query: URLSearchParams, { clientId, clientSecret }: Credentials): { readonly accountId: number } | undefined {
  const accountId = Number(query.get("account_id"));
  const client = query.get("client_uuid") ?? query.get("client_id");
  if (client !== clientId || !Number.isSafeInteger(accountId) || accountId <= 0) return undefined;
  return sameText(query.get("signature") ?? "", disableSignature(clientId, accountId, clientSecret)) ? { accountId } : undefined;
}

/** Whose browser a widget's request comes from. */
export interface WidgetUser {
  readonly accountId: number;
  readonly userId: number;
  readonly subdomain: string;
  /** Unix seconds. */
  readonly expiresAt: number;
}

/** The header `X-Auth-Token` of a widget's request. Undefined when we did not sign it (HS256), it is for another integration, or over. `now` is Unix seconds. */
export function readDisposableToken(token: string, { clientId, clientSecret }: Credentials, now: number): WidgetUser | undefined {
  if (!isSignedBy(token, clientSecret)) return undefined;
  const { account_id, user_id, subdomain, client_uuid, exp, nbf } = readJwt(token) ?? {};
  if (client_uuid !== clientId || typeof exp !== "number" || exp <= now) return undefined;
  // A clock that is a little behind is no reason to turn somebody away.
  if (typeof nbf === "number" && nbf > now + 60) return undefined;
  if (typeof account_id !== "number" || typeof user_id !== "number") return undefined;
  return { accountId: account_id, userId: user_id, subdomain: String(subdomain ?? ""), expiresAt: exp };
}
