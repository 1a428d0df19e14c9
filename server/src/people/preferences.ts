import { Invalid, type Sql } from "@svyazka/crm";
import { storableJson } from "../db/storable.ts";

export type Preferences = Readonly<Record<string, unknown>>;

/** In UTF-8, as JSON. */
const mostBytes = 16_384;

/** What a person set up for the pages they use; nothing when they never did. */
export async function readPreferences(sql: Sql, user: number): Promise<Preferences> {
  const [row] = await sql.query<{ preferences: Preferences }>({
    name: "preferences",
    text: "select preferences from hub.person where workspace = $1 and user_id = $2",
    values: [sql.workspace, user],
  });
  return row?.preferences ?? {};
}

/** Changes the members that are given, null takes one away: pages that are open at the same time do not overwrite each other's. */
export async function changePreferences(sql: Sql, user: number, changes: Preferences): Promise<void> {
  await sql.transaction(async (sql) => {
    await sql.query({
      text: "insert into hub.person (workspace, user_id) values ($1, $2) on conflict do nothing",
      values: [sql.workspace, user],
    });
    const [row] = await sql.query<{ preferences: Preferences }>({
      text: "select preferences from hub.person where workspace = $1 and user_id = $2 for update",
      values: [sql.workspace, user],
    });
    const kept = Object.entries({ ...row?.preferences, ...changes }).filter(([, value]) => value !== null);
    const text = storableJson(Object.fromEntries(kept));
    const bytes = Buffer.byteLength(text);
    if (bytes > mostBytes) throw new Invalid({ preferences: [`would take ${bytes} bytes; there is room for ${mostBytes}`] });
    await sql.query({
      text: "update hub.person set preferences = $3, updated_at = now() where workspace = $1 and user_id = $2",
      values: [sql.workspace, user, text],
    });
  });
}
