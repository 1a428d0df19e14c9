import { type Static, type TProperties, Type } from "typebox";
import { Moment, Nullable, route } from "../route.ts";
import { Body, FieldDrafts, Id, OptionalId, TagDrafts, Text } from "./shapes.ts";

/** Doing one thing to many records. */

export const BulkResult = Type.Object({
  done: Type.Array(Type.Integer()),
  failed: Type.Array(Type.Object({ id: Type.Integer(), detail: Type.String() })),
});
export type BulkResultShape = Static<typeof BulkResult>;

const tags = {
  add_tags: Type.Optional(Type.Array(TagDrafts.items, { maxItems: 250, description: "By name; new names become tags" })),
  remove_tags: Type.Optional(Type.Array(TagDrafts.items, { maxItems: 250 })),
  fields: Type.Optional(FieldDrafts),
};

const BulkBody = <P extends TProperties>(changes: P) =>
  Body({
    ids: Type.Array(Id, { minItems: 1, maxItems: 1000 }),
    changes: Type.Optional(Body(changes)),
    delete: Type.Optional(Type.Literal(true)),
    restore: Type.Optional(Type.Literal(true)),
  });

const base = {
  method: "POST",
  scope: "crm:write",
  tag: "Many at once",
  answer: BulkResult,
} as const;

export const bulkContacts = route({
  ...base,
  id: "bulkContacts",
  path: "/contacts/bulk",
  summary: "Change, delete or restore many contacts: each by the same rules, and with the same history, as one by one",
  body: BulkBody({ responsible: OptionalId, company: OptionalId, ...tags }),
});
export const bulkCompanies = route({
  ...base,
  id: "bulkCompanies",
  path: "/companies/bulk",
  summary: "Change, delete or restore many companies",
  body: BulkBody({ responsible: OptionalId, ...tags }),
});
export const bulkDeals = route({
  ...base,
  id: "bulkDeals",
  path: "/deals/bulk",
  summary: "Change, move, delete or restore many deals",
  body: BulkBody({
    pipeline: Type.Optional(Id),
    stage: Type.Optional(Id),
    responsible: OptionalId,
    company: OptionalId,
    source: OptionalId,
    loss_reason: OptionalId,
    ...tags,
  }),
});
export const bulkTasks = route({
  ...base,
  id: "bulkTasks",
  path: "/tasks/bulk",
  summary: "Change, close, reopen, delete or restore many tasks",
  body: BulkBody({
    responsible: OptionalId,
    type: OptionalId,
    due: Type.Optional(Nullable(Moment)),
    done: Type.Optional(Type.Boolean()),
    result: Type.Optional(Nullable(Text)),
  }),
});
