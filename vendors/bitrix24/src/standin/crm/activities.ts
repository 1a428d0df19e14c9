import { type Call, type Methods, type Params, Refusal } from "../call.ts";
import { mapOf, numberParam, paramOf, textParam } from "../params.ts";
import { itemsOf, type Portal, type Row, stampOf } from "../portal.ts";
import { asStrings, listRows, notFound } from "./classic-rows.ts";

/** Deeds in the timeline: to-dos that applications make, calls that telephony makes. */
export const activityMethods: Methods = {
  "crm.activity.todo.add": { scope: "crm", run: addTodo },
  "crm.activity.get": { scope: "crm", run: (call) => asStrings(found(call)) },
  "crm.activity.list": { scope: "crm", run: (call) => listRows(call, call.portal.state.activities.values()) },
  "crm.activity.update": { scope: "crm", run: update },
  "crm.activity.delete": { scope: "crm", run: remove },
};

export interface ActivityDraft {
  readonly ownerTypeId: number;
  readonly ownerId: number;
  readonly userId: number;
  readonly responsibleId: number;
  readonly values: Params;
}

/** Writes a deed, and tells of it; answers its id. */
export function addActivity(portal: Portal, draft: ActivityDraft): number {
  const id = portal.nextId();
  const at = stampOf(portal.now());
  portal.state.activities.set(id, {
    ...{ ID: id, OWNER_ID: draft.ownerId, OWNER_TYPE_ID: draft.ownerTypeId, TYPE_ID: 6, PROVIDER_ID: "CRM_TODO", PROVIDER_TYPE_ID: "TODO" },
    ...{
      PROVIDER_GROUP_ID: null,
      ASSOCIATED_ENTITY_ID: 0,
      SUBJECT: "",
      CREATED: at,
      LAST_UPDATED: at,
      START_TIME: at,
      END_TIME: at,
      DEADLINE: at,
    },
    ...{ COMPLETED: "N", STATUS: 1, RESPONSIBLE_ID: draft.responsibleId, PRIORITY: 2, NOTIFY_TYPE: 0, NOTIFY_VALUE: 0, DESCRIPTION: "" },
    ...{ DESCRIPTION_TYPE: 1, DIRECTION: 0, LOCATION: "", SETTINGS: [], ORIGINATOR_ID: null, ORIGIN_ID: null, AUTHOR_ID: draft.userId },
    ...{ EDITOR_ID: draft.userId, PROVIDER_PARAMS: [], PROVIDER_DATA: null, RESULT_MARK: 0, RESULT_VALUE: null, RESULT_SUM: null },
    ...{ RESULT_CURRENCY_ID: null, RESULT_STATUS: 0, RESULT_STREAM: 0, RESULT_SOURCE_ID: null, AUTOCOMPLETE_RULE: 0 },
    ...draft.values,
  });
  portal.tell("ONCRMACTIVITYADD", { FIELDS: { ID: String(id) } }, draft.userId);
  return id;
}

function addTodo(call: Call): { readonly id: number } {
  const { portal, user } = call;
  const [ownerTypeId, ownerId] = [numberParam(call, "ownerTypeId"), numberParam(call, "ownerId")];
  if (ownerTypeId !== 1 && ownerTypeId !== 2 && ownerTypeId !== 3 && ownerTypeId !== 4)
    throw new Refusal(400, "100", "Could not find value for parameter {ownerTypeId}");
  if (!itemsOf(portal.state, ownerTypeId).has(ownerId ?? 0)) throw new Refusal(400, "OWNER_NOT_FOUND", "Владелец не найден");
  const deadline = Date.parse(textParam(call, "deadline"));
  if (Number.isNaN(deadline)) throw new Refusal(400, "WRONG_DATETIME_FORMAT", "Неверный формат даты");
  const at = stampOf(deadline);
  const responsibleId = numberParam(call, "responsibleId") ?? Number(user.ID);
  const values = {
    SUBJECT: textParam(call, "title") || "Дело",
    DESCRIPTION: textParam(call, "description"),
    DEADLINE: at,
    START_TIME: at,
    END_TIME: at,
  };
  return { id: addActivity(portal, { ownerTypeId, ownerId: ownerId ?? 0, userId: Number(user.ID), responsibleId, values }) };
}

function found(call: Call): Row {
  const row = call.portal.state.activities.get(numberParam(call, "id") ?? 0);
  if (!row) throw notFound("Activity is not found.");
  return row;
}

function update(call: Call): true {
  const row = found(call);
  const known = Object.entries(mapOf(paramOf(call, "fields"))).filter(([name]) => name in row && name !== "ID");
  Object.assign(row, Object.fromEntries(known), { LAST_UPDATED: stampOf(call.portal.now()), EDITOR_ID: Number(call.user.ID) });
  row["STATUS"] = row["COMPLETED"] === "Y" ? 2 : 1;
  call.portal.tell("ONCRMACTIVITYUPDATE", { FIELDS: { ID: String(row["ID"]) } }, Number(call.user.ID));
  return true;
}

function remove(call: Call): true {
  const id = Number(found(call)["ID"]);
  call.portal.state.activities.delete(id);
  call.portal.tell("ONCRMACTIVITYDELETE", { FIELDS: { ID: String(id) } }, Number(call.user.ID));
  return true;
}
