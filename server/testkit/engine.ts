import type { AnyFlow, AnyVendor, ConnectionId, EventDraft, WorkspaceId } from "@svyazka/core";
import { loneInbox, loneKit } from "@svyazka/core/testkit";
import { Registry } from "../src/connections/registry.ts";
import { KeyRing } from "../src/connections/secrets.ts";
import { Bus } from "../src/db/bus.ts";
import { attempt } from "../src/delivery/attempt.ts";
import { type JournalLine, Ledger, type Recorded } from "../src/delivery/ledger.ts";
import { park, shut } from "../src/delivery/manage.ts";
import { plan } from "../src/delivery/plan.ts";
import { Queue } from "../src/delivery/queue.ts";
import { Worker } from "../src/delivery/worker.ts";
import { type TestDatabase, testDatabase } from "./database.ts";

export const workspace = 1 as WorkspaceId;

/** The delivery engine on a real database, with vendors and flows of the test's own. */
export interface Engine {
  readonly test: TestDatabase;
  readonly registry: Registry;
  readonly ledger: Ledger;
  readonly queue: Queue;
  readonly bugs: unknown[];
  /** Records a fact from `source`, as the door would. */
  record(source: ConnectionId, draft: Pick<EventDraft, "key" | "subject"> & Partial<EventDraft>): Promise<Recorded>;
  /** A worker as one process would run it. Started; the test stops it. */
  worker(concurrency?: number): Worker;
  /** Resolves when no delivery is waiting. */
  settled(seconds?: number): Promise<void>;
  deliveries(): Promise<{ id: string; lane: string; seq: number; state: string; attempts: number; detail: string | null; event: string }[]>;
  close(): Promise<void>;
}

/** `vendors` become the connections 1, 2, … of one workspace. */
export async function makeEngine(vendors: readonly AnyVendor[], flows: readonly AnyFlow[]): Promise<Engine> {
  const test = await testDatabase();
  const { database: pool, owner } = test;
  await owner.query(
    "insert into hub.workspace (subdomain, name, country, time_zone, language, currency) values ('test', 'Test', 'RU', 'Europe/Moscow', 'ru', 'RUB')",
  );
  await owner.query("set svyazka.workspace = '1'");
  for (const vendor of vendors) await owner.query("insert into hub.connection (workspace, vendor, name) values (1, $1, $1)", [vendor.id]);
  const registry = new Registry(pool, new KeyRing(Buffer.alloc(32)), new Map(vendors.map((vendor) => [vendor.id, vendor])), () => loneKit);
  const bus = new Bus(test.connection);
  await bus.open();
  const workers = new Set<Worker>();
  const wake = (of: WorkspaceId) => {
    for (const worker of workers) worker.wake(of);
  };
  bus.on(({ kind, workspace: of }) => {
    if (kind === "connections") registry.forget(of);
    if (kind === "connections" || kind === "work") wake(of);
  });
  const ledger = new Ledger(pool, (of) => wake(of));
  const queue = new Queue(pool);
  const flowsByName = new Map(flows.map((flow) => [flow.name, flow]));
  const bugs: unknown[] = [];
  const sql = pool.in(workspace);
  return {
    test,
    registry,
    ledger,
    queue,
    bugs,
    async record(source, draft) {
      const view = await registry.view(workspace);
      const whole = { type: "task.submitted", data: { extras: {}, sender: {} }, ...draft } as EventDraft;
      return ledger.record(workspace, { line: { ...line, connection: source }, events: plan([whole], view, flows, source) });
    },
    worker(concurrency = 8) {
      const worker = new Worker({
        queue,
        concurrency,
        workspaces: async () => [workspace],
        onError: (error) => bugs.push(error),
        attempt: (claim) =>
          attempt(claim, {
            keepFile: () => Promise.reject(new Error("this engine keeps no files")),
            inbox: () => loneInbox,
            record: async () => {},
            registry,
            flows: flowsByName,
            turn: async () => 0,
            remember: async () => {},
            shut: ({ target }, because) => shut(sql, target, because),
            park: ({ target }, because) => park(sql, target, because),
            onBug: (error) => bugs.push(error),
          }),
      });
      workers.add(worker);
      worker.start();
      return worker;
    },
    async settled(seconds = 20) {
      const deadline = Date.now() + seconds * 1000;
      for (;;) {
        const [row] = await sql.query<{ n: number }>({
          text: "select count(*) as n from hub.delivery where workspace = 1 and state = 'waiting'",
        });
        if (row?.n === 0) return;
        if (Date.now() > deadline) throw new Error(`${row?.n} deliveries still wait`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    deliveries: () =>
      sql.query({ text: "select id, lane, seq, state, attempts, detail, event from hub.delivery where workspace = 1 order by id" }),
    async close() {
      for (const worker of workers) await worker.stop();
      await bus.close();
      await test.close();
    },
  };
}

const line: Omit<JournalLine, "connection"> = {
  receivedAt: new Date(),
  method: "POST",
  path: "/test",
  prefix: "",
  query: "",
  headers: {},
  body: Buffer.from("test"),
  ip: "127.0.0.1",
  outcome: "accepted",
  status: 200,
};
