import { randomBytes } from "node:crypto";
import type { WorkspaceId } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestHub, testHub } from "../../testkit/hub.ts";
import { rewriteSecrets } from "./manage.ts";
import { KeyRing, sameSecret } from "./secrets.ts";

describe("a key ring", () => {
  const old = randomBytes(32);
  const current = randomBytes(32);

  it("opens what it sealed, in its place only", () => {
    const keys = new KeyRing(current);
    const sealed = keys.seal({ token: "тайна" }, "connection 1/2");
    expect(sealed).not.toContain("тайна");
    expect(keys.open(sealed, "connection 1/2")).toEqual({ token: "тайна" });
    expect(() => keys.open(sealed, "connection 1/3")).toThrow();
  });

  it("opens what the key before it sealed, and seals with the new one", () => {
    const sealed = new KeyRing(old).seal({ a: "1" }, "x");
    expect(new KeyRing(current, [old]).open(sealed, "x")).toEqual({ a: "1" });
    expect(() => new KeyRing(current).open(sealed, "x")).toThrow(/set MASTER_KEY/);
  });

  it("compares secrets of any length", () => {
    expect(sameSecret("a", "a")).toBe(true);
    expect(sameSecret("a", "ab")).toBe(false);
  });
});

describe("secrets", () => {
  let hub: TestHub;
  const canaries: string[] = [];
  beforeAll(async () => {
    hub = await testHub();
  });
  afterAll(() => hub.close());

  it("are nowhere in the database: neither tokens nor passwords nor secrets of connections, nor in the journal or kept answers", async () => {
    const { api_token } = await hub.addWorkspace("canary");
    const { body } = await hub.call("POST", "/connections", {
      token: api_token,
      body: { vendor: "fivecrm" },
      headers: { "idempotency-key": "connection" },
    });
    const { id, secrets } = body as { id: number; secrets: Record<string, string> };
    const { body: again } = await hub.call("POST", "/connections", {
      token: api_token,
      body: { vendor: "fivecrm" },
      headers: { "idempotency-key": "connection" },
    });
    expect(again).toEqual(body);
    const { secret_token = "", signing_key = "", public_token } = secrets;
    await hub.call("GET", `/public/managers/get?public_token=${public_token}&secret_token=${encodeURIComponent(secret_token)}`);
    await hub.call("POST", `/ctm/form/send?public_token=${public_token}`, {
      body: { name: "Иван", description: "Перезвоните" },
      headers: { "x-secret-token": secret_token },
    });
    const { body: token } = await hub.call("POST", "/tokens", { token: api_token, body: { name: "t" } });
    const { body: user } = await hub.call("POST", "/users", {
      token: api_token,
      body: { name: "Аня", email: "anna@example.com", role: "manager" },
    });
    const { body: rotated } = await hub.call("POST", `/connections/${id}/secrets/secret_token/rotate`, { token: api_token, body: {} });
    canaries.push(
      secret_token,
      signing_key,
      api_token,
      (token as { api_token: string }).api_token,
      (user as { invitation_url: string }).invitation_url.split("#")[1] ?? "",
      (rotated as { secrets: { secret_token: string } }).secrets.secret_token,
      "password of canary",
      hub.operatorToken,
    );
    expect(canaries.every((canary) => canary.length > 10)).toBe(true);
    const { rows: tables } = await hub.test.owner.query<{ name: string }>(
      "select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('hub', 'crm') and c.relkind = 'r'",
    );
    let bytes = 0;
    for (const { name } of tables) {
      const { rows } = await hub.test.owner.query<{ row: string }>(
        `select t::text || coalesce(${name === "hub.journal" ? "convert_from(body, 'UTF8')" : "''"}, '') as row from ${name} t`,
      );
      const dump = rows.map(({ row }) => row).join("\n");
      bytes += dump.length;
      for (const canary of canaries) expect(dump, name).not.toContain(canary);
    }
    expect(bytes).toBeGreaterThan(5_000);
  });

  it("are rewritten with a new master key while the hub runs, and every connection goes on working", async () => {
    const old = randomBytes(32);
    const sql = hub.test.database.in(1 as WorkspaceId);
    const { rows } = await hub.test.owner.query<{ id: number; secrets: string }>(
      "select id, secrets from hub.connection where secrets <> '' and vendor = 'fivecrm'",
    );
    const [row] = rows;
    const before = new KeyRing(old);
    await hub.test.owner.query("update hub.connection set secrets = $1 where id = $2", [
      before.seal({ public_token: "kept" }, `connection 1/${row?.id}`),
      row?.id,
    ]);
    const after = new KeyRing(randomBytes(32), [old]);
    // What is sealed with a key that is in neither place cannot be opened: those rows are left out of this trial.
    await hub.test.owner.query("update hub.connection set secrets = '' where id <> $1", [row?.id]);
    expect(await rewriteSecrets(after, sql)).toEqual({ connections: 1, rewritten: 1 });
    expect(await rewriteSecrets(after, sql)).toEqual({ connections: 1, rewritten: 0 });
    const { rows: now } = await hub.test.owner.query<{ secrets: string }>("select secrets from hub.connection where id = $1", [row?.id]);
    expect(new KeyRing(after.master).open(now[0]?.secrets ?? "", `connection 1/${row?.id}`)).toEqual({ public_token: "kept" });
  });
});
