import { Closed, LoginNeeded, Refused, Unavailable } from "@svyazka/core";
import {
  OneCClosed,
  OneCError,
  OneCFailed,
  OneCForbidden,
  OneCLocked,
  OneCNotPublished,
  OneCSessionLost,
  OneCUnauthorized,
} from "../client.ts";

/** Errors of the client in the words of ports, by the table of onec.md §5. */

const lockedSeconds = 15;
/** A full disk does not pass by itself. */
const failedSeconds = 300;

export function portError(error: unknown): unknown {
  if (error instanceof OneCClosed)
    return new Closed(error.message, {
      cause: error,
      ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }),
    });
  if (error instanceof OneCSessionLost) return new Closed(error.message, { cause: error });
  if (error instanceof OneCLocked) return new Unavailable(error.message, { cause: error, retryAfterSeconds: lockedSeconds });
  if (error instanceof OneCFailed) return new Closed(error.message, { cause: error, retryAfterSeconds: failedSeconds });
  if (error instanceof OneCUnauthorized || error instanceof OneCForbidden || error instanceof OneCNotPublished)
    return new LoginNeeded(error.message, { cause: error });
  if (error instanceof OneCError) return new Refused(error.message, { cause: error });
  // Nobody answered at all: a laptop that is shut, a network that is down.
  if (error instanceof Unavailable && !(error instanceof Closed))
    return new Closed(error.message, {
      cause: error,
      ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }),
    });
  return error;
}

export async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw portError(error);
  }
}
