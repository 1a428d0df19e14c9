import type { ConnectionId, RateLimit } from "@svyazka/core";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

/** Counts senders at the door, per process. */
export class RateLimits {
  readonly #limiters = new Map<string, RateLimiterMemory>();

  /** Seconds the sender has to wait, or undefined when it may come in. */
  async wait(connection: ConnectionId, limits: readonly RateLimit[]): Promise<number | undefined> {
    for (const { name, key, perMinute = 0, perSecond } of limits) {
      const [points, duration] = perSecond === undefined ? [perMinute, 60] : [perSecond, 1];
      try {
        await this.#limiter(`${connection}:${name}:${points}/${duration}`, points, duration).consume(key);
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      }
    }
    return undefined;
  }

  #limiter(name: string, points: number, duration: number): RateLimiterMemory {
    let limiter = this.#limiters.get(name);
    if (!limiter) {
      limiter = new RateLimiterMemory({ points, duration });
      this.#limiters.set(name, limiter);
    }
    return limiter;
  }
}
