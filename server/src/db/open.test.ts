import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WorkspaceId } from "@svyazka/core";
import { afterAll, expect, it } from "vitest";
import { testDatabase } from "../../testkit/database.ts";
import { readConfig } from "../config.ts";
import { openDatabase } from "./open.ts";

it("refuses a second hub on the same data directory, in words", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "svyazka-open-"));
  chmodSync(dataDir, 0o711);
  const config = readConfig([], { DATA_DIR: dataDir });
  const first = await openDatabase(config, Buffer.alloc(32), () => {});
  await expect(openDatabase(config, Buffer.alloc(32), () => {})).rejects.toThrow(/Another hub is running/);
  await first.close();
  const second = await openDatabase(config, Buffer.alloc(32), () => {});
  expect(await second.pool.reference.query({ text: "show fsync" })).toEqual([{ fsync: "on" }]);
  await second.close();
});

const test = await testDatabase();
afterAll(() => test.close());

it("connects as a role that row-level security binds", async () => {
  const sql = test.database.in(7 as WorkspaceId);
  expect(await sql.query({ text: "select rolsuper, rolbypassrls from pg_roles where rolname = current_user" })).toEqual([
    { rolsuper: false, rolbypassrls: false },
  ]);
});
