import { type Answer, isHtml } from "@svyazka/wire";
import { type ItemProblems, type Problem, readProblem } from "../protocol.ts";

/** What can go wrong with amoCRM, by what is to be done about it. Everything the client throws by itself is an `AmoError`. */

export interface AmoErrorFacts {
  /** `GET /api/v4/leads`, without its query: that may hold names and phones. */
  readonly request: string;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** What amoCRM said, where it was amoCRM that spoke and not a server in front of it. */
  readonly problem?: Problem;
  /** amoCRM's `X-Request-Id`: its support asks for it. */
  readonly requestId?: string;
  /** The answer as it came. It is not shown when the error is printed: it may hold people's names. */
  readonly body?: string;
  readonly cause?: unknown;
}

export class AmoError extends Error {
  override readonly name: string = "AmoError";
  readonly request: string;
  readonly status: number;
  readonly problem: Problem | undefined;
  readonly requestId: string | undefined;
  readonly #body: string | undefined;
  constructor(message: string, { request, status, problem, requestId, body, cause }: AmoErrorFacts) {
    super(`${request}: ${message}`, cause === undefined ? {} : { cause });
    this.request = request;
    this.status = status;
    this.problem = problem;
    this.requestId = requestId;
    this.#body = body;
  }

  /** The answer as it came, up to the last character; undefined when none came. */
  get body(): string | undefined {
    return this.#body;
  }
}

/** 401 although the token was renewed, or cannot be: revoked, of another account, the integration is switched off. */
export class AmoUnauthorized extends AmoError {
  override readonly name: string = "AmoUnauthorized";
}

/** There is no token that could be used or renewed: a person has to let the integration in again. */
export class AmoLoginNeeded extends AmoUnauthorized {
  override readonly name = "AmoLoginNeeded";
}

/** 402: the account is not paid for. */
export class AmoPaymentRequired extends AmoError {
  override readonly name = "AmoPaymentRequired";
}

/** 403: no right to do this, an address that the account does not allow, or a ban for too many requests. */
export class AmoForbidden extends AmoError {
  override readonly name = "AmoForbidden";
  /** A ban: amoCRM has blocked the address after it went on asking in spite of 429. Nothing is sent for that many seconds; its support lifts it. */
  readonly bannedForSeconds: number | undefined;
  constructor(message: string, facts: AmoErrorFacts, bannedForSeconds?: number) {
    super(message, facts);
    this.bannedForSeconds = bannedForSeconds;
  }
}

/** 404: no such address, or nothing by that id. */
export class AmoNotFound extends AmoError {
  override readonly name = "AmoNotFound";
}

/** 400, 405, 409, 413, 422: it will be refused however often it is sent. */
export class AmoInvalid extends AmoError {
  override readonly name = "AmoInvalid";
  /** By the item of a request of many; of one item, the first. Empty when amoCRM told no places. */
  readonly items: readonly ItemProblems[];
  constructor(message: string, facts: AmoErrorFacts, items: readonly ItemProblems[] = facts.problem?.["validation-errors"] ?? []) {
    super(message, facts);
    this.items = items;
  }
}

/** An earlier request of the same batch has failed, so this item was not sent at all; `cause` is why. */
export class AmoNotSent extends AmoError {
  override readonly name = "AmoNotSent";
}

/** 429 again and again, although every try waited longer. Nothing was done. */
export class AmoRateLimited extends AmoError {
  override readonly name = "AmoRateLimited";
  /** What amoCRM asks for, or else what we would wait next. */
  readonly retryAfterSeconds: number;
  constructor(message: string, facts: AmoErrorFacts, retryAfterSeconds: number) {
    super(message, facts);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** No answer, 5xx, a page of HTML, half an answer. */
export class AmoUnavailable extends AmoError {
  override readonly name = "AmoUnavailable";
  /** A write whose answer was lost may have been done. A read never is. Look before you write again. */
  readonly mayHaveHappened: boolean;
  constructor(message: string, facts: AmoErrorFacts, mayHaveHappened: boolean) {
    super(message, facts);
    this.mayHaveHappened = mayHaveHappened;
  }
}

/** The error that an answer of 300 and above is. `isWrite`: had it been taken, something would have changed. 429 counts as waiting `retryAfterSeconds`. */
export function errorOf(request: string, answer: Answer, isWrite: boolean, retryAfterSeconds = 1): AmoError {
  const { status, headers, body } = answer;
  const problem = readProblem(body);
  const requestId = headers["x-request-id"];
  const facts: AmoErrorFacts = { request, status, body, ...(problem && { problem }), ...(requestId !== undefined && { requestId }) };
  const message = messageOf(answer, problem);
  if (status === 401) return new AmoUnauthorized(message, facts);
  if (status === 402) return new AmoPaymentRequired(message, facts);
  if (status === 403) return new AmoForbidden(message, facts);
  if (status === 404) return new AmoNotFound(message, facts);
  if (status === 429) return new AmoRateLimited(message, facts, retryAfterSeconds);
  if (status >= 400 && status < 500) return new AmoInvalid(message, facts);
  // A redirect is what a server in front says of an account that is not there.
  if (status >= 300 && status < 400)
    return new AmoUnavailable(`${status}: sent on to ${headers["location"] ?? "another address"}`, facts, false);
  return new AmoUnavailable(message, facts, isWrite);
}

const mostWords = 300;
const mostPlaces = 5;

function messageOf({ status, body }: Answer, problem: Problem | undefined): string {
  if (!problem) return `${status}: ${isHtml(body) ? "a page of HTML" : body.trim().slice(0, mostWords) || "no words"}`;
  const words = problem.hint ?? (problem.detail || problem.title);
  return [`${status}: ${words}`, ...placesOf(problem["validation-errors"] ?? [])].join("; ");
}

function placesOf(items: readonly ItemProblems[]): string[] {
  const places = items.flatMap(({ request_id, errors }) =>
    errors.map(({ path, code, detail }) => `[${request_id}] ${path || "item"}: ${detail || code}`),
  );
  return places.length > mostPlaces ? [...places.slice(0, mostPlaces), `and ${places.length - mostPlaces} more`] : places;
}

/** What is wrong with one item of many, of an error about all. */
export const ofOneItem = (error: AmoInvalid, item: ItemProblems): AmoInvalid =>
  new AmoInvalid([`${error.status}: the item is refused`, ...placesOf([item])].join("; "), factsOf(error), [item]);

export const factsOf = ({ request, status, problem, requestId, body }: AmoError): AmoErrorFacts => ({
  ...{ request, status },
  ...(problem && { problem }),
  ...(requestId !== undefined && { requestId }),
  ...(body !== undefined && { body }),
});
