import type { OwnCatalog, OwnCrm, OwnElement, Workspace } from "@svyazka/core";
import { type CatalogDraft, type ElementDraft, Missing, type Pen, type Reading } from "../api/account.ts";
import type { Catalog, CatalogElement } from "../protocol.ts";
import { type FieldBook, readCatalogBook, readValues, writeValues } from "./fields.ts";
import { told } from "./pen.ts";
import { pageFilter, sortOf } from "./reading.ts";
import { seconds } from "./times.ts";
import type { HeldField } from "./values.ts";

/** Lists of goods and the like, in amoCRM's words. */

/** What we keep of a catalog beside what we know. */
interface Served {
  readonly can_add_elements?: boolean;
  readonly can_show_in_cards?: boolean;
}

export function readCatalogs(crm: OwnCrm, workspace: Workspace): Pick<Reading, "catalogs" | "elements"> {
  const account = workspace.id as number;
  return {
    catalogs: async () => (await crm.catalogs.list()).map((catalog) => writeCatalog(catalog, account)),
    async elements({ catalog, ids, query, order, ...paging }) {
      const { items, isMore } = await crm.elements.list({
        ...pageFilter(paging),
        ...sortOf(order),
        catalogs: [catalog],
        ...(ids && { ids }),
        ...(query !== undefined && { q: query }),
      });
      const book = await readCatalogBook(crm, catalog, account);
      return { items: items.map((element) => writeElement(element, book, workspace)), hasMore: isMore };
    },
  };
}

const stamps = ({ createdBy, updatedBy, createdAt, updatedAt }: OwnCatalog | OwnElement) => ({
  ...{ created_by: createdBy ?? 0, updated_by: updatedBy ?? 0, created_at: seconds(createdAt), updated_at: seconds(updatedAt) },
});

function writeCatalog(catalog: OwnCatalog, account_id: number): Catalog {
  const { can_add_elements = true, can_show_in_cards = false } = (catalog.served ?? {}) as Served;
  return {
    ...{ id: catalog.id, name: catalog.name, ...stamps(catalog), sort: catalog.position, type: catalog.kind },
    ...{ can_add_elements, can_show_in_cards, can_link_multiple: catalog.isShared, can_be_deleted: catalog.kind !== "products" },
    ...{ sdk_widget_code: null, account_id },
  };
}

const writeElement = (element: OwnElement, book: FieldBook<HeldField>, home: Workspace): CatalogElement => ({
  ...{ id: element.id, catalog_id: element.catalog, name: element.name, ...stamps(element), is_deleted: element.deletedAt !== null },
  ...{ custom_fields_values: writeValues(book, { values: element.values }, home), account_id: home.id as number },
});

export function catalogPen(
  crm: OwnCrm,
  workspace: Workspace,
): Pick<Pen, "createCatalog" | "updateCatalog" | "createElement" | "updateElement"> {
  const catalogDraft = ({ name, sort, can_link_multiple, can_add_elements, can_show_in_cards }: CatalogDraft, before: unknown = {}) => {
    const served = { ...(before as object | null), can_add_elements, can_show_in_cards };
    return {
      ...(name !== undefined && { name }),
      ...(sort !== undefined && { position: sort }),
      ...(can_link_multiple !== undefined && { isShared: can_link_multiple }),
      // Without the members that are undefined.
      served: JSON.parse(JSON.stringify(served)) as Served,
    };
  };
  async function elementDraft(catalog: number, { name, fields }: ElementDraft) {
    const book = fields && (await readCatalogBook(crm, catalog, workspace.id as number));
    return { ...(name !== undefined && { name }), ...(book && readValues(book, fields, workspace)) };
  }
  return {
    createCatalog: (draft) =>
      told({}, () => crm.catalogs.create({ position: 10, ...catalogDraft(draft), name: draft.name ?? "", kind: draft.type ?? "regular" })),
    updateCatalog: (id, draft) =>
      told({}, async () => {
        const before = (await crm.catalogs.list()).find((one) => one.id === id);
        if (!before) throw new Missing("Entity not found");
        await crm.catalogs.update(id, catalogDraft(draft, before.served));
      }),
    createElement: (catalog, draft) => told(draft, async () => crm.elements.create(catalog, await elementDraft(catalog, draft))),
    updateElement: (catalog, id, draft) => told(draft, async () => crm.elements.update(id, await elementDraft(catalog, draft))),
  };
}
