import { type Static, Type } from "typebox";
import { ById, Moment, Nullable, Page, pageQuery, route } from "../route.ts";
import { Body, Id, Query, Text } from "./shapes.ts";

/** Written conversations with clients, and what is said in them. */

export const Conversation = Type.Object({
  id: Type.Integer(),
  uid: Type.String({ description: "What programs of other vendors name it by" }),
  channel: Type.Integer({ description: "The connection that carries it" }),
  network: Type.String({ description: "`telegram`, `whatsapp`, …: what the channel says" }),
  client: Type.Object({
    name: Type.String(),
    phone: Nullable(Type.String()),
    email: Nullable(Type.String()),
    avatar: Nullable(Type.String()),
    link: Nullable(Type.String()),
  }),
  contact: Nullable(Type.Integer()),
  deal: Nullable(Type.Integer({ description: "What it is about at present" })),
  is_open: Type.Boolean(),
  is_read: Type.Boolean({ description: "Whether somebody here has answered since the client last wrote" }),
  last_message_at: Nullable(Moment),
  created_at: Moment,
  updated_at: Moment,
});
export type ConversationShape = Static<typeof Conversation>;

export const Message = Type.Object({
  id: Type.Integer(),
  direction: Type.Enum(["in", "out"]),
  user: Nullable(Type.Integer({ description: "Who of ours wrote it" })),
  kind: Type.Enum(["text", "contact", "file", "video", "picture", "voice", "audio", "sticker", "location"]),
  text: Type.String(),
  content: Nullable(Type.Record(Type.String(), Type.Unknown(), { description: "What else is in it, as the channel brought it" })),
  reply_to: Nullable(Type.Integer()),
  state: Type.Enum(["waiting", "sent", "delivered", "read", "failed"], { description: "`waiting`: not yet given to the channel" }),
  error: Nullable(Type.String()),
  reactions: Type.Record(Type.String(), Type.String(), { description: "An emoji by who is meant, as the channel knows them" }),
  at: Moment,
  edited_at: Nullable(Moment),
});
export type MessageShape = Static<typeof Message>;

const conversations = "Conversations";

export const listConversations = route({
  id: "listConversations",
  method: "GET",
  path: "/conversations",
  scope: "crm:read",
  tag: conversations,
  summary: "Conversations, those where something happened last first",
  query: Query({
    ...pageQuery,
    contact: Type.Optional(Id),
    deal: Type.Optional(Id),
    channel: Type.Optional(Id),
    open: Type.Optional(Type.Boolean()),
  }),
  answer: Page(Conversation),
});

export const getConversation = route({
  id: "getConversation",
  method: "GET",
  path: "/conversations/:id",
  scope: "crm:read",
  tag: conversations,
  summary: "One conversation",
  params: ById,
  answer: Conversation,
});

export const changeConversation = route({
  id: "changeConversation",
  method: "PATCH",
  path: "/conversations/:id",
  scope: "crm:write",
  tag: conversations,
  summary: "Close a conversation, open it again, or say who it is with and what it is about",
  params: ById,
  body: Body({
    open: Type.Optional(Type.Boolean()),
    contact: Type.Optional(Nullable(Id)),
    deal: Type.Optional(Nullable(Id)),
  }),
  answer: Conversation,
});

export const listMessages = route({
  id: "listMessages",
  method: "GET",
  path: "/conversations/:id/messages",
  scope: "crm:read",
  tag: conversations,
  summary: "What is said in a conversation, the latest first",
  params: ById,
  query: Query(pageQuery),
  answer: Page(Message),
});

export const sendMessage = route({
  id: "sendMessage",
  method: "POST",
  path: "/conversations/:id/messages",
  scope: "crm:write",
  tag: conversations,
  summary: "Write to the client: kept at once, and given to the channel, once",
  params: ById,
  body: Body({ text: Type.Intersect([Text, Type.String({ minLength: 1 })]) }),
  status: 201,
  answer: Message,
});
