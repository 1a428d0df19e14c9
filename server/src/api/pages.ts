import { Invalid } from "@svyazka/crm";

export interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const limitOf = (query: PageQuery): number => query.limit ?? 50;

/** The cursor of a list that goes by UUID, newest first: the last id of the page before. */
export function uuidCursor({ cursor }: PageQuery): string | null {
  if (cursor === undefined) return null;
  if (!uuidShape.test(cursor)) throw new Invalid({ cursor: ["is not a cursor of this list"] });
  return cursor;
}

/** The cursor of a list that goes by number, lowest first. */
export function numberCursor({ cursor }: PageQuery): number {
  if (cursor === undefined) return 0;
  if (!/^\d{1,15}$/.test(cursor)) throw new Invalid({ cursor: ["is not a cursor of this list"] });
  return Number(cursor);
}

/** `rows` holds one more than asked for when there is a next page. */
export function page<Row, Item>(
  rows: readonly Row[],
  query: PageQuery,
  cursorOf: (row: Row) => string | number,
  present: (row: Row) => Item,
): { items: Item[]; next_cursor: string | null } {
  const limit = limitOf(query);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(present), next_cursor: rows.length > limit && last !== undefined ? String(cursorOf(last)) : null };
}
