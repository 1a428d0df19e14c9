import type { ChatConnection, Talker } from "../api/chat-account.ts";
import {
  type AccountInfo,
  type Catalog,
  type CatalogElement,
  type ChatMessage,
  type Company,
  type Contact,
  type CustomField,
  type DeliveryReport,
  type EntityType,
  type Event,
  type HookEvent,
  type Lead,
  type Link,
  type LossReason,
  lost,
  type Note,
  type Pipeline,
  type Source,
  type TagRef,
  type Talk,
  type Task,
  type Unsorted,
  type User,
  type Webhook,
  won,
} from "../protocol.ts";

/** Chats, and what is said in them. */
export interface MemoryChat {
  readonly uid: string;
  readonly talk: Talk;
  readonly external: string | undefined;
  readonly client: Talker;
}
export interface MemoryMessage {
  readonly id: string;
  readonly chat: string;
  readonly client_id: string | undefined;
  readonly at: number;
  readonly sender: Talker;
  readonly receiver?: Talker;
  readonly message: ChatMessage;
  readonly delivery?: DeliveryReport;
  readonly reactions: Readonly<Record<string, string>>;
}
export interface MemoryChats {
  connection: ChatConnection | undefined;
  chats: MemoryChat[];
  messages: MemoryMessage[];
}

/** What an account holds, in memory. */
export interface State {
  info: AccountInfo;
  users: User[];
  pipelines: Pipeline[];
  lossReasons: LossReason[];
  fields: Record<EntityType, CustomField[]>;
  catalogs: Map<number, Catalog>;
  /** Of each catalog. */
  catalogFields: Map<number, CustomField[]>;
  elements: Map<number, CatalogElement>;
  tags: Record<EntityType, TagRef[]>;
  leads: Map<number, Lead>;
  contacts: Map<number, Contact>;
  companies: Map<number, Company>;
  tasks: Map<number, Task>;
  notes: Map<number, Note & { readonly on: EntityType }>;
  events: Event[];
  links: Link[];
  unsorted: Map<string, Unsorted & { readonly resolved?: "accepted" | "declined" }>;
  sources: Source[];
  webhooks: Webhook[];
  chats: MemoryChats;
  cards: { phone: string; users: readonly number[] }[];
  nextId: number;
}

export const rightsOfAll = { view: "A", edit: "A", add: "A", delete: "A", export: "A" } as const;

const user = (id: number, name: string, email: string, isAdmin: boolean): User => ({
  ...{ id, name, email, lang: "ru" },
  rights: {
    ...{ leads: rightsOfAll, contacts: rightsOfAll, companies: rightsOfAll, tasks: { edit: "A", delete: "A" } },
    ...{ mail_access: false, catalog_access: true, files_access: true, status_rights: [] },
    ...{ is_admin: isAdmin, is_free: false, is_active: true, group_id: null, role_id: null },
  },
});

const field = (
  account: number,
  id: number,
  name: string,
  type: string,
  code: string | null,
  entity_type: string,
  values: readonly string[] = [],
): CustomField => ({
  ...{ id, name, type, account_id: account, code, sort: id % 1_000, is_api_only: false, group_id: null, required_statuses: [] },
  enums: values.length === 0 ? null : values.map((value, index) => ({ id: id * 10 + index, value, sort: (index + 1) * 10 })),
  ...{ is_deletable: code === null, is_predefined: code !== null, entity_type, remind: null },
});

const phones = ["WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"];
const emails = ["WORK", "PRIV", "OTHER"];

/** An account as it is on its first day: one pipeline, two users, the fields that every account has. `now` is Unix seconds. */
export function firstDay(now: number): State {
  const account = 21_234_439;
  const statuses: [number, string, number, string][] = [
    [20_000_001, "Неразобранное", 10, "#c1c1c1"],
    [20_000_002, "Первичный контакт", 20, "#99ccff"],
    [20_000_003, "Переговоры", 30, "#ffff99"],
    [won, "Успешно реализовано", 10_000, "#CCFF66"],
    [lost, "Закрыто и не реализовано", 11_000, "#D5D8DB"],
  ];
  const pipeline = 1_309_792;
  return {
    info: {
      ...{ id: account, name: "Ромашка", subdomain: "romashka", current_user_id: 2_772_376, country: "RU", customers_mode: "unavailable" },
      ...{ is_unsorted_on: true, is_loss_reason_enabled: true, is_helpbot_enabled: false, is_technical_account: false },
      ...{
        contact_name_display_order: 1,
        created_at: now,
        created_by: 0,
        updated_at: now,
        updated_by: 0,
        currency: "RUB",
        currency_symbol: "₽",
      },
      ...{ mobile_feature_version: 0, timezone: "Europe/Moscow", language: "ru" },
      ...{ amojo_id: "af9945ff-1490-4cad-807d-945c15d88bec", uuid: "d0f4b1a6-7b2a-4c56-9a52-6b0a60b6a9de" },
    },
    users: [
      user(2_772_376, "Администратор", "admin@romashka.example", true),
      user(2_772_377, "Менеджер", "manager@romashka.example", false),
    ],
    pipelines: [
      {
        ...{ id: pipeline, name: "Воронка", sort: 1, is_main: true, is_unsorted_on: true, is_archive: false, account_id: account },
        _embedded: {
          statuses: statuses.map(([id, name, sort, color]) => ({
            ...{ id, name, sort, color, is_editable: sort > 10 && sort < 10_000, pipeline_id: pipeline },
            ...{ type: sort === 10 ? 1 : 0, account_id: account },
          })),
        },
      },
    ],
    lossReasons: [{ id: 4_203_748, name: "Слишком дорого", sort: 100_000, created_at: now, updated_at: now }],
    fields: {
      contacts: [
        field(account, 384_531, "Должность", "text", "POSITION", "contacts"),
        field(account, 384_533, "Телефон", "multitext", "PHONE", "contacts", phones),
        field(account, 384_535, "Email", "multitext", "EMAIL", "contacts", emails),
        field(account, 384_539, "Мгн. сообщения", "multitext", "IM", "contacts", ["SKYPE", "ICQ", "JABBER", "GTALK", "MSN", "OTHER"]),
      ],
      companies: [
        field(account, 384_541, "Телефон", "multitext", "PHONE", "companies", phones),
        field(account, 384_543, "Email", "multitext", "EMAIL", "companies", emails),
        field(account, 384_545, "Web", "url", "WEB", "companies"),
        field(account, 384_547, "Адрес", "textarea", "ADDRESS", "companies"),
      ],
      leads: [
        field(account, 384_551, "utm_source", "tracking_data", "UTM_SOURCE", "leads"),
        field(account, 384_553, "Дата поставки", "date", null, "leads"),
        field(account, 384_555, "Тариф", "select", null, "leads", ["Старт", "Бизнес"]),
      ],
    },
    tags: { leads: [], contacts: [], companies: [] },
    ...{ leads: new Map(), contacts: new Map(), companies: new Map(), tasks: new Map(), notes: new Map(), unsorted: new Map() },
    chats: { connection: undefined, chats: [], messages: [] },
    ...{ catalogs: new Map(), catalogFields: new Map(), elements: new Map() },
    ...{ events: [], links: [], sources: [], webhooks: [], cards: [], nextId: 30_000_000 },
  };
}

/** What the account tells of a change, for whoever subscribed. */
export type Told = HookEvent;
