import { type Call, type Methods, type Params, Refusal } from "../call.ts";
import { listOf, mapOf, numberParam, paramOf, textOf } from "../params.ts";
import { type EntityTypeId, type Item, itemsOf, typeNames } from "../portal.ts";
import { notFound } from "./classic-rows.ts";
import { matches, pageOf, sorted } from "./filters.ts";
import { classicName, type Field, fieldsOf } from "./item-fields.ts";
import { addItem, deleteItem, updateItem } from "./item-pen.ts";
import { penOf } from "./items.ts";
import { type Multifield, rowsOf } from "./multifields.ts";

/** `crm.lead.*`, `crm.deal.*`, `crm.contact.*`, `crm.company.*`: frozen, and in every box. */
export const classicMethods: Methods = Object.fromEntries(([1, 2, 3, 4] as const).flatMap((id) => Object.entries(methodsOf(id))));

const multifields = ["PHONE", "EMAIL", "WEB", "IM", "LINK"];

function methodsOf(entityTypeId: EntityTypeId): Methods {
  const name = `crm.${typeNames[entityTypeId]?.toLowerCase()}`;
  return {
    [`${name}.add`]: { scope: "crm", run: (call) => addItem(penOf(call), entityTypeId, read(call, entityTypeId)).id },
    [`${name}.get`]: { scope: "crm", run: (call) => shown(call, entityTypeId, found(call, entityTypeId), undefined) },
    [`${name}.update`]: {
      scope: "crm",
      run(call) {
        const { id } = found(call, entityTypeId);
        // A deal stays in its pipeline: crm.deal.update passes CATEGORY_ID over.
        const { categoryId: _, ...fields } = read(call, entityTypeId);
        updateItem(penOf(call), entityTypeId, id, fields);
        return true;
      },
    },
    [`${name}.delete`]: {
      scope: "crm",
      run(call) {
        deleteItem(penOf(call), entityTypeId, found(call, entityTypeId).id);
        return true;
      },
    },
    [`${name}.list`]: { scope: "crm", run: (call) => list(call, entityTypeId) },
    [`${name}.fields`]: { scope: "crm", run: (call) => describe(call, entityTypeId) },
  };
}

function found(call: Call, entityTypeId: EntityTypeId): Item {
  const id = numberParam(call, "id");
  if (id === undefined || id <= 0) throw new Refusal(400, "", "ID is not defined or invalid.");
  const item = itemsOf(call.portal.state, entityTypeId).get(id);
  if (!item) throw notFound();
  return item;
}

/** The classic fields under the names of `crm.item.*`. */
function read(call: Call, entityTypeId: EntityTypeId): Params {
  const given = mapOf(paramOf(call, "fields"));
  const names = new Map(fieldsOf(call.portal.state, entityTypeId).map((field) => [classicName(field, entityTypeId), field.name]));
  const plain = Object.entries(given).flatMap(([name, value]) => {
    const known = names.get(name);
    return known === undefined || multifields.includes(name) || name === "ID" ? [] : [[known, value] as const];
  });
  const rows = multifields.flatMap((typeId) => listOf(given[typeId]).map((row) => ({ typeId, ...mapOf(row) })));
  const fm = Object.fromEntries(rows.map((row, index) => [textOf((row as Params)["ID"]) || `n${index}`, row]));
  return { ...Object.fromEntries(plain), ...(rows.length > 0 ? { fm } : {}) };
}

/** Phones and mails come when they are named; neither `*` nor nothing names them. Own fields want `UF_*`. */
function shown(call: Call, entityTypeId: EntityTypeId, item: Item, select: readonly string[] | undefined): Params {
  const all = select === undefined || select.length === 0 || select.includes("*");
  const wanted = (name: string, field: Field): boolean => {
    if (field.hidden || multifields.includes(name) || field.multiple !== (field.userField?.multiple ?? false)) return false;
    if (select === undefined || name === "ID" || select.includes(name)) return true;
    return field.userField ? select.includes("UF_*") : all;
  };
  const fields = fieldsOf(call.portal.state, entityTypeId).map((field) => [classicName(field, entityTypeId), field] as const);
  const row = Object.fromEntries(
    fields.filter(([name, field]) => wanted(name, field)).map(([name, field]) => [name, text(field, item[field.name])]),
  );
  const old = all && (entityTypeId === 3 || entityTypeId === 4) ? oldFields : {};
  const named = multifields.filter((name) => select === undefined || select.includes(name));
  const lists = named.map(
    (name) =>
      [
        name,
        rowsOf(item)
          .filter(({ typeId }) => typeId === name)
          .map(shownRow),
      ] as const,
  );
  return { ...old, ...row, ...Object.fromEntries(lists.filter(([, rows]) => rows.length > 0)) };
}

/** Addresses live in requisites; these stay for those who ask as of old. */
const oldFields: Params = Object.fromEntries(
  ["", "_2", "_CITY", "_POSTAL_CODE", "_REGION", "_PROVINCE", "_COUNTRY", "_LOC_ADDR_ID"]
    .map((end) => [`ADDRESS${end}`, null])
    .concat([["FACE_ID", null]]),
);

const shownRow = ({ id, valueType, value, typeId }: Multifield) => ({
  ID: String(id),
  VALUE_TYPE: valueType,
  VALUE: value,
  TYPE_ID: typeId,
});

const text = (field: Field, value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((one) => text(field, one));
  if (typeof value !== "number") return value ?? null;
  return field.type === "double" ? value.toFixed(2) : String(value);
};

function list(call: Call, entityTypeId: EntityTypeId) {
  const fields = new Map(fieldsOf(call.portal.state, entityTypeId).map((field) => [classicName(field, entityTypeId), field.name]));
  const value = (item: Item, name: string): unknown => {
    // Phones and mails are asked for as a whole, exactly.
    if (multifields.includes(name))
      return rowsOf(item)
        .filter(({ typeId }) => typeId === name)
        .map((row) => row.value);
    return item[fields.get(name) ?? name];
  };
  const items = [...itemsOf(call.portal.state, entityTypeId).values()];
  const kept = items.filter((item) => matches(item, mapOf(paramOf(call, "filter")), { nested: false, value }));
  const rows = sorted(kept, mapOf(paramOf(call, "order")), value, "ID");
  const select = listOf(paramOf(call, "select")).map(textOf);
  return pageOf(rows, paramOf(call, "start"), (page) => page.map((item) => shown(call, entityTypeId, item, select)));
}

function describe(call: Call, entityTypeId: EntityTypeId) {
  const fields = fieldsOf(call.portal.state, entityTypeId).filter((field) => !field.hidden);
  const many = entityTypeId === 2 ? [] : multifields.map((name) => [name, described("crm_multifield", name, false, true)] as const);
  return Object.fromEntries([...fields.map((field) => [classicName(field, entityTypeId), ofField(field)] as const), ...many]);
}

const described = (type: string, title: string, isReadOnly: boolean, isMultiple: boolean) => ({
  ...{ type, isRequired: false, isReadOnly, isImmutable: false, isMultiple, isDynamic: false, title },
});

const ofField = (field: Field) => ({
  ...described(field.type, field.userField?.code ?? field.upper, field.readOnly, field.multiple),
  ...(field.userField
    ? { isDynamic: true, listLabel: field.userField.label, formLabel: field.userField.label, filterLabel: field.userField.label }
    : {}),
  ...(field.userField && field.type === "enumeration" ? { items: field.userField.list.map(({ ID, VALUE }) => ({ ID, VALUE })) } : {}),
});
