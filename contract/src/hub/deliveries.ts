import { type Static, Type } from "typebox";
import { ByUuid, Moment, Nullable, Page, pageQuery, route } from "../route.ts";

const Uuid = Type.String({ format: "uuid" });
export const deliveryStates = ["waiting", "held", "parked", "done", "failed", "skipped"] as const;

const delivery = {
  id: Uuid,
  event: Uuid,
  journal: Uuid,
  type: Type.String(),
  subject: Type.String(),
  flow: Type.String(),
  source: Type.Integer({ description: "The connection the event came from" }),
  target: Type.Integer({ description: "The connection it goes to" }),
  state: Type.Enum(deliveryStates),
  attempts: Type.Integer(),
  detail: Nullable(Type.String()),
  records: Nullable(Type.Record(Type.String(), Type.String())),
  created_at: Moment,
  next_attempt_at: Nullable(Moment),
  finished_at: Nullable(Moment),
};
export const Delivery = Type.Object(delivery);
export type DeliveryShape = Static<typeof Delivery>;

export const Attempt = Type.Object({
  number: Type.Integer(),
  started_at: Moment,
  ms: Type.Integer(),
  outcome: Type.String(),
  error: Nullable(Type.String()),
  calls: Type.Array(Type.Unknown(), {
    description: "What left during it: {method, url, status, request, reply, error, ms}, shortened, secrets removed",
  }),
});

export const listDeliveries = route({
  id: "listDeliveries",
  method: "GET",
  path: "/deliveries",
  scope: "hub:read",
  tag: "Deliveries",
  summary: "What is being done, newest first",
  query: Type.Object(
    {
      ...pageQuery,
      state: Type.Optional(Type.Enum(deliveryStates)),
      target: Type.Optional(Type.Integer()),
      flow: Type.Optional(Type.String({ maxLength: 100 })),
      event: Type.Optional(Uuid),
      record: Type.Optional(Type.String({ pattern: "^[a-z]+:.{1,100}$", description: "What touched a record, e.g. deal:15" })),
    },
    { additionalProperties: false },
  ),
  answer: Page(Delivery),
});

export const getDelivery = route({
  id: "getDelivery",
  method: "GET",
  path: "/deliveries/:id",
  scope: "hub:read",
  tag: "Deliveries",
  summary: "One delivery with its event and every attempt",
  params: ByUuid,
  answer: Type.Object({ ...delivery, data: Type.Unknown(), attempts_made: Type.Array(Attempt) }),
});

export const retryDelivery = route({
  id: "retryDelivery",
  method: "POST",
  path: "/deliveries/:id/retry",
  scope: "hub:write",
  tag: "Deliveries",
  summary: "Try now: a failed, skipped, held or waiting delivery",
  params: ByUuid,
  answer: Delivery,
});

export const skipDelivery = route({
  id: "skipDelivery",
  method: "POST",
  path: "/deliveries/:id/skip",
  scope: "hub:write",
  tag: "Deliveries",
  summary: "Never mind: what comes after it goes on",
  params: ByUuid,
  answer: Delivery,
});

const troubled = ["failed", "parked"] as const;
const Cause = Type.String({ maxLength: 300, description: "The reason with numbers, ids, addresses and names left out" });

export const listDeliveryCauses = route({
  id: "listDeliveryCauses",
  method: "GET",
  path: "/deliveries/causes",
  scope: "hub:read",
  tag: "Deliveries",
  summary: "Failed and parked deliveries by what they have in common, the most first; among the newest 20000 of each state",
  answer: Page(
    Type.Object({
      state: Type.Enum(troubled),
      flow: Type.String(),
      target: Type.Integer(),
      target_name: Nullable(Type.String()),
      cause: Cause,
      count: Type.Integer(),
      first_at: Moment,
      last_at: Moment,
      example: Nullable(Type.String({ description: "The latest one's own words" })),
      deliveries: Type.Array(Uuid, { description: "The latest three" }),
    }),
  ),
});

const Filter = Type.Object(
  {
    state: Type.Enum(["waiting", "held", "parked", "failed", "skipped"]),
    flow: Type.Optional(Type.String({ maxLength: 100 })),
    target: Type.Optional(Type.Integer()),
    cause: Type.Optional(Cause),
    created_from: Type.Optional(Moment),
    created_to: Type.Optional(Moment),
  },
  { additionalProperties: false },
);

const Job = Type.Object({
  id: Uuid,
  action: Type.String(),
  state: Type.Enum(["running", "done", "cancelled", "failed"]),
  total: Type.Integer({ description: "How many it is about" }),
  done: Type.Integer({ description: "How many have been looked at" }),
  changed: Type.Integer({ description: "How many there was something to do about" }),
  error: Nullable(Type.String()),
  created_by: Type.String(),
  created_at: Moment,
  finished_at: Nullable(Moment),
});
export type JobShape = Static<typeof Job>;

export const bulkDeliveries = route({
  id: "bulkDeliveries",
  method: "POST",
  path: "/deliveries/bulk",
  scope: "hub:write",
  tag: "Deliveries",
  summary: "Try many again, or skip them: those that are named, or all that there are by a filter",
  description: "A few are done when it answers. With many it goes on by itself: `GET /jobs/:id` tells how far it is.",
  body: Type.Object(
    {
      action: Type.Enum(["retry", "skip"]),
      ids: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 1000 })),
      filter: Type.Optional(Filter),
    },
    { additionalProperties: false },
  ),
  answer: Job,
  status: 202,
});

export const listJobs = route({
  id: "listJobs",
  method: "GET",
  path: "/jobs",
  scope: "hub:read",
  tag: "Deliveries",
  summary: "What was done about many at once, newest first",
  query: Type.Object(pageQuery, { additionalProperties: false }),
  answer: Page(Job),
});

export const getJob = route({
  id: "getJob",
  method: "GET",
  path: "/jobs/:id",
  scope: "hub:read",
  tag: "Deliveries",
  summary: "How far it is",
  params: ByUuid,
  answer: Job,
});

export const cancelJob = route({
  id: "cancelJob",
  method: "POST",
  path: "/jobs/:id/cancel",
  scope: "hub:write",
  tag: "Deliveries",
  summary: "Go no further; what is done stays done",
  params: ByUuid,
  answer: Job,
});
