import { Type } from "typebox";
import { ById, Moment, Page, pageQuery, route } from "../route.ts";

/** What a connection cannot settle by itself, and a person decides. */

const Decision = Type.Object({
  id: Type.String(),
  at: Moment,
  title: Type.String({ description: "In the language of the company, as all of it" }),
  text: Type.String(),
  choices: Type.Array(Type.Object({ id: Type.String(), title: Type.String() })),
});

export const listDecisions = route({
  id: "listDecisions",
  method: "GET",
  path: "/connections/:id/decisions",
  scope: "hub:read",
  tag: "Connections",
  summary: "What a connection wants a person to decide, the oldest first",
  description: "Of connections with the ability `decides`. Nothing waits for the answer but what it is about.",
  params: ById,
  query: Type.Object(pageQuery, { additionalProperties: false }),
  answer: Page(Decision),
});

export const decide = route({
  id: "decide",
  method: "POST",
  path: "/connections/:id/decisions/:decision",
  scope: "hub:write",
  tag: "Connections",
  summary: "Decide: one of its choices",
  description: "404 once it has been decided, 422 for a choice that is none of its own.",
  params: Type.Object({ ...ById.properties, decision: Type.String({ minLength: 1, maxLength: 300 }) }),
  body: Type.Object({ choice: Type.String({ minLength: 1, maxLength: 100 }) }, { additionalProperties: false }),
});
