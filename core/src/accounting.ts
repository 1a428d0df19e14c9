import type { CompanyRecord, ContactRecord, DealRecord } from "./crm-records.ts";
import type { ChangedRecord } from "./records.ts";
import type { RecordId } from "./words.ts";

/** A port of accounting programs: clients and orders of the CRM are kept there, too. */
export interface Accounting {
  /** Whether it wants to hear of this change in the CRM. Pure. */
  wants(change: Pick<ChangedRecord, "kind" | "change">): boolean;
  /** Makes this client there, or brings it up to date. Nothing is sent when both sides hold the same. */
  keepClient(client: ClientRecord): Promise<KeptThere>;
  /** The order of this deal, and before it the clients that are not there yet. */
  keepOrder(order: OrderRecord): Promise<KeptThere>;
  /**
   * The documents of this deal as they are there now; while nobody answers there, as they were, which is all that is told when it is not to be asked at all. Undefined when
   * nobody has ever answered.
   */
  documents(deal: RecordId, options?: { readonly isLeftAlone?: boolean }): Promise<AccountingDocuments | undefined>;
}

export type ClientRecord =
  | { readonly kind: "contact"; readonly record: ContactRecord }
  | { readonly kind: "company"; readonly record: CompanyRecord };

export interface OrderRecord {
  readonly deal: DealRecord;
  readonly contact?: ContactRecord;
  readonly company?: CompanyRecord;
}

/** `unwanted`: by the settings it is not kept there. `waiting`: it cannot be sent as it is, and `why` says what a person has to fill in. */
export interface KeptThere {
  readonly what: "made" | "updated" | "same" | "unwanted" | "waiting";
  /** Its own id there. */
  readonly id?: string;
  /** Where a person finds it there. */
  readonly link?: string;
  readonly why?: string;
}

export interface AccountingDocuments {
  readonly items: readonly AccountingDocument[];
  /** ISO 8601: when they were so. */
  readonly at: string;
  /** Why this is only what was known before, in words; absent when they are so now. */
  readonly why?: string;
}

export interface AccountingDocument {
  readonly title: string;
  readonly link: string;
}
