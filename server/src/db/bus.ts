import { setTimeout as sleep } from "node:timers/promises";
import type { WorkspaceId } from "@svyazka/core";
import type { Sql } from "@svyazka/crm";
import pg from "pg";

/** What processes tell each other, through LISTEN and NOTIFY. A message only says "look again": losing one is mended at reconnection. */
export type Message =
  | { readonly kind: "work"; readonly workspace: WorkspaceId }
  | { readonly kind: "connections"; readonly workspace: WorkspaceId }
  | { readonly kind: "directory"; readonly workspace: WorkspaceId }
  | { readonly kind: "tokens"; readonly workspace: WorkspaceId }
  | { readonly kind: "imports"; readonly workspace: WorkspaceId }
  | { readonly kind: "moves"; readonly workspace: WorkspaceId }
  | {
      readonly kind: "live";
      readonly workspace: WorkspaceId;
      readonly users?: readonly number[];
      readonly news: Readonly<Record<string, unknown>>;
    };

const channel = "svyazka";

/** Sends a message when the transaction commits, or at once outside of one. */
export async function tell(sql: Sql, message: Message): Promise<void> {
  await sql.query({ text: "select pg_notify($1, $2)", values: [channel, JSON.stringify(message)] });
}

export class Bus {
  readonly #connection: pg.ClientConfig;
  readonly #hearers = new Set<(message: Message) => void>();
  readonly #reconnected = new Set<() => void>();
  #client: pg.Client | undefined;
  #closed = false;

  constructor(connection: pg.ClientConfig) {
    this.#connection = connection;
  }

  /** Resolves once it listens; afterwards it reconnects by itself. */
  async open(): Promise<void> {
    await this.#connect();
  }

  on(hear: (message: Message) => void): void {
    this.#hearers.add(hear);
  }

  /** After a gap in which messages may have been lost. */
  onReconnect(look: () => void): void {
    this.#reconnected.add(look);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end().catch(() => {});
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({ ...this.#connection, keepAlive: true });
    client.on("error", () => {});
    client.on("notification", ({ payload }) => this.#hear(payload));
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    client.once("end", () => void this.#reconnect());
    this.#client = client;
  }

  async #reconnect(): Promise<void> {
    while (!this.#closed) {
      await sleep(200, undefined, { ref: false });
      try {
        await this.#connect();
        for (const look of this.#reconnected) look();
        return;
      } catch {
        // The database is still away.
      }
    }
  }

  #hear(payload: string | undefined): void {
    if (payload === undefined) return;
    let message: Message;
    try {
      message = JSON.parse(payload) as Message;
    } catch {
      return;
    }
    for (const hear of this.#hearers) hear(message);
  }
}
