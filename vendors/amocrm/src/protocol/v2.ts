import {
  type Company,
  type Contact,
  type CustomField,
  type EntityType,
  elementTypes,
  type FieldValues,
  type Lead,
  type Note,
  type Pipeline,
  type Task,
} from "./entities.ts";
import { noteTypeNumbers } from "./hooks.ts";

/** API v2: what old programs, and the seed, speak. Made from the shapes of v4, since it shows the same records. */

export interface OldLink {
  readonly self: { readonly href: string; readonly method: "get" | "post" };
}
export const oldLink = (href: string, method: "get" | "post" = "get"): OldLink => ({ self: { href, method } });

/** Nothing is `{}` here, whatever there would be a list or an object of. */
type Nothing = Readonly<Record<string, never>>;
const nothing: Nothing = {};

const customFields = (values: readonly FieldValues[] | null, system: ReadonlySet<number>) =>
  (values ?? []).map(({ field_id, field_name, field_code, values: all }) => ({
    id: field_id,
    name: field_name,
    ...(field_code !== null && { code: field_code }),
    values: all.map(({ value, enum_id }) => ({ value: oldValue(value), ...(enum_id !== undefined && { enum: enum_id }) })),
    is_system: system.has(field_id),
  }));
const oldValue = (value: unknown): unknown => (typeof value === "boolean" ? (value ? "1" : "0") : value);

const tagList = (tags: readonly { readonly id: number; readonly name: string }[]) =>
  tags.length === 0 ? nothing : tags.map(({ id, name }) => ({ id, name }));

const idList = (path: string, ids: readonly number[] | undefined) =>
  ids === undefined || ids.length === 0 ? nothing : { id: ids, _links: oldLink(`/api/v2/${path}?id=${ids.join(",")}`) };

export interface OldNames {
  /** Names of companies, by id. */
  readonly companies: ReadonlyMap<number, string>;
  /** Ids of the fields that every account has. */
  readonly system: ReadonlySet<number>;
}

const companyOf = (ids: readonly { readonly id: number }[], { companies }: OldNames) => {
  const id = ids[0]?.id;
  return id === undefined ? nothing : { id, name: companies.get(id) ?? "", _links: oldLink(`/api/v2/companies?id=${id}`) };
};

export const writeOldContact = (contact: Contact, known: OldNames) => ({
  id: contact.id,
  name: contact.name,
  first_name: contact.first_name,
  last_name: contact.last_name,
  responsible_user_id: contact.responsible_user_id,
  created_by: contact.created_by,
  created_at: contact.created_at,
  updated_at: contact.updated_at,
  account_id: contact.account_id,
  updated_by: contact.updated_by,
  group_id: contact.group_id,
  company: companyOf(contact._embedded.companies, known),
  leads: idList(
    "leads",
    contact._embedded.leads?.map(({ id }) => id),
  ),
  closest_task_at: contact.closest_task_at ?? 0,
  tags: tagList(contact._embedded.tags),
  custom_fields: customFields(contact.custom_fields_values, known.system),
  customers: nothing,
  _links: oldLink(`/api/v2/contacts?id=${contact.id}`),
});

export const writeOldCompany = (company: Company, known: OldNames) => ({
  id: company.id,
  name: company.name,
  responsible_user_id: company.responsible_user_id,
  created_by: company.created_by,
  created_at: company.created_at,
  updated_at: company.updated_at,
  account_id: company.account_id,
  updated_by: company.updated_by,
  group_id: company.group_id,
  contacts: idList(
    "contacts",
    company._embedded.contacts?.map(({ id }) => id),
  ),
  leads: idList(
    "leads",
    company._embedded.leads?.map(({ id }) => id),
  ),
  closest_task_at: company.closest_task_at ?? 0,
  tags: tagList(company._embedded.tags),
  custom_fields: customFields(company.custom_fields_values, known.system),
  customers: nothing,
  _links: oldLink(`/api/v2/companies?id=${company.id}`),
});

export function writeOldLead(lead: Lead, known: OldNames) {
  const contacts = lead._embedded.contacts ?? [];
  const main = contacts.find(({ is_main }) => is_main) ?? contacts[0];
  return {
    id: lead.id,
    name: lead.name,
    responsible_user_id: lead.responsible_user_id,
    created_by: lead.created_by,
    created_at: lead.created_at,
    updated_at: lead.updated_at,
    account_id: lead.account_id,
    is_deleted: lead.is_deleted,
    main_contact: main ? { id: main.id, _links: oldLink(`/api/v2/contacts?id=${main.id}`) } : nothing,
    group_id: lead.group_id,
    company: companyOf(lead._embedded.companies, known),
    closed_at: lead.closed_at ?? 0,
    closest_task_at: lead.closest_task_at ?? 0,
    tags: tagList(lead._embedded.tags),
    custom_fields: customFields(lead.custom_fields_values, known.system),
    contacts: idList(
      "contacts",
      contacts.map(({ id }) => id),
    ),
    status_id: lead.status_id,
    sale: lead.price,
    loss_reason_id: lead.loss_reason_id ?? 0,
    pipeline: { id: lead.pipeline_id, _links: oldLink(`/api/v2/pipelines?id=${lead.pipeline_id}`) },
    _links: oldLink(`/api/v2/leads?id=${lead.id}`),
  };
}

export const writeOldTask = (task: Task) => ({
  id: task.id,
  element_id: task.entity_id ?? 0,
  element_type: task.entity_type === null ? 0 : (elementTypes[task.entity_type as EntityType] ?? 0),
  complete_till_at: task.complete_till,
  task_type: task.task_type_id,
  text: task.text,
  created_at: task.created_at,
  updated_at: task.updated_at,
  responsible_user_id: task.responsible_user_id,
  is_completed: task.is_completed,
  created_by: task.created_by,
  account_id: task.account_id,
  group_id: task.group_id,
  result: "text" in task.result ? { id: task.id, text: task.result.text } : nothing,
  _links: oldLink(`/api/v2/tasks?id=${task.id}`),
});

export const writeOldNote = (note: Note, on: EntityType) => ({
  id: note.id,
  element_id: note.entity_id,
  element_type: elementTypes[on],
  note_type: noteTypeNumbers[note.note_type] ?? 4,
  text: typeof note.params["text"] === "string" ? note.params["text"] : "",
  params: note.params,
  responsible_user_id: note.responsible_user_id,
  created_by: note.created_by,
  created_at: note.created_at,
  updated_at: note.updated_at,
  account_id: note.account_id,
  group_id: note.group_id,
  is_editable: note.note_type === "common",
  _links: oldLink(`/api/v2/notes?id=${note.id}&type=${on.replace(/s$/, "")}`),
});

/** Statuses by their ids. Numbers sort themselves in an object, as they do in the seed. */
export const writeOldPipeline = (pipeline: Pipeline) => ({
  id: pipeline.id,
  name: pipeline.name,
  sort: pipeline.sort,
  is_main: pipeline.is_main,
  statuses: Object.fromEntries(
    pipeline._embedded.statuses.map(({ id, name, color, sort, is_editable }) => [id, { id, name, color, sort, is_editable }]),
  ),
  _links: oldLink(`/api/v2/pipelines?id=${pipeline.id}`),
});

/** Numbers that v2 has for the types of fields. Source: the old documents of `account?with=custom_fields`. */
const fieldTypeNumbers: Readonly<Record<string, number>> = {
  text: 1,
  numeric: 2,
  checkbox: 3,
  select: 4,
  multiselect: 5,
  date: 6,
  url: 7,
  multitext: 8,
  textarea: 9,
  radiobutton: 10,
  streetaddress: 11,
  smart_address: 13,
  birthday: 14,
  legal_entity: 15,
  items: 16,
  date_time: 19,
  monetary: 20,
  tracking_data: 21,
};

export const writeOldField = (field: CustomField) => ({
  id: field.id,
  name: field.name,
  field_type: fieldTypeNumbers[field.type] ?? 1,
  sort: field.sort,
  ...(field.code !== null && { code: field.code }),
  is_multiple: field.type === "multitext",
  is_system: field.is_predefined,
  is_editable: true,
  ...(field.enums && { enums: Object.fromEntries(field.enums.map(({ id, value }) => [id, value])) }),
});
