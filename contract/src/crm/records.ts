import { type Static, Type } from "typebox";
import { ById, Moment, Nullable, Page, route } from "../route.ts";
import {
  Attribution,
  Body,
  Currency,
  channelDrafts,
  channels,
  DealSort,
  EmailFilter,
  FieldDrafts,
  FieldValues,
  Id,
  Ids,
  Line,
  listQuery,
  Name,
  OptionalId,
  Phone,
  Query,
  Search,
  Sort,
  Sum,
  stamps,
  TagDrafts,
  TagFilter,
  Tags,
} from "./shapes.ts";

/** Contacts, companies and deals. */

const MergedInto = Nullable(
  Type.Integer({ description: "Where it went, when it was merged into another: it stands in no list any longer" }),
);

export const Contact = Type.Object({
  id: Type.Integer(),
  name: Type.String({ description: "The first name, or the whole name when nobody took it apart" }),
  surname: Type.String(),
  middlename: Type.String(),
  full_name: Type.String(),
  position: Nullable(Type.String()),
  website: Nullable(Type.String()),
  company: Nullable(Type.Integer()),
  responsible: Nullable(Type.Integer()),
  ...channels,
  tags: Tags,
  fields: FieldValues,
  attribution: Nullable(Attribution),
  merged_into: MergedInto,
  ...stamps,
});
export type ContactShape = Static<typeof Contact>;

const ContactDraft = Body({
  name: Type.Optional(Name),
  surname: Type.Optional(Name),
  middlename: Type.Optional(Name),
  position: Type.Optional(Nullable(Name)),
  website: Type.Optional(Nullable(Line)),
  company: OptionalId,
  responsible: OptionalId,
  ...channelDrafts,
  tags: Type.Optional(TagDrafts),
  fields: Type.Optional(FieldDrafts),
  attribution: Type.Optional(Nullable(Attribution)),
});

const tag = "Contacts, companies, deals";
const person = {
  responsible: Type.Optional(Id),
  phone: Type.Optional(Phone),
  email: Type.Optional(EmailFilter),
  tag: Type.Optional(TagFilter),
  q: Type.Optional(
    Type.String({ ...Search, description: "Words of the name, part of a phone, an e-mail, an INN: the best 2,000 at most" }),
  ),
  sort: Type.Optional(Sort),
};

/** What a list of each kind is asked for with, its place aside: the export takes the same. */
const { limit: _limit, cursor: _cursor, updated_since: _since, ...whichOnes } = listQuery;
export const contactQuery = { ...whichOnes, ...person, company: Type.Optional(Id) };

export const listContacts = route({
  id: "listContacts",
  method: "GET",
  path: "/contacts",
  scope: "crm:read",
  tag,
  summary: "Contacts",
  query: Query({ ...listQuery, ...contactQuery }),
  answer: Page(Contact),
});
export const getContact = route({
  id: "getContact",
  versioned: true,
  method: "GET",
  path: "/contacts/:id",
  scope: "crm:read",
  tag,
  summary: "One contact",
  params: ById,
  answer: Contact,
});
export const createContact = route({
  id: "createContact",
  versioned: true,
  method: "POST",
  path: "/contacts",
  scope: "crm:write",
  tag,
  summary: "Make a contact; whether there is one like it is not asked",
  body: ContactDraft,
  answer: Contact,
  status: 201,
});
export const updateContact = route({
  id: "updateContact",
  versioned: true,
  method: "PATCH",
  path: "/contacts/:id",
  scope: "crm:write",
  tag,
  summary: "Change a contact: only what is given",
  params: ById,
  body: ContactDraft,
  answer: Contact,
});
export const deleteContact = route({
  id: "deleteContact",
  versioned: true,
  method: "DELETE",
  path: "/contacts/:id",
  scope: "crm:write",
  tag,
  summary: "Put a contact away",
  params: ById,
});
export const restoreContact = route({
  id: "restoreContact",
  versioned: true,
  method: "POST",
  path: "/contacts/:id/restore",
  scope: "crm:write",
  tag,
  summary: "Bring a contact back that was put away",
  params: ById,
  answer: Contact,
});

export const Company = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  inn: Nullable(Type.String()),
  kpp: Nullable(Type.String()),
  website: Nullable(Type.String()),
  responsible: Nullable(Type.Integer()),
  ...channels,
  tags: Tags,
  fields: FieldValues,
  merged_into: MergedInto,
  ...stamps,
});
export type CompanyShape = Static<typeof Company>;

const Inn = Type.String({ pattern: "^\\d{8,15}$", description: "The taxpayer's number" });
const CompanyDraft = Body({
  name: Type.Optional(Name),
  inn: Type.Optional(Nullable(Inn)),
  kpp: Type.Optional(Nullable(Type.String({ pattern: "^[0-9A-Z]{9}$" }))),
  website: Type.Optional(Nullable(Line)),
  responsible: OptionalId,
  ...channelDrafts,
  tags: Type.Optional(TagDrafts),
  fields: Type.Optional(FieldDrafts),
});

export const companyQuery = { ...whichOnes, ...person, inn: Type.Optional(Inn) };

export const listCompanies = route({
  id: "listCompanies",
  method: "GET",
  path: "/companies",
  scope: "crm:read",
  tag,
  summary: "Companies",
  query: Query({ ...listQuery, ...companyQuery }),
  answer: Page(Company),
});
export const getCompany = route({
  id: "getCompany",
  versioned: true,
  method: "GET",
  path: "/companies/:id",
  scope: "crm:read",
  tag,
  summary: "One company",
  params: ById,
  answer: Company,
});
export const createCompany = route({
  id: "createCompany",
  versioned: true,
  method: "POST",
  path: "/companies",
  scope: "crm:write",
  tag,
  summary: "Make a company",
  body: CompanyDraft,
  answer: Company,
  status: 201,
});
export const updateCompany = route({
  id: "updateCompany",
  versioned: true,
  method: "PATCH",
  path: "/companies/:id",
  scope: "crm:write",
  tag,
  summary: "Change a company: only what is given",
  params: ById,
  body: CompanyDraft,
  answer: Company,
});
export const deleteCompany = route({
  id: "deleteCompany",
  versioned: true,
  method: "DELETE",
  path: "/companies/:id",
  scope: "crm:write",
  tag,
  summary: "Put a company away",
  params: ById,
});
export const restoreCompany = route({
  id: "restoreCompany",
  versioned: true,
  method: "POST",
  path: "/companies/:id/restore",
  scope: "crm:write",
  tag,
  summary: "Bring a company back that was put away",
  params: ById,
  answer: Company,
});

export const Deal = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  sum: Nullable(Type.String({ description: "Decimal text with a point: `10000.50`" })),
  currency: Type.String(),
  pipeline: Type.Integer(),
  stage: Type.Integer(),
  state: Type.Enum(["incoming", "open", "won", "lost"]),
  responsible: Nullable(Type.Integer()),
  company: Nullable(Type.Integer()),
  contacts: Type.Array(Type.Object({ id: Type.Integer(), is_main: Type.Boolean() })),
  source: Nullable(Type.Integer()),
  loss_reason: Nullable(Type.Integer()),
  tags: Tags,
  fields: FieldValues,
  attribution: Nullable(Attribution),
  closed_at: Nullable(Moment),
  ...stamps,
});
export type DealShape = Static<typeof Deal>;

const DealDraft = Body({
  name: Type.Optional(Name),
  sum: Type.Optional(Nullable(Sum)),
  currency: Type.Optional(Currency),
  pipeline: Type.Optional(Id),
  stage: Type.Optional(Id),
  responsible: OptionalId,
  company: OptionalId,
  contacts: Type.Optional(
    Type.Array(Body({ id: Id, is_main: Type.Optional(Type.Boolean()) }), {
      maxItems: 250,
      description: "The whole new list. When none is the main one, the first is",
    }),
  ),
  source: OptionalId,
  loss_reason: OptionalId,
  tags: Type.Optional(TagDrafts),
  fields: Type.Optional(FieldDrafts),
  attribution: Type.Optional(Nullable(Attribution)),
});

const dealFilter = {
  responsible: Type.Optional(Ids),
  pipeline: Type.Optional(Id),
  stage: Type.Optional(Id),
  state: Type.Optional(Type.Enum(["open", "closed"], { description: "`closed` is won or lost" })),
  contact: Type.Optional(Id),
  company: Type.Optional(Id),
  source: Type.Optional(Id),
  tag: Type.Optional(TagFilter),
  q: Type.Optional(
    Type.String({
      ...Search,
      description: "Words of the name of the deal, its company or one of its contacts, part of a phone, `#123`: the best 2,000 at most",
    }),
  ),
  no_task: Type.Optional(Type.Boolean({ description: "Nobody has anything to do about it" })),
  overdue: Type.Optional(Type.Boolean({ description: "Something about it should have been done by now" })),
  closed_from: Type.Optional(Moment),
  closed_to: Type.Optional(Type.String({ format: "date-time", description: "Before this moment" })),
};

export const listDeals = route({
  id: "listDeals",
  method: "GET",
  path: "/deals",
  scope: "crm:read",
  tag,
  summary: "Deals",
  query: Query({ ...listQuery, ...dealFilter, sort: Type.Optional(Sort) }),
  answer: Page(Deal),
});

export const DealCard = Type.Object(
  {
    ...Type.Omit(Deal, ["attribution", "contacts", "company"]).properties,
    contact: Nullable(
      Type.Object({ id: Type.Integer(), name: Type.String(), phone: Nullable(Type.String()) }, { description: "The main one" }),
    ),
    company: Nullable(Type.Object({ id: Type.Integer(), name: Type.String() })),
    next_task: Nullable(
      Type.Object(
        { id: Type.Integer(), title: Type.String(), due: Nullable(Moment) },
        { description: "The earliest that is not done; those without a time come last" },
      ),
    ),
  },
  { description: "A deal as it lies on the board" },
);
export type DealCardShape = Static<typeof DealCard>;

export const dealQuery = { ...whichOnes, ...dealFilter, sort: Type.Optional(DealSort) };

export const listDealCards = route({
  id: "listDealCards",
  method: "GET",
  path: "/deals/cards",
  scope: "crm:read",
  tag,
  summary: "Deals with what stands on their cards: names, phone, what is to be done next",
  query: Query({ ...listQuery, ...dealFilter, sort: Type.Optional(DealSort) }),
  answer: Page(DealCard),
});

export const boardTotals = route({
  id: "boardTotals",
  method: "GET",
  path: "/board",
  scope: "crm:read",
  tag,
  summary: "How many deals lie in each stage of a pipeline, and what they come to: the stages in order, empty ones too",
  query: Query({ ...whichOnes, ...dealFilter, pipeline: Id }),
  answer: Type.Object({
    stages: Type.Array(
      Type.Object({
        stage: Type.Integer(),
        count: Type.Integer(),
        sums: Type.Array(Type.Object({ currency: Type.String(), sum: Type.String() })),
      }),
    ),
  }),
});
export const getDeal = route({
  id: "getDeal",
  versioned: true,
  method: "GET",
  path: "/deals/:id",
  scope: "crm:read",
  tag,
  summary: "One deal",
  params: ById,
  answer: Deal,
});
export const createDeal = route({
  id: "createDeal",
  versioned: true,
  method: "POST",
  path: "/deals",
  scope: "crm:write",
  tag,
  summary: "Make a deal: without a stage, in the first one; without a pipeline, in the default one",
  body: DealDraft,
  answer: Deal,
  status: 201,
});
export const updateDeal = route({
  id: "updateDeal",
  versioned: true,
  method: "PATCH",
  path: "/deals/:id",
  scope: "crm:write",
  tag,
  summary: "Change or move a deal: only what is given",
  params: ById,
  body: DealDraft,
  answer: Deal,
});
export const deleteDeal = route({
  id: "deleteDeal",
  versioned: true,
  method: "DELETE",
  path: "/deals/:id",
  scope: "crm:write",
  tag,
  summary: "Put a deal away",
  params: ById,
});
export const restoreDeal = route({
  id: "restoreDeal",
  versioned: true,
  method: "POST",
  path: "/deals/:id/restore",
  scope: "crm:write",
  tag,
  summary: "Bring a deal back that was put away",
  params: ById,
  answer: Deal,
});
