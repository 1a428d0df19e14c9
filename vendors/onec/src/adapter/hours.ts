/** Seconds until the base opens; 0 while it is open, or always is. `from` and `until` are `HH:MM` in `timeZone`; a night may lie between them. */
export function secondsUntilOpen(now: Date, from: string | undefined, until: string | undefined, timeZone: string): number {
  const [opens, shuts] = [minutesOf(from), minutesOf(until)];
  if (opens === undefined || shuts === undefined || opens === shuts) return 0;
  const minute = minuteOfDay(now, timeZone);
  const isOpen = opens < shuts ? minute >= opens && minute < shuts : minute >= opens || minute < shuts;
  return isOpen ? 0 : ((opens - minute + 1_440) % 1_440) * 60 - now.getUTCSeconds();
}

function minutesOf(text: string | undefined): number | undefined {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(text ?? "") ?? [];
  const minutes = Number(hour) * 60 + Number(minute);
  return Number.isNaN(minutes) || minutes > 1_440 ? undefined : minutes % 1_440;
}

function minuteOfDay(now: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(now);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return of("hour") * 60 + of("minute");
}
