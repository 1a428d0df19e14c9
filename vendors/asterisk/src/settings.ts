import type { CallHandling, Connection, TelephonyUser } from "@svyazka/core";

export const settings = {
  url: {
    type: "text",
    required: true,
    pattern: /^https?:\/\/[^\s/?#]+\/?$/,
    label: { ru: "Адрес ARI", en: "Address of ARI" },
    hint: { ru: "Например: http://127.0.0.1:8088", en: "For instance http://127.0.0.1:8088" },
  },
  username: { type: "text", required: true, label: { ru: "Пользователь (ari.conf)", en: "User (ari.conf)" } },
  password: { type: "secret", required: true, kept: true, label: { ru: "Пароль (ari.conf)", en: "Password (ari.conf)" } },
  app: {
    type: "text",
    default: "svyazka",
    pattern: /^[\w-]{1,40}$/,
    label: { ru: "Имя приложения Stasis", en: "Name of the Stasis application" },
    hint: { ru: "То же, что в extensions.conf.", en: "The same as in extensions.conf." },
  },
  endpoint: {
    type: "text",
    default: "PJSIP/{account}",
    pattern: /\{account\}/,
    label: { ru: "Как звонить сотруднику", en: "How to ring an employee" },
  },
  trunk: {
    type: "text",
    default: "PJSIP/{phone}@trunk",
    pattern: /\{phone\}/,
    label: { ru: "Как звонить клиенту", en: "How to dial a client" },
  },
  caller_id: { type: "text", label: { ru: "Номер, который увидит клиент", en: "The number a client sees" } },
  accounts: {
    type: "list",
    default: [],
    label: { ru: "Сотрудники", en: "Employees" },
    hint: { ru: "учётная запись:имя:почта. Пусто — все из pjsip.conf.", en: "account:name:e-mail. Empty means all of pjsip.conf." },
  },
  group: {
    type: "list",
    default: [],
    label: { ru: "Кому звонить, если ответственного нет", en: "Whom to ring when nobody is responsible" },
    hint: { ru: "Пусто — всем сразу.", en: "Empty means everybody at once." },
  },
  ring_seconds: { type: "number", default: 30, min: 5, max: 300, label: { ru: "Ждать ответа, секунд", en: "Ring for, seconds" } },
  route_seconds: {
    type: "number",
    default: 2,
    min: 1,
    max: 5,
    label: { ru: "Искать звонящего, секунд", en: "Look for the caller for, seconds" },
  },
  max_call_minutes: {
    type: "number",
    default: 240,
    min: 1,
    max: 1440,
    label: { ru: "Разговор не дольше, минут", en: "A conversation lasts no longer than, minutes" },
  },
  record: { type: "flag", default: true, label: { ru: "Записывать разговоры", en: "Record conversations" } },
  unknown_caller: {
    type: "choice",
    default: "deal",
    options: {
      nothing: { ru: "Ничего не создавать", en: "Make nothing" },
      contact: { ru: "Создать контакт", en: "Make a contact" },
      deal: { ru: "Создать контакт и сделку", en: "Make a contact and a deal" },
    },
    label: { ru: "Звонок с незнакомого номера", en: "A call from an unknown number" },
  },
  pipeline: { type: "text", label: { ru: "Воронка (id)", en: "Pipeline (id)" } },
  stage: { type: "text", label: { ru: "Этап (id)", en: "Stage (id)" } },
  responsible: { type: "list", default: [], label: { ru: "Ответственные за пропущенные (id)", en: "Responsible for missed calls (ids)" } },
  missed_task_minutes: {
    type: "number",
    default: 60,
    min: 0,
    max: 10_080,
    label: { ru: "Перезвонить за, минут", en: "Call back within, minutes" },
  },
  recording_days: { type: "number", default: 180, min: 0, max: 3650, label: { ru: "Хранить записи, дней", en: "Keep recordings, days" } },
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
