import { Closed, Unavailable, Undelivered, Unsure } from "@svyazka/core";
import { TelegramLogin, TelegramRefused, TelegramUnavailable } from "../client.ts";

export interface WordsOptions {
  /** It puts something before a client: done twice, they read it twice. */
  readonly sends?: boolean;
}

/**
 * What Telegram said, in the words of a port. A token that is worth nothing shuts the bot until a person has mended it: what comes in meanwhile is taken all the same.
 */
export async function inWords<T>(work: () => Promise<T>, { sends = false }: WordsOptions = {}): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TelegramLogin) throw new Closed(error.message, { cause: error });
    if (error instanceof TelegramRefused) throw new Undelivered(error.words, { reason: error.reason, code: String(error.code) });
    if (!(error instanceof TelegramUnavailable)) throw error;
    if (error.mayHaveHappened && sends) throw new Unsure(error.message, { cause: error });
    const { retryAfterSeconds } = error;
    if (retryAfterSeconds !== undefined) throw new Unavailable(error.message, { retryAfterSeconds, cause: error });
    throw new Closed(error.message, { cause: error });
  }
}
