import { type Account, Missing, type Pen, Unfit } from "../api/account.ts";
import type { Talk } from "../protocol.ts";
import type { Desk } from "./desk.ts";
import type { MemoryChat, State } from "./state.ts";

/** The talks, for the API. */
export const readTalks = (state: State): Pick<Account, "talks" | "contactChats"> => ({
  async talks({ ids, contacts, page, limit }) {
    const fits = ({ talk_id, contact_id }: Talk): boolean => (ids?.includes(talk_id) ?? true) && (contacts?.includes(contact_id) ?? true);
    const all = state.chats.chats
      .map(({ talk }) => talk)
      .filter(fits)
      .sort((one, other) => one.talk_id - other.talk_id);
    return { items: all.slice((page - 1) * limit, page * limit), hasMore: all.length > page * limit };
  },
  async contactChats({ contacts, chats }) {
    return state.chats.chats.flatMap(({ uid, talk: { talk_id: id, contact_id } }) => {
      const isMeant = (contacts?.includes(contact_id) ?? true) && (chats?.includes(uid) ?? true);
      return isMeant && contact_id !== 0 ? [{ id, chat_id: uid, contact_id }] : [];
    });
  },
});

export function talkPen({ state, now }: Desk): Pick<Pen, "closeTalk" | "bindChat"> {
  const change = (chat: MemoryChat, changes: Partial<Talk>): void => {
    state.chats.chats = state.chats.chats.map((one) =>
      one === chat ? { ...chat, talk: { ...chat.talk, ...changes, updated_at: now } } : one,
    );
  };
  return {
    async closeTalk(id) {
      const chat = state.chats.chats.find(({ talk }) => talk.talk_id === id);
      if (!chat) throw new Missing("Entity not found");
      change(chat, { is_in_work: false, is_read: true });
    },
    async bindChat(uid, contact_id) {
      const chat = state.chats.chats.find((one) => one.uid === uid);
      if (!chat) throw new Unfit("chat_id", "There is no such chat.");
      if (!state.contacts.has(contact_id)) throw new Unfit("contact_id", "There is no such contact.");
      change(chat, { contact_id });
      return { id: chat.talk.talk_id, chat_id: uid, contact_id };
    },
  };
}
