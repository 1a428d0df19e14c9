import { type Call, type Methods, type Params, Refusal } from "../call.ts";
import { isYes, listOf, mapOf, paramOf, textOf } from "../params.ts";
import { makeUserField, type UserFieldDraft } from "../people.ts";
import { type EntityTypeId, typeNames, type UserField } from "../portal.ts";
import { asStrings, listRows } from "./classic-rows.ts";

/** `crm.deal.userfield.*` and its like: the portal's own fields, with the options of those that have them. */
export const userFieldMethods: Methods = Object.fromEntries(
  ([1, 2, 3, 4] as const).flatMap((id) => {
    const name = `crm.${typeNames[id]?.toLowerCase()}.userfield`;
    return Object.entries({
      [`${name}.list`]: { scope: "crm", run: (call) => listRows(call, fieldsOf(call, id).map(shown)) },
      [`${name}.add`]: { scope: "crm", adminOnly: true, run: (call) => add(call, id) },
    } satisfies Methods);
  }),
);

const fieldsOf = ({ portal }: Call, entityTypeId: EntityTypeId): UserField[] =>
  portal.state.userFields.filter((one) => one.entityTypeId === entityTypeId);

const shown = (field: UserField): Params => ({
  ...asStrings({ ID: field.id, ENTITY_ID: `CRM_${typeNames[field.entityTypeId]}`, FIELD_NAME: field.code, USER_TYPE_ID: field.type }),
  ...{ XML_ID: null, SORT: "100", MULTIPLE: field.multiple ? "Y" : "N", MANDATORY: "N", SHOW_FILTER: "E", SHOW_IN_LIST: "Y" },
  ...{ EDIT_IN_LIST: "Y", IS_SEARCHABLE: "N", SETTINGS: { DEFAULT_VALUE: "" } },
  ...{ EDIT_FORM_LABEL: field.label, LIST_COLUMN_LABEL: field.label, LIST_FILTER_LABEL: field.label },
  ...{ ERROR_MESSAGE: null, HELP_MESSAGE: null },
  ...(field.type === "enumeration" ? { LIST: field.list } : {}),
});

function add(call: Call, entityTypeId: EntityTypeId): number {
  const fields = mapOf(paramOf(call, "fields"));
  const name = textOf(fields["FIELD_NAME"]);
  const type = textOf(fields["USER_TYPE_ID"]);
  if (name === "" || type === "") throw new Refusal(400, "", "Поле FIELD_NAME не заполнено");
  const label = mapOf(fields["EDIT_FORM_LABEL"]);
  const draft = {
    ...{ FIELD_NAME: name, USER_TYPE_ID: type as UserFieldDraft["USER_TYPE_ID"], MULTIPLE: isYes(fields["MULTIPLE"]) },
    LABEL: textOf(fields["EDIT_FORM_LABEL"]) || textOf(label["ru"]) || textOf(fields["LABEL"]) || name,
    LIST: listOf(fields["LIST"]).map((option) => textOf(mapOf(option)["VALUE"])),
  };
  const code = name.toUpperCase().startsWith("UF_CRM_") ? name.toUpperCase() : `UF_CRM_${name.toUpperCase()}`;
  if (fieldsOf(call, entityTypeId).some((one) => one.code === code)) throw new Refusal(400, "", `Поле ${code} для объекта уже существует.`);
  return makeUserField(call.portal, entityTypeId, draft).id;
}
