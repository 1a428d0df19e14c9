import type { Kept, OwnClient, OwnConversation, OwnMessage, ReceivedMessage } from "@svyazka/core";
import { toldConversation } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By } from "../by.ts";
import { run } from "../page.ts";
import type { Sql } from "../sql.ts";
import { applyEarly } from "./change.ts";
import { getConversation, openConversation, updateConversation } from "./conversations.ts";
import { begunFacts, keptFacts } from "./facts.ts";
import { alone, conversationOf, findByExternal, type KnownMessage, nameOfMessage, withClient } from "./find.ts";
import { insertMessage } from "./messages.ts";
import { changePart } from "./parts.ts";

/** A message that a channel brings, in our book. */
export const keepMessage = (sql: Sql, channel: number, told: ReceivedMessage, by: By): Promise<Kept> =>
  sql.transaction(async (sql) => {
    const { conversation: where, message } = told;
    await alone(sql, channel, where.external);
    await alone(sql, channel, nameOfMessage(message.external));
    const known = await findByExternal(sql, channel, message.external);
    if (known) return answer(sql, known.message, told, false);
    const conversation = await named(sql, await conversationFor(sql, channel, told, by), where.network);
    // Whoever has just sent it, and held the conversation until now, knows by now what it is called.
    const echo =
      message.direction === "out"
        ? ((await findByExternal(sql, channel, message.external)) ?? (await ownEcho(sql, conversation, told)))
        : undefined;
    if (echo) return answer(sql, echo.message, told, false);
    const isOut = message.direction === "out";
    const replyTo = message.replyTo === undefined ? undefined : await findByExternal(sql, channel, message.replyTo);
    const made = await insertMessage(sql, conversation, {
      ...{ external: message.external, direction: message.direction, user: null, kind: message.kind, text: message.text },
      ...{ content: message.content ?? null, origin: isOut ? "phone" : "client", at: momentOf(message.at, conversation) },
      files: message.files.map(({ kind, name, type, bytes }) => ({ kind, name, type, bytes })),
      ...(replyTo && { replyTo: replyTo.message.id }),
      begins: !isOut && (await begins(sql, conversation)),
    });
    return answer(sql, await applyEarly(sql, channel, made), told, true);
  });

async function answer(sql: Sql, message: OwnMessage, { message: { files, direction } }: ReceivedMessage, isNew: boolean): Promise<Kept> {
  const conversation = await conversationOf(sql, message);
  const [row] = await run<{ begins: boolean }>(
    sql,
    raw`select begins from crm.message where workspace = ${sql.workspace} and id = ${message.id}`,
  );
  return {
    ...{ message: String(message.id), conversation: toldConversation(conversation), isNew, files },
    facts: [
      ...(row?.begins ? begunFacts(message, conversation) : []),
      // What we have sent ourselves is told of when it is sent.
      ...(direction === "in" || message.origin === "phone" ? await keptFacts(sql, message, conversation) : []),
    ],
  };
}

/** The conversation of this message: by the channel's id; or the one in which we wrote to this phone or name first; or a new one. */
async function conversationFor(sql: Sql, channel: number, { conversation, message }: ReceivedMessage, by: By): Promise<OwnConversation> {
  const { external, network, client } = conversation;
  const [first] = await run<{ id: number }>(
    sql,
    raw`select c.id from (${withClient(sql, channel, client, raw`external is null`)}) as c
      where not exists (select from crm.conversation k where k.workspace = ${sql.workspace} and k.channel = ${channel} and k.external = ${external})
      order by c.id desc limit 1`,
  );
  // An echo does not know who they are: only what they call us.
  const isEcho = message.direction === "out";
  if (first) {
    const { client: ours } = await getConversation(sql, first.id, {}, "lock");
    const known = { ...ours, ...(isEcho ? { external: client.external } : given(client)) };
    return updateConversation(sql, first.id, { external, client: known }, by);
  }
  const opened = await openConversation(sql, { channel, network, external, client }, by);
  const locked = await getConversation(sql, opened.id, {}, "lock");
  if (isEcho || !saysMore(client, locked.client)) return locked;
  return updateConversation(sql, locked.id, { client: { ...locked.client, ...given(client) } }, by);
}

/** Whoever wrote first by a channel that had brought nothing yet, did not know what its conversations are of. */
async function named(sql: Sql, conversation: OwnConversation, network: string): Promise<OwnConversation> {
  if (conversation.network !== "" || network === "") return conversation;
  await run(
    sql,
    raw`update crm.conversation set network = ${network}, updated_at = statement_timestamp() where workspace = ${sql.workspace} and id = ${conversation.id}`,
  );
  return getConversation(sql, conversation.id, {});
}

const given = (client: OwnClient): Partial<OwnClient> =>
  Object.fromEntries(Object.entries(client).filter(([, value]) => value !== undefined && value !== null && value !== ""));
const saysMore = (client: OwnClient, known: OwnClient): boolean =>
  Object.entries(given(client)).some(([name, value]) => known[name as keyof OwnClient] !== value);

/** Some channels tell whole seconds: what was said after something else in the same second stands after it. */
function momentOf(told: string, { lastMessageAt }: OwnConversation): Date {
  const at = new Date(told);
  const ahead = lastMessageAt === null ? -1 : lastMessageAt.getTime() - at.getTime();
  return at.getMilliseconds() === 0 && ahead >= 0 && ahead < 1_000 ? new Date(at.getTime() + Math.min(ahead + 1, 999)) : at;
}

/** They need a place in the CRM: they are new, have been dealt with, or have been silent for a day. */
async function begins(sql: Sql, conversation: OwnConversation): Promise<boolean> {
  const { closedAt, lastIncomingAt, contact, deal } = conversation;
  if (closedAt !== null || lastIncomingAt === null) return true;
  const [row] = await run<{ again: boolean }>(
    sql,
    raw`select (${contact}::bigint is null and not exists (
            select from crm.conversation_place p where p.workspace = ${sql.workspace} and p.conversation = ${conversation.id}))
          or exists (select from crm.deal d where d.workspace = ${sql.workspace} and d.id = ${deal} and (d.closed_at is not null or d.deleted_at is not null))
          or ${lastIncomingAt}::timestamptz < statement_timestamp() - interval '1 day' as again`,
  );
  return row?.again === true;
}

/** So long after it was begun the echo of a part may come. */
const echoMinutes = 15;

/** What we have sent, or may have sent, and hear of now: the channel's id of it tells what became of it. */
async function ownEcho(sql: Sql, conversation: OwnConversation, { message }: ReceivedMessage): Promise<KnownMessage | undefined> {
  const [row] = await run<{ message: number; part: number }>(
    sql,
    // The few parts that are open first, and of each its message: in one way only (decision 0005).
    raw`select p.message, p.part
      from (select * from crm.message_part where workspace = ${sql.workspace} and channel = ${conversation.channel} and external is null
          and state in ('begun', 'unknown') and begun_at > statement_timestamp() - ${echoMinutes} * interval '1 minute' offset 0) as p
        cross join lateral (select conversation from crm.message where workspace = ${sql.workspace} and id = p.message offset 0) as m
      where m.conversation = ${conversation.id} and btrim(p.text) = btrim(${message.text})
      order by p.begun_at, p.part limit 1`,
  );
  if (!row) return undefined;
  return { message: await changePart(sql, row.message, row.part, { state: "sent", external: message.external }), part: row.part };
}
