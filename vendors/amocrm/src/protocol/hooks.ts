import { type Branch, bracketPairs, listOf, readBracketPairs, readBrackets, type Tree, writeBrackets } from "@svyazka/wire";
import {
  type Company,
  type Contact,
  type EntityType,
  elementTypes,
  type FieldValues,
  type Lead,
  type Note,
  type Task,
} from "./entities.ts";

/**
 * Webhooks: PHP-bracket forms, every value a string, nulls left out. Sources: the seed (for `leads[status]`), crm_platform/webhooks-format,
 * published captures. They are thin on purpose: "the rest is to be loaded through the API".
 */

const entityNames = ["lead", "contact", "company", "customer", "talk", "task"] as const;

/** What one may subscribe to: the documented names, and those which the interface offers and the list of the API lacks. */
export const hookNames: ReadonlySet<string> = new Set([
  ...["lead", "contact", "company", "customer", "task"].map((name) => `responsible_${name}`),
  ...["lead", "contact", "company"].map((name) => `restore_${name}`),
  ...entityNames.map((name) => `add_${name}`),
  ...entityNames.map((name) => `update_${name}`),
  ...["lead", "contact", "company", "customer", "task"].map((name) => `delete_${name}`),
  "status_lead",
  ...["lead", "contact", "company", "customer"].map((name) => `note_${name}`),
  "add_chat_template_review",
  "add_message",
  ...["add", "update", "delete"].map((name) => `${name}_unsorted`),
]);

export interface HookAccount {
  readonly id: number;
  readonly subdomain: string;
  /** `https://sub.amocrm.ru`. */
  readonly self: string;
}

type Action = "add" | "update" | "delete" | "restore" | "status" | "responsible";

/** What differs from before, where a webhook tells it. */
export interface Before {
  readonly status_id?: number;
  readonly pipeline_id?: number;
  readonly responsible_user_id?: number;
}

export type HookEvent =
  | { readonly of: "leads"; readonly action: Action; readonly item: Lead; readonly before?: Before }
  | {
      readonly of: "contacts";
      readonly action: Action;
      readonly item: Contact;
      readonly before?: Before;
      readonly leads?: readonly number[];
    }
  | {
      readonly of: "companies";
      readonly action: Action;
      readonly item: Company;
      readonly before?: Before;
      readonly leads?: readonly number[];
    }
  | { readonly of: "tasks"; readonly action: Action; readonly item: Task; readonly before?: Before; readonly closes?: boolean }
  | { readonly of: "notes"; readonly on: EntityType; readonly item: Note };

/** The name one subscribes to it by. */
export function hookName(event: HookEvent): string {
  if (event.of === "notes") return `note_${names[event.on]}`;
  return `${event.action}_${names[event.of]}`;
}
const names = { leads: "lead", contacts: "contact", companies: "company", tasks: "task" } as const;

/** The body, with the account last, as the seed has it. */
export function writeHook(event: HookEvent, account: HookAccount): string {
  return writeBrackets({ ...bodyOf(event), account: { subdomain: account.subdomain, id: account.id, _links: { self: account.self } } });
}

/** The same as names and values: what the seed shows as JSON. */
export const hookPairs = (event: HookEvent, account: HookAccount): Record<string, string> =>
  Object.fromEntries(
    bracketPairs({ ...bodyOf(event), account: { subdomain: account.subdomain, id: account.id, _links: { self: account.self } } }),
  );

function bodyOf(event: HookEvent): Record<string, Branch> {
  switch (event.of) {
    case "leads":
      return { leads: { [event.action]: [event.action === "delete" ? goneLead(event.item) : leadItem(event.item, event.before)] } };
    case "contacts":
      return { contacts: { [event.action]: [contactItem(event)] } };
    case "companies":
      return { contacts: { [event.action]: [companyItem(event)] } };
    case "tasks":
      return { task: { [event.action]: [taskItem(event)] } };
    case "notes":
      // Companies stand among the contacts here, too.
      return { [event.on === "companies" ? "contacts" : event.on]: { note: [{ note: noteItem(event) }] } };
  }
}

const goneLead = ({ id, status_id, pipeline_id }: Lead): Branch => ({ id, status_id, pipeline_id });

const leadItem = (lead: Lead, before: Before = {}): Branch => ({
  id: lead.id,
  name: lead.name,
  status_id: lead.status_id,
  old_status_id: before.status_id,
  price: lead.price,
  responsible_user_id: lead.responsible_user_id,
  old_responsible_user_id: before.responsible_user_id,
  last_modified: lead.updated_at,
  modified_user_id: lead.updated_by,
  created_user_id: lead.created_by,
  date_create: lead.created_at,
  pipeline_id: lead.pipeline_id,
  old_pipeline_id: before.pipeline_id,
  tags: lead._embedded.tags.map(({ id, name }) => ({ id, name })),
  account_id: lead.account_id,
  custom_fields: (lead.custom_fields_values ?? []).map(fieldItem),
  created_at: lead.created_at,
  updated_at: lead.updated_at,
});

/** Dates and checkboxes stand there bare. */
const fieldItem = ({ field_id, field_name, field_code, field_type, values }: FieldValues): Branch => ({
  id: field_id,
  name: field_name,
  code: field_code,
  values: values.map(({ value, enum_id }) =>
    bare.has(field_type)
      ? (value as Branch)
      : { value: typeof value === "object" ? JSON.stringify(value) : (value as Branch), enum: enum_id },
  ),
});
const bare = new Set(["date", "date_time", "birthday", "checkbox"]);

const person = (item: Contact | Company, before: Before = {}): Record<string, Branch> => ({
  id: item.id,
  name: item.name,
  responsible_user_id: item.responsible_user_id,
  old_responsible_user_id: before.responsible_user_id,
  group_id: item.group_id,
  date_create: item.created_at,
  last_modified: item.updated_at,
  created_user_id: item.created_by,
  modified_user_id: item.updated_by,
});

const rest = (item: Contact | Company, leads: readonly number[] = []): Record<string, Branch> => ({
  account_id: item.account_id,
  custom_fields: (item.custom_fields_values ?? []).map(fieldItem),
  linked_leads_id: Object.fromEntries(leads.map((id) => [id, { ID: id }])),
  tags: item._embedded.tags.map(({ id, name }) => ({ id, name })),
  created_at: item.created_at,
  updated_at: item.updated_at,
});

function contactItem({ item, before, leads, action }: Extract<HookEvent, { of: "contacts" }>): Branch {
  if (action === "delete") return { id: item.id, type: "contact" };
  return { ...person(item, before), linked_company_id: item._embedded.companies[0]?.id, ...rest(item, leads), type: "contact" };
}

function companyItem({ item, before, leads, action }: Extract<HookEvent, { of: "companies" }>): Branch {
  if (action === "delete") return { id: item.id, type: "company" };
  return { ...person(item, before), ...rest(item, leads), type: "company" };
}

/** `2026-11-25 10:00:00`, in UTC. */
const dateText = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");

const taskItem = ({ item: task, before = {}, closes }: Extract<HookEvent, { of: "tasks" }>): Branch => ({
  id: task.id,
  element_id: task.entity_id ?? 0,
  element_type: task.entity_type === null ? 0 : (elementTypes[task.entity_type as EntityType] ?? 0),
  task_type: task.task_type_id,
  date_create: dateText(task.created_at),
  text: task.text,
  status: task.is_completed ? 1 : 0,
  account_id: task.account_id,
  created_user_id: task.created_by,
  last_modified: dateText(task.updated_at),
  responsible_user_id: task.responsible_user_id,
  old_responsible_user_id: before.responsible_user_id,
  complete_till: dateText(task.complete_till),
  action_close: closes === undefined ? undefined : closes ? 1 : 0,
  result: "text" in task.result ? { id: task.id, text: task.result.text } : undefined,
  created_at: task.created_at,
  updated_at: task.updated_at,
});

/** Numbers that old notes have for their types. */
export const noteTypeNumbers: Readonly<Record<string, number>> = {
  common: 4,
  call_in: 10,
  call_out: 11,
  service_message: 25,
  sms_in: 102,
  sms_out: 103,
};

function noteItem({ item: note, on }: Extract<HookEvent, { of: "notes" }>): Branch {
  const { uniq, link, phone, duration, source, text } = note.params;
  const isCall = note.note_type === "call_in" || note.note_type === "call_out";
  return {
    id: note.id,
    element_type: elementTypes[on],
    element_id: note.entity_id,
    note_type: noteTypeNumbers[note.note_type] ?? 4,
    date_create: dateText(note.created_at),
    text: isCall ? JSON.stringify({ UNIQ: uniq, LINK: link, PHONE: phone, DURATION: duration, SRC: source }) : String(text ?? ""),
    account_id: note.account_id,
    created_by: note.created_by,
    modified_by: note.updated_by,
    main_user_id: note.responsible_user_id,
    group_id: note.group_id,
    metadata: JSON.stringify(note.params),
    timestamp_x: dateText(note.updated_at),
    created_at: note.created_at,
    updated_at: note.updated_at,
  };
}

/** One thing that a webhook tells: whose it is, what happened, and what little is known. */
export interface HookFact {
  readonly of: EntityType | "customers" | "tasks" | "notes" | "unsorted" | "message" | "talk" | "catalogs";
  readonly action: string;
  readonly id: string;
  readonly item: Tree;
  /** Of a note: what it is on. */
  readonly on?: EntityType | "customers";
}

/** A webhook's body. Whatever else is in it is left aside; a body without any fact has none. */
export const readHook = (
  body: string,
): { readonly account: { readonly id?: number; readonly subdomain?: string }; readonly facts: readonly HookFact[] } =>
  readHookTree(readBrackets(body));

/** The same from names and values: the seed's JSON. */
export const readHookPairs = (pairs: Readonly<Record<string, string>>): ReturnType<typeof readHook> =>
  readHookTree(readBracketPairs(pairs));

function readHookTree(tree: Tree): ReturnType<typeof readHook> {
  const account = branchOf(tree["account"]);
  const id = Number(account["id"]);
  const subdomain = account["subdomain"];
  return {
    account: { ...(Number.isSafeInteger(id) && id > 0 && { id }), ...(typeof subdomain === "string" && { subdomain }) },
    facts: Object.entries(tree).flatMap(([name, actions]) => {
      const of = told[name];
      if (of === undefined) return [];
      return Object.entries(branchOf(actions)).flatMap(([action, items]) =>
        listOf(items).flatMap((item) => readFact(of, action, branchOf(item))),
      );
    }),
  };
}

const told: Readonly<Record<string, HookFact["of"]>> = {
  leads: "leads",
  contacts: "contacts",
  customers: "customers",
  task: "tasks",
  unsorted: "unsorted",
  message: "message",
  talk: "talk",
  catalogs: "catalogs",
};

const branchOf = (branch: Tree | string | undefined): Tree => (typeof branch === "object" ? branch : {});

function readFact(of: HookFact["of"], action: string, item: Tree): HookFact[] {
  const isCompany = of === "contacts" && item["type"] === "company";
  if (action === "note") {
    const note = branchOf(item["note"]);
    const on = Number(note["element_type"]) === elementTypes.companies ? "companies" : (of as EntityType);
    return withId({ of: "notes", action: "add", item: note, on });
  }
  return withId({ of: isCompany ? "companies" : of, action, item });
}

function withId(fact: Omit<HookFact, "id">): HookFact[] {
  const id = fact.item["id"] ?? fact.item["uid"] ?? fact.item["talk_id"];
  return typeof id === "string" ? [{ ...fact, id }] : [];
}
