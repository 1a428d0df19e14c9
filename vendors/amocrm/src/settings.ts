import type { Connection } from "@svyazka/core";
import { hookNames } from "./protocol.ts";

const integration = { ru: "Интеграция", en: "Integration" };
const hook = { ru: "Вебхук", en: "Webhook" };
const asIntegration = { setting: "side", is: ["integration"] };
const asHook = { setting: "side", is: ["hook"] };

/**
 * One declaration for all sides. `integration` is a program that was written for amoCRM and works with our CRM in its place; `hook` is an address that such a
 * program wants to be told at: it makes that one itself.
 */
export const settings = {
  side: {
    type: "choice",
    default: "integration",
    options: {
      integration: { ru: "Программа для amoCRM работает с нашей CRM", en: "A program for amoCRM, working with our CRM" },
      hook: { ru: "Вебхук такой программы", en: "A webhook of such a program" },
    },
    label: { ru: "Сторона", en: "Side" },
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
  requests_per_second: {
    type: "number",
    group: integration,
    when: asIntegration,
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
    group: integration,
    when: asIntegration,
    generated: true,
    kept: true,
    label: { ru: "Секретный ключ", en: "Secret key" },
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

export type Integration = Connection<typeof settings>;
