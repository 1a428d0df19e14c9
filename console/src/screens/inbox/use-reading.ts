import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Conversation, Message } from "../../data/shapes.ts";
import { firstUnread } from "./rows.ts";

const events = ["focus", "blur", "visibilitychange"] as const;
function watch(watcher: () => void): () => void {
  for (const name of events) (name === "visibilitychange" ? document : window).addEventListener(name, watcher);
  return () => {
    for (const name of events) (name === "visibilitychange" ? document : window).removeEventListener(name, watcher);
  };
}
const isLookedAt = (): boolean => document.visibilityState === "visible" && document.hasFocus();

/**
 * Says that a conversation is read while somebody looks at it. Answers the first message that was new when they came: the line above it stays until they answer
 * or go away.
 */
export function useReading({ id, unread }: Conversation, messages: readonly Message[] | undefined): number | undefined {
  const may = useMay();
  const isWatched = useSyncExternalStore(watch, isLookedAt);
  const [first, setFirst] = useState<number>();
  const read = useSend("changeConversation", { refresh: ["listConversations", "getConversation", "countUnread"] });
  const told = useRef("");
  const latest = messages?.at(-1);
  const [hasBegun, setBegun] = useState(false);

  // New ones get a line when somebody comes to them, not when they come in before somebody's eyes.
  if (messages && unread > 0 && first === undefined && (!hasBegun || !isWatched)) setFirst(firstUnread(messages, unread));
  if (messages && !hasBegun) setBegun(true);
  useEffect(() => {
    if (latest?.direction === "out" && latest.origin === "user")
      setFirst((line) => (line !== undefined && line < latest.id ? undefined : line));
  }, [latest]);

  const { mutate } = read;
  const canTell = may("crm:write");
  useEffect(() => {
    const what = `${unread} ${latest?.id ?? 0}`;
    if (!isWatched || !canTell || !messages || unread === 0 || told.current === what) return;
    told.current = what;
    mutate({ path: { id }, body: { read: true } });
  }, [isWatched, canTell, messages, unread, latest, id, mutate]);
  return first;
}
