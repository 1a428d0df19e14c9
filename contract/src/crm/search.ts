import { type Static, Type } from "typebox";
import { Nullable, Page, route } from "../route.ts";
import { Entity, Query, Search } from "./shapes.ts";

/** Finding records by whatever one remembers of them. */

export const Found = Type.Object({
  entity: Entity,
  id: Type.Integer(),
  name: Type.String(),
  detail: Nullable(
    Type.String({ description: "Of a contact the company, else the position; of a company the INN; of a deal the stage and its contact" }),
  ),
  phone: Nullable(Type.String({ description: "The first one; of a deal, its main contact's" })),
  email: Nullable(Type.String()),
  responsible: Nullable(Type.Integer()),
  matched_by: Type.Enum(["name", "phone", "email", "messenger", "inn", "id", "note"]),
});
export type FoundShape = Static<typeof Found>;

export const search = route({
  id: "search",
  method: "GET",
  path: "/search",
  scope: "crm:read",
  tag: "Search",
  summary:
    "Contacts, companies and deals by words or parts of words of the name, with typos or in the wrong keyboard layout; by part of a phone, an e-mail, an INN, the number of a deal, and words of a note. The best first, on one page",
  query: Query({
    q: Search,
    entities: Type.Optional(
      Type.String({ pattern: "^(contact|company|deal)(,(contact|company|deal)){0,2}$", description: "Only these, by comma" }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 20 })),
  }),
  answer: Page(Found),
});
