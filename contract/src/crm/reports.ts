import { Type } from "typebox";
import { Moment, Nullable, route } from "../route.ts";
import { Id, Ids, Query } from "./shapes.ts";

/** Reports. Each is about what whoever asks may see; days and hours are those of the workspace's time zone, unless another one is named. */

const tag = "Reports";
const asked = {
  from: Type.Optional(Type.String({ format: "date-time", description: "30 days before `to` unless stated" })),
  to: Type.Optional(Type.String({ format: "date-time", description: "Before this moment; now unless stated" })),
  pipeline: Type.Optional(Id),
  responsible: Type.Optional(Ids),
  time_zone: Type.Optional(Type.String({ maxLength: 64, description: "IANA name" })),
};
/** What was in fact asked for: defaults included. */
const period = { from: Moment, to: Moment, time_zone: Type.String() };
const Sums = Type.Array(Type.Object({ currency: Type.String(), sum: Type.String() }));
const Share = Nullable(Type.Number({ minimum: 0, maximum: 1 }));
const Days = Nullable(Type.Number());
const base = { method: "GET", scope: "crm:read", tag } as const;

export const reportFunnel = route({
  ...base,
  id: "reportFunnel",
  path: "/reports/funnel",
  summary: "How deals that were made in this time went through the stages of a pipeline: of the default one unless stated",
  query: Query(asked),
  answer: Type.Object({
    ...period,
    pipeline: Type.Integer(),
    deals: Type.Integer({ description: "Made in this time, and in this pipeline" }),
    stages: Type.Array(
      Type.Object({
        stage: Type.Integer(),
        entered: Type.Integer({ description: "Deals that were in it at some time" }),
        reached: Type.Integer({ description: "Deals that were in it or came further; lost ones count as far as they came" }),
        now: Type.Integer(),
        conversion: Share,
        median_days: Days,
      }),
    ),
  }),
});

export const reportSources = route({
  ...base,
  id: "reportSources",
  path: "/reports/sources",
  summary: "Where the deals that were made in this time came from, the most fruitful first",
  query: Query({
    ...asked,
    by: Type.Optional(Type.Enum(["source", "utm_source", "utm_medium", "utm_campaign"], { default: "source" })),
    touch: Type.Optional(Type.Enum(["first", "last"], { default: "last", description: "Of utm marks: of the first visit or of the last" })),
  }),
  answer: Type.Object({
    ...period,
    lines: Type.Array(
      Type.Object({
        source: Nullable(Type.Integer()),
        value: Nullable(Type.String({ description: "Of a source its name; null for deals that name none" })),
        deals: Type.Integer(),
        won: Type.Integer(),
        lost: Type.Integer(),
        sums_won: Sums,
        conversion: Share,
      }),
    ),
  }),
});

const counts = {
  in: Type.Integer(),
  out: Type.Integer(),
  answered: Type.Integer(),
  missed: Type.Integer({ description: "Incoming ones that nobody took" }),
  talk_seconds: Type.Integer(),
};
export const reportCalls = route({
  ...base,
  id: "reportCalls",
  path: "/reports/calls",
  summary: "Calls by hour of the day and day of the week, and by person",
  query: Query(asked),
  answer: Type.Object({
    ...period,
    total: Type.Object(counts),
    hours: Type.Array(Type.Object({ weekday: Type.Integer({ description: "1 is Monday" }), hour: Type.Integer(), ...counts }), {
      description: "Those with a call in them",
    }),
    people: Type.Array(Type.Object({ user: Nullable(Type.Integer()), ...counts })),
  }),
});

const times = {
  asked: Type.Integer({ description: "What was to be responded to" }),
  unanswered: Type.Integer(),
  median_seconds: Nullable(Type.Number()),
  p90_seconds: Nullable(Type.Number()),
};
export const reportResponseTime = route({
  ...base,
  id: "reportResponseTime",
  path: "/reports/response-time",
  summary:
    "How long until a person did something: from a deal that no person made, or from a missed call, to the first outgoing call, note or move by a person",
  query: Query({ ...asked, since: Type.Optional(Type.Enum(["deals", "missed_calls"], { default: "deals" })) }),
  answer: Type.Object({
    ...period,
    ...times,
    people: Type.Array(
      Type.Object({ user: Nullable(Type.Integer({ description: "Who responded; of what is unanswered, who is responsible" })), ...times }),
    ),
  }),
});

const outcome = { won: Type.Integer(), lost: Type.Integer(), sums_won: Sums, sums_lost: Sums, median_days: Days };
export const reportOutcomes = route({
  ...base,
  id: "reportOutcomes",
  path: "/reports/outcomes",
  summary: "Deals that were won or lost in this time, by period and by why they were lost",
  query: Query({ ...asked, period: Type.Optional(Type.Enum(["day", "week", "month", "quarter", "year"], { default: "month" })) }),
  answer: Type.Object({
    ...period,
    total: Type.Object(outcome),
    periods: Type.Array(Type.Object({ period: Type.String({ description: "Its first day: `2026-11-01`" }), ...outcome })),
    reasons: Type.Array(Type.Object({ loss_reason: Nullable(Type.Integer()), count: Type.Integer(), sums: Sums })),
  }),
});
