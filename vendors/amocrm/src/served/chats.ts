import { Invalid, type Kit, type OwnClient, type OwnConversation, type OwnCrm, type OwnMessage, readEmail, readPhone } from "@svyazka/core";
import { Missing, Unfit } from "../api/account.ts";
import type { ChatAccount, ChatConnection, MessageRef, TakenDraft, TakenMessage, Talker } from "../api/chat-account.ts";
import type { ChatMessage, ChatUser, DeliveryReport } from "../protocol.ts";
import type { Integration } from "../settings.ts";
import { givePlace } from "./chat-leads.ts";
import { chatAccountId, chatClientId, chatUserId } from "./people.ts";

/** Somebody of ours as the channel names them; the bot is no user. */
interface Ours {
  readonly id: string;
  readonly user: number | null;
}

/** Our conversations as the chats API shows them to one channel. */
export function ownChats(channel: Integration, crm: OwnCrm, kit: Pick<Kit, "store" | "exclusively">): ChatAccount {
  const { id, workspace, settings, secrets, name } = channel;
  const account = workspace.id as number;
  const channelId = secrets.channel_id;
  const network = settings.origin ?? "";
  const here = { channels: [id as number] };

  const clientId = ({ client, uid }: OwnConversation): string => chatClientId(channelId, client.external ?? uid);
  const talkerOf = (conversation: OwnConversation): Talker => {
    const { client } = conversation;
    return {
      ...{ id: clientId(conversation), ...(client.external !== null && { client_id: client.external }), name: client.name },
      ...{ avatar: client.avatar ?? "", ...(client.phone && { phone: client.phone }), ...(client.email && { email: client.email }) },
    };
  };
  const find = async (crm: OwnCrm, by: { externals?: string[]; uids?: string[]; ids?: number[] }): Promise<OwnConversation | undefined> =>
    (await crm.conversations.list({ limit: 1, ...here, ...by })).items[0];

  /** The user of ours, or the channel's bot, that a `ref_id` means. */
  async function ourOwn(ref: string | undefined): Promise<Ours | undefined> {
    if (ref === undefined) return undefined;
    if (ref === secrets.bot_id) return { id: ref, user: null };
    const user = (await crm.users.list()).find((one) => chatUserId(account, one.id) === ref);
    return user && { id: ref, user: user.id };
  }

  async function sourceOf(code: string | undefined): Promise<number | undefined> {
    if (code === undefined) return undefined;
    return (await crm.sources.list()).find((one) => one.code === code)?.id;
  }

  /** The conversation of this message: by the channel's id of it, or by ours where it is told. A program may name each message's conversation anew, and mean ours all the same. */
  async function conversationOf(crm: OwnCrm, draft: TakenDraft, client: ChatUser, isOut: boolean): Promise<OwnConversation> {
    const { conversation_id: external, conversation_ref_id: ref } = draft;
    const known = external === undefined ? undefined : await find(crm, { externals: [external] });
    const ours = known ?? (ref === undefined ? undefined : await find(crm, { uids: [ref] }));
    if (!ours && ref !== undefined) throw new Unfit("payload.conversation_ref_id", "There is no such chat.");
    if (!ours) {
      const source = await sourceOf(draft.source);
      return crm.conversations.open({
        ...{ channel: id as number, network, client: clientOf(client) },
        ...(external !== undefined && { external }),
        ...(source !== undefined && { source }),
      });
    }
    const isBound = ours.external === null && external !== undefined;
    // Whom we wrote to first is known by what they answer.
    const isMet = !isOut && ours.client.external === null && client.id !== undefined;
    if (!isBound && !isMet) return ours;
    return crm.conversations.update(ours.id, {
      ...(isBound && { external }),
      ...(isMet && { client: { ...ours.client, ...clientOf(client) } }),
    });
  }

  async function findMessage(crm: OwnCrm, { id: uid, msgid }: MessageRef): Promise<OwnMessage> {
    const by = uid === undefined ? { externals: [msgid ?? ""] } : { uids: [uid] };
    const [message] = (await crm.messages.list({ limit: 1, ...here, ...by })).items;
    if (!message) throw new Missing("There is no such message");
    return message;
  }

  async function take(draft: TakenDraft): Promise<TakenMessage> {
    const { sender, receiver } = draft;
    const ours = await ourOwn(sender.ref_id);
    const isOut = ours !== undefined || receiver !== undefined;
    if (isOut && !ours) throw new Unfit("payload.sender.ref_id", "There is no such user, and it is not the bot of the channel.");
    const client = isOut ? receiver : sender;
    // Two chats of one person that begin at the same moment find one contact.
    const { phone, email } = client?.profile ?? {};
    const e164 = phone === undefined ? undefined : readPhone(phone, workspace.country)?.e164;
    const names = [
      ...(e164 === undefined ? [] : [`phone ${e164}`]),
      ...(email === undefined ? [] : [`email ${readEmail(email) ?? email}`]),
    ];
    return kit.exclusively(names, () => takeFrom(client, ours, draft));
  }

  /** Without `ours` it comes from the client. */
  function takeFrom(client: ChatUser | undefined, ours: Ours | undefined, draft: TakenDraft): Promise<TakenMessage> {
    const isOut = ours !== undefined;
    const { msgid, silent, message, reply_to } = draft;
    return crm.transaction(async (crm) => {
      const conversation = await conversationOf(crm, draft, client ?? {}, isOut);
      if (!isOut && !silent) await givePlace(crm, conversation, draft, { workspace, channel: name });
      const replyTo = reply_to && (await findMessage(crm, reply_to).catch(() => undefined));
      const { uid } = await refusingRepeats(() =>
        crm.messages.add(conversation.id, {
          ...{ external: msgid, direction: isOut ? "out" : "in", user: ours?.user ?? null, at: new Date(draft.at), isSilent: silent },
          ...{ ...contentOf(message), ...(replyTo && { replyTo: replyTo.id }) },
        }),
      );
      const who = isOut ? { sender_id: ours?.id ?? "", receiver_id: clientId(conversation) } : { sender_id: clientId(conversation) };
      return { conversation_id: draft.conversation_id ?? conversation.uid, ...who, msgid: uid, ref_id: msgid };
    });
  }

  return {
    accountId: chatAccountId(account),
    channelId,
    connection: () => kit.store.get<ChatConnection>(...connectedKey),
    connect: (connection) => kit.store.put(...connectedKey, { ...connection, title: connection.title || name }),
    disconnect: () => kit.store.remove(...connectedKey),
    async openChat({ conversation_id: external, source: code, user }) {
      const ours = await ourOwn(user.ref_id);
      if (user.ref_id !== undefined && !ours) throw new Unfit("user.ref_id", "There is no such user.");
      const source = await sourceOf(code);
      const name = ours && (await crm.users.list()).find((one) => one.id === ours.user)?.name;
      const conversation = await crm.conversations.open({
        ...{ channel: id as number, network, external, client: ours ? { external: null, name: name ?? "Bot" } : clientOf(user) },
        ...(source !== undefined && { source }),
      });
      return { id: conversation.uid, user: ours ? { id: ours.id, name: name ?? "Bot" } : talkerOf(conversation) };
    },
    take,
    async edit({ message, delivery, ...ref }) {
      const before = await findMessage(crm, ref);
      const { kind: _, ...content } = contentOf({ ...asWritten(before), ...message } as ChatMessage);
      const isNew = ref.id !== undefined && ref.msgid !== undefined && ref.msgid !== before.external;
      await refusingRepeats(() =>
        crm.messages.update(before.id, { ...content, ...(isNew && { external: ref.msgid }), ...(delivery && stateOf(delivery)) }),
      );
      const conversation = await find(crm, { ids: [before.conversation] });
      if (!conversation) throw new Missing("There is no such chat");
      const author = before.direction === "in" ? clientId(conversation) : authorId(before);
      return {
        ...{ conversation_id: conversation.external ?? conversation.uid, sender_id: author, msgid: before.uid },
        ref_id: ref.msgid ?? before.external ?? "",
      };
    },
    async report(messageId, report) {
      await crm.messages.update((await findMessage(crm, { id: messageId })).id, stateOf(report));
    },
    async history(chatId, skip, limit) {
      const conversation = await find(crm, { uids: [chatId] });
      if (!conversation) return [];
      const names = new Map((await crm.users.list()).map((user) => [user.id, user.name]));
      const client = talkerOf(conversation);
      return (await crm.messages.list({ limit, skip, conversations: [conversation.id] })).items.map((one) => {
        const author = { id: authorId(one), name: one.user === null ? "Bot" : (names.get(one.user) ?? "") };
        const who = one.direction === "in" ? { sender: client } : { sender: author, receiver: client };
        const message = asWritten(one);
        return { at: one.at.getTime(), id: one.uid, ...(one.external !== null && { client_id: one.external }), ...who, message };
      });
    },
    async typing(external) {
      if (!(await find(crm, { externals: [external] }))) throw new Unfit("conversation_id", "There is no such chat.");
    },
    async react(to, who, emoji) {
      await crm.messages.react((await findMessage(crm, to)).id, who, emoji);
    },
  };

  function authorId({ user }: OwnMessage): string {
    return user === null ? secrets.bot_id : chatUserId(account, user);
  }
}

/** Where it is kept whether the channel is connected. */
export const connectedKey = ["chats", "connected"] as const;

const clientOf = ({ id, name, avatar, profile, profile_link: link }: ChatUser): OwnClient => ({
  ...{ external: id ?? null, name: name ?? "" },
  ...{ ...(profile?.phone && { phone: profile.phone }), ...(profile?.email && { email: profile.email }) },
  ...{ ...(avatar && { avatar }), ...(link && { link }) },
});

/** What is no text of a message is kept as it came. */
function contentOf({ type, text = "", ...rest }: ChatMessage): Pick<OwnMessage, "kind" | "text" | "content"> {
  return { kind: type, text, content: Object.keys(rest).length > 0 ? rest : null };
}
export const asWritten = ({ kind, text, content }: OwnMessage): ChatMessage => ({
  type: kind === "template" ? "text" : kind,
  text,
  ...(content as Partial<ChatMessage> | null),
});

const errors: Readonly<Record<number, string>> = {
  901: "Пользователь удалил переписку",
  902: "Интеграция отключена на стороне канала",
  903: "Внутренняя ошибка сервера",
  904: "Невозможно создать переписку",
};
const stateOf = ({ status, error, errorCode }: DeliveryReport) =>
  status === -1
    ? { state: "failed" as const, error: error || errors[errorCode ?? 0] || `error ${errorCode ?? "unknown"}` }
    : { state: status === 2 ? ("read" as const) : ("delivered" as const) };

async function refusingRepeats<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof Invalid && error.fields["external"])
      throw new Unfit("payload.msgid", "There is a message with this msgid already.", "NotUnique");
    throw error;
  }
}
