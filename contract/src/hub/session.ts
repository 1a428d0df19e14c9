import { Type } from "typebox";
import { Nullable, route } from "../route.ts";
import { User } from "./access.ts";
import { Email, Password } from "./workspaces.ts";

/** Who is calling, and what they set up for themselves. */

const Preferences = Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), {
  description: "Of the pages they use: theme, density, the last board, … What it means is for the pages to know",
});

const Session = Type.Object({
  name: Type.String({ description: "user:5, token:12, operator" }),
  user: Nullable(Type.Object({ ...User.properties, preferences: Preferences })),
  workspace: Type.Object({
    id: Type.Integer(),
    subdomain: Type.String(),
    name: Type.String(),
    country: Type.String(),
    time_zone: Type.String(),
    language: Type.String(),
    currency: Type.String(),
  }),
  hub: Type.Object({ version: Type.String(), public_url: Type.String() }),
  scopes: Type.Array(Type.String()),
});

export const signIn = route({
  id: "signIn",
  method: "POST",
  path: "/session",
  scope: "public",
  tag: "Access",
  summary: "Sign in with e-mail and password; the answer sets a cookie",
  body: Type.Object(
    {
      email: Email,
      password: Type.String({ maxLength: 200 }),
      workspace: Type.Optional(Type.String({ maxLength: 40, description: "Subdomain, for a person who works in several" })),
    },
    { additionalProperties: false },
  ),
  answer: Session,
});

export const whoAmI = route({
  id: "whoAmI",
  method: "GET",
  path: "/session",
  scope: "signed-in",
  tag: "Access",
  summary: "Who is calling, in which workspace, and what this hub is",
  answer: Session,
});

export const signOut = route({ id: "signOut", method: "DELETE", path: "/session", scope: "signed-in", tag: "Access", summary: "Sign out" });

export const changeProfile = route({
  id: "changeProfile",
  method: "PATCH",
  path: "/session/profile",
  scope: "signed-in",
  tag: "Access",
  summary: "Change oneself: only what is given",
  description:
    "Of `preferences`, the members that are given are put and those that are null taken away; together they take 16 kB at most. E-mail, role and access are an administrator's to change.",
  body: Type.Object(
    {
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      phone: Type.Optional(Nullable(Type.String({ maxLength: 30 }))),
      language: Type.Optional(Type.Union([Type.Literal("ru"), Type.Literal("en")])),
      avatar: Type.Optional(Nullable(Type.String({ maxLength: 1000, description: "Address of a picture" }))),
      preferences: Type.Optional(Preferences),
    },
    { additionalProperties: false },
  ),
  answer: Session,
});

export const changePassword = route({
  id: "changePassword",
  method: "PUT",
  path: "/session/password",
  scope: "signed-in",
  tag: "Access",
  summary: "Change one's own password; every other session of theirs ends",
  body: Type.Object({ current: Type.String({ maxLength: 200 }), password: Password }, { additionalProperties: false }),
});

export const acceptInvitation = route({
  id: "acceptInvitation",
  method: "POST",
  path: "/invitations/accept",
  scope: "public",
  tag: "Access",
  summary: "Choose a password with the code of an invitation, and be signed in",
  body: Type.Object({ code: Type.String({ maxLength: 200 }), password: Password }, { additionalProperties: false }),
  answer: Session,
});
