import { type CatalogDraft, type ElementDraft, type FieldOwner, type LinkDraft, type Pen, Unfit } from "../api/account.ts";
import type { Catalog, CustomField } from "../protocol.ts";
import { type Desk, mustHave, nextId, stampsOf } from "./desk.ts";
import { fieldsAfter } from "./field-values.ts";
import type { State } from "./state.ts";

/** Lists of goods and the like. */

export const fieldsOf = (state: State, of: FieldOwner): readonly CustomField[] =>
  typeof of === "string" ? state.fields[of] : (state.catalogFields.get(of.catalog) ?? []);

export function putFields(state: State, of: FieldOwner, fields: readonly CustomField[]): void {
  if (typeof of === "string") state.fields[of] = [...fields];
  else state.catalogFields.set(of.catalog, [...fields]);
}

export function catalogPen(desk: Desk): Pick<Pen, "createCatalog" | "updateCatalog" | "createElement" | "updateElement"> {
  const { state, userId, now } = desk;

  function putCatalog(id: number, draft: CatalogDraft, before?: Catalog): void {
    const type = before?.type ?? draft.type ?? "regular";
    if (!before && type !== "regular" && [...state.catalogs.values()].some((one) => one.type === type))
      throw new Unfit("type", "There is a catalog of this type.", "NotUnique");
    state.catalogs.set(id, {
      ...{ id, type, name: draft.name ?? before?.name ?? "", sort: draft.sort ?? before?.sort ?? 10 },
      can_add_elements: draft.can_add_elements ?? before?.can_add_elements ?? true,
      can_show_in_cards: draft.can_show_in_cards ?? before?.can_show_in_cards ?? false,
      can_link_multiple: draft.can_link_multiple ?? before?.can_link_multiple ?? true,
      ...{ can_be_deleted: type !== "products", sdk_widget_code: null, account_id: state.info.id },
      ...(before
        ? { created_by: before.created_by, created_at: before.created_at, updated_by: userId, updated_at: now }
        : stampsOf(desk, {})),
    });
  }

  function putElement(id: number, catalog: number, draft: ElementDraft): void {
    const before = state.elements.get(id);
    state.elements.set(id, {
      ...{ id, catalog_id: catalog, name: draft.name ?? before?.name ?? "", is_deleted: false, account_id: state.info.id },
      custom_fields_values: fieldsAfter(before?.custom_fields_values ?? null, draft.fields),
      ...(before
        ? { created_by: before.created_by, created_at: before.created_at, updated_by: userId, updated_at: now }
        : stampsOf(desk, {})),
    });
  }

  return {
    async createCatalog(draft) {
      const id = nextId(desk);
      putCatalog(id, draft);
      return id;
    },
    async updateCatalog(id, draft) {
      putCatalog(id, draft, mustHave(state.catalogs, id));
    },
    async createElement(catalog, draft) {
      const id = nextId(desk);
      mustHave(state.catalogs, catalog);
      putElement(id, catalog, draft);
      return id;
    },
    async updateElement(catalog, id, draft) {
      mustHave(state.elements, id);
      putElement(id, catalog, draft);
    },
  };
}

/** So many of an element on a lead. Throws `Unfit`. */
export function tieElement(state: State, { entity_type, entity_id, to_entity_id, ...link }: LinkDraft): void {
  const element = state.elements.get(to_entity_id);
  if (!element || (link.catalog_id !== undefined && link.catalog_id !== element.catalog_id)) throw new Unfit("to_entity_id");
  if (entity_type !== "leads") throw new Unfit("to_entity_type");
  if (link.quantity !== undefined && link.quantity <= 0) throw new Unfit("metadata.quantity");
  const isThis = (one: State["links"][number]): boolean => one.to_entity_type === "catalog_elements" && one.to_entity_id === to_entity_id;
  const before = state.links.find((one) => isThis(one) && one.entity_id === entity_id);
  const isTaken = state.links.some((one) => isThis(one) && one.entity_id !== entity_id);
  if (isTaken && !state.catalogs.get(element.catalog_id)?.can_link_multiple)
    throw new Unfit("to_entity_id", "This element stands on another lead.", "NotUnique");
  state.links = state.links.filter((one) => one !== before);
  const metadata = {
    quantity: link.quantity ?? before?.metadata?.["quantity"] ?? 1,
    catalog_id: element.catalog_id,
    price_id: link.price_id ?? before?.metadata?.["price_id"] ?? null,
  };
  state.links.push({ entity_type, entity_id, to_entity_type: "catalog_elements", to_entity_id, metadata });
}
