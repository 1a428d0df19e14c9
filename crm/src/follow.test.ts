import { setTimeout as sleep } from "node:timers/promises";
import type { ChangedRecord, EventDraft } from "@svyazka/core";
import { memoryKit } from "@svyazka/core/testkit";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { workspaceOnTrial as workspace } from "../../server/testkit/crm-api.ts";
import { testDatabase } from "../../server/testkit/database.ts";
import { follow } from "./follow.ts";
import {
  type By,
  createContact,
  createDeal,
  createDefaults,
  createNote,
  createTask,
  createUser,
  deleteContact,
  updateContact,
  updateDeal,
  updateTask,
} from "./index.ts";

const test = await testDatabase();
afterAll(() => test.close());
const sql = test.database.in(workspace.id);
let me: By;
beforeAll(async () => {
  await createDefaults(sql, workspace);
  const { id } = await createUser(sql, { name: "Мария", role: "manager" });
  me = { actor: `user:${id}`, user: id, home: workspace };
});

/** What one follower after another told, as the ledger would record it: each key once. */
let kit: ReturnType<typeof memoryKit>;
let heard: boolean;
beforeEach(() => {
  heard = true;
  kit = memoryKit({ isHeard: async () => heard });
});
function start(): { stop(): Promise<void> } {
  const leave = new AbortController();
  const done = follow(sql, kit, leave.signal, async (_, __, ids) => new Map(ids.map((id) => [id, { id }])));
  return {
    async stop() {
      leave.abort();
      await done;
    },
  };
}
const told = (): string[] =>
  (kit.facts as EventDraft<"record.changed">[]).map(({ data: { kind, id, change } }: { data: ChangedRecord }) => `${kind} ${id} ${change}`);
const about = (kind: string, id: number): string[] =>
  told().flatMap((one) => (one.startsWith(`${kind} ${id} `) ? [one.split(" ")[2] ?? ""] : []));
const until = (what: () => void) => vi.waitFor(what, { timeout: 8_000, interval: 50 });

it("tells each change of a record once and in order, with what differs and who did it", async () => {
  await createContact(sql, { name: "До того" }, me);
  await sleep(1_100);
  const follower = start();
  await sleep(200);
  const contact = await createContact(sql, { name: "Иван" }, me);
  const deal = await createDeal(sql, { name: "Окна" }, me);
  const stages = await sql.query<{ id: number }>({
    text: "select id from crm.stage where workspace = $1 and kind = 'open' order by position",
    values: [sql.workspace],
  });
  await updateDeal(sql, deal, { stage: stages[1]?.id ?? 0 }, me);
  await updateDeal(sql, deal, { name: "Двери" }, me);
  await updateContact(sql, contact, { name: "Пётр" }, me);
  await deleteContact(sql, contact, me);
  const task = await createTask(sql, undefined, { title: "Позвонить" }, me);
  const note = await createNote(sql, { deal }, "Примечание", me);
  await until(() => expect(about("note", note)).toEqual(["created"]));
  await updateTask(sql, task, { title: "Написать" }, me);
  await until(() => expect(about("task", task)).toEqual(["created", "changed"]));
  await follower.stop();
  expect(about("contact", contact)).toEqual(["created", "changed", "deleted"]);
  expect(about("deal", deal)).toEqual(["created", "stage_changed", "changed"]);
  expect(told().length).toBe(9);
  const renamed = kit.facts.find(
    ({ data }) => (data as ChangedRecord).change === "changed" && (data as ChangedRecord).kind === "deal",
  )?.data;
  expect(renamed).toMatchObject({ by: me.actor, changes: { changes: { name: { old: "Окна", new: "Двери" } } }, record: { id: deal } });
});

it("misses nothing and repeats nothing when one takes over from another in the middle of changes", { timeout: 30_000 }, async () => {
  let follower = start();
  await sleep(100);
  const contacts = await Promise.all(Array.from({ length: 5 }, (_, n) => createContact(sql, { name: `Контакт ${n}` }, me)));
  let going = true;
  const changing = contacts.map(async (id) => {
    let changes = 0;
    for (; going; changes++) await updateContact(sql, id, { position: `Должность ${changes}` }, me);
    return changes;
  });
  for (let handover = 0; handover < 4; handover++) {
    await sleep(900);
    await follower.stop();
    follower = start();
  }
  going = false;
  const changes = await Promise.all(changing);
  await until(() => expect(contacts.map((id) => about("contact", id).length)).toEqual(changes.map((n) => n + 1)));
  await follower.stop();
  for (const [index, id] of contacts.entries()) {
    const positions = (kit.facts as EventDraft<"record.changed">[])
      .filter(({ data }) => data.id === String(id) && data.change === "changed")
      .map(({ data }) => (data.changes as { changes: { position: { new: string } } }).changes.position.new);
    expect(positions).toEqual(Array.from({ length: changes[index] ?? 0 }, (_, n) => `Должность ${n}`));
  }
});

it("tells of a change whose commit comes long after it was made", async () => {
  const follower = start();
  const late = new pg.Client(test.connection);
  await late.connect();
  try {
    await late.query(`set svyazka.workspace = '${sql.workspace}'`);
    await late.query("begin");
    const { rows } = await late.query("insert into crm.task (workspace, title) values ($1, 'Поздно') returning id", [sql.workspace]);
    await sleep(2_500);
    const other = await createTask(sql, undefined, { title: "Между" }, me);
    await sleep(1_500);
    expect(about("task", other)).toEqual([]);
    await late.query("commit");
    await until(() => expect([about("task", Number(rows[0].id)), about("task", other)]).toEqual([["created"], ["created"]]));
  } finally {
    await late.end();
    await follower.stop();
  }
});

it("begins anew when nobody heard it in between", async () => {
  const follower = start();
  await sleep(100);
  const first = await createTask(sql, undefined, { title: "Слышно" }, me);
  await until(() => expect(about("task", first)).toEqual(["created"]));
  heard = false;
  await follower.stop();
  const unheard = await createTask(sql, undefined, { title: "Не слышно" }, me);
  await sleep(1_100);
  heard = true;
  const again = start();
  await sleep(200);
  const second = await createTask(sql, undefined, { title: "Снова слышно" }, me);
  await until(() => expect(about("task", second)).toEqual(["created"]));
  await again.stop();
  expect(about("task", unheard)).toEqual([]);
});

it("tells of what is copied from elsewhere, whatever its stamps say", async () => {
  const follower = start();
  await sleep(1_200);
  const old = { createdAt: new Date("2019-01-01T00:00:00Z"), updatedAt: new Date("2020-01-01T00:00:00Z") };
  const deal = await createDeal(sql, { name: "Копия", ...old }, me);
  const task = await createTask(sql, { deal }, { title: "Копия", ...old }, me);
  const note = await createNote(sql, { deal }, { text: "Копия", ...old }, me);
  await updateDeal(sql, deal, { name: "Правка", updatedAt: old.updatedAt }, me);
  await until(() =>
    expect([about("deal", deal), about("task", task), about("note", note)]).toEqual([["created", "changed"], ["created"], ["created"]]),
  );
  await follower.stop();
});
