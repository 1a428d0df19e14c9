import { type Connected, type Kit, type Messenger, type OwnCrm, Refused, type SendingPart, type SentMessage, Unsure } from "@svyazka/core";
import type { ChatConnection } from "../api/chat-account.ts";
import { type ChatMessage, signChatBody, writeChatHook } from "../protocol.ts";
import type { Integration } from "../settings.ts";
import { uuidOf } from "../uuid-of.ts";
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

  async function hookOf(crm: OwnCrm, sending: SendingPart, { message, conversation, user }: SentMessage): Promise<string> {
    const { client, external, uid } = conversation;
    const source = (await crm.sources.list()).find((one) => String(one.id) === conversation.source)?.code;
    const at = new Date(message.at).getTime();
    return writeChatHook({
      ...{ accountId, at, messageId: sending.place === 0 ? message.uid : uuidOf(sending.key), message: written(sending, message, kit) },
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
    // What the channel behind it can do, nobody tells us.
    abilities: { longestText: 100_000, longestCaption: 100_000, largestFile: 104_857_600, tellsDelivered: true, tellsRead: true },
    async send(sending, sent) {
      if (!(await kit.store.get<ChatConnection>(...connectedKey))) throw new Refused("the channel is not connected to this account");
      const body = await hookOf(await kit.ownCrm(), sending, sent);
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
        if (error instanceof Refused) throw error;
        // It may have arrived: a client must not read it twice.
        throw new Unsure(error instanceof Error ? error.message : String(error), { cause: error });
      }
      if (status !== 200) throw new Refused(`the channel answers ${status}`);
      return {};
    },
  };
}

/** One message of the channel: files have an address that lasts. */
function written({ part }: SendingPart, { kind, text, content }: SentMessage["message"], { files }: Kit): ChatMessage {
  if (part.kind === "file") {
    const { file, kind: type, name, bytes } = part.file;
    return {
      type,
      text: part.caption,
      media: files.url(file),
      ...(name !== undefined && { file_name: name }),
      ...(bytes !== undefined && { file_size: bytes }),
    };
  }
  if (part.kind === "text") return { type: "text", text: part.text };
  return { type: kind === "template" ? "text" : kind, text, ...(content as Partial<ChatMessage> | null) };
}
