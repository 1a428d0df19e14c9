import { Closed, Unavailable, Undelivered, Unsure } from "@svyazka/core";
import { WhatsAppLogin, WhatsAppRefused, WhatsAppUnavailable } from "../client.ts";

export interface WordsOptions {
  /** It puts something before a client: done twice, they read it twice. */
  readonly sends?: boolean;
}

/** Of one who says that it is too much, and not for how long. */
const usualWaitSeconds = 60;

/**
 * What Meta said, in the words of a port. A token that is worth nothing shuts the number until a person has mended it: what comes in meanwhile is taken all the same.
 */
export async function inWords<T>(work: () => Promise<T>, { sends = false }: WordsOptions = {}): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WhatsAppLogin) throw new Closed(error.message, { cause: error });
    if (error instanceof WhatsAppRefused) throw new Undelivered(error.message, { reason: error.reason, code: String(error.code) });
    if (!(error instanceof WhatsAppUnavailable)) throw error;
    if (error.mayHaveHappened && sends) throw new Unsure(error.message, { cause: error });
    const retryAfterSeconds = error.retryAfterSeconds ?? (error.reason === "rate_limited" ? usualWaitSeconds : undefined);
    if (retryAfterSeconds !== undefined) throw new Unavailable(error.message, { retryAfterSeconds, cause: error });
    throw new Closed(error.message, { cause: error });
  }
}
