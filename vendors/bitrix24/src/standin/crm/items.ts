import { type Call, type Methods, type Params, Refusal } from "../call.ts";
import { isYes, listOf, mapOf, numberParam, paramOf, textOf } from "../params.ts";
import { type EntityTypeId, type Item, itemsOf } from "../portal.ts";
import { type Filtering, matches, pageOf, sorted } from "./filters.ts";
import { type Field, fieldsOf } from "./item-fields.ts";
import { addItem, deleteItem, getItem, updateItem } from "./item-pen.ts";
import { rowsOf } from "./multifields.ts";

/** `crm.item.*`: typed values under camelCase names. */
export const itemMethods: Methods = {
  "crm.item.add": { scope: "crm", run: (call) => one(call, addItem(penOf(call), typeIn(call), fieldsIn(call))) },
  "crm.item.update": { scope: "crm", run: (call) => one(call, updateItem(penOf(call), typeIn(call), idIn(call), fieldsIn(call))) },
  "crm.item.get": { scope: "crm", run: (call) => one(call, getItem(call.portal, typeIn(call), idIn(call))) },
  "crm.item.delete": {
    scope: "crm",
    run(call) {
      deleteItem(penOf(call), typeIn(call), idIn(call));
      return [];
    },
  },
  "crm.item.list": { scope: "crm", run: list },
  "crm.item.fields": { scope: "crm", run: describe },
};

export const penOf = ({ portal, user }: Call) => ({ portal, userId: Number(user.ID) });

function typeIn(call: Call): EntityTypeId {
  if (!call.portal.hasItems) throw new Refusal(404, "ERROR_METHOD_NOT_FOUND", "Method not found!");
  const id = numberParam(call, "entityTypeId");
  if (id === 1 || id === 2 || id === 3 || id === 4) return id;
  throw new Refusal(400, "NOT_FOUND", "Смарт-процесс не найден");
}

const idIn = (call: Call): number => numberParam(call, "id") ?? 0;

function fieldsIn(call: Call): Params {
  const fields = mapOf(paramOf(call, "fields"));
  if (!call.portal.fmOnlyAdds || !("fm" in fields)) return fields;
  const rows = listOf(fields["fm"]).map((row) => ({ ...mapOf(row), id: undefined, ID: undefined }));
  return { ...fields, fm: rows };
}

const keepsNames = (call: Call): boolean => isYes(paramOf(call, "useOriginalUfNames"));

const one = (call: Call, item: Item) => ({ item: shown(call, typeIn(call), item, undefined) });

/** An item as it is answered: all of it, or what was selected. Multifields come with all of it only. */
function shown(call: Call, entityTypeId: EntityTypeId, item: Item, select: readonly string[] | undefined): Params {
  const all = select === undefined || select.length === 0 || select.includes("*");
  const wanted = fieldsOf(call.portal.state, entityTypeId).filter((field) => all || isNamed(field, select));
  const nameOf = (field: Field): string => (field.userField && keepsNames(call) ? field.upper : field.name);
  const row = Object.fromEntries(wanted.map((field) => [nameOf(field), item[field.name] ?? (field.multiple ? [] : null)]));
  return all ? { ...row, ...(entityTypeId === 2 ? {} : { fm: rowsOf(item) }), entityTypeId } : row;
}

const isNamed = (field: Field, select: readonly string[]): boolean =>
  field.name === "id" ||
  select.includes(field.name) ||
  (field.userField !== undefined && (select.includes(field.upper) || select.includes("UF_*")));

function list(call: Call) {
  const entityTypeId = typeIn(call);
  const known = new Map(
    fieldsOf(call.portal.state, entityTypeId).flatMap((field) => [[field.name, field] as const, [field.upper, field] as const]),
  );
  const fieldNamed = (name: string): Field => {
    const field = known.get(name);
    if (field) return field;
    // Multifields can be neither filtered nor sorted by: object-fields, "Поля в select, filter и order".
    if (name === "fm") throw new Refusal(400, "100", "Unknown field definition `fm` (FM) for entity");
    throw invalid("filter", name);
  };
  const value = (item: Item, name: string): unknown => filterValue(fieldNamed(name), item);
  const order = mapOf(paramOf(call, "order"));
  for (const name of Object.keys(order)) if (!known.has(name)) throw invalid("order", name);
  const by: Filtering<Item> = { nested: true, value };
  const filter = mapOf(paramOf(call, "filter"));
  // An unknown field is refused even where there is nothing to compare.
  matches({ id: 0 }, filter, by);
  const found = [...itemsOf(call.portal.state, entityTypeId).values()].filter((item) => matches(item, filter, by));
  const rows = sorted(found, order, value, "id");
  const select = paramOf(call, "select") === undefined ? undefined : listOf(paramOf(call, "select")).map(textOf);
  return pageOf(rows, paramOf(call, "start"), (page) => ({ items: page.map((item) => shown(call, entityTypeId, item, select)) }));
}

const invalid = (where: "filter" | "order", name: string): Refusal =>
  new Refusal(400, "INVALID_ARG_VALUE", `Invalid ${where}: field '${name}' is not allowed in ${where}`);

/** Fields of people that are yes or no are asked for as 1 and 0, though they are read as Y and N. */
function filterValue(field: Field, item: Item): unknown {
  const value = item[field.name];
  if (!field.userField || field.type !== "boolean") return value;
  return value === "Y" ? 1 : 0;
}

function describe(call: Call) {
  const entityTypeId = typeIn(call);
  const visible = fieldsOf(call.portal.state, entityTypeId).filter((field) => !field.hidden);
  return {
    fields: Object.fromEntries(visible.map((field) => [field.userField && keepsNames(call) ? field.upper : field.name, described(field)])),
  };
}

const described = (field: Field) => ({
  ...{ type: field.type, isRequired: false, isReadOnly: field.readOnly, isImmutable: false, isMultiple: field.multiple },
  ...{ isDynamic: field.userField !== undefined, title: field.userField?.label ?? field.name, upperName: field.upper },
  ...(field.userField ? { listLabel: field.userField.label, formLabel: field.userField.label, filterLabel: field.userField.label } : {}),
  ...(field.userField && field.type === "enumeration" ? { items: field.userField.list.map(({ ID, VALUE }) => ({ ID, VALUE })) } : {}),
});
