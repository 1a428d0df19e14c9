import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { WrongConfiguration } from "../config.ts";

/** Numbered plain SQL, oldest first: the hub's own, then the CRM's. */
const folders = [
  { owner: "hub", path: fileURLToPath(new URL("../../migrations", import.meta.url)) },
  { owner: "crm", path: fileURLToPath(new URL("../../../crm/migrations", import.meta.url)) },
];

interface Migration {
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

const migrations = (): Migration[] =>
  folders.flatMap(({ owner, path }) =>
    readdirSync(path)
      .filter((file) => /^\d{4}-.+\.sql$/.test(file))
      .sort()
      .map((file) => {
        const text = readFileSync(`${path}/${file}`, "utf8");
        return { name: `${owner}/${file}`, text, checksum: createHash("sha256").update(text).digest("hex") };
      }),
  );

/**
 * Brings the schema up to date, one process at a time, each migration in a transaction of its own.
 * Refuses a database that a newer hub has migrated. Answers the names of what it did.
 */
export async function migrate(client: pg.Client): Promise<string[]> {
  // Any number does, as long as every hub takes the same one.
  await client.query("select pg_advisory_lock(748302911)");
  try {
    await client.query("create schema if not exists hub");
    await client.query(
      "create table if not exists hub.migration (name text primary key, checksum text not null, at timestamptz not null default now())",
    );
    const { rows } = await client.query<{ name: string; checksum: string }>("select name, checksum from hub.migration");
    const done = new Map(rows.map((row) => [row.name, row.checksum]));
    const all = migrations();
    const unknown = [...done.keys()].filter((name) => !all.some((migration) => migration.name === name));
    if (unknown.length > 0)
      throw new WrongConfiguration(`The database was migrated by a newer hub (${unknown.join(", ")}): update this one.`);
    const applied: string[] = [];
    for (const migration of all) {
      const checksum = done.get(migration.name);
      if (checksum === migration.checksum) continue;
      if (checksum !== undefined)
        throw new WrongConfiguration(
          `The migration ${migration.name} has been changed since it was applied: restore it, and put changes into a new one.`,
        );
      await client.query("begin");
      try {
        await client.query(migration.text);
        await client.query("insert into hub.migration (name, checksum) values ($1, $2)", [migration.name, migration.checksum]);
        await client.query("commit");
      } catch (error) {
        await client.query("rollback");
        throw new Error(`The migration ${migration.name} failed: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
      applied.push(migration.name);
    }
    return applied;
  } finally {
    await client.query("select pg_advisory_unlock(748302911)");
  }
}
