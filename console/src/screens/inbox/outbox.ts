import type { QueryClient } from "@tanstack/react-query";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { ApiProblem, type BodyOf, send, Unreachable } from "../../data/client.ts";
import { useSession } from "../../data/session.ts";
import type { Message, MessageFile } from "../../data/shapes.ts";
import { putMessage } from "./thread.ts";

/**
 * What was written and has not been taken by the hub yet. Each has one key for all its tries, so that nothing is sent twice; it outlives the page being loaded again,
 * and what the hub refused stays until the person does something about it.
 */
export interface Unsent {
  readonly key: string;
  /** Whose it is: workspace and person. */
  readonly owner: string;
  readonly conversation: number;
  readonly body: BodyOf<"sendMessage">;
  readonly files: readonly MessageFile[];
  readonly at: string;
  /** The newest message that was there when it was written. */
  readonly after: number;
  readonly state: "sending" | "stopped";
  /** Why it was stopped. */
  readonly error?: unknown;
}

const mostTries = 60;
const place = "svyazka.outbox";

let unsent: readonly Unsent[] = read();
const watchers = new Set<() => void>();
function put(next: readonly Unsent[]): void {
  unsent = next;
  try {
    sessionStorage.setItem(place, JSON.stringify(unsent.map(({ error, ...rest }) => rest)));
  } catch {
    // A full or forbidden storage: it is kept for as long as the page is open.
  }
  for (const watcher of watchers) watcher();
}
function read(): readonly Unsent[] {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? "[]") as Unsent[];
  } catch {
    return [];
  }
}

const working = new Set<number>();
/** One after another, in the order they were written. */
async function work(client: QueryClient, conversation: number): Promise<void> {
  if (working.has(conversation)) return;
  working.add(conversation);
  const next = (): Unsent | undefined => unsent.find((one) => one.conversation === conversation && one.state === "sending");
  for (let one = next(); one; one = next()) await deliver(client, one);
  working.delete(conversation);
}

async function deliver(client: QueryClient, { key, conversation, body }: Unsent): Promise<void> {
  for (let tries = 0; unsent.some((one) => one.key === key); tries++) {
    try {
      const message = await send("sendMessage", { path: { id: conversation }, body, key });
      putMessage(client, conversation, message);
      // Those behind it wait for another message than this one.
      put(
        unsent.flatMap((one) =>
          one.key === key ? [] : one.conversation === conversation ? [{ ...one, after: Math.max(one.after, message.id) }] : [one],
        ),
      );
      for (const operation of ["listConversations", "getConversation"]) void client.invalidateQueries({ queryKey: [operation] });
      return;
    } catch (error) {
      // 409: the try before this one is still being worked on.
      const isPassing = error instanceof Unreachable || (error instanceof ApiProblem && error.status === 409);
      if (!isPassing || tries >= mostTries) {
        put(unsent.map((one) => (one.key === key ? { ...one, state: "stopped", error } : one)));
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** tries, 5000)));
    }
  }
}

/** Those that the list of messages does not show yet: news of a message may come before the answer to whoever sent it. */
export function notThereYet(waiting: readonly Unsent[], messages: readonly Message[], me: number | undefined): Unsent[] {
  const claimed = new Set<number>();
  return waiting.filter(({ after, body, files }) => {
    const found = messages.find(
      ({ id, origin, user, text, files: theirs }) =>
        id > after && !claimed.has(id) && origin === "user" && user === me && text === (body.text ?? "") && theirs.length === files.length,
    );
    if (found) claimed.add(found.id);
    return !found;
  });
}

export interface Outbox {
  readonly unsent: readonly Unsent[];
  post(message: Pick<Unsent, "body" | "files" | "after">): void;
  again(key: string): void;
  discard(key: string): void;
}

export function useOutbox(conversation: number): Outbox {
  const client = useQueryClient();
  const { workspace, user } = useSession();
  const owner = `${workspace.id}/${user?.id ?? ""}`;
  const all = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => unsent,
  );
  // What was on its way when the page was loaded again.
  useEffect(() => void work(client, conversation), [client, conversation]);
  return useMemo(
    () => ({
      unsent: all.filter((one) => one.conversation === conversation && one.owner === owner),
      post(message) {
        const written = { ...message, key: crypto.randomUUID(), owner, conversation, at: new Date().toISOString() };
        put([...unsent, { ...written, state: "sending" }]);
        void work(client, conversation);
      },
      again(key) {
        put(
          unsent.map(({ error, ...one }) =>
            one.key === key ? { ...one, state: "sending" } : { ...one, ...(error !== undefined && { error }) },
          ),
        );
        void work(client, conversation);
      },
      discard: (key) => put(unsent.filter((one) => one.key !== key)),
    }),
    [all, client, conversation, owner],
  );
}
