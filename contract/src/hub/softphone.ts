import { Type } from "typebox";
import { ById, Nullable, route } from "../route.ts";

/** Phones in browsers: what a page needs to register at an exchange by SIP over a WebSocket. */

const softphone = {
  enabled: Type.Boolean(),
  server: Type.String({ maxLength: 500, description: "wss://… of the exchange" }),
  uri: Type.String({ maxLength: 300, description: "sip:name@host" }),
  login: Nullable(Type.String({ maxLength: 200, description: "When it is not the name in `uri`" })),
  display_name: Nullable(Type.String({ maxLength: 200 })),
  ice_servers: Type.Array(Type.String({ maxLength: 300, description: "stun:…, turn:…" }), { maxItems: 10 }),
  line: Nullable(Type.String({ maxLength: 40, description: "The number clients see, where the person may choose" })),
};

/** For its owner's own session. */
const OwnSoftphone = Type.Object({ ...softphone, password: Nullable(Type.String()) });
const Softphone = Type.Object({ ...softphone, has_password: Type.Boolean() });

const SoftphoneDraft = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean({ default: true })),
    server: softphone.server,
    uri: softphone.uri,
    login: Type.Optional(softphone.login),
    password: Type.Optional(
      Nullable(Type.String({ maxLength: 300, description: "Without it, the one there is stays; null takes it away" })),
    ),
    display_name: Type.Optional(softphone.display_name),
    ice_servers: Type.Optional(softphone.ice_servers),
    line: Type.Optional(softphone.line),
  },
  { additionalProperties: false },
);

export const getOwnSoftphone = route({
  id: "getOwnSoftphone",
  method: "GET",
  path: "/session/softphone",
  scope: "signed-in",
  tag: "Telephony",
  summary: "One's own phone in the browser, with its password; null when there is none",
  answer: Type.Object({ softphone: Nullable(OwnSoftphone) }),
});

export const setOwnSoftphone = route({
  id: "setOwnSoftphone",
  method: "PUT",
  path: "/session/softphone",
  scope: "signed-in",
  tag: "Telephony",
  summary: "Set up one's own phone in the browser",
  body: SoftphoneDraft,
  answer: Type.Object({ softphone: OwnSoftphone }),
});

export const removeOwnSoftphone = route({
  id: "removeOwnSoftphone",
  method: "DELETE",
  path: "/session/softphone",
  scope: "signed-in",
  tag: "Telephony",
  summary: "Do without a phone in the browser",
});

export const getSoftphone = route({
  id: "getSoftphone",
  method: "GET",
  path: "/users/:id/softphone",
  scope: "users:write",
  tag: "Telephony",
  summary: "A user's phone in the browser, without its password",
  params: ById,
  answer: Type.Object({ softphone: Nullable(Softphone) }),
});

export const setSoftphone = route({
  id: "setSoftphone",
  method: "PUT",
  path: "/users/:id/softphone",
  scope: "users:write",
  tag: "Telephony",
  summary: "Set up a user's phone in the browser",
  params: ById,
  body: SoftphoneDraft,
  answer: Type.Object({ softphone: Softphone }),
});
