import { type Call, type Methods, Refusal } from "../call.ts";
import { mapOf, numberOf, numberParam, paramOf } from "../params.ts";
import { type Row, stampOf } from "../portal.ts";
import { asStrings, listRows, notFound, written } from "./classic-rows.ts";

export const requisiteMethods: Methods = {
  "crm.requisite.add": { scope: "crm", run: add },
  "crm.requisite.get": { scope: "crm", run: (call) => asStrings(found(call)) },
  "crm.requisite.list": { scope: "crm", run: (call) => listRows(call, call.portal.state.requisites.values()) },
  "crm.requisite.update": { scope: "crm", run: update },
  "crm.requisite.preset.list": { scope: "crm", run: (call) => listRows(call, presets) },
};

const preset = (ID: number, NAME: string, code: string) => ({
  ...{
    ID,
    ENTITY_TYPE_ID: 8,
    COUNTRY_ID: 1,
    DATE_CREATE: "2025-01-10T00:00:00+03:00",
    DATE_MODIFY: null,
    CREATED_BY_ID: 1,
    MODIFY_BY_ID: null,
  },
  ...{ NAME, XML_ID: `#CRM_REQUISITE_PRESET_DEF_RU_${code}#`, ACTIVE: "Y", SORT: 500 },
});

const presets = [preset(1, "Организация", "COMPANY"), preset(2, "ИП", "INDIVIDUAL"), preset(3, "Физ. лицо", "PERSON")];

const readOnly = ["ID", "DATE_CREATE", "DATE_MODIFY", "CREATED_BY_ID", "MODIFY_BY_ID"];

const inns = [
  "NAME",
  "RQ_NAME",
  "RQ_LAST_NAME",
  "RQ_FIRST_NAME",
  "RQ_SECOND_NAME",
  "RQ_COMPANY_NAME",
  "RQ_COMPANY_FULL_NAME",
  "RQ_DIRECTOR",
  "RQ_ACCOUNTANT",
];
const numbers = ["RQ_INN", "RQ_KPP", "RQ_OGRN", "RQ_OGRNIP", "RQ_OKPO", "RQ_OKTMO", "RQ_OKVED", "RQ_PHONE", "RQ_EMAIL"];

function add(call: Call): number {
  const { portal, user } = call;
  const fields = mapOf(paramOf(call, "fields"));
  const entityTypeId = numberOf(fields["ENTITY_TYPE_ID"]);
  const entityId = numberOf(fields["ENTITY_ID"]) ?? 0;
  if (entityTypeId !== 3 && entityTypeId !== 4) throw new Refusal(400, "", "ENTITY_TYPE_ID is not defined or invalid.");
  if (!(entityTypeId === 3 ? portal.state.contacts : portal.state.companies).has(entityId))
    throw new Refusal(400, "", "Entity to bind requisite to is not found.");
  if (numberOf(fields["PRESET_ID"]) === undefined) throw new Refusal(400, "", "PRESET_ID is not defined or invalid.");
  const id = portal.nextId();
  portal.state.requisites.set(id, {
    ...{ ID: id, ENTITY_TYPE_ID: entityTypeId, ENTITY_ID: entityId, PRESET_ID: 1, DATE_CREATE: stampOf(portal.now()), DATE_MODIFY: null },
    ...{
      CREATED_BY_ID: Number(user.ID),
      MODIFY_BY_ID: null,
      CODE: null,
      XML_ID: null,
      ORIGINATOR_ID: null,
      ACTIVE: "Y",
      ADDRESS_ONLY: "N",
      SORT: 500,
    },
    ...Object.fromEntries([...inns, ...numbers].map((name) => [name, null])),
    ...written(fields, readOnly),
  });
  portal.tell("ONCRMREQUISITEADD", { FIELDS: { ID: String(id) } }, Number(user.ID));
  return id;
}

function found(call: Call): Row {
  const row = call.portal.state.requisites.get(numberParam(call, "id") ?? 0);
  if (!row) throw notFound(`The Requisite with ID '${numberParam(call, "id") ?? ""}' is not found`);
  return row;
}

function update(call: Call): true {
  const row = found(call);
  Object.assign(row, written(paramOf(call, "fields"), [...readOnly, "ENTITY_TYPE_ID", "ENTITY_ID"]));
  Object.assign(row, { DATE_MODIFY: stampOf(call.portal.now()), MODIFY_BY_ID: Number(call.user.ID) });
  call.portal.tell("ONCRMREQUISITEUPDATE", { FIELDS: { ID: String(row["ID"]) } }, Number(call.user.ID));
  return true;
}
