import type { Branch } from "@svyazka/wire";
import { type AmoRequest, member, noSuchAnswer, type Transport } from "./transport.ts";

/** API v2, which old programs and some accounts' customs still need: reading only. Source: https://www.amocrm.com/developers/content/api/leads/ and its neighbours */

interface OldStamps {
  readonly id: number;
  readonly responsible_user_id: number;
  readonly created_by: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly account_id: number;
  readonly group_id: number;
}
/** What there is nothing of is an empty object, whatever it would be otherwise. */
type OrNothing<T> = T | Readonly<Record<string, never>>;
type OldIds = OrNothing<{ readonly id: readonly number[] }>;

interface OldRecord extends OldStamps {
  readonly name: string;
  /** 0 is none. */
  readonly closest_task_at: number;
  readonly tags: OrNothing<readonly { readonly id: number; readonly name: string }[]>;
  readonly custom_fields: readonly OldField[] | Readonly<Record<string, never>>;
}
export interface OldField {
  readonly id: number;
  readonly name: string;
  readonly code?: string;
  readonly values: readonly { readonly value: unknown; readonly enum?: number | string; readonly subtype?: string }[];
  readonly is_system: boolean;
}
export interface OldLead extends OldRecord {
  readonly is_deleted: boolean;
  readonly main_contact: OrNothing<{ readonly id: number }>;
  readonly company: OrNothing<{ readonly id: number; readonly name: string }>;
  readonly contacts: OldIds;
  readonly status_id: number;
  readonly sale: number;
  readonly pipeline: { readonly id: number };
  /** 0 is none. */
  readonly loss_reason_id: number;
  /** 0 while it is open. */
  readonly closed_at: number;
}
export interface OldContact extends OldRecord {
  readonly first_name: string;
  readonly last_name: string;
  readonly company: OrNothing<{ readonly id: number; readonly name: string }>;
  readonly leads: OldIds;
}
export interface OldCompany extends OldRecord {
  readonly contacts: OldIds;
  readonly leads: OldIds;
}
export interface OldTask extends OldStamps {
  readonly element_id: number;
  /** 1 contact, 2 lead, 3 company, 12 customer. */
  readonly element_type: number;
  readonly complete_till_at: number;
  readonly task_type: number;
  readonly text: string;
  readonly is_completed: boolean;
}
export interface OldNote extends OldStamps {
  readonly element_id: number;
  readonly element_type: number;
  /** 4 common, 10 call in, 11 call out, 25 system, 102 and 103 SMS. */
  readonly note_type: number;
  readonly text: string;
  readonly params?: unknown;
}
export interface OldPipeline {
  readonly id: number;
  readonly name: string;
  readonly sort: number;
  readonly is_main: boolean;
  readonly statuses: readonly OldStatus[];
}
export interface OldStatus {
  readonly id: number;
  readonly name: string;
  readonly color: string;
  readonly sort: number;
  readonly is_editable: boolean;
}

export interface OldQuery {
  readonly id?: readonly number[];
  readonly query?: string;
  readonly responsible_user_id?: number;
  /** Of leads. */
  readonly status?: readonly number[];
  /** Of notes, where it is needed, and of tasks. */
  readonly type?: "lead" | "contact" | "company" | "customer";
  readonly element_id?: number;
  /** Only what has changed after. */
  readonly modifiedSince?: Date;
}

/** v2 gives so many at most. */
const mostPerPage = 500;

export function oldOf(transport: Transport) {
  /** One by one, by five hundred. It tells of no next page: a page that is not full is the last. */
  const all = <T>(name: string) =>
    async function* (query: OldQuery = {}): AsyncGenerator<T, void, void> {
      for (let skip = 0; ; skip += mostPerPage) {
        const { modifiedSince, ...rest } = query;
        if (rest.id?.length === 0) return;
        const request: AmoRequest = {
          ...{ method: "GET", path: `/api/v2/${name}` },
          query: { ...(rest as Record<string, Branch>), limit_rows: mostPerPage, limit_offset: skip },
          ...(modifiedSince && { headers: { "if-modified-since": modifiedSince.toUTCString() } }),
        };
        const items = Object.values(readOldItems<T>(request, await transport.ask(request)));
        yield* items;
        if (items.length < mostPerPage) return;
      }
    };
  return {
    leads: all<OldLead>("leads"),
    contacts: all<OldContact>("contacts"),
    companies: all<OldCompany>("companies"),
    tasks: all<OldTask>("tasks"),
    notes: all<OldNote>("notes"),
    /** In their order, with their statuses in theirs. */
    async pipelines(): Promise<OldPipeline[]> {
      const request: AmoRequest = { method: "GET", path: "/api/v2/pipelines" };
      return readOldPipelines(request, await transport.ask(request));
    },
    /** `with`: custom_fields, users, pipelines, groups, note_types, task_types. */
    async account(bring: readonly string[] = []): Promise<Readonly<Record<string, unknown>>> {
      const request: AmoRequest = { method: "GET", path: "/api/v2/account", ...(bring.length > 0 && { query: { with: bring.join(",") } }) };
      const answer = await transport.ask(request);
      if (typeof answer !== "object" || answer === null) throw noSuchAnswer(request, "body");
      return answer as Readonly<Record<string, unknown>>;
    },
  };
}

/** A list, or an object by ids (seed); nothing is none. */
function readOldItems<T>(request: AmoRequest, answer: unknown): readonly T[] | Readonly<Record<string, T>> {
  if (answer === undefined) return [];
  const items = member(member(answer, "_embedded"), "items");
  if (typeof items !== "object" || items === null) throw noSuchAnswer(request, "_embedded.items");
  return items as readonly T[] | Readonly<Record<string, T>>;
}

/** As the seed shows them: both levels by their ids. */
export function readOldPipelines(request: AmoRequest, answer: unknown): OldPipeline[] {
  type Sent = Omit<OldPipeline, "statuses"> & { readonly statuses: Readonly<Record<string, OldStatus>> };
  return Object.values(readOldItems<Sent>(request, answer))
    .map(({ statuses, ...pipeline }) => ({ ...pipeline, statuses: Object.values(statuses ?? {}).sort(bySort) }))
    .sort(bySort);
}

const bySort = (one: { readonly sort: number }, other: { readonly sort: number }): number => one.sort - other.sort;
