import { type Static, Type } from "typebox";
import { ById, Moment, Nullable, Page, pageQuery, route } from "../route.ts";

const Values = Type.Record(Type.String(), Type.Unknown());
const Texts = Type.Record(Type.String(), Type.String());

const Health = Type.Object({ ok: Type.Boolean(), message: Type.String(), at: Type.String() });

const Pasted = Type.Object({ label: Texts, text: Type.String() });

const Activity = Type.Object(
  {
    last_request_at: Nullable(Moment),
    last_event_at: Nullable(
      Type.String({ format: "date-time", description: "When a request last became a fact, among the last 200 of them" }),
    ),
    requests_today: Type.Integer({ description: "Since midnight where the company is; 10000 means as many or more" }),
    waiting: Type.Integer(),
    held: Type.Integer(),
    parked: Type.Integer(),
    failed: Type.Integer(),
    oldest_waiting_at: Nullable(Moment),
    listening: Nullable(Type.Boolean({ description: "Whether a process listens; null where there is nothing to listen to" })),
    polled_at: Nullable(Type.String({ format: "date-time", description: "How far it has been asked for what it did not tell" })),
    last_error: Nullable(Type.String()),
    address_book: Nullable(
      Type.Object(
        { contacts: Type.Integer(), companies: Type.Integer(), whole: Type.Boolean({ description: "Everybody was read once" }) },
        { description: "Of a CRM that is elsewhere: how many of it are known here" },
      ),
    ),
  },
  {
    description:
      "Deliveries are those that come from it or go to it, counted among the newest 5000 of each state (of those that wait: the oldest), and two seconds old at most",
  },
);

const connection = {
  id: Type.Integer(),
  vendor: Type.String(),
  name: Type.String(),
  state: Type.Union([Type.Literal("active"), Type.Literal("disabled"), Type.Literal("removed")]),
  parked_because: Nullable(Type.String({ description: "Set while the far side wants a new sign-in: deliveries wait" })),
  health: Nullable(Health),
  settings: Values,
  secrets_set: Type.Array(Type.String(), { description: "Names of the secrets that have a value" }),
  allow_private_addresses: Type.Boolean(),
  abilities: Type.Array(Type.String(), { description: "What it can do as it is set up: see `GET /vendors`" }),
  activity: Activity,
  urls: Type.Record(Type.String(), Type.String(), { description: "What to copy to the other side" }),
  paste: Type.Array(Pasted, {
    description: "The exact texts to paste at the other side. A secret that is shown only once stands as `{its_name}`",
  }),
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
  type: Type.String({ description: "text, number, flag, choice, list or secret" }),
  label: Texts,
  hint: Type.Optional(Texts),
  group: Nullable(Type.Object({ ru: Type.String(), en: Type.String() }, { description: "The heading it stands under" })),
  advanced: Type.Boolean({ description: "Most people need not see it" }),
  required: Type.Boolean(),
  default: Type.Optional(Type.Unknown()),
  options: Type.Optional(Type.Record(Type.String(), Texts)),
  placeholder: Type.Optional(Type.String()),
  pattern: Type.Optional(Type.String({ description: "A regular expression" })),
  picture: Type.Optional(Type.Boolean({ description: "Its value is a small picture, as a data URL" })),
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
  when: Type.Optional(
    Type.Object(
      { setting: Type.String(), is: Type.Array(Type.Union([Type.String(), Type.Boolean()])) },
      { description: "It only means something while that setting has one of these values" },
    ),
  ),
  picks: Type.Optional(Type.String({ description: "Its value is the id (of a list: ids) of a pipeline, stage, user or connection" })),
  secret: Type.Optional(
    Type.Object(
      {
        generated: Type.Boolean({ description: "The hub makes it when the connection is added" }),
        door: Type.Boolean({ description: "The sender names the connection by it" }),
        kept: Type.Boolean({ description: "Nobody ever sends it to us" }),
        public: Type.Boolean({ description: "It stands in the code of public pages" }),
      },
      { description: "Of a secret" },
    ),
  ),
});

export const VendorShape = Type.Object({
  id: Type.String(),
  title: Texts,
  about: Texts,
  docs: Nullable(Type.String({ description: "The page of `docs/` that tells how to connect it" })),
  abilities: Type.Array(Type.String(), {
    description:
      "receives: takes requests; serves: programs written for that vendor's API work with the hub; integrations: such a program is let in by a person's grant; listens: keeps a socket open; polled: is asked for what it did not tell; tests: can send something to try; of a connection alone: move: what is in that CRM can be copied into ours, and back; decides: it asks people to decide, see `GET /connections/:id/decisions`; packages: the other side fetches software from it, see `GET /connections/:id/packages`; signs_in: a phone signs its account in, see `GET /connections/:id/account`; and the ports its connections may offer to flows: crm, call_desk, phone_book, telephony, rehearsal, call_feed, accounting, …",
  }),
  keys: Type.Record(
    Type.String(),
    Type.Object({
      title: Texts,
      settings: Type.Record(Type.String(), Type.Unknown(), { description: "Of the connection that such a key is" }),
      secret: Type.String({ description: "Which of its secrets is the key" }),
      domains: Type.String({ description: "Which of its settings lists the domains it may be used from" }),
    }),
    { description: "Kinds of keys by which programs get in" },
  ),
  maps_fields: Type.Boolean({ description: "People may say which field of ours each field of its requests is" }),
  settings: Type.Array(SettingShape),
});

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

export const tryConnection = route({
  id: "tryConnection",
  method: "POST",
  path: "/connections/check",
  scope: "hub:write",
  tag: "Connections",
  summary: "Try settings before they are saved: nothing is stored, and nothing left at the other side",
  description:
    "Answers within about 20 seconds. With `connection`, what is not given is taken from there, so that a password need not be typed again.",
  body: Type.Object(
    {
      vendor: Type.String({ minLength: 1, maxLength: 60 }),
      connection: Type.Optional(Type.Integer({ minimum: 1, description: "The one that is being changed" })),
      settings: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "Settings and secrets by name" })),
      allow_private_addresses: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
  answer: Type.Object({
    ok: Type.Boolean(),
    message: Type.String(),
    errors: Type.Record(Type.String(), Type.Array(Type.String()), { description: "By the setting to mend" }),
  }),
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

export const testConnection = route({
  id: "testConnection",
  method: "POST",
  path: "/connections/:id/test",
  scope: "hub:write",
  tag: "Connections",
  summary: "Send something to try, which the other side knows to be no more than that",
  params: ById,
  answer: Type.Object({ ok: Type.Boolean(), message: Type.String({ description: "What the other side said" }) }),
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
  answer: Type.Object({ secrets: Texts, paste: Type.Array(Pasted, { description: "What to paste anew at the other side" }) }),
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

const Side = Type.Object({ id: Type.String(), name: Type.String() });

export const suggestMappings = route({
  id: "suggestMappings",
  method: "GET",
  path: "/connections/:id/mappings/:kind/suggestions",
  scope: "hub:read",
  tag: "Connections",
  summary: "What is theirs, what is ours, and which pairs go together",
  description:
    "Users are asked from the PBX now. Fields are those of the last 200 requests. Stages of theirs are known of vendors that have them.",
  params: mappingParams,
  answer: Type.Object({
    theirs: Type.Array(
      Type.Object({
        ...Side.properties,
        detail: Nullable(Type.String({ description: "Of a user: extension, phone or e-mail; of a field: the words beside it" })),
        samples: Type.Array(Type.String(), { description: "Of a field: up to three values" }),
        seen: Nullable(Type.Integer({ description: "Of a field: in how many of those requests" })),
        understood: Nullable(Type.String({ description: "What a field is taken for without a mapping" })),
        ours: Nullable(Type.String({ description: "As it is mapped now" })),
        broken: Type.Boolean({ description: "It is mapped to what is not there" }),
      }),
    ),
    ours: Type.Array(
      Type.Object({
        ...Side.properties,
        detail: Nullable(Type.String()),
        label: Nullable(Type.Object({ ru: Type.String(), en: Type.String() }, { description: "Of a standard field" })),
      }),
    ),
    suggestions: Type.Array(
      Type.Object({
        theirs: Type.String(),
        ours: Type.String(),
        why: Type.Enum(["email", "phone", "name", "code", "synonym"]),
      }),
      { description: "For what nobody has mapped yet" },
    ),
  }),
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
