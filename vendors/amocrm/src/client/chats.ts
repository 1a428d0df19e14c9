import { readJson, type Send } from "@svyazka/wire";
import { type ChatPayload, type ChatUser, chatsHost, chatsPath, type DeliveryReport, signChat, writeDeliveryReport } from "../protocol.ts";
import { AmoNotFound, AmoUnavailable, errorOf } from "./errors.ts";
import { type Limiter, paceOf } from "./limiter.ts";
import { member } from "./transport.ts";

/** A channel of messages in amoCRM: registered with its support, connected to accounts one by one. Source: chats/chat-step-by-step */

export interface ChannelOptions {
  /** UUID of the channel. */
  readonly channelId: string;
  readonly secret: string;
  readonly send: Send;
  /** `https://amojo.amocrm.ru` unless told; abroad `https://amojo.kommo.com`. */
  readonly host?: string;
  readonly limiter?: Limiter;
  readonly timeoutSeconds?: number;
  /** Milliseconds. */
  readonly now?: () => number;
}

export interface ConnectedChannel {
  /** `<channel>_<account>`: what everything else is asked with. */
  readonly scope_id: string;
  readonly account_id: string;
  readonly title?: string;
  readonly hook_api_version: string;
}

export interface ChatAnswer {
  readonly id: string;
  readonly user: ChatUser;
}

export interface SentMessage {
  /** Of amoCRM: delivery is reported by it. */
  readonly msgid: string;
  /** Yours, as sent. */
  readonly ref_id: string;
  /** Yours or amoCRM's: do not rely on it. */
  readonly conversation_id: string;
  readonly sender_id: string;
  readonly receiver_id?: string;
}

export interface HistoryMessage {
  readonly timestamp: number;
  readonly msec_timestamp?: number;
  readonly sender: Readonly<Record<string, unknown>>;
  readonly receiver?: Readonly<Record<string, unknown>>;
  readonly message: Readonly<Record<string, unknown>>;
}

interface ChatAction {
  /** Your id of the conversation, or amoCRM's as `conversation_ref_id`. */
  readonly conversation_id?: string;
  readonly conversation_ref_id?: string;
  /** amoCRM's id of the message, or yours as `msgid`. */
  readonly id?: string;
  readonly msgid?: string;
  readonly user: { readonly id?: string; readonly ref_id?: string };
}

/** amoCRM gives so many at once at most. */
const historyPage = 50;

/** Every member throws an `AmoError`; a wrong signature is `AmoForbidden`. A repeat of a `msgid` is refused, so a message whose answer was lost may be sent again. */
export function makeChannel({
  channelId,
  secret,
  send,
  host = chatsHost,
  limiter = paceOf(),
  timeoutSeconds = 30,
  now = Date.now,
}: ChannelOptions) {
  async function ask(method: "GET" | "POST" | "DELETE", path: string, json?: unknown, query = ""): Promise<unknown> {
    const body = json === undefined ? "" : JSON.stringify(json);
    const request = `${method} ${path}`;
    await limiter.take();
    const answer = await send({
      ...{ method, url: `${host}${path}${query}`, timeoutSeconds, headers: signChat({ method, path, body }, secret, new Date(now())) },
      ...(body !== "" && { body }),
    }).catch((cause: unknown) => {
      throw new AmoUnavailable(`no answer: ${String(cause)}`, { request, status: 0, cause }, method !== "GET");
    });
    if (answer.status >= 300) throw errorOf(request, answer, method !== "GET");
    if (answer.body.trim() === "") return undefined;
    const read = readJson(answer.body);
    if (read === undefined) throw new AmoUnavailable("the answer is no JSON", { request, status: answer.status }, method !== "GET");
    return read;
  }

  async function must<T>(path: string, json: unknown, name?: string): Promise<T> {
    const answer = await ask("POST", path, json);
    const found = name === undefined ? answer : member(answer, name);
    if (typeof found === "object" && found !== null) return found as T;
    throw new AmoUnavailable(`the answer has no ${name ?? "body"}`, { request: `POST ${path}`, status: 200 }, true);
  }

  const at = (scope: string, rest = ""): string => `${chatsPath}/${encodeURIComponent(scope)}${rest}`;

  return {
    /** `accountId` is the account's `amojo_id`. Again after each installation: an integration that is switched off is disconnected. */
    connect: (accountId: string, title?: string) =>
      must<ConnectedChannel>(at(channelId, "/connect"), {
        ...{ account_id: accountId, hook_api_version: "v2" },
        ...(title !== undefined && { title }),
      }),
    async disconnect(accountId: string): Promise<void> {
      await ask("DELETE", at(channelId, "/disconnect"), { account_id: accountId });
    },
    /** The same conversation gives the same chat. */
    createChat: (
      scope: string,
      chat: { readonly conversation_id: string; readonly source?: { readonly external_id: string }; readonly user: ChatUser },
    ) => must<ChatAnswer>(at(scope, "/chats"), chat),
    /** The first message of an unknown conversation makes a chat, a contact, and a lead among the unsorted. */
    sendMessage: (scope: string, payload: ChatPayload) =>
      must<SentMessage>(at(scope), { event_type: "new_message", payload }, "new_message"),
    /** With the `id` of amoCRM, or your own `msgid`. */
    async editMessage(scope: string, payload: Partial<ChatPayload> & { readonly id?: string }): Promise<void> {
      await ask("POST", at(scope), { event_type: "edit_message", payload });
    },
    /** By amoCRM's id of the message. */
    async reportDelivery(scope: string, messageId: string, report: DeliveryReport): Promise<void> {
      await ask("POST", at(scope, `/${encodeURIComponent(messageId)}/delivery_status`), writeDeliveryReport(messageId, report));
    },
    /** Newest first, by amoCRM's id of the chat; the next fifty are asked for when they are wanted. */
    async *history(scope: string, chatId: string): AsyncGenerator<HistoryMessage, void, void> {
      const path = at(scope, `/chats/${encodeURIComponent(chatId)}/history`);
      for (let offset = 0; ; offset += historyPage) {
        const messages = member(await ask("GET", path, undefined, `?offset=${offset}&limit=${historyPage}`), "messages");
        if (!Array.isArray(messages)) return;
        yield* messages as readonly HistoryMessage[];
        if (messages.length < historyPage) return;
      }
    },
    /** For five seconds unless told. */
    async showTyping(scope: string, conversationId: string, senderId: string, durationMs?: number): Promise<void> {
      await ask("POST", at(scope, "/typing"), {
        ...{ conversation_id: conversationId, sender: { id: senderId } },
        ...(durationMs !== undefined && { duration_ms: durationMs }),
      });
    },
    /** Without an emoji, what was said of the message is taken back. One that is gone is no mistake then. */
    async react(scope: string, to: ChatAction, emoji?: string): Promise<void> {
      const body = emoji === undefined ? { ...to, type: "unreact" } : { ...to, type: "react", emoji };
      try {
        await ask("POST", at(scope, "/react"), body);
      } catch (error) {
        if (emoji !== undefined || !(error instanceof AmoNotFound)) throw error;
      }
    },
  };
}

export type Channel = ReturnType<typeof makeChannel>;
