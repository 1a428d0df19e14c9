import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../src/db/embedded.ts";
import { migrate } from "../src/db/migrate.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** An administrator's connection to the server that holds the template. */
    database: { readonly url?: string; readonly socketDirectory?: string; readonly template: string };
  }
}

/** One real PostgreSQL for the run: `DATABASE_URL` when given, else the embedded one. One migrated template, cloned by every test file. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env["DATABASE_URL"];
  const dataDir = mkdtempSync(join(tmpdir(), "svyazka-test-"));
  chmodSync(dataDir, 0o711);
  const server = url ? undefined : await startEmbeddedPostgres(dataDir, () => {});
  const template = `svyazka_test_${process.pid}`;
  const admin = new pg.Client(
    server ? { host: server.socketDirectory, user: "postgres", database: "postgres" } : { connectionString: url },
  );
  await admin.connect();
  await admin.query(`create database ${template}`);
  const { rows } = await admin.query("select 1 from pg_roles where rolname = 'svyazka_app'");
  if (rows.length === 0) await admin.query("create role svyazka_app login");
  const owner = new pg.Client(
    server ? { host: server.socketDirectory, user: "postgres", database: template } : { connectionString: databaseUrl(url, template) },
  );
  await owner.connect();
  await migrate(owner);
  await owner.end();
  project.provide("database", { ...(url !== undefined && { url }), ...(server && { socketDirectory: server.socketDirectory }), template });
  return async () => {
    const { rows: left } = await admin.query<{ datname: string }>("select datname from pg_database where datname like $1", [
      `${template}%`,
    ]);
    for (const { datname } of left) await admin.query(`drop database ${datname} with (force)`);
    await admin.end();
    await server?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}

function databaseUrl(url: string | undefined, database: string): string {
  const parsed = new URL(url ?? "");
  parsed.pathname = `/${database}`;
  return parsed.href;
}
