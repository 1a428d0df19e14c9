import {
  type OwnCompany,
  type OwnContact,
  type OwnDeal,
  type OwnNote,
  type OwnPipeline,
  type OwnRecord,
  type OwnStage,
  type OwnTask,
  type OwnTaskType,
  type OwnUser,
  type Workspace,
  writeMoney,
} from "@svyazka/core";
import type { Company, Contact, ElementRef, EntityType, Lead, Note, Pipeline, Rights, Status, TagRef, Task, User } from "../protocol.ts";
import { lost, won } from "../protocol.ts";
import { type FieldBook, writeValues } from "./fields.ts";
import { seconds } from "./times.ts";

/** Our records in amoCRM's words. */

/** What is known of the account while one request is answered. */
export interface Scene {
  readonly workspace: Workspace;
  readonly books: Readonly<Record<EntityType, FieldBook>>;
  readonly users: ReadonlyMap<number, OwnUser>;
  readonly stages: ReadonlyMap<number, OwnStage>;
  /** Where leads without a pipeline go. */
  readonly mainPipeline: number;
}

/** Won and lost have the same number in every pipeline. */
export const statusId = ({ id, kind }: OwnStage): number => (kind === "won" ? won : kind === "lost" ? lost : id);

const common = (of: EntityType, record: OwnRecord, { workspace, users, books }: Scene) => ({
  responsible_user_id: record.responsible ?? 0,
  group_id: users.get(record.responsible ?? 0)?.group ?? 0,
  created_by: record.createdBy ?? 0,
  updated_by: record.updatedBy ?? 0,
  created_at: seconds(record.createdAt),
  updated_at: seconds(record.updatedAt),
  closest_task_at: record.nextTask ? seconds(record.nextTask) : null,
  is_deleted: record.deletedAt !== null,
  custom_fields_values: writeValues(books[of], record, workspace),
  account_id: workspace.id as number,
});

const tagsOf = ({ tags }: OwnRecord): TagRef[] => tags.map(({ id, name, colour }) => ({ id, name, color: colour }));
const references = (ids: readonly number[]) => ids.map((id) => ({ id }));

/** `elements`: what stands on each deal, where that is asked for. */
export function writeLead(
  deal: OwnDeal,
  scene: Scene,
  bring: ReadonlySet<string>,
  elements?: ReadonlyMap<number, readonly ElementRef[]>,
): Lead {
  const stage = scene.stages.get(deal.stage);
  const { responsible_user_id, group_id, created_by, updated_by, created_at, updated_at, ...rest } = common("leads", deal, scene);
  return {
    id: deal.id,
    name: deal.name,
    price: deal.sum ? Math.round(Number(writeMoney(deal.sum))) : 0,
    ...{ responsible_user_id, group_id },
    status_id: stage ? statusId(stage) : deal.stage,
    pipeline_id: deal.pipeline,
    loss_reason_id: deal.lossReason,
    source_id: deal.source,
    ...{ created_by, updated_by, created_at, updated_at },
    closed_at: deal.closedAt ? seconds(deal.closedAt) : null,
    ...rest,
    score: null,
    labor_cost: null,
    _embedded: {
      tags: tagsOf(deal),
      companies: deal.company === null ? [] : references([deal.company]),
      ...(bring.has("contacts") && { contacts: deal.contacts.map(({ id, isMain }) => ({ id, is_main: isMain })) }),
      ...(elements && { catalog_elements: elements.get(deal.id) ?? [] }),
    },
  };
}

export function writeContact(contact: OwnContact, scene: Scene, bring: ReadonlySet<string>): Contact {
  const first = [contact.name, contact.middlename].filter((part) => part !== "").join(" ");
  // A whole name that nobody took apart has no first name of its own.
  const isWhole = contact.surname === "" && first.includes(" ");
  return {
    id: contact.id,
    name: contact.fullName,
    first_name: isWhole ? "" : first,
    last_name: contact.surname,
    ...common("contacts", contact, scene),
    _embedded: {
      tags: tagsOf(contact),
      companies: contact.company === null ? [] : references([contact.company]),
      ...(bring.has("leads") && { leads: references(contact.deals ?? []) }),
      ...(bring.has("customers") && { customers: [] }),
      ...(bring.has("catalog_elements") && { catalog_elements: [] }),
    },
  };
}

export function writeCompany(company: OwnCompany, scene: Scene, bring: ReadonlySet<string>): Company {
  return {
    id: company.id,
    name: company.name,
    ...common("companies", company, scene),
    _embedded: {
      tags: tagsOf(company),
      ...(bring.has("contacts") && { contacts: references(company.contacts ?? []) }),
      ...(bring.has("leads") && { leads: references(company.deals ?? []) }),
      ...(bring.has("customers") && { customers: [] }),
      ...(bring.has("catalog_elements") && { catalog_elements: [] }),
    },
  };
}

const stamps = ({ createdBy, updatedBy, createdAt, updatedAt }: Pick<OwnTask, "createdBy" | "updatedBy" | "createdAt" | "updatedAt">) => ({
  created_by: createdBy ?? 0,
  updated_by: updatedBy ?? createdBy ?? 0,
  created_at: seconds(createdAt),
  updated_at: seconds(updatedAt),
});

/** amoCRM has two types that are the same everywhere; one of ours with such a number is moved out of the way. */
export const wireTaskType = ({ id, code }: Pick<OwnTaskType, "id" | "code">): number =>
  code === "call" ? 1 : code === "meeting" ? 2 : id > 2 ? id : 1_000_000 + id;

export function writeTask(task: OwnTask, { workspace, users }: Scene, types: ReadonlyMap<number, OwnTaskType>): Task {
  const on = placeOf(task);
  const type = types.get(task.type ?? 0);
  return {
    id: task.id,
    ...stamps(task),
    responsible_user_id: task.responsible ?? 0,
    group_id: users.get(task.responsible ?? 0)?.group ?? 0,
    entity_id: on?.id ?? null,
    entity_type: on?.of ?? null,
    duration: task.estimateSeconds ?? 0,
    is_completed: task.doneAt !== null,
    task_type_id: type ? wireTaskType(type) : 1,
    text: task.text === null || task.text === "" ? task.title : `${task.title}\n${task.text}`,
    result: task.doneAt !== null && task.result !== null && task.result !== "" ? { text: task.result } : [],
    complete_till: task.due ? seconds(task.due) : seconds(task.createdAt),
    account_id: workspace.id as number,
  };
}

interface Places {
  readonly contact: number | null;
  readonly company: number | null;
  readonly deal: number | null;
}

/** A call may stand on several: the deal comes first, unless a kind is asked for. */
export function placeOf(places: Places, wanted?: EntityType): { readonly of: EntityType; readonly id: number } | undefined {
  const all = [
    { of: "leads" as const, id: places.deal },
    { of: "contacts" as const, id: places.contact },
    { of: "companies" as const, id: places.company },
  ].flatMap(({ of, id }) => (id === null ? [] : [{ of, id }]));
  return all.find(({ of }) => of === wanted) ?? (wanted === undefined ? all[0] : undefined);
}

export function writeNote(note: OwnNote, of: EntityType, { workspace, users }: Scene): Note {
  const responsible = note.call?.responsible ?? note.createdBy ?? 0;
  return {
    id: note.id,
    entity_id: placeOf(note, of)?.id ?? 0,
    ...stamps(note),
    responsible_user_id: responsible,
    group_id: users.get(responsible)?.group ?? 0,
    note_type: noteType(note),
    params: paramsOf(note),
    account_id: workspace.id as number,
  };
}

/** Of our own kinds those that amoCRM lacks are plain notes; a call inside the company is an outgoing one. */
function noteType({ kind, call }: OwnNote): string {
  if (call) return call.direction === "in" ? "call_in" : "call_out";
  return kind;
}

/** Nulls are left out: amoCRM itself refuses them here. */
function paramsOf({ kind, text, params, call }: OwnNote): Readonly<Record<string, unknown>> {
  if (!call) return kind === "common" ? { text, ...params } : { ...params, ...(params?.["text"] === undefined && text !== "" && { text }) };
  const link = call.recordings[0];
  const responsible = call.responsible;
  return {
    uniq: call.key.replace(/^\w+:/, ""),
    duration: call.talkSeconds ?? call.durationSeconds ?? 0,
    source: "",
    ...(link !== undefined && { link }),
    phone: call.e164 ?? call.phone,
    ...(responsible !== null && { call_responsible: responsible }),
    // 4: talked; 6: no answer; 7: busy.
    call_status: call.outcome === "answered" ? 4 : call.outcome === "busy" ? 7 : 6,
    ...params,
  };
}

const colourOf: Readonly<Record<OwnStage["kind"], string>> = { incoming: "#c1c1c1", open: "#99ccff", won: "#CCFF66", lost: "#D5D8DB" };

export function writePipeline(pipeline: OwnPipeline, { workspace }: Pick<Scene, "workspace">): Pipeline {
  const account_id = workspace.id as number;
  const order = { incoming: 10, open: 20, won: 10_000, lost: 11_000 } as const;
  let place = 0;
  return {
    id: pipeline.id,
    name: pipeline.name,
    sort: pipeline.position,
    is_main: pipeline.isDefault,
    is_unsorted_on: pipeline.stages.some(({ kind }) => kind === "incoming"),
    is_archive: false,
    account_id,
    _embedded: {
      statuses: pipeline.stages.map((stage): Status => {
        const sort = stage.kind === "open" ? stage.position || order.open + 10 * place++ : order[stage.kind];
        return {
          ...{ id: statusId(stage), name: stage.name, sort, is_editable: stage.kind === "open", pipeline_id: pipeline.id },
          // Both ends have one colour everywhere.
          ...{
            color: (stage.kind === "open" ? stage.colour : null) ?? colourOf[stage.kind],
            type: stage.kind === "incoming" ? 1 : 0,
            account_id,
          },
        };
      }),
    },
  };
}

/** Letters of amoCRM: all, of the group, their own, none. */
export function writeUser(user: OwnUser): User {
  const isAdmin = user.role === "administrator";
  const reach = isAdmin ? "A" : ({ all: "A", group: "G", own: "M" } as const)[user.recordAccess];
  const change = user.role === "read-only" ? "D" : reach;
  const records = { view: reach, edit: change, add: user.role === "read-only" ? "D" : "A", delete: change, export: reach } as const;
  const rights: Rights = {
    ...{ leads: records, contacts: records, companies: records, tasks: { edit: change, delete: change } },
    ...{
      mail_access: false,
      catalog_access: user.role !== "read-only",
      files_access: true,
      status_rights: [],
      is_admin: isAdmin,
      is_free: false,
    },
    ...{ is_active: user.active, group_id: user.group, role_id: isAdmin ? null : roleIds[user.role] },
  };
  return { id: user.id, name: user.name, email: user.email ?? "", lang: user.language, rights, phone_number: user.phone };
}

export const roleIds = { administrator: 1, manager: 2, "read-only": 3 } as const;
