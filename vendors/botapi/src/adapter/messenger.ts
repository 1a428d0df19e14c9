import {
  type FileKind,
  type Kit,
  type Messenger,
  type MessengerAbilities,
  Refused,
  type SendingPart,
  type SentMessage,
  Undelivered,
} from "@svyazka/core";
import { type Address, type Telegram, TelegramRefused } from "../client.ts";
import { captionLimit, type Sent, sendLimitBytes, textLimit } from "../protocol.ts";
import type { BotConnection } from "../settings.ts";
import { telegramOf } from "./bot.ts";
import { externalOf, messageIdOf } from "./updates.ts";
import { inWords } from "./words.ts";

/** A bot writes to nobody who has not written to it, and is never told what was delivered or read. */
const abilities: MessengerAbilities = { longestText: textLimit, longestCaption: captionLimit, largestFile: sendLimitBytes.other };

export function messengerOf(bot: BotConnection, kit: Kit): Messenger {
  const telegram = telegramOf(bot, kit);
  return {
    of: String(bot.id),
    abilities,
    async send(sending, sent) {
      const chat = sent.conversation.external;
      if (chat === undefined)
        throw new Undelivered("a bot cannot write to somebody who has not written to it", { reason: "bad_recipient" });
      const replyTo = sending.place === 0 && sent.message.replyTo !== undefined ? messageIdOf(sent.message.replyTo) : undefined;
      const message = await sendPart(telegram, sending, sent, { chat, ...(replyTo !== undefined && { replyTo }) }, kit);
      return { external: externalOf(message.chat, message.messageId), conversation: message.chat };
    },
    async media(ref) {
      const { path } = await inWords(() => telegram.getFile(ref));
      if (path === undefined) throw new Refused("Telegram does not say where this file is");
      return telegram.fileRequest(path);
    },
    async showTyping({ external }) {
      if (external !== undefined) await inWords(() => telegram.sendChatAction(external));
    },
  };
}

async function sendPart(telegram: Telegram, { part }: SendingPart, { message }: SentMessage, to: Address, kit: Kit): Promise<Sent> {
  const sends = { sends: true };
  switch (part.kind) {
    case "text":
      return inWords(() => telegram.sendMessage({ ...to, text: part.text }), sends);
    case "template":
      throw new Undelivered("a bot has no templates", { reason: "unknown" });
    case "content": {
      const { latitude, longitude, name, phones } = message.content ?? {};
      if (typeof latitude === "number" && typeof longitude === "number")
        return inWords(() => telegram.sendLocation({ ...to, latitude, longitude }), sends);
      const phone: unknown = Array.isArray(phones) ? phones[0] : undefined;
      if (typeof phone !== "string") throw new Undelivered("a card without a phone cannot be sent by a bot", { reason: "unknown" });
      return inWords(
        () => telegram.sendContact({ ...to, phone, firstName: typeof name === "string" && name !== "" ? name : phone }),
        sends,
      );
    }
    case "file": {
      const { bytes, type, name } = await kit.files.read(part.file.file);
      if (bytes.length > sendLimitBytes.other)
        throw new Undelivered(`a bot sends files of ${sendLimitBytes.other / 1_000_000} MB at most`, { reason: "media_rejected" });
      const file = { ...to, file: { bytes, type, name: part.file.name ?? name }, ...(part.caption !== "" && { caption: part.caption }) };
      return inWords(() => sendFile(telegram, methodFor(part.file.kind, type, bytes.length), file), sends);
    }
  }
}

type FileMethod = "sendPhoto" | "sendVideo" | "sendVoice" | "sendAudio" | "sendDocument";

/** What is refused as a picture or a film (its sides are too long, the codec is another one) arrives as a file. */
async function sendFile(telegram: Telegram, method: FileMethod, file: Parameters<Telegram["sendDocument"]>[0]): Promise<Sent> {
  try {
    return await telegram[method](file);
  } catch (error) {
    const isRefused = method !== "sendDocument" && error instanceof TelegramRefused && error.reason === "media_rejected";
    if (!isRefused) throw error;
    return telegram.sendDocument(file);
  }
}

/** As the methods of the Bot API want their files; anything else is a document, which loses nothing. */
export function methodFor(kind: FileKind, type: string, bytes: number): FileMethod {
  const [plain = ""] = type.split(";");
  if (kind === "picture" && /^image\/(jpeg|png|webp)$/.test(plain) && bytes <= sendLimitBytes.picture) return "sendPhoto";
  if (kind === "video" && plain === "video/mp4") return "sendVideo";
  // Of sounds, only OGG has no other player than that of voice messages.
  if ((kind === "voice" && /^audio\/(mpeg|mp4|x-m4a)$/.test(plain)) || (isSound(kind) && plain === "audio/ogg")) return "sendVoice";
  if (kind === "audio" && /^audio\/(mpeg|mp4|x-m4a)$/.test(plain)) return "sendAudio";
  return "sendDocument";
}

const isSound = (kind: FileKind): boolean => kind === "voice" || kind === "audio";
