import type { Place } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By } from "../by.ts";
import { whereIs } from "../merged.ts";
import { run } from "../page.ts";
import type { Sql } from "../sql.ts";
import { getConversation, updateConversation } from "./conversations.ts";

/** Where conversations have their places: in our own CRM by its records, in another one by what it calls them. */

/** Of our own CRM, a deal that is over is no place any more. */
export async function findOwnPlace(sql: Sql, conversation: number): Promise<Place | undefined> {
  const { contact, deal } = await getConversation(sql, conversation, {});
  if (contact === null) return undefined;
  const [open] = await run<{ id: number }>(
    sql,
    raw`select id from crm.deal where workspace = ${sql.workspace} and id = ${deal} and closed_at is null and deleted_at is null`,
  );
  return { contact: String(await whereIs(sql, "contact", contact)), ...(open && { deal: String(open.id) }) };
}

export async function findPlace(sql: Sql, conversation: number, connection: number): Promise<Place | undefined> {
  const [row] = await run<{ contact: string | null; deal: string | null }>(
    sql,
    raw`select contact, deal from crm.conversation_place where workspace = ${sql.workspace} and conversation = ${conversation} and connection = ${connection}`,
  );
  return row && { ...(row.contact !== null && { contact: row.contact }), ...(row.deal !== null && { deal: row.deal }) };
}

/** Another conversation with whoever has the same name at the same network; in our own CRM (no connection) or in another one. */
export async function findKin(sql: Sql, conversation: number, connection: number | undefined): Promise<Pick<Place, "contact"> | undefined> {
  const { network, client } = await getConversation(sql, conversation, {});
  if (client.external === null) return undefined;
  const kin = raw`(select id, contact, updated_at from crm.conversation where workspace = ${sql.workspace} and network = ${network}
      and client_external = ${client.external} and id <> ${conversation} offset 0) as k`;
  // In one way only (decision 0005): theirs first, and of each its place.
  const [row] = await run<{ contact: string }>(
    sql,
    connection === undefined
      ? raw`select k.contact::text as contact from ${kin} where k.contact is not null order by k.updated_at desc limit 1`
      : raw`select p.contact from ${kin} cross join lateral (select contact from crm.conversation_place where workspace = ${sql.workspace}
            and conversation = k.id and connection = ${connection} and contact is not null offset 0) as p
          order by k.updated_at desc limit 1`,
  );
  return row && { contact: connection === undefined ? String(await whereIs(sql, "contact", Number(row.contact))) : row.contact };
}

export async function placeInOwn(sql: Sql, conversation: number, { contact, deal, responsible }: Place, by: By): Promise<void> {
  const before = await getConversation(sql, conversation, {});
  const changes = {
    ...(contact !== undefined && { contact: Number(contact) }),
    ...(deal !== undefined && { deal: Number(deal) }),
    ...(responsible !== undefined && before.responsible === null && { responsible: Number(responsible) }),
  };
  await updateConversation(sql, conversation, changes, by);
}

export const placeElsewhere = (sql: Sql, conversation: number, connection: number, { contact, deal }: Place): Promise<unknown> =>
  run(
    sql,
    raw`insert into crm.conversation_place as p (workspace, conversation, connection, contact, deal)
      values (${sql.workspace}, ${conversation}, ${connection}, ${contact ?? null}, ${deal ?? null})
      on conflict (workspace, conversation, connection) do update set contact = coalesce(excluded.contact, p.contact), deal = coalesce(excluded.deal, p.deal), at = statement_timestamp()`,
  );
