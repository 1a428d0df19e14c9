import type { Kit, Sibling } from "@svyazka/core";
import type { OneC } from "../settings.ts";

/** What a call of a base is answered in: whose door it came by, which base it is, and what the hub lends to that base. */
export interface Scene {
  readonly door: OneC;
  readonly base: Sibling;
  readonly kit: Kit;
  /** What the hub lends to the door. */
  readonly doorKit: Kit;
  /** Who came by the secret address, or with the hub's own login. */
  readonly isTrusted: boolean;
  /** What was wrong with the call and was understood all the same. */
  readonly warnings: readonly string[];
}
