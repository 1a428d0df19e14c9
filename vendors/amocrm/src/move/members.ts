import type {
  Catalog,
  CatalogElement,
  Company,
  Contact,
  CustomField,
  EntityType,
  FieldValues,
  Group,
  Lead,
  LossReason,
  Note,
  Pipeline,
  Rights,
  Source,
  Status,
  TagRef,
  Task,
  TaskType,
  Unsorted,
  User,
} from "../protocol.ts";

/**
 * What is compared of each kind, by the names that the API has. Left out is what follows from something else (`group_id`, `closest_task_at`, `account_id`), and how things are
 * written where that says the same: numbers as text, names in another order.
 */
export type Members = Readonly<Record<string, unknown>>;

const stamps = ({
  created_by,
  updated_by,
  created_at,
  updated_at,
}: Pick<Lead, "created_by" | "updated_by" | "created_at" | "updated_at">) => ({
  created_by,
  updated_by: updated_by || created_by,
  created_at,
  updated_at,
});

const ids = (all: readonly { readonly id: number }[] | undefined) => (all ?? []).map(({ id }) => id).sort((one, other) => one - other);
/** By their names: the number of a tag is told where tags are compared. */
const tagNames = (tags: readonly TagRef[] | undefined) => (tags ?? []).map(({ name }) => name.toLowerCase()).sort();

const recordMembers = (item: Lead | Contact | Company): Members => ({
  responsible_user_id: item.responsible_user_id || 0,
  ...stamps(item as Lead),
  tags: tagNames(item._embedded.tags),
  ...fieldMembers(item.custom_fields_values),
});

export const leadMembers = (lead: Lead): Members => ({
  ...recordMembers(lead),
  name: lead.name ?? "",
  price: lead.price ?? 0,
  pipeline_id: lead.pipeline_id,
  status_id: lead.status_id,
  loss_reason_id: lead.loss_reason_id ?? null,
  source_id: lead.source_id ?? null,
  closed_at: lead.closed_at || null,
  score: lead.score ?? null,
  labor_cost: lead.labor_cost ?? null,
  companies: ids(lead._embedded.companies),
  catalog_elements: (lead._embedded.catalog_elements ?? [])
    .map(({ id, metadata }) => `${id} × ${metadata.quantity}${metadata.price_id ? `, ${metadata.price_id}` : ""}`)
    .sort(),
  contacts: (lead._embedded.contacts ?? []).map(({ id, is_main }) => (is_main ? `${id}, main` : String(id))).sort(),
});

export const contactMembers = (contact: Contact): Members => ({
  ...recordMembers(contact),
  // Which of the parts comes first is a choice of the account: it is told once.
  name: words(contact.name),
  first_name: contact.first_name ?? "",
  last_name: contact.last_name ?? "",
  companies: ids(contact._embedded.companies),
});
const words = (name: string | null): string =>
  (name ?? "")
    .split(/\s+/)
    .filter((word) => word !== "")
    .sort()
    .join(" ");

export const companyMembers = (company: Company): Members => ({ ...recordMembers(company), name: company.name ?? "" });

function fieldMembers(fields: readonly FieldValues[] | null): Members {
  return Object.fromEntries(
    (fields ?? []).flatMap((field): [string, unknown][] => {
      const values = (field.values ?? []).filter(({ value, enum_id }) => (value ?? "") !== "" || enum_id != null);
      return values.length === 0
        ? []
        : [[`custom_fields_values.${field.field_id}`, values.map((one) => plainValue(field.field_type, one))]];
    }),
  );
}

const choices: ReadonlySet<string> = new Set(["select", "radiobutton", "multiselect", "category"]);
const numbers: ReadonlySet<string> = new Set(["numeric", "monetary", "price"]);
const moments: ReadonlySet<string> = new Set(["date", "birthday", "date_time"]);

function plainValue(type: string, { value, enum_id, enum_code }: FieldValues["values"][number]): unknown {
  if (choices.has(type) && enum_id != null) return enum_id;
  if (numbers.has(type)) return Number(value);
  if (moments.has(type)) return typeof value === "string" && !/^-?\d+$/.test(value) ? Math.floor(Date.parse(value) / 1000) : Number(value);
  if (type === "checkbox") return [true, 1, "1", "true"].includes(value as string);
  if (type === "multitext") return [String(value), enum_code ?? null];
  return typeof value === "object" ? value : String(value);
}

export const taskMembers = (task: Task): Members => ({
  ...stamps(task),
  text: (task.text ?? "").trim(),
  responsible_user_id: task.responsible_user_id || 0,
  entity_type: task.entity_id ? task.entity_type : null,
  entity_id: task.entity_id || null,
  complete_till: task.complete_till,
  duration: task.duration ?? 0,
  is_completed: task.is_completed,
  task_type_id: task.task_type_id,
  result: Array.isArray(task.result) ? "" : ((task.result as { readonly text?: string } | null)?.text ?? ""),
});

export const isCallNote = ({ note_type }: Pick<Note, "note_type">): boolean => note_type === "call_in" || note_type === "call_out";

export function noteMembers(note: Note): Members {
  const { responsible_user_id } = note;
  const params = Object.entries(note.params ?? {}).flatMap(([name, value]): [string, unknown][] => {
    if (value === null || value === undefined || value === "") return [];
    const isNumber = isCallNote(note) && (name === "duration" || name === "call_status");
    // An address that was given out for a while is the same one later.
    const plain = name === "link" ? String(value).replace(/\?until=\d+&sign=.*$/, "") : value;
    return [[`params.${name}`, isNumber ? Number(plain) : plain]];
  });
  return {
    ...stamps(note),
    entity_id: note.entity_id,
    note_type: note.note_type,
    ...(isCallNote(note) && { responsible_user_id: responsible_user_id || 0 }),
    ...Object.fromEntries(params),
  };
}

/** Whatever else is there to be read of it. A uid is its own name. */
export const unsortedMembers = (item: Unsorted): Members => ({
  source_uid: item.source_uid ?? null,
  source_name: item.source_name ?? null,
  category: item.category,
  pipeline_id: item.pipeline_id,
  created_at: item.created_at,
  metadata: item.metadata ?? {},
  leads: ids(item._embedded.leads),
  contacts: ids(item._embedded.contacts),
  companies: ids(item._embedded.companies),
});

export const groupMembers = ({ name }: Group): Members => ({ name });

export const userMembers = ({ name, email, lang, rights }: User): Members => ({
  name,
  email: (email ?? "").toLowerCase(),
  lang,
  is_admin: rights.is_admin,
  is_active: rights.is_active,
  group_id: rights.group_id || null,
  ...Object.fromEntries((["leads", "contacts", "companies", "tasks"] as const).map((name) => [`rights.${name}`, letters(rights[name])])),
});
const letters = (right: Rights["leads"] | Rights["tasks"] | undefined): string =>
  Object.entries(right ?? {})
    .map(([verb, letter]) => `${verb} ${letter}`)
    .sort()
    .join(", ");

export const pipelineMembers = ({ name, sort, is_main, is_unsorted_on, is_archive }: Pipeline): Members => ({
  ...{ name, sort, is_main, is_unsorted_on, is_archive },
});

export const statusMembers = ({ name, sort, color, type }: Status): Members => ({ name, sort, color: (color ?? "").toLowerCase(), type });

export const lossReasonMembers = ({ name, sort }: LossReason): Members => ({ name, sort });

export const taskTypeMembers = ({ name, color, code, icon_id }: TaskType): Members => ({
  ...{ name, color: color ?? null, code: code || null, icon_id: icon_id ?? null },
});

export const sourceMembers = ({ name, external_id, pipeline_id }: Source): Members => ({ name, external_id, pipeline_id });

export const fieldMembersOf = (field: CustomField): Members => ({
  name: field.name,
  type: field.type,
  code: field.code || null,
  sort: field.sort,
  is_api_only: field.is_api_only ?? false,
  is_deletable: field.is_deletable ?? true,
  is_predefined: field.is_predefined ?? false,
  enums: field.enums && field.enums.length > 0 ? inOrder(field.enums).map(({ id, value, code }) => [id, value, code || null]) : null,
  group_id: field.group_id ?? null,
  required_statuses: (field.required_statuses ?? []).map(({ status_id, pipeline_id }) => [pipeline_id, status_id]),
  remind: field.remind ?? null,
  currency: field.currency ?? null,
  settings: field.settings ?? null,
});
const inOrder = <T extends { readonly sort: number }>(all: readonly T[]): T[] => [...all].sort((one, other) => one.sort - other.sort);

export const catalogMembers = ({ name, type, sort, can_add_elements, can_link_multiple, can_show_in_cards }: Catalog): Members => ({
  ...{ name, type, sort, can_add_elements, can_link_multiple, can_show_in_cards },
});

export const elementMembers = (element: CatalogElement, withStamps: boolean): Members => ({
  ...(withStamps && stamps(element)),
  name: element.name,
  ...fieldMembers(element.custom_fields_values),
});

export const tagMembers = ({ name, color }: TagRef): Members => ({ name, color: color ?? null });

export const membersOf: { readonly [K in EntityType]: (item: never) => Members } = {
  leads: leadMembers,
  contacts: contactMembers,
  companies: companyMembers,
};
