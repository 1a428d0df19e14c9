import type { ChangedMessage, EventDraft, OwnMessage } from "@svyazka/core";
import { sql as raw } from "kysely";
import { run } from "../page.ts";
import type { Sql } from "../sql.ts";
import { keptFacts, markedFacts } from "./facts.ts";
import { alone, conversationOf, findByExternal, findByKey, type KnownMessage, lockMessage, nameOfMessage } from "./find.ts";
import { getMessage, rank, touch } from "./messages.ts";
import { changePart } from "./parts.ts";

/** What a channel tells of a message later on; or sooner: what is told too early waits for the message. Answers the message as it is now, once it is there. */
export const changeMessage = (sql: Sql, channel: number, told: ChangedMessage): Promise<OwnMessage | undefined> =>
  sql.transaction(async (sql) => {
    await alone(sql, channel, nameOfMessage(told.external));
    const key = "key" in told.change ? told.change.key : undefined;
    const known =
      (await findByExternal(sql, channel, told.external)) ?? (key === undefined ? undefined : await findByKey(sql, channel, key));
    if (!known) {
      await run(
        sql,
        raw`insert into crm.early_change (workspace, channel, external, change)
          values (${sql.workspace}, ${channel}, ${told.external}, ${JSON.stringify(told.change)}::jsonb)`,
      );
      return undefined;
    }
    return apply(sql, { ...known, message: await lockMessage(sql, known.message.id) }, told);
  });

/** What was told of this message before it came. Whoever calls is alone with the channel's name of it: whoever tells of it at this moment has told already, or finds the message. */
export async function applyEarly(
  sql: Sql,
  channel: number,
  message: OwnMessage,
  part?: { readonly external: string; readonly part: number },
): Promise<OwnMessage> {
  const external = part?.external ?? message.external;
  if (external === null) return message;
  const early = await run<{ change: ChangedMessage["change"] }>(
    sql,
    raw`with gone as (delete from crm.early_change where workspace = ${sql.workspace} and channel = ${channel} and external = ${external} returning id, change)
      select change from gone order by id`,
  );
  let now = message;
  for (const { change } of early) now = await apply(sql, { message: now, ...(part && { part: part.part }) }, { external, change });
  return now;
}

async function apply(sql: Sql, { message, part }: KnownMessage, { external, change }: ChangedMessage): Promise<OwnMessage> {
  const where = raw`where workspace = ${sql.workspace} and id = ${message.id}`;
  if ("state" in change) {
    if (part !== undefined) return changePart(sql, message.id, part, { ...change, external });
    if (message.direction === "in" || rank[change.state] <= rank[message.state]) return message;
    await run(
      sql,
      raw`update crm.message set state = ${change.state}, reason = ${change.reason ?? null}, error = ${change.error?.slice(0, 1_000) ?? null} ${where}`,
    );
  } else if ("text" in change)
    await run(sql, raw`update crm.message set text = ${change.text}, edited_at = statement_timestamp() ${where}`);
  else if ("isDeleted" in change)
    await run(sql, raw`update crm.message set deleted_at = coalesce(deleted_at, statement_timestamp()) ${where}`);
  else
    await run(
      sql,
      raw`update crm.message set reactions = case when ${change.emoji === null} then reactions - ${change.who}::text
          else reactions || jsonb_build_object(${change.who}::text, ${change.emoji}::text) end ${where}`,
    );
  await touch(sql, message);
  return getMessage(sql, message.id);
}

/** The facts of how a message of ours stands. */
export async function reportOf(sql: Sql, message: OwnMessage): Promise<readonly EventDraft[]> {
  if (message.direction === "in" || message.origin === "phone") return [];
  const conversation = await conversationOf(sql, message);
  return [...(await keptFacts(sql, message, conversation)), ...markedFacts(message, conversation)];
}
