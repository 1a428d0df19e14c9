import { listOf, mapOf, textIn } from "../protocol.ts";
import type { Transport } from "./transport.ts";

/** What the portal tells by itself, and the queue of what it has told nobody. For applications only. Source: api-reference/events */

export interface Binding {
  readonly event: string;
  readonly handler: string;
  readonly isOffline: boolean;
}

export interface QueuedEvent {
  /** Of its row in the queue. */
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface TakenEvents {
  readonly process: string;
  readonly events: readonly QueuedEvent[];
}

export function subscriptionsOf({ ask }: Transport) {
  return {
    async all(): Promise<Binding[]> {
      const { result } = await ask("event.get");
      return listOf(result).flatMap((raw) => {
        const row = mapOf(raw);
        const event = textIn(row, "event");
        if (event === undefined) return [];
        const offline = row["offline"];
        return [
          {
            event: event.toUpperCase(),
            handler: textIn(row, "handler") ?? "",
            isOffline: offline === true || offline === "1" || offline === 1 || offline === "Y",
          },
        ];
      });
    },
    async bind(event: string, handler: string): Promise<void> {
      await ask("event.bind", { event, handler }, { isWrite: true });
    },
    /** For administrators: what changes is kept for us until we have fetched it. */
    async bindOffline(event: string): Promise<void> {
      await ask("event.bind", { event, event_type: "offline" }, { isWrite: true });
    },
    async unbind(event: string, handler: string): Promise<void> {
      await ask("event.unbind", { event, handler }, { isWrite: true });
    },
    /** A part of the queue, set aside for us until it is cleared. */
    async takeQueued(): Promise<TakenEvents | undefined> {
      const map = mapOf((await ask("event.offline.get", { clear: 0 }, { isWrite: true })).result);
      const process = textIn(map, "process_id");
      const events = listOf(map["events"]).flatMap((raw) => queuedEvent(mapOf(raw)) ?? []);
      return process === undefined || events.length === 0 ? undefined : { process, events };
    },
    /** A part of what is set aside already, of one process, which nobody else is given. For administrators. Source: event.offline.list */
    async setAside(): Promise<TakenEvents | undefined> {
      // Rows that nobody has taken have no process: these come first.
      const { result } = await ask("event.offline.list", { filter: { ERROR: 0 }, order: { PROCESS_ID: "DESC" } });
      const rows = listOf(result).map(mapOf);
      const process = rows.map((row) => textIn(row, "PROCESS_ID")).find((one) => one !== undefined);
      const ofIt = rows.filter((row) => textIn(row, "PROCESS_ID") === process);
      return process === undefined ? undefined : { process, events: ofIt.flatMap((row) => queuedEvent(row) ?? []) };
    },
    /** Only these: a process may have taken more than is on one page. */
    async clearQueued({ process, events }: TakenEvents): Promise<void> {
      await ask("event.offline.clear", { process_id: process, id: events.map(({ id }) => id) }, { isWrite: true });
    },
  };
}

function queuedEvent(row: Readonly<Record<string, unknown>>): QueuedEvent | undefined {
  const [id, event] = [textIn(row, "ID"), textIn(row, "EVENT_NAME")];
  return id === undefined || event === undefined ? undefined : { id, event: event.toUpperCase(), data: mapOf(row["EVENT_DATA"]) };
}

export type Subscriptions = ReturnType<typeof subscriptionsOf>;
