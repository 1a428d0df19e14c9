import { randomUUID } from "node:crypto";
import type { ConnectionId, WorkspaceId } from "@svyazka/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../testkit/database.ts";
import { aloneIn } from "./alone.ts";

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.close());

const sql = () => test.database.in(1 as WorkspaceId);
const alone = <T>(names: readonly string[], work: () => Promise<T>) => aloneIn(sql(), 1 as ConnectionId)(names, work);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const held = async () => (await test.owner.query("select name from hub.held")).rows;

it("does works that share a name one after another, and others beside them", async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await pause(10);
    inside--;
  };
  await Promise.all([["one"], ["one", "two"], ["two", "one"], ["one"]].map((names) => alone(names, work)));
  expect(most).toBe(1);
  // One waits for the other within its work: were they not beside each other, neither would end.
  let tellB: () => void = () => {};
  const isB = new Promise<void>((resolve) => {
    tellB = resolve;
  });
  await Promise.all([alone(["a"], () => isB), alone(["b"], async () => tellB())]);
  expect(await held()).toEqual([]);
});

it("lets go when the work fails, and tells why", async () => {
  await expect(alone(["one"], () => Promise.reject(new Error("no luck")))).rejects.toThrow("no luck");
  expect(await alone(["one"], async () => 5)).toBe(5);
});

it("waits for another process, and goes on when that one has died", async () => {
  const hold = (seconds: number) =>
    test.owner.query(
      "insert into hub.held (workspace, connection, name, holder, until) values (1, 1, 'far', $1, now() + $2 * interval '1 second')",
      [randomUUID(), seconds],
    );
  await hold(3600);
  let done = false;
  const waiting = alone(["far"], async () => {
    done = true;
  });
  await pause(200);
  expect(done).toBe(false);
  await test.owner.query("update hub.held set until = now() where name = 'far'");
  await waiting;
  expect(done).toBe(true);
});
