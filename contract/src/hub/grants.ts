import { Type } from "typebox";
import { ById, Moment, Nullable, Page, pageQuery, route } from "../route.ts";

/** Programs that use the hub through a served API, and the grants by which they get in. */

const Grant = Type.Object({
  id: Type.String(),
  user: Nullable(Type.Object({ id: Type.Integer(), name: Type.String() }, { description: "In whose name it works" })),
  at: Moment,
});

export const addIntegration = route({
  id: "addIntegration",
  method: "POST",
  path: "/integrations",
  scope: "hub:write",
  tag: "Integrations",
  summary: "Register a program: a connection of the vendor whose API it speaks, with what the program needs to begin with",
  body: Type.Object(
    {
      vendor: Type.Optional(Type.String({ description: "Needed where several vendors have integrations" })),
      name: Type.String({ minLength: 1, maxLength: 200 }),
      settings: Type.Record(Type.String(), Type.Unknown()),
      user: Type.Optional(Type.Integer({ description: "In whose name the first grant works; the first administrator, unless told" })),
      long_lived_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 1826, description: "Also a token that lasts so long" })),
      allow_private_addresses: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
  status: 201,
  answer: Type.Object({
    id: Type.Integer(),
    name: Type.String(),
    secrets: Type.Record(Type.String(), Type.String(), { description: "Shown this once" }),
    issued: Type.Record(Type.String(), Type.String(), { description: "Shown this once" }),
    urls: Type.Record(Type.String(), Type.String()),
  }),
});

export const issueGrant = route({
  id: "issueGrant",
  method: "POST",
  path: "/connections/:id/grants",
  scope: "hub:write",
  tag: "Integrations",
  summary: "Let a program in: a code to be exchanged and, on demand, a token that lasts",
  params: ById,
  body: Type.Object(
    { user: Type.Optional(Type.Integer()), long_lived_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 1826 })) },
    { additionalProperties: false },
  ),
  answer: Type.Object({ issued: Type.Record(Type.String(), Type.String(), { description: "Shown this once" }) }),
});

export const listGrants = route({
  id: "listGrants",
  method: "GET",
  path: "/connections/:id/grants",
  scope: "hub:read",
  tag: "Integrations",
  summary: "By whose grants a program works",
  params: ById,
  query: Type.Object(pageQuery, { additionalProperties: false }),
  answer: Page(Grant),
});

export const revokeGrant = route({
  id: "revokeGrant",
  method: "DELETE",
  path: "/connections/:id/grants/:grant",
  scope: "hub:write",
  tag: "Integrations",
  summary: "End a grant: none of its tokens is good from now on",
  params: Type.Object({ id: Type.Integer({ minimum: 1 }), grant: Type.String({ minLength: 1, maxLength: 100 }) }),
});
