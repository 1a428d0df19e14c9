import { type InboundRequest, Intruder, type Received, type Reply } from "@svyazka/core";
import { isChatHook, readChatHook } from "../protocol.ts";
import type { Integration as Account } from "../settings.ts";
import { writtenFact } from "./written.ts";

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
  const { conversation, message, receiver, source, msec_timestamp: at } = hook.message;
  const where = {
    ...{ chat: conversation.id, ...(conversation.client_id !== undefined && { uid: conversation.client_id }) },
    ...(source && { source: source.external_id }),
    ...(receiver.phone && { phone: receiver.phone }),
  };
  return { facts: [writtenFact(account.id, { conversation: where, at, message })], reply: ok };
}
