import type { FailureReason } from "./messages.ts";

/**
 * The errors a port or a door may raise. A vendor only classifies; the engine decides what follows.
 * Anything else that is thrown counts as our own mistake: it is retried like `Unavailable` and reported as a bug.
 */

/** The far side did not do it, and may do it later: try again on the retry list. */
export class Unavailable extends Error {
  override readonly name: string = "Unavailable";
  /** Seconds the far side asked us to wait, if it did. */
  readonly retryAfterSeconds: number | undefined;
  constructor(message: string, options: { retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** It was not our turn, by what the far side allows in a second: nothing has left, and it is tried in a moment, as often as it takes. */
export class NotYet extends Unavailable {
  override readonly name = "NotYet";
}

/** The far side as a whole is shut for a while: the same is tried again for as long as it takes, and is never given up. */
export class Closed extends Unavailable {
  override readonly name = "Closed";
}

/** The grant is gone: park everything for this connection and tell its owner to sign in. */
export class LoginNeeded extends Error {
  override readonly name = "LoginNeeded";
}

/** The far side understood and said no: fail visibly, with its own words. */
export class Refused extends Error {
  override readonly name: string = "Refused";
}

/** The channel will not deliver it to this client: fail visibly, with a reason that is one word for all channels. */
export class Undelivered extends Refused {
  readonly reason: FailureReason;
  /** The channel's own number of it. */
  readonly code: string | undefined;
  constructor(message: string, { reason, code }: { readonly reason: FailureReason; readonly code?: string | undefined }) {
    super(message);
    this.reason = reason;
    this.code = code;
  }
}

/** It may have been done, and the answer was lost: where once too often is worse than not at all, it is not done again by itself. */
export class Unsure extends Error {
  override readonly name = "Unsure";
}

/** The far side wants nothing more of us, for good: the connection is switched off, and a person decides. */
export class Gone extends Error {
  override readonly name = "Gone";
}

/** Somebody else changed it in between: try again at once. */
export class Conflict extends Error {
  override readonly name = "Conflict";
}

/** At the door: the request cannot be understood. The raw request is kept. */
export class Malformed extends Error {
  override readonly name = "Malformed";
  /** What to mend, by the name of the field as the sender wrote it. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  constructor(message: string, fields: Record<string, readonly string[]> = {}) {
    super(message);
    this.fields = fields;
  }
}

/** At the door: the sender is not who the connection belongs to. Answered 401, counted, never a fact, never stored. */
export class Intruder extends Error {
  override readonly name = "Intruder";
}

/** What our own CRM says to whoever calls its functions (`OwnCrm`). Its port `Crm` turns them into `Refused`; an API, into an answer in its own shape. */

/** There is no such record, or the caller may not know of it. */
export class NotFound extends Error {
  override readonly name = "NotFound";
  constructor(kind: string, id: number | string) {
    super(`there is no ${kind} ${id}`);
  }
}

/** The request names something that cannot be: what to mend, by the name of the field as the sender wrote it. */
export class Invalid extends Error {
  override readonly name = "Invalid";
  readonly fields: Readonly<Record<string, readonly string[]>>;
  constructor(fields: Readonly<Record<string, readonly string[]>>) {
    super(
      Object.entries(fields)
        .map(([name, problems]) => `${name}: ${problems.join(", ")}`)
        .join("; "),
    );
    this.fields = fields;
  }
}

/** Somebody has changed the record since the caller read it. */
export class Stale extends Error {
  override readonly name = "Stale";
  constructor() {
    super("the record has been changed since you read it");
  }
}

/** The caller may see it, and may not do this to it. */
export class Forbidden extends Error {
  override readonly name = "Forbidden";
}
