import type { Accounting, Connected, Kit } from "@svyazka/core";
import type { OneC } from "../settings.ts";
import { keepClient } from "./clients.ts";
import { connectExchange } from "./exchange.ts";
import { groundOf } from "./ground.ts";
import { askVersion } from "./keep.ts";
import { documentsOf, keepOrder } from "./orders.ts";
import { asking } from "./port-errors.ts";

/** One base as the flows see it. A base that only speaks by itself is told nothing. */
export function connectBase(base: OneC, kit: Kit): Connected {
  if (base.settings.exchange) return connectExchange(base, kit);
  if (!base.settings.web_address) return { check: async () => {} };
  const ground = groundOf(base, kit);
  const accounting: Accounting = {
    wants: ({ kind, change }) =>
      change !== "deleted" && (kind === "contact" || kind === "company" ? base.settings.clients !== "none" : kind === "deal"),
    keepClient: (client) => asking(async () => withoutShape(await keepClient(ground, client))),
    keepOrder: (order) => asking(() => keepOrder(ground, order)),
    documents: (deal, { isLeftAlone } = {}) => documentsOf(ground, deal, isLeftAlone),
  };
  return {
    accounting,
    check: () => asking(async () => void (await askVersion(ground))),
  };
}

const withoutShape = ({ client: _client, ...kept }: Awaited<ReturnType<typeof keepClient>>) => kept;
