import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { send } from "../../data/client.ts";
import { keyOf } from "../../data/queries.ts";
import type { Message } from "../../data/shapes.ts";

/** What is said in one conversation, as far back as somebody has looked. */

export interface Thread {
  /** The oldest first. */
  readonly messages: readonly Message[];
  /** Where what is older goes on; null when there is no more. */
  readonly older: string | null;
}
interface Page {
  readonly items: readonly Message[];
  readonly next_cursor: string | null;
}

const pageSize = 50;

const inOrder = (one: Message, other: Message): number => one.at.localeCompare(other.at) || one.id - other.id;
/** Each message once; what is asked later is newer. */
function joined(before: readonly Message[], after: readonly Message[]): Message[] {
  return [...new Map([...before, ...after].map((message) => [message.id, message])).values()].sort(inOrder);
}

/** The latest page, with what was known before. When the two do not meet, something between them is missing: then what was known is left. */
export function withLatest(before: Thread | undefined, page: Page): Thread {
  const known = new Set(before?.messages.map(({ id }) => id));
  const meets = page.next_cursor === null || page.items.some(({ id }) => known.has(id));
  if (!before || !meets) return { messages: joined([], page.items), older: page.next_cursor };
  return { messages: joined(before.messages, page.items), older: before.older };
}

export const withOlder = (before: Thread, page: Page): Thread => ({
  messages: joined(page.items, before.messages),
  older: page.next_cursor,
});

const keyOfThread = (conversation: number) => keyOf("listMessages", { path: { id: conversation }, query: { limit: pageSize } });

/** A message that has just been sent is there before anybody tells of it. */
export function putMessage(client: QueryClient, conversation: number, message: Message): void {
  client.setQueryData<Thread>(keyOfThread(conversation), (before) => before && { ...before, messages: joined(before.messages, [message]) });
}

export function useThread(conversation: number) {
  const client = useQueryClient();
  const key = keyOfThread(conversation);
  const path = { id: conversation };
  const query = useQuery<Thread, Error>({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const page = await send("listMessages", { path, query: { limit: pageSize }, signal });
      return withLatest(client.getQueryData<Thread>(key), page);
    },
    staleTime: 0,
  });
  const [isLoadingOlder, setLoadingOlder] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key and the path follow from the conversation
  const loadOlder = useCallback(async (): Promise<Thread | undefined> => {
    const known = client.getQueryData<Thread>(key);
    if (!known || known.older === null) return undefined;
    setLoadingOlder(true);
    try {
      const page = await send("listMessages", { path, query: { limit: pageSize, cursor: known.older } });
      return client.setQueryData<Thread>(key, (before) => before && withOlder(before, page));
    } finally {
      setLoadingOlder(false);
    }
  }, [client, conversation]);
  return { ...query, loadOlder, isLoadingOlder };
}
