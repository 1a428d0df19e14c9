import type { ConnectionId, WorkspaceId } from "@svyazka/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../testkit/database.ts";
import { rewriteSecrets } from "./manage.ts";
import { KeyRing } from "./secrets.ts";
import { storeOf } from "./store.ts";

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.close());

const old = new KeyRing(Buffer.alloc(32, 1));
const store = (workspace = 1, connection = 1, keys = old) =>
  storeOf(test.database, keys, workspace as WorkspaceId, connection as ConnectionId);
const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 10, minute));

it("keeps a document under its kind and name, and another in its place", async () => {
  await store().put("token", "pbx", "first");
  await store().put("token", "pbx", { value: "второй" });
  expect(await store().get("token", "pbx")).toEqual({ value: "второй" });
  await store().remove("token", "pbx");
  expect(await store().get("token", "pbx")).toBeUndefined();
});

it("lists a time, the oldest first", async () => {
  for (const minute of [3, 1, 2]) await store().put("call", `c${minute}`, minute, { at: at(minute) });
  const list = async (between?: object) => (await store().list<number>("call", between)).map(({ value }) => value);
  expect(await list()).toEqual([1, 2, 3]);
  expect(await list({ since: at(2) })).toEqual([2, 3]);
  expect(await list({ since: at(1), until: at(3) })).toEqual([1, 2]);
  expect(await list({ limit: 1 })).toEqual([1]);
});

it("shows nothing to another connection or workspace, and nobody reads it in the database", async () => {
  await store().put("secret", "x", "s3cret-token");
  expect(await store(1, 2).get("secret", "x")).toBeUndefined();
  expect(await store(2, 1).get("secret", "x")).toBeUndefined();
  const { rows } = await test.owner.query("select value from hub.kept where kind = 'secret'");
  expect(JSON.stringify(rows)).not.toContain("s3cret");
  // Moved to another place, it does not open.
  await test.owner.query("set svyazka.workspace = '1'");
  await test.owner.query("update hub.kept set connection = 2 where kind = 'secret'");
  await expect(store(1, 2).get("secret", "x")).rejects.toThrow();
  await test.owner.query("delete from hub.kept where kind = 'secret'");
});

it("opens after the key was rotated, with the new key alone", async () => {
  await store().put("token", "pbx", "kept");
  const both = new KeyRing(Buffer.alloc(32, 2), [Buffer.alloc(32, 1)]);
  const { rewritten } = await rewriteSecrets(both, test.database.in(1 as WorkspaceId));
  expect(rewritten).toBeGreaterThanOrEqual(1);
  expect(await store(1, 1, new KeyRing(Buffer.alloc(32, 2))).get("token", "pbx")).toBe("kept");
});
