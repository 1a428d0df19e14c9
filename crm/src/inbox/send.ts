import type { Begun, OwnMessage, PartResult } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By } from "../by.ts";
import { Invalid } from "../errors.ts";
import { run } from "../page.ts";
import type { Sql } from "../sql.ts";
import { applyEarly } from "./change.ts";
import { getConversation, updateConversation } from "./conversations.ts";
import { alone, conversationOf, lockMessage, nameOfMessage } from "./find.ts";
import { getMessage, touch } from "./messages.ts";
import { changePart, type Part, partsOfMessage, sumUp } from "./parts.ts";

/** A message goes out once: each part is put down as begun before it leaves, and what became of it afterwards. */

/** On disk when this resolves: of a part that was begun before, nobody knows whether it has left. */
export const beginSending = (sql: Sql, message: number, texts: readonly string[]): Promise<Begun> =>
  sql.transaction(async (sql) => {
    const { conversation } = await getMessage(sql, message);
    const { channel } = await getConversation(sql, conversation, {}, "lock");
    const before = await partsOfMessage(sql, message);
    const lost = before.filter(({ state }) => state === "begun");
    if (lost.length > 0) {
      await run(
        sql,
        raw`update crm.message_part set state = 'unknown', error = ${lostText} where workspace = ${sql.workspace} and message = ${message} and state = 'begun'`,
      );
      await sumUp(sql, message);
    }
    const unknown = before.flatMap(({ state, part }) => (state === "begun" || state === "unknown" ? [part] : []));
    // What the channel would not have is tried again when a person wants the delivery tried again.
    const isOpen = ({ state }: Part): boolean => state === "waiting" || state === "failed";
    const open = texts.flatMap((text, part) => (before[part] === undefined || isOpen(before[part]) ? [{ part, text }] : []));
    if (open.length > 0)
      await run(
        sql,
        raw`insert into crm.message_part as p (workspace, message, part, channel, text, state)
          select ${sql.workspace}, ${message}, part, ${channel}, text, 'waiting' from jsonb_to_recordset(${JSON.stringify(open)}::jsonb) as x(part smallint, text text)
          on conflict (workspace, message, part) do update set state = 'waiting', reason = null, code = null, error = null, external = null where p.state = 'failed'`,
      );
    return { open: open.map(({ part }) => part), unknown };
  });

const lostText = "the hub stopped while it was being sent: it may have arrived";

/** Right before it leaves; on disk when this resolves. False when it does not wait any more. */
export async function beginPart(sql: Sql, message: number, part: number): Promise<boolean> {
  const begun = await run(
    sql,
    raw`update crm.message_part set state = 'begun', begun_at = statement_timestamp()
      where workspace = ${sql.workspace} and message = ${message} and part = ${part} and state = 'waiting' returning part`,
  );
  return begun.length > 0;
}

/** What became of one part. Its echo may have been there first, as a message written elsewhere: it is this one. */
export const settlePart = (sql: Sql, message: number, part: number, result: PartResult, by: By): Promise<OwnMessage> =>
  sql.transaction(async (sql) => {
    const { external, conversation: chat } = result;
    const { channel } = await conversationOf(sql, await getMessage(sql, message));
    if (chat !== undefined) await alone(sql, channel, chat);
    if (external !== undefined) await alone(sql, channel, nameOfMessage(external));
    const conversation = await conversationOf(sql, await lockMessage(sql, message));
    if (external !== undefined) await forgetEcho(sql, channel, external, message);
    if (chat !== undefined && conversation.external === null) await nameConversation(sql, conversation, chat, by);
    const now = await changePart(sql, message, part, result);
    return external === undefined ? now : applyEarly(sql, channel, now, { external, part });
  });

async function forgetEcho(sql: Sql, channel: number, external: string, but: number): Promise<void> {
  await run(
    sql,
    raw`delete from crm.message where workspace = ${sql.workspace} and channel = ${channel} and external = ${external} and origin = 'phone' and id <> ${but}`,
  );
}

/** The channel says what it calls the conversation that we began; whoever calls is alone with that name. Where it has been told of by that name meanwhile, the two are one. */
async function nameConversation(
  sql: Sql,
  { id, channel }: { readonly id: number; readonly channel: number },
  external: string,
  by: By,
): Promise<void> {
  const [other] = await run<{ id: number }>(
    sql,
    raw`select id from crm.conversation where workspace = ${sql.workspace} and channel = ${channel} and external = ${external}`,
  );
  if (!other) return void (await updateConversation(sql, id, { external }, by));
  await run(sql, raw`update crm.message set conversation = ${other.id} where workspace = ${sql.workspace} and conversation = ${id}`);
  await run(
    sql,
    raw`update crm.conversation k set contact = coalesce(k.contact, c.contact), deal = coalesce(k.deal, c.deal), responsible = coalesce(k.responsible, c.responsible),
        client = c.client || k.client, last_message_at = greatest(k.last_message_at, c.last_message_at), updated_at = statement_timestamp()
      from crm.conversation c where k.workspace = ${sql.workspace} and k.id = ${other.id} and c.workspace = ${sql.workspace} and c.id = ${id}`,
  );
  await run(
    sql,
    raw`insert into crm.conversation_place (workspace, conversation, connection, contact, deal)
      select workspace, ${other.id}, connection, contact, deal from crm.conversation_place where workspace = ${sql.workspace} and conversation = ${id}
      on conflict do nothing`,
  );
  await run(sql, raw`delete from crm.conversation where workspace = ${sql.workspace} and id = ${id}`);
}

/** A person wants it to be sent again: what has arrived is left as it is. Throws `Invalid` when there is nothing to send again. */
export const sendAgain = (sql: Sql, id: number, by: By): Promise<OwnMessage> =>
  sql.transaction(async (sql) => {
    const message = await getMessage(sql, id);
    await getConversation(sql, message.conversation, by, "lock");
    const { state } = await getMessage(sql, id);
    if (message.direction === "in" || (state !== "failed" && state !== "unknown"))
      throw new Invalid({ id: [`is ${state}: only what has failed, or may have, is sent again`] });
    await run(
      sql,
      raw`update crm.message_part set state = 'waiting', reason = null, code = null, error = null, external = null
        where workspace = ${sql.workspace} and message = ${id} and state in ('failed', 'unknown')`,
    );
    await run(
      sql,
      raw`update crm.message set state = 'waiting', error = null, reason = null, attempt = attempt + 1 where workspace = ${sql.workspace} and id = ${id}`,
    );
    await touch(sql, message);
    return getMessage(sql, id);
  });
