import { type Connection, messengerRules } from "@svyazka/core";

const bot = { ru: "Бот", en: "Bot" };
const byWebhook = { setting: "delivery", is: ["webhook"] };

export const settings = {
  token: {
    type: "secret",
    group: bot,
    required: true,
    placeholder: "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11",
    label: { ru: "Токен бота", en: "Token of the bot" },
    hint: { ru: "Его выдаёт @BotFather по команде /newbot.", en: "@BotFather gives it on /newbot." },
  },
  delivery: {
    type: "choice",
    group: bot,
    default: "polling",
    options: {
      polling: { ru: "Хаб спрашивает Telegram сам: адрес в интернете не нужен", en: "The hub asks Telegram: no public address is needed" },
      webhook: { ru: "Telegram присылает на адрес хаба (HTTPS)", en: "Telegram sends to the hub's address (HTTPS)" },
    },
    label: { ru: "Как приходят сообщения", en: "How messages come" },
    hint: {
      ru: "Бот отдаёт сообщения только одной программе: прежняя перестанет их получать.",
      en: "A bot gives its messages to one program only: the one before will not get them any more.",
    },
  },
  address: {
    type: "text",
    advanced: true,
    default: "https://api.telegram.org",
    pattern: /^https?:\/\/[^\s/?#]+\S*$/,
    label: { ru: "Адрес Bot API", en: "Address of the Bot API" },
    hint: { ru: "Другой — для собственного сервера Bot API.", en: "Another one is for a Bot API server of one's own." },
  },
  hook_secret: {
    type: "secret",
    group: bot,
    when: byWebhook,
    generated: true,
    door: true,
    label: { ru: "Ключ адреса вебхука", en: "Key in the address of the webhook" },
  },
  // Not `kept`: Telegram sends it with each update, so the journal has it taken out, and a stored request is received again without it.
  secret_token: {
    type: "secret",
    group: bot,
    when: byWebhook,
    generated: true,
    label: { ru: "Секрет вебхука (secret_token)", en: "Secret of the webhook (secret_token)" },
  },
  ...messengerRules,
} as const;

/** One bot. */
export type BotConnection = Connection<typeof settings>;
