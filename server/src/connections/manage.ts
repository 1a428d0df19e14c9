import { type AnyVendor, type Connection, type ConnectionId, isMeant, readSettings, type Setting, type Workspace } from "@svyazka/core";
import { Invalid, NotFound, type Sql } from "@svyazka/crm";
import { tell } from "../db/bus.ts";
import { hasten, unpark } from "../delivery/manage.ts";
import type { Hub } from "../hub.ts";
import { rewriteSoftphones } from "../people/softphone.ts";
import { sayFarewell } from "./farewell.ts";
import type { LiveConnection } from "./registry.ts";
import { type ConnectionRow, placeOf } from "./row.ts";
import { hashToken, type KeyRing, makeSecret, overlapOf } from "./secrets.ts";
import { keptPlace } from "./store.ts";

export interface NewConnection {
  readonly vendor: string;
  readonly name?: string;
  /** Settings and secrets by name. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly allowPrivateAddresses?: boolean;
  readonly isDisabled?: boolean | undefined;
}

/** Adds a connection with its generated secrets. Throws `Invalid` naming each setting to mend. */
export async function addConnection(
  hub: Hub,
  sql: Sql,
  workspace: Workspace,
  draft: NewConnection,
): Promise<{ row: ConnectionRow; secrets: Record<string, string> }> {
  const vendor = vendorNamed(hub, draft.vendor);
  const { values, secrets, errors } = readDraft(vendor, draft.settings ?? {});
  if (Object.keys(errors).length > 0) throw new Invalid(errors);
  const row = await sql.transaction(async (sql) => {
    const [made] = await sql.query<ConnectionRow>({
      text: "insert into hub.connection (workspace, vendor, name, settings, allow_private_addresses, state) values ($1, $2, $3, $4, $5, $6) returning *",
      values: [
        workspace.id,
        vendor.id,
        draft.name ?? vendor.title[workspace.language],
        JSON.stringify(values),
        draft.allowPrivateAddresses ?? false,
        draft.isDisabled ? "disabled" : "active",
      ],
    });
    if (!made) throw new Error("an inserted connection must come back");
    const sealed = hub.keys.seal(secrets, placeOf(made));
    await sql.query({
      text: "update hub.connection set secrets = $3 where workspace = $1 and id = $2",
      values: [workspace.id, made.id, sealed],
    });
    await openDoors(sql, vendor, made.id, secrets);
    await openNames(sql, vendor, made.id, values);
    await tell(sql, { kind: "connections", workspace: workspace.id });
    return { ...made, secrets: sealed };
  });
  hub.registry.forget(workspace.id);
  return { row, secrets };
}

/** Changes only what is given. A connection that is made active again resumes what was parked, in order; one that is switched off says farewell. */
export async function changeConnection(
  hub: Hub,
  sql: Sql,
  id: ConnectionId,
  changes: { name?: string; settings?: Readonly<Record<string, unknown>>; state?: "active" | "disabled"; allowPrivateAddresses?: boolean },
): Promise<ConnectionRow> {
  const leaving = changes.state === "disabled" ? await activeOne(hub, sql, id) : undefined;
  const changed = await sql.transaction(async (sql) => {
    const row = await lockConnection(sql, id);
    const vendor = vendorOf(hub, row);
    const { plain, secret } = splitSettings(vendor, changes.settings ?? {});
    const { values, errors } = readSettings(vendor.settings, { ...row.settings, ...plain });
    if (Object.keys(errors).length > 0) throw new Invalid(asLists(errors));
    const known = hub.keys.open(row.secrets, placeOf(row));
    // What it needs since it is set up otherwise, and did not need before.
    const fresh = Object.entries(generateSecrets(vendor, values)).filter(([name]) => known[name] === undefined);
    Object.assign(secret, { ...Object.fromEntries(fresh), ...secret });
    const secrets = { ...known, ...secret };
    const [after] = await sql.query<ConnectionRow>({
      text: `update hub.connection set name = coalesce($3, name), settings = $4, secrets = $5, state = coalesce($6, state),
               allow_private_addresses = coalesce($7, allow_private_addresses),
               parked_because = case when $6 = 'active' then null else parked_because end, updated_at = now()
             where workspace = $1 and id = $2 returning *`,
      values: [
        sql.workspace,
        id,
        changes.name ?? null,
        JSON.stringify(values),
        Object.keys(secret).length > 0 ? hub.keys.seal(secrets, placeOf(row)) : row.secrets,
        changes.state ?? null,
        changes.allowPrivateAddresses ?? null,
      ],
    });
    if (!after) throw new NotFound("connection", id);
    if (Object.keys(secret).length > 0) await openDoors(sql, vendor, id, secret);
    await openNames(sql, vendor, id, values);
    if (after.state === "active" && after.parked_because === null) await unpark(sql, id);
    await tell(sql, { kind: "connections", workspace: sql.workspace });
    return after;
  });
  hub.registry.forget(sql.workspace);
  hub.wake(sql.workspace);
  if (leaving) await sayFarewell(hub, leaving);
  return changed;
}

/** Its senders are told 410 from now on; what it brought stays. */
export async function removeConnection(hub: Hub, sql: Sql, id: ConnectionId): Promise<void> {
  const leaving = await activeOne(hub, sql, id);
  await sql.transaction(async (sql) => {
    await lockConnection(sql, id);
    await sql.query({
      text: "update hub.connection set state = 'removed', secrets = '', updated_at = now() where workspace = $1 and id = $2",
      values: [sql.workspace, id],
    });
    await unpark(sql, id);
    await closeNames(sql, id);
    await tell(sql, { kind: "connections", workspace: sql.workspace });
  });
  hub.registry.forget(sql.workspace);
  hub.wake(sql.workspace);
  if (leaving) await sayFarewell(hub, leaving);
}

/** With its secrets, which are gone once it has been removed. */
async function activeOne(hub: Hub, sql: Sql, id: ConnectionId): Promise<LiveConnection | undefined> {
  const live = (await hub.registry.view(sql.workspace)).connections.get(id);
  return live?.row.state === "active" ? live : undefined;
}

/** A new value for a generated secret; at the door the one before stays valid for `keepHours`. */
export async function rotateSecret(hub: Hub, sql: Sql, id: ConnectionId, name: string, keepHours: number): Promise<Record<string, string>> {
  const fresh = await sql.transaction(async (sql) => {
    const row = await lockConnection(sql, id);
    const vendor = vendorOf(hub, row);
    const setting = vendor.settings[name] as Setting | undefined;
    if (setting?.type !== "secret" || !setting.generated) throw new Invalid({ name: [`${vendor.id} has no generated secret "${name}"`] });
    const secrets = hub.keys.open(row.secrets, placeOf(row));
    const before = secrets[name];
    const made = makeSecret(setting);
    await sql.query({
      text: "update hub.connection set secrets = $3, updated_at = now() where workspace = $1 and id = $2",
      values: [
        sql.workspace,
        id,
        hub.keys.seal({ ...secrets, [name]: made, ...(setting.overlaps && before && overlapOf(name, before, keepHours)) }, placeOf(row)),
      ],
    });
    if (setting.door) {
      if (before) {
        await sql.query({
          text: "update hub.door set expires_at = now() + $3 * interval '1 hour' where key = $1 and workspace = $2",
          values: [hashToken(before), sql.workspace, keepHours],
        });
      }
      await openDoors(sql, vendor, id, { [name]: made });
    }
    await tell(sql, { kind: "connections", workspace: sql.workspace });
    return made;
  });
  hub.registry.forget(sql.workspace);
  return { [name]: fresh };
}

/** Tries the credentials, and remembers how it went. */
export async function checkConnection(hub: Hub, sql: Sql, id: ConnectionId): Promise<{ ok: boolean; message: string; at: string }> {
  const live = (await hub.registry.view(sql.workspace)).connections.get(id);
  if (!live) throw new NotFound("connection", id);
  let found = { ok: true, message: "OK" };
  try {
    await live.connected().check();
  } catch (error) {
    found = { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  return rememberHealth(sql, id, found);
}

/** Sends something to try. Throws `Invalid` when this connection has nothing to send. */
export async function testConnection(hub: Hub, sql: Sql, id: ConnectionId): Promise<{ ok: boolean; message: string }> {
  const live = (await hub.registry.view(sql.workspace)).connections.get(id);
  if (!live) throw new NotFound("connection", id);
  const { test } = live.connected();
  if (!test) throw new Invalid({ id: [`${live.row.name} has nothing to send for a test`] });
  try {
    return { ok: true, message: await test() };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** What belongs to it has changed: whoever works with it begins anew with what is there now. */
export async function touchConnection(sql: Sql, id: ConnectionId): Promise<void> {
  await sql.query({ text: "update hub.connection set updated_at = now() where workspace = $1 and id = $2", values: [sql.workspace, id] });
  await tell(sql, { kind: "connections", workspace: sql.workspace });
}

/** What was found of a connection. One that was not well and is well again goes on with what waits for it, at once. */
export async function rememberHealth(
  sql: Sql,
  id: ConnectionId,
  found: { readonly ok: boolean; readonly message: string },
): Promise<{ ok: boolean; message: string; at: string }> {
  const health = { ...found, at: new Date().toISOString() };
  // What was known before is read from the same snapshot: a line is written when it says something else now.
  const [before] = await sql.query<{ ok: boolean | null }>({
    text: `with before as (select health from hub.connection where workspace = $1 and id = $2),
        changed as (update hub.connection set health = $3 where workspace = $1 and id = $2 returning id),
        told as (insert into hub.health_change (workspace, connection, ok, message)
          select $1, id, $4, $5 from changed, before
          where before.health is null or (before.health ->> 'ok')::boolean <> $4 or before.health ->> 'message' <> $5)
      select (health ->> 'ok')::boolean as ok from before`,
    values: [sql.workspace, id, JSON.stringify(health), found.ok, found.message.slice(0, 500)],
  });
  if (found.ok && before?.ok === false) await hasten(sql, id);
  return health;
}

/** Encrypts every secret of a workspace with the current key. Each row is rewritten under its own lock, while the hub works on. */
export async function rewriteSecrets(keys: KeyRing, sql: Sql): Promise<{ connections: number; rewritten: number }> {
  const rows = await sql.query<{ id: ConnectionId }>({
    text: "select id from hub.connection where workspace = $1 and secrets <> ''",
    values: [sql.workspace],
  });
  let rewritten = 0;
  for (const { id } of rows) {
    await sql.transaction(async (sql) => {
      const row = await lockConnection(sql, id);
      if (row.secrets.startsWith(`${keys.currentId}.`)) return;
      const secrets = keys.open(row.secrets, placeOf(row));
      await sql.query({
        text: "update hub.connection set secrets = $3 where workspace = $1 and id = $2",
        values: [sql.workspace, id, keys.seal(secrets, placeOf(row))],
      });
      rewritten++;
    });
  }
  rewritten += await rewriteKept(keys, sql);
  rewritten += await rewriteSoftphones(keys, sql);
  // Kept answers may show secrets, too. They live for a day; what another key has sealed need not outlive the rotation.
  await sql.query({
    text: "delete from hub.idempotent_answer where workspace = $1 and status is not null and left(answer, length($2)) <> $2",
    values: [sql.workspace, `${keys.currentId}.`],
  });
  return { connections: rows.length, rewritten };
}

async function rewriteKept(keys: KeyRing, sql: Sql): Promise<number> {
  let rewritten = 0;
  const kept = await sql.query<{ connection: ConnectionId; kind: string; id: string; value: string }>({
    text: "select connection, kind, id, value from hub.kept where workspace = $1 and left(value, length($2)) <> $2",
    values: [sql.workspace, `${keys.currentId}.`],
  });
  for (const { connection, kind, id, value } of kept) {
    const place = keptPlace(sql.workspace, connection, kind, id);
    // Only if nobody has written another value meanwhile.
    const done = await sql.query({
      text: "update hub.kept set value = $5 where workspace = $1 and connection = $2 and kind = $3 and id = $4 and value = $6 returning id",
      values: [sql.workspace, connection, kind, id, keys.seal(keys.open(value, place), place), value],
    });
    rewritten += done.length;
  }
  return rewritten;
}

async function lockConnection(sql: Sql, id: ConnectionId): Promise<ConnectionRow> {
  const [row] = await sql.query<ConnectionRow>({
    text: "select * from hub.connection where workspace = $1 and id = $2 and state <> 'removed' for update",
    values: [sql.workspace, id],
  });
  if (!row) throw new NotFound("connection", id);
  return row;
}

export function vendorNamed(hub: Pick<Hub, "vendors">, id: string): AnyVendor {
  const vendor = hub.vendors.get(id);
  if (!vendor) throw new Invalid({ vendor: [`there is no vendor "${id}"; there are: ${[...hub.vendors.keys()].join(", ")}`] });
  return vendor;
}

/** Settings and secrets as a person gave them, over those that are known already; what is to be generated is. */
export function readDraft(
  vendor: AnyVendor,
  given: Readonly<Record<string, unknown>>,
  known: { readonly settings?: Readonly<Record<string, unknown>>; readonly secrets?: Readonly<Record<string, string>> } = {},
): { values: Record<string, unknown>; secrets: Record<string, string>; errors: Record<string, string[]> } {
  const { plain, secret } = splitSettings(vendor, given);
  const { values, errors } = readSettings(vendor.settings, { ...known.settings, ...plain });
  const secrets = { ...generateSecrets(vendor, values), ...known.secrets, ...secret };
  for (const [name, setting] of secretSettings(vendor)) if (setting.required && !secrets[name]) errors[name] = "is required";
  return { values, secrets, errors: asLists(errors) };
}

const vendorOf = (hub: Hub, row: ConnectionRow): AnyVendor => {
  const vendor = hub.vendors.get(row.vendor);
  if (!vendor) throw new NotFound("vendor", row.vendor);
  return vendor;
};

const secretSettings = (vendor: AnyVendor) =>
  Object.entries(vendor.settings as Record<string, Setting>).flatMap(([name, setting]) =>
    setting.type === "secret" ? [[name, setting] as const] : [],
  );

/** Those that mean something as it is set up. */
const generateSecrets = (vendor: AnyVendor, values: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    secretSettings(vendor).flatMap(([name, setting]) =>
      setting.generated && isMeant(vendor.settings, setting, values) ? [[name, makeSecret(setting)]] : [],
    ),
  );

function splitSettings(
  vendor: AnyVendor,
  given: Readonly<Record<string, unknown>>,
): { plain: Record<string, unknown>; secret: Record<string, string> } {
  const secretNames = new Set(secretSettings(vendor).map(([name]) => name));
  const plain: Record<string, unknown> = {};
  const secret: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (secretNames.has(name)) secret[name] = value === null ? "" : String(value);
    else plain[name] = value;
  }
  return { plain, secret };
}

/** Makes the connection findable by its number and by its door secrets. */
async function openDoors(sql: Sql, vendor: AnyVendor, id: ConnectionId, secrets: Readonly<Record<string, string>>): Promise<void> {
  const doors = secretSettings(vendor).flatMap(([name, setting]) => (setting.door && secrets[name] ? [hashToken(secrets[name])] : []));
  const rows = await sql.query<{ key: string }>({
    text: `insert into hub.door (key, workspace, connection) select unnest($3::text[]), $1, $2
           on conflict (key) do update set expires_at = null where door.workspace = excluded.workspace and door.connection = excluded.connection
           returning key`,
    values: [sql.workspace, id, [`id:${id}`, ...doors]],
  });
  if (rows.length < doors.length + 1) throw new Invalid({ settings: ["another connection has this secret: give this one its own"] });
}

/** How a name that is no secret stands among the doors. */
export const doorName = (vendor: Pick<AnyVendor, "id">, name: string): string => `name:${vendor.id}:${name}`;

/** Whoever had the name first keeps it, for as long as they are there. */
async function openNames(sql: Sql, vendor: AnyVendor, id: ConnectionId, settings: Record<string, unknown>): Promise<void> {
  if (!vendor.names) return;
  await closeNames(sql, id);
  await sql.query({
    text: "insert into hub.door (key, workspace, connection) select unnest($3::text[]), $1, $2 on conflict (key) do nothing",
    values: [sql.workspace, id, vendor.names(settings as Connection["settings"], sql.workspace).map((name) => doorName(vendor, name))],
  });
}

const closeNames = (sql: Sql, id: ConnectionId): Promise<unknown> =>
  sql.query({
    text: "delete from hub.door where workspace = $1 and connection = $2 and left(key, 5) = 'name:'",
    values: [sql.workspace, id],
  });

const asLists = (errors: Readonly<Record<string, string>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(errors).map(([name, message]) => [name, [message]]));
