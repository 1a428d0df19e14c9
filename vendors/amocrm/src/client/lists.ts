import type { Catalog, CatalogElement, FieldValues, Talk } from "../protocol.ts";
import { type Changed, type CollectionSpec, changingOf, creatingOf, readingOf } from "./collections.ts";
import type { CatalogElementDraft } from "./drafts.ts";
import type { Many, Range } from "./filters.ts";
import type { ListQuery } from "./pages.ts";
import { fieldsOf } from "./records.ts";
import type { Transport } from "./transport.ts";

/** Lists of goods and the like, customers, and talks. */

/** Source: crm_platform/catalogs-api */
export function catalogsOf(transport: Transport) {
  const spec: CollectionSpec = { path: "/api/v4/catalogs", key: "catalogs" };
  return {
    ...readingOf<Catalog, ListQuery<object>>(transport, spec),
    ...creatingOf<Pick<Catalog, "name"> & Partial<Omit<Catalog, "id" | "name" | "account_id">>, Catalog>(transport, spec),
    ...changingOf<Partial<Pick<Catalog, "name" | "sort" | "can_add_elements" | "can_link_multiple">>, Catalog>(transport, spec),
    elements(catalog: number) {
      const own: CollectionSpec = { path: `${spec.path}/${catalog}/elements`, key: "elements" };
      return {
        ...readingOf<CatalogElement, ListQuery<{ readonly id?: Many<number> }>>(transport, own),
        ...creatingOf<CatalogElementDraft & { readonly name: string }, CatalogElement>(transport, own),
        ...changingOf<CatalogElementDraft, CatalogElement>(transport, own),
      };
    },
    fields: (catalog: number) => fieldsOf(transport, `catalogs/${catalog}`),
  };
}

/** A customer, where an account has them. Source: crm_platform/customers-api */
export interface Customer extends Changed {
  readonly name: string;
  readonly next_price: number;
  /** Unix seconds. */
  readonly next_date: number;
  readonly responsible_user_id: number;
  readonly status_id: number;
  readonly periodicity: number;
  readonly created_at: number;
  readonly created_by: number;
  readonly updated_by: number;
  readonly is_deleted: boolean;
  readonly custom_fields_values: readonly FieldValues[] | null;
  readonly account_id: number;
}

interface CustomerFilter {
  readonly id?: Many<number>;
  readonly responsible_user_id?: Many<number>;
  readonly status_id?: Many<number>;
  readonly next_date?: Range;
  readonly updated_at?: Range;
}

export const customersOf = (transport: Transport) => ({
  ...readingOf<Customer, ListQuery<CustomerFilter, "id" | "updated_at">>(transport, {
    ...{ path: "/api/v4/customers", key: "customers", isOrderedById: true },
  }),
  fields: fieldsOf(transport, "customers"),
});

export function talksOf(transport: Transport) {
  const spec: CollectionSpec = { path: "/api/v4/talks", key: "talks" };
  return {
    ...readingOf<Talk, ListQuery<object>>(transport, spec),
    /** `isForced`: without asking the client how it was. */
    async close(id: number, isForced = false): Promise<void> {
      await transport.ask({ method: "POST", path: `${spec.path}/${id}/close`, body: { force_close: isForced } });
    },
  };
}
