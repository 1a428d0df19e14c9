import { type Connection, messengerRules } from "@svyazka/core";
import { defaultUrl } from "./client.ts";

const account = { ru: "Аккаунт Touch-API", en: "Account at Touch-API" };
const service = { ru: "Ключ подключения", en: "Key for connecting" };
const asAccount = { setting: "side", is: ["account"] };
const asService = { setting: "side", is: ["service"] };

/** `account` is one account of a messenger; `service` is a key by which a program connects accounts to CRMs: `POST /crm/connect`. */
export const settings = {
  side: {
    type: "choice",
    default: "account",
    options: {
      account: { ru: "Аккаунт мессенджера", en: "An account of a messenger" },
      service: { ru: "Ключ, по которому программа подключает аккаунты", en: "A key by which a program connects accounts" },
    },
    label: { ru: "Сторона", en: "Side" },
  },
  source: {
    type: "text",
    group: account,
    when: asAccount,
    required: true,
    pattern: /^[a-z][a-z0-9_-]{0,63}$/,
    placeholder: "whatsapp",
    label: { ru: "Мессенджер (source)", en: "Messenger (source)" },
    hint: { ru: "whatsapp, telegram, max, vk, instagram, viber, …", en: "whatsapp, telegram, max, vk, instagram, viber, …" },
  },
  login: { type: "text", group: account, when: asAccount, required: true, label: { ru: "Логин (login)", en: "Login" } },
  token: { type: "secret", group: account, when: asAccount, label: { ru: "Токен (token)", en: "Token" } },
  account_name: {
    type: "text",
    group: account,
    when: asAccount,
    label: { ru: "Название источника", en: "Name of the source" },
    hint: {
      ru: "Так канал называется в CRM. Без него — «телефон (мессенджер)».",
      en: "What the CRM calls the channel. Without it: “phone (messenger)”.",
    },
  },
  is_main: {
    type: "flag",
    group: account,
    when: asAccount,
    advanced: true,
    default: false,
    label: { ru: "Основной", en: "Main one" },
    hint: {
      ru: "Им пишут первыми, когда канал не выбран.",
      en: "The one to write first by when nobody has said which.",
    },
  },
  crms: {
    type: "list",
    group: account,
    when: asAccount,
    advanced: true,
    default: [],
    label: { ru: "Подключён к CRM", en: "Connected to CRMs" },
    hint: {
      ru: "Вид и адрес: amocrm romashka.amocrm.ru. Пусто — ко всем CRM компании.",
      en: "Kind and address: amocrm romashka.amocrm.ru. Empty: to every CRM of the company.",
    },
  },
  address: {
    type: "text",
    advanced: true,
    default: defaultUrl,
    pattern: /^https?:\/\/[^\s/?#]+\S*$/,
    label: { ru: "Адрес API", en: "Address of the API" },
  },
  is_rehearsal: {
    type: "flag",
    when: asAccount,
    advanced: true,
    default: false,
    label: { ru: "Пробный", en: "To try it" },
    hint: {
      ru: "Наружу ничего не уходит, Touch-API не спрашивают: чтобы попробовать переписку.",
      en: "Nothing leaves the hub, and Touch-API is not asked: for trying conversations.",
    },
  },
  requests_per_second: {
    type: "number",
    when: asAccount,
    advanced: true,
    default: 20,
    min: 0,
    max: 1_000,
    label: { ru: "Запросов в секунду", en: "Requests per second" },
    hint: {
      ru: "Предел Touch-API не описан. Меньше — бережнее к номеру. 0 — без ограничения.",
      en: "What Touch-API allows is not documented. Fewer are kinder to the number. 0 is no limit.",
    },
  },
  hook_secret: {
    type: "secret",
    group: account,
    when: asAccount,
    generated: true,
    door: true,
    label: { ru: "Ключ вебхука", en: "Key of the webhook" },
  },
  account_uuid: {
    type: "secret",
    group: account,
    when: asAccount,
    generated: true,
    shape: "uuid",
    public: true,
    label: { ru: "UUID аккаунта", en: "UUID of the account" },
  },
  api_key: {
    type: "secret",
    group: service,
    when: asService,
    generated: true,
    door: true,
    label: { ru: "Ключ API (X-Api-Key)", en: "API key (X-Api-Key)" },
  },
  domains: {
    type: "list",
    group: service,
    when: asService,
    default: [],
    label: { ru: "Домены (Referer)", en: "Domains (Referer)" },
    hint: {
      ru: "С каких доменов принимать запросы: поддомены считаются. Без доменов ключ не действует.",
      en: "From which domains requests are taken, their subdomains included. Without any the key is good for nothing.",
    },
  },
  ...messengerRules,
} as const;

/** A connection of this vendor, whichever side it is. */
export type TouchConnection = Connection<typeof settings>;
