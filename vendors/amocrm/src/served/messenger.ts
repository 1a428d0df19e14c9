import {
  type Connected,
  type EventDraft,
  type Kit,
  type Messenger,
  type OwnCrm,
  type Polled,
  Refused,
  type SentMessage,
  sentMessage,
} from "@svyazka/core";
import type { ChatConnection } from "../api/chat-account.ts";
import { type ChatMessage, signChatBody, writeChatHook } from "../protocol.ts";
import type { Integration } from "../settings.ts";
import { connectedKey } from "./chats.ts";
import { chatAccountId, chatClientId, chatUserId } from "./people.ts";

/** What our people write, as hooks to the channel: signed, and sent once. Source: chats/chat-webhooks */

export const connectChannel = (channel: Integration, kit: Kit): Connected => ({
  messenger: messengerOf(channel, kit),
  check: async () => {},
});

function messengerOf(channel: Integration, kit: Kit): Messenger {
  const { id, workspace, settings, secrets } = channel;
  const account = workspace.id as number;
  const accountId = chatAccountId(account);

  async function hookOf(crm: OwnCrm, { message, conversation, user }: SentMessage): Promise<string> {
    const { client, external, uid } = conversation;
    const source = (await crm.sources.list()).find((one) => String(one.id) === conversation.source)?.code;
    const at = new Date(message.at).getTime();
    const sent: ChatMessage = { type: message.kind, text: message.text, ...(message.content as Partial<ChatMessage> | null) };
    return writeChatHook({
      ...{ accountId, at, messageId: message.uid, message: sent },
      receiver: {
        ...{ id: chatClientId(secrets.channel_id, client.external ?? uid), phone: client.phone ?? "", email: client.email ?? "" },
        ...(client.external !== null && { client_id: client.external }),
      },
      sender: { id: user === undefined ? secrets.bot_id : chatUserId(account, Number(user)) },
      conversation: { id: uid, ...(external !== undefined && { client_id: external }) },
      ...(source != null && { source }),
    });
  }

  return {
    of: String(id),
    async send(sent) {
      const crm = await kit.ownCrm();
      const number = Number(sent.message.id);
      // Whoever it is sent for again by hand sees no other answer than that it is no longer waiting.
      const failed = async (why: string): Promise<never> => {
        await crm.messages.update(number, { state: "failed", error: why });
        throw new Refused(why);
      };
      if (!(await kit.store.get<ChatConnection>(...connectedKey))) return failed("the channel is not connected to this account");
      const body = await hookOf(crm, sent);
      let status: number;
      try {
        ({ status } = await kit.fetch({
          method: "POST",
          url: (settings.hook_uri ?? "").replaceAll(":scope_id", `${secrets.channel_id}_${accountId}`),
          headers: { "content-type": "application/json", "x-signature": signChatBody(body, secrets.channel_secret) },
          body,
          timeoutSeconds: 5,
        }));
      } catch (error) {
        // It may have arrived: a client must not read it twice.
        return failed(error instanceof Error ? error.message : String(error));
      }
      if (status !== 200) return failed(`the channel answers ${status}`);
      await crm.messages.update(number, { state: "sent" });
    },
  };
}

/** What waits, in case whoever put it down had no time to tell of it. */
export async function pollChannel({ id }: Integration, kit: Kit): Promise<Polled> {
  const crm = await kit.ownCrm();
  const { items } = await crm.messages.list({ limit: 500, sort: "id", channels: [id as number], states: ["waiting"] });
  const conversations = await crm.conversations.list({ limit: 500, ids: [...new Set(items.map(({ conversation }) => conversation))] });
  const facts = items.flatMap((message): EventDraft[] => {
    const conversation = conversations.items.find((one) => one.id === message.conversation);
    return conversation ? [sentMessage(message, conversation)] : [];
  });
  return { facts, what: "written" };
}
