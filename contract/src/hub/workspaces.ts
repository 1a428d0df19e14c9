import { type Static, Type } from "typebox";
import { Moment, Page, pageQuery, route } from "../route.ts";

const Language = Type.Union([Type.Literal("ru"), Type.Literal("en")]);
const Country = Type.String({ pattern: "^[A-Z]{2}$", description: "ISO 3166-1 alpha-2; how a phone without a country code is read" });
const TimeZone = Type.String({ maxLength: 60, description: "IANA name, e.g. Europe/Moscow" });
const Currency = Type.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217" });
const Subdomain = Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,30}$", description: "Latin letters, digits and hyphens" });

export const Password = Type.String({ minLength: 8, maxLength: 200 });
export const Email = Type.String({ minLength: 3, maxLength: 254, pattern: "^[^\\s@]+@[^\\s@]+$" });

export const Workspace = Type.Object({
  id: Type.Integer({ description: "Also the account id of the APIs that are served" }),
  subdomain: Type.String(),
  name: Type.String(),
  country: Type.String(),
  time_zone: Type.String(),
  language: Language,
  currency: Type.String(),
  created_at: Moment,
});
export type WorkspaceShape = Static<typeof Workspace>;

const options = {
  country: Type.Optional(Country),
  time_zone: Type.Optional(TimeZone),
  language: Type.Optional(Language),
  currency: Type.Optional(Currency),
};

export const NewWorkspace = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    subdomain: Subdomain,
    admin_email: Email,
    admin_password: Password,
    admin_name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    ...options,
  },
  { additionalProperties: false },
);
export type NewWorkspace = Static<typeof NewWorkspace>;

const Created = Type.Object({
  id: Type.Integer(),
  subdomain: Type.String(),
  api_token: Type.String({ description: "A bearer token with all scopes of the workspace; shown this once" }),
});

export const createWorkspace = route({
  id: "createWorkspace",
  method: "POST",
  path: "/workspaces",
  scope: "operator",
  tag: "Workspaces",
  summary: "Make a workspace with its first administrator",
  body: NewWorkspace,
  answer: Created,
  status: 201,
});

export const listWorkspaces = route({
  id: "listWorkspaces",
  method: "GET",
  path: "/workspaces",
  scope: "operator",
  tag: "Workspaces",
  summary: "Every workspace of this hub",
  query: Type.Object(pageQuery, { additionalProperties: false }),
  answer: Page(Workspace),
});

export const getWorkspace = route({
  id: "getWorkspace",
  method: "GET",
  path: "/workspace",
  scope: "signed-in",
  tag: "Workspaces",
  summary: "The workspace of the caller",
  answer: Workspace,
});

export const changeWorkspace = route({
  id: "changeWorkspace",
  method: "PATCH",
  path: "/workspace",
  scope: "hub:write",
  tag: "Workspaces",
  summary: "Change the workspace of the caller",
  body: Type.Object({ name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })), ...options }, { additionalProperties: false }),
  answer: Workspace,
});

/** The one-time set-up of an empty hub, with the code from the link that the start prints. */
export const setUp = route({
  id: "setUp",
  method: "POST",
  path: "/setup",
  scope: "public",
  tag: "Workspaces",
  summary: "Make the first workspace of an empty hub, once, with the code of the set-up link",
  body: Type.Object({ ...NewWorkspace.properties, code: Type.String({ maxLength: 200 }) }, { additionalProperties: false }),
  answer: Created,
  status: 201,
});
