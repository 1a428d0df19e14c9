import type { OwnEntity } from "./own-records.ts";

/** What lists of `OwnCrm` may be asked. Times are inclusive below and exclusive above. */

export interface OwnPage<T> {
  readonly items: readonly T[];
  /** Whether there are others behind these. */
  readonly isMore: boolean;
}

/** What every list takes. */
export interface OwnListFilter {
  /** 1 to 500. */
  readonly limit: number;
  /** How many come before, in the order: for those who count pages. Costs a look at each of them, in an index. */
  readonly skip?: number | undefined;
  /** `id`, `created_at`, `updated_at`, or what the list says, with `-` before it for descending; ties by id. The newest id first, unless told. */
  readonly sort?: string | undefined;
  readonly ids?: readonly number[] | undefined;
  readonly createdFrom?: Date | undefined;
  readonly createdTo?: Date | undefined;
  readonly updatedFrom?: Date | undefined;
  readonly updatedTo?: Date | undefined;
  /** Any of these users; null is a program. */
  readonly createdBy?: readonly (number | null)[] | undefined;
  readonly updatedBy?: readonly (number | null)[] | undefined;
  /** Deleted records too, or no others. */
  readonly deleted?: boolean | "only" | undefined;
}

export interface OwnRecordFilter extends OwnListFilter {
  readonly responsible?: readonly (number | null)[] | undefined;
  /** The whole name, any of these; of a contact the full name. */
  readonly names?: readonly string[] | undefined;
  /** Any of these, by id. */
  readonly tags?: readonly number[] | undefined;
  readonly nextTaskFrom?: Date | undefined;
  readonly nextTaskTo?: Date | undefined;
  /** All of these. */
  readonly values?: readonly OwnValueFilter[] | undefined;
  /** Words of its name or of what is tied to it, a phone, an address, a number, in any spelling, as people search. */
  readonly q?: string | undefined;
}

/**
 * A custom field by its id. `any`: equal to one of these (of a select or multiselect, options by their ids). `from` and `to`, both inclusive: of a number; of a date
 * `YYYY-MM-DD`; of a moment in ISO 8601, UTC; of money the minor units.
 */
export type OwnValueFilter =
  | { readonly field: number; readonly any: readonly (string | number | boolean)[] }
  | { readonly field: number; readonly from?: string | number | undefined; readonly to?: string | number | undefined };

export interface OwnContactFilter extends OwnRecordFilter {
  readonly companies?: readonly number[] | undefined;
  /** As typed: found by the last ten digits. Any of these. */
  readonly phones?: readonly string[] | undefined;
  readonly emails?: readonly string[] | undefined;
  readonly include?: readonly "deals"[] | undefined;
}

export interface OwnCompanyFilter extends OwnRecordFilter {
  readonly phones?: readonly string[] | undefined;
  readonly emails?: readonly string[] | undefined;
  readonly inn?: string | undefined;
  readonly include?: readonly ("deals" | "contacts")[] | undefined;
}

export interface OwnDealFilter extends OwnRecordFilter {
  readonly pipelines?: readonly number[] | undefined;
  /** Any of these: a stage belongs to one pipeline. With `pipelines`, those in one of the pipelines or in one of the stages. */
  readonly stages?: readonly number[] | undefined;
  /** `closed` is won or lost. */
  readonly state?: "open" | "closed" | undefined;
  readonly contacts?: readonly number[] | undefined;
  readonly companies?: readonly number[] | undefined;
  readonly sources?: readonly number[] | undefined;
  /** Minor units, both inclusive; a deal without a sum is in no range. */
  readonly sumFrom?: number | undefined;
  readonly sumTo?: number | undefined;
  readonly closedFrom?: Date | undefined;
  readonly closedTo?: Date | undefined;
}

/** What stands on records: tasks, notes, calls. */
export interface OwnOnFilter extends OwnListFilter {
  /** On records of this kind; `none` on no record. */
  readonly on?: OwnEntity | "none" | undefined;
  /** With `on`: on one of these. */
  readonly records?: readonly number[] | undefined;
}

/** May be sorted by `due`, too: those without a time come last. */
export interface OwnTaskFilter extends OwnOnFilter {
  readonly responsible?: readonly (number | null)[] | undefined;
  readonly types?: readonly number[] | undefined;
  readonly done?: boolean | undefined;
  readonly dueFrom?: Date | undefined;
  readonly dueTo?: Date | undefined;
}

/** Notes and calls in one order: see `OwnNote`. */
export interface OwnNoteFilter extends OwnOnFilter {
  /** Any of these kinds; without it, all of them, calls too. */
  readonly kinds?: readonly string[] | undefined;
}

/** Lines of the timeline over all records, the newest first. */
export interface OwnEventFilter {
  /** 1 to 500. */
  readonly limit: number;
  readonly skip?: number | undefined;
  readonly ids?: readonly number[] | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly on?: OwnEntity | undefined;
  /** With `on`: of these records. */
  readonly records?: readonly number[] | undefined;
  /** Any of these users; null is a program. */
  readonly actors?: readonly (number | null)[] | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Of `changed` lines, those that tell of one of these members: `name`, `sum`, `responsible`, `fields.<code>`. */
  readonly members?: readonly string[] | undefined;
}

export interface OwnIncomingFilter {
  readonly limit: number;
  readonly skip?: number | undefined;
  /** `created_at` or `updated_at`, with `-` before it for descending; the latest first, unless told. */
  readonly sort?: string | undefined;
  readonly uids?: readonly string[] | undefined;
  readonly categories?: readonly string[] | undefined;
  readonly pipelines?: readonly number[] | undefined;
  readonly createdFrom?: Date | undefined;
  readonly createdTo?: Date | undefined;
}
