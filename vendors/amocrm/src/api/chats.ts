import { readBrackets } from "@svyazka/wire";
import {
  type ChatMessage,
  chatsPath,
  type FieldProblem,
  fieldProblem,
  readDeliveryReport,
  writeInvalid,
  writeProblem,
} from "../protocol.ts";
import { Missing, Unfit } from "./account.ts";
import { readOne } from "./batch.ts";
import type { ChatAccount, MessageRef, TakenMessage, TalkedMessage } from "./chat-account.ts";
import {
  chatShape,
  checkPayload,
  connectShape,
  eventShape,
  messageOf,
  mustBeNamed,
  type payloadShape,
  reactShape,
  typingShape,
  userOf,
} from "./chat-shapes.ts";
import { type ApiReply, notFound, Refusal, refuse, reply } from "./http.ts";
import { given, Query } from "./query.ts";
import { object, type ReadBy, required, text } from "./shape.ts";

/** The chats API: a channel brings what clients write. Source: chats/chat-api-reference */

export interface ChatAsked {
  readonly method: string;
  /** From `/v2/origin/custom` on. */
  readonly path: string;
  /** Without its question mark. */
  readonly query: string;
  readonly body: string;
}

interface At {
  readonly account: ChatAccount;
  readonly asked: ChatAsked;
  /** What stands in the path after the channel or its scope. */
  readonly rest: readonly string[];
}
/** Undefined is an answer without a body: 204, or 200 where the documents say so. */
type Handler = (at: At) => Promise<{ readonly status?: number; readonly body?: unknown }>;

const scoped: readonly { readonly method: string; readonly pattern: RegExp; readonly handler: Handler }[] = [
  { method: "POST", pattern: /^$/, handler: takeEvent },
  { method: "POST", pattern: /^chats$/, handler: openChat },
  { method: "GET", pattern: /^chats\/([^/]+)\/history$/, handler: history },
  { method: "POST", pattern: /^typing$/, handler: typing },
  { method: "POST", pattern: /^react$/, handler: react },
  { method: "POST", pattern: /^([^/]+)\/delivery_status$/, handler: reportDelivery },
];
const own: typeof scoped = [
  { method: "POST", pattern: /^connect$/, handler: connect },
  { method: "DELETE", pattern: /^disconnect$/, handler: disconnect },
];

/** Answers one request whose signature is right. Throws only what is our own mistake, or the database's. */
export async function answerChats(account: ChatAccount, asked: ChatAsked): Promise<ApiReply> {
  const [name = "", ...parts] = asked.path.slice(chatsPath.length + 1).split("/");
  const tail = parts.join("/");
  const isScope = name === scopeOf(account);
  const fits = (isScope ? scoped : name === account.channelId ? own : []).flatMap((one) => {
    const found = one.pattern.exec(tail);
    return found ? [{ ...one, rest: found.slice(1) }] : [];
  });
  const hit = fits.find(({ method }) => method === asked.method);
  try {
    if (fits.length > 0 && !hit) throw new Refusal(writeProblem(405, `Method ${asked.method} is not allowed`));
    if (!hit) throw notFound(`Cannot ${asked.method} ${asked.path.slice(0, 200)}`);
    if (isScope && !(await account.connection())) throw notFound("The channel is not connected to this account");
    const { status, body } = await hit.handler({ account, asked, rest: hit.rest });
    return body === undefined ? { status: status ?? 204, headers: {}, body: "" } : json(status ?? 200, body);
  } catch (error) {
    return plain(refusalOf(error));
  }
}

const scopeOf = ({ channelId, accountId }: ChatAccount): string => `${channelId}_${accountId}`;
const json = (status: number, body: unknown): ApiReply => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
/** Errors are JSON here, too, and no more than that. */
export const plain = (refusal: Refusal): ApiReply => reply(refusal.problem, { "content-type": "application/json" });

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof Missing) return notFound(error.message);
  if (error instanceof Unfit)
    return new Refusal(writeInvalid([{ request_id: "0", errors: [fieldProblem(error.code, error.path, error.message)] }]));
  throw error;
}

function sentIn({ asked }: At): unknown {
  try {
    return JSON.parse(asked.body);
  } catch {
    throw new Refusal(writeProblem(400, asked.body.trim() === "" ? "The request has no body" : "The body is not JSON"));
  }
}
const read = <T>(at: At, shape: (value: unknown, path: string, problems: FieldProblem[]) => T | undefined): Promise<T> =>
  readOne(sentIn(at), (sent, problems) => shape(sent, "", problems));

async function connect(at: At): ReturnType<Handler> {
  const { account_id, title, hook_api_version = "v1", is_time_window_disabled = false } = await read(at, connectShape);
  mustBeThis(at, account_id);
  if (hook_api_version === "v1") throw new Unfit("hook_api_version", "Hooks of v1 are not sent any more: say v2.");
  const connection = { title: title ?? "", hook_api_version, is_time_window_disabled };
  await at.account.connect(connection);
  return { body: { account_id, ...connection, scope_id: scopeOf(at.account) } };
}

async function disconnect(at: At): ReturnType<Handler> {
  mustBeThis(at, (await read(at, object({ account_id: required(text(36, 1)) }, true))).account_id);
  await at.account.disconnect();
  return { status: 200 };
}

function mustBeThis({ account }: At, id: string): void {
  if (id.toLowerCase() !== account.accountId) throw new Unfit("account_id", "There is no such account.");
}

async function openChat(at: At): ReturnType<Handler> {
  const { conversation_id, source, user } = await readOne(sentIn(at), (sent, problems) => {
    const chat = chatShape(sent, "", problems);
    mustBeNamed(chat?.user, "user", problems);
    return chat;
  });
  return {
    body: await at.account.openChat({ conversation_id, user: userOf(user), ...given({ source: source?.external_id || undefined }) }),
  };
}

async function takeEvent(at: At): ReturnType<Handler> {
  const { event_type, payload } = await readOne(sentIn(at), (sent, problems) => {
    const event = eventShape(sent, "", problems);
    if (event) checkPayload(event, problems);
    return event;
  });
  return event_type === "new_message"
    ? { body: { new_message: await take(at, payload) } }
    : { body: { edit_message: await edit(at, payload) } };
}

function take(at: At, payload: ReadBy<typeof payloadShape>): Promise<TakenMessage> {
  const { msgid = "", timestamp = 0, msec_timestamp, silent = false, sender = {}, receiver } = payload;
  const { conversation_id, conversation_ref_id, source, reply_to, message } = payload;
  return at.account.take({
    ...{ msgid, at: msec_timestamp ?? timestamp * 1000, silent, sender: userOf(sender), message: messageOf(message) as ChatMessage },
    ...given({
      ...{ conversation_id, conversation_ref_id: conversation_ref_id || undefined, source: source?.external_id || undefined },
      receiver: receiver ? userOf(receiver) : undefined,
      reply_to: refOf(reply_to?.message),
    }),
  });
}

const refOf = (sent: { readonly id?: string; readonly msgid?: string } | undefined): MessageRef | undefined =>
  sent?.id || sent?.msgid ? given({ id: sent.id || undefined, msgid: sent.msgid || undefined }) : undefined;

function edit(at: At, { id, msgid, message }: ReadBy<typeof payloadShape>): Promise<TakenMessage> {
  const delivery = message.delivery_status == null ? undefined : readDeliveryReport(message.delivery_status);
  if (message.delivery_status != null && !delivery) throw new Unfit("payload.message.delivery_status");
  return at.account.edit({ ...given({ id: id || undefined, msgid, delivery }), message: messageOf(message) });
}

async function reportDelivery(at: At): ReturnType<Handler> {
  const report = readDeliveryReport(sentIn(at));
  if (!report) refuse([fieldProblem("NotSupportedChoice", "status_code", "The status is 1, 2 or -1.")]);
  else await at.account.report(at.rest[0] ?? "", report);
  return { status: 200 };
}

async function history(at: At): ReturnType<Handler> {
  const query = new Query(readBrackets(at.asked.query));
  const skip = query.int("offset", 0, 1_000_000) ?? 0;
  const limit = query.int("limit", 1, 50) ?? 50;
  query.done();
  const messages = await at.account.history(at.rest[0] ?? "", skip, limit);
  return messages.length === 0 ? {} : { body: { messages: messages.map(written) } };
}

const written = ({ at, id, client_id, sender, receiver, message }: TalkedMessage) => ({
  ...{ timestamp: Math.floor(at / 1000), msec_timestamp: at, sender, ...(receiver && { receiver }) },
  message: {
    ...{ id, ...(client_id !== undefined && { client_id }), type: message.type, text: message.text ?? "", media: message.media ?? "" },
    ...{ thumbnail: "", file_name: message.file_name ?? "", file_size: message.file_size ?? 0 },
    ...given({ location: message.location, contact: message.contact }),
  },
});

async function typing(at: At): ReturnType<Handler> {
  await at.account.typing((await read(at, typingShape)).conversation_id);
  return {};
}

async function react(at: At): ReturnType<Handler> {
  const { id, msgid, user, type, emoji } = await readOne(sentIn(at), (sent, problems) => {
    const wanted = reactShape(sent, "", problems);
    if (wanted && !wanted.id && !wanted.msgid) problems.push(fieldProblem("FieldMissing", "msgid"));
    if (wanted && !wanted.user.id && !wanted.user.ref_id) problems.push(fieldProblem("FieldMissing", "user.id"));
    if (wanted?.type === "react" && !wanted.emoji) problems.push(fieldProblem("FieldMissing", "emoji"));
    return wanted;
  });
  await at.account.react(
    given({ id: id || undefined, msgid: msgid || undefined }),
    user.id || user.ref_id || "",
    type === "react" ? (emoji ?? "") : null,
  );
  return { status: 200 };
}
