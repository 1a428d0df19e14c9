import type { Settings, SettingValues } from "./settings.ts";

const group = { ru: "Как вести переписку", en: "How to keep conversations" };
const off = { ru: "Нерабочее время", en: "Out of hours" };
const days = {
  mon: { ru: "понедельник", en: "Monday" },
  tue: { ru: "вторник", en: "Tuesday" },
  wed: { ru: "среда", en: "Wednesday" },
  thu: { ru: "четверг", en: "Thursday" },
  fri: { ru: "пятница", en: "Friday" },
  sat: { ru: "суббота", en: "Saturday" },
  sun: { ru: "воскресенье", en: "Sunday" },
} as const;
const time = /^([01]?\d|2[0-3]):[0-5]\d$/;

/** What every channel of messages lets a company choose, whichever vendor's it is. */
export const messengerRules = {
  first_message: {
    type: "choice",
    group,
    default: "incoming",
    options: {
      incoming: { ru: "Контакт и сделка в «Неразобранном»", en: "A contact, and a deal that nobody has taken yet" },
      deal: { ru: "Контакт и сделка в работе", en: "A contact, and a deal in work" },
      contact: { ru: "Только контакт", en: "A contact only" },
      nothing: { ru: "Ничего", en: "Nothing" },
    },
    label: { ru: "Новый собеседник становится", en: "Somebody new becomes" },
    hint: {
      ru: "Если CRM сама показывает чаты, карточки создаёт она.",
      en: "A CRM that shows chats by itself makes the records itself, too.",
    },
  },
  pipeline: {
    type: "text",
    group,
    picks: "pipeline",
    label: { ru: "Воронка", en: "Pipeline" },
    hint: { ru: "Без неё — основная.", en: "Without it, the default one." },
  },
  responsible: {
    type: "list",
    group,
    default: [],
    picks: "user",
    label: { ru: "Ответственные", en: "Responsible" },
    hint: {
      ru: "Новые собеседники достаются им по очереди; знакомые — своему ответственному. Без них отвечает тот, кто ответит первым.",
      en: "They take turns with whoever is new; whoever is known stays with theirs. Without them, whoever answers first.",
    },
  },
  file_days: {
    type: "number",
    group,
    advanced: true,
    default: 1_095,
    min: 1,
    max: 3_650,
    label: { ru: "Хранить файлы, дней", en: "Keep files for days" },
  },
  off_hours_text: {
    type: "text",
    group: off,
    label: { ru: "Автоответ", en: "Answer by itself" },
    hint: {
      ru: "Отправляется один раз за нерабочий период. Пусто — не отвечать.",
      en: "Sent once in each period out of hours. Empty: no answer.",
    },
  },
  work_days: {
    type: "list",
    group: off,
    default: ["mon", "tue", "wed", "thu", "fri"],
    options: days,
    label: { ru: "Рабочие дни", en: "Days of work" },
  },
  work_from: { type: "text", group: off, default: "09:00", pattern: time, placeholder: "09:00", label: { ru: "С", en: "From" } },
  work_to: { type: "text", group: off, default: "18:00", pattern: time, placeholder: "18:00", label: { ru: "До", en: "To" } },
} as const satisfies Settings;

export type MessengerRules = SettingValues<typeof messengerRules>;

/** What a connection's settings say, whatever else they say; undefined when it is no channel of that kind. */
export const readMessengerRules = (settings: Readonly<Record<string, unknown>>): MessengerRules | undefined =>
  typeof settings["first_message"] === "string" ? (settings as unknown as MessengerRules) : undefined;

const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

/**
 * Undefined while the company works, by its own clock; otherwise a name of the period out of hours, the same from its first minute to its last. Working hours may go past midnight.
 */
export function offHours({ work_days, work_from, work_to }: MessengerRules, now: Date, timeZone: string): string | undefined {
  const minutesOf = (text: string): number => Number(text.split(":")[0]) * 60 + Number(text.split(":")[1]);
  const [from, to] = [minutesOf(work_from), minutesOf(work_to)];
  const length = to > from ? to - from : to + 1_440 - from;
  const { date, day, minutes } = wallClock(now, timeZone);
  // The shift that began so many days ago, if that is a working day.
  const begun = (ago: number): boolean => work_days.includes(dayNames[(day - ago + 7) % 7] ?? "");
  for (const ago of [0, 1]) {
    const since = minutes + ago * 1_440 - from;
    if (begun(ago) && since >= 0 && since < length) return undefined;
  }
  // The period is named by the day on which the last shift began.
  for (let ago = 0; ago < 8; ago++)
    if (begun(ago) && minutes + ago * 1_440 - from >= 0) return `after ${new Date(date - ago * 86_400_000).toISOString().slice(0, 10)}`;
  return "always";
}

const formats = new Map<string, Intl.DateTimeFormat>();

function wallClock(now: Date, timeZone: string): { date: number; day: number; minutes: number } {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-CA", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
  const date = Date.UTC(parts["year"] ?? 1970, (parts["month"] ?? 1) - 1, parts["day"] ?? 1);
  return { date, day: new Date(date).getUTCDay(), minutes: (parts["hour"] ?? 0) * 60 + (parts["minute"] ?? 0) };
}
