import { type Kit, once as onceByKey, Refused, type Write } from "@svyazka/core";
import { hasDoneNothing } from "../port-errors.ts";

/** One write, once for each key: amoCRM knows no keys of ours. */
export const once = (kit: Kit, key: string, write: Write): Promise<string> => onceByKey(kit, key, { hasDoneNothing, ...write });

/** amoCRM's ids are numbers. Throws `Refused` for what is none. */
export function idOf(name: string, id: string): number {
  const number = Number(id);
  if (!/^\d{1,15}$/.test(id) || number === 0) throw new Refused(`there is no ${name} ${id}`);
  return number;
}
