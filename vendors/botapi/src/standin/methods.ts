import type { Message, WebhookInfo } from "@grammyjs/types";
import { captionLimit, downloadLimitBytes, isSecretToken, textLimit } from "../protocol.ts";
import { type BotState, keepMessage, messageKey, type UpdateKind } from "./bot.ts";
import { fileFields, type SentFileKind } from "./people.ts";
import { type Answer, type Call, jsonOf, refuse } from "./wire.ts";

/** What a bot did, as it was asked for. */
export interface SentByBot {
  /** Of the bot. */
  readonly token: string;
  /** Lower-case: `sendmessage`. */
  readonly method: string;
  readonly chat: number;
  /** Absent for what is no message: an action, a reaction. */
  readonly message?: Message;
  readonly parameters: Readonly<Record<string, string>>;
  readonly file?: { readonly name: string; readonly type: string; readonly bytes: Uint8Array };
}

const fileMethods: Readonly<Record<string, SentFileKind>> = {
  ...{ sendphoto: "photo", senddocument: "document", sendvoice: "voice", sendvideo: "video", sendaudio: "audio" },
};

/** Everything but `getUpdates`, which waits. `sent` is told what went out; `changed` that somebody set or removed the webhook. */
export function answerMethod(bot: BotState, call: Call, told: { sent(one: SentByBot): void; changed(): void }): Answer {
  const { method, parameters } = call;
  switch (method) {
    case "getme":
      return { result: { ...bot.user, can_join_groups: true, can_read_all_group_messages: false, supports_inline_queries: false } };
    case "setwebhook":
    case "deletewebhook":
      return setWebhook(bot, call, told.changed);
    case "getwebhookinfo":
      return { result: webhookInfo(bot) };
    case "getfile":
      return getFile(bot, parameters["file_id"]);
  }
  if (!(method in fileMethods) && !["sendmessage", "sendlocation", "sendcontact", "sendchataction", "setmessagereaction"].includes(method))
    return refuse(404, "Not Found");
  const chat = Number(parameters["chat_id"]);
  const person = bot.people.get(chat);
  if (!parameters["chat_id"]) return refuse(400, "Bad Request: chat_id is empty");
  if (!person) return refuse(400, "Bad Request: chat not found");
  if (bot.blockedBy.has(chat)) return refuse(403, "Forbidden: bot was blocked by the user");
  if (method === "sendchataction") {
    told.sent({ token: bot.token, method, chat, parameters });
    return { result: true };
  }
  if (method === "setmessagereaction") return setReaction(bot, call, chat, told.sent);

  const replied = repliedTo(bot, parameters, chat);
  if ("code" in replied) return replied;
  const content = contentOf(bot, call);
  if ("code" in content) return content as Answer;
  const message = {
    ...{ message_id: bot.nextMessageId++, from: bot.user, date: Math.floor(Date.now() / 1000) },
    ...{ chat: { ...person, is_bot: undefined, type: "private" }, ...replied, ...content },
  } as unknown as Message;
  keepMessage(bot, message);
  const file = [...call.files.values()][0];
  told.sent({ token: bot.token, method, chat, message, parameters, ...(file && { file }) });
  return { result: message };
}

/** The fields of the message, or why it is none. */
function contentOf(bot: BotState, { method, parameters, files }: Call): Partial<Message> | Answer {
  const as = fileMethods[method];
  if (as) {
    const caption = parameters["caption"] ?? "";
    if (caption.length > captionLimit) return refuse(400, "Bad Request: message caption is too long");
    const given = parameters[as] ?? "";
    const upload = files.get(given.startsWith("attach://") ? given.slice("attach://".length) : as);
    const stored = bot.files.get(given);
    if (!upload && !stored)
      return refuse(
        400,
        given === "" ? `Bad Request: there is no ${as} in the request` : "Bad Request: wrong file identifier/HTTP URL specified",
      );
    const file = upload ?? stored;
    if (!file || file.bytes.length === 0) return refuse(400, "Bad Request: file must be non-empty");
    if (as === "photo" && file.bytes.length > 10_000_000) return refuse(400, "Bad Request: file is too big");
    const kept = { as, bytes: file.bytes, type: file.type, ...(file.name !== undefined && { name: file.name }) };
    return { ...fileFields(bot, kept), ...(caption !== "" && { caption }) };
  }
  if (method === "sendmessage") {
    const text = parameters["text"] ?? "";
    if (text.trim() === "") return refuse(400, "Bad Request: message text is empty");
    if (text.length > textLimit) return refuse(400, "Bad Request: message is too long");
    return { text };
  }
  if (method === "sendcontact")
    return { contact: { phone_number: parameters["phone_number"] ?? "", first_name: parameters["first_name"] ?? "" } };
  const [latitude, longitude] = [Number(parameters["latitude"]), Number(parameters["longitude"])];
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return refuse(400, "Bad Request: wrong location specified");
  return { location: { latitude, longitude } };
}

function repliedTo(
  bot: BotState,
  parameters: Call["parameters"],
  chat: number,
): { reply_to_message?: Message } | { code: number; description: string } {
  const wanted = jsonOf(parameters["reply_parameters"]) as { message_id?: number; allow_sending_without_reply?: boolean } | undefined;
  if (wanted?.message_id === undefined) return {};
  const message = bot.messages.get(messageKey(chat, wanted.message_id));
  if (message) return { reply_to_message: message };
  return wanted.allow_sending_without_reply === true ? {} : { code: 400, description: "Bad Request: message to be replied not found" };
}

function setReaction(bot: BotState, { method, parameters }: Call, chat: number, sent: (one: SentByBot) => void): Answer {
  if (!bot.messages.has(messageKey(chat, Number(parameters["message_id"])))) return refuse(400, "Bad Request: message to react not found");
  const reaction = jsonOf(parameters["reaction"]);
  const isKnown =
    Array.isArray(reaction) && reaction.every((one) => /^\p{Extended_Pictographic}/u.test(String((one as { emoji?: unknown })?.emoji)));
  if (!isKnown) return refuse(400, "Bad Request: REACTION_INVALID");
  sent({ token: bot.token, method, chat, parameters });
  return { result: true };
}

function setWebhook(bot: BotState, { method, parameters }: Call, changed: () => void): Answer {
  const url = method === "setwebhook" ? (parameters["url"] ?? "") : "";
  const secretToken = parameters["secret_token"];
  if (secretToken !== undefined && !isSecretToken(secretToken))
    return refuse(400, "Bad Request: secret token contains unallowed characters");
  // The live one takes https alone; this one is for addresses of this machine.
  if (url !== "" && !URL.canParse(url)) return refuse(400, "Bad Request: bad webhook: invalid webhook URL specified");
  bot.webhook = url === "" ? undefined : { url, secretToken };
  bot.lastError = undefined;
  const allowed = jsonOf(parameters["allowed_updates"]);
  if (Array.isArray(allowed)) bot.allowed = allowed as UpdateKind[];
  if (parameters["drop_pending_updates"] === "true") bot.queue.length = 0;
  changed();
  return { result: true };
}

const webhookInfo = ({ webhook, queue, lastError, allowed }: BotState): WebhookInfo => ({
  ...{ url: webhook?.url ?? "", has_custom_certificate: false, pending_update_count: queue.length },
  ...(lastError && { last_error_date: lastError.at, last_error_message: lastError.words }),
  ...(allowed.length > 0 && { allowed_updates: [...allowed] }),
});

function getFile(bot: BotState, fileId: string | undefined): Answer {
  const file = bot.files.get(fileId ?? "");
  if (!file) return refuse(400, "Bad Request: wrong file_id or the file is temporarily unavailable");
  if (file.bytes.length > downloadLimitBytes) return refuse(400, "Bad Request: file is too big");
  return {
    result: { file_id: file.fileId, file_unique_id: `u${file.fileId.slice(-12)}`, file_size: file.bytes.length, file_path: file.path },
  };
}
