import { useCallback, useSyncExternalStore } from "react";
import { useSession } from "../../data/session.ts";

/** What was begun and not sent yet, of each conversation: it stays in this browser. */

export interface Draft {
  readonly text: string;
  readonly replyTo: number | null;
}
const none: Draft = { text: "", replyTo: null };

const known = new Map<string, Draft>();
const watchers = new Set<() => void>();

function read(key: string): Draft {
  const before = known.get(key);
  if (before) return before;
  let draft = none;
  try {
    draft = { ...none, ...(JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Draft>) };
  } catch {
    // What is no draft is none.
  }
  known.set(key, draft);
  return draft;
}

function write(key: string, draft: Draft): void {
  known.set(key, draft);
  try {
    if (draft.text === "" && draft.replyTo === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // A full or forbidden storage: it is kept for as long as the page is open.
  }
  for (const watcher of watchers) watcher();
}

function useKey(conversation: number): string {
  const { workspace, user } = useSession();
  return `svyazka.draft ${workspace.id}/${user?.id ?? ""} ${conversation}`;
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function useDraft(conversation: number): Draft {
  const key = useKey(conversation);
  return useSyncExternalStore(watch, () => read(key));
}

/** Whoever only writes into it is not drawn anew with every letter. */
export function useSetDraft(conversation: number): (changes: Partial<Draft>) => void {
  const key = useKey(conversation);
  return useCallback((changes) => write(key, { ...read(key), ...changes }), [key]);
}
