import { randomBytes } from "node:crypto";
import { type Call, type Methods, type Page, Refusal } from "../call.ts";
import { matches, pageOf } from "../crm/filters.ts";
import { isYes, listOf, mapOf, missing, mustText, numberParam, paramOf, textOf, textParam } from "../params.ts";
import { type Binding, type Offline, stampOf } from "../portal.ts";

/** Whom to tell of what: api-reference/events. All of it for applications only. */
export const eventMethods: Methods = {
  "event.bind": { scope: "", appOnly: true, run: bind },
  "event.unbind": { scope: "", appOnly: true, run: unbind },
  "event.get": { scope: "", appOnly: true, run: ({ portal }) => portal.state.bindings.map(shownBinding) },
  "event.offline.get": { scope: "", appOnly: true, adminOnly: true, run: takeOffline },
  "event.offline.list": { scope: "", appOnly: true, adminOnly: true, run: listOffline },
  "event.offline.clear": { scope: "", appOnly: true, adminOnly: true, run: (call) => settle(call, false) },
  "event.offline.error": { scope: "", appOnly: true, adminOnly: true, run: (call) => settle(call, true) },
};

const crm = ["LEAD", "DEAL", "CONTACT", "COMPANY", "ACTIVITY", "TIMELINECOMMENT", "REQUISITE"];
const known = new Set([
  ...crm.flatMap((name) => ["ADD", "UPDATE", "DELETE"].map((deed) => `ONCRM${name}${deed}`)),
  ...[
    "ONCRMDEALMOVETOCATEGORY",
    "ONAPPINSTALL",
    "ONAPPUPDATE",
    "ONAPPUNINSTALL",
    "ONUSERADD",
    "ONOFFLINEEVENT",
    "ONTASKADD",
    "ONTASKUPDATE",
    "ONTASKDELETE",
  ],
  ...["ONEXTERNALCALLSTART", "ONEXTERNALCALLBACKSTART", "ONVOXIMPLANTCALLINIT", "ONVOXIMPLANTCALLSTART", "ONVOXIMPLANTCALLEND"],
  ...["MESSAGEADD", "MESSAGEUPDATE", "MESSAGEDELETE", "DIALOGSTART", "DIALOGFINISH", "LINEDELETE", "STATUSDELETE"].map(
    (one) => `ONIMCONNECTOR${one}`,
  ),
  ...["ONOPENLINEMESSAGEADD", "ONOPENLINEMESSAGEUPDATE", "ONOPENLINEMESSAGEDELETE", "ONSESSIONSTART", "ONSESSIONFINISH"],
]);

function eventIn(call: Call): string {
  const event = mustText(call, "event").toUpperCase();
  if (!known.has(event)) throw new Refusal(400, "ERROR_EVENT_NOT_FOUND", "Event not found");
  return event;
}

function bind(call: Call): true {
  const { state } = call.portal;
  const event = eventIn(call);
  const offline = textParam(call, "event_type") === "offline";
  const userId = numberParam(call, "auth_type") ?? 0;
  if (!call.user.isAdmin && (offline || (userId !== 0 && userId !== Number(call.user.ID))))
    throw new Refusal(403, "ACCESS_DENIED", "Access denied! Only for administrators");
  const handler = offline ? "" : mustText(call, "handler", missing("handler"));
  if (!offline && !/^https?:\/\//.test(handler)) throw new Refusal(400, "ERROR_UNSUPPORTED_PROTOCOL", "Unsupported event handler protocol");
  if (state.bindings.some((one) => one.event === event && one.handler === handler && one.offline === offline && one.userId === userId))
    throw new Refusal(400, "ERROR_EVENT_BINDING_EXISTS", "Handler already binded");
  state.bindings.push({ id: call.portal.nextId(), event, handler, userId, offline });
  return true;
}

function unbind(call: Call): { readonly count: number } {
  const { state } = call.portal;
  const event = eventIn(call);
  const [handler, offline] = [textParam(call, "handler"), textParam(call, "event_type") === "offline"];
  const goes = (one: Binding): boolean => one.event === event && (offline ? one.offline : !one.offline && one.handler === handler);
  const count = state.bindings.filter(goes).length;
  state.bindings = state.bindings.filter((one) => !goes(one));
  return { count };
}

const shownBinding = ({ event, handler, userId, offline }: Binding) =>
  offline ? { event, connector_id: "", offline: 1 } : { event, handler, auth_type: String(userId), offline: 0 };

const shownOffline = (one: Offline) => ({
  ...{
    ID: String(one.id),
    TIMESTAMP_X: stampOf(one.at),
    EVENT_NAME: one.event,
    EVENT_DATA: one.data,
    EVENT_ADDITIONAL: { user_id: "1" },
    MESSAGE_ID: String(one.id),
  },
  ...{ PROCESS_ID: one.processId, ERROR: one.failed ? "1" : "0" },
});

/** Takes up to so many; with `clear=0` they wait under a process id until they are cleared or said to have failed. */
function takeOffline(call: Call) {
  const { state } = call.portal;
  const clear = paramOf(call, "clear") === undefined || isYes(paramOf(call, "clear"));
  const wanted = mapOf(paramOf(call, "filter"));
  const free = state.offline.filter((one) => one.processId === "" && !one.failed && matches(shownOffline(one), wanted, byName));
  const taken = free.slice(0, numberParam(call, "limit") ?? 50);
  const processId = randomBytes(16).toString("hex");
  if (clear) state.offline = state.offline.filter((one) => !taken.includes(one));
  else for (const one of taken) one.processId = processId;
  return { process_id: clear || taken.length === 0 ? null : processId, events: taken.map(shownOffline) };
}

const byName = { nested: false, value: (row: object, field: string): unknown => (row as Record<string, unknown>)[field] };

function listOffline(call: Call): Page {
  const rows = call.portal.state.offline.map(shownOffline).filter((row) => matches(row, mapOf(paramOf(call, "filter")), byName));
  const byProcess = textOf(mapOf(paramOf(call, "order"))["PROCESS_ID"]).toUpperCase();
  if (byProcess !== "") rows.sort((one, other) => (byProcess === "DESC" ? -1 : 1) * compare(one.PROCESS_ID, other.PROCESS_ID));
  return pageOf(rows, paramOf(call, "start"), (page) => page);
}

const compare = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);

/** Of a process: the named ones, or all. */
function settle(call: Call, failed: boolean): true {
  const { state } = call.portal;
  const processId = mustText(call, "process_id");
  const named = listOf(paramOf(call, "message_id") ?? paramOf(call, "id")).map(textOf);
  const goes = (one: Offline): boolean => one.processId === processId && (named.length === 0 || named.includes(String(one.id)));
  if (failed) for (const one of state.offline.filter(goes)) Object.assign(one, { failed: true, processId: "" });
  else state.offline = state.offline.filter((one) => !goes(one));
  return true;
}
