import type { Params } from "./call.ts";
import { textOf } from "./params.ts";
import type { Chat, ChatMessage, Portal, StoredFile } from "./portal.ts";
import { beginCall } from "./telephony/call-pen.ts";

/** What the staff does at the telephone and in open lines. */
export interface Staff {
  /** Clicks a number in a card: makes a call with a CALL_ID, and tells the application to ring; answers the CALL_ID. */
  clickToCall(click: {
    readonly user: number;
    readonly phone: string;
    readonly line?: string;
    readonly entityType?: string;
    readonly entityId?: number;
  }): string;
  /** Answers in an open line's chat; several texts go in one event. Answers the portal's ids of the messages. */
  operatorWrites(words: OperatorWords): Promise<{ readonly chatId: number; readonly messageIds: readonly number[] }>;
  /** Ends the dialogue: the next message of the customer begins a new session in the same chat. */
  operatorCloses(where: { readonly connector: string; readonly line: number; readonly chat: string }): void;
}

export interface OperatorWords {
  readonly connector: string;
  readonly line: number;
  /** The messenger's own id of the chat. */
  readonly chat: string;
  readonly text: string | readonly string[];
  readonly files?: readonly { readonly name: string; readonly bytes: Uint8Array; readonly type?: string }[];
  /** 1 unless said. */
  readonly user?: number;
}

export const staffOf = (portal: Portal): Staff => ({
  clickToCall({ user, phone, line = [...portal.state.externalLines.keys()][0] ?? "", entityType, entityId }) {
    const create = portal.state.externalLines.get(line)?.["CRM_AUTO_CREATE"] === "Y";
    const about = entityType && entityId ? { entityType, entityId } : {};
    const row = beginCall(portal, { userId: user, phone, type: "1", line, externalId: null, start: portal.now(), create, ...about });
    const told = { PHONE_NUMBER: phone, PHONE_NUMBER_INTERNATIONAL: phone, EXTENSION: "", USER_ID: String(user), CALL_LIST_ID: "0" };
    const crm = { CRM_ENTITY_TYPE: textOf(row["CRM_ENTITY_TYPE"]), CRM_ENTITY_ID: textOf(row["CRM_ENTITY_ID"]) };
    portal.tell("ONEXTERNALCALLSTART", { ...told, LINE_NUMBER: line, IS_MOBILE: "0", CALL_ID: row["CALL_ID"], ...crm }, user);
    return textOf(row["CALL_ID"]);
  },
  async operatorWrites(words) {
    const chat = mustChat(portal, words);
    const user = words.user ?? 1;
    const files = (words.files ?? []).map((file) => keep(portal, file));
    const texts = typeof words.text === "string" ? [words.text] : words.text;
    const written = texts.map((text, index) => write(portal, chat, user, text, index === 0 ? files : []));
    const MESSAGES = written.map((message) => shown(portal, chat, message, user));
    portal.tell("ONIMCONNECTORMESSAGEADD", { CONNECTOR: chat.connector, LINE: chat.line, MESSAGES }, user);
    return { chatId: chat.id, messageIds: written.map(({ id }) => id) };
  },
  operatorCloses(where) {
    const chat = mustChat(portal, where);
    chat.closed = true;
    const of = { connector_id: chat.connector, line_id: chat.line, chat_id: chat.externalChat, user_id: chat.user };
    const session = { id: chat.sessionId, closed: "Y", parent_id: 0, close_term: 10 };
    const DATA = [{ connector: of, session, chat: { id: chat.externalChat }, user: { id: chat.user } }];
    portal.tell("ONIMCONNECTORDIALOGFINISH", { CONNECTOR: chat.connector, LINE: chat.line, DATA }, 1);
  },
});

function mustChat(
  { state }: Portal,
  { connector, line, chat }: { readonly connector: string; readonly line: number; readonly chat: string },
): Chat {
  const found = [...state.chats.values()].find((one) => one.connector === connector && one.line === line && one.externalChat === chat);
  if (!found) throw new Error(`There is no chat ${chat} of ${connector} on line ${line}`);
  return found;
}

function keep(
  portal: Portal,
  { name, bytes, type = "" }: { readonly name: string; readonly bytes: Uint8Array; readonly type?: string },
): StoredFile {
  const file = { id: portal.nextId(), name, bytes, type };
  portal.state.files.set(file.id, file);
  return file;
}

function write(portal: Portal, chat: Chat, by: number, text: string, files: readonly StoredFile[]): ChatMessage {
  const ids = files.map(({ id }) => id);
  const message: ChatMessage = { id: portal.nextId(), externalId: undefined, by, text, files: ids, deleted: false, delivered: undefined };
  chat.messages.push(message);
  return message;
}

/** The operator's name comes before the text, in bold, unless the connector wants none. */
function shown(portal: Portal, chat: Chat, message: ChatMessage, user: number): Params {
  const who = portal.state.users.get(user);
  const isSigned = portal.state.connectors.get(chat.connector)?.["NEED_SIGNATURE"] !== false;
  const text = isSigned && message.text !== "" ? `[b]${who?.NAME ?? ""} ${who?.LAST_NAME ?? ""}:[/b] [br]${message.text}` : message.text;
  const files = message.files.flatMap((id) => shownFile(portal, portal.state.files.get(id)));
  return {
    im: { chat_id: chat.id, message_id: message.id },
    message: { user_id: user, text, ...(files.length > 0 ? { files } : {}) },
    chat: { id: chat.externalChat },
  };
}

function shownFile(portal: Portal, file: StoredFile | undefined): Params[] {
  if (!file) return [];
  const link = `${portal.url()}/file/${file.id}/${encodeURIComponent(file.name)}`;
  const type = file.type.startsWith("image/")
    ? "image"
    : file.type.startsWith("audio/")
      ? "audio"
      : file.type.startsWith("video/")
        ? "video"
        : "file";
  const size = file.bytes.length;
  return [{ name: file.name, link, downloadLink: link, type, mime: file.type || "application/octet-stream", size, sizef: `${size} Б` }];
}
