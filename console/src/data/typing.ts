import { useMemo, useSyncExternalStore } from "react";

/** Which colleagues are writing in which conversation at this moment. */

/** Nobody says when they stop: they say again and again that they go on. */
const goneMs = 6000;

const until = new Map<string, number>();
let version = 0;
const watchers = new Set<() => void>();
const tell = (): void => {
  version++;
  for (const watcher of watchers) watcher();
};

export function noteTyping({ conversation, user }: Record<string, unknown>): void {
  if (typeof user !== "number") return;
  const key = `${String(conversation)} ${user}`;
  until.set(key, Date.now() + goneMs);
  tell();
  setTimeout(() => {
    if ((until.get(key) ?? 0) > Date.now()) return;
    until.delete(key);
    tell();
  }, goneMs + 20);
}

const watch = (watcher: () => void): (() => void) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};

/** The ids of those who write in it, but for the person who looks. */
export function useTyping(conversation: number, but: number | undefined): readonly number[] {
  const now = useSyncExternalStore(watch, () => version);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `now` stands for what the map holds
  return useMemo(() => {
    const users = [...until.keys()].map((key) => key.split(" ").map(Number) as [number, number]);
    return users.flatMap(([where, user]) => (where === conversation && user !== but ? [user] : []));
  }, [now, conversation, but]);
}
