import { createHmac } from "node:crypto";
import pg from "pg";
import { type Config, WrongConfiguration } from "../config.ts";
import { startEmbeddedPostgres } from "./embedded.ts";
import { lockDataDirectory } from "./lock.ts";
import { migrate } from "./migrate.ts";
import { Pool } from "./pool.ts";

export interface OpenDatabase {
  readonly pool: Pool;
  /** How a connection of one's own is made, for LISTEN. */
  readonly connection: pg.ClientConfig;
  readonly kind: "embedded" | "external";
  close(): Promise<void>;
}

/** The role whose grants the tables carry; whoever the hub connects as is a member of it, and cannot bypass row-level security. */
const appRole = "svyazka_app";
const sessionOptions = "-c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC";

/** Starts or finds the database, migrates it, and connects as a role that sees one workspace at a time. */
export async function openDatabase(config: Config, masterKey: Buffer, onEvent: (message: string) => void): Promise<OpenDatabase> {
  return config.DATABASE_URL === undefined ? openEmbedded(config, onEvent) : openExternal(config, config.DATABASE_URL, masterKey, onEvent);
}

async function openEmbedded(config: Config, onEvent: (message: string) => void): Promise<OpenDatabase> {
  const lock = await lockDataDirectory(config.DATA_DIR);
  const server = await startEmbeddedPostgres(config.DATA_DIR, onEvent);
  try {
    await withClient({ host: server.socketDirectory, user: "postgres", database: "postgres" }, async (client) => {
      const { rows } = await client.query("select 1 from pg_database where datname = 'svyazka'");
      if (rows.length === 0) await client.query("create database svyazka");
    });
    await withClient({ host: server.socketDirectory, user: "postgres", database: "svyazka" }, async (client) => {
      await ensureRole(client, `create role ${appRole} login`);
      await migrate(client);
    });
  } catch (error) {
    await server.stop();
    lock.release();
    throw error;
  }
  const connection: pg.ClientConfig = { host: server.socketDirectory, user: appRole, database: "svyazka", options: sessionOptions };
  const pool = new Pool({ ...connection, max: config.DATABASE_CONNECTIONS });
  return {
    pool,
    connection,
    kind: "embedded",
    async close() {
      await pool.close();
      await server.stop();
      lock.release();
    },
  };
}

async function openExternal(config: Config, url: string, masterKey: Buffer, onEvent: (message: string) => void): Promise<OpenDatabase> {
  const owner: pg.ClientConfig = { connectionString: url };
  let connection = owner;
  try {
    await withClient(owner, async (client) => {
      await requireVersion(client);
      await ensureRole(client, `create role ${appRole}`);
      await migrate(client);
      connection = await unprivileged(client, url, masterKey, onEvent);
    });
  } catch (error) {
    if (error instanceof WrongConfiguration) throw error;
    throw new WrongConfiguration(
      `DATABASE_URL does not work: ${error instanceof Error ? error.message || String((error as { code?: unknown }).code) : String(error)}`,
    );
  }
  const pool = new Pool({ ...connection, max: config.DATABASE_CONNECTIONS });
  return { pool, connection, kind: "external", close: () => pool.close() };
}

/**
 * Whom to connect as. A user that row-level security binds is used as it is; the tables force it on their owner too.
 * A superuser makes way for a login role of the hub's own, one per database, with a password that only our key tells.
 */
async function unprivileged(
  client: pg.Client,
  url: string,
  masterKey: Buffer,
  onEvent: (message: string) => void,
): Promise<pg.ClientConfig> {
  const { rows } = await client.query<{ free: boolean; database: string; id: string }>(
    "select (rolsuper or rolbypassrls) as free, current_database() as database, (select oid::text from pg_database where datname = current_database()) as id from pg_roles where rolname = current_user",
  );
  const me = rows[0];
  if (!me?.free) return { connectionString: url, options: sessionOptions };
  const login = `svyazka_hub_${me.id}`;
  const password = createHmac("sha256", masterKey).update(`database password of ${login}`).digest("base64url");
  await ensureRole(client, `create role ${login} login`);
  await client.query(`alter role ${login} login password '${password}'`);
  await client.query(`grant ${appRole} to ${login}`);
  const parsed = new URL(url);
  parsed.username = login;
  parsed.password = password;
  try {
    await withClient({ connectionString: parsed.href }, (probe) => probe.query("select 1"));
    return { connectionString: parsed.href, options: sessionOptions };
  } catch {
    onEvent(`The database does not let ${login} log in; connecting as its own user and taking that role instead`);
    return { connectionString: url, options: `${sessionOptions} -c role=${login}` };
  }
}

async function requireVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string; text: string; letters: boolean }>(
    "select current_setting('server_version_num') as version, current_setting('server_version') as text, lower('Ж') = 'ж' as letters",
  );
  if (Number(rows[0]?.version) < 150000)
    throw new WrongConfiguration(`DATABASE_URL points to PostgreSQL ${rows[0]?.text}; version 15 or later is needed.`);
  if (!rows[0]?.letters)
    throw new WrongConfiguration(
      "The database of DATABASE_URL does not know small letters from capitals beyond the Latin ones: create it with LC_CTYPE C.UTF-8 or ru_RU.UTF-8.",
    );
}

/** Roles belong to the whole server: another hub may make the same one at the same moment. */
async function ensureRole(client: pg.Client, create: string): Promise<void> {
  const name = create.split(" ")[2];
  const { rows } = await client.query("select 1 from pg_roles where rolname = $1", [name]);
  if (rows.length > 0) return;
  try {
    await client.query(create);
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === "42710" || code === "23505") return;
    if (code === "42501")
      throw new WrongConfiguration(
        `The user of DATABASE_URL may not create roles: run \`${create}\` as an administrator, or grant it CREATEROLE.`,
      );
    throw error;
  }
}

async function withClient<T>(config: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionTimeoutMillis: 15_000, ...config });
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
