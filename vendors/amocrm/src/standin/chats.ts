import { randomUUID } from "node:crypto";
import { Missing, Unfit } from "../api/account.ts";
import type { ChatAccount, MessageRef, TakenDraft, TakenMessage, Talker } from "../api/chat-account.ts";
import type { ChatUser, Talk } from "../protocol.ts";
import { chatUserId } from "./chat-ids.ts";
import { type Desk, nextId } from "./desk.ts";
import { penOf } from "./pen.ts";
import type { MemoryChat, MemoryChats, MemoryMessage, State, Told } from "./state.ts";

/** Chats of an account in memory, and what is said in them. */

export interface Channel {
  readonly channelId: string;
  readonly secret: string;
  readonly botId: string;
}

/** The account as a channel sees it. */
export function memoryChats(state: State, { channelId, botId }: Channel, now: () => number): ChatAccount {
  const held = (): MemoryChats => state.chats;
  const clientOf = ({ id, name = "", avatar = "", profile }: ChatUser): Talker => ({
    ...{ id: randomUUID(), ...(id !== undefined && { client_id: id }), name, avatar },
    ...{ ...(profile?.phone && { phone: profile.phone }), ...(profile?.email && { email: profile.email }) },
  });
  const ourOwn = (ref: string | undefined): Talker | undefined => {
    if (ref === botId) return { id: botId, name: "Bot" };
    const user = state.users.find(({ id }) => chatUserId(id) === ref);
    return user && { id: chatUserId(user.id), name: user.name };
  };

  function put(chat: MemoryChat): MemoryChat {
    state.chats.chats = [...held().chats.filter(({ uid }) => uid !== chat.uid), chat];
    return chat;
  }
  function open(external: string | undefined, client: Talker): MemoryChat {
    const known = held().chats.find((chat) => external !== undefined && chat.external === external);
    if (known) return known;
    const uid = randomUUID();
    const stamps = { created_at: now(), updated_at: now(), account_id: state.info.id };
    const talk: Talk = {
      ...{ talk_id: state.nextId++, ...stamps, rate: 0, contact_id: 0, chat_id: uid, entity_id: null, entity_type: null },
      ...{ is_in_work: true, is_read: true, origin: "custom", missed_at: null },
    };
    return put({ uid, talk, external, client });
  }
  function chatOf({ conversation_id: external, conversation_ref_id: ref }: TakenDraft, client: ChatUser, isOut: boolean): MemoryChat {
    const { chats } = held();
    const known = chats.find((chat) => external !== undefined && chat.external === external) ?? chats.find(({ uid }) => uid === ref);
    if (!known && ref !== undefined) throw new Unfit("payload.conversation_ref_id", "There is no such chat.");
    if (!known) return open(external, clientOf(client));
    const isMet = !isOut && known.client.client_id === undefined;
    return put({ ...known, external: known.external ?? external, client: isMet ? clientOf(client) : known.client });
  }
  const find = ({ id, msgid }: MessageRef): MemoryMessage => {
    const message = held().messages.find((one) => (id === undefined ? one.client_id === msgid : one.id === id));
    if (!message) throw new Missing("There is no such message");
    return message;
  };
  const change = (before: MemoryMessage, changes: Partial<MemoryMessage>): MemoryMessage => {
    const after = { ...before, ...changes };
    state.chats.messages = held().messages.map((one) => (one === before ? after : one));
    return after;
  };

  return {
    accountId: state.info.amojo_id,
    channelId,
    connection: async () => held().connection,
    async connect(connection) {
      state.chats.connection = connection;
    },
    async disconnect() {
      state.chats.connection = undefined;
    },
    async openChat({ conversation_id, user }) {
      const ours = ourOwn(user.ref_id);
      if (user.ref_id !== undefined && !ours) throw new Unfit("user.ref_id", "There is no such user.");
      const chat = open(conversation_id, ours ?? clientOf(user));
      return { id: chat.uid, user: chat.client };
    },
    async take(draft): Promise<TakenMessage> {
      const { msgid, at, sender, receiver, silent, message } = draft;
      const ours = ourOwn(sender.ref_id);
      const isOut = ours !== undefined || receiver !== undefined;
      if (isOut && !ours) throw new Unfit("payload.sender.ref_id", "There is no such user, and it is not the bot of the channel.");
      if (held().messages.some(({ client_id }) => client_id === msgid))
        throw new Unfit("payload.msgid", "There is a message with this msgid already.", "NotUnique");
      const known = chatOf(draft, (isOut ? receiver : sender) ?? {}, isOut);
      const placed = isOut || silent ? known : await givePlace(state, known, now());
      const chat = put({ ...placed, talk: { ...placed.talk, updated_at: now(), is_in_work: true, is_read: isOut } });
      const id = randomUUID();
      const who = ours ? { sender: ours, receiver: chat.client } : { sender: chat.client };
      held().messages.push({ id, chat: chat.uid, client_id: msgid, at, ...who, message, reactions: {} });
      const ids = ours ? { sender_id: ours.id, receiver_id: chat.client.id } : { sender_id: chat.client.id };
      return { conversation_id: draft.conversation_id ?? chat.uid, ...ids, msgid: id, ref_id: msgid };
    },
    async edit({ message, delivery, ...ref }) {
      const before = find(ref);
      const { id, chat, client_id, sender } = change(before, { message: { ...before.message, ...message }, ...(delivery && { delivery }) });
      return {
        conversation_id: held().chats.find(({ uid }) => uid === chat)?.external ?? chat,
        sender_id: sender.id,
        msgid: id,
        ref_id: client_id ?? "",
      };
    },
    async report(messageId, delivery) {
      change(find({ id: messageId }), { delivery });
    },
    async history(chatId, skip, limit) {
      const all = held().messages.filter(({ chat }) => chat === chatId);
      return [...all]
        .sort((one, other) => other.at - one.at)
        .slice(skip, skip + limit)
        .map(({ client_id, ...one }) => ({ ...one, ...(client_id !== undefined && { client_id }) }));
    },
    async typing(external) {
      if (!held().chats.some((chat) => chat.external === external)) throw new Unfit("conversation_id", "There is no such chat.");
    },
    async react(to, who, emoji) {
      const before = find(to);
      const { [who]: _, ...others } = before.reactions;
      change(before, { reactions: emoji === null ? others : { ...others, [who]: emoji } });
    },
  };
}

/** The contact with this phone, or a new one; the lead that it has open, or a new one among the unsorted. */
async function givePlace(state: State, chat: MemoryChat, now: number): Promise<MemoryChat> {
  const { client, talk } = chat;
  const lead = talk.entity_id === null ? undefined : state.leads.get(talk.entity_id);
  if (lead && lead.closed_at === null) return chat;
  const desk: Desk = { state, userId: 0, now, told: [] as Told[] };
  const pen = penOf(desk);
  const field = (code: string, value: string | undefined) => {
    const found = state.fields.contacts.find((one) => one.code === code);
    return found && value ? [{ field: found, values: [{ value }], path: "" }] : [];
  };
  const digits = (text: string): string => text.replace(/\D/g, "").slice(-10);
  const known = [...state.contacts.values()].find((contact) =>
    (contact.custom_fields_values ?? []).some(
      ({ field_code, values }) =>
        client.phone && field_code === "PHONE" && values.some(({ value }) => digits(String(value)) === digits(client.phone ?? "")),
    ),
  );
  const contact =
    (talk.contact_id === 0 ? known?.id : talk.contact_id) ??
    (await pen.createContact({ name: client.name, fields: [...field("PHONE", client.phone), ...field("EMAIL", client.email)] }));
  const pipeline = state.pipelines.find(({ is_main }) => is_main);
  const status = pipeline?._embedded.statuses.find(({ type }) => type === 1);
  const made = await pen.createLead({
    ...{ name: client.name, contacts: [{ id: contact }] },
    ...(pipeline && status && { pipeline_id: pipeline.id, status_id: status.id }),
  });
  const uid = nextId(desk).toString(16).padStart(60, "0");
  state.unsorted.set(uid, {
    ...{ uid, source_uid: null, source_name: "Канал", category: "chats", pipeline_id: pipeline?.id ?? 0, created_at: now },
    metadata: { from: client.name, client: { name: client.name, avatar: client.avatar ?? "" }, origin: { chat_id: chat.uid } },
    account_id: state.info.id,
    _embedded: { leads: [{ id: made }], contacts: [{ id: contact }], companies: [] },
  });
  return { ...chat, talk: { ...talk, contact_id: contact, entity_id: made, entity_type: "lead" } };
}
