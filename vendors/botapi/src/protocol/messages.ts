import { type Attachment, readAttachments } from "./attachments.ts";
import { integerOf, type Json, momentOf, numberOf, objectOf, present, textOf } from "./json.ts";
import { nameOf, type Person, readChat, readPerson } from "./people.ts";

export interface Location {
  readonly latitude: number;
  readonly longitude: number;
  /** Of a venue. */
  readonly name?: string;
  readonly address?: string;
}
export interface SharedContact {
  readonly name: string;
  /** As it was written. */
  readonly phone: string;
  /** Of the person it is about, if they use Telegram. */
  readonly userId?: string;
}

/** What a person wrote to the bot. */
export interface IncomingMessage {
  readonly chat: string;
  /** Unique in the chat, and only there. */
  readonly messageId: number;
  readonly from: Person;
  readonly at: Date;
  /** Of the message or below its file; empty when there is none. Its formatting is left out. */
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly location?: Location;
  readonly contact?: SharedContact;
  /** The number of the message it answers. */
  readonly replyTo?: number;
  /** `xyz` of `/start xyz`: what stood behind `?start=` in the link by which they came. */
  readonly startParameter?: string;
  /** Messages with the same one were sent together. */
  readonly album?: string;
  /** What was sent and is none of the above, by the name of its field: `poll`, `dice`. */
  readonly other?: string;
}

export type ReadMessage = { readonly message: IncomingMessage } | { readonly irrelevant: string } | { readonly unrecognised: string };

/** What stands in every message, whatever it is about. */
const frame = new Set([
  ...["message_id", "message_thread_id", "from", "sender_chat", "sender_tag", "date", "edit_date", "chat", "is_topic_message"],
  ...["forward_origin", "forward_from", "forward_from_chat", "forward_date", "is_automatic_forward", "reply_to_message", "external_reply"],
  ...["quote", "reply_to_story", "via_bot", "has_protected_content", "is_from_offline", "media_group_id", "author_signature", "entities"],
  ...["link_preview_options", "effect_id", "caption_entities", "show_caption_above_media", "has_media_spoiler", "reply_markup"],
]);
/** Contents that a person sends and that we cannot show. Other unknown fields are notices of the chat itself. */
const contents = new Set([
  ...["poll", "dice", "game", "story", "paid_media", "live_photo", "checklist", "invoice", "gift", "unique_gift", "giveaway"],
  ...["rich_message", "users_shared", "chat_shared", "web_app_data", "passport_data", "successful_payment"],
]);

/** A `Message` of a private chat. */
export function readMessage(value: unknown): ReadMessage {
  const message = objectOf(value);
  if (!message) return { unrecognised: "the message is no object" };
  const chat = readChat(message["chat"]);
  const messageId = integerOf(message["message_id"]);
  const at = momentOf(message["date"]);
  if (!chat || messageId === undefined) return { unrecognised: "the message has no chat or no message_id" };
  if (chat.kind === "other") return { irrelevant: `it was written in a ${chat.type}: only private chats are carried` };
  if (!at) return { unrecognised: "the message has no date" };
  const from = readPerson(message["from"]) ?? readPerson(message["chat"]);
  if (!from) return { unrecognised: "the message is from nobody" };
  if (objectOf(message["from"])?.["is_bot"] === true) return { irrelevant: "a bot wrote it" };

  const text = textOf(message["text"]) ?? textOf(message["caption"]) ?? "";
  const attachments = readAttachments(message);
  const location = readLocation(message);
  const contact = readContact(objectOf(message["contact"]));
  const unknown = Object.keys(message).filter((name) => !frame.has(name) && message[name] !== undefined);
  const other = text === "" && attachments.length === 0 && !location && !contact ? unknown.find((name) => contents.has(name)) : undefined;
  if (text === "" && attachments.length === 0 && !location && !contact && other === undefined)
    return { irrelevant: unknown.length > 0 ? `a notice of the chat: ${unknown.slice(0, 5).join(", ").slice(0, 200)}` : "it is empty" };
  return {
    message: present({
      ...{ chat: chat.id, messageId, at, text, attachments, location, contact, other },
      // Somebody may share anybody's contact: only their own says who they are.
      from: contact && contact.userId === from.id ? { ...from, phone: contact.phone } : from,
      replyTo: integerOf(objectOf(message["reply_to_message"])?.["message_id"]),
      startParameter: startParameterOf(text),
      album: textOf(message["media_group_id"]),
    }),
  };
}

/** "A-Z, a-z, 0-9, _ and -", 64 characters: https://core.telegram.org/bots/features#deep-linking */
const startParameterOf = (text: string): string | undefined => /^\/start(?:@\w{1,64})?[ \n]+([\w-]{1,64})$/.exec(text.trim())?.[1];

/** A venue holds the same location as its message does. */
function readLocation(message: Json): Location | undefined {
  const venue = objectOf(message["venue"]);
  const location = objectOf(venue?.["location"]) ?? objectOf(message["location"]);
  const [latitude, longitude] = [numberOf(location?.["latitude"]), numberOf(location?.["longitude"])];
  if (latitude === undefined || longitude === undefined) return undefined;
  return present({ latitude, longitude, name: textOf(venue?.["title"]), address: textOf(venue?.["address"]) });
}

function readContact(contact: Json | undefined): SharedContact | undefined {
  const phone = textOf(contact?.["phone_number"]);
  if (!contact || phone === undefined) return undefined;
  const userId = integerOf(contact["user_id"]);
  return present({ name: nameOf(contact) ?? phone, phone, userId: userId === undefined ? undefined : String(userId) });
}
