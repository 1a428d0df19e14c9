import type { ChatMessage, ChatUser, DeliveryReport } from "../protocol.ts";

/** What is behind the chats API, for one channel in one account: our own CRM, or the stand-in's memory. A thing that is not there is `Missing`, what does not fit `Unfit`. */
export interface ChatAccount {
  /** The account's id in the chats API. */
  readonly accountId: string;
  readonly channelId: string;
  /** Undefined before it is connected, and after it was disconnected. */
  connection(): Promise<ChatConnection | undefined>;
  connect(connection: ChatConnection): Promise<void>;
  disconnect(): Promise<void>;
  /** The same conversation gives the same chat. */
  openChat(chat: ChatDraft): Promise<OpenedChat>;
  /** The first incoming message of an unknown conversation, unless it is silent, makes a contact and a lead among the unsorted. One that is repeated is `Unfit`. */
  take(message: TakenDraft): Promise<TakenMessage>;
  edit(change: EditDraft): Promise<TakenMessage>;
  report(messageId: string, report: DeliveryReport): Promise<void>;
  /** The latest first. Of a chat that is not there, nothing. */
  history(chatId: string, skip: number, limit: number): Promise<readonly TalkedMessage[]>;
  /** Somebody writes. */
  typing(conversationId: string): Promise<void>;
  /** Null takes back what they thought of it. */
  react(to: MessageRef, userId: string, emoji: string | null): Promise<void>;
}

export interface ChatConnection {
  readonly title: string;
  readonly hook_api_version: "v2";
  readonly is_time_window_disabled: boolean;
}

export interface ChatDraft {
  readonly conversation_id: string;
  readonly source?: string;
  readonly user: ChatUser;
}

/** Somebody in a chat, as they are told of. */
export interface Talker {
  readonly id: string;
  readonly client_id?: string;
  readonly name: string;
  readonly avatar?: string;
  readonly phone?: string;
  readonly email?: string;
}
export interface OpenedChat {
  readonly id: string;
  readonly user: Talker;
}

export interface TakenDraft {
  readonly conversation_id?: string;
  readonly conversation_ref_id?: string;
  readonly msgid: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly silent: boolean;
  readonly source?: string;
  readonly sender: ChatUser;
  readonly receiver?: ChatUser;
  readonly message: ChatMessage;
  readonly reply_to?: MessageRef;
}

/** By amoCRM's id of it, or by the channel's own. */
export interface MessageRef {
  readonly id?: string;
  readonly msgid?: string;
}

export interface EditDraft extends MessageRef {
  readonly message: Partial<ChatMessage>;
  readonly delivery?: DeliveryReport;
}

export interface TakenMessage {
  readonly conversation_id: string;
  readonly sender_id: string;
  readonly receiver_id?: string;
  /** amoCRM's. */
  readonly msgid: string;
  /** The channel's own. */
  readonly ref_id: string;
}

export interface TalkedMessage {
  /** Unix milliseconds. */
  readonly at: number;
  readonly id: string;
  readonly client_id?: string;
  readonly sender: Talker;
  readonly receiver?: Talker;
  readonly message: ChatMessage;
}
