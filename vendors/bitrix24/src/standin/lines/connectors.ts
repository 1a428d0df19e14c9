import { type Call, type Methods, type Params, Refusal } from "../call.ts";
import { isYes, mapOf, missing, mustText, numberParam, paramOf, textOf, textParam } from "../params.ts";
import type { Portal, Row } from "../portal.ts";

/** Connectors of messengers to open lines: api-reference/imopenlines/imconnector. */
export const connectorMethods: Methods = {
  "imconnector.register": { scope: "imconnector|imopenlines", appOnly: true, run: register },
  "imconnector.unregister": { scope: "imconnector|imopenlines", appOnly: true, run: unregister },
  "imconnector.list": { scope: "imconnector|imopenlines", appOnly: true, run: ({ portal }) => list(portal) },
  "imconnector.activate": { scope: "imconnector|imopenlines", appOnly: true, run: activate },
  "imconnector.status": { scope: "imconnector|imopenlines", appOnly: true, run: status },
  "imconnector.connector.data.set": { scope: "imconnector|imopenlines", appOnly: true, run: setData },
};

/** How a connector stands on a line. */
export interface OnLine {
  active: boolean;
  data: Params | undefined;
}

export const linesOf = (connector: Row): Map<number, OnLine> => connector["lines"] as Map<number, OnLine>;

const flags = [
  "DEL_EXTERNAL_MESSAGES",
  "EDIT_INTERNAL_MESSAGES",
  "DEL_INTERNAL_MESSAGES",
  "NEWSLETTER",
  "NEED_SYSTEM_MESSAGES",
  "NEED_SIGNATURE",
];

/** What is wrong is said with HTTP 200. */
function register(call: Call): Params {
  const id = textParam(call, "ID");
  const wrong = (error: string, error_description: string): Params => ({ result: false, error, error_description });
  if (id === "") return wrong("CONNECTOR_ID_REQUIRED", "Не указан ID коннектора");
  if (id.includes(".")) return wrong("APPLICATION_REGISTRATION_ERROR_POINT", "В идентификаторе коннектора недопустимо использовать точку");
  if (!/^[a-z0-9_]+$/.test(id)) return wrong("GENERAL_CONNECTOR_REGISTRATION_ERROR", "Общая ошибка регистрации коннектора");
  if (textParam(call, "NAME") === "") return wrong("NAME_REQUIRED", "Не указано имя коннектора");
  if (textOf(mapOf(paramOf(call, "ICON"))["DATA_IMAGE"]) === "") return wrong("ICON_REQUIRED", "Не указана иконка коннектора");
  if (textParam(call, "PLACEMENT_HANDLER") === "") return wrong("NO_PLACEMENT_HANDLER", "Не удалось получить URL обработчика встраивания");
  const set = (name: string, usual: boolean): boolean => (paramOf(call, name) === undefined ? usual : isYes(paramOf(call, name)));
  const before = call.portal.state.connectors.get(id);
  call.portal.state.connectors.set(id, {
    ...{ ID: id, NAME: textParam(call, "NAME"), ICON: paramOf(call, "ICON"), PLACEMENT_HANDLER: textParam(call, "PLACEMENT_HANDLER") },
    ...Object.fromEntries(flags.map((name) => [name, set(name, true)])),
    CHAT_GROUP: set("CHAT_GROUP", false),
    lines: before ? linesOf(before) : new Map<number, OnLine>(),
  });
  return { result: true };
}

function unregister(call: Call): Params {
  return { result: call.portal.state.connectors.delete(mustText(call, "ID", missing("ID"))) };
}

const list = ({ state }: Portal): Params => ({
  ...{ livechat: "Онлайн-чат", telegrambot: "Telegram", network: "Битрикс24.Network" },
  ...Object.fromEntries([...state.connectors].map(([id, connector]) => [id, textOf(connector["NAME"])])),
});

/** The connector and the line that a call is about. Throws `Refusal` for those that there are not. */
export function placeOf(call: Call): { readonly id: string; readonly connector: Row; readonly line: number; readonly on: OnLine } {
  const id = mustText(call, "CONNECTOR", missing("CONNECTOR"));
  mustText(call, "LINE", missing("LINE"));
  const line = numberParam(call, "LINE") ?? 0;
  const connector = call.portal.state.connectors.get(id);
  if (!connector) throw new Refusal(400, "IMCONNECTOR_NO_CORRECT_PROVIDER", "Не удалось найти подходящий провайдер для коннектора");
  const on = linesOf(connector).get(line) ?? { active: false, data: undefined };
  return { id, connector, line, on };
}

function activate(call: Call): boolean {
  const { id, connector, line, on } = placeOf(call);
  if (!call.portal.state.openLines.has(line)) throw new Refusal(400, "NOT_ACTIVE_LINE", "Линия c таким ID неактивна или не существует");
  mustText(call, "ACTIVE", missing("ACTIVE"));
  const active = isYes(paramOf(call, "ACTIVE"));
  if (active) linesOf(connector).set(line, { ...on, active });
  else if (linesOf(connector).delete(line)) call.portal.tell("ONIMCONNECTORSTATUSDELETE", { connector: id, line }, Number(call.user.ID));
  return true;
}

function status(call: Call): Params {
  const CONNECTOR = mustText(call, "CONNECTOR", new Refusal(400, "CONNECTOR", "Argument 'CONNECTOR' is null or empty"));
  const LINE = numberParam(call, "LINE") ?? 0;
  const connector = call.portal.state.connectors.get(CONNECTOR);
  const on = connector && linesOf(connector).get(LINE);
  const CONFIGURED = on?.active === true;
  return { LINE, CONNECTOR, ERROR: false, CONFIGURED, STATUS: CONFIGURED && isActive(call.portal, LINE) };
}

export const isActive = ({ state }: Portal, line: number): boolean => state.openLines.get(line)?.["ACTIVE"] === "Y";

function setData(call: Call): boolean {
  const { connector, line, on } = placeOf(call);
  if (paramOf(call, "DATA") === undefined) throw missing("DATA");
  linesOf(connector).set(line, { ...on, data: mapOf(paramOf(call, "DATA")) });
  return true;
}
