import { useSyncExternalStore } from "react";

/** Whether the hub answers. The page says so while it does not, and everything that was sent is tried again. */

let reachable = true;
const watchers = new Set<() => void>();

export function noteContact(answered: boolean): void {
  if (answered === reachable) return;
  reachable = answered;
  for (const watcher of watchers) watcher();
}

export const isReachable = (): boolean => reachable;

export const useReachable = (): boolean =>
  useSyncExternalStore((watcher) => {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  }, isReachable);
