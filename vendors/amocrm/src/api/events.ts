import { type Event, entityTypes } from "../protocol.ts";
import type { EventQuery } from "./account.ts";
import { type At, type Handler, type Route, route } from "./http.ts";
import { given, linked, pageAnswer, pagingOf, Query, selfOf } from "./query.ts";

/** What happened. Source: crm_platform/events-and-notes#events-list */

export const eventRoutes: readonly Route[] = [
  route("GET", "/api/v4/events", listEvents),
  route("GET", "/api/v4/events/types", listTypes),
  route("GET", "/api/v4/events/{event}", oneEvent),
];

/** The types there are, in Russian as amoCRM's own interface has them. */
export const eventTypes: Readonly<Record<string, string>> = {
  lead_added: "Новая сделка",
  lead_deleted: "Сделка удалена",
  lead_restored: "Сделка восстановлена",
  lead_status_changed: "Изменение этапа продажи",
  lead_linked: "Прикрепление сделки",
  lead_unlinked: "Открепление сделки",
  contact_added: "Новый контакт",
  contact_deleted: "Контакт удалён",
  contact_restored: "Контакт восстановлен",
  contact_linked: "Прикрепление контакта",
  contact_unlinked: "Открепление контакта",
  company_added: "Новая компания",
  company_deleted: "Компания удалена",
  company_restored: "Компания восстановлена",
  task_added: "Новая задача",
  task_completed: "Завершение задачи",
  incoming_call: "Входящий звонок",
  outgoing_call: "Исходящий звонок",
  entity_tag_added: "Теги добавлены",
  entity_tag_deleted: "Теги убраны",
  entity_responsible_changed: "Ответственный изменён",
  sale_field_changed: "Изменение поля «Бюджет»",
  name_field_changed: "Изменение поля «Название»",
  custom_field_value_changed: "Изменение поля",
  incoming_chat_message: "Входящее сообщение",
  entity_linked: "Прикрепление",
  entity_unlinked: "Открепление",
  common_note_added: "Новое примечание",
  entity_merged: "Выполнено объединение",
};

const singulars = ["lead", "contact", "company", "customer", "task"];

async function listEvents(at: At): ReturnType<Handler> {
  const query = new Query(at.query);
  const filter = query.below("filter");
  const read: EventQuery = {
    ...pagingOf(query, { most: 100 }),
    ...given({
      ids: filter?.texts("id"),
      createdAt: filter?.range("created_at", "from"),
      createdBy: filter?.ids("created_by"),
      entities: filter?.texts("entity"),
      entityIds: filter?.ids("entity_id"),
      types: filter?.texts("type"),
    }),
  };
  if (read.entities?.some((one) => !singulars.includes(one))) filter?.wrong("entity", "NotSupportedChoice");
  if (read.entityIds && read.entities?.length !== 1) filter?.wrong("entity_id", "NotSupportedChoice", "Ids are of exactly one entity.");
  if (read.types?.some((one) => !isKnown(one))) filter?.wrong("type", "NotSupportedChoice");
  query.done();
  const found = await at.account.events(read);
  return pageAnswer(
    at,
    "events",
    read,
    found,
    found.items.map((event) => written(at, event)),
  );
}

const isKnown = (type: string): boolean => type in eventTypes || /^custom_field_\d+_value_changed$/.test(type);

const plural: Readonly<Record<string, string>> = { lead: "leads", contact: "contacts", company: "companies", task: "tasks" };

const written = (at: At, event: Event) => ({
  ...linked(at, "events", event, event.id),
  _embedded: {
    entity: {
      id: event.entity_id,
      _links: { self: { href: `${at.request.origin}/api/v4/${plural[event.entity_type] ?? entityTypes[0]}/${event.entity_id}` } },
    },
  },
});

async function oneEvent(at: At): ReturnType<Handler> {
  const {
    items: [event],
  } = await at.account.events({ page: 1, limit: 1, ids: [at.params[0] ?? ""] });
  return event && { body: written(at, event) };
}

async function listTypes(at: At): ReturnType<Handler> {
  const types = Object.entries(eventTypes).map(([key, lang]) => ({ key, type: 1, lang }));
  return { body: { _total_items: types.length, _links: selfOf(at), _embedded: { events_types: types } } };
}
