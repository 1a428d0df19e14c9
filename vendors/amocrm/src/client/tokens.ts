import { readJson, type Send, type Sleep, sleepReally } from "@svyazka/wire";
import { type Credentials, type Grant, readJwt, readTokenAnswer, writeTokenRequest } from "../protocol.ts";
import { AmoError, AmoLoginNeeded, AmoUnauthorized, AmoUnavailable, errorOf } from "./errors.ts";
import { isAmoHost } from "./hosts.ts";

/**
 * Tokens, renewed once by whichever process is first. A refresh token is good for one time only, and amoCRM knows no grace: of two who show the same one,
 * the second is told "Token has been revoked". Sources: oauth/step-by-step; https://github.com/amocrm/amocrm-api-php/issues/269, /123, /315
 */

export interface Tokens {
  readonly accessToken: string;
  /** Absent: a long-lived token of a private integration, which is never renewed. Otherwise it lives for three months, and is good once. */
  readonly refreshToken?: string;
  /** Unix seconds. */
  readonly expiresAt: number;
  /** Where the account has moved to, when that is not the domain the client was made with. */
  readonly domain?: string;
}

/** Where tokens are kept. `memoryTokens` and `fileTokens` are given; another is a row in a database, locked by `select … for update`. */
export interface TokenStore {
  read(): Promise<Tokens | undefined>;
  /**
   * Does the work while nobody else does, in any process. `current` is what is stored at that moment, and what `save` has resolved for is stored whatever
   * happens afterwards, even when the work throws.
   */
  exclusively<T>(work: (current: Tokens | undefined, save: (tokens: Tokens) => Promise<void>) => Promise<T>): Promise<T>;
}

/** For one process, until it ends: of use for long-lived tokens and tests. */
export function memoryTokens(initial?: Tokens): TokenStore {
  let kept = initial;
  let queue: Promise<unknown> = Promise.resolve();
  return {
    read: async () => kept,
    exclusively(work) {
      const turn = queue.then(() =>
        work(kept, async (tokens) => {
          kept = tokens;
        }),
      );
      queue = turn.catch(() => {});
      return turn;
    },
  };
}

/** A long-lived token, with the end that it tells itself. */
export function longLived(accessToken: string): Tokens {
  const expiresAt = Number(readJwt(accessToken)?.["exp"]);
  return { accessToken, expiresAt: Number.isFinite(expiresAt) ? expiresAt : Number.MAX_SAFE_INTEGER };
}

/** An access token lives for a day; it is renewed an hour before its end, so that an hour of trouble is no trouble. */
export const renewAheadSeconds = 3600;
/** After a renewal ahead of time has failed, the next one waits so long. */
const retryRenewalSeconds = 60;
/** A token that is refused so soon after it was given will not be better for another renewal. */
const youngSeconds = 60;
const saveAttempts = 3;

export interface SessionOptions {
  /** Scheme and host: `https://sub.amocrm.ru`. */
  readonly origin: string;
  readonly credentials?: Credentials;
  readonly tokens: TokenStore;
  readonly send: Send;
  /** Milliseconds. */
  readonly now?: () => number;
  readonly sleep?: Sleep;
  /** A renewal ahead of time has failed. The old token works for the while; `AmoLoginNeeded` means that nothing but a person's consent will help. */
  readonly warn?: (error: AmoError) => void;
}

/** What a request is sent with. */
export interface Access {
  readonly token: string;
  readonly origin: string;
}

/** The tokens of one installation, as a transport uses them. Make one per installation and process. */
export interface Session {
  /** Good for now. Renews when its end is near. Throws `AmoLoginNeeded`, or `AmoUnavailable` when there is none and amoCRM does not answer. */
  access(): Promise<Access>;
  /**
   * Another one than this, which was refused: first whatever another process has stored meanwhile, then one renewal. Throws `AmoLoginNeeded` when there is none to be had.
   *
   * A process that dies between amoCRM's answer and `save` takes the new pair with it. The stored access token then works to its end, up to a day, and
   * `warn` is told `AmoLoginNeeded` as soon as the old refresh token is refused: ask a person to let the integration in again before that day is over.
   * A store that fails to save loses nothing: the new pair is kept in this process and saved at the next chance, and is not used before that.
   */
  renewed(refused: string): Promise<Access>;
  /** What another process has stored meanwhile, when it is another token than this, which was refused. Renews nothing. */
  stored(refused: string): Promise<Access | undefined>;
  /** The same, where the account is now. Undefined when it has not moved, or that cannot be told. */
  moved(from: Access): Promise<Access | undefined>;
  /** A code from a person's consent becomes tokens, and they are stored. Throws `AmoUnauthorized` or `AmoInvalid` when it is used, 20 minutes old, or not ours. */
  begin(code: string): Promise<void>;
}

export function sessionOf(options: SessionOptions): Session {
  const { origin, credentials, tokens: store, send, now = Date.now, sleep = sleepReally, warn } = options;
  let known: Tokens | undefined;
  let underWay: Promise<Tokens> | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let renewedAt = Number.NEGATIVE_INFINITY;
  /** A refresh token that amoCRM has refused: it is not shown again. */
  let refusedRefresh: string | undefined;
  /** A new pair that the store did not take, and the refresh token which it was given for. */
  let unsaved: { readonly spent: string; readonly pair: Tokens } | undefined;

  const seconds = (): number => now() / 1000;
  const isAlive = ({ expiresAt }: Tokens): boolean => expiresAt > seconds() + 5;
  const isFresh = ({ expiresAt, refreshToken }: Tokens): boolean =>
    refreshToken === undefined ? expiresAt > seconds() + 5 : expiresAt > seconds() + renewAheadSeconds;
  const accessOf = ({ accessToken, domain }: Tokens): Access => ({
    token: accessToken,
    origin: domain === undefined ? origin : `https://${domain}`,
  });

  /** One at a time in this process; the store sees to the others. */
  function renew(isGood: (tokens: Tokens) => boolean): Promise<Tokens> {
    underWay ??= store
      .exclusively(async (current, save) => {
        if (unsaved && current?.refreshToken === unsaved.spent) {
          await save(unsaved.pair);
          current = unsaved.pair;
        }
        unsaved = undefined;
        if (current && isGood(current)) return current;
        return renewUnderLock(current, save);
      })
      .then((tokens) => {
        known = tokens;
        return tokens;
      })
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  }

  async function renewUnderLock(current: Tokens | undefined, save: (tokens: Tokens) => Promise<void>): Promise<Tokens> {
    const spent = current?.refreshToken;
    if (!current || spent === undefined || spent === refusedRefresh || !credentials) throw loginNeeded(current);
    let { origin: at } = accessOf(current);
    let pair: Tokens;
    try {
      pair = await ask(at, credentials, { type: "refresh_token", refreshToken: spent });
    } catch (error) {
      const moved = isRefusal(error) ? await findMoved(current, at) : undefined;
      if (moved === undefined) throw isRefusal(error) ? refusal(error, spent) : error;
      at = moved;
      pair = await ask(at, credentials, { type: "refresh_token", refreshToken: spent }).catch((again: unknown) => {
        throw isRefusal(again) ? refusal(again, spent) : again;
      });
    }
    const kept = at === origin ? pair : { ...pair, domain: new URL(at).host };
    renewedAt = seconds();
    unsaved = { spent, pair: kept };
    await saveAtAllCost(kept, save);
    unsaved = undefined;
    return kept;
  }

  function refusal(error: AmoError, spent: string): AmoLoginNeeded {
    const { request, status, problem } = error;
    const isOfToken = status === 401 && problem?.title !== wrongClient;
    if (isOfToken) refusedRefresh = spent;
    const why = isOfToken
      ? "used, revoked or three months old: a person has to let the integration in again"
      : "not accepted: look at the credentials";
    return new AmoLoginNeeded(`the refresh token is ${why} (${problem?.hint ?? problem?.title ?? status})`, {
      ...{ request, status, cause: error },
      ...(problem && { problem }),
    });
  }

  /** The old refresh token is worth nothing by now. */
  async function saveAtAllCost(pair: Tokens, save: (tokens: Tokens) => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await save(pair);
      } catch (error) {
        if (attempt === saveAttempts) throw error;
        await sleep(200 * attempt);
      }
    }
  }

  async function ask(at: string, { clientSecret, ...rest }: Credentials, grant: Grant): Promise<Tokens> {
    const sent = writeTokenRequest({ clientSecret, ...rest }, grant);
    const request = `POST ${tokenPath}`;
    const secrets = [clientSecret, grant.type === "refresh_token" ? grant.refreshToken : grant.code];
    const asked = seconds();
    const answer = await send({
      ...{ method: "POST", url: at + tokenPath, headers: { "content-type": "application/json" }, body: JSON.stringify(sent), secrets },
      hidesReply: true,
    }).catch((cause: unknown) => {
      throw new AmoUnavailable(`no answer: ${String(cause)}`, { request, status: 0, cause }, true);
    });
    if (answer.status >= 300) throw errorOf(request, answer, true);
    const read = readTokenAnswer(readJson(answer.body));
    if (!read) throw new AmoUnavailable("the answer holds no tokens", { request, status: answer.status }, true);
    return { accessToken: read.access_token, refreshToken: read.refresh_token, expiresAt: Math.floor(asked + read.expires_in) };
  }

  /** Where an account is that is called differently now. Source: oauth/account-subdomain-info */
  async function findMoved({ accessToken, refreshToken = "" }: Tokens, at: string): Promise<string | undefined> {
    const api = readJwt(accessToken)?.["api_domain"];
    if (typeof api !== "string" || !isAmoHost(api)) return undefined;
    const answer = await send({
      method: "GET",
      url: `https://${api}/oauth2/account/current/subdomain`,
      headers: { "x-refresh-token": refreshToken },
      secrets: [refreshToken],
    }).catch(() => undefined);
    const { domain } = (readJson(answer?.status === 200 ? answer.body : "") ?? {}) as { readonly domain?: unknown };
    // The client secret goes there next: to amoCRM, and to nobody else.
    return typeof domain === "string" && isAmoHost(domain) && `https://${domain}` !== at ? `https://${domain}` : undefined;
  }

  async function access(): Promise<Access> {
    if (!known || !isFresh(known)) known = (await store.read()) ?? known;
    if (!known) throw loginNeeded(undefined);
    if (isFresh(known)) return accessOf(known);
    const old = known;
    if (!isAlive(old)) return accessOf(await renew(isFresh));
    if (seconds() - triedAt < retryRenewalSeconds) return accessOf(old);
    triedAt = seconds();
    return accessOf(
      await renew(isFresh).catch((error: unknown) => {
        if (error instanceof AmoError) warn?.(error);
        else throw error;
        return old;
      }),
    );
  }

  async function stored(refused: string): Promise<Access | undefined> {
    const found = await store.read();
    if (!found || found.accessToken === refused || !isAlive(found)) return undefined;
    known = found;
    return accessOf(found);
  }

  return {
    access,
    stored,
    async moved({ token, origin: at }) {
      const moved = await store.exclusively(async (current, save) => {
        if (!current) return undefined;
        // Another process may have found it first.
        if (accessOf(current).origin !== at) return current;
        const found = current.accessToken === token ? await findMoved(current, at) : undefined;
        if (found === undefined) return undefined;
        const there = { ...current, domain: new URL(found).host };
        await save(there);
        return there;
      });
      if (moved) known = moved;
      return moved && accessOf(moved);
    },
    async renewed(refused) {
      const other = await stored(refused);
      if (other) return other;
      if (known?.accessToken === refused && seconds() - renewedAt < youngSeconds)
        throw new AmoUnauthorized("a token that is not a minute old is refused", { request: `POST ${tokenPath}`, status: 401 });
      return accessOf(await renew((tokens) => tokens.accessToken !== refused && isAlive(tokens)));
    },
    async begin(code) {
      if (!credentials) throw new TypeError("a code is exchanged with the credentials of the integration");
      known = await store.exclusively(async (_, save) => {
        const pair = await ask(origin, credentials, { type: "authorization_code", code });
        await saveAtAllCost(pair, save);
        return pair;
      });
      unsaved = undefined;
    },
  };
}

const tokenPath = "/oauth2/access_token";
/** Source: https://github.com/amocrm/amocrm-api-php/issues/235 */
const wrongClient = "Некорректный клиент";

/** A refresh that was refused, or an account that is not there. */
const isRefusal = (error: unknown): error is AmoError =>
  error instanceof AmoUnauthorized || (error instanceof AmoError && (error.status === 400 || error.status === 404));

function loginNeeded(current: Tokens | undefined): AmoLoginNeeded {
  const why = !current
    ? "there are no tokens: a person has to let the integration in"
    : current.refreshToken === undefined
      ? "the long-lived token is expired or revoked: make a new one"
      : "the tokens can be renewed no more: a person has to let the integration in again";
  return new AmoLoginNeeded(why, { request: `POST ${tokenPath}`, status: 0 });
}
