import { openLine } from "./lines/open-lines.ts";
import type { Category, State, Status, User } from "./portal.ts";

/** The first day of a portal: an administrator, two colleagues and one who has left; two pipelines. */
export function firstDay(mode: 1 | 2): State {
  const users: [number, User][] = [
    [1, person(1, "Анна", "Орлова", { isAdmin: true, UF_PHONE_INNER: "101" })],
    [7, person(7, "Борис", "Лебедев", { UF_PHONE_INNER: "107" })],
    [9, person(9, "Вера", "Соколова", { UF_PHONE_INNER: "109" })],
    [11, person(11, "Глеб", "Воронов", { ACTIVE: false })],
  ];
  return {
    mode,
    users: new Map(users),
    statuses: firstStatuses(),
    categories: new Map<number, Category>([
      [0, { id: 0, name: "Общая", sort: 200, entityTypeId: 2, isDefault: "Y" }],
      [1, { id: 1, name: "Повторные продажи", sort: 300, entityTypeId: 2, isDefault: "N" }],
    ]),
    leads: new Map(),
    deals: new Map(),
    contacts: new Map(),
    companies: new Map(),
    userFields: [],
    calls: new Map(),
    externalLines: new Map(),
    comments: new Map(),
    logMessages: new Map(),
    activities: new Map(),
    tasks: new Map(),
    requisites: new Map(),
    connectors: new Map(),
    openLines: new Map([[1, openLine(1, {})]]),
    chats: new Map(),
    files: new Map(),
    bindings: [],
    offline: [],
  };
}

export const person = (id: number, name: string, lastName: string, more: Readonly<Record<string, unknown>> = {}): User => ({
  ID: String(id),
  XML_ID: String(id),
  ACTIVE: true,
  NAME: name,
  LAST_NAME: lastName,
  SECOND_NAME: "",
  TITLE: "",
  EMAIL: `user${id}@example.com`,
  LAST_LOGIN: "2026-11-01T09:00:00+03:00",
  DATE_REGISTER: "2025-01-10T00:00:00+03:00",
  TIME_ZONE: "",
  IS_ONLINE: "Y",
  TIME_ZONE_OFFSET: "0",
  TIMESTAMP_X: {},
  LAST_ACTIVITY_DATE: {},
  PERSONAL_GENDER: "",
  PERSONAL_WWW: "",
  PERSONAL_BIRTHDAY: "",
  PERSONAL_PHOTO: null,
  PERSONAL_MOBILE: `+7999000${String(id).padStart(4, "0")}`,
  PERSONAL_CITY: "",
  WORK_PHONE: `+7495000${String(id).padStart(4, "0")}`,
  WORK_POSITION: "",
  UF_EMPLOYMENT_DATE: "",
  UF_DEPARTMENT: [1],
  UF_PHONE_INNER: null,
  USER_TYPE: "employee",
  isAdmin: false,
  ...more,
});

type Draft = readonly [code: string, name: string, semantics?: "S" | "F" | "A"];

function firstStatuses(): Status[] {
  const dealStages: readonly Draft[] = [
    ["NEW", "Новая"],
    ["PREPARATION", "Подготовка документов"],
    ["PREPAYMENT_INVOICE", "Счёт на предоплату"],
    ["EXECUTING", "В работе"],
    ["FINAL_INVOICE", "Финальный счёт"],
    ["WON", "Сделка успешна", "S"],
    ["LOSE", "Сделка провалена", "F"],
    ["APOLOGY", "Анализ причины провала", "A"],
  ];
  const repeated: readonly Draft[] = [
    ["C1:NEW", "Новая"],
    ["C1:PREPARATION", "Подготовка документов"],
    ["C1:WON", "Сделка успешна", "S"],
    ["C1:LOSE", "Сделка провалена", "F"],
  ];
  const leads: readonly Draft[] = [
    ["NEW", "Не обработан"],
    ["IN_PROCESS", "В работе"],
    ["PROCESSED", "Обработан"],
    ["CONVERTED", "Качественный лид", "S"],
    ["JUNK", "Некачественный лид", "F"],
  ];
  const sources: readonly Draft[] = [
    ["CALL", "Звонок"],
    ["EMAIL", "Электронная почта"],
    ["WEB", "Веб-сайт"],
    ["ADVERTISING", "Реклама"],
    ["PARTNER", "Существующий клиент"],
    ["RECOMMENDATION", "По рекомендации"],
    ["TRADE_SHOW", "Выставка"],
    ["WEBFORM", "CRM-форма"],
    ["CALLBACK", "Обратный звонок"],
    ["OTHER", "Другое"],
  ];
  const rows = [
    ...leads.map((draft, index) => [index, "STATUS", null, draft] as const),
    ...sources.map((draft, index) => [index, "SOURCE", null, draft] as const),
    ...dealStages.map((draft, index) => [index, "DEAL_STAGE", null, draft] as const),
    ...repeated.map((draft, index) => [index, "DEAL_STAGE_1", "1", draft] as const),
  ];
  return rows.map(([index, entity, category, [code, name, semantics]], row) =>
    statusOf(101 + row, entity, category, code, name, semantics, index),
  );
}

export function statusOf(
  id: number,
  entity: string,
  category: string | null,
  code: string,
  name: string,
  semantics: "S" | "F" | "A" | undefined,
  index: number,
): Status {
  const colour = "#39A8EF";
  const isStage = entity !== "SOURCE";
  const told = { S: "success", F: "failure", A: "apology" };
  return {
    ID: String(id),
    ENTITY_ID: entity,
    STATUS_ID: code,
    NAME: name,
    NAME_INIT: name,
    SORT: String((index + 1) * 10),
    SYSTEM: code.includes("UC_") ? "N" : "Y",
    CATEGORY_ID: category,
    COLOR: isStage ? colour : "",
    SEMANTICS: semantics === undefined ? null : semantics === "A" ? "F" : semantics,
    EXTRA: { SEMANTICS: semantics === undefined ? "process" : told[semantics], COLOR: colour },
  };
}
