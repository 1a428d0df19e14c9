import { type Static, Type } from "typebox";
import { ById, Moment, Nullable, Page, pageQuery, route } from "../route.ts";

const Values = Type.Record(Type.String(), Type.Unknown());
const Texts = Type.Record(Type.String(), Type.String());

const Health = Type.Object({ ok: Type.Boolean(), message: Type.String(), at: Type.String() });

const connection = {
  id: Type.Integer(),
  vendor: Type.String(),
  name: Type.String(),
  state: Type.Union([Type.Literal("active"), Type.Literal("disabled"), Type.Literal("removed")]),
  parked_because: Nullable(Type.String({ description: "Set while the far side wants a new sign-in: deliveries wait" })),
  health: Nullable(Health),
  settings: Values,
  allow_private_addresses: Type.Boolean(),
  urls: Type.Record(Type.String(), Type.String(), { description: "What to copy to the other side" }),
  created_at: Moment,
  updated_at: Moment,
};

export const Connection = Type.Object(connection);
export type ConnectionShape = Static<typeof Connection>;
export const ConnectionWithSecrets = Type.Object({
  ...connection,
  secrets: Type.Record(Type.String(), Type.String(), { description: "Shown this once" }),
});

const SettingShape = Type.Object({
  name: Type.String(),
  type: Type.String(),
  label: Texts,
  hint: Type.Optional(Texts),
  required: Type.Boolean(),
  default: Type.Optional(Type.Unknown()),
  options: Type.Optional(Type.Record(Type.String(), Texts)),
});

export const VendorShape = Type.Object({ id: Type.String(), title: Texts, settings: Type.Array(SettingShape) });

export const listVendors = route({
  id: "listVendors",
  method: "GET",
  path: "/vendors",
  scope: "hub:read",
  tag: "Connections",
  summary: "The protocols this hub speaks, with the settings of each",
  query: Type.Object(pageQuery, { additionalProperties: false }),
  answer: Page(VendorShape),
});

export const listConnections = route({
  id: "listConnections",
  method: "GET",
  path: "/connections",
  scope: "hub:read",
  tag: "Connections",
  summary: "The connections of the workspace",
  query: Type.Object({ ...pageQuery, vendor: Type.Optional(Type.String()) }, { additionalProperties: false }),
  answer: Page(Connection),
});

export const addConnection = route({
  id: "addConnection",
  method: "POST",
  path: "/connections",
  scope: "hub:write",
  tag: "Connections",
  summary: "Add a connection; its generated secrets are shown in the answer, and never again",
  body: Type.Object(
    {
      vendor: Type.String({ minLength: 1, maxLength: 60 }),
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      settings: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "Settings and secrets by name" })),
      allow_private_addresses: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
  answer: ConnectionWithSecrets,
  status: 201,
});

export const getConnection = route({
  id: "getConnection",
  method: "GET",
  path: "/connections/:id",
  scope: "hub:read",
  tag: "Connections",
  summary: "One connection",
  params: ById,
  answer: Connection,
});

export const changeConnection = route({
  id: "changeConnection",
  method: "PATCH",
  path: "/connections/:id",
  scope: "hub:write",
  tag: "Connections",
  summary: "Change a connection: only what is given; `active` after a new sign-in resumes what was parked, in order",
  params: ById,
  body: Type.Object(
    {
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      settings: Type.Optional(Values),
      state: Type.Optional(Type.Union([Type.Literal("active"), Type.Literal("disabled")])),
      allow_private_addresses: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
  answer: Connection,
});

export const removeConnection = route({
  id: "removeConnection",
  method: "DELETE",
  path: "/connections/:id",
  scope: "hub:write",
  tag: "Connections",
  summary: "Remove a connection: its senders get 410, what it brought stays",
  params: ById,
});

export const checkConnection = route({
  id: "checkConnection",
  method: "POST",
  path: "/connections/:id/check",
  scope: "hub:write",
  tag: "Connections",
  summary: "Try the credentials of a connection",
  params: ById,
  answer: Health,
});

export const rotateSecret = route({
  id: "rotateSecret",
  method: "POST",
  path: "/connections/:id/secrets/:name/rotate",
  scope: "hub:write",
  tag: "Connections",
  summary: "Make a new secret; the one before stays valid at the door for a while",
  params: Type.Object({ ...ById.properties, name: Type.String({ maxLength: 60 }) }),
  body: Type.Object(
    { keep_hours: Type.Optional(Type.Integer({ minimum: 0, maximum: 8760, default: 24 })) },
    { additionalProperties: false },
  ),
  answer: Type.Object({ secrets: Texts }),
});

const Mapping = Type.Object(
  { theirs: Type.String({ minLength: 1, maxLength: 255 }), ours: Type.String({ minLength: 1, maxLength: 255 }) },
  { additionalProperties: false },
);
const mappingParams = Type.Object({
  ...ById.properties,
  kind: Type.Union([Type.Literal("user"), Type.Literal("field"), Type.Literal("stage")]),
});

export const listMappings = route({
  id: "listMappings",
  method: "GET",
  path: "/connections/:id/mappings/:kind",
  scope: "hub:read",
  tag: "Connections",
  summary: "Their users, fields or stages and ours",
  params: mappingParams,
  query: Type.Object(pageQuery, { additionalProperties: false }),
  answer: Page(Mapping),
});

export const setMappings = route({
  id: "setMappings",
  method: "PUT",
  path: "/connections/:id/mappings/:kind",
  scope: "hub:write",
  tag: "Connections",
  summary: "Put this mapping in place of the one there is",
  params: mappingParams,
  body: Type.Object({ items: Type.Array(Mapping, { maxItems: 2000 }) }, { additionalProperties: false }),
  answer: Page(Mapping),
});
