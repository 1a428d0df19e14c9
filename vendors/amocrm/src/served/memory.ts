import type { Kit } from "@svyazka/core";

/**
 * What was read of how our CRM is set up (users, pipelines, fields), for lists of records: reading it anew for each of them would cost more than the records. The hub lends
 * a new kit as soon as something of it changes, in whatever process, and this goes with the old one; what is written through this connection ends it at once.
 */
const memories = new WeakMap<Kit, Map<string, Promise<unknown>>>();

/** What was read under this name, or is read now. What fails is not kept. */
export function remembered<T>(kit: Kit, name: string, read: () => Promise<T>): Promise<T> {
  const memory = memories.get(kit) ?? new Map<string, Promise<unknown>>();
  memories.set(kit, memory);
  const known = memory.get(name) as Promise<T> | undefined;
  if (known) return known;
  const reading = read();
  memory.set(name, reading);
  reading.catch(() => memory.delete(name));
  return reading;
}

export const forget = (kit: Kit): void => void memories.delete(kit);
