import type { MoveFinding } from "@svyazka/core";
import { noteParams } from "../api/notes.ts";
import type { CompanyDraft, ContactDraft, FieldDraft, LeadDraft, NoteDraft, TaskDraft } from "../client.ts";
import type { EntityType, FieldValues, Lead, Note, Task } from "../protocol.ts";
import { perPage } from "./here.ts";
import { type Items, passNote, passRecord, passTask } from "./local.ts";
import { type OutGround, passageOut } from "./out-ground.ts";
import { kindOf } from "./records-in.ts";
import { type Sent, sendOnce } from "./send-once.ts";
import { sourceName } from "./source-name.ts";

/** Records and what stands on them, as the API takes them. */

const choices: ReadonlySet<string> = new Set(["select", "radiobutton", "multiselect", "category"]);

export const fieldDrafts = (fields: readonly FieldValues[] | null): FieldDraft[] =>
  (fields ?? []).map(({ field_id, field_type, values }) => ({
    field_id,
    values: values.map(({ value, enum_id, enum_code }) =>
      choices.has(field_type) && enum_id !== undefined
        ? { enum_id }
        : { value, ...(enum_code != null ? { enum_code } : enum_id !== undefined && { enum_id }) },
    ),
  }));

const stampsOf = ({ created_by, updated_by, created_at, updated_at }: Lead | Task | Note) => ({
  ...{ created_by, updated_by, created_at, updated_at },
});

const commonOf = (item: Items[EntityType]) => ({
  ...stampsOf(item as Lead),
  ...(item.responsible_user_id !== 0 && { responsible_user_id: item.responsible_user_id }),
  ...(item.custom_fields_values &&
    item.custom_fields_values.length > 0 && { custom_fields_values: fieldDrafts(item.custom_fields_values) }),
});

/** By their names: numbers are amoCRM's own. */
const tagsOf = ({ tags }: Pick<Lead["_embedded"], "tags">) => (tags.length > 0 ? { tags: tags.map(({ name }) => ({ name })) } : {});

function leadDraft(lead: Lead, source: string | undefined): LeadDraft {
  const { companies, contacts = [] } = lead._embedded;
  return {
    ...commonOf(lead),
    ...{ name: lead.name, price: lead.price, pipeline_id: lead.pipeline_id, status_id: lead.status_id },
    ...(lead.loss_reason_id !== null && { loss_reason_id: lead.loss_reason_id }),
    ...(lead.closed_at !== null && { closed_at: lead.closed_at }),
    _embedded: {
      ...tagsOf(lead._embedded),
      ...(companies.length > 0 && { companies }),
      ...(contacts.length > 0 && { contacts: contacts.map(({ id, is_main }) => ({ id, is_main })) }),
      ...(source !== undefined && { source: { external_id: source, type: "widget" as const } }),
    },
  };
}

function contactDraft(contact: Items["contacts"]): ContactDraft {
  const { name, first_name, last_name, _embedded: embedded } = contact;
  return {
    ...commonOf(contact),
    ...(first_name === "" && last_name === "" ? { name } : { first_name, last_name }),
    _embedded: { ...tagsOf(embedded), ...(embedded.companies.length > 0 && { companies: embedded.companies }) },
  };
}

const companyDraft = (company: Items["companies"]): CompanyDraft => ({
  ...commonOf(company),
  name: company.name,
  _embedded: tagsOf(company._embedded),
});

export async function recordsOut<K extends EntityType>(ground: OutGround, of: K, items: readonly Items[K][]): Promise<MoveFinding[]> {
  const { amo, crm, out } = ground;
  const passage = passageOut(ground);
  const codes =
    of === "leads" ? new Map((await crm.sources.list()).map(({ id, code }) => [id, sourceName(id, code)])) : new Map<number, string>();
  const draftOf = (item: Items[K]): object => {
    const passed = passRecord(of, item, passage);
    if (of === "companies") return companyDraft(passed as Items["companies"]);
    if (of === "contacts") return contactDraft(passed as Items["contacts"]);
    const { source_id } = item as Lead;
    const source = source_id !== null && out.get("source", source_id) !== undefined ? codes.get(source_id) : undefined;
    return leadDraft(passed as Lead, source);
  };
  return sendOnce(ground, items, {
    ...{ kind: kindOf[of], idKind: of, name: of, draftOf },
    creating: amo[of] as unknown as Sent<Items[K], object>["creating"],
    newest: (page) => amo[of].page({ order: { id: "desc" }, limit: perPage }, page),
  });
}

export function tasksOut(ground: OutGround, items: readonly Task[]): Promise<MoveFinding[]> {
  const { amo } = ground;
  const passage = passageOut(ground);
  return sendOnce<Task, TaskDraft>(ground, items, {
    ...{ kind: "task", idKind: "tasks", name: "tasks", creating: amo.tasks },
    draftOf(item) {
      const { text, complete_till, task_type_id, responsible_user_id, entity_id, entity_type, duration, is_completed, result, ...task } =
        passTask(item, passage);
      return {
        ...stampsOf(task as Task),
        ...{ text: text || "—", complete_till, task_type_id, duration },
        ...(responsible_user_id !== 0 && { responsible_user_id }),
        ...(entity_id !== null && entity_type !== null && { entity_id, entity_type }),
        ...(is_completed && { is_completed, ...(!Array.isArray(result) && { result: result as { readonly text: string } }) }),
      };
    },
    newest: (page) => amo.tasks.page({ order: { id: "desc" }, limit: perPage }, page),
  });
}

export function notesOut(ground: OutGround, of: EntityType, items: readonly Note[]): Promise<MoveFinding[]> {
  const { amo } = ground;
  const passage = passageOut(ground);
  return sendOnce<Note, NoteDraft & { readonly entity_id: number }>(ground, items, {
    ...{ kind: "note", idKind: "notes", name: `notes of ${of}`, creating: amo[of].notes },
    draftOf(item) {
      const { entity_id, note_type, params, responsible_user_id, ...note } = passNote(of, item, passage);
      const isTaken = note_type in noteParams;
      return {
        ...stampsOf(note as Note),
        ...(responsible_user_id !== 0 && { responsible_user_id }),
        ...{ entity_id, note_type: isTaken ? note_type : "common" },
        // What only amoCRM itself makes of notes becomes a plain one, with all that is known of it.
        params: isTaken
          ? params
          : { text: typeof params["text"] === "string" && params["text"] !== "" ? params["text"] : JSON.stringify(params) },
      } as unknown as NoteDraft & { readonly entity_id: number };
    },
    newest: (page) => amo[of].notes.page({ order: { id: "desc" }, limit: perPage }, page),
  });
}
