import { mayHaveArrived, readJson, type Send } from "@svyazka/wire";
import { type Grant, readTokens, type TokenAnswer, tokenAddress, type Webhook, writeGrant } from "../protocol.ts";
import { BitrixClosed, BitrixLogin, BitrixUnavailable } from "./errors.ts";

/** How each request is let in. Source: settings/oauth, settings/how-to-call-rest-api/change-domen */

/** What one request is sent with. */
export interface Access {
  /** Ends with a slash; the method comes behind it. */
  readonly base: string;
  /** Absent for a webhook: its secret stands in `base`. */
  readonly token?: string;
  readonly secrets: readonly string[];
}

export interface Session {
  /** Throws `BitrixLogin` when nobody has let us in yet. */
  access(): Promise<Access>;
  /** Another token than this, which is too old. Throws `BitrixLogin` when there is none to be had. */
  renewed(old: Access): Promise<Access>;
  /** Another one than this, which was refused, when another process has stored one meanwhile. */
  stored(old: Access): Promise<Access | undefined>;
  /** The same, at the address to which the portal has moved. Undefined when that address is none for REST. */
  moved(old: Access, location: string): Promise<Access | undefined>;
}

/** What is kept of an installation of the application. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** `https://portal/rest/` */
  readonly base: string;
  /** Of the server that renews tokens. */
  readonly server: string;
  readonly memberId?: string;
  readonly scope?: string;
}

export interface TokenStore {
  read(): Promise<Tokens | undefined>;
  /** Lets nobody else, in any process, read and save meanwhile. */
  exclusively<T>(work: (current: Tokens | undefined, save: (tokens: Tokens) => Promise<void>) => Promise<T>): Promise<T>;
}

/** Where a webhook of a portal that was renamed is now: kept, so that the old address is not asked each time. */
export interface PlaceStore {
  read(): Promise<string | undefined>;
  save(base: string): Promise<void>;
}

export function webhookSession(webhook: Webhook, place: PlaceStore): Session {
  let known: string | undefined;
  const accessAt = (base: string): Access => ({ base, secrets: [webhook.secret] });
  const isOfThis = (base: string | undefined): base is string => base?.endsWith(`/rest/${webhook.user}/${webhook.secret}/`) === true;
  return {
    async access() {
      if (known === undefined) {
        const stored = await place.read();
        // Another webhook may have been entered since.
        known = isOfThis(stored) ? stored : webhook.base;
      }
      return accessAt(known);
    },
    stored: async () => undefined,
    renewed: () => Promise.reject(new BitrixLogin("the webhook lets nobody in", { method: "rest", status: 401 })),
    async moved(old, location) {
      const base = baseAt(location, old.base);
      if (base === undefined) return undefined;
      known = base;
      await place.save(base);
      return accessAt(base);
    },
  };
}

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface ApplicationOptions extends Credentials {
  readonly tokens: TokenStore;
  readonly send: Send;
}

/** Tokens are renewed only when the portal says that they are too old: whoever renews on a timer may be shut out. One at a time in this process; the store sees to the others. */
export function applicationSession({ clientId, clientSecret, tokens: store, send }: ApplicationOptions): Session {
  let known: Tokens | undefined;
  let underWay: Promise<Tokens> | undefined;
  let spent: string | undefined;
  const accessOf = ({ accessToken, base }: Tokens): Access => ({ base, token: accessToken, secrets: [accessToken] });

  async function renew(current: Tokens | undefined, save: (tokens: Tokens) => Promise<void>, old: string): Promise<Tokens> {
    if (!current) throw noTokens();
    if (current.accessToken !== old) return current;
    if (current.refreshToken === spent)
      throw new BitrixLogin("the refresh token is not good any more: open the application in the portal again", {
        method: "oauth/token",
        status: 401,
      });
    const answer = await askForTokens(send, current.server, { clientId, clientSecret }, { refreshToken: current.refreshToken }).catch(
      (error: unknown) => {
        if (error instanceof BitrixLogin && error.code === "invalid_grant") spent = current.refreshToken;
        throw error;
      },
    );
    // A server that does not say where the portal is has not moved it.
    const next = { ...current, ...tokensOf(answer, current) };
    await save(next);
    return next;
  }

  return {
    async access() {
      known = known ?? (await store.read());
      if (!known) throw noTokens();
      return accessOf(known);
    },
    async stored({ token: old }) {
      const found = await store.read();
      if (!found || found.accessToken === old) return undefined;
      known = found;
      return accessOf(found);
    },
    async renewed({ token: old = "" }) {
      underWay ??= store
        .exclusively((current, save) => renew(current, save, old))
        .finally(() => {
          underWay = undefined;
        });
      known = await underWay;
      return accessOf(known);
    },
    async moved(old, location) {
      const base = baseAt(location, old.base);
      if (base === undefined) return undefined;
      const next = await store.exclusively(async (current, save) => {
        if (!current) return undefined;
        const there = { ...current, base };
        await save(there);
        return there;
      });
      known = next ?? known;
      return next && accessOf(next);
    },
  };
}

const noTokens = (): BitrixLogin =>
  new BitrixLogin("nobody has let the application in yet: open it in the portal, or sign in by the link", {
    method: "oauth/token",
    status: 0,
  });

/** Exchanges a code or a refresh token. Throws `BitrixLogin` when it is not good, or the application is not. */
export async function askForTokens(
  send: Send,
  server: string,
  { clientId, clientSecret }: Credentials,
  grant: Grant,
): Promise<TokenAnswer> {
  const method = "oauth/token";
  const answer = await send({
    ...{ method: "POST", url: tokenAddress(server), body: writeGrant(clientId, clientSecret, grant), hidesReply: true },
    headers: { "content-type": "application/x-www-form-urlencoded" },
    secrets: [clientSecret, "code" in grant ? grant.code : grant.refreshToken],
  }).catch((cause: unknown) => {
    throw new BitrixUnavailable(`no answer: ${String(cause)}`, { method, status: 0, cause }, mayHaveArrived(cause));
  });
  const json = readJson(answer.body);
  const read = answer.status < 300 ? readTokens(json) : undefined;
  if (read) return read;
  const { error, error_description: words } = (json ?? {}) as { readonly error?: unknown; readonly error_description?: unknown };
  // A server that is ill or has too much to do says nothing of the grant, whatever its words are.
  if (typeof error !== "string" || answer.status === 429 || answer.status >= 500)
    throw new BitrixUnavailable(`${answer.status}: the answer holds no tokens`, { method, status: answer.status }, true);
  const facts = { method, status: answer.status, code: error };
  if (error === "PAYMENT_REQUIRED") throw new BitrixClosed("the application or the portal is not paid for", facts);
  throw new BitrixLogin(`${error}${typeof words === "string" && words !== "" ? `: ${words}` : ""}`, facts);
}

/** What is kept of such an answer. `before` is where the portal and its server were known to be. */
export const tokensOf = (answer: TokenAnswer, before: Pick<Tokens, "base" | "server">): Tokens => ({
  ...{
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    base: before.base,
    server: answer.server_endpoint ?? before.server,
  },
  ...(answer.member_id !== undefined && { memberId: answer.member_id }),
  ...(answer.scope !== undefined && { scope: answer.scope }),
});

/** `https://new/rest/` of `https://new/rest/crm.item.add.json`. Undefined where it leads to something else: a page to sign in, or from TLS to none. */
export function baseAt(location: string, old: string): string | undefined {
  const [to, from] = [URL.parse(location, old), URL.parse(old)];
  if (!to || !from || (from.protocol === "https:" && to.protocol !== "https:") || to.username !== "") return undefined;
  const path = to.pathname.replace(/\/{2,}/g, "/");
  return path.startsWith(from.pathname) && to.origin !== from.origin ? `${to.origin}${from.pathname}` : undefined;
}
