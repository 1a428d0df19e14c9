import type { Place } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By } from "../by.ts";
import { getConversation, updateConversation } from "../conversations.ts";
import { whereIs } from "../merged.ts";
import { run } from "../page.ts";
import type { Sql } from "../sql.ts";

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
  const contact = connection === undefined ? raw`k.contact::text` : raw`p.contact`;
  const [row] = await run<{ contact: string }>(
    sql,
    raw`select ${contact} as contact from crm.conversation k
        left join crm.conversation_place p on p.workspace = k.workspace and p.conversation = k.id and p.connection = ${connection ?? null}
      where k.workspace = ${sql.workspace} and k.network = ${network} and k.client ->> 'external' = ${client.external} and k.id <> ${conversation}
        and ${contact} is not null order by k.updated_at desc limit 1`,
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
