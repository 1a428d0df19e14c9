import { Type } from "typebox";
import { ById, Moment, Nullable, Page, pageQuery, route } from "../route.ts";

/** Links by which people choose a password: the first one, or another. */

const Invitation = Type.Object({
  id: Type.Integer(),
  kind: Type.Enum(["invitation", "reset"], { description: "To come in for the first time, or to choose another password" }),
  user: Type.Integer(),
  user_name: Type.String(),
  email: Nullable(Type.String()),
  created_at: Moment,
  created_by: Type.String({ description: "user:5, token:12, operator" }),
  expires_at: Moment,
  expired: Type.Boolean(),
});
const Link = Type.Object({
  url: Type.String({ description: "Shown this once; the code in it is not kept" }),
  expires_at: Moment,
});

export const listInvitations = route({
  id: "listInvitations",
  method: "GET",
  path: "/invitations",
  scope: "users:write",
  tag: "Users",
  summary: "Links to choose a password that nobody has used yet, newest first; expired ones, too",
  query: Type.Object(pageQuery, { additionalProperties: false }),
  answer: Page(Invitation),
});

export const renewInvitation = route({
  id: "renewInvitation",
  method: "POST",
  path: "/invitations/:id/renew",
  scope: "users:write",
  tag: "Users",
  summary: "Make a new link in place of this one, which is worth nothing from now on",
  params: ById,
  answer: Link,
});

export const withdrawInvitation = route({
  id: "withdrawInvitation",
  method: "DELETE",
  path: "/invitations/:id",
  scope: "users:write",
  tag: "Users",
  summary: "Withdraw a link: it is worth nothing from now on; the user stays",
  params: ById,
});

export const resetPassword = route({
  id: "resetPassword",
  method: "POST",
  path: "/users/:id/password-reset",
  scope: "users:write",
  tag: "Users",
  summary: "Make a link by which a user chooses a new password, within a day; the old one is good until then",
  description: "Links of theirs from before are worth nothing from now on. When it is used, every session of theirs ends.",
  params: ById,
  answer: Link,
});
