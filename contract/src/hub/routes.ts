import { Type } from "typebox";
import { route } from "../route.ts";

/** Who tells whom. */

const Label = Type.Object({ ru: Type.String(), en: Type.String() });
const End = {
  id: Type.Integer({ description: "The connection" }),
  name: Type.String(),
  vendor: Type.String(),
  state: Type.String(),
};

const Route = {
  source: Type.Integer({ minimum: 1 }),
  flow: Type.String({ minLength: 1, maxLength: 100 }),
  target: Type.Integer({ minimum: 1 }),
};

const Matrix = Type.Object({
  sources: Type.Array(Type.Object({ ...End, events: Type.Array(Type.String()) }), { description: "Connections that may bring facts" }),
  events: Type.Array(Type.Object({ type: Type.String(), title: Label })),
  flows: Type.Array(
    Type.Object({
      name: Type.String(),
      title: Label,
      about: Label,
      on: Type.Array(Type.String(), { description: "Types of events" }),
      needs: Type.String({ description: "The ability its target must have" }),
    }),
  ),
  targets: Type.Array(Type.Object(End)),
  routes: Type.Array(Type.Object({ ...Route, enabled: Type.Boolean() }), {
    description: "Every source × flow × target there can be; all are enabled unless somebody switched them off",
  }),
});

export const listRoutes = route({
  id: "listRoutes",
  method: "GET",
  path: "/routes",
  scope: "hub:read",
  tag: "Routes",
  summary: "Which facts of which connection are told to which other, by which flow",
  answer: Matrix,
});

export const changeRoutes = route({
  id: "changeRoutes",
  method: "PUT",
  path: "/routes",
  scope: "hub:write",
  tag: "Routes",
  summary: "Switch routes on or off: those that are named, from the next fact on; what is planned already is still done",
  body: Type.Object(
    {
      routes: Type.Array(Type.Object({ ...Route, enabled: Type.Boolean() }, { additionalProperties: false }), {
        minItems: 1,
        maxItems: 1000,
      }),
    },
    { additionalProperties: false },
  ),
  answer: Matrix,
});
