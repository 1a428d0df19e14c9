import type { Hub } from "../hub.ts";
import { type RecordedRequest, underWay } from "../net/way-out.ts";
import type { LiveConnection } from "./registry.ts";

/** Tells the far side, once, that it is let in no longer. What was sent and what came of it stands in the journal; a far side that does not answer holds nothing up. */
export async function sayFarewell(hub: Pick<Hub, "ledger" | "log">, live: LiveConnection): Promise<void> {
  const { row, connected } = live;
  const { farewell } = connected();
  if (!farewell) return;
  const calls: RecordedRequest[] = [];
  const receivedAt = new Date();
  try {
    await underWay.run({ source: row.id, calls }, farewell);
  } catch (error) {
    // What was sent is told below; what was not even sent has no other trace.
    hub.log.info({ err: error, connection: row.id }, "the far side was not told that it is let in no longer");
  }
  for (const { method, url, status, error } of calls) {
    const isTold = status !== undefined && status < 400;
    const line = {
      ...{ connection: row.id, receivedAt, method, path: url, prefix: "", query: "", headers: {}, body: Buffer.alloc(0), ip: "" },
      outcome: isTold ? ("ignored" as const) : ("failed" as const),
      status: status ?? 0,
      detail: isTold
        ? "The far side was told that it is let in no longer"
        : `The far side was not told that it is let in no longer: ${error ?? `it answers ${status}`}`,
    };
    await hub.ledger.record(row.workspace, { line, events: [] });
  }
}
