/**
 * Seconds until the next try, after each failed one. Below it, the delivery has failed. The second day at the end makes it 68 hours,
 * so that even the shortest spread outlasts a weekend of a CRM that is down: lead senders expect 48 hours.
 */
export const retrySeconds = [5, 30, 300, 1_800, 7_200, 21_600, 43_200, 86_400, 86_400] as const;

const spread = 0.2;
const longestWaitSeconds = 86_400;

/**
 * How long to wait after `attempts` failed tries (1 or more), in seconds; undefined when there is no further try.
 * `luck` from 0 to 1 spreads the tries ±20 %. What the far side asked for is honoured, within a day.
 */
export function retryDelay(attempts: number, luck: number, retryAfterSeconds?: number): number | undefined {
  const listed = retrySeconds[attempts - 1];
  if (listed === undefined) return undefined;
  const spreadOut = listed * (1 - spread + 2 * spread * luck);
  return Math.min(Math.max(spreadOut, retryAfterSeconds ?? 0), longestWaitSeconds * (1 + spread));
}

const firstClosedSeconds = 0.5;
const longestClosedSeconds = 1_800;

/** How long to wait before knocking again at a door that is shut, in seconds: ever longer, half an hour at most unless the far side says when it opens. There is always a next time. */
export function closedDelay(attempts: number, luck: number, retryAfterSeconds?: number): number {
  const grown = Math.min(firstClosedSeconds * 2 ** Math.min(attempts, 12), longestClosedSeconds) * (1 - spread + 2 * spread * luck);
  return Math.min(retryAfterSeconds ?? grown, 7 * longestWaitSeconds);
}
