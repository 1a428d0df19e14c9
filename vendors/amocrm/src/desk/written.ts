import { type ConnectionId, type EventDraft, type FileKind, fileKinds, type OwnMessageKind, type WrittenMessage } from "@svyazka/core";
import type { ChatHookMessage, ChatMessage } from "../protocol.ts";

/** What somebody of the account writes to a client, whether a hook tells it or the history does: one message is one fact. */

export interface Told {
  readonly conversation: WrittenMessage["conversation"];
  /** Unix milliseconds. */
  readonly at: number;
  readonly message: ChatMessage & Pick<ChatHookMessage["message"], "id" | "reply_to">;
}

export function writtenFact(desk: ConnectionId, { conversation, at, message }: Told): EventDraft<"message.written"> {
  const { id, type, text, media, file_name: name, file_size: bytes, location, contact, reply_to } = message;
  return {
    type: "message.written",
    key: `chat ${id}`,
    subject: `chat ${conversation.chat}`,
    data: {
      ...{ desk, deskId: id, conversation, kind: kindOf(type), text: text ?? "" },
      at: new Date(Number.isFinite(at) && at > 0 ? at : 0).toISOString(),
      ...(location && { content: { latitude: location.lat, longitude: location.lon } }),
      ...(contact && { content: { name: contact.name, phones: [contact.phone] } }),
      files: media ? [{ kind: fileKindOf(type), ref: media, ...(name && { name }), ...(bytes && { bytes }) }] : [],
      ...replyIn(reply_to),
    },
  };
}

/** `{message: {id, msgid}}`: `msgid` is our own. */
function replyIn(told: unknown): { replyTo?: string } {
  const { message } = (typeof told === "object" && told !== null ? told : {}) as { message?: { msgid?: unknown } };
  return typeof message?.msgid === "string" ? { replyTo: message.msgid } : {};
}

const kindOf = (type: string): OwnMessageKind =>
  ["text", "location", "contact", ...fileKinds].includes(type) ? (type as OwnMessageKind) : "text";
const fileKindOf = (type: string): FileKind => fileKinds.find((kind) => kind === type) ?? "file";
