import { Type } from "typebox";
import { ById, Moment, Nullable, Page, pageQuery, route } from "../route.ts";

/** PBXs and those who have a phone there. */

const TelephonyUser = Type.Object({
  account: Type.String(),
  name: Type.String(),
  extension: Nullable(Type.String()),
  phone: Nullable(Type.String()),
  email: Nullable(Type.String()),
  user: Nullable(Type.Object({ id: Type.String(), name: Type.String() }, { description: "Who this is in the CRM, as mapped" })),
  suggestion: Nullable(
    Type.Object(
      { id: Type.String(), name: Type.String(), by: Type.String({ description: "email, phone, name" }) },
      { description: "Who this may be" },
    ),
  ),
});

export const listTelephonyUsers = route({
  id: "listTelephonyUsers",
  method: "GET",
  path: "/connections/:id/users",
  scope: "hub:read",
  tag: "Telephony",
  summary: "The accounts of a PBX, asked from it now, and who they are in the CRM",
  params: ById,
  query: Type.Object(pageQuery, { additionalProperties: false }),
  answer: Page(TelephonyUser),
});

export const matchTelephonyUsers = route({
  id: "matchTelephonyUsers",
  method: "POST",
  path: "/connections/:id/users/match",
  scope: "hub:write",
  tag: "Telephony",
  summary: "Map the accounts that nobody has mapped yet to users of the same e-mail, phone or name; what is mapped stays",
  params: ById,
  answer: Type.Object({ matched: Type.Array(Type.Object({ account: Type.String(), user: Type.String(), by: Type.String() })) }),
});

export const rehearseCall = route({
  id: "rehearseCall",
  method: "POST",
  path: "/connections/:id/rehearsal",
  scope: "hub:write",
  tag: "Telephony",
  summary: "Play an incoming call on a simulated PBX, with real timing",
  params: ById,
  body: Type.Object(
    {
      from: Type.String({ minLength: 1, maxLength: 40 }),
      line: Type.Optional(Type.String({ maxLength: 40 })),
      account: Type.Optional(Type.String({ maxLength: 200, description: "Whose phone rings; without it, where the call is routed to" })),
      answer_after_seconds: Type.Optional(Type.Number({ minimum: 0, maximum: 300 })),
      talk_seconds: Type.Optional(Type.Number({ minimum: 0, maximum: 3600 })),
      patience_seconds: Type.Optional(Type.Number({ minimum: 0, maximum: 300, description: "How long the client lets it ring" })),
    },
    { additionalProperties: false },
  ),
  answer: Type.Object({ call: Type.String() }),
  status: 202,
});

export const pollConnection = route({
  id: "pollConnection",
  method: "POST",
  path: "/connections/:id/poll",
  scope: "hub:write",
  tag: "Connections",
  summary: "Ask the other side for what it did not tell since then; what is known already costs nothing",
  params: ById,
  body: Type.Object({ since: Moment }, { additionalProperties: false }),
  answer: Type.Object({ facts: Type.Integer(), fresh: Type.Integer({ description: "Those that nobody had told of before" }) }),
});
