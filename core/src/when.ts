/**
 * Reads a moment as people and programs write it: ISO 8601, `YYYY-MM-DD[ HH:mm[:ss]]` or `DD.MM.YYYY[ HH:mm[:ss]]`, in the given zone unless it has an offset.
 * A date alone means the end of that day: a task for today is not late this morning; or, when told so, its start. Undefined when it is not a date. Answers ISO 8601
 * with offset.
 */
export function readWhen(text: string, timeZone: string, dateAlone: "end" | "start" = "end"): string | undefined {
  const found =
    /^(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)(?:[T ](?<h>\d\d):(?<i>\d\d)(?::(?<s>\d\d)(?:[.,]\d+)?)?\s?(?<z>Z|[+-]\d\d:?\d\d)?)?$/i.exec(text) ??
    /^(?<d>\d\d?)\.(?<m>\d\d?)\.(?<y>\d{4})(?:,?\s+(?<h>\d\d?):(?<i>\d\d)(?::(?<s>\d\d))?)?$/.exec(text);
  const [hour, minute, second] = dateAlone === "end" ? ["23", "59", "59"] : ["00", "00", "00"];
  const { y, m, d, h = hour, i = minute, s = found?.groups?.["h"] === undefined ? second : "00", z } = found?.groups ?? {};
  if (y === undefined) return undefined;
  const parts = [y, m, d, h, i, s].map(Number);
  const wall = Date.UTC(parts[0] ?? 0, (parts[1] ?? 0) - 1, parts[2], parts[3], parts[4], parts[5]);
  const written = wallText(wall);
  // 31.02 and 25:00 roll over in Date.UTC: what comes out differs from what went in.
  if (written !== wallText(Number.NaN, parts)) return undefined;
  if (z !== undefined) return `${written}${offsetText(readOffset(z))}`;
  const offset = offsetAt(wall, timeZone);
  return `${written}${offsetText(offset)}`;
}

/** The last second of the day that it is there now: ISO 8601 with offset. */
export function endOfDay(now: Date, timeZone: string): string {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(now);
  return readWhen(today, timeZone) ?? now.toISOString();
}

const two = (number: number): string => String(number).padStart(2, "0");

function wallText(wall: number, parts?: readonly number[]): string {
  const date = new Date(wall);
  const [y = 0, m = 0, d = 0, h = 0, i = 0, s = 0] = parts ?? [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ];
  return `${String(y).padStart(4, "0")}-${two(m)}-${two(d)}T${two(h)}:${two(i)}:${two(s)}`;
}

const readOffset = (text: string): number => {
  if (text.toUpperCase() === "Z") return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return text.startsWith("-") ? -minutes : minutes;
};

const offsetText = (minutes: number): string =>
  `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;

/** Minutes east of UTC on a wall clock in a zone. The second look settles hours beside a change of clocks. */
function offsetAt(wall: number, timeZone: string): number {
  const guess = zoneOffset(wall, timeZone);
  return zoneOffset(wall - guess * 60_000, timeZone);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function zoneOffset(instant: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
    formats.set(timeZone, format);
  }
  const name = format.formatToParts(instant).find((part) => part.type === "timeZoneName")?.value ?? "GMT";
  return name.length > 3 ? readOffset(name.slice(3)) : 0;
}
