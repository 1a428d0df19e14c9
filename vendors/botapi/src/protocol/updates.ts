import { integerOf, type Json, momentOf, objectOf, objectsOf, textOf } from "./json.ts";
import { type IncomingMessage, readMessage } from "./messages.ts";
import { type Person, readChat, readPerson } from "./people.ts";

export type TelegramEvent =
  | ({ readonly kind: "message" } & IncomingMessage)
  /** The whole message as it is now. */
  | ({ readonly kind: "edited"; readonly editedAt: Date } & IncomingMessage)
  /** `emoji` is null when it was taken back. */
  | {
      readonly kind: "reaction";
      readonly chat: string;
      readonly messageId: number;
      readonly from: Person;
      readonly at: Date;
      readonly emoji: string | null;
    }
  /** The person let the bot write again, or forbade it. */
  | { readonly kind: "blocked" | "unblocked"; readonly chat: string; readonly from: Person; readonly at: Date };

/** What one update means. `updateId` is the key of the fact: Telegram repeats an update under the same one. */
export type ReadUpdate =
  | { readonly kind: "events"; readonly updateId: number; readonly events: readonly TelegramEvent[] }
  | { readonly kind: "irrelevant"; readonly updateId: number; readonly why: string }
  | { readonly kind: "unrecognised"; readonly updateId?: number; readonly why: string };

/** What a bot must ask for to be told all that is read here; reactions come to nobody who does not ask (Bot API, `setWebhook`). */
export const carriedUpdates = ["message", "edited_message", "message_reaction", "my_chat_member"] as const;

/** Kinds of updates that are about something else than a conversation with one person. */
const elsewhere = new Set([
  ...["channel_post", "edited_channel_post", "business_connection", "business_message", "edited_business_message"],
  ...["deleted_business_messages", "guest_message", "stopped_message_generation", "message_reaction_count", "inline_query"],
  ...["chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer"],
  ...["chat_member", "chat_join_request", "chat_boost", "removed_chat_boost", "managed_bot", "subscription"],
]);

type Meaning = { readonly event: TelegramEvent } | { readonly irrelevant: string } | { readonly unrecognised: string };

const readers: Readonly<Record<(typeof carriedUpdates)[number], (value: unknown) => Meaning>> = {
  message: (value) => {
    const read = readMessage(value);
    return "message" in read ? { event: { kind: "message", ...read.message } } : read;
  },
  edited_message: (value) => {
    const read = readMessage(value);
    if (!("message" in read)) return read;
    return { event: { kind: "edited", editedAt: momentOf(objectOf(value)?.["edit_date"]) ?? read.message.at, ...read.message } };
  },
  message_reaction: (value) => readReaction(objectOf(value) ?? {}),
  my_chat_member: (value) => readMembership(objectOf(value) ?? {}),
};

/** An `Update`, as a webhook or `getUpdates` brings it. Never throws. Source: https://core.telegram.org/bots/api#update */
export function readUpdate(json: unknown): ReadUpdate {
  const update = objectOf(json);
  const updateId = integerOf(update?.["update_id"]);
  if (!update || updateId === undefined) return { kind: "unrecognised", why: "it is no update: it has no update_id" };
  for (const name of carriedUpdates) {
    if (update[name] === undefined) continue;
    const read = readers[name](update[name]);
    if ("event" in read) return { kind: "events", updateId, events: [read.event] };
    if ("irrelevant" in read) return { kind: "irrelevant", updateId, why: read.irrelevant };
    return { kind: "unrecognised", updateId, why: read.unrecognised };
  }
  const names = Object.keys(update).filter((name) => name !== "update_id");
  const known = names.find((name) => elsewhere.has(name));
  if (known !== undefined) return { kind: "irrelevant", updateId, why: `${known}: not a message of a private chat` };
  return {
    kind: "unrecognised",
    updateId,
    why: `an update of no kind that we know: ${names.slice(0, 5).join(", ").slice(0, 200) || "it is empty"}`,
  };
}

function readReaction(update: Json): Meaning {
  const chat = readChat(update["chat"]);
  const messageId = integerOf(update["message_id"]);
  const at = momentOf(update["date"]);
  if (!chat || messageId === undefined || !at) return { unrecognised: "the reaction has no chat, message_id or date" };
  if (chat.kind === "other") return { irrelevant: `a reaction in a ${chat.type}: only private chats are carried` };
  const from = readPerson(update["user"]) ?? readPerson(update["chat"]);
  if (!from) return { unrecognised: "the reaction is from nobody" };
  const now = objectsOf(update["new_reaction"]);
  // One at most, unless they pay: then the first one stands for all.
  const emoji = now.flatMap((one) => (one["type"] === "emoji" ? (textOf(one["emoji"]) ?? []) : []))[0] ?? null;
  if (emoji === null && now.length > 0) return { irrelevant: "a reaction with a picture of their own: no character stands for it" };
  return { event: { kind: "reaction", chat: chat.id, messageId, from, at, emoji } };
}

/** "For private chats, this update is received only when the bot is blocked or unblocked by the user" (Bot API, Update). */
function readMembership(update: Json): Meaning {
  const chat = readChat(update["chat"]);
  const at = momentOf(update["date"]);
  const status = textOf(objectOf(update["new_chat_member"])?.["status"]);
  if (!chat || !at || status === undefined) return { unrecognised: "the change of membership has no chat, date or status" };
  if (chat.kind === "other") return { irrelevant: `the bot was added to or removed from a ${chat.type}: only private chats are carried` };
  const from = readPerson(update["from"]) ?? readPerson(update["chat"]);
  if (!from) return { unrecognised: "the change of membership is from nobody" };
  if (status === "kicked") return { event: { kind: "blocked", chat: chat.id, from, at } };
  if (status === "member") return { event: { kind: "unblocked", chat: chat.id, from, at } };
  return { unrecognised: `a membership that we do not know: ${status.slice(0, 50)}` };
}
