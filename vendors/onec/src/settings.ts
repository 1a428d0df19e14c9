import type { Connection } from "@svyazka/core";

const door = { ru: "Приём из 1С", en: "What 1C sends" };
const base = { ru: "База 1С", en: "The base of 1C" };
const rules = { ru: "Что передавать", en: "What is brought there" };
const stages = { ru: "Этапы сделки", en: "Stages of the deal" };
const fields = { ru: "Поля сделки", en: "Fields of the deal" };
const hours = { ru: "Когда база открыта", en: "When the base is open" };
const asDoor = { setting: "side", is: ["door"] };
const asBase = { setting: "side", is: ["base"] };

const stage = (ru: string, en: string) => ({ type: "text", group: stages, when: asDoor, picks: "stage", label: { ru, en } }) as const;
const field = (ru: string, en: string) =>
  ({
    type: "text",
    group: fields,
    when: asDoor,
    advanced: true,
    label: { ru, en },
    hint: { ru: "Код поля сделки; пусто — не записывать", en: "The code of a field of deals; empty: not written" },
  }) as const;

/** One declaration for both sides: `door` is where 1C calls us, one for all bases of a company; `base` is one base that we call. A base that presents itself at the door makes its own. */
export const settings = {
  side: {
    type: "choice",
    default: "door",
    options: {
      door: { ru: "1С обращается к нам", en: "1C calls us" },
      base: { ru: "База 1С, к которой обращаемся мы", en: "A base of 1C that we call" },
    },
    label: { ru: "Сторона", en: "Side" },
  },
  approve: {
    type: "choice",
    group: door,
    when: asDoor,
    default: "person",
    options: {
      person: { ru: "Подтверждает человек", en: "A person approves" },
      auto: { ru: "Сразу (только в закрытой сети)", en: "At once (in a closed network only)" },
    },
    label: { ru: "Новые базы и новые адреса", en: "New bases and new addresses" },
    hint: {
      ru: "База, которая пришла по секретному адресу или с логином и паролем хаба, подтверждена сразу.",
      en: "A base that came by the secret address, or with the login and password of the hub, is approved at once.",
    },
  },
  open: {
    type: "flag",
    group: door,
    when: asDoor,
    default: true,
    label: { ru: "Принимать и без секретного адреса", en: "Take calls without the secret address, too" },
    hint: { ru: "Тогда вызовы узнаются только по key.", en: "Such calls are known by their key alone." },
  },
  basic: {
    type: "choice",
    group: door,
    when: asDoor,
    default: "optional",
    advanced: true,
    options: {
      optional: { ru: "Только для публикации обработчиков", en: "For the publishing of handlers only" },
      required: { ru: "Для каждого вызова", en: "For every call" },
    },
    label: { ru: "Логин и пароль хаба (Basic)", en: "Login and password of the hub (Basic)" },
  },
  key: {
    type: "text",
    group: door,
    when: asDoor,
    advanced: true,
    // Short numbers are those of workspaces.
    pattern: /^(?!\d{1,6}$)[\w.-]{1,64}$/,
    placeholder: "28805383",
    label: { ru: "Ещё один key", en: "Another key" },
    hint: {
      ru: "Номер аккаунта amoCRM, если 1С уже настроена на него. Номер компании в хабе принимается всегда.",
      en: "The number of the account at amoCRM, where 1C is set up with it. The number of the company in the hub is always taken.",
    },
  },
  allowed_ips: {
    type: "list",
    group: door,
    when: asDoor,
    default: [],
    advanced: true,
    label: { ru: "Адреса, с которых принимать", en: "Addresses to take calls from" },
    hint: { ru: "Пусто — с любых", en: "Empty: from any" },
  },
  per_minute: {
    type: "number",
    group: door,
    when: asDoor,
    default: 0,
    min: 0,
    max: 1_000_000,
    advanced: true,
    label: { ru: "Вызовов в минуту с одного адреса", en: "Calls a minute from one address" },
    hint: { ru: "0 — без ограничения", en: "0: no limit" },
  },
  new_order_stage: stage("Новый заказ из 1С", "A new order from 1C"),
  stage_part_payment: stage("Частичная оплата", "Paid in part"),
  stage_payment: stage("Оплата", "Paid"),
  stage_part_shipment: stage("Частичная отгрузка", "Shipped in part"),
  stage_shipment: stage("Отгрузка", "Shipped"),
  stage_cancel_order: stage("Аннулирование", "Cancelled"),
  late_days: {
    type: "number",
    group: stages,
    when: asDoor,
    default: 3,
    min: 0,
    max: 365,
    label: { ru: "Через сколько дней спросить о долге", en: "Days after which to ask for money that is owed" },
    hint: { ru: "0 — не спрашивать", en: "0: never" },
  },
  paid_field: field("Оплачено", "Paid"),
  debt_field: field("Долг", "Owed"),
  shipped_field: field("Отгружено", "Shipped"),
  number_field: field("Номер заказа", "Number of the order"),
  crm_wins: {
    type: "list",
    when: asDoor,
    default: ["phone", "email", "responsible"],
    options: {
      name: { ru: "Название", en: "Name" },
      inn: { ru: "ИНН", en: "INN" },
      kpp: { ru: "КПП", en: "KPP" },
      phone: { ru: "Телефон", en: "Phone" },
      email: { ru: "E-mail", en: "E-mail" },
      responsible: { ru: "Ответственный", en: "Responsible" },
      budget: { ru: "Сумма заказа", en: "Sum of the order" },
      fields: { ru: "Остальные поля", en: "Other fields" },
    },
    label: { ru: "Где главная CRM", en: "Where the CRM is the master" },
    hint: {
      ru: "В этих полях 1С заполняет только пустое, в остальных — заменяет.",
      en: "There 1C fills in what is empty; elsewhere it takes the place of what is there.",
    },
  },
  default_user: {
    type: "text",
    picks: "user",
    label: { ru: "Ответственный, если он не указан", en: "Responsible when nobody is named" },
  },
  door: { type: "text", when: asBase, advanced: true, picks: "connection", label: { ru: "Приём", en: "The door" } },
  id_base: { type: "text", group: base, when: asBase, required: true, label: { ru: "id_base", en: "id_base" } },
  known_key: {
    type: "text",
    group: base,
    when: asBase,
    advanced: true,
    label: { ru: "key, который знает база", en: "The key that the base knows" },
    hint: { ru: "Пусто — номер компании в хабе", en: "Empty: the number of the company in the hub" },
  },
  web_address: {
    type: "text",
    group: base,
    when: asBase,
    pattern: /^https?:\/\/\S+$/,
    placeholder: "http://server/base/hs/amo",
    label: { ru: "Адрес обработчиков", en: "Address of the handlers" },
    hint: { ru: "Пусто: база только сообщает сама", en: "Empty: the base only speaks by itself" },
  },
  exchange: {
    type: "flag",
    group: base,
    when: asBase,
    default: false,
    advanced: true,
    label: { ru: "Обмен с сайтом (CommerceML): база приходит сама", en: "Site exchange (CommerceML): the base comes by itself" },
  },
  url_address: { type: "text", group: base, when: asBase, label: { ru: "Адрес сервера 1С", en: "Address of the server" } },
  login: { type: "text", group: base, when: asBase, label: { ru: "Логин", en: "Login" } },
  password: { type: "secret", group: base, when: asBase, label: { ru: "Пароль", en: "Password" } },
  sessions: {
    type: "number",
    group: base,
    when: asBase,
    default: 1,
    min: 1,
    max: 4,
    label: { ru: "Запросов одновременно", en: "Requests at once" },
    hint: { ru: "Каждый занимает лицензию 1С", en: "Each takes a licence of 1C" },
  },
  open_from: { type: "text", group: hours, when: asBase, pattern: /^\d{1,2}:\d{2}$/, placeholder: "08:00", label: { ru: "С", en: "From" } },
  open_until: {
    type: "text",
    group: hours,
    when: asBase,
    pattern: /^\d{1,2}:\d{2}$/,
    placeholder: "20:00",
    label: { ru: "До", en: "Until" },
  },
  clients: {
    type: "choice",
    group: rules,
    when: asBase,
    default: "linked",
    options: {
      linked: { ru: "Обновлять тех, кто уже связан с 1С", en: "Keep up to date those who are linked already" },
      all: { ru: "Заводить и обновлять всех", en: "Make and keep up to date everybody" },
      none: { ru: "Не передавать", en: "Bring none" },
    },
    label: { ru: "Контрагенты", en: "Counterparties" },
  },
  order_stages: {
    type: "list",
    group: rules,
    when: asBase,
    default: [],
    picks: "stage",
    label: { ru: "Создать заказ, когда сделка дошла до этапа", en: "Make an order when a deal reaches one of these stages" },
  },
  contact_key: {
    type: "choice",
    group: rules,
    when: asBase,
    default: "company",
    advanced: true,
    options: {
      company: { ru: "company, как в документе", en: "company, as the document has it" },
      contact: { ru: "contact", en: "contact" },
    },
    label: { ru: "Под каким ключом передавать контакт", en: "The key that a contact is sent under" },
  },
  table_as: {
    type: "choice",
    group: rules,
    when: asBase,
    default: "row",
    advanced: true,
    options: { row: { ru: "По одной строке", en: "A row at a time" }, array: { ru: "Массивом", en: "As an array" } },
    label: { ru: "Таблица полей", en: "The table of fields" },
  },
  time_zone: {
    type: "text",
    when: asBase,
    advanced: true,
    placeholder: "Europe/Moscow",
    label: { ru: "Часовой пояс базы", en: "Time zone of the base" },
  },
  pending: { type: "flag", when: asBase, advanced: true, default: false, label: { ru: "Ждёт подтверждения", en: "Waits for approval" } },
  path_secret: { type: "secret", generated: true, door: true, when: asDoor, label: { ru: "Секретный адрес", en: "Secret address" } },
  basic_login: { type: "secret", generated: true, public: true, when: asDoor, label: { ru: "Логин хаба", en: "Login of the hub" } },
  basic_password: { type: "secret", generated: true, when: asDoor, label: { ru: "Пароль хаба", en: "Password of the hub" } },
} as const;

/** One of either side. */
export type OneC = Connection<typeof settings>;
