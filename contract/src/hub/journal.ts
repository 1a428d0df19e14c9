import { Type } from "typebox";
import { ByUuid, Moment, Nullable, Page, pageQuery, route } from "../route.ts";
import { Attempt, deliveryStates } from "./deliveries.ts";

const Uuid = Type.String({ format: "uuid" });
const Count = Type.Integer();
const Outcome = Type.Enum(["accepted", "repeated", "answered", "ignored", "malformed", "failed"]);

const line = {
  id: Uuid,
  connection: Type.Integer(),
  received_at: Moment,
  method: Type.String(),
  path: Type.String(),
  outcome: Outcome,
  detail: Nullable(Type.String()),
  status: Type.Integer(),
  ip: Type.String(),
  events: Type.Array(Uuid),
};

export const JournalLine = Type.Object({
  ...line,
  types: Type.Array(Type.String(), { description: "Of its events" }),
  subject: Nullable(Type.String({ description: "Of its first event" })),
  deliveries: Type.Object(Object.fromEntries(deliveryStates.map((state) => [state, Count])), {
    description: "How many of its deliveries are in which state",
  }),
});

const Named = { connection_name: Nullable(Type.String()), vendor: Nullable(Type.String()) };
const Fact = { type: Type.String(), subject: Type.String(), data: Type.Unknown() };

const JournalDelivery = Type.Object({
  id: Uuid,
  event: Uuid,
  flow: Type.String(),
  flow_title: Nullable(Type.Object({ ru: Type.String(), en: Type.String() })),
  target: Type.Integer(),
  target_name: Nullable(Type.String()),
  state: Type.Enum(deliveryStates),
  attempts: Type.Integer(),
  detail: Nullable(Type.String()),
  records: Nullable(Type.Record(Type.String(), Type.String())),
  created_at: Moment,
  next_attempt_at: Nullable(Moment),
  finished_at: Nullable(Moment),
  attempts_made: Type.Array(Attempt),
});

const Related = Type.Object({ id: Uuid, received_at: Moment, connection: Type.Integer(), type: Type.String(), outcome: Outcome });

export const JournalEntry = Type.Object({
  ...line,
  ...Named,
  prefix: Type.String(),
  query: Type.String(),
  headers: Type.Record(Type.String(), Type.String()),
  body: Nullable(Type.String({ description: "As text; null when it was erased or empty" })),
  body_base64: Nullable(Type.String()),
  facts: Type.Array(Type.Object({ id: Uuid, ...Fact }), { description: "The events it became, in order" }),
  deliveries: Type.Array(JournalDelivery),
  earlier: Type.Array(Related, {
    description: "Lines before it about the same subject, newest first: ten at most, among the nearest 5000 events",
  }),
  later: Type.Array(Related, { description: "The same, after it, oldest first" }),
});

export const listJournal = route({
  id: "listJournal",
  method: "GET",
  path: "/journal",
  scope: "hub:read",
  tag: "Journal",
  summary: "The requests as they came, newest first",
  description:
    "`q` is an id (of a line, an event or a delivery), a record (`deal:15`), a phone in any spelling, or a text that stands in the path, the query, the body or the data of an event, in any case. One request looks at so many lines at most: when it stops before the page is full, `searched_until` is the moment it has come to, and `next_cursor` goes on from there. It is null when the page is full or nothing is left.",
  query: Type.Object(
    {
      ...pageQuery,
      q: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      connection: Type.Optional(Type.Integer()),
      outcome: Type.Optional(Outcome),
      state: Type.Optional(Type.Enum(["waiting", "held", "parked", "failed"], { description: "A delivery of it is in this state" })),
      received_from: Type.Optional(Moment),
      received_to: Type.Optional(Moment),
    },
    { additionalProperties: false },
  ),
  answer: Type.Object({ ...Page(JournalLine).properties, searched_until: Nullable(Moment) }),
});

export const getJournal = route({
  id: "getJournal",
  method: "GET",
  path: "/journal/:id",
  scope: "hub:read",
  tag: "Journal",
  summary: "One request, raw, and all that became of it",
  params: ByUuid,
  answer: JournalEntry,
});

export const replayJournal = route({
  id: "replayJournal",
  method: "POST",
  path: "/journal/:id/replay",
  scope: "hub:write",
  tag: "Journal",
  summary: "Receive a stored request again, with today's settings; a fact that is known already is not recorded twice",
  params: ByUuid,
  answer: Type.Object({ outcome: Type.String(), detail: Nullable(Type.String()), journal: Nullable(Uuid), events: Type.Array(Uuid) }),
});

export const previewJournal = route({
  id: "previewJournal",
  method: "POST",
  path: "/journal/:id/preview",
  scope: "hub:read",
  tag: "Journal",
  summary: "What a stored request would become today, beside what it became; nothing is stored",
  params: ByUuid,
  answer: Type.Object({
    outcome: Type.String({ description: "accepted, ignored, malformed or failed" }),
    detail: Nullable(Type.String()),
    now: Type.Array(
      Type.Object({
        ...Fact,
        hold: Nullable(Type.String({ description: "Why a person would have to look first" })),
        deliveries: Type.Array(Type.Object({ flow: Type.String(), target: Type.Integer() })),
      }),
    ),
    before: Type.Array(Type.Object({ id: Uuid, ...Fact })),
    changes: Type.Array(
      Type.Object({
        path: Type.String({ description: "0.data.person.name: the number is the place of the fact" }),
        before: Type.Unknown(),
        now: Type.Unknown(),
      }),
      { description: "Every member that differs; null stands for one that is not there" },
    ),
  }),
});
