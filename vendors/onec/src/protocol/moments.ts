import type { Found } from "./numbers.ts";
import { cutText, readText } from "./text.ts";

/** 1C's empty date, as its JSON writer puts it. */
const emptyDate = "0001-01-01T00:00:00";

/**
 * A moment as the JSON writer of 1C puts it: without a zone, therefore in that of its base (`timeZone`, an IANA name); an offset or `Z` is honoured.
 * The empty date is none. A time that a clock skips is read as an hour later, one that it repeats as the first. Source: onec.md §6.
 * Throws `RangeError` for a zone that is none.
 */
export function readMoment(value: unknown, timeZone: string): Found<Date> {
  const text = readText(value);
  if (text === undefined && (value === null || value === undefined || value === "")) return { value: undefined };
  if (text?.startsWith(emptyDate)) return { value: undefined };
  const [, day, time = "00:00:00", fraction = "", zone] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?)?$/.exec(text ?? "") ?? [];
  const written = `${day}T${time}`;
  const wall = Date.parse(`${written}Z`);
  // The 30th of February is rolled over to March by some parsers.
  if (day === undefined || Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 19) !== written) return unreadable(value);
  const milliseconds = Number(fraction.slice(1, 4).padEnd(3, "0"));
  const moment = zone === undefined ? wall - offsetAtWall(wall, timeZone) : Date.parse(`${written}${zone}`);
  return Number.isNaN(moment) ? unreadable(value) : { value: new Date(moment + milliseconds) };
}

const unreadable = (value: unknown): Found<never> => ({
  value: undefined,
  warning: `Не дата: «${cutText(String(value), 60)}». Ожидается дата вида 2024-12-31T23:59:59`,
});

/** Milliseconds that the clock on the wall is ahead of UTC when it shows `wall`. */
function offsetAtWall(wall: number, timeZone: string): number {
  const dayMs = 86_400_000;
  const before = offsetAt(wall - dayMs, timeZone);
  const after = offsetAt(wall + dayMs, timeZone);
  if (before === after) return before;
  // Repeated: the first. Skipped: neither fits, and the clock had been set forward by then.
  return offsetAt(wall - before, timeZone) === before ? before : offsetAt(wall - after, timeZone) === after ? after : before;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** From the clock's own figures: there is no other way to a zone without `Temporal`, which Node 24 lacks. */
function offsetAt(instant: number, timeZone: string): number {
  let clock = clocks.get(timeZone);
  if (!clock) {
    const figures = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
    clock = new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", ...figures });
    clocks.set(timeZone, clock);
  }
  const parts = Object.fromEntries(clock.formatToParts(instant).map(({ type, value }) => [type, value]));
  const { year = "", month = "", day = "", hour = "", minute = "", second = "" } = parts;
  return Date.parse(`${year.padStart(4, "0")}-${month}-${day}T${hour}:${minute}:${second}Z`) - Math.floor(instant / 1000) * 1000;
}
