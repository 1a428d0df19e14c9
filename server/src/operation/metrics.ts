import type { WorkspaceId } from "@svyazka/core";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry as MetricsRegistry } from "prom-client";
import type { Pool } from "../db/pool.ts";

/** Prometheus metrics of this process, and of the queue as the database has it. */
export class Metrics {
  readonly #registry = new MetricsRegistry();
  readonly requests: Histogram<"method" | "route" | "status">;
  readonly inbound: Counter<"vendor" | "outcome">;
  readonly attempts: Counter<"flow" | "outcome">;
  readonly bugs: Counter<"where">;

  constructor(pool: Pool, inHand: () => number) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.requests = new Histogram({
      name: "svyazka_request_seconds",
      help: "How long requests took, by route",
      labelNames: ["method", "route", "status"],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    });
    this.inbound = new Counter({
      name: "svyazka_inbound_total",
      help: "Requests at the doors of vendors, by what became of them",
      labelNames: ["vendor", "outcome"],
      registers,
    });
    this.attempts = new Counter({
      name: "svyazka_attempts_total",
      help: "Attempts at deliveries, by outcome",
      labelNames: ["flow", "outcome"],
      registers,
    });
    this.bugs = new Counter({ name: "svyazka_bugs_total", help: "Errors that are our own mistake", labelNames: ["where"], registers });
    new Gauge({
      name: "svyazka_deliveries_in_hand",
      help: "Deliveries being worked on by this process",
      registers,
      collect() {
        this.set(inHand());
      },
    });
    const states = new Gauge({
      name: "svyazka_deliveries",
      help: "Deliveries that are not over, by state",
      labelNames: ["state"],
      registers,
    });
    new Gauge({
      name: "svyazka_queue_age_seconds",
      help: "Age of the oldest delivery that waits for its first attempt",
      registers,
      async collect() {
        // While the database is away there is nothing to say of the queue, and the rest of the page still matters.
        const now = await queueNow(pool).catch(() => undefined);
        this.set(now?.age ?? Number.NaN);
        for (const [state, n] of now?.counts ?? []) states.set({ state }, n);
      },
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

async function queueNow(pool: Pool): Promise<{ age: number; counts: Map<string, number> }> {
  const counts = new Map([
    ["waiting", 0],
    ["held", 0],
    ["parked", 0],
    ["failed", 0],
  ]);
  let age = 0;
  const workspaces = await pool.reference.query<{ id: WorkspaceId }>({ text: "select id from hub.workspace" });
  for (const { id } of workspaces) {
    const rows = await pool.in(id).query<{ state: string; n: number; age: number | null }>({
      text: `select state, count(*) as n, extract(epoch from now() - min(created_at) filter (where attempts = 0 and state = 'waiting'))::float8 as age
             from hub.delivery where workspace = $1 and state in ('waiting', 'held', 'parked', 'failed') group by state`,
      values: [id],
    });
    for (const row of rows) {
      counts.set(row.state, (counts.get(row.state) ?? 0) + row.n);
      age = Math.max(age, row.age ?? 0);
    }
  }
  return { age, counts };
}
