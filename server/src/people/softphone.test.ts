import type { WorkspaceId } from "@svyazka/core";
import { afterAll, expect, it } from "vitest";
import { testDatabase } from "../../testkit/database.ts";
import { KeyRing } from "../connections/secrets.ts";
import { findSoftphone, rewriteSoftphones, saveSoftphone } from "./softphone.ts";

const test = await testDatabase();
afterAll(() => test.close());

it("seals the password anew when the master key changes", async () => {
  const sql = test.database.in(1 as WorkspaceId);
  const [old, fresh] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  await saveSoftphone(sql, new KeyRing(old), 5, { server: "wss://pbx.example.com/ws", uri: "sip:201@pbx.example.com", password: "secret" });
  await saveSoftphone(sql, new KeyRing(old), 6, { server: "wss://pbx.example.com/ws", uri: "sip:202@pbx.example.com" });
  const both = new KeyRing(fresh, [old]);
  expect(await rewriteSoftphones(both, sql)).toBe(1);
  expect(await rewriteSoftphones(both, sql)).toBe(0);
  expect((await findSoftphone(sql, new KeyRing(fresh), 5))?.password).toBe("secret");
  expect((await findSoftphone(sql, new KeyRing(fresh), 6))?.password).toBeNull();
});
