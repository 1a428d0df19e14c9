import { Type } from "typebox";
import { ById, Moment, Nullable, Page, route } from "../route.ts";

/** Software that the other side of a connection fetches from us, in numbered versions. */

const version = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

const Package = Type.Object({
  version: Type.Integer(),
  sha256: Type.String({ description: "Of its content, in hexadecimal" }),
  bytes: Type.Integer(),
  at: Moment,
  author: Type.String({ description: "Who sent it, as far as it is known" }),
  note: Nullable(Type.String()),
});

const Installed = Type.Object({
  where: Type.String(),
  name: Type.String(),
  version: Nullable(Type.String({ description: "As the other side says it; null when it has never said" })),
  pinned: Nullable(Type.Integer()),
  due: Nullable(Type.Integer({ description: "The one that it should have" })),
  is_current: Type.Boolean({ description: "Whether it has the one that is due" }),
});

export const listPackages = route({
  id: "listPackages",
  method: "GET",
  path: "/connections/:id/packages",
  scope: "hub:read",
  tag: "Connections",
  summary: "The packages that the other side fetches, the newest first, and who has which",
  description: "Of connections with the ability `packages`. All of them at once.",
  params: ById,
  answer: Type.Object({ ...Page(Package).properties, installed: Type.Array(Installed) }),
});

export const publishPackage = route({
  id: "publishPackage",
  method: "POST",
  path: "/connections/:id/packages/:version/publish",
  scope: "hub:write",
  tag: "Connections",
  summary: "Publish an old package again: the same content under a new number",
  params: Type.Object({ ...ById.properties, version }),
  answer: Type.Object({ version: Type.Integer({ description: "The new number" }) }),
});

export const pinPackage = route({
  id: "pinPackage",
  method: "PUT",
  path: "/connections/:id/packages/pins/:where",
  scope: "hub:write",
  tag: "Connections",
  summary: "Let this one have this version and no other; null for the newest again",
  params: Type.Object({ ...ById.properties, where: Type.String({ minLength: 1, maxLength: 300 }) }),
  body: Type.Object({ version: Nullable(version) }, { additionalProperties: false }),
});
