/** What can go wrong with a call to Touch-API, by what is to be done about it. No message holds a token. */
export class TouchApiError extends Error {
  override readonly name: string = "TouchApiError";
  /** `sendMessage` and so on. */
  readonly method: string;
  /** Of HTTP; 0 when no answer came. */
  readonly status: number;
  /** What the vendor's support asks for. */
  readonly uuid: string | undefined;
  constructor(message: string, { method, status, uuid, cause }: TouchApiFacts) {
    super(message, { cause });
    this.method = method;
    this.status = status;
    this.uuid = uuid;
  }
}

export interface TouchApiFacts {
  readonly method: string;
  readonly status: number;
  readonly uuid?: string | undefined;
  readonly cause?: unknown;
}

/** It understood and said no. The message is its own words; nothing was done. */
export class TouchApiRefused extends TouchApiError {
  override readonly name = "TouchApiRefused";
}

/** No such account by this source, login and token. A person has to look. */
export class TouchApiLogin extends TouchApiError {
  override readonly name = "TouchApiLogin";
}

/** No answer, 5xx, 429, or a page of HTML in place of an answer: later, perhaps. */
export class TouchApiUnavailable extends TouchApiError {
  override readonly name = "TouchApiUnavailable";
  /** What was asked may have been done all the same: wait for an echo or a status before asking again. False for whatever only reads. */
  readonly mayHaveHappened: boolean;
  /** Seconds, when the far side said so. */
  readonly retryAfterSeconds: number | undefined;
  constructor(
    message: string,
    facts: TouchApiFacts,
    { mayHaveHappened, retryAfterSeconds }: { mayHaveHappened: boolean; retryAfterSeconds?: number },
  ) {
    super(message, facts);
    this.mayHaveHappened = mayHaveHappened;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
