/** Times of hooks and answers: a number whose unit nobody tells. */

export type TimeUnit = "s" | "ms" | "us";

const perSecond: Readonly<Record<TimeUnit, number>> = { s: 1, ms: 1_000, us: 1_000_000 };
const day = 86_400_000;
/** No messenger of these is older. A smaller number is a counter, or nonsense. */
const earliest = Date.UTC(2000, 0, 1);
/** As seconds this is the year 5138, as milliseconds 1973: what is above counts in milliseconds, and a thousand times more in microseconds. */
const leastMilliseconds = 1e11;
const leastMicroseconds = 1e14;

/**
 * Seconds, milliseconds or microseconds by magnitude, as a number or as digits; a text of ISO 8601 with its zone as well, since a public client reads one.
 * Undefined for nonsense, for times before 2000, and for those more than a day ahead of `now`.
 */
export function readMoment(value: unknown, now: Date): Date | undefined {
  const milliseconds = millisecondsOf(value);
  if (milliseconds === undefined || milliseconds < earliest || milliseconds > now.getTime() + day) return undefined;
  return new Date(milliseconds);
}

export const writeMoment = (at: Date, unit: TimeUnit): number => Math.floor((at.getTime() * perSecond[unit]) / 1_000);

function millisecondsOf(value: unknown): number | undefined {
  if (typeof value === "number") return scaled(value);
  if (typeof value !== "string" || value.length > 40) return undefined;
  const text = value.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return scaled(Number(text));
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)$/.test(text)) return undefined;
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? undefined : parsed;
}

function scaled(number: number): number | undefined {
  if (!Number.isFinite(number)) return undefined;
  if (number >= leastMicroseconds) return Math.floor(number / 1_000);
  return number >= leastMilliseconds ? Math.floor(number) : Math.floor(number * 1_000);
}
