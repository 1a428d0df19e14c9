import type { OwnMessage, OwnMessageDraft, OwnMessageFilter, OwnMessageState, OwnMessages, OwnPage } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By, Reader } from "../by.ts";
import { Invalid, NotFound } from "../errors.ts";
import { idsOf, ownPage } from "../own/page.ts";
import { type Part, run } from "../page.ts";
import type { Sql } from "../sql.ts";
import { getConversation, seenConversations, uuidsOf } from "./conversations.ts";

/** What is said in conversations. */

const columns = raw`r.id, r.uid::text as uid, r.conversation, r.external, r.direction, r.user_id as user, r.origin, r.desk, r.desk_id as "deskId", r.kind, r.text,
  r.content, r.files, r.reply_to as "replyTo", r.state, r.error, r.reason, r.attempt, r.reactions, r.at, r.edited_at as "editedAt", r.deleted_at as "deletedAt"`;

export async function listMessages(sql: Sql, filter: OwnMessageFilter, reader: Reader): Promise<OwnPage<OwnMessage>> {
  const list = { columns, table: raw`crm.message`, where: conditions(sql, filter, reader), filter, sort: "-at" };
  return ownPage<OwnMessage>(sql, { ...list, sorts: { at: raw`r.at` } });
}

function conditions(sql: Sql, filter: OwnMessageFilter, reader: Reader): Part[] {
  const where: Part[] = [];
  for (const part of seenConversations(sql, reader))
    where.push(
      raw`r.conversation in (select r.id from (select c.*, null::bigint as company from crm.conversation c) as r where r.workspace = ${sql.workspace} and ${part})`,
    );
  if (filter.conversations) where.push(raw`r.conversation = any(${idsOf(filter.conversations)}::bigint[])`);
  if (filter.channels) where.push(raw`r.channel = any(${idsOf(filter.channels)}::bigint[])`);
  if (filter.uids) where.push(raw`r.uid = any(${uuidsOf(filter.uids)}::uuid[])`);
  if (filter.externals) where.push(raw`r.external = any(${filter.externals}::text[])`);
  if (filter.states) where.push(raw`r.state = any(${filter.states}::text[])`);
  return where;
}

/** Throws `NotFound` for the conversation, `Invalid` for one that the channel has brought already. */
export const addMessage = (sql: Sql, conversation: number, draft: OwnMessageDraft, by: By): Promise<OwnMessage> =>
  sql.transaction(async (sql) => {
    const { channel } = await getConversation(sql, conversation, by, "lock");
    const author = draft.direction === "in" ? null : draft.user === undefined ? (by.user ?? null) : draft.user;
    return insertMessage(sql, { id: conversation, channel }, { ...draft, user: author });
  });

/** What only our own book says of a message. */
export interface BookDraft extends OwnMessageDraft {
  readonly desk?: { readonly connection: number; readonly id: string };
  readonly key?: string;
  readonly begins?: boolean;
}

/** Puts a message into a conversation that is locked, and says in the conversation what follows from it. Throws `Invalid` for one that is there already. */
export async function insertMessage(
  sql: Sql,
  conversation: { readonly id: number; readonly channel: number },
  draft: BookDraft,
): Promise<OwnMessage> {
  const { external, direction, user = null, kind, text = "", content, files = [], replyTo, at, desk, key, begins = false } = draft;
  const state = draft.state ?? (direction === "in" ? "delivered" : "sent");
  const origin = draft.origin ?? (direction === "in" ? "client" : user === null ? "robot" : "user");
  const [made] = await naming(() =>
    run<{ id: number }>(
      sql,
      raw`insert into crm.message (workspace, conversation, channel, external, direction, user_id, origin, desk, desk_id, key, kind, text, content, files,
          reply_to, state, begins, at)
        values (${sql.workspace}, ${conversation.id}, ${conversation.channel}, ${external ?? null}, ${direction}, ${user}, ${origin}, ${desk?.connection ?? null},
          ${desk?.id ?? null}, ${key ?? null}, ${kind}, ${text}, ${jsonOf(content)}::jsonb, ${JSON.stringify(files)}::jsonb, ${replyTo ?? null}, ${state}, ${begins},
          ${at ?? raw`statement_timestamp()`}) returning id`,
    ),
  );
  const isSilent = draft.isSilent === true;
  const isIncoming = direction === "in";
  // A program that answers by itself has read nothing, and takes nobody's place.
  const isAnswer = direction === "out" && !isSilent && key === undefined;
  const preview = JSON.stringify({ text: beginningOf(text), kind, direction });
  const moment = at ?? raw`statement_timestamp()`;
  await run(
    sql,
    raw`update crm.conversation set updated_at = statement_timestamp(),
        preview = case when ${moment} >= coalesce(last_message_at, '-infinity') then ${preview}::jsonb else preview end,
        last_message_at = greatest(last_message_at, ${moment}),
        last_incoming_at = case when ${isIncoming} then greatest(last_incoming_at, ${moment}) else last_incoming_at end,
        unread = case when ${isAnswer} then 0 when ${isIncoming && !isSilent} then unread + 1 else unread end,
        read_at = case when ${isAnswer} then statement_timestamp() else read_at end,
        responsible = coalesce(responsible, ${isAnswer ? user : null}::bigint),
        closed_at = case when ${isSilent} then closed_at end
      where workspace = ${sql.workspace} and id = ${conversation.id}`,
  );
  return getMessage(sql, made?.id ?? 0);
}

/** Never half a letter at the end: what is cut between the halves of an emoji is no JSON to PostgreSQL. */
const beginningOf = (text: string): string =>
  text
    .slice(0, 200)
    .replace(/[\uD800-\uDBFF]$/, "")
    .toWellFormed();

/** How far each is: a state never goes back, and what failed may be read after all. */
export const rank: Readonly<Record<OwnMessageState, number>> = { waiting: 0, unknown: 1, sent: 2, failed: 3, delivered: 4, read: 5 };

type Changes = Parameters<OwnMessages["update"]>[1];

/** Changes only what is given. Throws `NotFound`, and `Invalid` for an id of the channel that another one has. */
export const updateMessage = (sql: Sql, id: number, changes: Changes, by: By): Promise<OwnMessage> =>
  sql.transaction(async (sql) => {
    const before = await seenMessage(sql, id, by);
    const { external, text, content, state, error } = changes;
    const moves = state !== undefined && (rank[state] > rank[before.state] || before.state === "failed");
    const isEdited = text !== undefined || content !== undefined;
    const sets = [
      ...(external === undefined ? [] : [raw`external = ${external}`]),
      ...(text === undefined ? [] : [raw`text = ${text}`]),
      ...(content === undefined ? [] : [raw`content = ${jsonOf(content)}::jsonb`]),
      ...(moves ? [raw`state = ${state}, error = ${state === "failed" ? (error ?? null) : null}`] : []),
      ...(isEdited ? [raw`edited_at = statement_timestamp()`] : []),
    ];
    if (sets.length === 0) return before;
    // As far as the whole of it is, each of its parts is.
    if (moves)
      await run(
        sql,
        raw`update crm.message_part set state = ${state} where workspace = ${sql.workspace} and message = ${id} and state <> 'read'
            and not (state = 'delivered' and ${state !== "read"})`,
      );
    await naming(() => run(sql, raw`update crm.message set ${raw.join(sets)} where workspace = ${sql.workspace} and id = ${id}`));
    await touch(sql, before);
    return getMessage(sql, id);
  });

/** Null takes back what they thought of it. Throws `NotFound`. */
export const reactToMessage = (sql: Sql, id: number, who: string, emoji: string | null, by: By): Promise<void> =>
  sql.transaction(async (sql) => {
    const before = await seenMessage(sql, id, by);
    await touch(sql, before);
    await run(
      sql,
      raw`update crm.message set reactions = case when ${emoji === null} then reactions - ${who}::text
          else reactions || jsonb_build_object(${who}::text, ${emoji}::text) end
        where workspace = ${sql.workspace} and id = ${id}`,
    );
  });

/** Open pages hear of it. */
export const touch = (sql: Sql, { conversation }: Pick<OwnMessage, "conversation">): Promise<unknown> =>
  run(sql, raw`update crm.conversation set updated_at = statement_timestamp() where workspace = ${sql.workspace} and id = ${conversation}`);

async function seenMessage(sql: Sql, id: number, by: By): Promise<OwnMessage> {
  const { conversation } = await getMessage(sql, id);
  // The conversation before its messages, as everybody takes them.
  await getConversation(sql, conversation, by, "lock");
  return getMessage(sql, id);
}

/** Throws `NotFound`. Whoever asks may see everything. */
export async function getMessage(sql: Sql, id: number): Promise<OwnMessage> {
  const [row] = await run<OwnMessage>(
    sql,
    raw`select ${columns} from crm.message as r where r.workspace = ${sql.workspace} and r.id = ${id}`,
  );
  if (!row) throw new NotFound("message", id);
  return row;
}

const jsonOf = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(value));

async function naming<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if ((error as { constraint?: string }).constraint === "message_external")
      throw new Invalid({ external: ["is already there: the channel has brought this message before"] });
    throw error;
  }
}
