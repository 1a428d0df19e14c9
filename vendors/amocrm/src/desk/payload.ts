import type { KeptMessage, Kit, MessageFile } from "@svyazka/core";
import type { ChatMessage, ChatPayload, ChatUser } from "../protocol.ts";
import { uuidOf } from "../uuid-of.ts";

/** Our messages as amoCRM's chats take them: one of ours with several files is several of theirs. */

export interface Sides {
  /** What the account calls the channel. */
  readonly source: string;
  /** amoCRM's chat, where somebody there wrote first. */
  readonly chat: string | undefined;
  /** amoCRM's own of whoever of ours wrote; of a message that goes out. */
  readonly author: string;
}

export function payloadsOf(
  { message, conversation }: KeptMessage,
  { source, chat, author }: Sides,
  kit: Pick<Kit, "files">,
): ChatPayload[] {
  const at = new Date(message.at).getTime();
  const client = clientOf(conversation);
  const who = message.direction === "in" ? { sender: client } : { sender: { ref_id: author }, receiver: client };
  return messagesOf(message, kit).map((one, place) => ({
    // Those that belong together stay in their order.
    ...{
      timestamp: Math.floor(at / 1000),
      msec_timestamp: at + place,
      msgid: place === 0 ? message.uid : uuidOf(`${message.uid}.${place}`),
    },
    ...{
      conversation_id: conversation.uid,
      ...(chat !== undefined && { conversation_ref_id: chat }),
      silent: false,
      source: { external_id: source },
    },
    ...who,
    message: one,
    ...(message.replyTo !== undefined && place === 0 && { reply_to: { message: { msgid: message.replyTo } } }),
  }));
}

export const clientOf = ({ uid, client }: KeptMessage["conversation"]): ChatUser => ({
  ...{ id: client.external ?? uid, name: client.name || client.username || client.phone || "?" },
  ...(client.avatar !== undefined && { avatar: client.avatar }),
  ...(client.link !== undefined && { profile_link: client.link }),
  ...((client.phone ?? client.email) !== undefined && {
    profile: { ...(client.phone !== undefined && { phone: client.phone }), ...(client.email !== undefined && { email: client.email }) },
  }),
});

function messagesOf({ kind, text, content, files }: KeptMessage["message"], kit: Pick<Kit, "files">): ChatMessage[] {
  const place = kind === "location" ? placeIn(content) : undefined;
  const card = kind === "contact" ? cardIn(content) : undefined;
  const whole: ChatMessage[] = place
    ? [{ type: "location", text, location: place }]
    : card
      ? [{ type: "contact", text, contact: card }]
      : files.map((file, index) => fileMessage(file, index === 0 ? text : "", kit));
  return whole.length > 0 ? whole : [{ type: "text", text: text === "" ? "…" : text }];
}

function fileMessage({ kind, name, bytes, file, error }: MessageFile, text: string, { files }: Pick<Kit, "files">): ChatMessage {
  if (file === undefined)
    return { type: "text", text: [text, `[${name ?? kind}: ${error ?? "?"}]`].filter((line) => line !== "").join("\n") };
  return {
    ...{ type: kind, text, media: files.url(file), file_name: name ?? kind, ...(bytes !== undefined && { file_size: bytes }) },
    ...(kind === "sticker" && { sticker_id: file }),
  };
}

function placeIn(content: Readonly<Record<string, unknown>> | null): { lat: number; lon: number } | undefined {
  const [lat, lon] = [Number(content?.["latitude"]), Number(content?.["longitude"])];
  return Number.isFinite(lat) && Number.isFinite(lon) ? { lat, lon } : undefined;
}

function cardIn(content: Readonly<Record<string, unknown>> | null): { name: string; phone: string } | undefined {
  const [phone] = Array.isArray(content?.["phones"]) ? (content["phones"] as unknown[]) : [];
  return phone === undefined ? undefined : { name: String(content?.["name"] ?? ""), phone: String(phone) };
}
