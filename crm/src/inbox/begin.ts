import {
  type ConnectionId,
  type EventDraft,
  type OwnClient,
  type OwnConversation,
  type SentMessage,
  toldConversation,
} from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By } from "../by.ts";
import { Invalid } from "../errors.ts";
import { run } from "../page.ts";
import type { Sql } from "../sql.ts";
import { getConversation, openConversation } from "./conversations.ts";
import { sentFacts } from "./facts.ts";
import { alone, conversationOf, withClient } from "./find.ts";
import { getMessage } from "./messages.ts";

/** Whom somebody here writes to, who has not written yet. */
export interface FirstWords {
  readonly channel: number;
  /** What the channel's conversations are of, where it is always the same; otherwise, what its last one is of. */
  readonly network?: string | undefined;
  readonly client: OwnClient;
  readonly contact?: number | undefined;
  readonly deal?: number | undefined;
}

/** The conversation with them, made where there is none: by the phone or name that the channel is to find them by. */
export const beginConversation = (sql: Sql, { channel, network, client, contact, deal }: FirstWords, by: By): Promise<OwnConversation> =>
  sql.transaction(async (sql) => {
    await alone(sql, channel, `first ${client.phone ?? client.username ?? ""}`);
    const [known] = await run<{ id: number }>(
      sql,
      raw`select id from (${withClient(sql, channel, client, raw`true`)}) as c order by id desc limit 1`,
    );
    if (known) return getConversation(sql, known.id, by);
    const [other] = await run<{ network: string }>(
      sql,
      raw`select network from crm.conversation where workspace = ${sql.workspace} and channel = ${channel} order by id desc limit 1`,
    );
    return openConversation(sql, { channel, network: network ?? other?.network ?? "", client, contact, deal, responsible: by.user }, by);
  });

/** What is to be told of a message that waits, and to which channel. */
export async function factsToSend(
  sql: Sql,
  id: number,
): Promise<{ readonly channel: ConnectionId; readonly facts: readonly EventDraft[] }> {
  const message = await getMessage(sql, id);
  const conversation = await conversationOf(sql, message);
  return { channel: conversation.channel as ConnectionId, facts: await sentFacts(sql, message, conversation) };
}

/** Throws `Invalid` unless this message is of this conversation. */
export async function mustBeOf(sql: Sql, id: number, conversation: number): Promise<void> {
  const found = await run(
    sql,
    raw`select from crm.message where workspace = ${sql.workspace} and id = ${id} and conversation = ${conversation}`,
  );
  if (found.length === 0) throw new Invalid({ reply_to: [`there is no message ${id} in this conversation`] });
}

export function told(conversation: OwnConversation): SentMessage["conversation"] {
  const { channel: _, ...rest } = toldConversation(conversation);
  return rest;
}
