import type { Chat, Message, MessageReactionUpdated, Update, User } from "@grammyjs/types";
import { type BotState, keepFile, keepMessage, keepPerson, messageKey, push } from "./bot.ts";

export interface Someone {
  readonly id: number;
  readonly firstName: string;
  readonly lastName?: string;
  readonly username?: string;
}
export type SentFileKind = "photo" | "video" | "voice" | "audio" | "document" | "sticker";

/** What somebody writes to a bot. */
export interface Said {
  readonly from: Someone;
  /** Below the file, where there is one. */
  readonly text?: string;
  readonly file?: { readonly as: SentFileKind; readonly bytes: Uint8Array; readonly name?: string; readonly type?: string };
  readonly location?: { readonly latitude: number; readonly longitude: number };
  /** Theirs when `userId` is their own. */
  readonly contact?: { readonly phone: string; readonly firstName: string; readonly userId?: number };
  readonly replyTo?: number;
  /** In a group, in place of the private chat. */
  readonly group?: { readonly id: number; readonly title: string };
}

const usualTypes: Record<SentFileKind, string> = {
  ...{ photo: "image/jpeg", video: "video/mp4", voice: "audio/ogg", audio: "audio/mpeg" },
  ...{ document: "application/octet-stream", sticker: "image/webp" },
};

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

const userOf = ({ id, firstName, lastName, username }: Someone): User => ({
  ...{ id, is_bot: false, first_name: firstName },
  ...(lastName !== undefined && { last_name: lastName }),
  ...(username !== undefined && { username }),
});
const privateChat = (user: User): Chat.PrivateChat => ({
  ...{ id: user.id, type: "private", first_name: user.first_name },
  ...(user.last_name !== undefined && { last_name: user.last_name }),
  ...(user.username !== undefined && { username: user.username }),
});

/** Answers the message, which also is in the bot's queue. */
export function say(bot: BotState, said: Said): Message {
  const from = userOf(said.from);
  if (!said.group) keepPerson(bot, from);
  const chat = said.group ? { ...said.group, type: "supergroup" as const } : privateChat(from);
  const replied = said.replyTo === undefined ? undefined : bot.messages.get(messageKey(chat.id, said.replyTo));
  const message = {
    ...{ message_id: bot.nextMessageId++, from, chat, date: nowSeconds() },
    ...(said.text !== undefined && (said.file ? { caption: said.text } : { text: said.text, ...commandIn(said.text) })),
    ...(said.file && fileFields(bot, said.file)),
    ...(said.location && { location: said.location }),
    ...(said.contact && {
      contact: {
        ...{ phone_number: said.contact.phone, first_name: said.contact.firstName },
        ...(said.contact.userId !== undefined && { user_id: said.contact.userId }),
      },
    }),
    ...(replied && { reply_to_message: withoutReply(replied) }),
  } as Message & Update.NonChannel;
  keepMessage(bot, message);
  push(bot, { message });
  return message;
}

/** Somebody mends what they wrote. Throws when there is no such message. */
export function edit(bot: BotState, from: Someone, messageId: number, text: string): void {
  const before = bot.messages.get(messageKey(from.id, messageId));
  if (!before) throw new Error(`${from.firstName} has written no message ${messageId}`);
  const message = { ...before, ...(before.caption === undefined ? { text } : { caption: text }), edit_date: nowSeconds() };
  keepMessage(bot, message);
  push(bot, { edited_message: message as Message & Update.NonChannel & Update.Edited });
}

export function react(bot: BotState, from: Someone, messageId: number, emoji: string | null): void {
  const user = userOf(from);
  const reaction = (emoji === null ? [] : [{ type: "emoji", emoji }]) as MessageReactionUpdated["new_reaction"];
  push(bot, {
    message_reaction: {
      chat: privateChat(user),
      message_id: messageId,
      user,
      date: nowSeconds(),
      old_reaction: [],
      new_reaction: reaction,
    },
  });
}

/** Somebody stops the bot, or lets it write again. */
export function setBlocked(bot: BotState, from: Someone, isBlocked: boolean): void {
  const user = userOf(from);
  if (isBlocked) bot.blockedBy.add(user.id);
  else bot.blockedBy.delete(user.id);
  const member = { status: "member", user: bot.user } as const;
  const kicked = { status: "kicked", user: bot.user, until_date: 0 } as const;
  push(bot, {
    my_chat_member: {
      ...{ chat: privateChat(user), from: user, date: nowSeconds() },
      ...{ old_chat_member: isBlocked ? member : kicked, new_chat_member: isBlocked ? kicked : member },
    },
  });
}

/** Bots look for commands in the entities, not in the text. */
function commandIn(text: string): Pick<Message, "entities"> {
  const command = /^\/\w{1,32}(@\w+)?/.exec(text)?.[0];
  return command === undefined ? {} : { entities: [{ type: "bot_command", offset: 0, length: command.length }] };
}

const withoutReply = ({ reply_to_message: _, ...message }: Message): Message => message as Message;

/** The fields of a message that hold a file which is kept now. */
export function fileFields(bot: BotState, file: NonNullable<Said["file"]>): Partial<Message> {
  const { as, bytes, name, type = usualTypes[as] } = file;
  const keep = (folder: string) => {
    const { fileId } = keepFile(bot, { name, type, bytes }, folder);
    return { file_id: fileId, file_unique_id: `u${fileId.slice(-12)}`, file_size: bytes.length };
  };
  const named = name === undefined ? {} : { file_name: name };
  switch (as) {
    case "photo":
      return {
        photo: [
          { ...keep("thumbnails"), width: 90, height: 67 },
          { ...keep("photos"), width: 800, height: 600 },
        ],
      };
    case "video":
      return { video: { ...keep("videos"), ...named, width: 640, height: 480, duration: 5, mime_type: type } };
    case "voice":
      return { voice: { ...keep("voice"), duration: 5, mime_type: type } };
    case "audio":
      return { audio: { ...keep("music"), ...named, duration: 120, mime_type: type } };
    case "document":
      return { document: { ...keep("documents"), ...named, mime_type: type } };
    case "sticker":
      return { sticker: { ...keep("stickers"), type: "regular", width: 512, height: 512, is_animated: false, is_video: false } };
  }
}
