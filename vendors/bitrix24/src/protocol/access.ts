import { mapOf, numberIn, textIn } from "./envelope.ts";

/** How one is let in: by a webhook's address, or as an application. Source: local-integrations/local-webhooks, settings/oauth */

/** `https://portal/rest/1/secret/`, with or without a method behind it; or `1/secret`, with the portal told apart. */
export interface Webhook {
  /** With a slash at its end. */
  readonly base: string;
  readonly user: number;
  readonly secret: string;
}

/** Undefined when the text is none. `origin` is where the portal is, for a text that does not say. */
export function readWebhook(text: string, origin?: string): Webhook | undefined {
  const found = /^(?:(https?:\/\/[^/\s?#@]+(?:\/[^\s?#]*?)?)\/rest\/)?\/?(\d{1,10})\/([A-Za-z0-9_-]{6,100})(?:\/[\w.-]*)?\/?$/i.exec(
    text.trim(),
  );
  const [, at = origin, user, secret] = found ?? [];
  if (at === undefined || user === undefined || secret === undefined) return undefined;
  return { base: `${at.replace(/\/$/, "")}/rest/${user}/${secret}/`, user: Number(user), secret };
}

/** What lets an application in. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token: string;
  /** Seconds. */
  readonly expires_in: number;
  /** `https://portal/rest/` */
  readonly client_endpoint?: string;
  /** `https://oauth.bitrix24.tech/rest/` */
  readonly server_endpoint?: string;
  readonly member_id?: string;
  readonly scope?: string;
}

export function readTokens(json: unknown): TokenAnswer | undefined {
  const map = mapOf(json);
  const [access, refresh] = [textIn(map, "access_token"), textIn(map, "refresh_token")];
  if (access === undefined || refresh === undefined) return undefined;
  return { access_token: access, refresh_token: refresh, expires_in: numberIn(map, "expires_in") ?? 3600, ...places(map) };
}

const places = (map: Readonly<Record<string, unknown>>): Pick<TokenAnswer, "client_endpoint" | "server_endpoint" | "member_id" | "scope"> =>
  Object.fromEntries(
    (["client_endpoint", "server_endpoint", "member_id", "scope"] as const).flatMap((name) => {
      const value = textIn(map, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );

export type Grant = { readonly code: string } | { readonly refreshToken: string };

/** The query or the form for `<auth server>/oauth/token/`. */
export const writeGrant = (clientId: string, clientSecret: string, grant: Grant): string =>
  new URLSearchParams({
    grant_type: "code" in grant ? "authorization_code" : "refresh_token",
    ...{ client_id: clientId, client_secret: clientSecret },
    ...("code" in grant ? { code: grant.code } : { refresh_token: grant.refreshToken }),
  }).toString();

/** `https://oauth.bitrix24.tech/oauth/token/` of whatever names that server: its address, or its `server_endpoint`. */
export const tokenAddress = (server: string): string => `${server.replace(/\/(rest\/?)?$/, "")}/oauth/token/`;

/** Where the browser of an administrator goes to say yes. */
export const consentAddress = (portal: string, clientId: string, state: string): string =>
  `${portal}/oauth/authorize/?${new URLSearchParams({ client_id: clientId, state })}`;

/** What a portal sends when it opens a page of the application in a frame. Source: settings/app-installation */
export interface Frame {
  readonly tokens: TokenAnswer;
  readonly domain: string;
  readonly applicationToken?: string;
  readonly placement?: string;
}

/** Undefined when the form brings no tokens. */
export function readFrame(form: Readonly<Record<string, string>>, query: Readonly<Record<string, string>>): Frame | undefined {
  const at = (name: string): string | undefined => (form[name] ?? query[name]) || undefined;
  const [access, refresh, domain] = [at("AUTH_ID"), at("REFRESH_ID"), at("DOMAIN")];
  if (access === undefined || refresh === undefined || domain === undefined) return undefined;
  const [server, member, application, placement] = [at("SERVER_ENDPOINT"), at("member_id"), at("APPLICATION_TOKEN"), at("PLACEMENT")];
  return {
    domain,
    tokens: {
      ...{ access_token: access, refresh_token: refresh, expires_in: Number(at("AUTH_EXPIRES")) || 3600 },
      ...(server !== undefined && { server_endpoint: server }),
      ...(member !== undefined && { member_id: member }),
    },
    ...(application !== undefined && { applicationToken: application }),
    ...(placement !== undefined && { placement }),
  };
}
