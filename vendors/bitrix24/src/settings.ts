import type { Connection } from "@svyazka/core";

const portal = { ru: "Портал Битрикс24", en: "Bitrix24 portal" };
const rules = { ru: "Как вести", en: "How to keep it" };
const telephony = { ru: "Телефония", en: "Telephony" };
const chats = { ru: "Открытые линии", en: "Open lines" };
const asApplication = { setting: "sign_in", is: ["application"] };

/** A portal of Bitrix24 as a CRM: in the cloud or in a box, let in by a webhook or as a local application. */
export const settings = {
  domain: {
    type: "text",
    group: portal,
    required: true,
    pattern: /^(https?:\/\/)?[\p{L}\d-]+(\.[\p{L}\d-]+)*(:\d{1,5})?\/?$/iu,
    placeholder: "romashka.bitrix24.ru",
    label: { ru: "Адрес портала", en: "Address of the portal" },
    hint: {
      ru: "Для коробки — её собственный адрес, при необходимости с http:// и портом.",
      en: "Of a box, its own address; with http:// and a port where it needs them.",
    },
  },
  sign_in: {
    type: "choice",
    group: portal,
    default: "webhook",
    options: {
      webhook: { ru: "Входящий вебхук", en: "An incoming webhook" },
      application: { ru: "Локальное приложение", en: "A local application" },
    },
    label: { ru: "Как войти", en: "How to sign in" },
    hint: {
      ru: "Вебхуком можно вести контакты, сделки, задачи и заявки; звонки становятся комментариями. Карточка звонка, запись и статистика телефонии, звонок по клику, события портала и открытые линии — только у приложения: так устроен Битрикс24.",
      en: "A webhook is enough for contacts, deals, tasks and leads; calls become comments. The card of a call, recordings in the portal's telephony, click-to-call, the portal's events and open lines are for applications only: Bitrix24 has it so.",
    },
  },
  webhook: {
    type: "secret",
    group: portal,
    when: { setting: "sign_in", is: ["webhook"] },
    label: { ru: "Адрес вебхука", en: "Address of the webhook" },
    hint: {
      ru: "Целиком: https://romashka.bitrix24.ru/rest/1/…/. Права вебхука: CRM (crm), Пользователи (user), Задачи (task).",
      en: "The whole of it: https://romashka.bitrix24.ru/rest/1/…/. Permissions of the webhook: CRM (crm), Users (user), Tasks (task).",
    },
  },
  client_id: {
    type: "text",
    group: portal,
    when: asApplication,
    pattern: /^[\w.-]{5,100}$/,
    placeholder: "local.5c8bb1b0891cf2.87252039",
    label: { ru: "Код приложения (client_id)", en: "Application's code (client_id)" },
  },
  client_secret: {
    type: "secret",
    group: portal,
    when: asApplication,
    label: { ru: "Ключ приложения (client_secret)", en: "Application's key (client_secret)" },
  },
  application_token: {
    type: "secret",
    group: portal,
    advanced: true,
    label: { ru: "Токен событий (application_token)", en: "Token of events (application_token)" },
    hint: {
      ru: "Если указан, события с другим токеном не принимаются. Исходящий вебхук показывает его в портале.",
      en: "When given, events with another one are not taken. An outgoing webhook shows it in the portal.",
    },
  },
  auth_server: {
    type: "text",
    group: portal,
    when: asApplication,
    advanced: true,
    default: "https://oauth.bitrix24.tech",
    pattern: /^https?:\/\/[^\s/?#]+\/?$/,
    label: { ru: "Сервер авторизации", en: "Authorization server" },
  },
  hook_secret: {
    type: "secret",
    group: portal,
    generated: true,
    door: true,
    // It stands in addresses that a person copies into the portal.
    public: true,
    label: { ru: "Ключ входящих адресов", en: "Key of the inbound addresses" },
  },
  // Everybody in the portal who opens the application sees the address of its page, and nobody that of its events.
  event_secret: {
    type: "secret",
    group: portal,
    generated: true,
    door: true,
    public: true,
    label: { ru: "Ключ адреса событий", en: "Key of the events' address" },
  },
  plan: {
    type: "choice",
    group: portal,
    default: "standard",
    options: {
      standard: { ru: "Облако: 2 запроса в секунду, 50 подряд", en: "Cloud: 2 requests a second, 50 at once" },
      enterprise: { ru: "Облако, тариф «Энтерпрайз»: 5 в секунду, 250 подряд", en: "Cloud, Enterprise: 5 a second, 250 at once" },
      box: { ru: "Коробка: без ограничений", en: "Box: no limit" },
    },
    label: { ru: "Ограничения портала", en: "Limits of the portal" },
  },
  new_as: {
    type: "choice",
    group: rules,
    default: "auto",
    options: {
      auto: {
        ru: "Как в портале: лид, если лиды включены, иначе сделка",
        en: "As the portal has it: a lead where leads are used, else a deal",
      },
      deals: { ru: "Сделка", en: "A deal" },
      leads: { ru: "Лид", en: "A lead" },
    },
    label: { ru: "Чем становится новая заявка", en: "What a new request becomes" },
  },
  tags_field: {
    type: "text",
    group: rules,
    advanced: true,
    pattern: /^UF_CRM_[A-Z0-9_]{1,50}$/i,
    placeholder: "UF_CRM_TAGS",
    label: { ru: "Поле для тегов", en: "Field for tags" },
    hint: {
      ru: "Множественное поле типа «строка» у контактов, сделок и лидов. Без него теги пишутся в комментарий: своих тегов в CRM Битрикс24 нет.",
      en: "A multiple field of type string, of contacts, deals and leads. Without it tags are written into a comment: the CRM of Bitrix24 has no tags.",
    },
  },
  offline_events: {
    type: "flag",
    group: rules,
    when: asApplication,
    advanced: true,
    default: false,
    label: { ru: "Очередь событий", en: "Queue of events" },
    hint: {
      ru: "Портал хранит изменения, пока мы их не забрали: для хаба за NAT. Приложение должен установить администратор.",
      en: "The portal keeps changes until we have fetched them: for a hub behind a NAT. An administrator has to install the application.",
    },
  },
  call_card: {
    type: "flag",
    group: telephony,
    when: asApplication,
    default: true,
    label: { ru: "Показывать карточку звонка", en: "Show the card of a call" },
  },
  duty_user: {
    type: "text",
    group: telephony,
    when: asApplication,
    pattern: /^\d{1,10}$/,
    picks: "user",
    label: { ru: "На кого записывать звонок, который никто не взял", en: "Whose a call is that nobody took" },
    hint: {
      ru: "Без этого — на ответственного за контакт, иначе на владельца доступа.",
      en: "Without it, whoever is responsible for the contact; else the owner of the access.",
    },
  },
  click_to_call: {
    type: "text",
    group: telephony,
    when: asApplication,
    picks: "connection",
    label: { ru: "Чем звонить по клику в портале", en: "What calls when somebody clicks on a phone in the portal" },
    hint: {
      ru: "Подключение телефонии. В портале выберите исходящим номером линию приложения.",
      en: "A connection of telephony. In the portal choose the application's line as the outgoing number.",
    },
  },
  line_number: {
    type: "text",
    group: telephony,
    when: asApplication,
    advanced: true,
    pattern: /^[\d+*#]{1,30}$/,
    placeholder: "+74951234567",
    label: { ru: "Номер линии для звонков по клику", en: "Number of the line for calls by click" },
  },
  open_lines: {
    type: "flag",
    group: chats,
    when: asApplication,
    default: false,
    label: { ru: "Показывать переписку в открытых линиях", en: "Show conversations in open lines" },
  },
  line_queue: {
    type: "list",
    group: chats,
    when: { setting: "open_lines", is: [true] },
    default: [],
    picks: "user",
    label: { ru: "Кто отвечает в новых линиях", en: "Who answers in new lines" },
  },
} as const;

export type PortalConnection = Connection<typeof settings>;
