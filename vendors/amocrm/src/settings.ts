import type { Connection } from "@svyazka/core";
import { chatsHost, hookNames } from "./protocol.ts";

const integration = { ru: "Интеграция", en: "Integration" };
const hook = { ru: "Вебхук", en: "Webhook" };
const account = { ru: "Аккаунт amoCRM", en: "Account at amoCRM" };
const rules = { ru: "Как вести", en: "How to keep it" };
const asAccount = { setting: "side", is: ["account"] };
const asIntegration = { setting: "side", is: ["integration"] };
const channel = { ru: "Канал чатов", en: "Chat channel" };
const asChannel = { setting: "side", is: ["channel"] };
const chats = { ru: "Чаты amoCRM", en: "Chats of amoCRM" };
const asHook = { setting: "side", is: ["hook"] };

/**
 * One declaration for all sides. `account` is an account at amoCRM that we work with as with every CRM. `integration` is a program that was written for amoCRM and works with our CRM in its place; `hook` is an address that such a
 * program wants to be told at: it makes that one itself.
 */
export const settings = {
  side: {
    type: "choice",
    default: "integration",
    options: {
      account: { ru: "Аккаунт amoCRM — CRM, в которую мы пишем", en: "An account at amoCRM: a CRM that we write to" },
      integration: { ru: "Программа для amoCRM работает с нашей CRM", en: "A program for amoCRM, working with our CRM" },
      channel: {
        ru: "Канал чатов: мессенджер, написанный для amoCRM, пишет в нашу CRM",
        en: "A chat channel: a messenger written for amoCRM, writing to our CRM",
      },
      hook: { ru: "Вебхук такой программы", en: "A webhook of such a program" },
    },
    label: { ru: "Сторона", en: "Side" },
  },
  domain: {
    type: "text",
    group: account,
    when: asAccount,
    required: true,
    pattern: /^(https?:\/\/)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?\/?$/i,
    placeholder: "romashka.amocrm.ru",
    label: { ru: "Адрес аккаунта", en: "Address of the account" },
  },
  sign_in: {
    type: "choice",
    group: account,
    when: asAccount,
    default: "token",
    options: {
      token: { ru: "Долгосрочный токен", en: "A long-lived token" },
      oauth: { ru: "Согласие администратора (OAuth)", en: "An administrator's consent (OAuth)" },
    },
    label: { ru: "Как войти", en: "How to sign in" },
    hint: {
      ru: "Долгосрочный токен выдаёт частная интеграция в разделе «Ключи и доступы». С OAuth токены обновляются сами.",
      en: "A private integration gives a long-lived token under “Keys and scopes”. With OAuth tokens are renewed by themselves.",
    },
  },
  long_lived_token: {
    type: "secret",
    group: account,
    when: { setting: "sign_in", is: ["token"] },
    label: { ru: "Долгосрочный токен", en: "Long-lived token" },
  },
  integration_id: {
    type: "text",
    group: account,
    when: { setting: "sign_in", is: ["oauth"] },
    placeholder: "00000000-0000-0000-0000-000000000000",
    pattern: /^[0-9a-f-]{36}$/i,
    label: { ru: "ID интеграции", en: "Integration id" },
  },
  integration_secret: {
    type: "secret",
    group: account,
    when: { setting: "sign_in", is: ["oauth"] },
    label: { ru: "Секретный ключ интеграции", en: "Secret key of the integration" },
  },
  own_redirect_uri: {
    type: "text",
    group: account,
    when: { setting: "sign_in", is: ["oauth"] },
    advanced: true,
    pattern: /^https?:\/\/[^\s/?#]+\S*$/,
    label: { ru: "Другая ссылка для перенаправления", en: "Another redirect address" },
    hint: {
      ru: "Если интеграция уже заведена с другой ссылкой: код авторизации тогда вводится ниже.",
      en: "When the integration has another one already: the authorization code is then entered below.",
    },
  },
  code: {
    type: "secret",
    group: account,
    when: { setting: "sign_in", is: ["oauth"] },
    advanced: true,
    label: { ru: "Код авторизации", en: "Authorization code" },
    hint: {
      ru: "Действует 20 минут и один раз. Не нужен, если войти по ссылке.",
      en: "Good for 20 minutes, once. Not needed when you sign in by the link.",
    },
  },
  hook_secret: {
    type: "secret",
    group: account,
    when: asAccount,
    generated: true,
    door: true,
    // It stands in the redirect address, which a person copies.
    public: true,
    label: { ru: "Ключ вебхуков", en: "Key of the webhooks" },
  },
  chat_channel_id: {
    type: "text",
    group: chats,
    when: asAccount,
    pattern: /^[0-9a-f-]{36}$/i,
    placeholder: "00000000-0000-0000-0000-000000000000",
    label: { ru: "ID канала чатов", en: "Id of the chat channel" },
    hint: {
      ru: "Канал чатов выдаёт поддержка amoCRM. С ним переписка видна в amoCRM, и отвечать можно оттуда.",
      en: "amoCRM's support gives out chat channels. With one, conversations are seen in amoCRM, and answered from there.",
    },
  },
  chat_channel_secret: {
    type: "secret",
    group: chats,
    when: asAccount,
    label: { ru: "Секрет канала чатов", en: "Secret of the chat channel" },
  },
  chat_bot_id: {
    type: "text",
    group: chats,
    when: asAccount,
    advanced: true,
    pattern: /^[0-9a-f-]{36}$/i,
    label: { ru: "ID бота канала", en: "Id of the channel's bot" },
    hint: {
      ru: "Автор сообщений, которые написаны не в amoCRM и не её пользователем.",
      en: "The author of messages that were written elsewhere, by nobody who works in amoCRM.",
    },
  },
  chats_host: {
    type: "text",
    group: chats,
    when: asAccount,
    advanced: true,
    default: chatsHost,
    pattern: /^https?:\/\/[^\s/?#]+$/,
    label: { ru: "Адрес чатов", en: "Address of the chats" },
    hint: { ru: "У Kommo — https://amojo.kommo.com.", en: "At Kommo: https://amojo.kommo.com." },
  },
  leads_as: {
    type: "choice",
    group: rules,
    when: asAccount,
    default: "deals",
    options: {
      deals: { ru: "Сделки", en: "Deals" },
      unsorted: { ru: "Неразобранное", en: "Unsorted leads" },
    },
    label: { ru: "Новые заявки становятся", en: "New leads become" },
    hint: {
      ru: "Заявки, для которых указан этап, всегда становятся сделками на этом этапе.",
      en: "Leads that are to be in a certain stage are always deals in that stage.",
    },
  },
  inn_field: {
    type: "text",
    group: rules,
    when: asAccount,
    advanced: true,
    label: { ru: "Поле компании с ИНН", en: "Field of companies with the taxpayer's number" },
    hint: {
      ru: "Id или код поля. Без него — поле с кодом или названием ИНН, или реквизиты.",
      en: "Its id or code. Without it: the field whose code or name is INN, or the legal details.",
    },
  },
  description: {
    type: "text",
    group: integration,
    when: asIntegration,
    required: true,
    label: { ru: "Описание", en: "Description" },
    hint: { ru: "Что делает интеграция: показывается тому, кто даёт доступ.", en: "What it does: shown to whoever gives access." },
  },
  redirect_uri: {
    type: "text",
    group: integration,
    when: asIntegration,
    required: true,
    pattern: /^https?:\/\/[^\s/?#]+\S*$/,
    placeholder: "https://example.com/callback",
    label: { ru: "Ссылка для перенаправления", en: "Redirect address" },
    hint: { ru: "Сюда вернётся человек с кодом авторизации.", en: "Where the person comes back with the authorization code." },
  },
  picture: {
    type: "text",
    group: integration,
    when: asIntegration,
    required: true,
    picture: true,
    pattern: /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]{16,700000}$/,
    label: { ru: "Картинка", en: "Picture" },
    hint: { ru: "PNG, JPEG, GIF или WebP до 500 КБ.", en: "PNG, JPEG, GIF or WebP, up to 500 KB." },
  },
  disable_uri: {
    type: "text",
    group: integration,
    when: asIntegration,
    advanced: true,
    pattern: /^https?:\/\/[^\s/?#]+\S*$/,
    placeholder: "https://example.com/disabled",
    label: { ru: "Хук об отключении", en: "Hook for switching it off" },
    hint: {
      ru: "Вызывается, когда доступ отозван или интеграция отключена: GET с account_id, client_uuid и signature.",
      en: "Called when a grant is ended or the integration is switched off: GET with account_id, client_uuid and signature.",
    },
  },
  requests_per_second: {
    type: "number",
    when: { setting: "side", is: ["account", "integration", "channel"] },
    advanced: true,
    default: 7,
    min: 0,
    max: 1_000,
    label: { ru: "Запросов в секунду", en: "Requests per second" },
    hint: { ru: "Как в amoCRM — 7. 0 — без ограничения.", en: "As amoCRM has it: 7. 0 is no limit." },
  },
  client_id: {
    type: "secret",
    group: integration,
    when: asIntegration,
    generated: true,
    shape: "uuid",
    door: true,
    public: true,
    label: { ru: "ID интеграции", en: "Integration id" },
  },
  client_secret: {
    type: "secret",
    // Of a webhook: what its requests are signed with.
    when: { setting: "side", is: ["integration", "hook"] },
    generated: true,
    kept: true,
    label: { ru: "Секретный ключ", en: "Secret key" },
  },
  hook_uri: {
    type: "text",
    group: channel,
    when: asChannel,
    required: true,
    pattern: /^https?:\/\/[^\s/?#]+\S*$/,
    placeholder: "https://example.com/hooks/:scope_id",
    label: { ru: "Адрес для исходящих сообщений", en: "Address for outgoing messages" },
    hint: {
      ru: "Сюда уходит то, что пишут наши сотрудники. :scope_id заменяется на идентификатор подключения.",
      en: "What our people write goes there. :scope_id stands for the id of the connected account.",
    },
  },
  origin: {
    type: "text",
    group: channel,
    when: asChannel,
    default: "custom",
    pattern: /^[\w.-]{1,64}$/,
    placeholder: "whatsapp",
    label: { ru: "Мессенджер", en: "Messenger" },
    hint: { ru: "Как называть канал в беседах: telegram, whatsapp, …", en: "What conversations say they came by: telegram, whatsapp, …" },
  },
  channel_id: {
    type: "secret",
    group: channel,
    when: asChannel,
    generated: true,
    shape: "uuid",
    door: true,
    public: true,
    label: { ru: "ID канала", en: "Channel id" },
  },
  channel_secret: {
    type: "secret",
    group: channel,
    when: asChannel,
    generated: true,
    kept: true,
    label: { ru: "Секрет канала", en: "Channel secret" },
  },
  bot_id: {
    type: "secret",
    group: channel,
    when: asChannel,
    generated: true,
    shape: "uuid",
    public: true,
    label: { ru: "ID бота канала", en: "Id of the channel's bot" },
    hint: {
      ru: "Для сообщений, автор которых неизвестен: sender.ref_id.",
      en: "For messages whose author is not known: sender.ref_id.",
    },
  },
  destination: {
    type: "text",
    group: hook,
    when: asHook,
    required: true,
    pattern: /^https?:\/\/[^\s/?#]+\S*$/,
    label: { ru: "Адрес", en: "Address" },
  },
  events: {
    type: "list",
    group: hook,
    when: asHook,
    options: Object.fromEntries([...hookNames].map((name) => [name, { ru: name, en: name }])),
    default: [],
    label: { ru: "События", en: "Events" },
  },
  sort: { type: "number", group: hook, when: asHook, advanced: true, default: 0, label: { ru: "Порядок", en: "Order" } },
  created_by: {
    type: "number",
    group: hook,
    when: asHook,
    advanced: true,
    default: 0,
    label: { ru: "Кто подписал", en: "Who subscribed" },
  },
} as const;

/** A connection of this vendor, whichever side it is. */
export type Integration = Connection<typeof settings>;
