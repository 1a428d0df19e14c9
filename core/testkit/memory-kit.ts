import type { EventDraft } from "../src/events.ts";
import type { Kit, Origin, Store } from "../src/kit.ts";
import type { Link, Links } from "../src/links.ts";
import type { Route } from "../src/telephony.ts";
import { loneKit } from "./lone-kit.ts";
import { memoryBook } from "./memory-book.ts";

export interface MemoryKit extends Kit {
  /** What was recorded, each fact once, in order. */
  readonly facts: EventDraft[];
  readonly origins: Origin[];
  /** Secrets for which the door was opened, with the seconds if they end. */
  readonly doors: Map<string, number | undefined>;
}

/** What the hub lends, in memory, for tests of one vendor: `fetch` is the real network of this machine unless told otherwise. */
export function memoryKit(rest: Partial<Kit> & { readonly routes?: (call: Parameters<Kit["route"]>[0]) => Route } = {}): MemoryKit {
  const facts: EventDraft[] = [];
  const origins: Origin[] = [];
  const keys = new Set<string>();
  const doors = new Map<string, number | undefined>();
  const { routes, ...kit } = rest;
  return {
    ...loneKit,
    store: memoryStore(),
    links: memoryLinks(),
    book: memoryBook(),
    facts,
    origins,
    doors,
    async record(drafts, from) {
      origins.push(from);
      for (const draft of drafts) {
        if (keys.has(draft.key)) continue;
        keys.add(draft.key);
        facts.push(draft);
      }
    },
    route: async (call) => routes?.(call) ?? {},
    async openDoor(secret, seconds) {
      doors.set(secret, seconds);
    },
    async closeDoor(secret) {
      doors.delete(secret);
    },
    ...kit,
  };
}

export function memoryLinks(): Links {
  const kept = new Map<string, Link>();
  return {
    find: async (kind, theirs) => kept.get(`${kind} ${theirs}`),
    of: async (kind, ours) => [...kept.values()].filter((link) => link.kind === kind && link.ours === ours),
    async save(link) {
      kept.set(`${link.kind} ${link.theirs}`, structuredClone(link));
    },
    async remove(kind, theirs) {
      kept.delete(`${kind} ${theirs}`);
    },
  };
}

function memoryStore(): Store {
  const kept = new Map<string, { readonly kind: string; readonly id: string; readonly text: string; readonly at: number }>();
  return {
    async get(kind, id) {
      const found = kept.get(`${kind} ${id}`);
      return found && JSON.parse(found.text);
    },
    async put(kind, id, value, { at = new Date() } = {}) {
      kept.set(`${kind} ${id}`, { kind, id, text: JSON.stringify(value), at: at.getTime() });
    },
    async remove(kind, id) {
      kept.delete(`${kind} ${id}`);
    },
    async take(kind, id) {
      const found = kept.get(`${kind} ${id}`);
      kept.delete(`${kind} ${id}`);
      return found && JSON.parse(found.text);
    },
    async list(kind, { since, until, limit = 10_000 } = {}) {
      return [...kept.values()]
        .filter((one) => one.kind === kind && (!since || one.at >= since.getTime()) && (!until || one.at < until.getTime()))
        .sort((one, other) => one.at - other.at)
        .slice(0, limit)
        .map(({ id, text }) => ({ id, value: JSON.parse(text) }));
    },
  };
}
