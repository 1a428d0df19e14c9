import * as contract from "@svyazka/contract";
import type { OwnConversation, OwnConversationFilter, OwnMessageDraft } from "@svyazka/core";
import { type ConnectionId, readPhone } from "@svyazka/core";
import * as crm from "@svyazka/crm";
import { type Caller, type Implementation, implement } from "../implement.ts";
import { limitOf, numberCursor, type PageQuery } from "../pages.ts";
import type { ChannelOf, Channels } from "./channels.ts";
import { writeConversation, writeMessage } from "./conversation-shapes.ts";
import { by, reader } from "./requests.ts";

export function conversationRoutes(channels: Channels): readonly Implementation[] {
  const shown = async (sql: crm.Sql, one: OwnConversation) => writeConversation(one, await channels.find(sql, one.channel));
  const urls = (sql: crm.Sql) => (file: string) => channels.fileUrl(sql, file);

  /** Gives a message that waits to its channel. Whoever falls down before is helped up: what waits is asked for every few minutes. */
  async function give(sql: crm.Sql, message: number): Promise<void> {
    const { channel, facts } = await crm.factsToSend(sql, message);
    await channels.give(sql, channel, facts);
  }

  async function mustBeCarried(sql: crm.Sql, channel: number): Promise<ChannelOf> {
    const found = await channels.find(sql, channel);
    if (!found || !(await channels.isCarried(sql, channel as ConnectionId)))
      throw new crm.Invalid({ id: ["nothing carries this conversation: its channel was removed, or the route to it is switched off"] });
    return found;
  }

  return [
    implement(contract.listConversations, async ({ query, caller, sql }) => {
      const page = await crm.listConversations(sql, filterOf(query, caller), reader(caller));
      const known = new Map((await channels.list(sql)).map((channel) => [channel.id as number, channel]));
      return { items: page.items.map((one) => writeConversation(one, known.get(one.channel))), next_cursor: nextOf(query, page.isMore) };
    }),

    implement(contract.countUnread, async ({ caller, sql }) => crm.countUnread(sql, by(caller))),

    implement(contract.getConversation, async ({ params, caller, sql }) =>
      shown(sql, await crm.getConversation(sql, params.id, reader(caller))),
    ),

    implement(contract.beginConversation, async ({ body, caller, sql }) => {
      const channel = await mustBeCarried(sql, body.channel);
      return shown(sql, await crm.beginConversation(sql, await firstWords(sql, body, channel, caller), by(caller)));
    }),

    implement(contract.changeConversation, async ({ params, body, caller, sql }) => {
      const { open, read, contact, deal, responsible } = body;
      const changes = {
        contact,
        deal,
        responsible,
        ...(open !== undefined && { isClosed: !open }),
        ...(read && { isRead: true as const }),
      };
      const changed = await crm.updateConversation(sql, params.id, changes, by(caller));
      if (read) void tellRead(sql, changed).catch(() => {});
      return shown(sql, changed);
    }),

    implement(contract.listMessages, async ({ params, query, caller, sql }) => {
      await crm.getConversation(sql, params.id, reader(caller));
      const page = await crm.listMessages(sql, { ...pageOf(query), conversations: [params.id] }, reader(caller));
      return { items: page.items.map((one) => writeMessage(one, urls(sql))), next_cursor: nextOf(query, page.isMore) };
    }),

    implement(contract.sendMessage, async ({ params, body, caller, sql }) => {
      const conversation = await crm.getConversation(sql, params.id, reader(caller));
      const channel = await mustBeCarried(sql, conversation.channel);
      const draft = await draftOf(sql, body, conversation, channel);
      const message = await crm.addMessage(sql, params.id, draft, by(caller));
      await give(sql, message.id);
      return writeMessage(message, urls(sql));
    }),

    implement(contract.sendMessageAgain, async ({ params, caller, sql }) => {
      const { conversation } = await crm.getMessage(sql, params.id);
      await mustBeCarried(sql, (await crm.getConversation(sql, conversation, reader(caller))).channel);
      const message = await crm.sendAgain(sql, params.id, by(caller));
      await give(sql, message.id);
      return writeMessage(message, urls(sql));
    }),

    implement(contract.tellTyping, async ({ params, caller, sql }) => {
      const conversation = await crm.getConversation(sql, params.id, reader(caller));
      await channels.showTyping(sql, params.id, caller.userId);
      const channel = await channels.find(sql, conversation.channel);
      // Nobody waits for it, and nobody minds when it fails.
      if (channel?.isActive) void channel.messenger.showTyping?.(crm.told(conversation)).catch(() => {});
      return undefined;
    }),
  ];

  /** The client sees that it was read, where the channel can show it. */
  async function tellRead(sql: crm.Sql, conversation: OwnConversation): Promise<void> {
    const channel = await channels.find(sql, conversation.channel);
    if (!channel?.isActive || !channel.messenger.markRead) return;
    const { items } = await crm.listMessages(sql, { limit: 20, conversations: [conversation.id] }, {});
    const last = items.find(({ direction, external }) => direction === "in" && external !== null)?.external;
    if (last != null) await channel.messenger.markRead(crm.told(conversation), last);
  }

  /** Throws `Invalid` for what the channel certainly would not take. */
  async function draftOf(
    sql: crm.Sql,
    { text = "", files: ids = [], reply_to: replyTo, template }: contract.BodyOf<typeof contract.sendMessage>,
    conversation: OwnConversation,
    { messenger: { abilities } }: ChannelOf,
  ): Promise<OwnMessageDraft> {
    const files = await channels.filesOf(sql, ids);
    if (files.length < ids.length) throw new crm.Invalid({ files: ["one of them is not there: upload it first"] });
    const tooLarge = files.find(({ bytes = 0 }) => bytes > abilities.largestFile);
    if (tooLarge)
      throw new crm.Invalid({ files: [`the channel takes files of ${Math.floor(abilities.largestFile / 1_048_576)} MB at most`] });
    if (text.trim() === "" && files.length === 0 && !template)
      throw new crm.Invalid({ text: ["is empty, and there is no file and no template"] });
    if (template && abilities.hasTemplates !== true) throw new crm.Invalid({ template: ["the channel has none"] });
    if (!template && abilities.windowHours !== undefined && !isWindowOpen(conversation, abilities.windowHours))
      throw new crm.Invalid({ text: [`the client has not written for ${abilities.windowHours} hours: only a template may be sent`] });
    if (replyTo !== undefined) await crm.mustBeOf(sql, replyTo, conversation.id);
    return {
      ...{ direction: "out", state: "waiting", text, files, ...(replyTo !== undefined && { replyTo }) },
      ...(template ? { kind: "template", content: { ...template } } : { kind: files[0]?.kind ?? "text" }),
    };
  }
}

const isWindowOpen = ({ lastIncomingAt }: OwnConversation, hours: number): boolean =>
  lastIncomingAt !== null && Date.now() - lastIncomingAt.getTime() < hours * 3_600_000;

/** Whom to write to first: a phone or name that is given, or that of the contact. Throws `Invalid` where the channel cannot. */
async function firstWords(
  sql: crm.Sql,
  { contact, deal, phone, username }: contract.BodyOf<typeof contract.beginConversation>,
  { id, messenger: { abilities } }: ChannelOf,
  caller: Caller,
): Promise<crm.FirstWords> {
  const about = { channel: id as number, network: abilities.network, contact, deal };
  const known = contact === undefined ? undefined : await crm.getContact(sql, contact, reader(caller));
  const name = known?.name ?? "";
  switch (abilities.writesFirstBy) {
    default:
      throw new crm.Invalid({ channel: ["cannot write to anybody who has not written first"] });
    case "username": {
      const given = username ?? known?.messengers.find(({ value }) => value !== "")?.value;
      if (given === undefined) throw new crm.Invalid({ username: ["is missing"] });
      return { ...about, client: { external: null, name: name || given, username: given.replace(/^@/, "") } };
    }
    case "phone": {
      const given = phone ?? known?.phones.find(({ e164 }) => e164 !== null)?.value;
      const read = given === undefined ? undefined : readPhone(given, caller.workspace.country);
      if (!read?.e164) throw new crm.Invalid({ phone: [given === undefined ? "is missing" : "is not a phone"] });
      return { ...about, client: { external: null, name: name || read.e164, phone: read.e164 } };
    }
  }
}

function filterOf(query: contract.QueryOf<typeof contract.listConversations>, caller: Caller): OwnConversationFilter {
  const { contact, deal, channel, open, unread, responsible, q } = query;
  return {
    ...{ ...pageOf(query), sort: "-last_message_at", isOpen: open, isUnread: unread, text: q },
    ...(contact !== undefined && { contacts: [contact] }),
    ...(deal !== undefined && { deals: [deal] }),
    ...(channel !== undefined && { channels: [channel] }),
    ...(responsible !== undefined && {
      responsible: responsible === "nobody" ? null : responsible === "me" ? (caller.userId ?? -1) : responsible,
    }),
  };
}

/** Pages of these lists are counted: they are short, and read from the beginning. */
const pageOf = (query: PageQuery) => ({ limit: limitOf(query), skip: numberCursor(query) });
const nextOf = (query: PageQuery, isMore: boolean): string | null => (isMore ? String(numberCursor(query) + limitOf(query)) : null);
