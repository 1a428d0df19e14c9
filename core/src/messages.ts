import type { EventDraft } from "./events.ts";
import type { OwnClient, OwnConversation, OwnMessage } from "./own-conversations.ts";
import type { RecordId } from "./words.ts";

/** What somebody here writes to a client: the channel that carries the conversation gives it to them. */
export interface SentMessage {
  readonly message: {
    readonly id: RecordId;
    readonly uid: string;
    readonly kind: OwnMessage["kind"];
    readonly text: string;
    readonly content: OwnMessage["content"];
    /** ISO 8601. */
    readonly at: string;
  };
  readonly conversation: {
    readonly id: RecordId;
    readonly uid: string;
    /** The channel's own id of it; absent while we have written first. */
    readonly external?: string;
    readonly network: string;
    readonly client: OwnClient;
    readonly contact?: RecordId;
    readonly source?: RecordId;
  };
  /** Who wrote it; absent for a program. */
  readonly user?: RecordId;
}

/** A port of channels that carry messages. */
export interface Messenger {
  /** The number of the connection: it carries its own conversations only. */
  readonly of: string;
  /** Gives it to the channel, and keeps with the message what became of it. Throws `Refused` where it must not be sent twice, and may have been sent. */
  send(sent: SentMessage): Promise<void>;
}

/** A message that waits to be sent, as a fact of the connection that carries it. Told again, it is known by its key. */
export const sentMessage = (message: OwnMessage, conversation: OwnConversation): EventDraft<"message.sent"> => ({
  type: "message.sent",
  key: `message ${message.id}`,
  subject: `conversation ${conversation.id}`,
  data: {
    message: {
      ...{ id: String(message.id), uid: message.uid, kind: message.kind, text: message.text, content: message.content },
      at: message.at.toISOString(),
    },
    conversation: {
      ...{ id: String(conversation.id), uid: conversation.uid, network: conversation.network, client: conversation.client },
      ...(conversation.external !== null && { external: conversation.external }),
      ...(conversation.contact !== null && { contact: String(conversation.contact) }),
      ...(conversation.source !== null && { source: String(conversation.source) }),
    },
    ...(message.user !== null && { user: String(message.user) }),
  },
});
