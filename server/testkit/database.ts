import pg from "pg";
import { inject } from "vitest";
import { Pool } from "../src/db/pool.ts";

export interface TestDatabase {
  /** As the hub sees it: bound by row-level security. */
  readonly database: Pool;
  /** As its owner: sees everything. */
  readonly owner: pg.Client;
  /** For a hub that runs as a process of its own. */
  readonly url: string;
  readonly connection: pg.ClientConfig;
  close(): Promise<void>;
}

let cloned = 0;

/** A migrated, empty database of one's own, cloned from the template of this run. */
export async function testDatabase(): Promise<TestDatabase> {
  const { url, socketDirectory, template } = inject("database");
  const name = `${template}_${process.env["VITEST_POOL_ID"] ?? "0"}_${process.pid}_${cloned++}`;
  const at = (database: string): pg.ClientConfig => {
    if (socketDirectory !== undefined) return { host: socketDirectory, user: "postgres", database };
    const parsed = new URL(url ?? "");
    parsed.pathname = `/${database}`;
    return { connectionString: parsed.href };
  };
  const admin = new pg.Client(at("postgres"));
  await admin.connect();
  await admin.query(`create database ${name} template ${template}`);
  const owner = new pg.Client(at(name));
  await owner.connect();
  const connection: pg.ClientConfig = { ...at(name), options: "-c role=svyazka_app -c timezone=UTC" };
  const database = new Pool({ ...connection, max: 8 });
  return {
    database,
    owner,
    url:
      socketDirectory === undefined
        ? String(at(name).connectionString)
        : `postgres://postgres@${encodeURIComponent(socketDirectory)}/${name}`,
    connection,
    async close() {
      await database.close();
      await owner.end();
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
    },
  };
}
