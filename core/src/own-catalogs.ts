import type { OwnListFilter, OwnPage } from "./own-lists.ts";
import type { OwnStampDraft, OwnStamps, OwnValueDrafts, OwnValues } from "./own-records.ts";
import type { OwnField, OwnFieldChanges, OwnFieldDraft } from "./own-setup.ts";

/** Lists of goods and the like: each has fields of its own, and its elements are put on deals. Everybody sees them all. */
export interface OwnCatalog extends OwnStamps {
  readonly id: number;
  readonly name: string;
  /** What is in it. At most one holds products, and at most one invoices. */
  readonly kind: OwnCatalogKind;
  readonly position: number;
  /** Whether one element may stand on several deals. */
  readonly isShared: boolean;
  /** What an API that we serve keeps of it beside what we know. */
  readonly served: unknown;
}
export type OwnCatalogKind = "regular" | "products" | "invoices";
export interface OwnCatalogDraft extends OwnStampDraft {
  /** When it is made, as a copy of one in another CRM: an id that is free here. Later ids are higher than it. */
  readonly id?: number | undefined;
  readonly name: string;
  /** `regular`, unless told. It never changes. */
  readonly kind?: OwnCatalogKind | undefined;
  readonly position?: number | undefined;
  /** True, unless told. */
  readonly isShared?: boolean | undefined;
  readonly served?: unknown;
}

/** Changed by administrators and by connections only. */
export interface OwnCatalogs {
  /** By position. */
  list(): Promise<readonly OwnCatalog[]>;
  /** Answers its id. Throws `Invalid` for a second one of a kind that is there but once. */
  create(draft: OwnCatalogDraft): Promise<number>;
  /** Changes only what is given. */
  update(id: number, changes: Partial<Omit<OwnCatalogDraft, "id" | "kind">>): Promise<void>;
  /** Its elements go with it, and come off the deals. */
  remove(id: number): Promise<void>;
}

/** A custom field of the elements of one catalog. */
export type OwnCatalogField = Omit<OwnField, "entity"> & { readonly catalog: number };
/** As `OwnFields`. An administrator changes them. */
export interface OwnCatalogFields {
  list(catalog: number, options?: { readonly pastOptions?: boolean | undefined }): Promise<readonly OwnCatalogField[]>;
  create(catalog: number, draft: Omit<OwnFieldDraft, "entity">): Promise<OwnCatalogField>;
  update(catalog: number, id: number, changes: OwnFieldChanges): Promise<OwnCatalogField>;
  remove(catalog: number, id: number): Promise<void>;
}

export interface OwnElement extends OwnStamps {
  readonly id: number;
  readonly catalog: number;
  readonly name: string;
  /** Values of the catalog's fields, by the field's id. */
  readonly values: OwnValues;
}
export interface OwnElementDraft extends OwnStampDraft {
  readonly id?: number | undefined;
  readonly name?: string | undefined;
  readonly values?: OwnValueDrafts | undefined;
}
export interface OwnElementFilter extends OwnListFilter {
  readonly catalogs?: readonly number[] | undefined;
  /** A part of its name, or of a text among its values. */
  readonly q?: string | undefined;
}

export interface OwnElements {
  list(filter: OwnElementFilter): Promise<OwnPage<OwnElement>>;
  /** Answers its id. Throws `NotFound` for a catalog that is not there. */
  create(catalog: number, draft: OwnElementDraft): Promise<number>;
  /** Changes only what is given. Throws `NotFound`. */
  update(id: number, changes: Omit<OwnElementDraft, "id">): Promise<void>;
  /** It comes off the deals. */
  remove(id: number): Promise<void>;
}

/** So many of an element on a deal. */
export interface OwnDealElement {
  readonly deal: number;
  readonly element: number;
  readonly catalog: number;
  readonly quantity: number;
  /** The field of the element that holds the price it was taken at. */
  readonly priceField: number | null;
}
/** What stands on deals: a change of it is a change of the deal. */
export interface OwnDealElements {
  /** Of those deals that may be seen. */
  list(deals: readonly number[]): Promise<readonly OwnDealElement[]>;
  /** As many as is said, however many there were. Throws `NotFound` for the deal, `Invalid` (`element`, `quantity`) for the rest. */
  put(
    deal: number,
    element: number,
    amount: {
      /** More than 0; 1, or what there is, unless told. */
      readonly quantity?: number | undefined;
      readonly priceField?: number | null | undefined;
    },
  ): Promise<void>;
  /** Nothing to do when it does not stand there. Throws `NotFound` for the deal. */
  remove(deal: number, element: number): Promise<void>;
}
