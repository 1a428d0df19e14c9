import { lastTenDigits, readEmail, readPhone } from "@svyazka/core";
import { type About, type By, Invalid, type ListQuery, type Page, type Reader, refuseNul, Stale, storable } from "@svyazka/crm";
import type { Caller, Implementation } from "../implement.ts";
import { Overtaken } from "../problems.ts";

/** Refuses what PostgreSQL cannot store before any route sees it; half a surrogate pair becomes U+FFFD, as in every encoding to UTF-8. */
export const storableRequests = (implementations: readonly Implementation[]): readonly Implementation[] =>
  implementations.map(({ route, handle }) => ({
    route,
    async handle(call) {
      for (const part of [call.params, call.query]) refuseNul(part);
      // A file is a stream, and read by whoever takes it.
      if (route.upload) return handle(call);
      refuseNul(call.body);
      return handle({ ...call, body: storable(call.body) });
    },
  }));

/** Who writes. Only requests that make something carry a key: a change, sent again, changes nothing. */
export const by = (caller: Caller, idempotencyKey?: string, versions?: readonly string[]): By => ({
  actor: caller.name,
  versions,
  user: caller.userId,
  key: idempotencyKey === undefined ? undefined : keyOf(idempotencyKey),
  sees: caller.sees,
  home: caller.workspace,
});
/** Changes one record and answers it; when somebody else changed it first, the problem shows it as it is now. */
export async function changed<T>(
  { caller, ifMatch }: { readonly caller: Caller; readonly ifMatch?: readonly string[] | undefined },
  change: (by: By) => Promise<void>,
  read: () => Promise<T>,
): Promise<T> {
  await unlessOvertaken(() => change(by(caller, undefined, ifMatch)), read);
  return read();
}

/** As `changed`, for a record that is put away. */
export async function unlessOvertaken(change: () => Promise<void>, read: () => Promise<unknown>): Promise<undefined> {
  try {
    await change();
  } catch (error) {
    if (error instanceof Stale) throw new Overtaken(error.message, await read());
    throw error;
  }
}

export const keyOf = (idempotencyKey: string): string => `api:${idempotencyKey}`;

export const reader = (caller: Caller): Reader => ({ sees: caller.sees });

interface WireListQuery {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly ids?: string;
  readonly created_from?: string;
  readonly created_to?: string;
  readonly updated_from?: string;
  readonly updated_to?: string;
  readonly updated_since?: string;
  readonly deleted?: boolean | "only";
  readonly sort?: string;
}

export const listQuery = (query: WireListQuery): ListQuery => ({
  limit: query.limit ?? 50,
  cursor: query.cursor,
  sort: query.sort,
  ids: ids(query.ids),
  createdFrom: moment("created_from", query.created_from),
  createdTo: moment("created_to", query.created_to),
  updatedFrom: moment("updated_from", query.updated_from),
  updatedTo: moment("updated_to", query.updated_to),
  updatedSince: moment("updated_since", query.updated_since),
  deleted: query.deleted,
});

/** Ids by comma; one that is too large to be one is nobody's. */
export function ids(text: string): number[];
export function ids(text: string | undefined): number[] | undefined;
export function ids(text: string | undefined): number[] | undefined {
  return text?.split(",").map(Number).filter(Number.isSafeInteger);
}

/** RFC 3339 has been checked, years that the database does not know have not. */
export function moment(name: string, text: string): Date;
export function moment(name: string, text: string | undefined): Date | undefined;
export function moment(name: string, text: string | null | undefined): Date | null | undefined;
export function moment(name: string, text: string | null | undefined): Date | null | undefined {
  if (text === undefined || text === null) return text;
  const date = new Date(text);
  if (Number.isNaN(date.getTime()) || date.getTime() < 0 || date.getUTCFullYear() > 9999)
    throw new Invalid({ [name]: ["must be a moment between 1970 and 9999"] });
  return date;
}

export function phoneFilter(phone: string | undefined, caller: Caller): { e164?: string; last10: string } | undefined {
  if (phone === undefined) return undefined;
  const e164 = readPhone(phone, caller.workspace.country)?.e164;
  const last10 = lastTenDigits(phone);
  if (last10 === "") throw new Invalid({ phone: ["is not a phone: there is no digit in it"] });
  return { last10, ...(e164 !== undefined && { e164 }) };
}

export const emailFilter = (email: string | undefined): string | undefined =>
  email === undefined ? undefined : (readEmail(email) ?? email.trim().toLowerCase());

export const answerPage = <T, W>({ items, nextCursor }: Page<T>, write: (item: T) => W): { items: W[]; next_cursor: string | null } => ({
  items: items.map(write),
  next_cursor: nextCursor ?? null,
});

/** A list that is short enough for one page. */
export const wholeList = <T, W>(items: readonly T[], write: (item: T) => W): { items: W[]; next_cursor: null } => ({
  items: items.map(write),
  next_cursor: null,
});

export const writeAbout = (about: About | null) => about && { ...about, contact: about.contact && { ...about.contact } };

/** Of a time zone that the caller may name. Throws `Invalid` for one that there is not. */
export function timeZone(name: string | undefined, caller: Caller): string {
  if (name === undefined) return caller.workspace.timeZone;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name;
  } catch {
    throw new Invalid({ time_zone: ["is not a time zone"] });
  }
}

interface Stamps {
  readonly version: string;
  readonly createdBy: number | null;
  readonly updatedBy: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
}
export const writeStamps = (record: Stamps) => ({
  version: record.version,
  created_by: record.createdBy,
  updated_by: record.updatedBy,
  created_at: record.createdAt.toISOString(),
  updated_at: record.updatedAt.toISOString(),
  deleted_at: record.deletedAt?.toISOString() ?? null,
});
