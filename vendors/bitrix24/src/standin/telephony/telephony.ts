import { type Call, type Methods, type Params, Refusal } from "../call.ts";
import { addActivity } from "../crm/activities.ts";
import { isYes, listOf, numberOf, numberParam, paramOf, textOf, textParam } from "../params.ts";
import { type EntityTypeId, type Item, type Row, stampOf, typeIdOf, typeNames } from "../portal.ts";
import { beginCall, core, everyoneAt, findRecent, mustNumber, mustUser } from "./call-pen.ts";

/** The life of a call: api-reference/telephony. */
export const telephonyMethods: Methods = {
  "telephony.externalcall.register": { scope: "telephony", appOnly: true, run: register },
  "telephony.externalcall.finish": { scope: "telephony", appOnly: true, run: finish },
  "telephony.externalcall.show": { scope: "telephony", run: (call) => ring(call, true) },
  "telephony.externalcall.hide": { scope: "telephony", run: (call) => ring(call, false) },
  "telephony.externalcall.searchcrmentities": { scope: "telephony", run: search },
};

function register(call: Call): Params {
  const { portal } = call;
  const user = mustUser(portal, numberParam(call, "USER_ID"), textParam(call, "USER_PHONE_INNER"));
  const type = textParam(call, "TYPE");
  if (!/^[1-5]$/.test(type)) throw core("Unknown TYPE");
  const start = textParam(call, "CALL_START_DATE");
  if (start !== "" && Number.isNaN(Date.parse(start))) throw core("CALL_START_DATE should be in the ISO-8601 format");
  const draft = {
    ...{ userId: Number(user.ID), phone: mustNumber(paramOf(call, "PHONE_NUMBER")), type, line: textParam(call, "LINE_NUMBER") },
    ...{ externalId: textParam(call, "EXTERNAL_CALL_ID") || null, start: start === "" ? portal.now() : Date.parse(start) },
    ...{ create: isYes(paramOf(call, "CRM_CREATE")), source: textParam(call, "CRM_SOURCE") || "CALL" },
    ...{ entityType: textParam(call, "CRM_ENTITY_TYPE"), entityId: numberParam(call, "CRM_ENTITY_ID") ?? 0 },
  };
  const row = findRecent(portal, draft) ?? beginCall(portal, draft);
  if (textParam(call, "SHOW") === "0") row["SHOWN"] = [];
  const { CALL_ID, CRM_CREATED_LEAD, CRM_CREATED_ENTITIES, CRM_ENTITY_TYPE, CRM_ENTITY_ID } = row;
  return { CALL_ID, CRM_CREATED_LEAD, CRM_CREATED_ENTITIES, CRM_ENTITY_TYPE, CRM_ENTITY_ID };
}

/** An unknown or finished call is no error here: false. */
function ring(call: Call, isShown: boolean): boolean {
  const row = call.portal.state.calls.get(textParam(call, "CALL_ID"));
  if (!row || row["FINISHED"]) return false;
  const ids = listOf(paramOf(call, "USER_ID")).map(Number);
  const others = (row["SHOWN"] as number[]).filter((id) => !ids.includes(id));
  row["SHOWN"] = isShown ? [...others, ...ids] : others;
  return true;
}

function finish(call: Call): Params {
  const { portal } = call;
  if (typeof paramOf(call, "CALL_ID") !== "string") throw new Refusal(400, "INVALID_ARGUMENT", "CALL_ID must be a string");
  const user = mustUser(portal, numberParam(call, "USER_ID"), textParam(call, "USER_PHONE_INNER"));
  const row = portal.state.calls.get(textParam(call, "CALL_ID"));
  if (!row || row["FINISHED"]) throw core("Call is not found (call should be registered prior to finishing");
  const seconds = numberParam(call, "DURATION") ?? 0;
  const code = textParam(call, "STATUS_CODE") || (seconds > 0 ? "200" : "304");
  Object.assign(row, {
    ...{ FINISHED: true, ID: portal.nextId(), USER_ID: Number(user.ID), DURATION: seconds, STATUS_CODE: code, SHOWN: [] },
    ...{
      FAILED_REASON: textParam(call, "FAILED_REASON"),
      COST: numberParam(call, "COST") ?? 0,
      COST_CURRENCY: textParam(call, "COST_CURRENCY"),
    },
    ...{ VOTE: numberParam(call, "VOTE") ?? null, ADD_TO_CHAT: textParam(call, "ADD_TO_CHAT") !== "0" },
  });
  row["CRM_ACTIVITY_ID"] = writeActivity(call, row);
  const { CALL_START_DATE: _, ...told } = finished(row);
  portal.tell("ONVOXIMPLANTCALLEND", { ...told, CALL_TYPE: row["TYPE"], CALL_START_DATE: stampOf(Number(row["START"])) }, Number(user.ID));
  return finished(row);
}

function writeActivity({ portal, user }: Call, row: Row): number | null {
  const entityTypeId = typeIdOf(textOf(row["CRM_ENTITY_TYPE"]));
  if (entityTypeId === undefined) return null;
  const start = Number(row["START"]);
  const isOut = row["TYPE"] === "1" || row["TYPE"] === "4";
  const values = {
    ...{
      TYPE_ID: 2,
      PROVIDER_ID: "VOXIMPLANT_CALL",
      PROVIDER_TYPE_ID: "CALL",
      DIRECTION: isOut ? 2 : 1,
      ORIGIN_ID: `VI_${textOf(row["CALL_ID"])}`,
    },
    ...{
      SUBJECT: `${isOut ? "Исходящий" : "Входящий"} звонок ${textOf(row["PHONE_NUMBER"])}`,
      COMPLETED: row["STATUS_CODE"] === "304" ? "N" : "Y",
    },
    ...{
      START_TIME: stampOf(start),
      END_TIME: stampOf(start + Number(row["DURATION"]) * 1000),
      STATUS: row["STATUS_CODE"] === "304" ? 1 : 2,
    },
  };
  const ownerId = numberOf(row["CRM_ENTITY_ID"]) ?? 0;
  return addActivity(portal, {
    ownerTypeId: entityTypeId,
    ownerId,
    userId: Number(user.ID),
    responsibleId: Number(row["USER_ID"]),
    values,
  });
}

/** The start is a date of PHP that has lost its text: `{}`. */
const finished = (row: Row): Params => ({
  ...{
    CALL_ID: row["CALL_ID"],
    EXTERNAL_CALL_ID: row["EXTERNAL_CALL_ID"],
    PORTAL_USER_ID: row["USER_ID"],
    PHONE_NUMBER: row["PHONE_NUMBER"],
  },
  ...{ PORTAL_NUMBER: row["LINE_NUMBER"], INCOMING: row["TYPE"], CALL_DURATION: row["DURATION"], CALL_START_DATE: {} },
  ...{ CALL_STATUS: row["STATUS_CODE"] === "200" ? 1 : 0, CALL_VOTE: row["VOTE"], COST: row["COST"], COST_CURRENCY: row["COST_CURRENCY"] },
  ...{ CALL_FAILED_CODE: row["STATUS_CODE"], CALL_FAILED_REASON: row["FAILED_REASON"], REST_APP_ID: "5", REST_APP_NAME: "Svyazka" },
  ...{
    CRM_ACTIVITY_ID: row["CRM_ACTIVITY_ID"],
    COMMENT: null,
    CRM_ENTITY_TYPE: row["CRM_ENTITY_TYPE"],
    CRM_ENTITY_ID: row["CRM_ENTITY_ID"],
    ID: row["ID"],
  },
});

function search(call: Call): Params[] {
  const phone = textParam(call, "PHONE_NUMBER");
  if (phone === "") throw core("PHONE_NUMBER is empty");
  return everyoneAt(call.portal, phone).map(({ entityTypeId, item }) => {
    const user = call.portal.state.users.get(Number(item["assignedById"]));
    const { ID = null, UF_PHONE_INNER = null, WORK_PHONE = null, PERSONAL_PHONE = null, PERSONAL_MOBILE = null } = (user ?? {}) as Params;
    return {
      ...{
        CRM_ENTITY_TYPE: typeNames[entityTypeId],
        CRM_ENTITY_ID: item.id,
        ASSIGNED_BY_ID: item["assignedById"],
        NAME: nameOf(entityTypeId, item),
      },
      ASSIGNED_BY: { ID, TIMEMAN_STATUS: "OPENED", USER_PHONE_INNER: UF_PHONE_INNER, WORK_PHONE, PERSONAL_PHONE, PERSONAL_MOBILE },
    };
  });
}

const nameOf = (entityTypeId: EntityTypeId, item: Item): string =>
  entityTypeId === 3 ? `${textOf(item["name"])} ${textOf(item["lastName"])}`.trim() : textOf(item["title"]);
