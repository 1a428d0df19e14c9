import type { Connection, Settings } from "@svyazka/core";

const leads = { ru: "Что делать с заявкой", en: "What becomes of a lead" };
const guard = { ru: "Защита от спама", en: "Against spam" };
const consent = { ru: "Согласие", en: "Consent" };
const services = { ru: "Лид-формы VK и Google", en: "Lead forms of VK and Google" };

/** What the owner of a form may set. */
export const settings = {
  public_token: {
    type: "secret",
    generated: true,
    door: true,
    public: true,
    label: { ru: "Публичный токен (public_token)", en: "Public token (public_token)" },
    hint: {
      ru: "Стоит в коде сайта. Им можно только создавать заявки и читать списки воронок и полей.",
      en: "Stands in the code of the site. It can only create leads and read the lists of pipelines and fields.",
    },
  },
  secret_token: {
    type: "secret",
    generated: true,
    label: { ru: "Секретный токен (secret_token)", en: "Secret token (secret_token)" },
    hint: {
      ru: "Нужен для списка сотрудников. Никогда не ставьте его в код сайта.",
      en: "Opens the list of users. Never put it into the code of a site.",
    },
  },
  signing_key: {
    type: "secret",
    advanced: true,
    generated: true,
    kept: true,
    label: { ru: "Ключ подписи", en: "Signing key" },
    hint: {
      ru: "Подписывает время показа формы, защита от роботов.",
      en: "Signs the time at which a form was shown: a defence against robots.",
    },
  },
  origins: {
    type: "list",
    group: guard,
    placeholder: "https://example.ru",
    default: [],
    label: { ru: "Разрешённые сайты", en: "Allowed sites" },
    hint: {
      ru: "Например: https://example.ru, *.example.ru. Пусто — любые. Заявка с другого сайта не принимается, но видна в журнале.",
      en: "For instance: https://example.ru, *.example.ru. Empty means any. A lead from another site is refused, and visible in the journal.",
    },
  },
  rate_per_ip: rate({ ru: "Заявок в минуту с одного IP", en: "Leads per minute from one IP" }),
  rate_per_token: rate({ ru: "Заявок в минуту всего", en: "Leads per minute in all" }),
  rate_per_phone: rate({ ru: "Заявок в минуту с одного телефона", en: "Leads per minute from one phone" }),
  repeat: {
    type: "choice",
    group: leads,
    default: "append",
    options: {
      new: { ru: "Всегда новая сделка", en: "Always a new deal" },
      append: { ru: "Примечание и задача в открытую сделку", en: "A note and a task on the open deal" },
      reopen: { ru: "Открыть закрытую сделку снова", en: "Reopen the closed deal" },
    },
    label: { ru: "Повторная заявка", en: "When the person is known" },
  },
  repeat_days: {
    type: "number",
    group: leads,
    when: { setting: "repeat", is: ["append", "reopen"] },
    default: 30,
    min: 1,
    max: 3650,
    label: { ru: "Сделка не старше, дней", en: "The deal is no older than, days" },
  },
  pipeline: {
    type: "text",
    group: leads,
    picks: "pipeline",
    label: { ru: "Воронка (id)", en: "Pipeline (id)" },
    hint: { ru: "Пусто — основная.", en: "Empty means the main one." },
  },
  stage: {
    type: "text",
    group: leads,
    picks: "stage",
    label: { ru: "Этап (id)", en: "Stage (id)" },
    hint: { ru: "Пусто — первый этап воронки.", en: "Empty means the pipeline's first stage." },
  },
  responsible: {
    type: "list",
    group: leads,
    picks: "user",
    default: [],
    label: { ru: "Ответственные (id)", en: "Responsible users (ids)" },
    hint: {
      ru: "Несколько — по очереди. У известного контакта ответственный остаётся прежним.",
      en: "Several take turns. A known contact keeps its own.",
    },
  },
  country: {
    type: "text",
    group: leads,
    advanced: true,
    placeholder: "RU",
    pattern: /^[A-Z]{2}$/,
    label: { ru: "Страна телефонов без кода (RU, BY, KZ…)", en: "Country of phones without a code (RU, BY, KZ…)" },
    hint: { ru: "Пусто — страна компании.", en: "Empty means the workspace's country." },
  },
  consent_version: {
    type: "text",
    group: consent,
    label: { ru: "Версия согласия", en: "Version of the consent text" },
    hint: {
      ru: "Сохраняется в заявке вместе с галочками, временем и IP (152-ФЗ).",
      en: "Kept with the lead, beside the ticks, the time and the IP.",
    },
  },
  consent_text: { type: "text", group: consent, label: { ru: "Текст согласия", en: "Consent text" } },
  spam_check: {
    type: "flag",
    group: guard,
    default: true,
    label: { ru: "Проверять на спам", en: "Look for spam" },
    hint: {
      ru: "Подозрительные заявки ждут решения человека, отправитель видит успех.",
      en: "Suspects wait for a person; the sender sees success.",
    },
  },
  russian_form: {
    type: "flag",
    group: guard,
    when: { setting: "spam_check", is: [true] },
    default: false,
    label: { ru: "Форма на русском: текст без кириллицы подозрителен", en: "The form is Russian: text without Cyrillic is suspicious" },
  },
  vk_confirmation: {
    type: "text",
    group: services,
    label: { ru: "VK: строка подтверждения", en: "VK: confirmation string" },
    hint: {
      ru: "Управление → Работа с API → Callback API: «Строка, которую должен вернуть сервер».",
      en: "Manage → API usage → Callback API: “String to be returned”.",
    },
  },
  vk_secret: {
    type: "secret",
    group: services,
    label: { ru: "VK: секретный ключ", en: "VK: secret key" },
    hint: { ru: "Пусто — не проверяется.", en: "Empty means unchecked." },
  },
  google_key: {
    type: "secret",
    group: services,
    label: { ru: "Google Ads: ключ вебхука", en: "Google Ads: webhook key" },
    hint: { ru: "Пусто — не проверяется.", en: "Empty means unchecked." },
  },
} as const satisfies Settings;

function rate<const L extends { ru: string; en: string }>(label: L) {
  return {
    type: "number",
    group: guard,
    advanced: true,
    default: 0,
    min: 0,
    max: 100_000,
    label,
    hint: { ru: "0 — без ограничения.", en: "0 means no limit." },
  } as const;
}

/** One configured form (or site), as its adapter sees it. */
export type Site = Connection<typeof settings>;

/** The country that phones without a code are read in. */
export const countryOf = (site: Site): string => site.settings.country || site.workspace.country;

/** A sentence in the language of the company it is for. */
export const say = (site: Site, ru: string, en: string): string => (site.workspace.language === "ru" ? ru : en);
