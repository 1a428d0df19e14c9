import { type Call, type Methods, Refusal } from "../call.ts";
import { numberParam } from "../params.ts";
import { itemsOf } from "../portal.ts";

/** A deed may stand beside several objects: api-reference/crm/timeline/activities/binding. */
export const bindingMethods: Methods = {
  "crm.activity.binding.add": { scope: "crm", run: bind },
  "crm.activity.binding.list": { scope: "crm", run: (call) => boundTo(activityOf(call)) },
};

interface Bound {
  readonly entityTypeId: number;
  readonly entityId: number;
}

const activityOf = (call: Call) => {
  const found = call.portal.state.activities.get(numberParam(call, "activityId") ?? 0);
  if (!found) throw new Refusal(400, "NOT_FOUND", "Activity not found");
  return found;
};

function bind(call: Call): boolean {
  const activity = activityOf(call);
  const [entityTypeId, entityId] = [numberParam(call, "entityTypeId") ?? 0, numberParam(call, "entityId") ?? 0];
  if (entityTypeId !== 1 && entityTypeId !== 2 && entityTypeId !== 3 && entityTypeId !== 4)
    throw new Refusal(400, "100", "Could not find value for parameter {entityTypeId}");
  if (!itemsOf(call.portal.state, entityTypeId).has(entityId)) throw new Refusal(400, "OWNER_NOT_FOUND", "Владелец не найден");
  const bound = boundTo(activity);
  if (bound.some((one) => one.entityTypeId === entityTypeId && one.entityId === entityId))
    throw new Refusal(400, "ACTIVITY_IS_ALREADY_BOUND", "Дело уже привязано к этому элементу");
  activity["BINDINGS"] = [...bound, { entityTypeId, entityId }];
  return true;
}

const boundTo = (activity: Record<string, unknown>): readonly Bound[] =>
  (activity["BINDINGS"] as readonly Bound[] | undefined) ?? [
    { entityTypeId: Number(activity["OWNER_TYPE_ID"]), entityId: Number(activity["OWNER_ID"]) },
  ];
