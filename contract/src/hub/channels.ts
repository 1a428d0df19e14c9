import { Type } from "typebox";
import { ById, Moment, Nullable, route } from "../route.ts";

/** Accounts of messengers, as whoever looks after them sees them. */

const ChannelAccount = Type.Object({
  state: Type.Enum(["active", "starting", "needs_qr", "needs_code", "blocked", "disabled", "unknown"]),
  detail: Nullable(Type.String({ description: "In the channel's own words" })),
  phone: Nullable(Type.String()),
  name: Nullable(Type.String()),
  picture: Nullable(Type.String({ description: "What a phone has to read to sign in: a data URL" })),
  signs_out: Type.Boolean(),
});

export const getChannelAccount = route({
  id: "getChannelAccount",
  method: "GET",
  path: "/connections/:id/account",
  scope: "hub:read",
  tag: "Connections",
  summary: "How an account of a messenger is at this moment, and what its phone has to read",
  description: "Of connections with the ability `signs_in`. Asked of the channel itself: 502 with its words when it does not answer.",
  params: ById,
  answer: ChannelAccount,
});

export const restartChannelAccount = route({
  id: "restartChannelAccount",
  method: "POST",
  path: "/connections/:id/account/restart",
  scope: "hub:write",
  tag: "Connections",
  summary: "Start the account of a messenger anew: it may take a minute and a half",
  params: ById,
  answer: ChannelAccount,
});

export const signOutChannelAccount = route({
  id: "signOutChannelAccount",
  method: "POST",
  path: "/connections/:id/account/sign-out",
  scope: "hub:write",
  tag: "Connections",
  summary: "End the session of a messenger's account: its phone has to read a picture again",
  params: ById,
  answer: ChannelAccount,
});

export const getChannelHealth = route({
  id: "getChannelHealth",
  method: "GET",
  path: "/connections/:id/channel-health",
  scope: "hub:read",
  tag: "Connections",
  summary: "How a channel of messages has been doing",
  params: ById,
  answer: Type.Object({
    last_incoming_at: Nullable(Moment),
    last_sent_at: Nullable(Moment),
    day: Type.Object(
      { incoming: Type.Integer(), sent: Type.Integer(), failed: Type.Integer(), unknown: Type.Integer(), waiting: Type.Integer() },
      { description: "The last 24 hours; `waiting`: at this moment" },
    ),
    states: Type.Array(Type.Object({ at: Moment, ok: Type.Boolean(), message: Type.String() }), {
      description: "When its state changed, the latest first: at most 50",
    }),
  }),
});
