import { type Connection, messengerRules } from "@svyazka/core";
import { graphVersion } from "./client.ts";

const number = { ru: "Номер WhatsApp", en: "Number of WhatsApp" };
const hooks = { ru: "Вебхук в приложении Meta", en: "Webhook in Meta's app" };

export const settings = {
  phone_number_id: {
    type: "text",
    group: number,
    required: true,
    pattern: /^\d{5,30}$/,
    placeholder: "106540352242922",
    label: { ru: "ID номера (Phone number ID)", en: "Phone number ID" },
    hint: {
      ru: "Не сам номер: приложение → WhatsApp → API Setup.",
      en: "Not the number itself: the app → WhatsApp → API Setup.",
    },
  },
  waba_id: {
    type: "text",
    group: number,
    required: true,
    pattern: /^\d{5,30}$/,
    placeholder: "102290129340398",
    label: { ru: "ID аккаунта WhatsApp Business", en: "WhatsApp Business Account ID" },
    hint: { ru: "Там же. По нему находятся шаблоны.", en: "In the same place. Templates are found by it." },
  },
  access_token: {
    type: "secret",
    group: number,
    required: true,
    label: { ru: "Токен системного пользователя", en: "Token of a system user" },
    hint: {
      ru: "Бессрочный, с правами whatsapp_business_messaging и whatsapp_business_management.",
      en: "That does not run out, with whatsapp_business_messaging and whatsapp_business_management.",
    },
  },
  app_secret: {
    type: "secret",
    group: hooks,
    required: true,
    // Meta signs with it, and sends it to nobody.
    kept: true,
    label: { ru: "Секрет приложения (App secret)", en: "App secret" },
    hint: { ru: "Приложение → Settings → Basic.", en: "The app → Settings → Basic." },
  },
  verify_token: {
    type: "secret",
    group: hooks,
    generated: true,
    label: { ru: "Маркер подтверждения (Verify token)", en: "Verify token" },
  },
  hook_secret: {
    type: "secret",
    group: hooks,
    generated: true,
    door: true,
    label: { ru: "Ключ адреса вебхука", en: "Key in the address of the webhook" },
  },
  address: {
    type: "text",
    advanced: true,
    default: "https://graph.facebook.com",
    pattern: /^https?:\/\/[^\s/?#]+\S*$/,
    label: { ru: "Адрес Graph API", en: "Address of the Graph API" },
  },
  version: {
    type: "text",
    advanced: true,
    default: graphVersion,
    pattern: /^v\d{1,3}\.\d{1,2}$/,
    label: { ru: "Версия Graph API", en: "Version of the Graph API" },
  },
  ...messengerRules,
} as const;

/** One number of the company. */
export type NumberConnection = Connection<typeof settings>;
