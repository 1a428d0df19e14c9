import type { OwnClient, OwnConversation, OwnMessage } from "@svyazka/core";
import { sql as raw } from "kysely";
import { type Part, run } from "../page.ts";
import type { Sql } from "../sql.ts";
import { getConversation, uuidsOf } from "./conversations.ts";
import { getMessage } from "./messages.ts";

/** A message that the channel knows by this id, and which of its parts that is. */
export interface KnownMessage {
  readonly message: OwnMessage;
  /** Of one of ours. */
  readonly part?: number;
}

export async function findByExternal(sql: Sql, channel: number, external: string): Promise<KnownMessage | undefined> {
  const [row] = await run<{ id: number; part: number | null }>(
    sql,
    raw`(select message as id, part from crm.message_part where workspace = ${sql.workspace} and channel = ${channel} and external = ${external})
      union all (select id, null from crm.message where workspace = ${sql.workspace} and channel = ${channel} and external = ${external}) limit 1`,
  );
  return row && { message: await getMessage(sql, row.id), ...(row.part !== null && { part: row.part }) };
}

/** Which of these ids of the channel nobody has. */
export async function strangeTo(sql: Sql, channel: number, externals: readonly string[]): Promise<string[]> {
  const known = await run<{ external: string }>(
    sql,
    raw`select external from crm.message_part where workspace = ${sql.workspace} and channel = ${channel} and external = any(${externals}::text[])
      union select external from crm.message where workspace = ${sql.workspace} and channel = ${channel} and external = any(${externals}::text[])
        and origin <> 'phone'`,
  );
  return externals.filter((one) => !known.some(({ external }) => external === one));
}

/** By our own key of a part: `<uid>.<part>`. */
export async function findByKey(sql: Sql, channel: number, key: string): Promise<KnownMessage | undefined> {
  const [, named = "", part] = /^([0-9a-f-]{36})\.(\d{1,4})$/.exec(key) ?? [];
  const [uid] = uuidsOf([named]);
  if (uid === undefined) return undefined;
  const [row] = await run<{ id: number }>(
    sql,
    raw`select id from crm.message where workspace = ${sql.workspace} and channel = ${channel} and uid = ${uid}::uuid`,
  );
  return row && { message: await getMessage(sql, row.id), part: Number(part) };
}

/** The latest conversations of the channel with whoever has this phone or name there: two at most, each by an index of its own; without either, none. */
export function withClient(sql: Sql, channel: number, { phone, username }: OwnClient, also: Part): Part {
  const known = [
    [raw`client_phone`, phone?.replaceAll(/\D/g, "")] as const,
    [raw`client_username`, username?.toLowerCase()] as const,
  ].filter(([, value]) => value);
  const each = known.map(
    ([column, value]) =>
      raw`(select id from crm.conversation where workspace = ${sql.workspace} and channel = ${channel} and ${column} = ${value} and ${also} order by id desc limit 1)`,
  );
  return each.length > 0 ? raw.join(each, raw` union all `) : raw`select null::bigint as id where false`;
}

/** Whoever changes a message waits here for the conversation. Answers the message as it is then. */
export async function lockMessage(sql: Sql, id: number): Promise<OwnMessage> {
  const { conversation } = await getMessage(sql, id);
  await run(sql, raw`select from crm.conversation where workspace = ${sql.workspace} and id = ${conversation} for update`);
  return getMessage(sql, id);
}

export const conversationOf = (sql: Sql, { conversation }: OwnMessage): Promise<OwnConversation> => getConversation(sql, conversation, {});

/*
 * The channel tells of one thing several times at once, and of the same conversation people write, read and send at that moment. Everybody takes what they need in one order, or two would
 * wait for each other: the channel's name of the conversation, its name of the message, the conversation's row, the parts, the message's row.
 */

export const nameOfMessage = (external: string): string => `message ${external}`;

/** Whoever works on what the channel calls so waits here. */
export const alone = (sql: Sql, channel: number, external: string): Promise<unknown> =>
  sql.query({
    text: "select pg_advisory_xact_lock(hashtextextended($1, 0))",
    values: [`crm.conversation ${sql.workspace} ${channel} ${external}`],
  });
