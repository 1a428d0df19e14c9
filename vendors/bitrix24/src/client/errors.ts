/** What can go wrong with a portal, by what is to be done about it. Everything the client throws by itself is a `BitrixError`. */

export interface BitrixErrorFacts {
  /** `crm.item.add`. */
  readonly method: string;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The portal's own; empty where it gives none. */
  readonly code?: string;
  /** The portal's own words, in its language. */
  readonly words?: string;
  readonly cause?: unknown;
}

export class BitrixError extends Error {
  override readonly name: string = "BitrixError";
  readonly method: string;
  readonly status: number;
  readonly code: string;
  readonly words: string;
  constructor(message: string, { method, status, code = "", words = "", cause }: BitrixErrorFacts) {
    super(`${method}: ${message}`, cause === undefined ? {} : { cause });
    this.method = method;
    this.status = status;
    this.code = code;
    this.words = words;
  }
}

/** Nobody lets us in: the webhook or the application was removed, or its tokens can be renewed no more. */
export class BitrixLogin extends BitrixError {
  override readonly name = "BitrixLogin";
}

/** The portal says no, and will however often it is asked. */
export class BitrixRefused extends BitrixError {
  override readonly name: string = "BitrixRefused";
}

/** There is no such object, or it may not be seen. */
export class BitrixNotFound extends BitrixRefused {
  override readonly name = "BitrixNotFound";
}

/** A bare webhook, a missing permission, an old box: not with what we were let in with. */
export class BitrixUnable extends BitrixRefused {
  override readonly name = "BitrixUnable";
}

/** Too many requests, or too much of the portal's time: nothing was done. */
export class BitrixLimited extends BitrixError {
  override readonly name = "BitrixLimited";
  readonly retryAfterSeconds: number;
  /** Only this method is shut. */
  readonly isOfMethod: boolean;
  constructor(message: string, facts: BitrixErrorFacts, retryAfterSeconds: number, isOfMethod = false) {
    super(message, facts);
    this.retryAfterSeconds = retryAfterSeconds;
    this.isOfMethod = isOfMethod;
  }
}

/** The portal as a whole is shut: not paid for, closed, REST is not in its tariff. Nothing was done. */
export class BitrixClosed extends BitrixError {
  override readonly name = "BitrixClosed";
}

/** No answer, 5xx, a page of HTML, half an answer. */
export class BitrixUnavailable extends BitrixError {
  override readonly name = "BitrixUnavailable";
  /** A write whose answer was lost may have been done: look before you write again. */
  readonly mayHaveHappened: boolean;
  constructor(message: string, facts: BitrixErrorFacts, mayHaveHappened: boolean) {
    super(message, facts);
    this.mayHaveHappened = mayHaveHappened;
  }
}

/** The access token is an hour old. The client renews it by itself. */
export class BitrixExpired extends BitrixError {
  override readonly name = "BitrixExpired";
}

/** The portal has moved to another address. The client follows by itself. */
export class BitrixMoved extends BitrixError {
  override readonly name = "BitrixMoved";
  readonly location: string;
  constructor(facts: BitrixErrorFacts, location: string) {
    super(`the portal is elsewhere: ${URL.parse(location)?.host ?? "?"}`, facts);
    this.location = location;
  }
}
