/** The leaky bucket of a portal: settings/performance/limits. */
export interface Bucket {
  /** False when it is full. */
  drop(): boolean;
}

/** `false` is no limit. Now in milliseconds. */
export function leakyBucket(limits: false | { readonly capacity?: number; readonly perSecond?: number }, now: () => number): Bucket {
  if (limits === false) return { drop: () => true };
  const { capacity = 50, perSecond = 2 } = limits;
  let level = 0;
  let at = now();
  return {
    drop() {
      const moment = now();
      level = Math.max(0, level - ((moment - at) / 1000) * perSecond);
      at = moment;
      if (level + 1 > capacity) return false;
      level++;
      return true;
    },
  };
}

/** How long methods have been at work, in seconds, and which are blocked until when. */
export interface Operating {
  grow(method: string): number;
  /** Unix seconds. */
  resetAt(): number;
  block(method: string, untilMs: number): void;
  /** Unix seconds until which a method is blocked, if it is. */
  blockedUntil(method: string): number | undefined;
}

const aCall = 0.011;

export function operatingTimes(now: () => number): Operating {
  const spent = new Map<string, number>();
  const blocked = new Map<string, number>();
  return {
    grow(method) {
      const sum = (spent.get(method) ?? 0) + aCall;
      spent.set(method, sum);
      return Math.round(sum * 1e6) / 1e6;
    },
    resetAt: () => Math.floor(now() / 1000) + 600,
    block: (method, untilMs) => void blocked.set(method, untilMs),
    blockedUntil(method) {
      const until = blocked.get(method);
      return until === undefined || until <= now() ? undefined : Math.ceil(until / 1000);
    },
  };
}
