import { type Answer, type Branch, bracketPairs, isHtml, type Send, type Sleep, sleepReally } from "@svyazka/wire";
import { type AmoError, AmoForbidden, AmoRateLimited, AmoUnauthorized, AmoUnavailable, errorOf } from "./errors.ts";
import type { Limiter } from "./limiter.ts";
import type { Access, Session } from "./tokens.ts";

export interface AmoRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** From `/api` on, without a query. */
  readonly path: string;
  /** Written in PHP's brackets: `{ filter: { id: [1, 2] } }` is `filter[id][0]=1&filter[id][1]=2`. Undefined members are left out. */
  readonly query?: { readonly [name: string]: Branch };
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request to the API of one account: with a token, in its turn, again where that helps. */
export interface Transport {
  /** The body as JSON; undefined for 204 and for an empty body. Throws an `AmoError`. */
  ask(request: AmoRequest): Promise<unknown>;
}

export interface TransportOptions {
  readonly session: Session;
  readonly send: Send;
  readonly limiter: Limiter;
  /** Milliseconds. */
  readonly now?: () => number;
  readonly sleep?: Sleep;
  readonly timeoutSeconds?: number;
  /** So long it waits at most before it sends again what was answered 429: a minute unless told; 0 never. */
  readonly patienceSeconds?: number;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whom one acts for. Source: oauth/scopes */
export const actingHeader = "x-context-user-id";

/** Waits after 429: amoCRM names no time, so we take our own. Source: https://github.com/amocrm/amocrm-api-php/issues/526 */
const stormWaitsSeconds = [1, 2, 4, 8] as const;
/** Whoever asks to wait longer than this is not waited for: the caller decides. */
const longestWaitSeconds = 60;
/** A read without an answer is tried again after these. */
const readWaitsSeconds = [0.5, 2] as const;
/** 403 with a page of HTML within so long after a 429 is a ban, and so long nothing is sent. */
const banSeconds = 900;

/**
 * Sends again: after 429 up to four times, any request, since nothing was done; after 5xx or no answer up to twice, reads only; after 401 once, with another token;
 * after a redirect once, where the account has moved to.
 */
export function transportOf({
  session,
  send,
  limiter,
  now = Date.now,
  sleep = sleepReally,
  timeoutSeconds = 30,
  patienceSeconds = longestWaitSeconds,
  headers: always = {},
}: TransportOptions): Transport {
  let stormAt = Number.NEGATIVE_INFINITY;
  let bannedUntil = Number.NEGATIVE_INFINITY;

  async function ask(request: AmoRequest): Promise<unknown> {
    const name = `${request.method} ${request.path}`;
    const isWrite = request.method !== "GET";
    let access = await session.access();
    let hasOther = false;
    let hasMoved = false;
    let storms = 0;
    let losses = 0;
    for (;;) {
      refuseWhileBanned(name);
      await limiter.take();
      try {
        return readBody(name, await sendOnce(name, request, access, storms), isWrite);
      } catch (error) {
        if (error instanceof AmoUnauthorized && !hasOther) {
          hasOther = true;
          // Who acts for somebody may be refused for that user's sake, and a new token would be, too.
          const other = actingHeader in always ? await session.stored(access.token) : await session.renewed(access.token);
          if (!other) throw error;
          access = other;
        } else if (isRedirect(error) && !hasMoved) {
          hasMoved = true;
          const there = await session.moved(access);
          if (!there) throw error;
          access = there;
        } else if (error instanceof AmoRateLimited && storms < stormWaitsSeconds.length && error.retryAfterSeconds <= patienceSeconds) {
          storms++;
          await sleep(error.retryAfterSeconds * 1000);
        } else if (error instanceof AmoUnavailable && !isWrite && losses < readWaitsSeconds.length) {
          await sleep((readWaitsSeconds[losses++] ?? 0) * 1000);
        } else throw error;
      }
    }
  }

  /** Throws what any answer but 2xx is. */
  async function sendOnce(
    name: string,
    { method, path, query, body, headers }: AmoRequest,
    access: Access,
    storms: number,
  ): Promise<Answer> {
    const isWrite = method !== "GET";
    const pairs = query ? new URLSearchParams(bracketPairs(query)).toString() : "";
    const answer = await send({
      ...{ method, url: `${access.origin}${path}${pairs === "" ? "" : `?${pairs}`}`, timeoutSeconds, secrets: [access.token] },
      headers: {
        ...always,
        ...headers,
        authorization: `Bearer ${access.token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new AmoUnavailable(`no answer: ${String(cause)}`, { request: name, status: 0, cause }, isWrite);
    });
    if (answer.status < 300) return answer;
    if (answer.status === 429) {
      stormAt = now();
      const wait = retryAfter(answer, now()) ?? stormWaitsSeconds[storms] ?? stormWaitsSeconds.at(-1) ?? 0;
      limiter.pause?.(wait * 1000);
      throw errorOf(name, answer, isWrite, wait);
    }
    if (answer.status === 403 && isHtml(answer.body) && now() - stormAt < banSeconds * 1000) {
      bannedUntil = now() + banSeconds * 1000;
      limiter.pause?.(banSeconds * 1000);
      refuseWhileBanned(name);
    }
    throw errorOf(name, answer, isWrite);
  }

  /** Who goes on asking makes it worse: amoCRM blocks the whole address. Source: crm_platform/error-codes, issue 318 of amocrm-api-php */
  function refuseWhileBanned(request: string): void {
    const left = Math.ceil((bannedUntil - now()) / 1000);
    if (left > 0) throw new AmoForbidden(`blocked for too many requests: nothing is sent for ${left} s`, { request, status: 403 }, left);
  }

  return { ask };
}

/** What a host says that no account is at any more. */
const isRedirect = (error: unknown): boolean => error instanceof AmoUnavailable && error.status >= 300 && error.status < 400;

/** Seconds, from a number or a date. */
function retryAfter({ headers }: Answer, now: number): number | undefined {
  const told = headers["retry-after"]?.trim();
  if (told === undefined || told === "") return undefined;
  const seconds = /^\d+$/.test(told) ? Number(told) : Math.ceil((Date.parse(told) - now) / 1000);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

function readBody(request: string, { status, headers, body }: Answer, isWrite: boolean): unknown {
  if (body.trim() === "") return undefined;
  try {
    return JSON.parse(body);
  } catch (cause) {
    const requestId = headers["x-request-id"];
    const facts = { request, status, cause, ...(requestId !== undefined && { requestId }) };
    throw new AmoUnavailable(`${status}: ${isHtml(body) ? "a page of HTML" : "half an answer"} in place of JSON`, facts, isWrite);
  }
}

/** One member of an object that was read from JSON; undefined of anything else. */
export const member = (json: unknown, name: string): unknown =>
  typeof json === "object" && json !== null ? (json as Readonly<Record<string, unknown>>)[name] : undefined;

/** What an answer had to hold and does not. */
export const noSuchAnswer = ({ method, path }: AmoRequest, missing: string): AmoError =>
  new AmoUnavailable(`the answer has no ${missing}`, { request: `${method} ${path}`, status: 200 }, method !== "GET");
