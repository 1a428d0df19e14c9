import type { AccountInfo, Event, Group, LossReason, Pipeline, Role, Source, Status, TaskType, User, Webhook } from "../protocol.ts";
import { type CollectionSpec, changingOf, creatingOf, must, readingOf, removingOf } from "./collections.ts";
import type { PipelineDraft, SourceDraft, StatusDraft } from "./drafts.ts";
import { AmoNotFound } from "./errors.ts";
import type { EventFilter, Many } from "./filters.ts";
import { type ListQuery, listed, listingOf } from "./pages.ts";
import type { Transport } from "./transport.ts";

/** How an account is set up, who works in it, what happened in it, and who is told. */

export type AccountWith =
  | "amojo_id"
  | "amojo_rights"
  | "uuid"
  | "version"
  | "users_groups"
  | "task_types"
  | "entity_names"
  | "datetime_settings"
  | "drive_url"
  | "is_api_filter_enabled"
  | "invoices_settings";

/** What is optional is there when it was asked for. */
export interface AccountAnswer extends Omit<AccountInfo, "amojo_id" | "uuid" | "timezone" | "language"> {
  readonly amojo_id?: string;
  readonly uuid?: string;
  readonly version?: number;
  readonly drive_url?: string;
  readonly is_api_filter_enabled?: boolean;
  readonly _embedded?: {
    readonly users_groups?: readonly Group[];
    readonly task_types?: readonly TaskType[];
    readonly datetime_settings?: {
      /** IANA name. */
      readonly timezone: string;
      /** `+03:00`. */
      readonly timezone_offset: string;
      readonly date_format: string;
      readonly time_format: string;
    };
    readonly amojo_rights?: { readonly can_direct: boolean; readonly can_create_groups: boolean };
    readonly entity_names?: unknown;
    readonly invoices_settings?: { readonly lang: string; readonly currency: string };
  };
}

export const accountOf = (transport: Transport) => ({
  get: (bring: readonly AccountWith[] = []) =>
    must<AccountAnswer>(transport, {
      ...{ method: "GET", path: "/api/v4/account" },
      ...(bring.length > 0 && { query: { with: bring.join(",") } }),
    }),
});

export type UserWith = "role" | "group" | "uuid" | "amojo_id" | "user_rank" | "phone_number";

/** An administrator's token sees them all; another's is refused. */
export const usersOf = (transport: Transport) =>
  readingOf<User, ListQuery<object, never, UserWith>, number, UserWith>(transport, { path: "/api/v4/users", key: "users" });

export const rolesOf = (transport: Transport) => readingOf<Role, ListQuery<object>>(transport, { path: "/api/v4/roles", key: "roles" });

/** Source: crm_platform/leads_pipelines */
export function pipelinesOf(transport: Transport) {
  const spec: CollectionSpec = { path: "/api/v4/leads/pipelines", key: "pipelines" };
  const { update } = changingOf<Partial<Omit<PipelineDraft, "_embedded">>, Pipeline>(transport, spec);
  return {
    ...readingOf<Pipeline, ListQuery<object>>(transport, spec),
    ...creatingOf<PipelineDraft, Pipeline>(transport, spec),
    ...removingOf(transport, spec),
    update,
    /** Of one pipeline. Won and lost are 142 and 143 in each, and cannot be removed. */
    statuses(pipeline: number) {
      const own: CollectionSpec = { path: `${spec.path}/${pipeline}/statuses`, key: "statuses" };
      return {
        ...readingOf<Status, ListQuery<object>>(transport, own),
        ...creatingOf<StatusDraft, Status>(transport, own),
        ...removingOf(transport, own),
        update: changingOf<Partial<StatusDraft>, Status>(transport, own).update,
      };
    },
  };
}

export const lossReasonsOf = (transport: Transport) =>
  readingOf<LossReason, ListQuery<object>>(transport, { path: "/api/v4/leads/loss_reasons", key: "loss_reasons" });

/** What happened, newest first. 100 to a page. Source: crm_platform/events-and-notes */
export function eventsOf(transport: Transport) {
  const spec: CollectionSpec = { path: "/api/v4/events", key: "events", limit: 100 };
  return {
    ...readingOf<Event, ListQuery<EventFilter>, string>(transport, spec),
    types: () =>
      listed(
        listingOf<{ readonly key: string; readonly lang: string }, ListQuery<object>>(transport, {
          path: `${spec.path}/types`,
          key: "events_types",
        }).all(),
      ),
  };
}

/** Where leads of this integration come from; others' are not seen. Needs an administrator's token. Source: crm_platform/sources-api */
export function sourcesOf(transport: Transport) {
  const spec: CollectionSpec = { path: "/api/v4/sources", key: "sources" };
  return {
    ...readingOf<Source, ListQuery<{ readonly external_id?: Many<string> }>>(transport, spec),
    ...creatingOf<SourceDraft & { readonly name: string; readonly external_id: string }, Source>(transport, spec),
    ...changingOf<Omit<SourceDraft, "external_id">, Source>(transport, spec),
    ...removingOf(transport, spec),
  };
}

/** Who is told of changes. One destination has one subscription. Needs an administrator's token. Source: crm_platform/webhooks-api */
export function webhooksOf(transport: Transport) {
  const path = "/api/v4/webhooks";
  return {
    ...listingOf<Webhook, ListQuery<{ readonly destination?: string }>>(transport, { path, key: "webhooks" }),
    /** What the destination was told before is replaced. Names: `hookNames`. */
    subscribe: (destination: string, settings: readonly string[]) =>
      must<Webhook>(transport, { method: "POST", path, body: { destination, settings } }),
    /** One that is not there is no mistake. */
    async unsubscribe(destination: string): Promise<void> {
      try {
        await transport.ask({ method: "DELETE", path, body: { destination } });
      } catch (error) {
        if (!(error instanceof AmoNotFound)) throw error;
      }
    },
  };
}
