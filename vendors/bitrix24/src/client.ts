import { feedOf } from "./client/feed.ts";
import { itemsOf } from "./client/items.ts";
import { openLinesOf } from "./client/open-lines.ts";
import { requisitesOf } from "./client/requisites.ts";
import { subscriptionsOf } from "./client/subscriptions.ts";
import { telephonyOf } from "./client/telephony.ts";
import { type TransportOptions, transportOf } from "./client/transport.ts";
import { listOf, mapOf, type ObjectName } from "./protocol.ts";

/** A portal of Bitrix24, in the cloud or in a box: everything one can ask of it. Make one per way of being let in, and process. */
export function makePortal(options: TransportOptions) {
  const transport = transportOf(options);
  return {
    ...transport,
    transport,
    leads: itemsOf(transport, "lead"),
    deals: itemsOf(transport, "deal"),
    contacts: itemsOf(transport, "contact"),
    companies: itemsOf(transport, "company"),
    feed: feedOf(transport),
    requisites: requisitesOf(transport),
    telephony: telephonyOf(transport),
    openLines: openLinesOf(transport),
    subscriptions: subscriptionsOf(transport),
    /**
     * Ids of those who have one of these. `values`: twenty at most, so give the spellings of one phone at once. Of one kind: where one kind has many hits, others are left out.
     * Source: crm.duplicate.findbycomm
     */
    async findByChannel(type: "PHONE" | "EMAIL", values: readonly string[], of: Exclude<ObjectName, "deal">): Promise<number[]> {
      if (values.length === 0) return [];
      const kind = of.toUpperCase();
      const { result } = await transport.ask("crm.duplicate.findbycomm", { type, values: values.slice(0, 20), entity_type: kind });
      return listOf(mapOf(result)[kind]).flatMap((id) => (Number.isSafeInteger(Number(id)) ? [Number(id)] : []));
    },
  };
}
export type Portal = ReturnType<typeof makePortal>;

export * from "./client/batch.ts";
export * from "./client/errors.ts";
export * from "./client/feed.ts";
export * from "./client/items.ts";
export * from "./client/open-lines.ts";
export * from "./client/patient.ts";
export * from "./client/problems.ts";
export * from "./client/requisites.ts";
export * from "./client/session.ts";
export * from "./client/setup.ts";
export * from "./client/subscriptions.ts";
export * from "./client/telephony.ts";
export * from "./client/transport.ts";
