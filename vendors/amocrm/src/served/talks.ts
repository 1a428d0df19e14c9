import { Invalid, type OwnConversation, type OwnCrm } from "@svyazka/core";
import { Missing, type Pen, type Reading, Unfit } from "../api/account.ts";
import type { ContactChat, Talk } from "../protocol.ts";
import { told } from "./pen.ts";
import { pageFilter, sortOf } from "./reading.ts";
import { seconds } from "./times.ts";

/** Our conversations, in amoCRM's words. */

export function readTalks(crm: OwnCrm, account: number): Pick<Reading, "talks" | "contactChats"> {
  return {
    async talks({ ids, contacts, order, ...paging }) {
      const { items, isMore } = await crm.conversations.list({
        ...{ ...pageFilter(paging), ...sortOf(order), ...(ids && { ids }), ...(contacts && { contacts }) },
      });
      return { items: items.map((one) => writeTalk(one, account)), hasMore: isMore };
    },
    async contactChats({ contacts, chats }) {
      const { items } = await crm.conversations.list({
        limit: 500,
        sort: "id",
        ...(contacts && { contacts }),
        ...(chats && { uids: chats }),
      });
      return items.flatMap(chatOf);
    },
  };
}

const writeTalk = (one: OwnConversation, account_id: number): Talk => ({
  ...{ talk_id: one.id, created_at: seconds(one.createdAt), updated_at: seconds(one.updatedAt), rate: 0, contact_id: one.contact ?? 0 },
  ...{ chat_id: one.uid, entity_id: one.deal, entity_type: one.deal === null ? null : "lead", is_in_work: one.closedAt === null },
  is_read: one.lastIncomingAt === null || (one.readAt !== null && one.readAt >= one.lastIncomingAt),
  ...{ origin: one.network, missed_at: null, account_id },
});

const chatOf = ({ id, uid: chat_id, contact: contact_id }: OwnConversation): ContactChat[] =>
  contact_id === null ? [] : [{ id, chat_id, contact_id }];

export const talkPen = (crm: OwnCrm): Pick<Pen, "closeTalk" | "bindChat"> => ({
  closeTalk: (id) =>
    told({}, async () => {
      await crm.conversations.update(id, { isClosed: true });
    }),
  bindChat: (chat, contact) =>
    told({}, async () => {
      const [known] = (await crm.conversations.list({ limit: 1, uids: [chat] })).items;
      if (!known) throw new Unfit("chat_id", "There is no such chat.");
      try {
        const [bound] = chatOf(await crm.conversations.update(known.id, { contact }));
        if (!bound) throw new Missing("Entity not found");
        return bound;
      } catch (error) {
        if (error instanceof Invalid) throw new Unfit("contact_id", "There is no such contact.");
        throw error;
      }
    }),
});
