import { type Sleep, sleepReally } from "@svyazka/wire";

/**
 * Whoever wants to send, takes a turn first. One limiter is for one integration in one account, so share it among all clients of it; processes that share
 * an integration need one that they share, too (a row in a database, say).
 */
export interface Limiter {
  /** Resolves when it is one's turn. First come, first served. */
  take(): Promise<void>;
  /** amoCRM said 429: nobody has a turn for so long. */
  pause?(milliseconds: number): void;
}

/** Requests per second of one integration. Source: https://www.amocrm.ru/developers/content/api/recommendations */
export const requestsPerSecond = 7;

export interface PaceOptions {
  readonly perSecond?: number;
  /** Milliseconds. */
  readonly now?: () => number;
  readonly sleep?: Sleep;
}

/** One request is longer on its way than another, and amoCRM counts what arrives: a second is this much longer here. */
const secondMs = 1050;

/** In memory: at most so many turns in any second, whenever it begins, as it is seen at the other end of a line. An idle time is not saved up. */
export function paceOf({ perSecond = requestsPerSecond, now = Date.now, sleep = sleepReally }: PaceOptions = {}): Limiter {
  if (!(perSecond >= 1)) throw new RangeError(`a limiter needs at least one request per second, not ${perSecond}`);
  /** When the last turns were, oldest first. */
  const turns: number[] = [];
  let pausedUntil = 0;
  let queue: Promise<void> = Promise.resolve();

  async function wait(): Promise<void> {
    for (;;) {
      const oldest = turns.length < perSecond ? undefined : turns[0];
      const left = Math.max(pausedUntil, oldest === undefined ? 0 : oldest + secondMs) - now();
      if (left <= 0) break;
      await sleep(left);
    }
    turns.push(now());
    if (turns.length > perSecond) turns.shift();
  }

  return {
    take() {
      const turn = queue.then(wait);
      queue = turn.catch(() => {});
      return turn;
    },
    pause(milliseconds) {
      pausedUntil = Math.max(pausedUntil, now() + milliseconds);
    },
  };
}
