import { type Answer, isHtml } from "@svyazka/wire";
import { type Problem, readAnswer } from "../protocol.ts";
import {
  BitrixClosed,
  BitrixError,
  type BitrixErrorFacts,
  BitrixExpired,
  BitrixLimited,
  BitrixLogin,
  BitrixMoved,
  BitrixNotFound,
  BitrixRefused,
  BitrixUnable,
  BitrixUnavailable,
} from "./errors.ts";

/** Which error an answer is. Codes decide; words are in the portal's language, and are only shown. Source: error-codes, _includes/system-errors */

/** The bucket loses two requests in a second: after so long some are free. */
const bucketSeconds = 5;
/** Where the portal does not say when the method is free again, its ten minutes are over then. */
const operatingSeconds = 600;
const overloadSeconds = 900;

/** The error of an answer that is none of success. `isWrite`: had it been taken, something would have changed. `now` in Unix seconds. */
export function errorOf(method: string, { status, headers, body }: Answer, isWrite: boolean, now: number): BitrixError {
  const location = headers["location"];
  if (status >= 300 && status < 400 && location !== undefined) return new BitrixMoved({ method, status }, location);
  const read = readAnswer(body);
  if (read?.kind === "problem") return problemError(method, status, read.problem, isWrite, now);
  const what = isHtml(body) ? "a page of HTML" : body.trim() === "" ? "nothing" : "no answer of Bitrix24";
  return new BitrixUnavailable(`${status}: ${what} in place of JSON`, { method, status }, isWrite);
}

/** The same, of a problem: also of one command of a batch, which has no status of its own. */
export function problemError(method: string, status: number, problem: Problem, isWrite: boolean, now: number): BitrixError {
  const { code, words, operatingResetAt } = problem;
  const facts: BitrixErrorFacts = { method, status, code, words };
  const message = [status === 0 ? "" : String(status), code, words].filter((part) => part !== "").join(" ") || "no words";
  const name = code.toUpperCase();
  if (name === "EXPIRED_TOKEN") return new BitrixExpired(message, facts);
  if (logins.has(name)) return new BitrixLogin(message, facts);
  if (name === "QUERY_LIMIT_EXCEEDED") return new BitrixLimited(message, facts, bucketSeconds);
  if (name === "OVERLOAD_LIMIT") return new BitrixLimited(message, facts, overloadSeconds);
  if (name === "OPERATION_TIME_LIMIT") {
    const left = operatingResetAt === undefined ? operatingSeconds : Math.ceil(operatingResetAt - now);
    return new BitrixLimited(message, facts, Math.min(Math.max(left, 1), operatingSeconds), true);
  }
  // Of one object it is said with 400, of the whole of REST with 401 or 403.
  if (name === "PORTAL_DELETED" || (name === "ACCESS_DENIED" && (status === 401 || status === 403)))
    return new BitrixClosed(message, facts);
  if (unables.has(name)) return new BitrixUnable(message, facts);
  if (name === "INTERNAL_SERVER_ERROR" || name === "ERROR_UNEXPECTED_ANSWER" || status >= 500)
    return new BitrixUnavailable(message, facts, isWrite);
  if (name === "NOT_FOUND" || (code === "" && /not found|не найден/i.test(words))) return new BitrixNotFound(message, facts);
  if (status === 429) return new BitrixLimited(message, facts, bucketSeconds);
  return new BitrixRefused(message, facts);
}

const logins: ReadonlySet<string> = new Set([
  ...[
    "NO_AUTH_FOUND",
    "AUTHORIZATION_ERROR",
    "INVALID_TOKEN",
    "USER_ACCESS_ERROR",
    "ERROR_OAUTH",
    "APPLICATION_NOT_FOUND",
    "INVALID_CLIENT",
  ],
  ...["INVALID_GRANT"],
]);
const unables: ReadonlySet<string> = new Set([
  "INSUFFICIENT_SCOPE",
  "WRONG_AUTH_TYPE",
  "ERROR_METHOD_NOT_FOUND",
  "ERROR_MANIFEST_IS_NOT_AVAILABLE",
]);

/** Whether a write that ended so has certainly done nothing. */
export const portalDidNothing = (error: unknown): boolean =>
  error instanceof BitrixError && !(error instanceof BitrixUnavailable && error.mayHaveHappened);
