import { listOf, mapOf, textIn } from "../protocol.ts";
import type { Transport } from "./transport.ts";

/** What the portal tells by itself, and the queue of what it has told nobody. For applications only. Source: api-reference/events */

export interface Binding {
  readonly event: string;
  readonly handler: string;
  readonly isOffline: boolean;
}

export interface QueuedEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
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
    async takeQueued(): Promise<{ readonly process: string; readonly events: readonly QueuedEvent[] } | undefined> {
      const map = mapOf((await ask("event.offline.get", { clear: 0 }, { isWrite: true })).result);
      const process = textIn(map, "process_id");
      const events = listOf(map["events"]).flatMap((raw) => {
        const row = mapOf(raw);
        const event = textIn(row, "EVENT_NAME");
        return event === undefined ? [] : [{ event: event.toUpperCase(), data: mapOf(row["EVENT_DATA"]) }];
      });
      return process === undefined || events.length === 0 ? undefined : { process, events };
    },
    async clearQueued(process: string): Promise<void> {
      await ask("event.offline.clear", { process_id: process }, { isWrite: true });
    },
  };
}
export type Subscriptions = ReturnType<typeof subscriptionsOf>;
