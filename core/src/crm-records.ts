import type { Money } from "./money.ts";
import type { RecordId } from "./words.ts";

/** Where a deal stands: not yet taken, in work, or ended one way or the other. */
export type StageKind = "incoming" | "open" | "won" | "lost";

/** What a CRM holds of its records. Phones in E.164, or as typed where they are none; values of custom fields as text, by the field's code. */
export interface CrmRecords {
  readonly contact: ContactRecord;
  readonly company: CompanyRecord;
  readonly deal: DealRecord;
}

interface HeldRecord {
  readonly id: RecordId;
  readonly name: string;
  readonly responsible?: RecordId;
  readonly fields: Readonly<Record<string, string>>;
}

export interface ContactRecord extends HeldRecord {
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly company?: RecordId;
}

export interface CompanyRecord extends HeldRecord {
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly inn?: string;
  readonly kpp?: string;
}

export interface DealRecord extends HeldRecord {
  readonly sum?: Money;
  readonly pipeline: RecordId;
  readonly stage: RecordId;
  readonly state: StageKind;
  /** The main one. */
  readonly contact?: RecordId;
  readonly company?: RecordId;
}
