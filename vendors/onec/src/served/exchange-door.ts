import { type InboundRequest, Intruder, type Received } from "@svyazka/core";
import type { OneC } from "../settings.ts";

/** The site exchange that 1C can do without any handler (CommerceML, onec.md §10). Goods are left out: counterparties and orders. */

export const exchangePath = "/1c/exchange";
/** What 1C offers by itself. */
export const bitrixPath = "/bitrix/admin/1c_exchange.php";
export const isExchange = ({ path }: InboundRequest): boolean => path === exchangePath || path === bitrixPath;

const withinMs = 110_000;

export function receiveExchange(request: InboundRequest, door: OneC): Received {
  if (door.settings.side !== "door") throw new Intruder("not a door");
  return {
    withinMs,
    // Its status is 200 all the same: 1C reads the words only then.
    otherwise: {
      ...{ status: 200, headers: { "content-type": "text/plain; charset=utf-8" } },
      body: "failure\nХаб не успел ответить. Повторите обмен: второй записи не появится",
    },
    async answer(kit) {
      // Loaded when somebody comes: most hubs never need to read XML.
      const { answerStep } = await import("./exchange.ts");
      return answerStep(request, { door, kit, isTrusted: true });
    },
  };
}
