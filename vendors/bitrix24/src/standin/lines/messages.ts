import { type Call, type Methods, type Params, Refusal } from "../call.ts";
import { reachedBy } from "../crm/duplicates.ts";
import { addItem } from "../crm/item-pen.ts";
import { isMap, listOf, mapOf, missing, numberOf, paramOf, textOf } from "../params.ts";
import type { Chat, Portal, Row } from "../portal.ts";
import { isActive, placeOf } from "./connectors.ts";

/** Messages between a messenger and an open line. */
export const messageMethods: Methods = {
  "imconnector.send.messages": { scope: "imconnector|imopenlines", appOnly: true, run: (call) => each(call, receive) },
  "imconnector.update.messages": {
    scope: "imconnector|imopenlines",
    appOnly: true,
    run: (call) => each(call, (place, one) => change(place, one, false)),
  },
  "imconnector.delete.messages": {
    scope: "imconnector|imopenlines",
    appOnly: true,
    run: (call) => each(call, (place, one) => change(place, one, true)),
  },
  "imconnector.send.status.delivery": { scope: "imconnector|imopenlines", appOnly: true, run: delivered },
  // The handler of it is a stub: it is accepted, and nothing comes of it.
  "imconnector.send.status.reading": { scope: "imconnector|imopenlines", appOnly: true, run: () => ({ SUCCESS: true, DATA: [] }) },
  "imconnector.chat.name.set": { scope: "imconnector|imopenlines", appOnly: true, run: setName },
};

interface Place {
  readonly portal: Portal;
  readonly id: string;
  readonly connector: Row;
  readonly line: number;
  readonly userId: number;
}

async function each(call: Call, take: (place: Place, message: Params) => Params | Promise<Params>): Promise<Params> {
  const { portal, user } = call;
  const { id, connector, line, on } = placeOf(call);
  const messages = paramOf(call, "MESSAGES");
  if (messages === undefined || messages === "" || listOf(messages).length === 0) throw missing("MESSAGES");
  if (!isMap(messages)) throw new Refusal(400, "ERROR_ARGUMENT", "The value of an argument 'MESSAGES' must be of type array");
  if (listOf(messages).some((one) => !isMap(one) || !isMap(one["message"]) || !isMap(one["chat"]) || !isMap(one["user"])))
    throw new Refusal(400, "ERROR_ARGUMENT", "The incorrect structure of a message inside MESSAGES parameter");
  if (!on.active || !isActive(portal, line)) throw new Refusal(400, "NOT_ACTIVE_LINE", "Линия c таким ID неактивна или не существует");
  const RESULT: Params[] = [];
  for (const one of listOf(messages)) RESULT.push(await take({ portal, id, connector, line, userId: Number(user.ID) }, mapOf(one)));
  return { SUCCESS: true, DATA: { RESULT } };
}

/** A repeat of the same message is shown a second time: no document says otherwise. */
async function receive(place: Place, one: Params): Promise<Params> {
  const [user, message, chat] = [mapOf(one["user"]), mapOf(one["message"]), mapOf(one["chat"])];
  const wrong = unfit(user, message, chat);
  if (wrong) return { ...answerOf(user, message, chat), SUCCESS: false, ERRORS: [wrong] };
  const found = findChat(place, textOf(user["id"]), textOf(chat["id"]));
  const at = found ?? openChat(place, user, chat, textOf(message["disable_crm"]) === "Y");
  at.externalChat = textOf(chat["id"]);
  if (at.closed) Object.assign(at, { closed: false, sessionId: place.portal.nextId() });
  const files = await Promise.all(listOf(message["files"]).map((file) => fetchFile(place.portal, mapOf(file))));
  const by = message["user_id"] === undefined ? undefined : numberOf(message["user_id"]);
  const text = textOf(message["text"]);
  at.messages.push({
    id: place.portal.nextId(),
    externalId: textOf(message["id"]),
    by,
    text,
    files: files.flat(),
    deleted: false,
    delivered: undefined,
  });
  return {
    ...answerOf(user, message, chat),
    user: String(585),
    SUCCESS: true,
    session: { ID: String(at.sessionId), CHAT_ID: String(at.id) },
  };
}

function unfit(user: Params, message: Params, chat: Params): string | undefined {
  if (textOf(user["id"]) === "") return "Не указан ID пользователя";
  if (textOf(chat["id"]) === "") return "Не указан ID чата";
  if (textOf(message["text"]) === "" && listOf(message["files"]).length === 0) return "Сообщение пусто";
  const names = [user["name"], user["last_name"]].map(textOf);
  if (names.some((name) => name.length > 25)) return "Имя длиннее 25 символов";
  if (names.some((name) => !/^[\p{L}\p{M}\s'’-]*$/u.test(name))) return "Недопустимые символы в имени";
  return undefined;
}

/** The date of the message has lost its text, as PHP's dates do. */
const answerOf = (user: Params, message: Params, chat: Params): Params => ({
  user: textOf(user["id"]),
  message: { id: textOf(message["id"]), date: {}, text: textOf(message["text"]), files: [] },
  chat: {
    ...{ id: textOf(chat["id"]), name: textOf(chat["name"]) },
    description: textOf(chat["url"]) === "" ? "" : `Ссылка на исходный пост: ${textOf(chat["url"])}`,
  },
  extra: {
    ...(textOf(user["skip_phone_validate"]) === "Y" ? { skip_phone_validate: "Y" } : {}),
    ...(textOf(message["disable_crm"]) === "Y" ? { disable_tracker: "Y" } : {}),
  },
});

/** Dialogues are told apart by the user, or by the chat when the connector is for groups. */
const findChat = ({ portal, id, connector, line }: Place, user: string, chat: string): Chat | undefined =>
  [...portal.state.chats.values()].find(
    (one) => one.connector === id && one.line === line && (connector["CHAT_GROUP"] ? one.externalChat === chat : one.user === user),
  );

function openChat(place: Place, user: Params, chat: Params, disableCrm: boolean): Chat {
  const { portal, id, line, connector, userId } = place;
  const name = `${textOf(user["name"])} ${textOf(user["last_name"])}`.trim() || "Гость";
  const made: Chat = {
    ...{ id: portal.nextId(), sessionId: portal.nextId(), connector: id, line, user: textOf(user["id"]), externalChat: textOf(chat["id"]) },
    ...{ name: `${name} - ${textOf(portal.state.openLines.get(line)?.["LINE_NAME"])}`, closed: false, messages: [] },
    contactId: disableCrm || connector["CHAT_GROUP"] ? 0 : track(place, user),
  };
  portal.state.chats.set(made.id, made);
  const of = { connector_id: id, line_id: line, chat_id: made.externalChat, user_id: made.user };
  const DATA = [{ connector: of, session: { id: made.sessionId }, chat: { id: made.externalChat }, user: { id: made.user } }];
  portal.tell("ONIMCONNECTORDIALOGSTART", { CONNECTOR: id, LINE: line, DATA }, userId);
  return made;
}

/** The tracker: whoever has that phone or mail; or somebody new, when the line makes them. 0 is nobody. */
function track(place: Place, user: Params): number {
  const { portal, line } = place;
  const [phone, email] = [textOf(user["phone"]), textOf(user["email"])];
  const known = [
    ...(phone ? reachedBy(portal.state, 3, "PHONE", [phone]) : []),
    ...(email ? reachedBy(portal.state, 3, "EMAIL", [email]) : []),
  ][0];
  if (known) return known.id;
  const { CRM: isOn, CRM_CREATE: create } = portal.state.openLines.get(line) ?? {};
  return isOn !== "Y" || create === "none" ? 0 : createClient(place, user, create !== "deal" && portal.state.mode === 1);
}

/** A lead where there are leads and the line makes them; otherwise a contact, and a deal with it. */
function createClient({ portal, line, userId }: Place, user: Params, isLead: boolean): number {
  const pen = { portal, userId };
  const [phone, email] = [textOf(user["phone"]), textOf(user["email"])];
  const fm = [phone && { typeId: "PHONE", value: phone }, email && { typeId: "EMAIL", value: email }].filter(isMap);
  const who = { name: textOf(user["name"]), lastName: textOf(user["last_name"]), fm };
  const title = `${[who.name, who.lastName].filter(Boolean).join(" ")} - ${textOf(portal.state.openLines.get(line)?.["LINE_NAME"])}`;
  if (isLead) {
    addItem(pen, 1, { ...who, title });
    return 0;
  }
  const contact = addItem(pen, 3, who);
  addItem(pen, 2, { title, contactIds: [contact.id] });
  return contact.id;
}

/** It is downloaded at once; what does not come is left out. */
async function fetchFile(portal: Portal, file: Params): Promise<number[]> {
  const url = textOf(file["url"]);
  if (!URL.canParse(url)) return [];
  const answer = await portal.web(url).catch(() => undefined);
  if (!answer?.ok) return [];
  const id = portal.nextId();
  const name = textOf(file["name"]) || new URL(url).pathname.split("/").pop() || "file";
  portal.state.files.set(id, {
    id,
    name,
    bytes: new Uint8Array(await answer.arrayBuffer()),
    type: answer.headers.get("content-type") ?? "",
  });
  return [id];
}

/** By the messenger's id of the message. */
function change(place: Place, one: Params, isGone: boolean): Params {
  const [user, message, chat] = [mapOf(one["user"]), mapOf(one["message"]), mapOf(one["chat"])];
  const at = findChat(place, textOf(user["id"]), textOf(chat["id"]));
  const found = at?.messages.find(({ externalId }) => externalId === textOf(message["id"]));
  if (!at || !found) return { ...answerOf(user, message, chat), SUCCESS: false, ERRORS: ["Сообщение не найдено"] };
  if (isGone) found.deleted = true;
  else found.text = textOf(message["text"]);
  return { ...answerOf(user, message, chat), SUCCESS: true, session: { ID: String(at.sessionId), CHAT_ID: String(at.id) } };
}

/** `message.id` must be a list; one that is not is taken, and nothing comes of it. */
function delivered(call: Call): Params {
  placeOf(call);
  const messages = listOf(paramOf(call, "MESSAGES"));
  if (messages.length === 0) throw missing("MESSAGES");
  for (const one of messages.map(mapOf)) {
    const im = mapOf(one["im"]);
    const ids = mapOf(one["message"])["id"];
    const message = call.portal.state.chats.get(numberOf(im["chat_id"]) ?? 0)?.messages.find(({ id }) => id === numberOf(im["message_id"]));
    if (message && isMap(ids)) message.delivered = listOf(ids).map(textOf);
  }
  return { SUCCESS: true, DATA: [] };
}

function setName(call: Call): Params {
  const { id, line } = placeOf(call);
  const [user, chat, name] = [textOf(paramOf(call, "USER_ID")), textOf(paramOf(call, "CHAT_ID")), textOf(paramOf(call, "NAME"))];
  const found = [...call.portal.state.chats.values()].find(
    (one) => one.connector === id && one.line === line && (one.externalChat === chat || (user !== "" && one.user === user)),
  );
  if (!found) throw new Refusal(400, "CHAT_RENAMING_FAILED", "Не удалось переименовать чат");
  found.name = name;
  return { SUCCESS: true, DATA: { RESULT: [] } };
}
