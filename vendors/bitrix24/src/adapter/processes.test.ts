import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { testDatabase } from "../../../../server/testkit/database.ts";
import { databaseKit } from "../../../../server/testkit/database-kit.ts";
import { letApplicationIn } from "../../testkit/portal.ts";
import { startBitrix24 } from "../standin.ts";

/** What several processes of the hub share of one portal. */

it("eight processes whose token is too old make one renewal, and every call of theirs is answered", { timeout: 120_000 }, async () => {
  const standin = await startBitrix24();
  const database = await testDatabase();
  try {
    await letApplicationIn(standin, databaseKit(database));
    standin.expireTokens();
    const before = standin.tokensGiven();
    const script = fileURLToPath(new URL("../../testkit/renew-process.ts", import.meta.url));
    const args = [script, database.url, standin.url, JSON.stringify(standin.app), String(Date.now() + 5_000), "10"];
    const all = await Promise.all(Array.from({ length: 8 }, () => promisify(execFile)(process.execPath, args)));
    expect(all.map(({ stdout }) => stdout.trim())).toEqual(Array(8).fill("10"));
    expect(standin.tokensGiven() - before).toBe(1);
    expect(standin.count("crm.item.list")).toBeGreaterThanOrEqual(80);
  } finally {
    await standin.stop();
    await database.close();
  }
});
