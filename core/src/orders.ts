import type { RecordId } from "./words.ts";

/** What the accounting says of an order. */
export const orderSteps = ["paid", "part-paid", "shipped", "part-shipped", "cancelled"] as const;
export type OrderStep = (typeof orderSteps)[number];

export interface ProgressedOrder {
  readonly step: OrderStep;
  readonly deal: RecordId;
  /** The order's own id in the accounting, if it was told. */
  readonly order?: string;
  readonly document?: string;
  /** Decimal text in the currency of the company: of this step, and what the client still owes. A negative debt was overpaid. */
  readonly sum?: string;
  readonly debt?: string;
  /** All of this order so far. */
  readonly paid?: string;
  readonly shipped?: string;
  /** ISO 8601: when it was told. */
  readonly at: string;
  readonly handling: ProgressHandling;
}

/** How a person set it up. */
export interface ProgressHandling {
  /** Where the deal goes. */
  readonly stage?: RecordId;
  /** Fields of deals, by code, that hold the sums. */
  readonly fields: { readonly paid?: string; readonly debt?: string; readonly shipped?: string };
  /** Days after which somebody asks for money that is still owed; 0 for never. */
  readonly lateDays: number;
}
