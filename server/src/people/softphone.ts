import { Invalid, type Sql } from "@svyazka/crm";
import type { KeyRing } from "../connections/secrets.ts";
import { storableJson } from "../db/storable.ts";

/** What a page needs to be somebody's phone. */
export interface Softphone {
  readonly enabled: boolean;
  readonly server: string;
  readonly uri: string;
  readonly login: string | null;
  readonly display_name: string | null;
  readonly ice_servers: string[];
  readonly line: string | null;
}

export type SoftphoneDraft = Pick<Softphone, "server" | "uri"> &
  Partial<Omit<Softphone, "server" | "uri">> & {
    /** Without it, the one there is stays; null takes it away. */
    readonly password?: string | null;
  };

interface Row {
  readonly softphone: Softphone | null;
  readonly password: string;
}

/** Undefined when the person does without. The password is null when there is none. */
export async function findSoftphone(
  sql: Sql,
  keys: KeyRing,
  user: number,
): Promise<{ softphone: Softphone; password: string | null } | undefined> {
  const [row] = await sql.query<Row>({
    text: "select softphone, softphone_password as password from hub.person where workspace = $1 and user_id = $2",
    values: [sql.workspace, user],
  });
  if (!row?.softphone) return undefined;
  return { softphone: row.softphone, password: keys.open(row.password, placeOf(sql, user))["password"] ?? null };
}

/** Throws `Invalid` that names each member to mend. */
export async function saveSoftphone(sql: Sql, keys: KeyRing, user: number, { password, ...draft }: SoftphoneDraft): Promise<void> {
  const softphone: Softphone = {
    enabled: draft.enabled ?? true,
    server: draft.server.trim(),
    uri: draft.uri.trim(),
    login: draft.login ?? null,
    display_name: draft.display_name ?? null,
    ice_servers: (draft.ice_servers ?? []).map((server) => server.trim()),
    line: draft.line ?? null,
  };
  checkSoftphone(softphone);
  const sealed = password === undefined ? null : password ? keys.seal({ password }, placeOf(sql, user)) : "";
  await sql.query({
    text: `insert into hub.person as p (workspace, user_id, softphone, softphone_password) values ($1, $2, $3, coalesce($4, ''))
           on conflict (workspace, user_id) do update set softphone = excluded.softphone,
             softphone_password = coalesce($4, p.softphone_password), updated_at = now()`,
    values: [sql.workspace, user, storableJson(softphone), sealed],
  });
}

export async function removeSoftphone(sql: Sql, user: number): Promise<void> {
  await sql.query({
    text: "update hub.person set softphone = null, softphone_password = '', updated_at = now() where workspace = $1 and user_id = $2",
    values: [sql.workspace, user],
  });
}

/** Seals every password with the current key; answers how many it rewrote. */
export async function rewriteSoftphones(keys: KeyRing, sql: Sql): Promise<number> {
  const rows = await sql.query<{ user_id: number; password: string }>({
    text: `select user_id, softphone_password as password from hub.person
           where workspace = $1 and softphone_password <> '' and left(softphone_password, length($2)) <> $2`,
    values: [sql.workspace, `${keys.currentId}.`],
  });
  let rewritten = 0;
  for (const { user_id: user, password } of rows) {
    const place = placeOf(sql, user);
    // Only if nobody has written another one meanwhile.
    const done = await sql.query({
      text: "update hub.person set softphone_password = $3 where workspace = $1 and user_id = $2 and softphone_password = $4 returning user_id",
      values: [sql.workspace, user, keys.seal(keys.open(password, place), place), password],
    });
    rewritten += done.length;
  }
  return rewritten;
}

const placeOf = (sql: Sql, user: number): string => `softphone ${sql.workspace}/${user}`;

/** On this machine alone a browser lets a page over https open a socket without TLS. */
const isLocal = (host: string): boolean => ["localhost", "127.0.0.1", "[::1]"].includes(host);

function checkSoftphone({ server, uri, ice_servers }: Softphone): void {
  const errors: Record<string, string[]> = {};
  const url = URL.parse(server);
  if (url?.protocol !== "wss:" && !(url?.protocol === "ws:" && isLocal(url.hostname)))
    errors["server"] = ["must be an address that begins with wss://, for instance wss://pbx.example.com:8089/ws"];
  else if (url.username || url.password) errors["server"] = ["must hold no name or password: they have fields of their own"];
  if (!/^sips?:[^\s@:;?<>]+@[^\s@;?<>/]+$/i.test(uri)) errors["uri"] = ["must look like sip:201@pbx.example.com"];
  const wrong = ice_servers.filter((one) => !/^(stuns?|turns?):[^\s/?#@]+(\?transport=(udp|tcp))?$/i.test(one));
  if (wrong.length > 0)
    errors["ice_servers"] = wrong.map((one) => `"${one}" must look like stun:stun.example.com:3478 or turn:turn.example.com:3478`);
  if (Object.keys(errors).length > 0) throw new Invalid(errors);
}
