import * as contract from "@svyazka/contract";
import { type ConnectionId, type EventDraft, type OwnConversation, type OwnMessage, type OwnPage, sentMessage } from "@svyazka/core";
import * as crm from "@svyazka/crm";
import { recordFacts } from "../../connections/kit.ts";
import type { Hub } from "../../hub.ts";
import { type Implementation, implement } from "../implement.ts";
import { limitOf, numberCursor, type PageQuery } from "../pages.ts";
import { by, reader } from "./requests.ts";

/** Tells of a message that waits, for the channel that carries it. */
export type GiveOut = (sql: crm.Sql, channel: ConnectionId, fact: EventDraft<"message.sent">) => Promise<void>;

export const giveOut =
  (hub: Hub): GiveOut =>
  async ({ workspace }, channel, fact) => {
    const parts = { ledger: () => hub.ledger, registry: () => hub.registry, flows: [...hub.flows.values()] };
    await recordFacts(parts, { workspace, id: channel }, [fact], { what: "written" });
  };

export function conversationRoutes(giveOut: GiveOut): readonly Implementation[] {
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
      await mustBeCarried(sql, conversation);
      const draft = { direction: "out", kind: "text", text: body.text, state: "waiting" } as const;
      const message = await crm.addMessage(sql, params.id, draft, by(caller));
      // Whoever falls down between the two is helped up: what waits is asked for by its channel every few minutes.
      await giveOut(sql, conversation.channel as ConnectionId, sentMessage(message, conversation));
      return writeMessage(message);
    }),
  ];
}

/** Throws `Invalid` when the channel is no more: what is written now would wait for ever. */
async function mustBeCarried(sql: crm.Sql, { channel }: OwnConversation): Promise<void> {
  const found = await sql.query({
    text: "select from hub.connection where workspace = $1 and id = $2 and state <> 'removed'",
    values: [sql.workspace, channel],
  });
  if (found.length === 0) throw new crm.Invalid({ id: ["the channel of this conversation was removed"] });
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
