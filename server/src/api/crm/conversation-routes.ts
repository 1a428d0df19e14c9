import * as contract from "@svyazka/contract";
import { type ConnectionId, type EventDraft, type OwnConversation, type OwnMessage, type OwnPage, sentMessage } from "@svyazka/core";
import * as crm from "@svyazka/crm";
import { recordFacts } from "../../connections/kit.ts";
import { isHeard } from "../../delivery/plan.ts";
import type { Hub } from "../../hub.ts";
import { type Implementation, implement } from "../implement.ts";
import { limitOf, numberCursor, type PageQuery } from "../pages.ts";
import { by, reader } from "./requests.ts";

/** The way out of what is written here. */
export interface GiveOut {
  /** Whether the channel is there, and its route is on: what is written otherwise would wait for ever. */
  isCarried(sql: crm.Sql, channel: ConnectionId): Promise<boolean>;
  /** Tells of a message that waits, for the channel that carries it. */
  give(sql: crm.Sql, channel: ConnectionId, fact: EventDraft<"message.sent">): Promise<void>;
}

export const giveOut = (hub: Hub): GiveOut => {
  const flows = [...hub.flows.values()];
  return {
    isCarried: async ({ workspace }, channel) => isHeard(await hub.registry.view(workspace), flows, channel)("message.sent"),
    give: ({ workspace }, channel, fact) =>
      recordFacts({ ledger: () => hub.ledger, registry: () => hub.registry, flows }, { workspace, id: channel }, [fact], {
        what: "written",
      }),
  };
};

export function conversationRoutes(out: GiveOut): readonly Implementation[] {
  return [
    implement(contract.listConversations, async ({ query, caller, sql }) => {
      const { contact, deal, channel, open } = query;
      const filter = {
        ...{ ...pageOf(query), sort: "-updated_at", isOpen: open },
        ...(contact !== undefined && { contacts: [contact] }),
        ...(deal !== undefined && { deals: [deal] }),
        ...(channel !== undefined && { channels: [channel] }),
      };
      return answer(query, await crm.listConversations(sql, filter, reader(caller)), writeConversation);
    }),

    implement(contract.getConversation, async ({ params, caller, sql }) =>
      writeConversation(await crm.getConversation(sql, params.id, reader(caller))),
    ),

    implement(contract.changeConversation, async ({ params, body, caller, sql }) => {
      const { open, contact, deal } = body;
      const changes = { contact, deal, ...(open !== undefined && { isClosed: !open }) };
      return writeConversation(await crm.updateConversation(sql, params.id, changes, by(caller)));
    }),

    implement(contract.listMessages, async ({ params, query, caller, sql }) => {
      await crm.getConversation(sql, params.id, reader(caller));
      return answer(query, await crm.listMessages(sql, { ...pageOf(query), conversations: [params.id] }, reader(caller)), writeMessage);
    }),

    implement(contract.sendMessage, async ({ params, body, caller, sql }) => {
      const conversation = await crm.getConversation(sql, params.id, reader(caller));
      const channel = conversation.channel as ConnectionId;
      if (!(await out.isCarried(sql, channel)))
        throw new crm.Invalid({ id: ["nothing carries this conversation: its channel was removed, or the route to it is switched off"] });
      const draft = { direction: "out", kind: "text", text: body.text, state: "waiting" } as const;
      const message = await crm.addMessage(sql, params.id, draft, by(caller));
      // Whoever falls down between the two is helped up: what waits is asked for by its channel every few minutes.
      await out.give(sql, channel, sentMessage(message, conversation));
      return writeMessage(message);
    }),
  ];
}

/** Pages of these lists are counted: they are short, and read from the beginning. */
const pageOf = (query: PageQuery) => ({ limit: limitOf(query), skip: numberCursor(query) });

const answer = <T, W>(query: PageQuery, { items, isMore }: OwnPage<T>, write: (item: T) => W) => ({
  items: items.map(write),
  next_cursor: isMore ? String(numberCursor(query) + limitOf(query)) : null,
});

const writeConversation = (one: OwnConversation): contract.ConversationShape => ({
  ...{ id: one.id, uid: one.uid, channel: one.channel, network: one.network, contact: one.contact, deal: one.deal },
  client: {
    ...{ name: one.client.name, phone: one.client.phone ?? null, email: one.client.email ?? null },
    ...{ avatar: one.client.avatar ?? null, link: one.client.link ?? null },
  },
  is_open: one.closedAt === null,
  is_read: one.lastIncomingAt === null || (one.readAt !== null && one.readAt >= one.lastIncomingAt),
  last_message_at: one.lastMessageAt?.toISOString() ?? null,
  created_at: one.createdAt.toISOString(),
  updated_at: one.updatedAt.toISOString(),
});

const writeMessage = (one: OwnMessage): contract.MessageShape => ({
  ...{ id: one.id, direction: one.direction, user: one.user, kind: one.kind, text: one.text, content: one.content as MessageContent },
  ...{ reply_to: one.replyTo, state: one.state, error: one.error, reactions: { ...one.reactions }, at: one.at.toISOString() },
  edited_at: one.editedAt?.toISOString() ?? null,
});
type MessageContent = contract.MessageShape["content"];
