import { askingIn, Conflict, LoginNeeded, Refused, Unavailable } from "@svyazka/core";
import { isHtml } from "@svyazka/wire";
import { AmoError, AmoForbidden, AmoNotSent, AmoPaymentRequired, AmoRateLimited, AmoUnauthorized, AmoUnavailable } from "./client.ts";

/** An account that is not paid for is paid for some day. */
const unpaidSeconds = 3600;

/** What amoCRM said, in the words of a port. */
export function portError(error: unknown): unknown {
  if (!(error instanceof AmoError)) return error;
  if (error instanceof AmoNotSent) return portError(error.cause);
  // What the hub's own way out said: no turn within the pace, a private address.
  const { cause } = error;
  if (cause instanceof Unavailable || cause instanceof Refused || cause instanceof Conflict) return cause;
  const said = { cause: error };
  if (error instanceof AmoUnauthorized) return new LoginNeeded(error.message, said);
  if (error instanceof AmoPaymentRequired)
    return new Unavailable(`the account is not paid for: ${error.message}`, { ...said, retryAfterSeconds: unpaidSeconds });
  if (error instanceof AmoRateLimited) return new Unavailable(error.message, { ...said, retryAfterSeconds: error.retryAfterSeconds });
  if (error instanceof AmoForbidden && error.bannedForSeconds !== undefined)
    return new Unavailable(error.message, { ...said, retryAfterSeconds: error.bannedForSeconds });
  // A page of the server in front: amoCRM itself has not spoken.
  if (error instanceof AmoUnavailable || isHtml(error.body ?? "")) return new Unavailable(error.message, said);
  return new Refused(error.message, said);
}

/** Whether a write that ended so has certainly done nothing: whoever does not know has to look before writing again. */
export const hasDoneNothing = (error: unknown): boolean =>
  error instanceof Conflict ||
  error instanceof Refused ||
  (error instanceof AmoError && !(error instanceof AmoUnavailable && error.mayHaveHappened)) ||
  (error instanceof AmoUnavailable && error.cause instanceof Unavailable && error.cause.retryAfterSeconds !== undefined);

/** Does work, and throws what amoCRM said in the words of a port. */
export const asking = askingIn(portError);
