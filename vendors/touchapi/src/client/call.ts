import { type Answer, mayHaveArrived, neverLeft, readJson, type Send } from "@svyazka/wire";
import { type Credentials, isAboutLogin, type Json, type ReadAnswer, readAnswer } from "../protocol.ts";
import { TouchApiLogin, TouchApiRefused, TouchApiUnavailable } from "./errors.ts";

export interface CallOptions {
  readonly url: string;
  readonly credentials: Partial<Credentials>;
  readonly send: Send;
}

export type ReadCall = Exclude<ReadAnswer, { kind: "unreadable" }> & { readonly status: number };

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
        { mayHaveHappened: isWrite && mayHaveArrived(cause) },
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
  const read = readAnswer(readJson(body.replace(/^\ufeff/, "")));
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

const whatIs = (body: string): string =>
  body.trim() === ""
    ? "an empty answer"
    : /^\s*<(?:!doctype|html|\?xml)/i.test(body)
      ? "a page in place of an answer"
      : "an answer that is not JSON";

const hide = (text: string, secret: string | undefined): string => (secret ? text.replaceAll(secret, "…") : text).slice(0, 300);

/** Seconds, or a date (RFC 9110, 10.2.3). */
function readRetryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const value = headers["retry-after"]?.trim() ?? "";
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - Date.now()) / 1_000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), longestPatience);
}
