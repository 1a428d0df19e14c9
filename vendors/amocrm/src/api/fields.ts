import { type CustomField, type EntityType, entityTypes, type FieldProblem, fieldProblem } from "../protocol.ts";
import type { CustomFieldDraft, FieldOwner } from "./account.ts";
import { idsOf, mustAllBeThere, mustHaveId, readItems, readOne, writeItems } from "./batch.ts";
import { choiceTypes } from "./field-drafts.ts";
import { type At, type Handler, idAt, notFound, type Route, route } from "./http.ts";
import { given, linked, orderOf, pagingOf, Query, selfOf, wholeAnswer } from "./query.ts";
import { anything, choice, flag, int, list, nullable, object, required, text } from "./shape.ts";

/** Custom fields and their groups. Source: crm_platform/custom-fields */

/** Whose fields a path is about, what it begins with, and which place in it names one of them. */
interface Home {
  readonly path: string;
  readonly place: number;
  of(at: At): FieldOwner;
}
const homes: readonly Home[] = [
  ...entityTypes.map((of): Home => ({ path: of, place: 0, of: () => of })),
  { path: "catalogs/{id}", place: 1, of: (at) => ({ catalog: idAt(at) }) },
];

export const fieldRoutes: readonly Route[] = [
  ...entityTypes.flatMap((of) => [
    route("GET", `/api/v4/${of}/custom_fields/groups`, listGroups(of)),
    route("GET", `/api/v4/${of}/custom_fields/groups/{group}`, oneGroup(of)),
  ]),
  ...homes.flatMap((home) => [
    route("GET", `/api/v4/${home.path}/custom_fields`, listFields(home)),
    route("POST", `/api/v4/${home.path}/custom_fields`, createFields(home)),
    route("PATCH", `/api/v4/${home.path}/custom_fields`, updateFields(home)),
    route("GET", `/api/v4/${home.path}/custom_fields/{id}`, oneField(home)),
    route("PATCH", `/api/v4/${home.path}/custom_fields/{id}`, updateField(home)),
    route("DELETE", `/api/v4/${home.path}/custom_fields/{id}`, removeField(home)),
  ]),
];

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

const written = (at: At, { path }: Home, field: CustomField) =>
  linked(at, `${path.replace("{id}", at.params[0] ?? "")}/custom_fields`, field, field.id);

/** The fields of whom the path is about; undefined when there is no such catalog. */
async function fieldsAt(at: At, home: Home): Promise<readonly CustomField[] | undefined> {
  const of = home.of(at);
  if (typeof of !== "string" && !(await at.account.catalogs()).some(({ id }) => id === of.catalog)) return undefined;
  return at.account.fields(of);
}

async function mustHaveFields(at: At, home: Home): Promise<readonly CustomField[]> {
  const fields = await fieldsAt(at, home);
  if (!fields) throw notFound();
  return fields;
}

function listFields(home: Home): Handler {
  return async (at) => {
    const query = new Query(at.query);
    const filter = query.below("filter");
    const types = filter?.texts("type");
    const { order } = orderOf(query, ["sort", "id"]);
    const paging = pagingOf(query);
    query.done();
    const by = order?.by === "id" ? "id" : "sort";
    const sign = order?.descending ? -1 : 1;
    const fields = [...((await fieldsAt(at, home)) ?? [])]
      .filter(({ type }) => types === undefined || types.includes(type))
      .sort((one, other) => sign * (one[by] - other[by] || one.id - other.id));
    return wholeAnswer(
      at,
      "custom_fields",
      fields.map((field) => written(at, home, field)),
      paging,
    );
  };
}

const fieldAt = async (at: At, home: Home): Promise<CustomField | undefined> =>
  (await fieldsAt(at, home))?.find(({ id }) => id === idAt(at, home.place));

function oneField(home: Home): Handler {
  return async (at) => {
    const field = await fieldAt(at, home);
    return field && { body: written(at, home, field) };
  };
}

async function answerOf(at: At, home: Home, done: readonly { readonly id: number; readonly requestId: string }[]) {
  const fields = await mustHaveFields(at, home);
  return {
    status: 201,
    body: {
      _total_items: done.length,
      _links: selfOf(at),
      _embedded: {
        custom_fields: done.flatMap(({ id, requestId }) => {
          const field = fields.find((one) => one.id === id);
          return field ? [{ ...written(at, home, field), request_id: requestId }] : [];
        }),
      },
    },
  };
}

function createFields(home: Home): Handler {
  return async (at) => {
    await mustHaveFields(at, home);
    const items = await readItems(at.json(), (item, problems) => read(item, problems, true));
    const made = await writeItems(at.account, items, (pen, draft) => pen.createField(home.of(at), draft));
    return answerOf(
      at,
      home,
      made.map(({ result: id, requestId }) => ({ id, requestId })),
    );
  };
}

function updateFields(home: Home): Handler {
  return async (at) => {
    const items = await readItems(at.json(), (item, problems) => {
      const draft = read(item, problems, false);
      mustHaveId(draft, problems);
      return draft;
    });
    const known = new Set((await mustHaveFields(at, home)).map(({ id }) => id));
    mustAllBeThere(items, known);
    await writeItems(at.account, items, (pen, { id, ...draft }) => pen.updateField(home.of(at), id ?? 0, draft));
    const ids = idsOf(items);
    return answerOf(
      at,
      home,
      items.map(({ requestId }, index) => ({ id: ids[index] ?? 0, requestId })),
    );
  };
}

function updateField(home: Home): Handler {
  return async (at) => {
    const { id: _, ...draft } = await readOne(at.json(), (sent, problems) => read(sent, problems, false));
    if (!(await fieldAt(at, home))) throw notFound();
    await at.account.write((pen) => pen.updateField(home.of(at), idAt(at, home.place), draft));
    const after = await fieldAt(at, home);
    return after && { body: written(at, home, after) };
  };
}

function removeField(home: Home): Handler {
  return async (at) => {
    if (!(await fieldAt(at, home))) throw notFound();
    await at.account.write((pen) => pen.removeField(home.of(at), idAt(at, home.place)));
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
