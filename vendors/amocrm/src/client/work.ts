import { readJson } from "@svyazka/wire";
import type { AnyEntityType, Task, Unsorted } from "../protocol.ts";
import { nameOf } from "./batches.ts";
import { type Changed, type CollectionSpec, changingOf, creatingOf, must, readingOf } from "./collections.ts";
import type { CallDraft, FormMetadata, SipMetadata, TaskDraft, UnsortedDraft } from "./drafts.ts";
import { type AmoError, AmoInvalid, AmoNotFound } from "./errors.ts";
import type { Range, TaskFilter, UnsortedFilter } from "./filters.ts";
import type { ListQuery } from "./pages.ts";
import { type AmoRequest, member, type Transport } from "./transport.ts";

/** What people do in an account: tasks, calls, and what nobody has taken yet. */

export function tasksOf(transport: Transport) {
  const spec: CollectionSpec = { path: "/api/v4/tasks", key: "tasks", isOrderedById: true };
  const changing = changingOf<Partial<TaskDraft>, Changed>(transport, spec);
  return {
    ...readingOf<Task, ListQuery<TaskFilter, "id" | "created_at" | "complete_till">>(transport, spec),
    ...creatingOf<TaskDraft>(transport, spec),
    ...changing,
    complete: (id: number, result?: string) =>
      changing.update(id, { is_completed: true, ...(result !== undefined && { result: { text: result } }) }),
  };
}

/** A call that has become a note on somebody. */
export interface NotedCall {
  /** Of the note. */
  readonly id: number;
  readonly entity_id: number;
  /** In the singular: `contact`. */
  readonly entity_type: string;
}

/** Source: crm_platform/calls-api, telephony/call_event */
export const callsOf = (transport: Transport) => ({
  /** Each becomes a note on whoever has its phone. A phone that nobody has is told as `AmoNotFound`, and nothing is kept of the call. */
  ...creatingOf<CallDraft, NotedCall>(transport, { path: "/api/v4/calls", key: "calls", read: readCalls, answerIn: callsIn }),
  /** A card before the eyes of these users, with whom amoCRM finds by the phone. Nothing is kept. */
  async showCard(phone: string, users: readonly number[]): Promise<void> {
    // With the slash at the end, as in the documents.
    await transport.ask({ method: "POST", path: "/api/v2/events/", body: { add: [{ type: "phone_call", phone_number: phone, users }] } });
  },
});

/** When it knows none of the phones, amoCRM answers 400, and still in the shape of an answer. Source: https://github.com/amocrm/amocrm-api-php/issues/52 */
function callsIn(error: AmoError): unknown {
  const body = error instanceof AmoInvalid && !error.problem ? readJson(error.body ?? "") : undefined;
  return member(body, "_total_items") === undefined ? undefined : body;
}

/** Calls of nobody are missing in it. */
function readCalls({ method, path }: AmoRequest, answer: unknown, count: number): (object | AmoError)[] {
  const noted = member(member(answer, "_embedded"), "calls");
  const byName = new Map((Array.isArray(noted) ? (noted as readonly object[]) : []).map((call) => [nameOf(call), call]));
  const facts = { request: `${method} ${path}`, status: 404 };
  return Array.from(
    { length: count },
    (_, place) => byName.get(String(place)) ?? new AmoNotFound("nobody in the account has this phone", facts),
  );
}

export interface UnsortedMade {
  readonly uid: string;
  readonly _embedded: Unsorted["_embedded"];
}

interface UnsortedSummary {
  readonly total: number;
  readonly accepted: number;
  readonly declined: number;
  /** Seconds. */
  readonly average_sort_time: number;
  readonly categories: Readonly<Record<string, { readonly total: number }>>;
}

/** What nobody has taken yet: a lead in the first status of its pipeline, with its contact out of sight. Source: crm_platform/unsorted-api */
export function unsortedOf(transport: Transport) {
  const path = "/api/v4/leads/unsorted";
  const spec: CollectionSpec = { path, key: "unsorted" };
  const at = (uid: string, action: string): string => `${path}/${encodeURIComponent(uid)}/${action}`;
  return {
    ...readingOf<Unsorted, ListQuery<UnsortedFilter, "created_at" | "updated_at">, string>(transport, spec),
    /** A form that somebody has filled in. */
    forms: creatingOf<UnsortedDraft<FormMetadata>, UnsortedMade>(transport, { ...spec, path: `${path}/forms` }),
    /** A call of somebody unknown. */
    sip: creatingOf<UnsortedDraft<SipMetadata>, UnsortedMade>(transport, { ...spec, path: `${path}/sip` }),
    accept: (uid: string, by: { readonly user_id?: number; readonly status_id?: number } = {}) =>
      must<Unsorted>(transport, { method: "POST", path: at(uid, "accept"), body: by }),
    /** Lead and contact go to the bin. */
    decline: (uid: string, by: { readonly user_id?: number } = {}) =>
      must<Unsorted>(transport, { method: "DELETE", path: at(uid, "decline"), body: by }),
    /** Of chats only: to a lead or a customer that is there. */
    link: (
      uid: string,
      to: { readonly entity_id: number; readonly entity_type: AnyEntityType; readonly contact_id?: number },
      user?: number,
    ) =>
      must<Unsorted>(transport, {
        ...{ method: "POST", path: at(uid, "link") },
        body: {
          link: {
            ...{ entity_id: to.entity_id, entity_type: to.entity_type },
            ...(to.contact_id !== undefined && { metadata: { contact_id: to.contact_id } }),
          },
          ...(user !== undefined && { user_id: user }),
        },
      }),
    summary: (filter: UnsortedFilter & { readonly created_at?: Range } = {}) =>
      must<UnsortedSummary>(transport, { method: "GET", path: `${path}/summary`, query: { filter: filter as Record<string, never> } }),
  };
}
