import type { QueryOf } from "../../data/client.ts";

/** What of the deals is shown: kept in the address, and saved as a view. */

export interface DealFilters {
  readonly pipeline?: number;
  readonly layout?: "board" | "list";
  readonly q?: string;
  /** Ids by comma. */
  readonly responsible?: string;
  readonly source?: number;
  readonly tag?: string;
  readonly state?: "open" | "closed";
  readonly task?: "none" | "overdue";
  readonly created_from?: string;
  readonly created_to?: string;
  readonly sort?: string;
  readonly columns?: string;
  readonly view?: number;
}

type CardQuery = QueryOf<"listDealCards">;

/** As the API takes them. Days are days of whoever looks. */
export const cardQuery = ({ pipeline, q, responsible, source, tag, state, task, created_from, created_to }: DealFilters): CardQuery => ({
  ...(pipeline !== undefined && { pipeline: Number(pipeline) }),
  ...(q && { q: String(q) }),
  ...(responsible && { responsible: String(responsible) }),
  ...(source && { source: Number(source) }),
  ...(tag && { tag: String(tag) }),
  ...(state && { state }),
  ...(task === "none" && { no_task: true }),
  ...(task === "overdue" && { overdue: true }),
  ...(created_from && { created_from: startOfDay(created_from).toISOString() }),
  ...(created_to && { created_to: new Date(startOfDay(created_to).getTime() + dayMs).toISOString() }),
});

const dayMs = 86_400_000;
const startOfDay = (day: string): Date => new Date(`${day}T00:00:00`);

/** How many filters narrow the list; the pipeline and the layout do not. */
export const countFilters = (filters: DealFilters): number =>
  [filters.responsible, filters.source, filters.tag, filters.state, filters.task, filters.created_from, filters.created_to].filter(
    (value) => value !== undefined && value !== "",
  ).length;
