import type { MoveFinding } from "@svyazka/core";
import { AmoForbidden, AmoInvalid, AmoNotFound } from "../client.ts";
import type { Catalog, CatalogElement, Lead } from "../protocol.ts";
import { fieldsOut } from "./fields-out.ts";
import type { Here } from "./here.ts";
import { perPage } from "./here.ts";
import { passElement, passRecord } from "./local.ts";
import { type OutGround, passageOut, tie } from "./out-ground.ts";
import { fieldDrafts } from "./records-out.ts";
import { sendOnce } from "./send-once.ts";

/** Lists of goods and the like, what is in them, and how many of it stand on leads. */

const isNo = (error: unknown): error is AmoInvalid | AmoForbidden | AmoNotFound =>
  error instanceof AmoInvalid || error instanceof AmoForbidden || error instanceof AmoNotFound;

export async function catalogsOut(ground: OutGround, { account }: Here, found: MoveFinding[]): Promise<void> {
  const { amo, theirs, out } = ground;
  for (const catalog of await account.catalogs()) {
    const known = out.get("catalog", catalog.id);
    const own = theirs.catalogs.find(
      ({ id, name, type }) => id === known || (type === catalog.type && (type !== "regular" || name === catalog.name)),
    );
    try {
      const { id } = own ?? (await make(ground, catalog));
      await tie(ground, "catalog", [[catalog.id, id]]);
      const there = { fields: own?.fields ?? [], client: amo.catalogs.fields(id) };
      await fieldsOut(ground, there, await account.fields({ catalog: catalog.id }), found);
    } catch (error) {
      if (!isNo(error)) throw error;
      found.push({
        what: "refused",
        kind: "catalog",
        id: String(catalog.id),
        here: catalog.name,
        words: { ru: error.message, en: error.message },
      });
    }
  }
}

const make = ({ amo }: OutGround, { name, type, sort, can_add_elements, can_link_multiple, can_show_in_cards }: Catalog) =>
  amo.catalogs.create({ name, type, sort, can_add_elements, can_link_multiple, can_show_in_cards });

/** They say nothing of when they were made: after a lost answer they are known by their names. */
export async function elementsOut(ground: OutGround, catalog: number, items: readonly CatalogElement[]): Promise<MoveFinding[]> {
  const own = ground.out.get("catalog", catalog);
  // The catalog itself was refused, which is told.
  if (own === undefined) return [];
  const client = ground.amo.catalogs.elements(own);
  const passage = passageOut(ground);
  return sendOnce<CatalogElement, { readonly name: string }>(ground, items, {
    ...{ kind: "element", idKind: "element", name: `elements of ${catalog}`, creating: client },
    draftOf(item) {
      const { name, custom_fields_values } = passElement(item, passage);
      return { name, ...((custom_fields_values ?? []).length > 0 && { custom_fields_values: fieldDrafts(custom_fields_values) }) };
    },
    markOf: ({ name }) => name,
    // They come by their numbers only, the oldest first.
    async newest() {
      const all: CatalogElement[] = [];
      for await (const element of client.all()) all.unshift(element);
      return { items: all, hasMore: false };
    },
  });
}

/** Put on leads that are there; a lead says afterwards when it was changed here. */
export async function goodsOut(ground: OutGround, leads: readonly Lead[]): Promise<MoveFinding[]> {
  const { amo, out } = ground;
  const found: MoveFinding[] = [];
  for (const lead of leads) {
    const there = out.get("leads", lead.id);
    const goods = lead._embedded.catalog_elements ?? [];
    if (there === undefined || goods.length === 0 || out.get("goods", lead.id) !== undefined) continue;
    const { updated_at, updated_by, _embedded } = passRecord("leads", lead, passageOut(ground));
    for (const { id, metadata } of _embedded.catalog_elements ?? []) {
      const { quantity, catalog_id, price_id } = metadata;
      const link = { to_entity_id: id, to_entity_type: "catalog_elements" as const };
      try {
        await amo.leads.links.link(there, [{ ...link, metadata: { quantity, catalog_id, ...(price_id != null && { price_id }) } }]);
      } catch (error) {
        if (!isNo(error)) throw error;
        found.push({
          ...{ what: "refused", kind: "deal", id: String(lead.id), member: `catalog_elements.${id}` },
          words: { ru: error.message, en: error.message },
        });
      }
    }
    await amo.leads.update(there, { updated_at, updated_by });
    await out.keep("goods", [[lead.id, goods.length]]);
  }
  return found;
}

export const elementsHere = ({ account }: Here, catalog: number, page: number) =>
  account.elements({ catalog, page, limit: perPage, order: { by: "id", descending: false } });
