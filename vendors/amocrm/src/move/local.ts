import type {
  CatalogElement,
  Company,
  Contact,
  CustomField,
  ElementRef,
  EntityType,
  FieldValues,
  Lead,
  Note,
  Pipeline,
  Task,
  Unsorted,
  User,
} from "../protocol.ts";
import { entityTypes, lost, won } from "../protocol.ts";
import { dayOf, midnight } from "../served/times.ts";
import type { IdKind } from "./ids.ts";

/** What is there as it has to stand on the other side: with the ids that its references have there, and days in the time zone of that side. Pure. */

export interface Items {
  readonly leads: Lead;
  readonly contacts: Contact;
  readonly companies: Company;
}

export interface Passage {
  /** The id on the other side. */
  to(kind: IdKind, id: number): number;
  readonly fromZone: string;
  readonly toZone: string;
}

export function passRecord<K extends EntityType>(of: K, item: Items[K], passage: Passage): Items[K] {
  const { to } = passage;
  const { _embedded: embedded } = item;
  const { companies, contacts, catalog_elements } = embedded as Partial<Lead["_embedded"]>;
  return {
    ...item,
    ...stamps(item, passage),
    id: to(of, item.id),
    responsible_user_id: userOf(item.responsible_user_id, passage),
    custom_fields_values: (item.custom_fields_values ?? []).map((field) => passValues(field, passage)),
    ...(of === "leads" && placeOf(item as Lead, passage)),
    _embedded: {
      ...embedded,
      tags: embedded.tags.map((tag) => ({ ...tag, id: to(`${of}_tag`, tag.id) })),
      ...(companies && { companies: companies.map(({ id }) => ({ id: to("companies", id) })) }),
      ...(catalog_elements && { catalog_elements: catalog_elements.map((one) => passGoods(one, passage)) }),
      ...(contacts && { contacts: contacts.map((one) => ({ ...one, id: to("contacts", one.id) })) }),
    },
  } as unknown as Items[K];
}

const passGoods = ({ id, metadata }: ElementRef, { to }: Pick<Passage, "to">): ElementRef => ({
  id: to("element", id),
  metadata: {
    ...metadata,
    catalog_id: to("catalog", metadata.catalog_id),
    ...(metadata.price_id != null && { price_id: to("field", metadata.price_id) }),
  },
});

export const passElement = (element: CatalogElement, passage: Passage): CatalogElement => ({
  ...element,
  ...stamps(element, passage),
  id: passage.to("element", element.id),
  catalog_id: passage.to("catalog", element.catalog_id),
  custom_fields_values: (element.custom_fields_values ?? []).map((field) => passValues(field, passage)),
});

const placeOf = ({ pipeline_id, status_id, loss_reason_id, source_id }: Lead, { to }: Passage) => ({
  pipeline_id: to("pipeline", pipeline_id),
  status_id: statusOf(status_id, { to }),
  loss_reason_id: loss_reason_id === null ? null : to("loss_reason", loss_reason_id),
  // It is told to those who ask for it, and not by every account.
  source_id: source_id == null ? null : to("source", source_id),
});

/** Won and lost are the same everywhere. */
export const statusOf = (id: number, { to }: Pick<Passage, "to">): number => (id === won || id === lost ? id : to("status", id));

const userOf = (id: number | null | undefined, { to }: Pick<Passage, "to">): number => (id ? to("user", id) : 0);

const stamps = <T extends { readonly created_by: number; readonly updated_by: number }>(item: T, passage: Passage) => ({
  created_by: userOf(item.created_by, passage),
  updated_by: userOf(item.updated_by, passage),
});

function passValues(field: FieldValues, { to, fromZone, toZone }: Passage): FieldValues {
  const isDay = field.field_type === "date" || field.field_type === "birthday";
  return {
    ...field,
    field_id: to("field", field.field_id),
    values: (field.values ?? []).map((one) => ({
      ...one,
      ...(typeof one.enum_id === "number" && { enum_id: to("option", one.enum_id) }),
      // A day is its midnight in the account's own time zone.
      ...(isDay && fromZone !== toZone && isSeconds(one.value) && { value: midnight(dayOf(Number(one.value), fromZone), toZone) }),
    })),
  };
}

const isSeconds = (value: unknown): boolean => typeof value === "number" || (typeof value === "string" && /^-?\d{1,11}$/.test(value));

const isEntity = (type: string | null): type is EntityType => entityTypes.some((one) => one === type);

export const passTask = (task: Task, passage: Passage): Task => ({
  ...task,
  ...stamps(task, passage),
  id: passage.to("tasks", task.id),
  responsible_user_id: userOf(task.responsible_user_id, passage),
  task_type_id: passage.to("task_type", task.task_type_id),
  // Customers and goods have no place on the other side.
  ...(isEntity(task.entity_type) && task.entity_id
    ? { entity_id: passage.to(task.entity_type, task.entity_id) }
    : { entity_id: null, entity_type: null }),
});

export const passNote = (of: EntityType, note: Note, passage: Passage): Note => ({
  ...note,
  ...stamps(note, passage),
  id: passage.to("notes", note.id),
  entity_id: passage.to(of, note.entity_id),
  responsible_user_id: userOf(note.responsible_user_id, passage),
  params: {
    ...note.params,
    ...(typeof note.params?.["call_responsible"] === "number" && { call_responsible: userOf(note.params["call_responsible"], passage) }),
  },
});

export const passUnsorted = (item: Unsorted, { to }: Passage): Unsorted => ({
  ...item,
  pipeline_id: to("pipeline", item.pipeline_id),
  _embedded: {
    leads: (item._embedded.leads ?? []).map(({ id }) => ({ id: to("leads", id) })),
    contacts: (item._embedded.contacts ?? []).map(({ id }) => ({ id: to("contacts", id) })),
    companies: (item._embedded.companies ?? []).map(({ id }) => ({ id: to("companies", id) })),
  },
});

export const passField = (field: CustomField, { to }: Passage): CustomField => ({
  ...field,
  id: to("field", field.id),
  enums: field.enums?.map((one) => ({ ...one, id: to("option", one.id) })) ?? null,
  required_statuses: (field.required_statuses ?? []).map(({ status_id, pipeline_id }) => ({
    status_id: statusOf(status_id, { to }),
    pipeline_id: to("pipeline", pipeline_id),
  })),
});

export const passPipeline = (pipeline: Pipeline, { to }: Passage): Pipeline => ({
  ...pipeline,
  id: to("pipeline", pipeline.id),
  _embedded: {
    statuses: pipeline._embedded.statuses.map((status) => ({
      ...status,
      id: statusOf(status.id, { to }),
      pipeline_id: to("pipeline", status.pipeline_id),
    })),
  },
});

export const passUser = (user: User, { to }: Passage): User => ({
  ...user,
  id: to("user", user.id),
  rights: { ...user.rights, group_id: user.rights.group_id ? to("group", user.rights.group_id) : null },
});
