import type { OwnEvent, OwnEventFilter, OwnField, OwnStage } from "@svyazka/core";
import type { EventQuery } from "../api/account.ts";
import type { EntityType, Event } from "../protocol.ts";
import { singular } from "../protocol.ts";
import { ownEntity } from "./fields.ts";
import { actors, moments, pageFilter } from "./reading.ts";
import { seconds } from "./times.ts";
import { placeOf, statusId } from "./words.ts";

/** Lines of our timeline as amoCRM's events: one for one. */

/** Ids there have 26 places. */
const writeId = (id: number): string => `01${String(id).padStart(24, "0")}`;
const readId = (id: string): number => (/^01\d{24}$/.test(id) ? Number(id.slice(2)) : 0);

const kindsOf: Readonly<Record<string, { readonly kind: string; readonly member?: string; readonly of?: EntityType }>> = {
  lead_added: { kind: "created", of: "leads" },
  contact_added: { kind: "created", of: "contacts" },
  company_added: { kind: "created", of: "companies" },
  lead_deleted: { kind: "deleted", of: "leads" },
  contact_deleted: { kind: "deleted", of: "contacts" },
  company_deleted: { kind: "deleted", of: "companies" },
  lead_restored: { kind: "restored", of: "leads" },
  contact_restored: { kind: "restored", of: "contacts" },
  company_restored: { kind: "restored", of: "companies" },
  lead_status_changed: { kind: "stage", of: "leads" },
  task_added: { kind: "task" },
  task_completed: { kind: "task_closed" },
  incoming_call: { kind: "call" },
  outgoing_call: { kind: "call" },
  entity_tag_added: { kind: "tags" },
  entity_tag_deleted: { kind: "tags" },
  entity_responsible_changed: { kind: "changed", member: "responsible" },
  sale_field_changed: { kind: "changed", member: "sum" },
  name_field_changed: { kind: "changed", member: "name" },
  custom_field_value_changed: { kind: "changed" },
  entity_linked: { kind: "changed", member: "elements" },
  entity_unlinked: { kind: "changed", member: "elements" },
  incoming_chat_message: { kind: "message" },
  common_note_added: { kind: "note" },
  entity_merged: { kind: "merged" },
};

/** Undefined when nothing can fit. What the timeline cannot tell apart is told apart by `fits`. */
export function eventFilter(query: EventQuery, fields: readonly OwnField[]): OwnEventFilter | undefined {
  const wanted = query.types?.map((type) => kindsOf[type] ?? memberOf(type, fields));
  const known = wanted?.filter((one) => one !== undefined);
  if (known?.length === 0) return undefined;
  const kinds = known && [...new Set(known.map(({ kind }) => kind))];
  const members = known?.every(({ member }) => member !== undefined)
    ? known.flatMap(({ member }) => (member === undefined ? [] : [member]))
    : undefined;
  const entities = (query.entities ?? []).flatMap((one) =>
    Object.entries(singular).flatMap(([of, name]) => (name === one ? [of as EntityType] : [])),
  );
  const [entity] = entities.length > 0 ? entities : (known ?? []).flatMap(({ of }) => (of === undefined ? [] : [of]));
  const isOne = entities.length === 1 || (entities.length === 0 && known?.every(({ of }) => of !== undefined && of === entity));
  return {
    ...pageFilter(query),
    ...(query.ids && { ids: query.ids.map(readId) }),
    ...(kinds && { kinds }),
    ...(members && { members }),
    ...(isOne && entity && { on: ownEntity[entity] }),
    ...(query.entityIds && isOne && { records: query.entityIds }),
    ...(query.createdBy && { actors: actors(query.createdBy) }),
    ...moments(query.createdAt, "from", "to"),
  };
}

function memberOf(type: string, fields: readonly OwnField[]): { kind: string; member: string; of?: EntityType } | undefined {
  const id = Number(/^custom_field_(\d+)_value_changed$/.exec(type)?.[1]);
  const field = fields.find((one) => one.id === id);
  return field && { kind: "changed", member: `fields.${field.code}` };
}

interface Told {
  readonly account: number;
  readonly fields: readonly OwnField[];
  readonly stages: ReadonlyMap<number, OwnStage>;
}

/** What it is called there, with what was before and after. */
export function writeEvent(event: OwnEvent, at: Told): Event {
  const place = placeOf(event);
  const of = place?.of ?? "leads";
  const told = describe(event, of, at);
  return {
    id: writeId(event.id),
    type: told.type,
    entity_id: place?.id ?? 0,
    entity_type: singular[of],
    created_by: event.user ?? 0,
    created_at: seconds(event.at),
    value_after: told.after ?? [],
    value_before: told.before ?? [],
    account_id: at.account,
  };
}

interface Described {
  readonly type: string;
  readonly before?: readonly unknown[];
  readonly after?: readonly unknown[];
}

function describe(event: OwnEvent, of: EntityType, { fields, stages }: Told): Described {
  const name = singular[of];
  const what = (event.what ?? {}) as {
    changes?: Record<string, { old: unknown; new: unknown }>;
    old?: Place;
    new?: Place;
    added?: string[];
    removed?: string[];
  };
  switch (event.kind) {
    case "created":
      return { type: `${name}_added` };
    case "deleted":
    case "restored":
      return { type: `${name}_${event.kind}` };
    case "stage": {
      const status = (to: Place | undefined) => {
        const stage = stages.get(to?.stage ?? 0);
        return to ? [{ lead_status: { id: stage ? statusId(stage) : to.stage, pipeline_id: to.pipeline } }] : [];
      };
      return { type: "lead_status_changed", before: status(what.old), after: status(what.new) };
    }
    case "tags":
      return (what.added ?? []).length > 0
        ? { type: "entity_tag_added", after: (what.added ?? []).map((tag) => ({ tag: { name: tag } })) }
        : { type: "entity_tag_deleted", before: (what.removed ?? []).map((tag) => ({ tag: { name: tag } })) };
    case "task":
      return { type: "task_added", after: event.task ? [{ task: { id: event.task.id, text: event.task.title } }] : [] };
    case "task_closed":
      return { type: "task_completed", after: event.task ? [{ task: { id: event.task.id, text: event.task.title } }] : [] };
    case "call":
      return {
        type: event.call?.direction === "in" ? "incoming_call" : "outgoing_call",
        after: event.call ? [{ note: { id: event.call.id } }] : [],
      };
    case "note":
      return { type: "common_note_added", after: event.note ? [{ note: { id: event.note.id } }] : [] };
    case "message":
      return { type: "incoming_chat_message" };
    case "merged":
    case "unmerged":
      return { type: "entity_merged" };
    default:
      return describeChange(what.changes ?? {}, fields, of);
  }
}

interface Place {
  readonly pipeline: number;
  readonly stage: number;
}

function describeChange(changes: Record<string, { old: unknown; new: unknown }>, fields: readonly OwnField[], of: EntityType): Described {
  const [[member = "", { old, new: fresh } = { old: null, new: null }] = []] = Object.entries(changes);
  const both = (value: (one: unknown) => unknown): Pick<Described, "before" | "after"> => ({
    before: old == null ? [] : [value(old)],
    after: fresh == null ? [] : [value(fresh)],
  });
  if (member === "responsible") return { type: "entity_responsible_changed", ...both((id) => ({ responsible_user: { id } })) };
  if (member === "sum")
    return {
      type: "sale_field_changed",
      ...both((sum) => ({ sale_field_value: { sale: Math.round(Number((sum as { sum?: string }).sum ?? sum)) } })),
    };
  if (["name", "surname", "middlename"].includes(member))
    return { type: "name_field_changed", ...both((name) => ({ name_field_value: { name } })) };
  if (member === "elements") return describeElements(old, fresh);
  const field = fields.find(({ code, entity }) => entity === ownEntity[of] && `fields.${code}` === member);
  if (!field) return { type: "custom_field_value_changed" };
  const text = (value: unknown) => ({
    custom_field_value: {
      field_id: field.id,
      field_type: 1,
      enum_id: null,
      text: typeof value === "object" ? JSON.stringify(value) : String(value),
    },
  });
  return { type: `custom_field_${field.id}_value_changed`, ...both(text) };
}

/** What came, or what went; how many there are of it is no event there. */
function describeElements(old: unknown, fresh: unknown): Described {
  const idsOf = (list: unknown): Ids => (Array.isArray(list) ? (list as Ids) : []);
  const [before, after] = [idsOf(old), idsOf(fresh)];
  const but = (all: Ids, others: Ids) =>
    all
      .filter(({ id }) => !others.some((other) => other.id === id))
      .map(({ id }) => ({ link: { entity: { type: "catalog_elements", id } } }));
  const gone = but(before, after);
  return gone.length > 0 ? { type: "entity_unlinked", before: gone } : { type: "entity_linked", after: but(after, before) };
}
type Ids = readonly { readonly id: number }[];
