import { type Static, Type } from "typebox";
import { ById, Moment, Nullable, Page, pageQuery, route } from "../route.ts";
import { Body, Position, Query } from "./shapes.ts";

/** How people want to see lists. */

const Viewed = Type.Enum(["contact", "company", "deal", "task", "call"]);
const Title = Type.String({ minLength: 1, maxLength: 200 });
const Settings = Type.Record(Type.String({ maxLength: 200 }), Type.Unknown(), {
  description: "Filters, order, columns, as the page keeps them: up to 16 kB of JSON",
});

export const View = Type.Object({
  id: Type.Integer(),
  entity: Viewed,
  name: Type.String(),
  shared: Type.Boolean({ description: "Whether everybody sees it" }),
  owner: Nullable(Type.Integer({ description: "The user; null for a program" })),
  position: Type.Integer(),
  settings: Settings,
  created_at: Moment,
  updated_at: Moment,
});
export type ViewShape = Static<typeof View>;

const tag = "Saved views";
const members = { shared: Type.Optional(Type.Boolean()), position: Type.Optional(Position), settings: Type.Optional(Settings) };

export const listViews = route({
  id: "listViews",
  method: "GET",
  path: "/views",
  scope: "crm:read",
  tag,
  summary: "One's own views and the shared ones, by position",
  query: Query({ ...pageQuery, entity: Type.Optional(Viewed) }),
  answer: Page(View),
});
export const getView = route({
  id: "getView",
  method: "GET",
  path: "/views/:id",
  scope: "crm:read",
  tag,
  summary: "One view",
  params: ById,
  answer: View,
});
export const createView = route({
  id: "createView",
  method: "POST",
  path: "/views",
  scope: "crm:write",
  tag,
  summary: "Save a view",
  body: Body({ entity: Viewed, name: Title, ...members }),
  answer: View,
  status: 201,
});
export const updateView = route({
  id: "updateView",
  method: "PATCH",
  path: "/views/:id",
  scope: "crm:write",
  tag,
  summary: "Change a view of one's own, or, as an administrator, a shared one: only what is given",
  params: ById,
  body: Body({ name: Type.Optional(Title), ...members }),
  answer: View,
});
export const deleteView = route({
  id: "deleteView",
  method: "DELETE",
  path: "/views/:id",
  scope: "crm:write",
  tag,
  summary: "Delete a view of one's own, or, as an administrator, a shared one",
  params: ById,
});
