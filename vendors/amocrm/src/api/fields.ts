import { type CustomField, type EntityType, entityTypes, type FieldProblem, fieldProblem } from "../protocol.ts";
import type { CustomFieldDraft } from "./account.ts";
import { idsOf, mustAllBeThere, mustHaveId, readItems, readOne, writeItems } from "./batch.ts";
import { choiceTypes } from "./field-drafts.ts";
import { type At, type Handler, idAt, notFound, type Route, route } from "./http.ts";
import { given, linked, orderOf, pagingOf, Query, selfOf, wholeAnswer } from "./query.ts";
import { anything, choice, flag, int, list, nullable, object, required, text } from "./shape.ts";

/** Custom fields and their groups. Source: crm_platform/custom-fields */

export const fieldRoutes: readonly Route[] = entityTypes.flatMap((of) => [
  route("GET", `/api/v4/${of}/custom_fields`, listFields(of)),
  route("POST", `/api/v4/${of}/custom_fields`, createFields(of)),
  route("PATCH", `/api/v4/${of}/custom_fields`, updateFields(of)),
  route("GET", `/api/v4/${of}/custom_fields/groups`, listGroups(of)),
  route("GET", `/api/v4/${of}/custom_fields/groups/{group}`, oneGroup(of)),
  route("GET", `/api/v4/${of}/custom_fields/{id}`, oneField(of)),
  route("PATCH", `/api/v4/${of}/custom_fields/{id}`, updateField(of)),
  route("DELETE", `/api/v4/${of}/custom_fields/{id}`, removeField(of)),
]);

/** What one may make. */
export const fieldTypes = [
  "text",
  "numeric",
  "checkbox",
  "select",
  "multiselect",
  "date",
  "url",
  "textarea",
  "radiobutton",
  "streetaddress",
  "smart_address",
  "birthday",
  "legal_entity",
  "date_time",
  "price",
  "category",
  "items",
  "tracking_data",
  "linked_entity",
  "chained_list",
  "monetary",
  "file",
  "payer",
  "supplier",
  "multitext",
] as const;

const shape = object({
  id: int(1),
  name: text(255, 1),
  type: choice(fieldTypes),
  code: nullable(text(255)),
  sort: int(0, 100_000),
  is_api_only: flag,
  enums: nullable(list(object({ id: int(1), value: required(text(255, 1)), sort: int(0, 100_000), code: nullable(text(255)) }), 5_000)),
  group_id: nullable(text(255)),
  required_statuses: nullable(list(object({ status_id: required(int(1)), pipeline_id: required(int(1)) }))),
  remind: nullable(choice(["never", "day", "week", "month"])),
  currency: nullable(text(3)),
  settings: anything,
  is_visible: anything,
  is_deletable: anything,
  is_predefined: anything,
  is_required: anything,
  entity_type: anything,
  account_id: anything,
  request_id: anything,
  tracking_callback: anything,
  hidden_statuses: anything,
  chained_lists: anything,
  search_in: anything,
  nested: anything,
});

function read(sent: unknown, problems: FieldProblem[], isNew: boolean): (CustomFieldDraft & { readonly id?: number }) | undefined {
  const item = shape(sent, "", problems);
  if (!item) return undefined;
  const { id, name, type, code, sort, is_api_only, enums, group_id, required_statuses, remind, currency, settings } = item;
  if (isNew)
    for (const [member, value] of Object.entries({ name, type }))
      if (value === undefined) problems.push(fieldProblem("FieldMissing", member));
  if (isNew && type !== undefined && choiceTypes.has(type) && (enums?.length ?? 0) === 0)
    problems.push(fieldProblem("FieldMissing", "enums"));
  const drafts = enums?.map((one) => ({ value: one.value, ...given({ id: one.id, sort: one.sort, code: one.code }) }));
  return given({
    ...{ id, name, type, code, sort, is_api_only, enums: enums === null ? null : drafts, group_id },
    ...{ required_statuses: required_statuses ?? undefined, remind, currency, settings },
  });
}

const written = (at: At, of: EntityType, field: CustomField) => linked(at, `${of}/custom_fields`, field, field.id);

function listFields(of: EntityType): Handler {
  return async (at) => {
    const query = new Query(at.query);
    const filter = query.below("filter");
    const types = filter?.texts("type");
    const { order } = orderOf(query, ["sort", "id"]);
    const paging = pagingOf(query);
    query.done();
    const by = order?.by === "id" ? "id" : "sort";
    const sign = order?.descending ? -1 : 1;
    const fields = [...(await at.account.fields(of))]
      .filter(({ type }) => types === undefined || types.includes(type))
      .sort((one, other) => sign * (one[by] - other[by] || one.id - other.id));
    return wholeAnswer(
      at,
      "custom_fields",
      fields.map((field) => written(at, of, field)),
      paging,
    );
  };
}

const fieldAt = async (at: At, of: EntityType): Promise<CustomField | undefined> =>
  (await at.account.fields(of)).find(({ id }) => id === idAt(at));

function oneField(of: EntityType): Handler {
  return async (at) => {
    const field = await fieldAt(at, of);
    return field && { body: written(at, of, field) };
  };
}

async function answerOf(at: At, of: EntityType, done: readonly { readonly id: number; readonly requestId: string }[]) {
  const fields = await at.account.fields(of);
  return {
    status: 201,
    body: {
      _total_items: done.length,
      _links: selfOf(at),
      _embedded: {
        custom_fields: done.flatMap(({ id, requestId }) => {
          const field = fields.find((one) => one.id === id);
          return field ? [{ ...written(at, of, field), request_id: requestId }] : [];
        }),
      },
    },
  };
}

function createFields(of: EntityType): Handler {
  return async (at) => {
    const items = await readItems(at.json(), (item, problems) => read(item, problems, true));
    const made = await writeItems(at.account, items, (pen, draft) => pen.createField(of, draft));
    return answerOf(
      at,
      of,
      made.map(({ result: id, requestId }) => ({ id, requestId })),
    );
  };
}

function updateFields(of: EntityType): Handler {
  return async (at) => {
    const items = await readItems(at.json(), (item, problems) => {
      const draft = read(item, problems, false);
      mustHaveId(draft, problems);
      return draft;
    });
    const known = new Set((await at.account.fields(of)).map(({ id }) => id));
    mustAllBeThere(items, known);
    await writeItems(at.account, items, (pen, { id, ...draft }) => pen.updateField(of, id ?? 0, draft));
    const ids = idsOf(items);
    return answerOf(
      at,
      of,
      items.map(({ requestId }, index) => ({ id: ids[index] ?? 0, requestId })),
    );
  };
}

function updateField(of: EntityType): Handler {
  return async (at) => {
    const { id: _, ...draft } = await readOne(at.json(), (sent, problems) => read(sent, problems, false));
    if (!(await fieldAt(at, of))) throw notFound();
    await at.account.write((pen) => pen.updateField(of, idAt(at), draft));
    const after = await fieldAt(at, of);
    return after && { body: written(at, of, after) };
  };
}

function removeField(of: EntityType): Handler {
  return async (at) => {
    if (!(await fieldAt(at, of))) throw notFound();
    await at.account.write((pen) => pen.removeField(of, idAt(at)));
    return undefined;
  };
}

function listGroups(of: EntityType): Handler {
  return async (at) => {
    const groups = await at.account.fieldGroups(of);
    return wholeAnswer(
      at,
      "custom_field_groups",
      groups.map((group) => linked(at, `${of}/custom_fields/groups`, group, group.id)),
    );
  };
}

function oneGroup(of: EntityType): Handler {
  return async (at) => {
    const group = (await at.account.fieldGroups(of)).find(({ id }) => id === at.params[0]);
    return group && { body: linked(at, `${of}/custom_fields/groups`, group, group.id) };
  };
}
