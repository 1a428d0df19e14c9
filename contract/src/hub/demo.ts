import { Type } from "typebox";
import { Moment, Nullable, route } from "../route.ts";

/** Trying the hub with people and requests that do not exist. */

const Life = Type.Object({
  lives_until: Nullable(Type.String({ format: "date-time", description: "Until then somebody rings or fills a form in now and then" })),
});
const tag = "Demo";

export const getDemo = route({
  id: "getDemo",
  method: "GET",
  path: "/demo",
  scope: "hub:read",
  tag,
  summary: "Whether the demo is going on in this workspace",
  answer: Life,
});

export const startDemo = route({
  id: "startDemo",
  method: "POST",
  path: "/demo",
  scope: "hub:write",
  tag,
  summary:
    "Fill the workspace with half a year of a small company, add connections that need no account anywhere, and let people ring and fill forms in for some hours. Once; started again, only the life goes on",
  body: Type.Object({ hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 168, default: 8 })) }, { additionalProperties: false }),
  answer: Type.Object({
    ...Life.properties,
    contacts: Type.Integer(),
    companies: Type.Integer(),
    deals: Type.Integer(),
    calls: Type.Integer(),
    connections: Type.Array(Type.Integer()),
    started_at: Moment,
  }),
});

export const stopDemo = route({
  id: "stopDemo",
  method: "DELETE",
  path: "/demo",
  scope: "hub:write",
  tag,
  summary: "Nobody rings any more; what there is stays",
});
