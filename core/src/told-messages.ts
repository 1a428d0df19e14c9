import type { EventDraft } from "./events.ts";
import type { ToldConversation } from "./messages.ts";
import type { OwnConversation, OwnMessage } from "./own-conversations.ts";
import type { ConnectionId } from "./words.ts";

/** What stands in our own book, as others are told of it. */

/** A message that waits to be sent, as a fact of the connection that carries it. Told again, it is known by its key. */
export const sentMessage = (message: OwnMessage, conversation: OwnConversation, replyTo?: string): EventDraft<"message.sent"> => {
  const { channel: _, ...told } = toldConversation(conversation);
  return {
    type: "message.sent",
    // Sent again by a person, it is another fact.
    key: message.attempt > 1 ? `message ${message.id} ${message.attempt}` : `message ${message.id}`,
    subject: `conversation ${conversation.id}`,
    data: {
      message: {
        ...{ id: String(message.id), uid: message.uid, kind: message.kind, text: message.text, content: message.content },
        files: message.files.flatMap((file) => (file.file === undefined ? [] : [{ ...file, file: file.file }])),
        ...(replyTo !== undefined && { replyTo }),
        at: message.at.toISOString(),
      },
      conversation: told,
      ...(message.user !== null && { user: String(message.user) }),
    },
  };
};

export const toldConversation = (one: OwnConversation): ToldConversation => ({
  ...{ id: String(one.id), uid: one.uid, channel: one.channel as ConnectionId, network: one.network, client: one.client },
  ...(one.external !== null && { external: one.external }),
  ...(one.contact !== null && { contact: String(one.contact) }),
  ...(one.source !== null && { source: String(one.source) }),
});
