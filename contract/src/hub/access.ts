import { type Static, Type } from "typebox";
import { ById, Moment, Nullable, Page, pageQuery, route, scopes } from "../route.ts";
import { Email, Password } from "./workspaces.ts";

const Scope = Type.Enum(scopes.filter((scope) => scope !== "operator"));

const token = {
  id: Type.Integer(),
  name: Type.String(),
  scopes: Type.Array(Type.String()),
  created_at: Moment,
  last_used_at: Nullable(Moment),
  revoked_at: Nullable(Moment),
};
export const Token = Type.Object(token);

export const listTokens = route({
  id: "listTokens",
  method: "GET",
  path: "/tokens",
  scope: "hub:read",
  tag: "Access",
  summary: "The API tokens of the workspace",
  query: Type.Object(pageQuery, { additionalProperties: false }),
  answer: Page(Token),
});

export const createToken = route({
  id: "createToken",
  method: "POST",
  path: "/tokens",
  scope: "hub:write",
  tag: "Access",
  summary: "Make an API token; it is shown this once",
  body: Type.Object(
    { name: Type.String({ minLength: 1, maxLength: 200 }), scopes: Type.Optional(Type.Array(Scope, { minItems: 1, uniqueItems: true })) },
    { additionalProperties: false },
  ),
  answer: Type.Object({ ...token, api_token: Type.String() }),
  status: 201,
});

export const revokeToken = route({
  id: "revokeToken",
  method: "DELETE",
  path: "/tokens/:id",
  scope: "hub:write",
  tag: "Access",
  summary: "Revoke an API token at once",
  params: ById,
});

export const roles = ["administrator", "manager", "read-only"] as const;
const Role = Type.Enum(roles);
const RecordAccess = Type.Enum(["own", "group", "all"], {
  description: "Which records they see and change: those they are responsible for, those of their group, or all. Administrators: all",
});

export const User = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  email: Nullable(Type.String()),
  phone: Nullable(Type.String()),
  avatar: Nullable(Type.String()),
  role: Role,
  record_access: RecordAccess,
  own_records_only: Type.Boolean({ description: "Whether `record_access` is `own`" }),
  group: Nullable(Type.Integer()),
  active: Type.Boolean(),
  language: Type.String(),
  created_at: Moment,
  updated_at: Moment,
});
export type UserShape = Static<typeof User>;

const userFields = {
  phone: Type.Optional(Nullable(Type.String({ maxLength: 30 }))),
  avatar: Type.Optional(Nullable(Type.String({ maxLength: 1000 }))),
  record_access: Type.Optional(RecordAccess),
  own_records_only: Type.Optional(Type.Boolean({ description: "In place of `record_access`: true is `own`, false is `all`" })),
  group: Type.Optional(Nullable(Type.Integer())),
  language: Type.Optional(Type.Union([Type.Literal("ru"), Type.Literal("en")])),
};

export const listUsers = route({
  id: "listUsers",
  method: "GET",
  path: "/users",
  scope: "crm:read",
  tag: "Users",
  summary: "Everyone who works or worked here",
  query: Type.Object({ ...pageQuery, active: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
  answer: Page(User),
});

export const getUser = route({
  id: "getUser",
  method: "GET",
  path: "/users/:id",
  scope: "crm:read",
  tag: "Users",
  summary: "One user",
  params: ById,
  answer: User,
});

export const addUser = route({
  id: "addUser",
  method: "POST",
  path: "/users",
  scope: "users:write",
  tag: "Users",
  summary: "Add a user: with a password, or with an invitation to choose one",
  body: Type.Object(
    { name: Type.String({ minLength: 1, maxLength: 200 }), email: Email, role: Role, password: Type.Optional(Password), ...userFields },
    { additionalProperties: false },
  ),
  answer: Type.Object({
    ...User.properties,
    invitation_url: Nullable(Type.String({ description: "Shown this once; valid for seven days" })),
  }),
  status: 201,
});

export const changeUser = route({
  id: "changeUser",
  method: "PATCH",
  path: "/users/:id",
  scope: "users:write",
  tag: "Users",
  summary: "Change a user: only what is given; switching one off ends their sessions",
  params: ById,
  body: Type.Object(
    {
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      email: Type.Optional(Email),
      role: Type.Optional(Role),
      active: Type.Optional(Type.Boolean()),
      ...userFields,
    },
    { additionalProperties: false },
  ),
  answer: User,
});
