import type { DeliveryId } from "@svyazka/core";

/**
 * Attempts of this process that are not over. One that took too long was given up, and one whose lease ran out while the database was away has lost its lane; both go on until the far side has
 * answered, and whoever tried the same again beside them would send a message twice.
 */
const begun = new Map<DeliveryId, number>();

/** Nothing that is asked of a far side takes so long: what has not ended by then never will, and holds up nobody. */
const longestMs = 600_000;

export function isAtWork(delivery: DeliveryId): boolean {
  const since = begun.get(delivery);
  return since !== undefined && performance.now() - since < longestMs;
}

export async function whileAtWork<T>(delivery: DeliveryId, work: Promise<T>): Promise<T> {
  const since = performance.now();
  begun.set(delivery, since);
  try {
    return await work;
  } finally {
    if (begun.get(delivery) === since) begun.delete(delivery);
  }
}
