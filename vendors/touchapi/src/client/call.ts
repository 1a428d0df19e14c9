import { type Credentials, isAboutLogin, type Json, type ReadAnswer, readAnswer } from "../protocol.ts";
import { TouchApiLogin, TouchApiRefused, TouchApiUnavailable } from "./errors.ts";

/**
 * The way out to the network: send this, get that. A redirect is an answer and is not followed. Throws when no answer came, or not in time; an error named
 * `Refused` means that it did not want to ask at all, one named `NotYet` that it was not its turn: both are passed on as they are.
 */
export type Send = (request: {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutSeconds?: number;
  /** What in it is secret: whoever keeps a record of requests, leaves these out. */
  readonly secrets?: readonly string[];
}) => Promise<Answer>;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface CallOptions {
  readonly url: string;
  readonly credentials: Partial<Credentials>;
  readonly send: Send;
}

export type ReadCall = Exclude<ReadAnswer, { kind: "unreadable" }> & { readonly status: number };

const neverLeft: ReadonlySet<string> = new Set(["Refused", "NotYet"]);

/** One call. `isWrite`: something may have changed although no answer came. Throws `TouchApiUnavailable`, and `TouchApiLogin` for 401 and 403; a refusal in words is answered. */
export type Call = (method: string, fields: Json, how: { readonly isWrite: boolean; readonly seconds: number }) => Promise<ReadCall>;

/** So many seconds at most are believed when it asks for patience. */
const longestPatience = 86_400;

export function callOf({ url, credentials, send }: CallOptions): Call {
  const { token } = credentials;
  return async (method, fields, { isWrite, seconds }) => {
    const request = {
      ...{ method: "POST", url: `${url}/${method}`, timeoutSeconds: seconds },
      headers: { "content-type": "application/json; charset=utf-8", accept: "application/json" },
      body: JSON.stringify({ ...credentials, ...fields }),
      ...(token !== undefined && { secrets: [token] }),
    };
    const answer = await send(request).catch((cause: unknown) => {
      if (cause instanceof Error && neverLeft.has(cause.name)) throw cause;
      throw new TouchApiUnavailable(
        `no answer: ${hide(cause instanceof Error ? cause.message : String(cause), token)}`,
        { method, status: 0, cause },
        { mayHaveHappened: isWrite && !wasNeverSent(cause) },
      );
    });
    return readCall(method, answer, isWrite);
  };
}

function readCall(method: string, { status, headers, body }: Answer, isWrite: boolean): ReadCall {
  if (status === 429) {
    const retryAfterSeconds = readRetryAfter(headers);
    throw unavailable(
      "too many requests",
      { method, status },
      { mayHaveHappened: false, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) },
    );
  }
  const read = readAnswer(parsed(body));
  const uuid = read.kind === "unreadable" ? undefined : read.uuid;
  if (status >= 500) {
    const words = read.kind === "failed" ? read.message : whatIs(body);
    throw unavailable(words, { method, status, uuid }, { mayHaveHappened: isWrite });
  }
  // A server in front of the service has answered in its place: what is behind it has not been asked.
  if (status >= 300 && status < 400) throw unavailable("sent on to another address", { method, status }, { mayHaveHappened: false });
  if (status === 401)
    throw new TouchApiLogin(read.kind === "failed" ? read.message : "access is denied (HTTP 401)", { method, status, uuid });
  if (read.kind === "unreadable") throw unavailable(whatIs(body), { method, status }, { mayHaveHappened: isWrite && status < 300 });
  if (status === 403 && read.kind === "failed") throw new TouchApiLogin(read.message, { method, status, uuid });
  if (read.kind === "failed" || status < 300) return { ...read, status };
  return { kind: "failed", message: `HTTP ${status}`, status, ...(uuid !== undefined && { uuid }) };
}

const unavailable = (
  words: string,
  facts: { readonly method: string; readonly status: number; readonly uuid?: string | undefined },
  what: { mayHaveHappened: boolean; retryAfterSeconds?: number },
): TouchApiUnavailable => new TouchApiUnavailable(`${words} (HTTP ${facts.status})`, facts, what);

/** The value of an answer that was done; throws what its words mean. */
export function doneOf(method: string, read: ReadCall): Json {
  if (read.kind === "done") return read.value;
  const facts = { method, status: read.status, uuid: read.uuid };
  throw isAboutLogin(read.message) ? new TouchApiLogin(read.message, facts) : new TouchApiRefused(read.message, facts);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

const whatIs = (body: string): string =>
  body.trim() === ""
    ? "an empty answer"
    : /^\s*<(?:!doctype|html|\?xml)/i.test(body)
      ? "a page in place of an answer"
      : "an answer that is not JSON";

/** Codes of the network by which nothing has left us. */
const neverSent = new Set([
  ...["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "UND_ERR_CONNECT_TIMEOUT"],
  ...[
    "CERT_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ],
]);

/** A connection that was tried at several addresses fails with a list of errors. */
function wasNeverSent(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 8) return false;
  if ("code" in error && typeof error.code === "string" && neverSent.has(error.code)) return true;
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every((one) => wasNeverSent(one, depth + 1));
  return wasNeverSent(error.cause, depth + 1);
}

const hide = (text: string, secret: string | undefined): string => (secret ? text.replaceAll(secret, "…") : text).slice(0, 300);

/** Seconds, or a date (RFC 9110, 10.2.3). */
function readRetryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const value = headers["retry-after"]?.trim() ?? "";
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - Date.now()) / 1_000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), longestPatience);
}
