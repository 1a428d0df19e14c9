import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Caller } from "../api/implement.ts";
import type { Bus } from "../db/bus.ts";

const heartbeatMs = 25_000;

/** Server-sent events: what happens in a workspace, to those of its people who have a page open. */
export class News {
  readonly #listeners = new Set<{ readonly caller: Caller; readonly response: ServerResponse }>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(bus: Bus) {
    bus.on((message) => {
      if (message.kind !== "live") return;
      for (const { caller, response } of this.#listeners) {
        if (caller.workspace.id !== message.workspace) continue;
        if (message.users && (caller.userId === undefined || !message.users.includes(caller.userId))) continue;
        response.write(`event: ${String(message.news["type"] ?? "news")}\ndata: ${JSON.stringify(message.news)}\n\n`);
      }
    });
    this.#heartbeat = setInterval(() => {
      for (const { response } of this.#listeners) response.write(": still here\n\n");
    }, heartbeatMs);
    this.#heartbeat.unref();
  }

  /** Writes until the reader goes away. */
  async listen(caller: Caller, response: ServerResponse): Promise<void> {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store", "x-accel-buffering": "no" });
    response.write(": welcome\n\n");
    const listener = { caller, response };
    this.#listeners.add(listener);
    await once(response, "close").catch(() => {});
    this.#listeners.delete(listener);
  }

  /** Ends every stream, so that a stopping hub need not wait for its readers. They come back by themselves. */
  close(): void {
    clearInterval(this.#heartbeat);
    for (const { response } of this.#listeners) response.end();
  }
}
