import { type Static, Type } from "typebox";
import { ById, Moment, Nullable, Page, route } from "../route.ts";
import { About, Body, Id, listQuery, Phone, Query } from "./shapes.ts";

/** Telephone calls as the CRM keeps them. */

export const CallDirection = Type.Enum(["in", "out", "internal"]);
export const CallState = Type.Enum(["ringing", "talking", "over"]);
export const CallOutcome = Type.Enum(["answered", "missed", "cancelled", "busy", "unavailable", "not_allowed", "not_found"]);

export const Recording = Type.Object({
  url: Type.String({ description: "Where to listen to it: our copy, for a day and without signing in, or the address the PBX gave" }),
  kept: Type.Boolean({ description: "Whether it is our copy" }),
});

export const Call = Type.Object({
  id: Type.Integer(),
  direction: CallDirection,
  phone: Type.String({ description: "As it was told: a number, an extension, `anonymous`" }),
  e164: Nullable(Type.String()),
  line: Nullable(Type.String({ description: "Our number" })),
  account: Nullable(Type.String({ description: "Of the employee, at the PBX" })),
  extension: Nullable(Type.String()),
  group: Nullable(Type.String()),
  responsible: Nullable(Type.Integer({ description: "Who spoke, or whose phone rang" })),
  state: CallState,
  outcome: Nullable(CallOutcome),
  started_at: Moment,
  wait_seconds: Nullable(Type.Integer()),
  talk_seconds: Nullable(Type.Integer()),
  duration_seconds: Nullable(Type.Integer({ description: "The whole call, where waiting and talking are not told apart" })),
  recordings: Type.Array(Recording),
  rating: Nullable(Type.Integer()),
  contact: Nullable(Type.Object({ id: Type.Integer(), name: Type.String() })),
  company: Nullable(Type.Integer({ description: "Where it stands on a company, and on nobody in it" })),
  deal: Nullable(Type.Integer()),
  about: About,
  connection: Nullable(Type.Integer({ description: "The connection it came by" })),
  created_at: Moment,
  updated_at: Moment,
});
export type CallShape = Static<typeof Call>;

const calls = "Calls";

export const listCalls = route({
  id: "listCalls",
  method: "GET",
  path: "/calls",
  scope: "crm:read",
  tag: calls,
  summary: "Calls, the latest first",
  query: Query({
    ...listQuery,
    direction: Type.Optional(CallDirection),
    outcome: Type.Optional(CallOutcome),
    state: Type.Optional(CallState),
    responsible: Type.Optional(Id),
    contact: Type.Optional(Id),
    company: Type.Optional(Id),
    deal: Type.Optional(Id),
    connection: Type.Optional(Id),
    phone: Type.Optional(Phone),
    started_from: Type.Optional(Moment),
    started_to: Type.Optional(Type.String({ format: "date-time", description: "Before this moment" })),
    unreturned: Type.Optional(
      Type.Boolean({ description: "Missed calls after which nobody here has spoken with that person: the latest one of each" }),
    ),
    sort: Type.Optional(Type.Enum(["id", "-id", "created_at", "-created_at", "updated_at", "-updated_at", "started_at", "-started_at"])),
  }),
  answer: Page(Call),
});

export const getCall = route({
  id: "getCall",
  method: "GET",
  path: "/calls/:id",
  scope: "crm:read",
  tag: calls,
  summary: "One call",
  params: ById,
  answer: Call,
});

export const startCall = route({
  id: "startCall",
  method: "POST",
  path: "/calls",
  scope: "crm:write",
  tag: calls,
  summary: "Click to call: rings the employee's phone first and, when they answer, the client's. Never repeated by itself",
  body: Body({
    phone: Phone,
    responsible: Type.Optional(Type.Union([Id, Type.Null()], { description: "Whose phone; without it, that of whoever asks" })),
    connection: Type.Optional(
      Type.Union([Id, Type.Null()], { description: "Which PBX; without it, the first where that person has a phone" }),
    ),
    line: Type.Optional(Type.Union([Type.String({ maxLength: 32 }), Type.Null()], { description: "Our number to show the client" })),
  }),
  answer: Type.Object({
    connection: Type.Integer(),
    account: Type.String(),
    call: Nullable(Type.String({ description: "Its name at the PBX, if it tells" })),
  }),
  status: 202,
});
