import {
  type EventDraft,
  type FileKind,
  fileKinds,
  type InboundRequest,
  Intruder,
  type OwnMessageKind,
  type Received,
  type Reply,
  type WrittenMessage,
} from "@svyazka/core";
import { type ChatHookMessage, isChatHook, readChatHook } from "../protocol.ts";
import type { Integration as Account } from "../settings.ts";

/** What is written in the chats of an account. Sent once, never repeated: it is stored before anything else. Source: chats/chat-webhooks */

export const chatHookPath = "/amocrm/chats";
export const isChatHookPath = (path: string): boolean => path === chatHookPath || path.startsWith(`${chatHookPath}/`);

const ok: Reply = { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: "OK\n" };

/** Throws `Intruder` unless amoCRM has signed it with the channel's secret. */
export function receiveChatHook({ text, bytes, headers }: InboundRequest, account: Account): Received {
  const { chat_channel_secret: secret } = account.secrets;
  const body = bytes ? Buffer.from(bytes).toString("utf8") : text;
  if (!secret || !isChatHook(body, headers["x-signature"] ?? "", secret)) throw new Intruder("the signature is not right");
  const hook = readChatHook(body);
  if (!hook) return { ignored: "not a hook of the chats API, v2", reply: ok };
  if (hook.kind !== "message") return { ignored: hook.kind, reply: ok };
  return { facts: [writtenOf(hook.message, account)], reply: ok };
}

function writtenOf(
  { conversation, message, receiver, source, msec_timestamp: ms }: ChatHookMessage,
  { id }: Account,
): EventDraft<"message.written"> {
  const data: WrittenMessage = {
    ...{ desk: id, deskId: message.id, text: message.text ?? "", at: new Date(Number.isFinite(ms) && ms > 0 ? ms : 0).toISOString() },
    conversation: {
      ...{ chat: conversation.id, ...(conversation.client_id !== undefined && { uid: conversation.client_id }) },
      ...(source && { source: source.external_id }),
      ...(receiver.phone && { phone: receiver.phone }),
    },
    kind: kindOf(message.type),
    ...(message.location && { content: { latitude: message.location.lat, longitude: message.location.lon } }),
    ...(message.contact && { content: { name: message.contact.name, phones: [message.contact.phone] } }),
    files: message.media
      ? [
          {
            kind: fileKindOf(message.type),
            ref: message.media,
            ...(message.file_name && { name: message.file_name }),
            ...(message.file_size && { bytes: message.file_size }),
          },
        ]
      : [],
    ...replyIn(message.reply_to),
  };
  return { type: "message.written", key: `chat ${message.id}`, subject: `chat ${conversation.id}`, data };
}

/** `{message: {id, msgid}}`: `msgid` is our own. */
function replyIn(told: unknown): { replyTo?: string } {
  const { message } = (typeof told === "object" && told !== null ? told : {}) as { message?: { msgid?: unknown } };
  return typeof message?.msgid === "string" ? { replyTo: message.msgid } : {};
}

const kindOf = (type: string): OwnMessageKind =>
  ["text", "location", "contact", ...fileKinds].includes(type) ? (type as OwnMessageKind) : "text";
const fileKindOf = (type: string): FileKind => fileKinds.find((kind) => kind === type) ?? "file";
