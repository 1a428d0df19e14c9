import { Type } from "typebox";
import { Moment, Nullable, Page, pageQuery, route } from "../route.ts";

const Entry = Type.Object({
  id: Type.String({ format: "uuid" }),
  at: Moment,
  actor: Type.String({ description: "user:5, token:12, operator, nobody" }),
  user: Nullable(Type.Integer({ description: "Who did it; of a failed sign-in, as whom" })),
  user_name: Nullable(Type.String()),
  ip: Type.String(),
  action: Type.String({ description: "The operation of this API: changeUser, createToken, signIn, …" }),
  params: Type.Record(Type.String(), Type.Unknown(), { description: "On what: {id: 5}" }),
  members: Type.Array(Type.String(), { description: "What was given: `role`, `settings.url`" }),
  given: Type.Record(Type.String(), Type.Unknown(), { description: "The values of those that are no secret and say what was done" }),
  outcome: Type.Enum(["done", "refused", "failed"]),
  status: Type.Integer(),
  detail: Nullable(Type.String({ description: "Why not" })),
});

export const listAudit = route({
  id: "listAudit",
  method: "GET",
  path: "/audit",
  scope: "hub:write",
  tag: "Operation",
  summary:
    "Who did what about the workspace itself, newest first: sign-ins, people, tokens, connections, routes, settings, exports, merges",
  description: "Kept for `HISTORY_DAYS`. Secrets are never in it. Records of the CRM have timelines of their own.",
  query: Type.Object(
    {
      ...pageQuery,
      user: Type.Optional(Type.Integer()),
      actor: Type.Optional(Type.String({ maxLength: 100 })),
      action: Type.Optional(Type.String({ maxLength: 100, description: "One or several, by comma" })),
      ip: Type.Optional(Type.String({ maxLength: 100 })),
      target: Type.Optional(Type.String({ maxLength: 100, description: "The id in `params`" })),
      outcome: Type.Optional(Type.Enum(["done", "refused", "failed"])),
      from: Type.Optional(Moment),
      to: Type.Optional(Moment),
    },
    { additionalProperties: false },
  ),
  answer: Page(Entry),
});
