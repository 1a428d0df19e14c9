import { type Static, Type } from "typebox";
import { ById, Moment, Nullable, Page, pageQuery, route } from "../route.ts";
import { companyQuery, contactQuery, dealQuery } from "./records.ts";
import { Body, Id, Query, TagDrafts } from "./shapes.ts";

/** Tables that come and go: import and export. */

const tag = "Import and export";
const Target = Nullable(
  Type.String({
    maxLength: 120,
    description: "`contact.phone`, `company.inn`, `deal.sum`, `contact.fields.city`, …; null leaves the column out",
  }),
);
const Policy = Type.Enum(["skip", "update_empty", "update", "create"], {
  description:
    "What is done about a person with the same phone or e-mail, a company of the same INN or name, or a record whose id is given: leave the row, fill what is empty, overwrite, make another one all the same. Phones, e-mails and tags are only ever added",
});
const State = Type.Enum(["reading", "new", "running", "done", "cancelled", "undoing", "undone"]);
const Outcome = Type.Enum(["created", "updated", "skipped", "failed", "undone", "kept"], {
  description: "`undone` and `kept`: after an undo, whether what the row had made was put away",
});

export const Import = Type.Object({
  id: Type.Integer(),
  name: Type.String({ description: "Of the file" }),
  state: State,
  rows: Type.Integer(),
  columns: Type.Array(
    Type.Object({
      name: Type.String(),
      samples: Type.Array(Type.String()),
      suggestion: Nullable(Type.String({ description: "What it most likely is; later, what it is set to" })),
    }),
  ),
  settings: Type.Object({
    columns: Type.Array(Target),
    duplicates: Policy,
    pipeline: Nullable(Type.Integer()),
    stage: Nullable(Type.Integer()),
    connection: Nullable(
      Type.Integer({ description: "Whose ids the columns `contact.external`, `company.external`, `deal.external` hold" }),
    ),
    responsible: Nullable(Type.Integer()),
    tags: Type.Array(Type.String()),
  }),
  progress: Type.Object({
    done: Type.Integer({ description: "Of `rows`" }),
    created: Type.Integer(),
    updated: Type.Integer(),
    skipped: Type.Integer(),
    failed: Type.Integer(),
    undone: Type.Integer(),
    kept: Type.Integer(),
  }),
  actor: Type.String(),
  created_at: Moment,
  updated_at: Moment,
});
export type ImportShape = Static<typeof Import>;

export const listImportTargets = route({
  id: "listImportTargets",
  method: "GET",
  path: "/imports/targets",
  scope: "crm:read",
  tag,
  summary: "What a column may be: members of contacts, companies and deals, and custom fields",
  answer: Page(Type.Object({ to: Type.String(), label: Type.Object({ ru: Type.String(), en: Type.String() }) })),
});
export const listImports = route({
  id: "listImports",
  method: "GET",
  path: "/imports",
  scope: "crm:read",
  tag,
  summary: "Imports, the latest first; a limited manager sees their own",
  query: Query(pageQuery),
  answer: Page(Import),
});
export const getImport = route({
  id: "getImport",
  method: "GET",
  path: "/imports/:id",
  scope: "crm:read",
  tag,
  summary: "One import, with how far it is",
  params: ById,
  answer: Import,
});
export const createImport = route({
  id: "createImport",
  method: "POST",
  path: "/imports",
  scope: "crm:write",
  tag,
  summary: "Bring a table: CSV in UTF-8 or windows-1251, or XLSX; up to 50 MB and 200,000 rows. Nothing is made yet",
  upload: true,
  query: Query({ name: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: "Of the file" })) }),
  answer: Import,
  status: 201,
});
export const updateImport = route({
  id: "updateImport",
  method: "PATCH",
  path: "/imports/:id",
  scope: "crm:write",
  tag,
  summary: "Say what the columns are, and what is done about those there are",
  params: ById,
  body: Body({
    columns: Type.Optional(Type.Array(Target, { maxItems: 200 })),
    duplicates: Type.Optional(Policy),
    pipeline: Type.Optional(Nullable(Id)),
    stage: Type.Optional(Nullable(Id)),
    connection: Type.Optional(
      Nullable(Type.Integer({ minimum: 1, description: "A connection: what is its own name for a record finds that record, and is kept" })),
    ),
    responsible: Type.Optional(Nullable(Type.Integer({ minimum: 1, description: "Of what names nobody" }))),
    tags: Type.Optional(TagDrafts),
  }),
  answer: Import,
});

const PreviewRow = Type.Object({
  n: Type.Integer(),
  action: Type.Enum(["create", "update", "skip", "fail"]),
  contact: Type.Unknown({ description: "As it would be sent to make or change it" }),
  company: Type.Unknown(),
  deal: Type.Unknown(),
  note: Nullable(Type.String()),
  matches: Type.Object({ contact: Nullable(Type.Integer()), company: Nullable(Type.Integer()), deal: Nullable(Type.Integer()) }),
  problems: Type.Array(Type.Object({ column: Type.Integer({ description: "From 0" }), detail: Type.String() })),
});
export const previewImport = route({
  id: "previewImport",
  method: "GET",
  path: "/imports/:id/preview",
  scope: "crm:read",
  tag,
  summary: "The first rows as they would become, with what is wrong in which cell",
  params: ById,
  query: Query({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })) }),
  answer: Page(PreviewRow),
});
export type PreviewRowShape = Static<typeof PreviewRow>;

const step = { method: "POST", scope: "crm:write", tag, params: ById, answer: Import, status: 202 } as const;
export const runImport = route({
  ...step,
  id: "runImport",
  path: "/imports/:id/run",
  summary: "Begin, or go on after a cancellation; each row is done once",
});
export const cancelImport = route({
  ...step,
  id: "cancelImport",
  path: "/imports/:id/cancel",
  summary: "Stop after the row at hand; what is done stays",
});
export const undoImport = route({
  ...step,
  id: "undoImport",
  path: "/imports/:id/undo",
  summary: "Put away what it made and nobody has touched since",
});

const ImportRow = Type.Object({
  n: Type.Integer({ description: "1 is the first row below the names of the columns" }),
  cells: Type.Array(Type.String()),
  outcome: Nullable(Outcome),
  detail: Nullable(Type.String()),
  contact: Nullable(Type.Integer()),
  company: Nullable(Type.Integer()),
  deal: Nullable(Type.Integer()),
});
export const listImportRows = route({
  id: "listImportRows",
  method: "GET",
  path: "/imports/:id/rows",
  scope: "crm:read",
  tag,
  summary: "What became of each row",
  params: ById,
  query: Query({ ...pageQuery, outcome: Type.Optional(Outcome) }),
  answer: Page(ImportRow),
});

const delimiter = Type.Optional(Type.Enum(["semicolon", "comma"], { default: "semicolon", description: "What stands between cells" }));
const download = { method: "GET", scope: "crm:read", tag, download: "text/csv; charset=utf-8" } as const;
export const importReport = route({
  ...download,
  id: "importReport",
  path: "/imports/:id/report.csv",
  summary: "The file with what became of each row",
  params: ById,
  query: Query({ outcome: Type.Optional(Outcome), delimiter }),
});
export const exportContacts = route({
  ...download,
  id: "exportContacts",
  path: "/contacts/export.csv",
  summary: "Contacts as a table, with the filters of their list; an import of it loses nothing",
  query: Query({ ...contactQuery, delimiter }),
});
export const exportCompanies = route({
  ...download,
  id: "exportCompanies",
  path: "/companies/export.csv",
  summary: "Companies as a table",
  query: Query({ ...companyQuery, delimiter }),
});
export const exportDeals = route({
  ...download,
  id: "exportDeals",
  path: "/deals/export.csv",
  summary: "Deals as a table",
  query: Query({ ...dealQuery, delimiter }),
});
