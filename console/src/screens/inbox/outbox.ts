import type { QueryClient } from "@tanstack/react-query";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { ApiProblem, send, Unreachable } from "../../data/client.ts";
import { useSession } from "../../data/session.ts";
import { putMessage } from "./thread.ts";
import type { Unsent } from "./unsent.ts";

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
/** One after another, in the order they were written; never those of somebody who was signed in here before. */
async function work(client: QueryClient, owner: string, conversation: number): Promise<void> {
  if (working.has(conversation)) return;
  working.add(conversation);
  const next = (): Unsent | undefined =>
    unsent.find((one) => one.owner === owner && one.conversation === conversation && one.state === "sending");
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
  useEffect(() => void work(client, owner, conversation), [client, owner, conversation]);
  return useMemo(
    () => ({
      unsent: all.filter((one) => one.conversation === conversation && one.owner === owner),
      post(message) {
        const written = { ...message, key: crypto.randomUUID(), owner, conversation, at: new Date().toISOString() };
        put([...unsent, { ...written, state: "sending" }]);
        void work(client, owner, conversation);
      },
      again(key) {
        put(
          unsent.map(({ error, ...one }) =>
            one.key === key ? { ...one, state: "sending" } : { ...one, ...(error !== undefined && { error }) },
          ),
        );
        void work(client, owner, conversation);
      },
      discard: (key) => put(unsent.filter((one) => one.key !== key)),
    }),
    [all, client, conversation, owner],
  );
}
