import { amoTroubles, startAmoAccount } from "./crms/amo.ts";
import { bitrix24Troubles, startBitrix24Portal } from "./crms/bitrix24.ts";
import { startBuiltin } from "./crms/builtin.ts";
import type { CrmUnderTest } from "./crms/under-test.ts";

/** Every CRM that a company may work in. A story is told of each of them in the same words. */

export interface CrmLine {
  readonly name: string;
  /** What may go wrong on the way to it, each for a while. The first is that it refuses connections, or as good as that. */
  readonly troubles: readonly string[];
  /** Stories that are another one there, and are not told of it. */
  readonly without?: readonly string[];
  start(): Promise<CrmUnderTest>;
}

export const crms: readonly CrmLine[] = [
  { name: "our own CRM", troubles: [], start: startBuiltin },
  { name: "an account at amoCRM", troubles: amoTroubles, start: startAmoAccount },
  { name: "a portal of Bitrix24", troubles: bitrix24Troubles, start: () => startBitrix24Portal(2) },
  {
    name: "a portal of Bitrix24 with leads",
    troubles: bitrix24Troubles,
    // Whoever writes becomes a lead of the portal's own making, which is the person, too.
    without: ["chats"],
    start: () => startBitrix24Portal(1),
  },
];

export type { CrmUnderTest, Look } from "./crms/under-test.ts";
