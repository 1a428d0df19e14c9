import type { OwnCrm, OwnDealFilter, OwnField, OwnPipeline, OwnRecordFilter, OwnStage, OwnValueFilter, Workspace } from "@svyazka/core";
import type { Order, Paging, Range, RecordQuery } from "../api/account.ts";
import { lost, won } from "../protocol.ts";
import type { FieldBook } from "./fields.ts";
import { dayOf, moment } from "./times.ts";
import type { Scene } from "./words.ts";

/** What amoCRM's lists are asked, in the words of our own. */

export const pageFilter = ({ page, limit }: Paging) => ({ limit, skip: (page - 1) * limit });

const sorts: Readonly<Record<string, string>> = { id: "id", created_at: "created_at", updated_at: "updated_at", complete_till: "due" };
export const sortOf = (order: Order | undefined): { readonly sort: string } =>
  // Without an order amoCRM answers by the number, the oldest first.
  order ? { sort: `${order.descending ? "-" : ""}${sorts[order.by] ?? "id"}` } : { sort: "id" };

/** Both ends are included there; above, ours is exclusive. */
export const moments = <From extends string, To extends string>(range: Range | undefined, from: From, to: To) =>
  ({
    ...(range?.from !== undefined && { [from]: moment(range.from) }),
    ...(range?.to !== undefined && { [to]: moment(range.to + 1) }),
  }) as { readonly [K in From | To]?: Date };

/** 0 is a program. */
export const actors = (ids: readonly number[]): (number | null)[] => ids.map((id) => (id === 0 ? null : id));

export function recordFilter(query: RecordQuery, book: FieldBook, home: Pick<Workspace, "timeZone">): OwnRecordFilter {
  return {
    ...pageFilter(query),
    ...sortOf(query.order),
    ...(query.ids && { ids: query.ids }),
    ...(query.query !== undefined && { q: query.query }),
    ...(query.names && { names: query.names }),
    ...(query.responsible && { responsible: actors(query.responsible) }),
    ...(query.createdBy && { createdBy: actors(query.createdBy) }),
    ...(query.updatedBy && { updatedBy: actors(query.updatedBy) }),
    ...moments(query.createdAt, "createdFrom", "createdTo"),
    ...moments(query.updatedAt, "updatedFrom", "updatedTo"),
    ...moments(query.closestTaskAt, "nextTaskFrom", "nextTaskTo"),
    ...(query.onlyDeleted && { deleted: "only" as const }),
    ...(query.fields && { values: query.fields.flatMap((filter) => valueFilter(filter, book, home)) }),
  };
}

function valueFilter(
  { field, values, range }: NonNullable<RecordQuery["fields"]>[number],
  book: FieldBook,
  home: Pick<Workspace, "timeZone">,
): OwnValueFilter[] {
  const own = book.own.get(field.id);
  if (!own) return [];
  const to = (value: number): string | number =>
    own.type === "date"
      ? dayOf(value, home.timeZone)
      : own.type === "moment"
        ? moment(value).toISOString()
        : own.type === "money"
          ? value * 100
          : value;
  if (range)
    return [
      {
        field: field.id,
        ...(range.from !== undefined && { from: to(range.from) }),
        ...(range.to !== undefined && { to: to(range.to) }),
      },
    ];
  return [{ field: field.id, any: (values ?? []).map((value) => held(own, value, home)) }];
}

function held({ type }: OwnField, value: string, { timeZone }: Pick<Workspace, "timeZone">): string | number | boolean {
  if (type === "flag") return value === "1" || value === "true";
  if (type === "number" || type === "select" || type === "multiselect") return Number(value);
  if (type === "date" && /^\d+$/.test(value)) return dayOf(Number(value), timeZone);
  if (type === "moment" && /^\d+$/.test(value)) return moment(Number(value)).toISOString();
  return value;
}

/** Of deals also the stages: 142 and 143 mean the end of each pipeline. */
export function dealFilter(query: RecordQuery, { books, stages, workspace }: Scene): OwnDealFilter {
  const wanted = [
    ...(query.statuses ?? []).flatMap(({ pipeline_id, status_id }) => stagesOf(stages, status_id, pipeline_id)),
    ...(query.statusIds ?? []).flatMap((status) => stagesOf(stages, status)),
  ];
  const isByStage = query.statuses !== undefined || query.statusIds !== undefined;
  const sums = query.price;
  return {
    ...recordFilter(query, books.leads, workspace),
    // With pipelines beside stages, a deal must stand in both.
    ...(isByStage && { stages: wanted.filter(({ pipeline }) => query.pipelines?.includes(pipeline) ?? true).map(({ id }) => id) }),
    ...(!isByStage && query.pipelines && { pipelines: query.pipelines }),
    ...moments(query.closedAt, "closedFrom", "closedTo"),
    // Whole units there: what is rounded to them is meant.
    ...(sums?.from !== undefined && { sumFrom: sums.from * 100 - 50 }),
    ...(sums?.to !== undefined && { sumTo: sums.to * 100 + 49 }),
  };
}

export const stagesOf = (stages: ReadonlyMap<number, OwnStage>, status: number, pipeline?: number): OwnStage[] =>
  [...stages.values()].filter(
    (stage) =>
      (pipeline === undefined || stage.pipeline === pipeline) &&
      (status === won ? stage.kind === "won" : status === lost ? stage.kind === "lost" : stage.id === status),
  );

export const stagesIn = (pipelines: readonly OwnPipeline[]): ReadonlyMap<number, OwnStage> =>
  new Map(pipelines.flatMap(({ stages }) => stages.map((stage) => [stage.id, stage] as const)));

export const readStages = async (crm: OwnCrm): Promise<ReadonlyMap<number, OwnStage>> => stagesIn(await crm.pipelines.list());
