import { Closed, type Kit, LoginNeeded, once, Refused, saysNothingWasDone, Unavailable, type Write } from "@svyazka/core";
import {
  BitrixClosed,
  BitrixError,
  BitrixExpired,
  BitrixLimited,
  BitrixLogin,
  BitrixMoved,
  BitrixUnable,
  BitrixUnavailable,
  portalDidNothing,
} from "./client.ts";

/** A portal that is not paid for is paid for some day. */
const closedSeconds = 3600;

/** What the portal said, in the words of a port. */
export function portError(error: unknown): unknown {
  if (!(error instanceof BitrixError)) return error;
  const said = { cause: error };
  if (error instanceof BitrixLogin) return new LoginNeeded(error.message, said);
  if (error instanceof BitrixClosed)
    return new Closed(`the portal is closed to us: ${error.message}`, { ...said, retryAfterSeconds: closedSeconds });
  if (error instanceof BitrixLimited) return new Unavailable(error.message, { ...said, retryAfterSeconds: error.retryAfterSeconds });
  if (error instanceof BitrixUnable) return new Refused(`${error.message}. ${unableWords(error)}`, said);
  if (error instanceof BitrixUnavailable) {
    // What the hub's own way out said.
    if (error.cause instanceof Unavailable && error.cause.retryAfterSeconds !== undefined) return error.cause;
    return new Unavailable(error.message, said);
  }
  // The client has done what it could: another token, another address. The next try begins with what is stored by then.
  if (error instanceof BitrixExpired || error instanceof BitrixMoved) return new Unavailable(error.message, said);
  return new Refused(error.message, said);
}

/** What a person has to do about it. */
function unableWords({ code }: BitrixUnable): string {
  if (/scope/i.test(code)) return "Give the webhook or the application this permission in the portal";
  if (/WRONG_AUTH_TYPE/i.test(code)) return "A webhook may not do this: connect the portal as a local application";
  return "This portal does not have it: its version is too old, or the module is not installed";
}

/** Whether a write that ended so has certainly done nothing, in the portal's words or in those of a port. */
export const hasDoneNothing = (error: unknown): boolean => portalDidNothing(error) || saysNothingWasDone(error);

/** As `once`, where the portal's own errors say whether anything was done. */
export const onceIn = (
  kit: Pick<Kit, "store" | "exclusively" | "now">,
  key: string,
  write: Omit<Write, "hasDoneNothing">,
): Promise<string> => once(kit, key, { ...write, hasDoneNothing });

export async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw portError(error);
  }
}
