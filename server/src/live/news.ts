import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Scope } from "@svyazka/contract";
import type { WorkspaceId } from "@svyazka/core";
import type { Caller } from "../api/implement.ts";
import type { Bus } from "../db/bus.ts";
import type { Audience, News as Change, Watched } from "./changes.ts";

const heartbeatMs = 25_000;
/** A reader that lets so much lie unread has gone, or comes back and reads anew. */
const mostUnreadBytes = 1_048_576;

const needs: Readonly<Record<Change["type"], Scope>> = { records: "crm:read", deliveries: "hub:read", journal: "hub:read" };

interface Listener {
  caller: Caller;
  isNew: boolean;
  readonly response: ServerResponse;
  /** Who it is by now; undefined when the session has ended, the token was revoked or the person was switched off. */
  readonly again: () => Promise<Caller | undefined>;
}

/** Server-sent events: what happens in a workspace, to those of its people who have a page open. */
export class News implements Audience {
  readonly #listeners = new Set<Listener>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(bus: Bus) {
    bus.on((message) => {
      if (message.kind === "tokens" || message.kind === "directory") void this.#lookAgain(message.workspace);
      if (message.kind === "directory") this.#write(message.workspace, { type: "directory" });
      if (message.kind !== "live") return;
      const { users, news } = message;
      const isRecords = String(news.type).startsWith("conversation.");
      this.#write(
        message.workspace,
        news,
        ({ userId, scopes }) => (!users || (userId !== undefined && users.includes(userId))) && (!isRecords || scopes.has(needs.records)),
      );
    });
    // Sessions end without a word.
    this.#heartbeat = setInterval(() => {
      for (const { response } of this.#listeners) response.write(": still here\n\n");
      void this.#lookAgain();
    }, heartbeatMs);
    this.#heartbeat.unref();
  }

  watched(): ReadonlyMap<WorkspaceId, Watched> {
    const watched = new Map<WorkspaceId, Watched>();
    for (const listener of this.#listeners) {
      const { workspace, scopes } = listener.caller;
      const others = watched.get(workspace.id);
      watched.set(workspace.id, {
        seesHub: scopes.has("hub:read") || others?.seesHub === true,
        hasNewcomer: listener.isNew || others?.hasNewcomer === true,
      });
      listener.isNew = false;
    }
    return watched;
  }

  tell(workspace: WorkspaceId, news: Change): void {
    this.#write(workspace, news, ({ scopes }) => scopes.has(needs[news.type]));
  }

  /** Writes until the reader goes away, or may not read any longer. */
  async listen(caller: Caller, response: ServerResponse, again: Listener["again"]): Promise<void> {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store", "x-accel-buffering": "no" });
    response.write(": welcome\n\n");
    const listener: Listener = { caller, isNew: true, response, again };
    this.#listeners.add(listener);
    await once(response, "close").catch(() => {});
    this.#listeners.delete(listener);
  }

  /** Ends every stream, so that a stopping hub need not wait for its readers. They come back by themselves. */
  close(): void {
    clearInterval(this.#heartbeat);
    for (const { response } of this.#listeners) response.end();
  }

  #write(workspace: WorkspaceId, news: Readonly<Record<string, unknown>>, isFor: (caller: Caller) => boolean = () => true): void {
    const text = `event: ${String(news["type"] ?? "news")}\ndata: ${JSON.stringify(news)}\n\n`;
    for (const { caller, response } of this.#listeners) {
      if (caller.workspace.id !== workspace || !isFor(caller)) continue;
      response.write(text);
      if (response.writableLength > mostUnreadBytes) response.destroy();
    }
  }

  async #lookAgain(workspace?: WorkspaceId): Promise<void> {
    for (const listener of this.#listeners) {
      if (workspace !== undefined && listener.caller.workspace.id !== workspace) continue;
      try {
        const caller = await listener.again();
        if (caller) listener.caller = caller;
        else listener.response.end();
      } catch {
        // Whoever it is now, it is nobody we know. When the database is away they come back, too.
        listener.response.end();
      }
    }
  }
}
