import type { OwnCrm } from "@svyazka/core";
import { type LinkDraft, Unfit } from "../api/account.ts";
import type { ElementRef } from "../protocol.ts";

/** Elements of catalogs on deals. */

/** What stands on each of these deals. */
export async function elementsOn(crm: OwnCrm, deals: readonly { readonly id: number }[]): Promise<ReadonlyMap<number, ElementRef[]>> {
  const found = new Map<number, ElementRef[]>();
  for (const { deal, element, catalog, quantity, priceField } of await crm.dealElements.list(deals.map(({ id }) => id)))
    found.set(deal, [...(found.get(deal) ?? []), { id: element, metadata: { quantity, catalog_id: catalog, price_id: priceField } }]);
  return found;
}

/** So many of an element on a lead, or none. Throws `Unfit` for one that is not in the catalog that is named. */
export async function tieElement(crm: OwnCrm, link: LinkDraft, on: boolean): Promise<void> {
  const { entity_id: deal, to_entity_id: element, catalog_id: catalog, quantity, price_id } = link;
  if (!on) return crm.dealElements.remove(deal, element);
  if (catalog !== undefined && (await crm.elements.list({ limit: 1, ids: [element], catalogs: [catalog] })).items.length === 0)
    throw new Unfit("to_entity_id");
  await crm.dealElements.put(deal, element, {
    ...(quantity !== undefined && { quantity }),
    ...(price_id !== undefined && { priceField: price_id }),
  });
}
