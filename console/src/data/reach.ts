import { useSyncExternalStore } from "react";

/** Whether the hub answers. The page says so while it does not, and everything that was sent is tried again. */

let reachable = true;
let signedOut = false;
const watchers = new Set<() => void>();
const watch = (watcher: () => void): (() => void) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};
const tell = (): void => {
  for (const watcher of watchers) watcher();
};

export function noteContact(answered: boolean): void {
  if (answered === reachable) return;
  reachable = answered;
  tell();
}

/** A session ends while its page is open: the page says so and keeps what was typed. */
export function noteSession(over: boolean): void {
  if (over === signedOut) return;
  signedOut = over;
  tell();
}

export const isReachable = (): boolean => reachable;

export const useReachable = (): boolean => useSyncExternalStore(watch, isReachable);
export const useSignedOut = (): boolean => useSyncExternalStore(watch, () => signedOut);
