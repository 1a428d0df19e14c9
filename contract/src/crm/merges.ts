import { type Static, Type } from "typebox";
import { ById, Moment, Nullable, Page, pageQuery, route } from "../route.ts";
import { Company, Contact } from "./records.ts";
import { Body, Id, Query } from "./shapes.ts";

/** Records that may be one, and making them one. */

const tag = "Duplicates and merges";
const Mergeable = Type.Enum(["contact", "company"]);

export const DuplicateGroup = Type.Object({
  why: Type.Enum(["phone", "email", "inn", "name"]),
  value: Type.String({
    description: "What they have in common: the last ten digits, the e-mail, the INN, the name without its legal form",
  }),
  count: Type.Integer({ description: "Of the group; at most 50 of its records are told" }),
  records: Type.Array(
    Type.Object({
      id: Type.Integer(),
      name: Type.String(),
      phone: Nullable(Type.String()),
      email: Nullable(Type.String()),
      responsible: Nullable(Type.Integer()),
      created_at: Moment,
    }),
  ),
});
export type DuplicateGroupShape = Static<typeof DuplicateGroup>;

export const listDuplicates = route({
  id: "listDuplicates",
  method: "GET",
  path: "/duplicates",
  scope: "crm:read",
  tag,
  summary: "Contacts or companies that may be one, in groups: the same phone, e-mail, INN (and KPP), or name but for its legal form",
  query: Query({ ...pageQuery, entity: Mergeable }),
  answer: Page(DuplicateGroup),
});
export const dismissDuplicate = route({
  id: "dismissDuplicate",
  method: "POST",
  path: "/duplicates/dismiss",
  scope: "crm:write",
  tag,
  summary: "These only look like one: do not show them together again",
  body: Body({ entity: Mergeable, ids: Type.Array(Id, { minItems: 2, maxItems: 50 }) }),
});

const Named = Type.Object({ id: Type.Integer(), name: Type.String() });
export const Merge = Type.Object({
  id: Type.Integer(),
  entity: Mergeable,
  kept: Named,
  merged: Type.Array(Named),
  actor: Type.String({ description: "`user:5`, `token:12`, `operator`" }),
  at: Moment,
  undone_at: Nullable(Moment),
});
export type MergeShape = Static<typeof Merge>;

const request = Body({
  from: Type.Array(Id, { minItems: 1, maxItems: 50 }),
  choices: Type.Optional(
    Type.Record(Type.String({ maxLength: 80 }), Id, {
      description:
        "Whose value is kept, by member: `name` (of a contact, all three parts), `position`, `responsible`, `fields.city`, … Without a choice the kept one's, and where that is empty, another one's",
    }),
  ),
});
const merging = { method: "POST", scope: "crm:write", tag, params: ById, body: request } as const;
export const mergeContacts = route({
  ...merging,
  id: "mergeContacts",
  path: "/contacts/:id/merge",
  summary: "Make several contacts this one: everything of theirs moves here, and what loses stands in a note. Can be undone",
  answer: Type.Object({ merge: Type.Integer(), kept: Contact }),
});
export const mergeCompanies = route({
  ...merging,
  id: "mergeCompanies",
  path: "/companies/:id/merge",
  summary: "Make several companies this one; as with contacts",
  answer: Type.Object({ merge: Type.Integer(), kept: Company }),
});
export const listMerges = route({
  id: "listMerges",
  method: "GET",
  path: "/merges",
  scope: "crm:read",
  tag,
  summary: "What was merged, the latest first",
  query: Query({
    ...pageQuery,
    entity: Type.Optional(Mergeable),
    record: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: "Kept or merged; with `entity`" })),
  }),
  answer: Page(Merge),
});
export const undoMerge = route({
  id: "undoMerge",
  method: "POST",
  path: "/merges/:id/undo",
  scope: "crm:write",
  tag,
  summary: "Make merged records what they were, with all that came from them and was not changed since",
  params: ById,
  answer: Type.Object({
    restored: Type.Array(Type.Integer()),
    left: Type.Array(
      Type.Object({
        what: Type.String({ description: "A member or a kind of record: `position`, `fields`, `deal`, `note`" }),
        id: Nullable(Type.Integer()),
        detail: Type.String(),
      }),
      { description: "What stayed with the kept one, because it was changed since" },
    ),
  }),
});
