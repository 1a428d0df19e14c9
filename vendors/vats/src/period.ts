import { type Fields, historyPeriods, readTime } from "./protocol.ts";

const dayMs = 86_400_000;

/** The time a question about past calls is about: `period`, or `start` and `end`; the current day without either. Weeks begin on Monday. */
export function periodOf(sent: Fields, now: Date, timeZone: string): { since: Date; until: Date } {
  const start = readTime(sent["start"] ?? "");
  if (start) return { since: start, until: readTime(sent["end"] ?? "") ?? now };
  const today = dayStart(now, timeZone);
  const days = (count: number) => dayStart(new Date(today.getTime() + count * dayMs + dayMs / 2), timeZone);
  const { year, month, day, weekday } = partsOf(now, timeZone);
  const week = days(-weekday);
  const monthStart = days(1 - day);
  const lastMonth = dayStart(new Date(Date.UTC(year, month - 2, 1, 12)), timeZone);
  const until = now;
  switch (historyPeriods.find((known) => known === sent["period"]?.trim().toLowerCase())) {
    case "yesterday":
      return { since: days(-1), until: today };
    case "this_week":
      return { since: week, until };
    case "last_week":
      return { since: days(-weekday - 7), until: week };
    case "this_month":
      return { since: monthStart, until };
    case "last_month":
      return { since: lastMonth, until: monthStart };
    default:
      return { since: today, until };
  }
}

/** Midnight of this day in this zone. */
function dayStart(moment: Date, timeZone: string): Date {
  const { year, month, day, offsetMs } = partsOf(moment, timeZone);
  return new Date(Date.UTC(year, month - 1, day) - offsetMs);
}

function partsOf(moment: Date, timeZone: string) {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(moment);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value ?? 0);
  const [year, month, day] = [part("year"), part("month"), part("day")];
  const wall = Date.UTC(year, month - 1, day, part("hour"), part("minute"), part("second"));
  return { year, month, day, weekday: (new Date(wall).getUTCDay() + 6) % 7, offsetMs: wall - Math.floor(moment.getTime() / 1000) * 1000 };
}
