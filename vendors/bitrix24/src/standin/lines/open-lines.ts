import { type Call, type Methods, type Params, Refusal } from "../call.ts";
import { isYes, listOf, mapOf, missing, mustText, numberParam, paramOf, textOf, textParam } from "../params.ts";
import { type Chat, type Portal, type Row, stampOf, typeIdOf } from "../portal.ts";

/** Open lines themselves, and the chats on them. */
export const openLineMethods: Methods = {
  "imopenlines.config.add": { scope: "imopenlines", run: add },
  "imopenlines.config.list.get": { scope: "imopenlines", run: list },
  "imopenlines.config.get": { scope: "imopenlines", run: (call) => lineOf(call) ?? false },
  "imopenlines.config.update": { scope: "imopenlines", run: update },
  "imopenlines.config.delete": { scope: "imopenlines", run: remove },
  "imopenlines.crm.chat.get": { scope: "imopenlines", run: chatsOf },
  "imopenlines.dialog.get": { scope: "imopenlines", run: dialog },
};

const lineOf = (call: Call): Row | undefined => call.portal.state.openLines.get(numberParam(call, "CONFIG_ID") ?? 0);

/** Everything in a line is text. */
const written = (params: Params): Row =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, name === "QUEUE" ? listOf(value).map(textOf) : textOf(value)]));

function add(call: Call): number {
  const id = call.portal.nextId();
  const params = written(mapOf(paramOf(call, "PARAMS")));
  call.portal.state.openLines.set(id, openLine(id, { LINE_NAME: `Открытая линия ${id}`, QUEUE: [call.user.ID], ...params }));
  return id;
}

export const openLine = (id: number, params: Row): Row => ({
  ...{
    ID: String(id),
    ACTIVE: "Y",
    LINE_NAME: "Открытая линия",
    CRM: "Y",
    CRM_CREATE: "none",
    CRM_CREATE_SECOND: "0",
    CRM_CREATE_THIRD: "Y",
  },
  ...{ CRM_FORWARD: "Y", CRM_CHAT_TRACKER: "N", CRM_TRANSFER_CHANGE: "Y", CRM_SOURCE: "create", QUEUE_TIME: "60", NO_ANSWER_TIME: "60" },
  ...{
    QUEUE_TYPE: "evenly",
    CHECK_AVAILABLE: "N",
    WATCH_TYPING: "Y",
    WELCOME_MESSAGE: "N",
    TEMPORARY: "N",
    LANGUAGE_ID: "ru",
    XML_ID: null,
  },
  ...{
    DATE_CREATE: {},
    DATE_MODIFY: {},
    MODIFY_USER_ID: "1",
    SESSION_PRIORITY: "0",
    QUEUE: ["1"],
    QUEUE_FULL: [],
    QUEUE_USERS_FIELDS: [],
    QUEUE_ONLINE: "Y",
  },
  ...params,
});

function list(call: Call): Params[] {
  const queue = isYes(mapOf(paramOf(call, "OPTIONS"))["QUEUE"]) || textOf(mapOf(paramOf(call, "OPTIONS"))["QUEUE"]) === "Y";
  const params = mapOf(paramOf(call, "PARAMS"));
  const from = Number(params["offset"] ?? 0);
  const page = [...call.portal.state.openLines.values()].slice(from, from + Math.min(Number(params["limit"] ?? 50), 200));
  return page.map(({ QUEUE, QUEUE_FULL: _, QUEUE_USERS_FIELDS: __, QUEUE_ONLINE: ___, ...line }) => (queue ? { ...line, QUEUE } : line));
}

function update(call: Call): boolean {
  const line = lineOf(call);
  if (!line) return false;
  Object.assign(line, written(mapOf(paramOf(call, "PARAMS"))));
  return true;
}

/** With a line go the connectors on it, and the application is told: the data of the event is the bare id. */
function remove(call: Call): boolean {
  const id = numberParam(call, "CONFIG_ID") ?? 0;
  if (!call.portal.state.openLines.delete(id)) return false;
  for (const connector of call.portal.state.connectors.values()) (connector["lines"] as Map<number, unknown>).delete(id);
  call.portal.tell("ONIMCONNECTORLINEDELETE", id, Number(call.user.ID));
  return true;
}

function chatsOf(call: Call): Params[] {
  const type = typeIdOf(mustText(call, "CRM_ENTITY_TYPE", missing("CRM_ENTITY_TYPE")));
  const id = Number(mustText(call, "CRM_ENTITY", missing("CRM_ENTITY")));
  const { chats, deals, connectors } = call.portal.state;
  const contacts = type === 3 ? [id] : type === 2 ? listOf(deals.get(id)?.["contactIds"]).map(Number) : [];
  const activeOnly = textParam(call, "ACTIVE_ONLY") !== "N";
  return [...chats.values()]
    .filter((chat) => contacts.includes(chat.contactId) && !(activeOnly && chat.closed))
    .map((chat) => ({
      CHAT_ID: String(chat.id),
      CONNECTOR_ID: chat.connector,
      CONNECTOR_TITLE: textOf(connectors.get(chat.connector)?.["NAME"]),
    }));
}

function dialog(call: Call): Params {
  const chat = [...call.portal.state.chats.values()].find((one) => isAsked(call, one));
  if (!chat) throw new Refusal(400, "DIALOG_ID_EMPTY", "Dialog ID can't be empty");
  return shownDialog(call.portal, chat, Number(call.user.ID));
}

const userCode = (chat: Chat): string => `${chat.connector}|${chat.line}|${chat.externalChat}|${chat.user}`;

const isAsked = (call: Call, chat: Chat): boolean =>
  numberParam(call, "CHAT_ID") === chat.id ||
  textParam(call, "DIALOG_ID") === `chat${chat.id}` ||
  numberParam(call, "SESSION_ID") === chat.sessionId ||
  textParam(call, "USER_CODE") === userCode(chat);

function shownDialog(portal: Portal, chat: Chat, owner: number): Params {
  const last = chat.messages.at(-1)?.id ?? 0;
  const entity = userCode(chat);
  const deal =
    [...portal.state.deals.values()].find((one) => chat.contactId !== 0 && listOf(one["contactIds"]).includes(chat.contactId))?.id ?? 0;
  const bound = chat.contactId === 0 ? "N|NONE|0" : `Y|CONTACT|${chat.contactId}`;
  return {
    ...{
      id: chat.id,
      parent_chat_id: 0,
      parent_message_id: 0,
      name: chat.name,
      description: null,
      owner,
      extranet: false,
      avatar: "",
      color: "#58cc47",
    },
    ...{
      type: "lines",
      counter: 0,
      user_counter: 2,
      message_count: chat.messages.length,
      unread_id: 0,
      restrictions: restrictions,
      last_message_id: last,
    },
    ...{
      last_id: last,
      marked_id: 0,
      disk_folder_id: 0,
      entity_type: "LINES",
      entity_id: entity,
      entity_data_1: `${bound}|N|N|${chat.sessionId}|0|0|0|0`,
    },
    ...{
      entity_data_2: `LEAD|0|COMPANY|0|CONTACT|${chat.contactId}|DEAL|${deal}`,
      entity_data_3: "N",
      mute_list: [],
      date_create: stampOf(portal.now()),
    },
    ...{
      message_type: "L",
      public: "",
      role: "owner",
      entity_link: { type: "LINES", url: "", id: entity },
      text_field_enabled: true,
      background_id: null,
    },
    ...{
      permissions,
      is_new: false,
      readed_list: [],
      manager_list: [owner],
      last_message_views: { message_id: last, first_viewers: [], count_of_viewers: 0 },
    },
    dialog_id: `chat${chat.id}`,
  };
}

const restrictions = {
  avatar: true,
  rename: true,
  extend: true,
  call: true,
  mute: true,
  leave: true,
  leave_owner: true,
  send: true,
  user_list: true,
};

const permissions = {
  ...{ manage_users_add: "member", manage_users_delete: "manager", manage_ui: "member", manage_settings: "owner" },
  ...{ manage_messages: "member", can_post: "member" },
};
