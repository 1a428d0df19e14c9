import type { Sql } from "@svyazka/crm";
import { hashToken, newToken, sameSecret } from "../connections/secrets.ts";

const name = "setup_code";

/**
 * The code of the one-time set-up link, while the hub is empty; undefined once there is a workspace. Only its hash is kept,
 * so every start of an empty hub makes a new one.
 */
export async function openSetup(sql: Sql): Promise<string | undefined> {
  const [found] = await sql.query({ text: "select 1 from hub.workspace limit 1" });
  if (found) return undefined;
  const code = newToken();
  await sql.query({
    text: "insert into hub.installation (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
    values: [name, hashToken(code)],
  });
  return code;
}

/** Uses the code up. False when it is wrong, used, or the hub is not empty any more. */
export async function useSetup(sql: Sql, code: string): Promise<boolean> {
  const [stored] = await sql.query<{ value: string }>({ text: "select value from hub.installation where name = $1", values: [name] });
  if (!stored || !sameSecret(stored.value, hashToken(code))) return false;
  const [mine] = await sql.query({
    text: "delete from hub.installation where name = $1 and value = $2 and not exists (select 1 from hub.workspace) returning name",
    values: [name, stored.value],
  });
  return mine !== undefined;
}

/** The set-up failed: the link may be used again. */
export async function reopenSetup(sql: Sql, code: string): Promise<void> {
  await sql.query({
    text: "insert into hub.installation (name, value) values ($1, $2) on conflict do nothing",
    values: [name, hashToken(code)],
  });
}
