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

const Attempt = Type.Object({
  number: Type.Integer(),
  started_at: Moment,
  ms: Type.Integer(),
  outcome: Type.String(),
  error: Nullable(Type.String()),
  calls: Type.Array(Type.Unknown()),
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
