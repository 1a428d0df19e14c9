import type { CallOutcome, KnownCall, Workspace } from "@svyazka/core";

/** What the adapter writes into a portal for people. */

const outcomes: Readonly<Record<CallOutcome, { readonly ru: string; readonly en: string }>> = {
  answered: { ru: "состоялся", en: "answered" },
  missed: { ru: "пропущен", en: "missed" },
  cancelled: { ru: "отменён", en: "cancelled" },
  busy: { ru: "занято", en: "busy" },
  unavailable: { ru: "не дозвонились", en: "no answer" },
  not_allowed: { ru: "запрещён", en: "not allowed" },
  not_found: { ru: "неверный номер", en: "wrong number" },
};

/** A call in words, where the portal has no telephony of ours. */
export function callText({ language, timeZone }: Workspace, call: KnownCall, recording: string | undefined): string {
  const isRussian = language === "ru";
  const { direction, outcome, client, startedAt, talkSeconds, durationSeconds, rating } = call;
  const kind = isRussian
    ? direction === "in"
      ? "Входящий звонок"
      : "Исходящий звонок"
    : direction === "in"
      ? "Incoming call"
      : "Outgoing call";
  const seconds = Math.round(talkSeconds ?? durationSeconds ?? 0);
  const lines = [
    `${kind} ${client.e164 ?? client.typed}: ${outcome === undefined ? "?" : outcomes[outcome][language]}`,
    ...(startedAt
      ? [new Intl.DateTimeFormat(isRussian ? "ru-RU" : "en-GB", { timeZone, dateStyle: "short", timeStyle: "short" }).format(startedAt)]
      : []),
    ...(outcome === "answered" && seconds > 0
      ? [`${isRussian ? "Разговор" : "Talk"}: ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`]
      : []),
    ...(rating !== undefined ? [`${isRussian ? "Оценка" : "Rating"}: ${rating}`] : []),
    ...(recording !== undefined ? [`${isRussian ? "Запись" : "Recording"}: ${recording}`] : []),
  ];
  return lines.join("\n");
}
