import type { FailureReason, ReadAnswer } from "../protocol.ts";

/** What can go wrong with Telegram, by what is to be done about it. Messages hold its own words, and never the token. */
export class TelegramError extends Error {
  override readonly name: string = "TelegramError";
  readonly reason: FailureReason;
  constructor(message: string, reason: FailureReason, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.reason = reason;
  }
}

/** It understood and said no: sending the same again will not help. */
export class TelegramRefused extends TelegramError {
  override readonly name = "TelegramRefused";
  /** `error_code`. */
  readonly code: number;
  /** `description`. */
  readonly words: string;
  /** The chat has become this one. */
  readonly migrateToChatId: string | undefined;
  constructor(reason: FailureReason, { code, description, migrateToChatId }: Extract<ReadAnswer, { kind: "refused" }>) {
    super(`Telegram refused (${code}): ${description}`, reason);
    this.code = code;
    this.words = description;
    this.migrateToChatId = migrateToChatId;
  }
}

/** The token is worth nothing: it was revoked, or never was one. */
export class TelegramLogin extends TelegramError {
  override readonly name = "TelegramLogin";
}

/** It did not do it, or did not tell: try again later, and where `mayHaveHappened`, only what may be done twice. */
export class TelegramUnavailable extends TelegramError {
  override readonly name = "TelegramUnavailable";
  /** The message may have gone out all the same: no answer came after it was sent, or a broken one. */
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
