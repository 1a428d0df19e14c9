import type { OwnConversation, OwnConversationDraft, OwnConversationFilter, OwnConversations, OwnPage } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By, Reader } from "../by.ts";
import { Invalid, NotFound } from "../errors.ts";
import { idsOf, ownPage } from "../own/page.ts";
import { type Part, run } from "../page.ts";
import { seenByTarget, seenInListByTarget } from "../record-access.ts";
import { mustSee } from "../records.ts";
import { checkReferences } from "../references.ts";
import type { Sql } from "../sql.ts";

/** Written conversations with clients. Whoever may see the contact or the deal sees them. */

const columns = raw`r.id, r.uid::text as uid, r.channel, r.network, r.external, r.client, r.contact, r.deal, r.source, r.responsible, r.unread,
  r.preview, r.closed_at as "closedAt", r.read_at as "readAt", r.last_message_at as "lastMessageAt", r.last_incoming_at as "lastIncomingAt", r.created_at as "createdAt", r.updated_at as "updatedAt"`;

/** The table as access to records knows it. */
const table = raw`(select c.*, null::bigint as company from crm.conversation c)`;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** What is no UUID is nobody's. */
export const uuidsOf = (uids: readonly string[]): string[] => uids.filter((one) => uuid.test(one));

export const listConversations = (sql: Sql, filter: OwnConversationFilter, reader: Reader): Promise<OwnPage<OwnConversation>> =>
  ownPage<OwnConversation>(sql, {
    ...{ columns, table, where: conditions(sql, filter, reader), filter },
    sorts: { last_message_at: raw`coalesce(r.last_message_at, r.created_at)` },
  });

/** Whoever sees the contact or the deal sees the conversation, and so does whoever answers in it. */
export const seenConversations = (sql: Sql, { sees }: Reader): Part[] =>
  seenInListByTarget(sql.workspace, sees).map((part) => raw`(${part} or r.responsible = any(${sees ?? []}::bigint[]))`);

function conditions(sql: Sql, filter: OwnConversationFilter, reader: Reader): Part[] {
  const where = seenConversations(sql, reader);
  if (filter.uids) where.push(raw`r.uid = any(${uuidsOf(filter.uids)}::uuid[])`);
  if (filter.channels) where.push(raw`r.channel = any(${idsOf(filter.channels)}::bigint[])`);
  if (filter.externals) where.push(raw`r.external = any(${filter.externals}::text[])`);
  if (filter.contacts) where.push(raw`r.contact = any(${idsOf(filter.contacts)}::bigint[])`);
  if (filter.deals) where.push(raw`r.deal = any(${idsOf(filter.deals)}::bigint[])`);
  if (filter.responsible !== undefined)
    where.push(filter.responsible === null ? raw`r.responsible is null` : raw`r.responsible = ${filter.responsible}`);
  if (filter.isUnread !== undefined) where.push(filter.isUnread ? raw`r.unread > 0` : raw`r.unread = 0`);
  if (filter.text !== undefined && filter.text.trim() !== "") where.push(saying(filter.text.trim()));
  if (filter.isOpen !== undefined) where.push(filter.isOpen ? raw`r.closed_at is null` : raw`r.closed_at is not null`);
  return where;
}

/** With somebody of this name, phone or e-mail, or in which these words were said. */
function saying(text: string): Part {
  const part = `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const digits = text.replaceAll(/\D/g, "");
  return raw`(r.client ->> 'name' ilike ${part} or r.client ->> 'username' ilike ${part} or r.client ->> 'email' ilike ${part}
    or ${digits.length >= 4} and regexp_replace(coalesce(r.client ->> 'phone', ''), '\\D', '', 'g') like ${`%${digits}%`}
    or r.id in (select s.conversation from crm.find_said(${text.slice(0, 200)}, ${mostFound}) s))`;
}

/** Conversations in which a word was said that is asked for. */
const mostFound = 500;

/** Throws `NotFound`. */
export async function getConversation(sql: Sql, id: number, { sees }: Reader, lock?: "lock"): Promise<OwnConversation> {
  if (lock) await run(sql, raw`select from crm.conversation c where c.workspace = ${sql.workspace} and c.id = ${id} for update`);
  const seen = seenByTarget(sql.workspace, sees).map((part) => raw` and (${part} or r.responsible = any(${sees ?? []}::bigint[]))`);
  const [row] = await run<OwnConversation>(
    sql,
    raw`select ${columns} from ${table} as r where r.workspace = ${sql.workspace} and r.id = ${id}${raw.join(seen, raw``)}`,
  );
  if (!row) throw new NotFound("conversation", id);
  return row;
}

/** The one with this id at this channel, made where there is none. Throws `Invalid` for a record that is not there. */
export const openConversation = (sql: Sql, draft: OwnConversationDraft, by: By): Promise<OwnConversation> =>
  sql.transaction(async (sql) => {
    const { channel, network, external, client, contact, deal, source, responsible } = draft;
    if (external !== undefined) {
      // Of two who come at once, the second waits, and finds what the first has made.
      await sql.query({
        text: "select pg_advisory_xact_lock(hashtextextended($1, 0))",
        values: [`crm.conversation ${sql.workspace} ${channel} ${external}`],
      });
      const [known] = await run<{ id: number }>(
        sql,
        raw`select id from crm.conversation where workspace = ${sql.workspace} and channel = ${channel} and external = ${external}`,
      );
      if (known) return getConversation(sql, known.id, {});
    }
    await mustBeThere(sql, { contact, deal, responsible }, by);
    const [made] = await run<{ id: number }>(
      sql,
      raw`insert into crm.conversation (workspace, channel, network, external, client, contact, deal, source, responsible)
        values (${sql.workspace}, ${channel}, ${network}, ${external ?? null}, ${JSON.stringify(client)}::jsonb, ${contact ?? null}, ${deal ?? null},
          ${source ?? null}, ${responsible ?? null}) returning id`,
    );
    const conversation = await getConversation(sql, made?.id ?? 0, {});
    await tellBegun(sql, conversation, by);
    return conversation;
  });

type Changes = Parameters<OwnConversations["update"]>[1];

/** Changes only what is given. Throws `NotFound`, and `Invalid` as `OwnConversations.update` says. */
export const updateConversation = (sql: Sql, id: number, changes: Changes, by: By): Promise<OwnConversation> =>
  sql.transaction(async (sql) => {
    const before = await getConversation(sql, id, by, "lock");
    await mustBeThere(sql, changes, by);
    const { external, client, contact, deal, responsible, isClosed, isRead } = changes;
    const sets = [
      ...(external === undefined ? [] : [raw`external = ${external}`]),
      ...(client === undefined ? [] : [raw`client = ${JSON.stringify(client)}::jsonb`]),
      ...(contact === undefined ? [] : [raw`contact = ${contact}`]),
      ...(deal === undefined ? [] : [raw`deal = ${deal}`]),
      ...(responsible === undefined ? [] : [raw`responsible = ${responsible}`]),
      ...(isClosed === undefined ? [] : [isClosed ? raw`closed_at = statement_timestamp()` : raw`closed_at = null`]),
      ...(isClosed || isRead ? [raw`read_at = statement_timestamp(), unread = 0`] : []),
    ];
    try {
      await run(
        sql,
        raw`update crm.conversation set ${raw.join([...sets, raw`updated_at = statement_timestamp()`])} where workspace = ${sql.workspace} and id = ${id}`,
      );
    } catch (error) {
      if ((error as { constraint?: string }).constraint === "conversation_external")
        throw new Invalid({ external: ["another conversation has this id at the channel"] });
      throw error;
    }
    const after = await getConversation(sql, id, {});
    if (before.contact === null && before.deal === null) await tellBegun(sql, after, by);
    return after;
  });

/** Throws `Invalid`. */
async function mustBeThere(
  sql: Sql,
  { contact, deal, responsible }: { readonly [name in "contact" | "deal" | "responsible"]?: number | null | undefined },
  by: By,
): Promise<void> {
  await checkReferences(sql, [
    ["contact", "contact", contact] as const,
    ["deal", "deal", deal] as const,
    ["responsible", "user_account", responsible] as const,
  ]);
  for (const [name, id] of [
    ["contact", contact],
    ["deal", deal],
  ] as const)
    if (id !== undefined && id !== null)
      await mustSee(sql, name, id, by).catch((error: unknown) => {
        throw error instanceof NotFound ? new Invalid({ [name]: [error.message] }) : error;
      });
}

/** One line in the timeline of whoever it is with: what is said in it stands in the conversation. */
async function tellBegun(sql: Sql, { id, uid, network, client, contact, deal }: OwnConversation, by: By): Promise<void> {
  if (contact === null && deal === null) return;
  await run(
    sql,
    raw`insert into crm.timeline (workspace, kind, actor, via, key, contact, deal, what)
      values (${sql.workspace}, 'message', ${by.actor}, ${by.via ?? null}, ${by.key ?? null}, ${deal === null ? contact : null}, ${deal},
        ${JSON.stringify({ conversation: { id, uid, network, name: client.name } })}::jsonb)`,
  );
}
