import type { OwnCatalogField, OwnCrm, OwnUser } from "@svyazka/core";
import type { By } from "../by.ts";
import { createCatalog, deleteCatalog, getCatalog, listCatalogs, updateCatalog } from "../catalogs.ts";
import { listDealElements, putDealElement, removeDealElement } from "../deal-elements.ts";
import { createElement, deleteElement, listElements, updateElement } from "../elements.ts";
import { catalogFieldsOf, createField, deleteField, type Field, updateField } from "../fields.ts";
import type { Sql } from "../sql.ts";
import { administratorOf } from "./administrator.ts";

type Catalogs = Pick<OwnCrm, "catalogs" | "catalogFields">;

/** Catalogs of our own CRM and their fields, for `OwnCrm`: changed by administrators and by connections only. */
export function ownCatalogs(sql: Sql, by: By, user: OwnUser | undefined): Catalogs {
  const administrator = administratorOf(user);
  const inCatalog = async (catalog: number, write: () => Promise<Field>): Promise<OwnCatalogField> => {
    await getCatalog(sql, catalog);
    return { ...(await write()), catalog };
  };
  return {
    catalogs: {
      list: () => listCatalogs(sql),
      create: administrator((draft) => createCatalog(sql, draft, by)),
      update: administrator((id, changes) => updateCatalog(sql, id, changes, by)),
      remove: administrator((id) => deleteCatalog(sql, id, by)),
    },
    catalogFields: {
      list: (catalog, { pastOptions = false } = {}) => catalogFieldsOf(sql, catalog, { pastOptions }),
      create: administrator((catalog, draft) =>
        inCatalog(catalog, () => createField(sql, { ...draft, entity: "element" }, undefined, { catalog })),
      ),
      update: administrator((catalog, id, changes) => inCatalog(catalog, () => updateField(sql, id, changes, { catalog }))),
      remove: administrator((catalog, id) => deleteField(sql, id, { catalog })),
    },
  };
}

export const ownElements = (sql: Sql, by: By): OwnCrm["elements"] => ({
  list: (filter) => listElements(sql, filter),
  create: (catalog, draft) => createElement(sql, catalog, draft, by),
  update: (id, changes) => updateElement(sql, id, changes, by),
  remove: (id) => deleteElement(sql, id, by),
});

export const ownDealElements = (sql: Sql, by: By): OwnCrm["dealElements"] => ({
  list: (deals) => listDealElements(sql, deals, by),
  put: (deal, element, amount) => putDealElement(sql, deal, element, amount, by),
  remove: (deal, element) => removeDealElement(sql, deal, element, by),
});
