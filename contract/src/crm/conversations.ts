import { type Static, Type } from "typebox";
import { ById, Moment, Nullable, Page, pageQuery, route } from "../route.ts";
import { Body, Id, Query, Text } from "./shapes.ts";

/** Written conversations with clients, and what is said in them. */

const messageKinds = ["text", "contact", "file", "video", "picture", "voice", "audio", "sticker", "location", "template"] as const;
const failureReasons = [
  ...(["window_closed", "no_account", "bad_recipient", "privacy", "spam_block", "rate_limited", "channel_down", "needs_auth"] as const),
  ...(["unpaid", "media_rejected", "text_too_long", "unknown"] as const),
] as const;

export const Conversation = Type.Object({
  id: Type.Integer(),
  uid: Type.String({ description: "What programs of other vendors name it by" }),
  channel: Type.Integer({ description: "The connection that carries it" }),
  channel_name: Type.String(),
  network: Type.String({ description: "`telegram`, `whatsapp`, …: what the channel says" }),
  client: Type.Object({
    name: Type.String(),
    phone: Nullable(Type.String()),
    email: Nullable(Type.String()),
    username: Nullable(Type.String()),
    avatar: Nullable(Type.String()),
    link: Nullable(Type.String()),
  }),
  contact: Nullable(Type.Integer()),
  deal: Nullable(Type.Integer({ description: "What it is about at present" })),
  responsible: Nullable(Type.Integer({ description: "Who of ours answers in it" })),
  is_open: Type.Boolean(),
  is_read: Type.Boolean({ description: "Whether somebody here has read what the client wrote last" }),
  unread: Type.Integer({ description: "How many messages of the client nobody here has read" }),
  preview: Nullable(
    Type.Object(
      { text: Type.String(), kind: Type.Enum(messageKinds), direction: Type.Enum(["in", "out"]) },
      { description: "What was said last" },
    ),
  ),
  window_closes_at: Nullable(
    Type.String({
      format: "date-time",
      description: "From then on the channel takes nothing but templates, until the client writes again; null where it always does",
    }),
  ),
  last_message_at: Nullable(Moment),
  created_at: Moment,
  updated_at: Moment,
});
export type ConversationShape = Static<typeof Conversation>;

const MessageFile = Type.Object({
  kind: Type.Enum(["file", "video", "picture", "voice", "audio", "sticker"]),
  name: Nullable(Type.String()),
  type: Nullable(Type.String({ description: "What its bytes say that it is" })),
  bytes: Nullable(Type.Integer()),
  url: Nullable(
    Type.String({
      description: "Opens it for a day, for whoever has the address; null while it is being copied, and when there will be no copy",
    }),
  ),
  error: Nullable(Type.String({ description: "Why there is no copy" })),
  is_risky: Type.Boolean({ description: "A program, or something that may hold one" }),
});
export type MessageFileShape = Static<typeof MessageFile>;

export const Message = Type.Object({
  id: Type.Integer(),
  direction: Type.Enum(["in", "out"]),
  user: Nullable(Type.Integer({ description: "Who of ours wrote it" })),
  origin: Type.Enum(["client", "user", "phone", "robot", "desk"], {
    description: "`phone`: written at the channel itself; `robot`: by a program; `desk`: in a CRM elsewhere",
  }),
  kind: Type.Enum(messageKinds),
  text: Type.String(),
  content: Nullable(Type.Record(Type.String(), Type.Unknown(), { description: "What else is in it, as the channel brought it" })),
  files: Type.Array(MessageFile),
  reply_to: Nullable(Type.Integer()),
  state: Type.Enum(["waiting", "unknown", "sent", "delivered", "read", "failed"], {
    description: "`waiting`: not yet given to the channel. `unknown`: it may have arrived, and is not sent again by itself",
  }),
  error: Nullable(Type.String()),
  reason: Nullable(Type.Enum(failureReasons, { description: "Why it failed, in a word for all channels" })),
  reactions: Type.Record(Type.String(), Type.String(), { description: "An emoji by who is meant, as the channel knows them" }),
  at: Moment,
  edited_at: Nullable(Moment),
  deleted_at: Nullable(Type.String({ format: "date-time", description: "Whoever wrote it has taken it back" })),
});
export type MessageShape = Static<typeof Message>;

const conversations = "Conversations";

export const listConversations = route({
  id: "listConversations",
  method: "GET",
  path: "/conversations",
  scope: "crm:read",
  tag: conversations,
  summary: "Conversations, those in which something was said last first",
  query: Query({
    ...pageQuery,
    contact: Type.Optional(Id),
    deal: Type.Optional(Id),
    channel: Type.Optional(Id),
    open: Type.Optional(Type.Boolean()),
    unread: Type.Optional(Type.Boolean()),
    responsible: Type.Optional(Type.Union([Id, Type.Literal("me"), Type.Literal("nobody")])),
    q: Type.Optional(Type.String({ maxLength: 200, description: "Part of a name or phone, or words that were said" })),
  }),
  answer: Page(Conversation),
});

export const countUnread = route({
  id: "countUnread",
  method: "GET",
  path: "/conversations/unread",
  scope: "crm:read",
  tag: conversations,
  summary: "How many conversations wait for somebody to read them",
  answer: Type.Object({ mine: Type.Integer(), nobodys: Type.Integer(), all: Type.Integer() }),
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

export const beginConversation = route({
  id: "beginConversation",
  method: "POST",
  path: "/conversations",
  scope: "crm:write",
  tag: conversations,
  summary: "Write first: begin a conversation with somebody who has not written yet",
  description:
    "The channel must be able to (`writes_first_by` of `listChannels`). Answers the conversation that is there already, where there is one. Nothing is sent by it.",
  body: Body({
    channel: Id,
    contact: Type.Optional(Id),
    deal: Type.Optional(Id),
    phone: Type.Optional(Type.String({ maxLength: 100 })),
    username: Type.Optional(Type.String({ maxLength: 100 })),
  }),
  status: 201,
  answer: Conversation,
});

export const changeConversation = route({
  id: "changeConversation",
  method: "PATCH",
  path: "/conversations/:id",
  scope: "crm:write",
  tag: conversations,
  summary: "Close a conversation, open it again, say that it was read, who answers, who it is with and what it is about",
  params: ById,
  body: Body({
    open: Type.Optional(Type.Boolean()),
    read: Type.Optional(Type.Literal(true)),
    contact: Type.Optional(Nullable(Id)),
    deal: Type.Optional(Nullable(Id)),
    responsible: Type.Optional(Nullable(Id)),
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
  description: "One of `text`, `files` and `template` at least. `reply_to` is a message of the same conversation.",
  params: ById,
  body: Body({
    text: Type.Optional(Text),
    files: Type.Optional(Type.Array(Type.String({ format: "uuid" }), { maxItems: 10, description: "Of `uploadFile`" })),
    reply_to: Type.Optional(Id),
    template: Type.Optional(
      Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 512 }),
          language: Type.String({ minLength: 1, maxLength: 20 }),
          values: Type.Array(Type.String({ maxLength: 1_024 }), { maxItems: 30 }),
        },
        { additionalProperties: false },
      ),
    ),
  }),
  status: 201,
  answer: Message,
});

export const sendMessageAgain = route({
  id: "sendMessageAgain",
  method: "POST",
  path: "/messages/:id/again",
  scope: "crm:write",
  tag: conversations,
  summary: "Send a message again that has failed, or of which nobody knows",
  description: "What of it has arrived is left as it is.",
  params: ById,
  answer: Message,
});

export const tellTyping = route({
  id: "tellTyping",
  method: "POST",
  path: "/conversations/:id/typing",
  scope: "crm:write",
  tag: conversations,
  summary: "Somebody is writing: colleagues see it, and the client where the channel can show it",
  params: ById,
});

export const uploadFile = route({
  id: "uploadFile",
  method: "POST",
  path: "/files",
  scope: "crm:write",
  tag: conversations,
  summary: "A file to be sent: its bytes, or one part of a multipart form, up to 100 MB",
  upload: true,
  status: 201,
  answer: Type.Object({ id: Type.String({ format: "uuid" }), ...MessageFile.properties }),
});

/** Channels that carry messages, for whoever writes. */
const Channel = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  is_active: Type.Boolean(),
  writes_first_by: Nullable(Type.Enum(["phone", "username"])),
  window_hours: Nullable(Type.Integer()),
  longest_text: Type.Integer(),
  largest_file: Type.Integer({ description: "Bytes" }),
  has_templates: Type.Boolean(),
});
export type ChannelShape = Static<typeof Channel>;

export const listChannels = route({
  id: "listChannels",
  method: "GET",
  path: "/channels",
  scope: "crm:read",
  tag: conversations,
  summary: "Channels that carry messages, and what they can do",
  answer: Page(Channel),
});

export const listTemplates = route({
  id: "listTemplates",
  method: "GET",
  path: "/channels/:id/templates",
  scope: "crm:read",
  tag: conversations,
  summary: "Words that the channel lets pass at any time: `{{1}}` or `{{name}}` is a gap to fill, in the order of the text",
  params: ById,
  answer: Page(
    Type.Object({ name: Type.String(), language: Type.String(), text: Type.String(), gaps: Type.Integer(), is_usable: Type.Boolean() }),
  ),
});

const QuickReply = Type.Object({ id: Type.Integer(), title: Type.String(), text: Type.String(), updated_at: Moment });
const quickReplyDraft = {
  title: Type.String({ minLength: 1, maxLength: 100 }),
  text: Type.Intersect([Text, Type.String({ minLength: 1, maxLength: 4_096 })]),
};

export const listQuickReplies = route({
  id: "listQuickReplies",
  method: "GET",
  path: "/quick-replies",
  scope: "crm:read",
  tag: conversations,
  summary: "Answers that are written again and again, by their titles",
  answer: Page(QuickReply),
});

export const addQuickReply = route({
  id: "addQuickReply",
  method: "POST",
  path: "/quick-replies",
  scope: "crm:write",
  tag: conversations,
  summary: "Keep an answer; `{name}` in it becomes the client's name",
  body: Body(quickReplyDraft),
  status: 201,
  answer: QuickReply,
});

export const changeQuickReply = route({
  id: "changeQuickReply",
  method: "PATCH",
  path: "/quick-replies/:id",
  scope: "crm:write",
  tag: conversations,
  summary: "Change an answer that is kept",
  params: ById,
  body: Body({ title: Type.Optional(quickReplyDraft.title), text: Type.Optional(quickReplyDraft.text) }),
  answer: QuickReply,
});

export const removeQuickReply = route({
  id: "removeQuickReply",
  method: "DELETE",
  path: "/quick-replies/:id",
  scope: "crm:write",
  tag: conversations,
  summary: "Forget an answer",
  params: ById,
});
