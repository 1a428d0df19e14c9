import type { WorkspaceId } from "@svyazka/core";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type TestHub, testHub } from "../../testkit/hub.ts";

let hub: TestHub;
let token: string;
let id: number;
beforeAll(async () => {
  hub = await testHub();
  ({ api_token: token, id } = await hub.addWorkspace("romashka"));
});
afterAll(() => hub.close());

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
const system = async (options: object = { token }): Promise<any> => (await hub.call("GET", "/system", options)).body;

it("tells what the hub is, which of its processes are there, and how much there is of everything", async () => {
  await vi.waitFor(async () => expect((await system()).processes).toMatchObject([{ role: "all", is_this: true }]));
  expect(await system()).toMatchObject({
    version: expect.stringMatching(/^\d/),
    node: process.versions.node,
    postgres: { kind: "external", version: expect.stringMatching(/^\d/), bytes: expect.any(Number) },
    public_url: hub.url,
    queue: { waiting: 0, held: 0, parked: 0, failed: 0, oldest_waiting_at: null },
    journal: { lines: 0, oldest_at: null, raw_days: 90, history_days: 365 },
    files: { count: 0, bytes: 0 },
    housekeeping: null,
    ok: true,
  });
});

it("tells a workspace of its own troubles only, and the operator of everybody's", async () => {
  const other = await hub.addWorkspace("lutik");
  await hub.test.database.in(other.id as WorkspaceId).query({
    text: `update hub.connection set health = '{"ok":false,"message":"чужая беда","at":""}' where workspace = $1`,
    values: [other.id],
  });
  const mine = await system();
  expect(JSON.stringify(mine)).not.toContain("чужая беда");
  expect(mine).toMatchObject({ ok: true, postgres: { bytes: null } });
  expect(mine.findings.map(({ check }: { check: string }) => check)).toEqual(["connections", "silence", "deliveries"]);
  expect(await system({ token: other.api_token })).toMatchObject({ ok: false });
  const operator = await system({ token: hub.operatorToken, headers: { "svyazka-workspace": String(id) } });
  expect(JSON.stringify(operator.findings)).toContain("lutik: ");
  expect(operator.findings.length).toBe(7);
  expect(operator.postgres.bytes).toBeGreaterThan(0);
});
