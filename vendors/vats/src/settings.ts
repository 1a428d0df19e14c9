import type { CallHandling, Connection } from "@svyazka/core";
import type { Dialect } from "./protocol.ts";

const calls = { ru: "Что делать со звонком", en: "What becomes of a call" };
const theirs = { ru: "АТС оператора", en: "The PBX of the operator" };
const ours = { ru: "Наша АТС", en: "Our PBX" };
const asCrm = { setting: "side", is: ["crm"] };
const asPbx = { setting: "side", is: ["pbx"] };

/** One declaration for both sides: `crm` is a PBX somewhere that calls us, `pbx` is the PBX that we are. */
export const settings = {
  side: {
    type: "choice",
    default: "crm",
    options: {
      crm: { ru: "АТС оператора звонит в нашу CRM", en: "A PBX of an operator, calling our CRM" },
      pbx: { ru: "Мы — АТС для чужой CRM", en: "We are the PBX of somebody's CRM" },
    },
    label: { ru: "Сторона", en: "Side" },
  },
  dialect: {
    type: "choice",
    default: "seed",
    options: {
      seed: { ru: "Gravitel, первая версия (с авторизацией api_login)", en: "Gravitel, the first version (with api_login)" },
      classic: { ru: "Gravitel, МегаФон до 2022, Moldcell", en: "Gravitel, MegaFon until 2022, Moldcell" },
      v1: { ru: "МегаФон (crmapi/v1), Kcell", en: "MegaFon (crmapi/v1), Kcell" },
    },
    label: { ru: "Диалект протокола", en: "Dialect of the protocol" },
  },
  crm_token: {
    type: "secret",
    group: theirs,
    when: asCrm,
    generated: true,
    door: true,
    label: { ru: "Токен CRM (crm_token)", en: "CRM token (crm_token)" },
    hint: { ru: "С ним АТС обращается к нам: вводится в кабинете АТС.", en: "What the PBX shows us: typed into the PBX's cabinet." },
  },
  domain: {
    type: "text",
    placeholder: "company.megapbx.ru",
    group: theirs,
    when: asCrm,
    pattern: /^(https?:\/\/)?[^\s/?#]+(:\d+)?(\/in\/\d+)?\/?$/,
    label: { ru: "Адрес АТС", en: "Address of the PBX" },
    hint: {
      ru: "Например: company.megapbx.ru. Без него звонить по клику нельзя.",
      en: "For instance company.megapbx.ru. Without it there is no click-to-call.",
    },
  },
  login: { type: "text", group: theirs, when: asCrm, label: { ru: "Логин администратора АТС", en: "Login of the PBX's administrator" } },
  password: {
    type: "secret",
    group: theirs,
    when: asCrm,
    kept: true,
    label: { ru: "Пароль администратора АТС", en: "Password of the PBX's administrator" },
  },
  pbx_token: {
    type: "secret",
    group: theirs,
    when: asCrm,
    kept: true,
    label: { ru: "Ключ АТС", en: "Key of the PBX" },
    hint: { ru: "Для новых диалектов: создаётся в кабинете АТС.", en: "For the later dialects: made in the PBX's cabinet." },
  },
  crm_code: {
    type: "text",
    group: theirs,
    advanced: true,
    when: asCrm,
    default: "svyazka",
    label: { ru: "Код CRM (crm_code)", en: "CRM code (crm_code)" },
  },
  self_map: {
    type: "flag",
    group: theirs,
    advanced: true,
    when: asCrm,
    default: true,
    label: { ru: "Сотрудников сопоставляем мы (self_map)", en: "We map the users (self_map)" },
    hint: {
      ru: "Иначе их сопоставляет АТС, и вместо своих логинов присылает id сотрудников CRM.",
      en: "Otherwise the PBX does, and sends ids of CRM users in place of its own logins.",
    },
  },
  unknown_caller: {
    type: "choice",
    group: calls,
    default: "deal",
    options: {
      nothing: { ru: "Ничего не создавать", en: "Make nothing" },
      contact: { ru: "Создать контакт", en: "Make a contact" },
      deal: { ru: "Создать контакт и сделку", en: "Make a contact and a deal" },
    },
    label: { ru: "Звонок с незнакомого номера", en: "A call from an unknown number" },
  },
  pipeline: {
    type: "text",
    group: calls,
    picks: "pipeline",
    when: { setting: "unknown_caller", is: ["deal"] },
    label: { ru: "Воронка (id)", en: "Pipeline (id)" },
    hint: { ru: "Пусто — основная.", en: "Empty means the main one." },
  },
  stage: {
    type: "text",
    group: calls,
    picks: "stage",
    when: { setting: "unknown_caller", is: ["deal"] },
    label: { ru: "Этап (id)", en: "Stage (id)" },
    hint: { ru: "Пусто — первый этап.", en: "Empty means the first one." },
  },
  responsible: {
    type: "list",
    group: calls,
    picks: "user",
    default: [],
    label: { ru: "Ответственные за пропущенные (id)", en: "Responsible for missed calls (ids)" },
    hint: { ru: "Когда у клиента нет своего; несколько — по очереди.", en: "When the client has nobody; several take turns." },
  },
  missed_task_minutes: {
    type: "number",
    group: calls,
    default: 60,
    min: 0,
    max: 10_080,
    label: { ru: "Перезвонить за, минут", en: "Call back within, minutes" },
    hint: { ru: "0 — не ставить задачу.", en: "0 makes no task." },
  },
  recording_days: {
    type: "number",
    group: calls,
    default: 180,
    min: 0,
    max: 3650,
    label: { ru: "Хранить записи, дней", en: "Keep recordings, days" },
    hint: { ru: "0 — не копировать: записи остаются у АТС.", en: "0 copies none: they stay with the PBX." },
  },
  admin_login: {
    type: "secret",
    group: ours,
    when: asPbx,
    generated: true,
    door: true,
    label: { ru: "Логин нашей АТС", en: "Login of our PBX" },
  },
  admin_password: {
    type: "secret",
    group: ours,
    when: asPbx,
    generated: true,
    label: { ru: "Пароль нашей АТС", en: "Password of our PBX" },
  },
  api_key: {
    type: "secret",
    group: ours,
    when: asPbx,
    generated: true,
    door: true,
    label: { ru: "Ключ нашей АТС", en: "Key of our PBX" },
    hint: { ru: "Для новых диалектов: его вводят в CRM.", en: "For the later dialects: typed into the CRM." },
  },
  engine: {
    type: "text",
    picks: "connection",
    group: ours,
    when: asPbx,
    default: "simulated",
    label: { ru: "Чем звоним", en: "What makes the calls" },
    hint: {
      ru: "simulated — понарошку; иначе номер или вид подключения, которое умеет звонить.",
      en: "simulated plays them; otherwise the number or the vendor of a connection that can call.",
    },
  },
  accounts: {
    type: "list",
    group: ours,
    when: { setting: "engine", is: ["simulated"] },
    default: ["ivan:Иван Петров:101", "anna:Анна Смирнова:102", "petr:Пётр Иванов:103"],
    label: { ru: "Сотрудники игрушечной АТС", en: "Accounts of the simulated PBX" },
    hint: { ru: "логин:имя:внутренний номер", en: "login:name:extension" },
  },
  crm_url: {
    type: "text",
    group: ours,
    when: asPbx,
    label: { ru: "Адрес чужой CRM", en: "Address of the CRM" },
    hint: { ru: "Для новых диалектов, где CRM не входит сама.", en: "For the later dialects, in which the CRM does not log in." },
  },
  crm_users: {
    type: "list",
    group: ours,
    advanced: true,
    when: asPbx,
    default: [],
    label: { ru: "Сотрудники чужой CRM", en: "Users of the CRM" },
    hint: { ru: "логин=id в CRM, если сопоставляем мы и имена не совпали", en: "login=id in the CRM, where we map and the names differ" },
  },
  crm_key: { type: "secret", group: ours, when: asPbx, kept: true, label: { ru: "Токен чужой CRM", en: "Token of the CRM" } },
  links: {
    type: "choice",
    group: ours,
    advanced: true,
    when: asPbx,
    default: "join",
    options: { join: { ru: "Все через |", en: "All, joined by |" }, last: { ru: "Только последняя", en: "The last one only" } },
    label: { ru: "Несколько записей одного звонка", en: "Several recordings of a call" },
  },
  route_seconds: {
    type: "number",
    group: ours,
    advanced: true,
    when: asPbx,
    default: 2,
    min: 1,
    max: 5,
    label: { ru: "Ждать ответа CRM «кто звонит», секунд", en: "Wait for the CRM to say who is calling, seconds" },
  },
} as const;

export type Line = Connection<typeof settings>;

export const dialectOf = ({ settings }: Line): Dialect => settings.dialect;

/** How calls of this line are handled, as its owner set it up. */
export function handlingOf({ settings }: Line): CallHandling {
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
