import { createHash, createHmac } from "node:crypto";
import { sameText } from "./oauth.ts";

/** The chats API (amojo): what is signed, and the shapes. Source: https://www.amocrm.ru/developers/content/chats/chat-api-reference and its neighbours */

export const chatsHost = "https://amojo.amocrm.ru";
export const chatsPath = "/v2/origin/custom";
const json = "application/json";

/** Lower-case hex, of the bytes as they are sent; of a GET of nothing. */
export const bodyMd5 = (body: string): string => createHash("md5").update(body).digest("hex");
const hmac = (text: string, secret: string): string => createHmac("sha1", secret).update(text).digest("hex");

export interface ChatRequest {
  readonly method: string;
  /** Without the host and the query. */
  readonly path: string;
  /** Empty for a GET. */
  readonly body: string;
}

/** The headers of a request. `date` is good for 15 minutes. */
export function signChat({ method, path, body }: ChatRequest, secret: string, date: Date): Readonly<Record<string, string>> {
  const headers = { date: date.toUTCString().replace("GMT", "+0000"), "content-type": json, "content-md5": bodyMd5(body) };
  return { ...headers, "x-signature": signatureOf(method, headers["content-md5"], json, headers.date, path, secret) };
}

const signatureOf = (method: string, md5: string, type: string, date: string, path: string, secret: string): string =>
  hmac([method.toUpperCase(), md5, type, date, path].join("\n"), secret);

/** The scheme before the autumn of 2019, and of hooks to this day: the body alone. */
export const signChatBody = (body: string, secret: string): string => hmac(body, secret);

/** Whether a hook is amoCRM's: its `X-Signature` is of the raw body. Compare before you parse. */
export const isChatHook = (body: string, signature: string, secret: string): boolean =>
  sameText(signature.toLowerCase(), signChatBody(body, secret));

const freshSeconds = 15 * 60;
/** Where the old scheme is still honoured: connect, disconnect, and messages. */
const oldPaths = /^\/v2\/origin\/custom\/[^/]+(\/connect|\/disconnect)?$/;

/**
 * Whether a request to the chats API is signed with this secret, by either scheme. Names of headers are lower-case; their values count as sent. `now` is Unix seconds.
 */
export function isSignedChat(
  { method, path, body }: ChatRequest,
  headers: Readonly<Record<string, string | undefined>>,
  secret: string,
  now: number,
): boolean {
  const { date, "content-md5": md5, "content-type": type = "", "x-signature": signature = "" } = headers;
  if (date === undefined && md5 === undefined) return oldPaths.test(path) && isChatHook(body, signature, secret);
  // Without the sum nothing ties the body to the signature.
  if ((md5 ?? "").toLowerCase() !== bodyMd5(body)) return false;
  const sent = Date.parse(date ?? "") / 1000;
  if (!(Math.abs(now - sent) <= freshSeconds)) return false;
  return sameText(signature.toLowerCase(), signatureOf(method, md5 ?? "", type, date ?? "", path, secret));
}

export interface ChatUser {
  /** Yours. */
  readonly id?: string;
  /** amoCRM's: of a manager, or of the channel's bot. */
  readonly ref_id?: string;
  readonly name?: string;
  readonly avatar?: string;
  readonly profile?: { readonly phone?: string; readonly email?: string };
  readonly profile_link?: string;
}

export const chatMessageTypes = ["text", "contact", "file", "video", "picture", "voice", "audio", "sticker", "location"] as const;

export interface ChatMessage {
  readonly type: (typeof chatMessageTypes)[number];
  readonly text?: string;
  /** Address of the file. */
  readonly media?: string;
  readonly file_name?: string;
  /** Bytes. */
  readonly file_size?: number;
  readonly sticker_id?: string;
  readonly location?: { readonly lon: number; readonly lat: number };
  readonly contact?: { readonly name: string; readonly phone: string };
  readonly callback_data?: string;
  /** Seconds. */
  readonly media_duration?: number;
}

/** What is posted. From a client, only `sender`; from a manager's own phone `sender.ref_id` with a `receiver`. */
export interface ChatPayload {
  /** Unix seconds. */
  readonly timestamp: number;
  /** Unix milliseconds. */
  readonly msec_timestamp: number;
  /** Yours, and unique: a repeat is refused. */
  readonly msgid: string;
  readonly conversation_id: string;
  /** amoCRM's, when amoCRM has written first. */
  readonly conversation_ref_id?: string;
  /** History: nobody is told, and no lead is made. */
  readonly silent: boolean;
  readonly source?: { readonly external_id: string };
  readonly sender: ChatUser;
  readonly receiver?: ChatUser;
  readonly message: ChatMessage;
  readonly reply_to?: { readonly message: { readonly id?: string; readonly msgid?: string } };
}

/** 1 delivered, 2 read, -1 not delivered. */
export type DeliveryStatus = 1 | 2 | -1;

export interface DeliveryReport {
  readonly status: DeliveryStatus;
  /** 901 deleted by the user, 902 switched off, 903 server, 904 no such chat, 905 other. */
  readonly errorCode?: number;
  readonly error?: string;
}

/**
 * Both bodies that are in the wild, in one: of the reference, and of the step-by-step page.
 * In the documents' tables `error_code` has a Cyrillic letter; here it has none.
 */
export const writeDeliveryReport = (messageId: string, { status, errorCode, error }: DeliveryReport) => ({
  ...{ msgid: messageId, status_code: status, delivery_status: status },
  ...(errorCode !== undefined && { error_code: errorCode }),
  ...(error !== undefined && { error }),
});

/** Either body; undefined when it is none. */
export function readDeliveryReport(sent: unknown): DeliveryReport | undefined {
  if (typeof sent !== "object" || sent === null) return undefined;
  const { status_code, delivery_status, error_code, error } = sent as Readonly<Record<string, unknown>>;
  const status = status_code ?? delivery_status;
  if (status !== 1 && status !== 2 && status !== -1) return undefined;
  return {
    status,
    ...(typeof error_code === "number" && { errorCode: error_code }),
    ...(typeof error === "string" && { error }),
  };
}

/** What amoCRM sends to the channel (v2): somebody's message, that they are typing, what they think of a message. */
export type ChatHook =
  | { readonly kind: "message"; readonly accountId: string; readonly time: number; readonly message: ChatHookMessage }
  | {
      readonly kind: "typing" | "reaction";
      readonly accountId: string;
      readonly time: number;
      readonly action: Readonly<Record<string, unknown>>;
    };

export interface ChatHookMessage {
  readonly receiver: { readonly id: string; readonly phone?: string; readonly email?: string; readonly client_id?: string };
  readonly sender: { readonly id: string; readonly name?: string };
  /** Without `client_id` amoCRM has written first: begin the chat with `receiver.phone`, and send its `id` back as `conversation_ref_id`. */
  readonly conversation: { readonly id: string; readonly client_id?: string };
  readonly source?: { readonly external_id: string };
  readonly timestamp: number;
  readonly msec_timestamp: number;
  readonly message: ChatMessage & {
    readonly id: string;
    readonly markup?: unknown;
    readonly tag?: string;
    readonly thumbnail?: string;
    readonly template?: unknown;
    readonly reply_to?: unknown;
    readonly forwards?: unknown;
    /** Several attachments are several hooks with one of these. */
    readonly media_group_id?: string;
  };
}

/** A message of ours for the channel (v2). `at` is Unix milliseconds. */
export const writeChatHook = (sent: {
  readonly accountId: string;
  readonly at: number;
  readonly messageId: string;
  readonly receiver: ChatHookMessage["receiver"];
  readonly sender: ChatHookMessage["sender"];
  readonly conversation: ChatHookMessage["conversation"];
  readonly source?: string;
  readonly message: ChatMessage;
}): string =>
  JSON.stringify({
    account_id: sent.accountId,
    time: Math.floor(sent.at / 1000),
    message: {
      ...{ receiver: sent.receiver, sender: sent.sender, conversation: sent.conversation },
      ...(sent.source !== undefined && { source: { external_id: sent.source } }),
      ...{ timestamp: Math.floor(sent.at / 1000), msec_timestamp: sent.at },
      message: {
        ...{ id: sent.messageId, type: sent.message.type, text: sent.message.text ?? "", markup: null, tag: "" },
        ...{
          media: sent.message.media ?? "",
          thumbnail: "",
          file_name: sent.message.file_name ?? "",
          file_size: sent.message.file_size ?? 0,
        },
      },
    },
  });

/** Undefined when it is no hook of v2. */
export function readChatHook(body: string): ChatHook | undefined {
  const sent = parse(body);
  const { account_id: accountId, time, message, action } = sent;
  if (typeof accountId !== "string") return undefined;
  const about = { accountId, time: Number(time ?? 0) };
  if (isHookMessage(message)) return { kind: "message", ...about, message };
  const { typing, reaction } = (typeof action === "object" && action !== null ? action : {}) as Readonly<Record<string, unknown>>;
  if (isPlain(typing)) return { kind: "typing", ...about, action: typing };
  if (isPlain(reaction)) return { kind: "reaction", ...about, action: reaction };
  return undefined;
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;

function isHookMessage(value: unknown): value is ChatHookMessage {
  if (!isPlain(value)) return false;
  const { receiver, sender, conversation, message } = value;
  return (
    [receiver, sender, conversation, message].every((part) => isPlain(part) && typeof part["id"] === "string") &&
    typeof (message as Readonly<Record<string, unknown>>)["type"] === "string"
  );
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(text);
    return isPlain(read) ? read : {};
  } catch {
    return {};
  }
}
