import {
  type Account,
  type ElementQuery,
  type Found,
  Missing,
  type NoteQuery,
  type Paging,
  type Range,
  type RecordQuery,
  type TaskQuery,
  Unfit,
} from "../api/account.ts";
import type { Items } from "../api/record-shapes.ts";
import type { CatalogElement, Contact, EntityType, FieldValues, Lead } from "../protocol.ts";
import { fieldsOf } from "./catalogs.ts";
import { chatUserId } from "./chat-ids.ts";
import { penOf } from "./pen.ts";
import type { State, Told } from "./state.ts";
import { readTalks } from "./talks.ts";

/** An account in memory, behind the API. Whole lists are looked through: it is for hundreds of records. */
export function memoryAccount(state: State, userId: number, now: () => number, tell: (events: readonly Told[]) => void): Account {
  const account: Account = {
    id: state.info.id,
    userId,
    isAdmin: state.users.find(({ id }) => id === userId)?.rights.is_admin ?? false,
    info: async () => ({ ...state.info, current_user_id: userId }),
    users: async () => state.users.map((user) => ({ ...user, amojo_id: chatUserId(user.id) })),
    roles: async () => [],
    groups: async () => [{ id: 0, name: "Отдел продаж", uuid: null }],
    taskTypes: async () => [
      { id: 1, name: "Связаться", color: null, icon_id: null, code: "FOLLOW_UP" },
      { id: 2, name: "Встреча", color: null, icon_id: null, code: "MEETING" },
    ],
    pipelines: async () => state.pipelines,
    lossReasons: async () => state.lossReasons,
    fields: async (of) => fieldsOf(state, of),
    fieldGroups: async (of) => [{ id: "default", name: "Основное", is_predefined: true, type: of, entity_type: of, sort: 1 }],
    tags: async (of, { ids, name, query, ...paging }) =>
      pageOf(
        state.tags[of].filter(
          (tag) =>
            (ids === undefined || ids.includes(tag.id)) &&
            (name === undefined || tag.name === name) &&
            (query === undefined || tag.name.toLowerCase().includes(query.toLowerCase())),
        ),
        paging,
      ),
    leads: async (query) => find(state, "leads", query),
    contacts: async (query) => find(state, "contacts", query),
    companies: async (query) => find(state, "companies", query),
    tasks: async (query) => pageOf(sorted([...state.tasks.values()].filter(taskFits(query)), query), query),
    notes: async (query) =>
      pageOf(
        sorted(
          [...state.notes.values()].filter(noteFits(query)).map(({ on: _, ...note }) => note),
          query,
        ),
        query,
      ),
    events: async ({ ids, createdAt, createdBy, entities, entityIds, types, ...paging }) =>
      pageOf(
        [...state.events]
          .reverse()
          .filter(
            (event) =>
              has(ids, event.id) &&
              within(createdAt, event.created_at) &&
              has(createdBy, event.created_by) &&
              has(entities, event.entity_type) &&
              has(entityIds, event.entity_id) &&
              has(types, event.type),
          ),
        paging,
      ),
    links: async (of, ids) => linksOf(state, of, ids),
    unsorted: async ({ uids, categories, pipelines, createdAt, ...query }) =>
      pageOf(
        [...state.unsorted.values()]
          .filter(
            (item) =>
              (item.resolved === undefined || uids !== undefined) &&
              has(uids, item.uid) &&
              has(categories, item.category) &&
              has(pipelines, item.pipeline_id) &&
              within(createdAt, item.created_at),
          )
          .map(({ resolved: _, ...item }) => item),
        query,
      ),
    async unsortedSummary() {
      const all = [...state.unsorted.values()];
      const of = (category: string) => ({ total: all.filter((item) => item.category === category).length });
      return {
        total: all.length,
        accepted: all.filter(({ resolved }) => resolved === "accepted").length,
        declined: all.filter(({ resolved }) => resolved === "declined").length,
        average_sort_time: 0,
        categories: { sip: of("sip"), mail: of("mail"), forms: of("forms"), chats: of("chats") },
      };
    },
    sources: async () => state.sources,
    webhooks: async () => state.webhooks,
    async subscribe(destination, settings, sort) {
      const before = state.webhooks.find((hook) => hook.destination === destination);
      if (!before && state.webhooks.length >= 100) throw new Unfit("destination", "There may be 100 webhooks.", "TooManyItems");
      const hook = {
        ...{
          id: before?.id ?? state.nextId++,
          destination,
          created_at: before?.created_at ?? now(),
          updated_at: now(),
          account_id: state.info.id,
        },
        ...{ created_by: userId, sort, disabled: false, settings },
      };
      state.webhooks = [...state.webhooks.filter((one) => one !== before), hook];
      return hook;
    },
    async unsubscribe(destination) {
      if (!state.webhooks.some((hook) => hook.destination === destination)) throw new Missing("Webhook not found");
      state.webhooks = state.webhooks.filter((hook) => hook.destination !== destination);
    },
    ...readTalks(state),
    catalogs: async () => [...state.catalogs.values()].sort((one, other) => one.sort - other.sort || one.id - other.id),
    elements: async (query) => findElements(state, query),
    whoseIsPhone: async (phone) => whoseIsPhone(state, phone),
    async write(work) {
      // All or nothing: what is written is written into a copy.
      const copy = structuredClone(state);
      const told: Told[] = [];
      const result = await work(penOf({ state: copy, userId, now: now(), told }));
      Object.assign(state, copy);
      tell(told);
      return result;
    },
  };
  return account;
}

const has = <T>(wanted: readonly T[] | undefined, value: T): boolean => wanted === undefined || wanted.includes(value);
const within = (range: Range | undefined, value: number | null): boolean =>
  range === undefined ||
  (value !== null && (range.from === undefined || value >= range.from) && (range.to === undefined || value <= range.to));

const pageOf = <T>(all: readonly T[], { page, limit }: Paging): Found<T> => ({
  items: all.slice((page - 1) * limit, page * limit),
  hasMore: all.length > page * limit,
});

function sorted<T extends { readonly id: number }>(all: T[], { order }: { readonly order?: RecordQuery["order"] }): T[] {
  const by = (order?.by ?? "id") as keyof T;
  const sign = order?.descending ? -1 : 1;
  return all.sort((one, other) => sign * (Number(one[by]) - Number(other[by]) || one.id - other.id));
}

function find<K extends EntityType>(state: State, of: K, query: RecordQuery): Found<Items[K]> {
  const all = [...(state[of] as Map<number, Items[K]>).values()].filter((item) => recordFits(state, of, item, query));
  const page = pageOf(sorted(all, query), query);
  return { ...page, items: page.items.map((item) => brought(state, of, item, query.with)) };
}

function recordFits(state: State, of: EntityType, item: Items[EntityType], query: RecordQuery): boolean {
  const lead = of === "leads" ? (item as Lead) : undefined;
  return (
    item.is_deleted === (query.onlyDeleted === true) &&
    has(query.ids, item.id) &&
    has(query.names, item.name) &&
    has(query.responsible, item.responsible_user_id) &&
    has(query.createdBy, item.created_by) &&
    has(query.updatedBy, item.updated_by) &&
    within(query.createdAt, item.created_at) &&
    within(query.updatedAt, item.updated_at) &&
    within(query.closestTaskAt, item.closest_task_at) &&
    (!lead ||
      (within(query.price, lead.price) &&
        has(query.pipelines, lead.pipeline_id) &&
        has(query.statusIds, lead.status_id) &&
        within(query.closedAt, lead.closed_at) &&
        (query.statuses === undefined ||
          query.statuses.some((one) => one.pipeline_id === lead.pipeline_id && one.status_id === lead.status_id)))) &&
    (query.fields ?? []).every(({ field, values, range }) => {
      const held = item.custom_fields_values?.find(({ field_id }) => field_id === field.id)?.values ?? [];
      return held.some((one) =>
        range
          ? within(range, Number(one.value))
          : (values ?? []).some((wanted) => [String(one.enum_id), textOf(one.value)].includes(wanted)),
      );
    }) &&
    (query.query === undefined || textsOf(state, of, item).some((text) => holds(text, query.query ?? "")))
  );
}

function findElements(state: State, { catalog, ids, query, ...rest }: ElementQuery): Found<CatalogElement> {
  const texts = ({ name, custom_fields_values: values }: CatalogElement): string[] => [
    name,
    ...(values ?? []).flatMap((field) => field.values.map(({ value }) => textOf(value))),
  ];
  const fits = (element: CatalogElement): boolean =>
    element.catalog_id === catalog &&
    has(ids, element.id) &&
    (query === undefined || texts(element).some((text) => text.toLowerCase().includes(query.toLowerCase())));
  return pageOf(sorted([...state.elements.values()].filter(fits), rest), rest);
}

const textOf = (value: unknown): string => (typeof value === "boolean" ? (value ? "1" : "0") : String(value));
const digits = (text: string): string => text.replace(/\D/g, "");
/** A part of the text, or of its digits. */
const holds = (text: string, query: string): boolean =>
  text.toLowerCase().includes(query.toLowerCase()) || (digits(query).length > 5 && digits(text).includes(digits(query)));

function textsOf(state: State, of: EntityType, item: Items[EntityType]): string[] {
  const own = (values: readonly FieldValues[] | null) => (values ?? []).flatMap((field) => field.values.map(({ value }) => textOf(value)));
  const people =
    of === "leads"
      ? linksOf(state, of, [item.id]).flatMap(({ to_entity_id }) => own(state.contacts.get(to_entity_id)?.custom_fields_values ?? null))
      : [];
  return [item.name, String(item.id), ...own(item.custom_fields_values), ...people];
}

/** Links are kept from one side; they are told from both. */
function linksOf(state: State, of: EntityType, ids: readonly number[]) {
  const back = state.links.map((link) => ({
    entity_id: link.to_entity_id,
    entity_type: link.to_entity_type,
    to_entity_id: link.entity_id,
    to_entity_type: link.entity_type,
    metadata: link.metadata,
  }));
  return [...state.links, ...back].filter((link) => link.entity_type === of && ids.includes(link.entity_id));
}

function brought<K extends EntityType>(state: State, of: K, item: Items[K], bring: ReadonlySet<string>): Items[K] {
  const links = linksOf(state, of, [item.id]);
  const to = (type: EntityType) => links.filter(({ to_entity_type }) => to_entity_type === type);
  const ids = (type: EntityType) => to(type).map(({ to_entity_id }) => ({ id: to_entity_id }));
  const tasks = [...state.tasks.values()].filter((task) => !task.is_completed && task.entity_type === of && task.entity_id === item.id);
  const closest = tasks.length === 0 ? null : Math.min(...tasks.map(({ complete_till }) => complete_till));
  return {
    ...item,
    closest_task_at: closest,
    _embedded: {
      tags: item._embedded.tags,
      ...(of !== "companies" && { companies: ids("companies") }),
      ...(of !== "contacts" &&
        bring.has("contacts") && {
          contacts: to("contacts").map(({ to_entity_id, metadata }) =>
            of === "leads" ? { id: to_entity_id, is_main: metadata?.["main_contact"] === true } : { id: to_entity_id },
          ),
        }),
      ...(of !== "leads" && bring.has("leads") && { leads: ids("leads") }),
      ...(bring.has("catalog_elements") && {
        catalog_elements: links
          .filter(({ to_entity_type }) => to_entity_type === "catalog_elements")
          .map(({ to_entity_id, metadata }) => ({ id: to_entity_id, metadata })),
      }),
      ...(of === "leads" &&
        bring.has("loss_reason") && { loss_reason: state.lossReasons.filter(({ id }) => id === (item as Lead).loss_reason_id) }),
    },
  } as unknown as Items[K];
}

const taskFits =
  (query: TaskQuery) =>
  (task: State["tasks"] extends Map<number, infer T> ? T : never): boolean =>
    has(query.ids, task.id) &&
    has(query.responsible, task.responsible_user_id) &&
    (query.isCompleted === undefined || query.isCompleted === task.is_completed) &&
    has(query.types, task.task_type_id) &&
    (query.entityType === undefined || query.entityType === task.entity_type) &&
    has(query.entityIds, task.entity_id ?? 0) &&
    within(query.updatedAt, task.updated_at);

const noteFits =
  (query: NoteQuery) =>
  (note: State["notes"] extends Map<number, infer T> ? T : never): boolean =>
    note.on === query.entityType &&
    has(query.ids, note.id) &&
    has(query.entityIds, note.entity_id) &&
    has(query.types, note.note_type) &&
    within(query.updatedAt, note.updated_at);

/** By the last ten digits: the one open lead, or the contact, or the company. */
function whoseIsPhone(state: State, phone: string): Awaited<ReturnType<Account["whoseIsPhone"]>> {
  const last = digits(phone).slice(-10);
  const owns = (item: Pick<Contact, "custom_fields_values" | "is_deleted">): boolean =>
    !item.is_deleted &&
    (item.custom_fields_values ?? []).some(
      ({ field_code, values }) => field_code === "PHONE" && values.some(({ value }) => digits(String(value)).slice(-10) === last),
    );
  const contact = last.length < 10 ? undefined : [...state.contacts.values()].find(owns);
  if (contact) {
    const leads = linksOf(state, "contacts", [contact.id]).flatMap(({ to_entity_type, to_entity_id }) => {
      const lead = to_entity_type === "leads" ? state.leads.get(to_entity_id) : undefined;
      return lead && !lead.is_deleted && lead.closed_at === null ? [lead] : [];
    });
    return leads.length === 1 && leads[0]
      ? { entity_type: "leads", entity_id: leads[0].id }
      : { entity_type: "contacts", entity_id: contact.id };
  }
  const company = last.length < 10 ? undefined : [...state.companies.values()].find(owns);
  return company && { entity_type: "companies", entity_id: company.id };
}
