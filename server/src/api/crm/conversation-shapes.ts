import type * as contract from "@svyazka/contract";
import type { OwnConversation, OwnMessage } from "@svyazka/core";
import { type ChannelOf, writeFile } from "./channels.ts";

/** Conversations and messages as the API answers them. */

export function writeConversation(one: OwnConversation, channel: ChannelOf | undefined): contract.ConversationShape {
  const { client } = one;
  const hours = channel?.messenger.abilities.windowHours;
  return {
    ...{ id: one.id, uid: one.uid, channel: one.channel, channel_name: channel?.name ?? "", network: one.network },
    ...{ contact: one.contact, deal: one.deal, responsible: one.responsible },
    client: {
      ...{ name: client.name, phone: client.phone ?? null, email: client.email ?? null, username: client.username ?? null },
      ...{ avatar: client.avatar ?? null, link: client.link ?? null },
    },
    ...{ is_open: one.closedAt === null, is_read: one.unread === 0, unread: one.unread },
    preview: one.preview && { ...one.preview },
    // Who has never written has opened no window.
    window_closes_at:
      hours === undefined
        ? null
        : new Date((one.lastIncomingAt?.getTime() ?? 0) + (one.lastIncomingAt ? hours * 3_600_000 : 0)).toISOString(),
    last_message_at: one.lastMessageAt?.toISOString() ?? null,
    ...{ created_at: one.createdAt.toISOString(), updated_at: one.updatedAt.toISOString() },
  };
}

export const writeMessage = (one: OwnMessage, urlOf: (file: string) => string): contract.MessageShape => ({
  ...{ id: one.id, direction: one.direction, user: one.user, origin: one.origin, kind: one.kind, text: one.text },
  ...{ content: one.content as MessageContent, files: one.files.map((file) => writeFile(file, urlOf)) },
  ...{ reply_to: one.replyTo, state: one.state, error: one.error, reason: one.reason, reactions: { ...one.reactions } },
  ...{ at: one.at.toISOString(), edited_at: one.editedAt?.toISOString() ?? null, deleted_at: one.deletedAt?.toISOString() ?? null },
});
type MessageContent = contract.MessageShape["content"];
