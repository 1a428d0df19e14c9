import type { CallHandling, Connection, TelephonyUser } from "@svyazka/core";

const calls = { ru: "Что делать со звонком", en: "What becomes of a call" };
const ringing = { ru: "Как звонить", en: "How to ring" };

export const settings = {
  url: {
    type: "text",
    placeholder: "http://127.0.0.1:8088",
    required: true,
    pattern: /^https?:\/\/[^\s/?#]+\/?$/,
    label: { ru: "Адрес ARI", en: "Address of ARI" },
    hint: { ru: "Например: http://127.0.0.1:8088", en: "For instance http://127.0.0.1:8088" },
  },
  username: { type: "text", required: true, label: { ru: "Пользователь (ari.conf)", en: "User (ari.conf)" } },
  password: { type: "secret", required: true, kept: true, label: { ru: "Пароль (ari.conf)", en: "Password (ari.conf)" } },
  app: {
    type: "text",
    advanced: true,
    default: "svyazka",
    pattern: /^[\w-]{1,40}$/,
    label: { ru: "Имя приложения Stasis", en: "Name of the Stasis application" },
    hint: { ru: "То же, что в extensions.conf.", en: "The same as in extensions.conf." },
  },
  endpoint: {
    type: "text",
    group: ringing,
    advanced: true,
    default: "PJSIP/{account}",
    pattern: /\{account\}/,
    label: { ru: "Как звонить сотруднику", en: "How to ring an employee" },
  },
  trunk: {
    type: "text",
    group: ringing,
    advanced: true,
    default: "PJSIP/{phone}@trunk",
    pattern: /\{phone\}/,
    label: { ru: "Как звонить клиенту", en: "How to dial a client" },
  },
  caller_id: { type: "text", group: ringing, label: { ru: "Номер, который увидит клиент", en: "The number a client sees" } },
  accounts: {
    type: "list",
    group: ringing,
    default: [],
    label: { ru: "Сотрудники", en: "Employees" },
    hint: { ru: "учётная запись:имя:почта. Пусто — все из pjsip.conf.", en: "account:name:e-mail. Empty means all of pjsip.conf." },
  },
  group: {
    type: "list",
    group: ringing,
    default: [],
    label: { ru: "Кому звонить, если ответственного нет", en: "Whom to ring when nobody is responsible" },
    hint: { ru: "Пусто — всем сразу.", en: "Empty means everybody at once." },
  },
  ring_seconds: {
    type: "number",
    group: ringing,
    default: 30,
    min: 5,
    max: 300,
    label: { ru: "Ждать ответа, секунд", en: "Ring for, seconds" },
  },
  route_seconds: {
    type: "number",
    group: ringing,
    advanced: true,
    default: 2,
    min: 1,
    max: 5,
    label: { ru: "Искать звонящего, секунд", en: "Look for the caller for, seconds" },
  },
  max_call_minutes: {
    type: "number",
    group: ringing,
    advanced: true,
    default: 240,
    min: 1,
    max: 1440,
    label: { ru: "Разговор не дольше, минут", en: "A conversation lasts no longer than, minutes" },
  },
  record: { type: "flag", group: calls, default: true, label: { ru: "Записывать разговоры", en: "Record conversations" } },
  unknown_caller: {
    type: "choice",
    group: calls,
    default: "deal",
    options: {
      nothing: { ru: "Ничего не создавать", en: "Make nothing" },
      contact: { ru: "Создать контакт", en: "Make a contact" },
      deal: { ru: "Создать контакт и сделку", en: "Make a contact and a deal" },
    },
    label: { ru: "Звонок с незнакомого номера", en: "A call from an unknown number" },
  },
  pipeline: {
    type: "text",
    group: calls,
    picks: "pipeline",
    when: { setting: "unknown_caller", is: ["deal"] },
    label: { ru: "Воронка (id)", en: "Pipeline (id)" },
  },
  stage: {
    type: "text",
    group: calls,
    picks: "stage",
    when: { setting: "unknown_caller", is: ["deal"] },
    label: { ru: "Этап (id)", en: "Stage (id)" },
  },
  responsible: {
    type: "list",
    group: calls,
    picks: "user",
    default: [],
    label: { ru: "Ответственные за пропущенные (id)", en: "Responsible for missed calls (ids)" },
  },
  missed_task_minutes: {
    type: "number",
    group: calls,
    default: 60,
    min: 0,
    max: 10_080,
    label: { ru: "Перезвонить за, минут", en: "Call back within, minutes" },
  },
  recording_days: {
    type: "number",
    group: calls,
    default: 180,
    min: 0,
    max: 3650,
    label: { ru: "Хранить записи, дней", en: "Keep recordings, days" },
  },
} as const;

export type Exchange = Connection<typeof settings>;

/** How calls of this exchange are handled, as its owner set it up. */
export function handlingOf({ settings }: Exchange): CallHandling {
  const { pipeline, stage } = settings;
  return {
    unknownCaller: settings.unknown_caller,
    responsible: settings.responsible,
    missedTaskMinutes: settings.missed_task_minutes,
    recordingDays: settings.recording_days,
    ...(pipeline !== undefined && pipeline !== "" && { pipeline }),
    ...(stage !== undefined && stage !== "" && { stage }),
  };
}

/** Those a person typed in: `account:name:e-mail`. */
export const typedUsers = ({ settings }: Exchange): TelephonyUser[] =>
  settings.accounts.flatMap((text) => {
    const [account = "", name = "", email = ""] = text.split(":").map((part) => part.trim());
    return account === "" ? [] : [{ account, name: name === "" ? account : name, extension: account, ...(email !== "" && { email }) }];
  });
