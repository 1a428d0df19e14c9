import type { FailureReason, ReadAnswer } from "../protocol.ts";

/** What can go wrong with WhatsApp, by what is to be done about it. Messages hold Meta's own words, and never the token. */
export class WhatsAppError extends Error {
  override readonly name: string = "WhatsAppError";
  readonly reason: FailureReason;
  constructor(message: string, reason: FailureReason, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.reason = reason;
  }
}

/** It understood and said no: sending the same again will not help. */
export class WhatsAppRefused extends WhatsAppError {
  override readonly name = "WhatsAppRefused";
  readonly code: number;
  readonly subcode: number | undefined;
  /** Its details, or its message where there are none. */
  readonly words: string;
  /** There is no such thing, or not any more: a file that is too old, a number that was taken away. HTTP says 400, not 404. */
  readonly isGone: boolean;
  constructor(reason: FailureReason, refused: Extract<ReadAnswer, { kind: "refused" }>) {
    super(`WhatsApp refused: ${saidIn(refused)}`, reason);
    this.code = refused.code;
    this.subcode = refused.subcode;
    this.words = refused.details === "" ? refused.message : refused.details;
    this.isGone = refused.code === 100 && refused.subcode === 33;
  }
}

/** The token is worth nothing, or lacks the permission: it ran out, was revoked, or is of another account. */
export class WhatsAppLogin extends WhatsAppError {
  override readonly name = "WhatsAppLogin";
}

/** It did not do it, or did not tell: try again later, and where `mayHaveHappened`, only what may be done twice. */
export class WhatsAppUnavailable extends WhatsAppError {
  override readonly name = "WhatsAppUnavailable";
  /** The message may have gone out all the same: a status with its `callbackData` will tell. */
  readonly mayHaveHappened: boolean;
  readonly retryAfterSeconds: number | undefined;
  constructor(
    message: string,
    options: {
      readonly mayHaveHappened: boolean;
      readonly retryAfterSeconds?: number;
      readonly reason?: FailureReason;
      readonly cause?: unknown;
    },
  ) {
    super(message, options.reason ?? "channel_down", { cause: options.cause });
    this.mayHaveHappened = options.mayHaveHappened;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Its message begins with the code in brackets, most often. */
export const saidIn = ({ code, message, details, traceId }: Extract<ReadAnswer, { kind: "refused" }>): string =>
  `${message.includes(String(code)) ? message : `(#${code}) ${message}`}${details === "" ? "" : `: ${details}`}${traceId === undefined ? "" : ` [${traceId}]`}`;
