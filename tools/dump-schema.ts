import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { startEmbeddedPostgres } from "../server/src/db/embedded.ts";
import { migrate } from "../server/src/db/migrate.ts";

/** `npm run dump-schema`: the schema that all migrations make, kept in git so that each of them shows up as a readable diff. */
export async function dumpSchema(client: pg.Client): Promise<string> {
  const lines = ["-- Written by `npm run dump-schema` from the migrations: do not edit by hand.", ""];
  const { rows: tables } = await client.query<{ id: number; name: string; forced: boolean }>(
    `select c.oid as id, n.nspname || '.' || c.relname as name, c.relforcerowsecurity as forced
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('hub', 'crm') and c.relkind = 'r' order by 2`,
  );
  for (const { id, name, forced } of tables) {
    const { rows: columns } = await client.query<{ line: string }>(
      `select format('  %I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' else '' end,
         case when a.attidentity <> '' then ' generated as identity' when a.attgenerated <> '' then ' generated always as ' || pg_get_expr(d.adbin, d.adrelid)
              when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end) as line
       from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
       where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum`,
      [id],
    );
    // PostgreSQL 18 lists NOT NULL as constraints, older versions do not: the columns say it already.
    const { rows: constraints } = await client.query<{ line: string }>(
      `select format('  constraint %I %s', conname, pg_get_constraintdef(oid)) as line from pg_constraint where conrelid = $1 and contype in ('p', 'u', 'f', 'c') order by contype desc, conname`,
      [id],
    );
    lines.push(`create table ${name} (`, [...columns, ...constraints].map(({ line }) => line).join(",\n"), ");");
    const { rows: indexes } = await client.query<{ line: string }>(
      `select pg_get_indexdef(indexrelid) || ';' as line from pg_index i where indrelid = $1 and not exists (select from pg_constraint c where c.conindid = i.indexrelid) order by 1`,
      [id],
    );
    lines.push(...indexes.map(({ line }) => line));
    if (forced) lines.push(`alter table ${name} force row level security;`);
    lines.push("");
  }
  return lines.join("\n");
}

if (import.meta.main) {
  const dataDir = mkdtempSync(join(tmpdir(), "svyazka-schema-"));
  chmodSync(dataDir, 0o711);
  const server = await startEmbeddedPostgres(dataDir, console.error);
  const client = new pg.Client({ host: server.socketDirectory, user: "postgres", database: "postgres" });
  await client.connect();
  await client.query("create role svyazka_app");
  await migrate(client);
  writeFileSync(fileURLToPath(new URL("../server/schema.sql", import.meta.url)), await dumpSchema(client));
  await client.end();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
