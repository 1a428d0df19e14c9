import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type ConnectionId, type Kit, NotYet, type Pace, Unavailable, type WorkspaceId } from "@svyazka/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../testkit/database.ts";
import { type RecordedRequest, underWay, type WayOut, wayOut } from "./way-out.ts";

let test: TestDatabase;
const arrivals: number[] = [];
const far = createServer((_request, response) => {
  arrivals.push(performance.now());
  response.end('{"token":"s3cret-answer"}');
});
let url = "";
beforeAll(async () => {
  test = await testDatabase();
  await new Promise<void>((resolve) => far.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(far.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  far.close();
  await test.close();
});

const row = { workspace: 1 as WorkspaceId, id: 5 as ConnectionId, allow_private_addresses: true };
const kit = (pace?: Pace, id = row.id): WayOut =>
  wayOut(test.database, { ...row, id }, { id: "far", title: { ru: "", en: "" }, settings: {}, ...(pace && { pace: () => pace }) }, [
    "s3cret-answer",
    "s3cret-query",
  ]);
const ask = (one: Pick<Kit, "fetch">) => one.fetch({ method: "GET", url });

it("keeps all processes together to the pace of the far side: a burst, then one per interval", async () => {
  const [one, other] = [kit({ perSecond: 20, burst: 5 }), kit({ perSecond: 20, burst: 5 })];
  arrivals.length = 0;
  const begun = performance.now();
  await Promise.all(Array.from({ length: 15 }, (_, n) => ask(n % 2 === 0 ? one : other)));
  expect(arrivals).toHaveLength(15);
  // Five at once, and ten more at twenty a second: none is ever earlier than its place, however late a busy machine lets it be.
  for (const [n, at] of arrivals.entries()) expect(at - begun).toBeGreaterThan((n - 4) * 50 - 5);
});

it("puts a request back whose turn is too far off, instead of holding a worker", async () => {
  const slow = wayOut(
    test.database,
    { ...row, id: 6 as ConnectionId },
    { id: "far", title: { ru: "", en: "" }, settings: {}, pace: () => ({ perSecond: 1, burst: 1 }) },
    [],
  );
  const results = await Promise.allSettled(Array.from({ length: 6 }, () => ask(slow)));
  const refused = results.filter((result) => result.status === "rejected");
  expect(refused.length).toBeGreaterThanOrEqual(2);
  for (const { reason } of refused) {
    expect(reason).toBeInstanceOf(NotYet);
    expect(reason.retryAfterSeconds).toBeGreaterThan(0);
  }
});

it("leaves the far side alone for as long as it asks, in every process", async () => {
  const pace = { pace: () => ({ perSecond: 1000, burst: 1 }) };
  const at = () =>
    wayOut(test.database, { ...row, id: 7 as ConnectionId }, { id: "far", title: { ru: "", en: "" }, settings: {}, ...pace }, []);
  await ask(at());
  await at().pause(60);
  await expect(ask(at())).rejects.toBeInstanceOf(Unavailable);
  // Whoever has no pace has nothing to hold back.
  await kit().pause(60);
  await ask(kit());
});

it("sends nothing of a burst either while the far side is left alone", async () => {
  const pace = { pace: () => ({ perSecond: 2, burst: 50 }) };
  const at = () =>
    wayOut(test.database, { ...row, id: 8 as ConnectionId }, { id: "far", title: { ru: "", en: "" }, settings: {}, ...pace }, []);
  await ask(at());
  await at().pause(1);
  const begun = performance.now();
  await ask(at());
  expect(performance.now() - begun).toBeGreaterThan(900);
  await at().pause(5);
  await expect(ask(at())).rejects.toBeInstanceOf(NotYet);
});

it("records what left and what came back beside the attempt, without secrets, and says on whose behalf", async () => {
  const calls: RecordedRequest[] = [];
  const one = kit();
  await underWay.run({ source: 9 as ConnectionId, calls }, async () => {
    expect(one.source?.()).toBe(9);
    await one.fetch({ method: "POST", url: `${url}?key=s3cret-query`, body: "hello s3cret-query" });
  });
  expect(calls).toEqual([
    expect.objectContaining({ method: "POST", status: 200, url: `${url}?key=***`, request: "hello ***", reply: '{"token":"***"}' }),
  ]);
  expect(one.source?.()).toBeUndefined();
});

it("shows nothing of an answer that brings new secrets", async () => {
  const calls: RecordedRequest[] = [];
  const one = wayOut(test.database, row, { id: "far", title: { ru: "", en: "" }, settings: {} }, []);
  await underWay.run({ source: 9 as ConnectionId, calls }, async () => {
    const { body } = await one.fetch({ method: "POST", url, hidesReply: true });
    expect(body).toContain("s3cret-answer");
  });
  expect(calls).toEqual([expect.objectContaining({ status: 200, reply: "***" })]);
});

it("keeps connections that share a far side to one pace, and others to their own", async () => {
  const slow = { perSecond: 0.01, burst: 1 };
  const portal = { ...slow, of: "portal.example" };
  const asked = (pace: Pace, id: number) =>
    ask(kit(pace, id as ConnectionId)).then(
      () => "asked",
      (error: unknown) => (error as Error).name,
    );
  expect([
    await asked(portal, 11),
    await asked(portal, 12),
    await asked({ ...slow, of: "another.example" }, 13),
    await asked(slow, 14),
  ]).toEqual([...["asked", "NotYet", "asked", "asked"]]);
});
