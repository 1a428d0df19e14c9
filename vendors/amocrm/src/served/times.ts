/** Unix seconds and our moments. */

export const seconds = (moment: Date): number => Math.floor(moment.getTime() / 1000);
export const moment = (at: number): Date => new Date(at * 1000);

const formats = new Map<string, Intl.DateTimeFormat>();

/** The clock of a time zone at this moment, as if it were UTC: milliseconds. */
function wallClock(at: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      ...{ timeZone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit" },
      ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
    });
    formats.set(timeZone, format);
  }
  const of = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(of["year"] ?? 0, (of["month"] ?? 1) - 1, of["day"] ?? 1, of["hour"] ?? 0, of["minute"] ?? 0, of["second"] ?? 0);
}

/** The first second of a day (`YYYY-MM-DD`) in a time zone: how amoCRM shows a date. */
export function midnight(day: string, timeZone: string): number {
  const utc = Date.parse(`${day}T00:00:00Z`);
  // Twice, since the difference may be another one on the other side of a change of clocks.
  const near = utc - (wallClock(utc, timeZone) - utc);
  return Math.floor((utc - (wallClock(near, timeZone) - near)) / 1000);
}

/** The day that a moment falls on in a time zone. */
export const dayOf = (at: number, timeZone: string): string => new Date(wallClock(at * 1000, timeZone)).toISOString().slice(0, 10);
