import { Type } from "typebox";
import { ByUuid, Moment, Nullable, Page, pageQuery, route } from "../route.ts";

const Uuid = Type.String({ format: "uuid" });

const line = {
  id: Uuid,
  connection: Type.Integer(),
  received_at: Moment,
  method: Type.String(),
  path: Type.String(),
  outcome: Type.String({ description: "accepted, repeated, answered, ignored, malformed or failed" }),
  detail: Nullable(Type.String()),
  status: Type.Integer(),
  ip: Type.String(),
  events: Type.Array(Uuid),
};

export const JournalLine = Type.Object(line);

const DeliveryBrief = Type.Object({
  id: Uuid,
  event: Uuid,
  flow: Type.String(),
  target: Type.Integer(),
  state: Type.String(),
  detail: Nullable(Type.String()),
  records: Nullable(Type.Record(Type.String(), Type.String())),
});

export const JournalEntry = Type.Object({
  ...line,
  prefix: Type.String(),
  query: Type.String(),
  headers: Type.Record(Type.String(), Type.String()),
  body: Nullable(Type.String({ description: "As text; null when it was erased or empty" })),
  body_base64: Nullable(Type.String()),
  deliveries: Type.Array(DeliveryBrief),
});

export const listJournal = route({
  id: "listJournal",
  method: "GET",
  path: "/journal",
  scope: "hub:read",
  tag: "Journal",
  summary: "The requests as they came, newest first",
  query: Type.Object(
    {
      ...pageQuery,
      connection: Type.Optional(Type.Integer()),
      outcome: Type.Optional(Type.String()),
      received_from: Type.Optional(Moment),
      received_to: Type.Optional(Moment),
    },
    { additionalProperties: false },
  ),
  answer: Page(JournalLine),
});

export const getJournal = route({
  id: "getJournal",
  method: "GET",
  path: "/journal/:id",
  scope: "hub:read",
  tag: "Journal",
  summary: "One request, raw, and what became of it",
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
