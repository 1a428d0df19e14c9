import { useSyncExternalStore } from "react";

/** The calls that ring on this person's phone now, as the hub tells of them. */

export interface Ringing {
  readonly key: string;
  readonly direction: "in" | "out" | "internal";
  /** As typed, where it is no valid number. */
  readonly phone: string;
  readonly line?: string;
  readonly since: number;
  /** Somebody has taken it: the card stays until it is known who. */
  readonly answered: boolean;
  readonly caller: {
    readonly contact: number | null;
    readonly name: string;
    readonly company: string | null;
    readonly responsible: number | null;
    readonly deal: { readonly id: number; readonly name: string } | null;
  } | null;
}

let calls: readonly Ringing[] = [];
const watchers = new Set<() => void>();
const put = (next: readonly Ringing[]): void => {
  calls = next;
  for (const watcher of watchers) watcher();
};

interface RingingNews {
  readonly key: string;
  readonly direction: Ringing["direction"];
  readonly client: { readonly typed: string; readonly e164?: string };
  readonly line?: string;
  readonly caller: {
    readonly contact: number | null;
    readonly name: string;
    readonly companyName: string | null;
    readonly responsible: number | null;
    readonly deal: { readonly id: number; readonly name: string } | null;
  } | null;
}

export function noteCallNews(news: Record<string, unknown>): void {
  const key = String(news["key"]);
  if (news["type"] === "call.gone") {
    put(
      news["because"] === "answered"
        ? calls.map((call) => (call.key === key ? { ...call, answered: true } : call))
        : calls.filter((call) => call.key !== key),
    );
    return;
  }
  const { direction, client, line, caller } = news as unknown as RingingNews;
  const call: Ringing = {
    key,
    direction,
    phone: client.e164 ?? client.typed,
    ...(line !== undefined && { line }),
    since: Date.now(),
    answered: false,
    caller: caller && {
      contact: caller.contact,
      name: caller.name,
      company: caller.companyName,
      responsible: caller.responsible,
      deal: caller.deal && { id: caller.deal.id, name: caller.deal.name },
    },
  };
  put([...calls.filter((other) => other.key !== key), call]);
}

export const dismiss = (key: string): void => put(calls.filter((call) => call.key !== key));

export const useRinging = (): readonly Ringing[] =>
  useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => calls,
  );
