import type { Workspace } from "@svyazka/core";
import type { By } from "./by.ts";
import { Invalid } from "./errors.ts";

/** What a write of the port needs to know. */
export interface PortWrite {
  readonly by: By;
  readonly language: Workspace["language"];
}

/** Ids are opaque outside; here they are numbers. Throws `Invalid` for what cannot be one of ours. */
export function readId(name: string, id: string): number {
  const number = /^[1-9]\d{0,15}$/.test(id) ? Number(id) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw new Invalid({ [name]: [`there is no ${name} ${id}`] });
  return number;
}
